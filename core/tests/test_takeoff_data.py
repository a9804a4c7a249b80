"""A takeoff as formats get it: conditions with their totals, measurements as they come, sums by page."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

import exporter
from exporter import Source
from exporter.context import ExportContext
from exporter.parts import Part
from exporter.report import Report
from exporter.tables import Table
from exporter.takeoff.data import Condition, Costs, Page, Project, Takeoff, in_order, number_of
from exporter.takeoff.formats import TakeoffFormat
from exporter.takeoff.options import CostOptions
from exporter.takeoff.pages import OnPage, PageTotals
from exporter.testing import sample_source


@attrs.define
class Seen:
    """What a format saw of a takeoff."""

    takeoff: Takeoff
    measurements: dict[str, list[tuple[str, ...]]]
    batches: int
    on_pages: list[OnPage]


class _Looking(TakeoffFormat[CostOptions]):
    name = "looking"
    title = "Looks at a takeoff"
    extension = "txt"
    packaging = "file"
    seen: Seen
    skipped: tuple[str, ...] = ()

    def columns(self, options: CostOptions) -> tuple[str, ...]:
        return (*super().columns(options), "page_id", "scope", "condition", "pixel_area", "no_such_thing")

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        yield Part("x.txt", self._look(ctx, tables))

    def _look(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[bytes]:
        found = Takeoff.of(ctx, tables)
        totals = PageTotals(found)
        self.seen = Seen(found, {}, 0, [])
        for condition, batches in found.by_condition():
            if condition.condition_id in self.skipped:
                continue
            for rows in batches:
                self.seen.batches += 1
                self.seen.measurements.setdefault(condition.condition_id, []).extend(rows)
                totals.add(condition, rows)
        self.seen.on_pages = list(totals)
        yield b"x"


def look(folder: Path, source: Source, skipped: tuple[str, ...] = (), **more: Any) -> tuple[Seen, Report]:
    format = _Looking()
    format.skipped = skipped
    report = exporter.run(format=format, source=source, output=folder / "x.txt", force=True, **more).report
    return format.seen, report


def test_conditions_and_their_measurements(tmp_path: Path) -> None:
    seen, report = look(tmp_path, sample_source("takeoff", rows=12))
    takeoff = seen.takeoff
    assert [len(each) for each in (takeoff.projects, takeoff.pages, takeoff.conditions)] == [12, 12, 12]
    assert [each.number for each in takeoff.conditions] == list(range(1, 13))
    assert {uid: len(rows) for uid, rows in seen.measurements.items()} == {f"condition-{n}": 2 for n in range(6)}
    quantity = takeoff.columns.index("quantity")
    for condition in takeoff.conditions:
        rows = seen.measurements.get(condition.condition_id, [])
        assert condition.count == len(rows)
        assert condition.total == pytest.approx(math.fsum(float(row[quantity]) for row in rows), rel=1e-12)
    (first, _), scope, name, nothing = (
        seen.measurements["condition-3"],
        *map(takeoff.columns.index, ("scope", "condition", "no_such_thing")),
    )
    assert (first[0], first[scope], first[name], first[nothing]) == ("condition-3", "scope 3", "name 3", "")
    assert not {"ROWS_SORTED"} & {finding.code for finding in report.findings}


def test_batches_hold_one_condition_each_however_they_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = look(tmp_path, sample_source("takeoff", rows=40))
    monkeypatch.setattr("exporter.joined.SEGMENT", 3)
    cut, report = look(tmp_path, sample_source("takeoff", rows=40), checked=False)
    assert cut.measurements == whole.measurements
    assert cut.batches > whole.batches
    assert {row[0] for row in cut.measurements["condition-7"]} == {"condition-7"}
    assert report.records["measurement"].written == 40


def test_what_nobody_looks_at_is_read_all_the_same(tmp_path: Path) -> None:
    seen, report = look(tmp_path, sample_source("takeoff", rows=12), skipped=("condition-0", "condition-4", "condition-11"))
    assert list(seen.measurements) == ["condition-1", "condition-2", "condition-3", "condition-5"]
    assert report.records["measurement"].written == 12


def test_sums_by_page(tmp_path: Path) -> None:
    seen, _ = look(tmp_path, sample_source("takeoff", rows=30))
    places = [each.page.page_id for each in seen.on_pages]
    known = [page.page_id for page in seen.takeoff.pages]
    assert [p for p in places if p] == sorted((p for p in places if p), key=known.index)
    assert places[-1] == ""  # what is on no page comes last
    assert sum(each.count for each in seen.on_pages) == 30
    total = math.fsum(each.total for each in seen.on_pages)
    assert total == pytest.approx(math.fsum(each.total for each in seen.takeoff.conditions), rel=1e-12)


def test_sums_are_exact_in_any_order() -> None:
    dice = random.Random(5)
    condition = Condition(1, "c", *[""] * 8, None, None, "", "", "", 0, 0.0, None)
    numbers = [dice.choice((1e16, 1.0, -1e16, 1e-9, 0.1)) * dice.randint(-5, 5) for _ in range(2000)]
    found = set()
    for _ in range(3):
        dice.shuffle(numbers)
        takeoff = Takeoff(None, [], [Page("p")], [condition], ("condition_id", "page_id", "quantity"), None)  # type: ignore[arg-type]
        totals = PageTotals(takeoff)
        for start in range(0, len(numbers), 7):
            totals.add(condition, [("c", "p", repr(number)) for number in numbers[start : start + 7]])
        (only,) = totals
        found.add(only.total)
        assert only.count == 2000
    assert found == {math.fsum(numbers)}


def test_costs(tmp_path: Path) -> None:
    seen, _ = look(tmp_path, sample_source("takeoff", rows=12))
    assert seen.takeoff.has_costs
    assert Costs({"material": 2.0, "labour": 3.0}, 5.0, 10.0).marked_up == pytest.approx(5.5)
    seen, _ = look(tmp_path, sample_source("takeoff", rows=12), options={"include_costs": False})
    assert not seen.takeoff.has_costs


@pytest.mark.parametrize(
    ("text", "number"), [("", None), (None, None), ("12", 12.0), ("1e3", 1000.0), ("x", None), ("nan", None), ("inf", None)]
)
def test_numbers_of_cells(text: str | None, number: float | None) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (Page("7", page_number="3", sheet_number="A-101", sheet_title="First floor"), "A-101 First floor"),
        (Page("7", page_number="3", sheet_title="First floor"), "First floor"),
        (Page("7", page_number="3"), "Page 3"),
        (Page("7"), "7"),
    ],
)
def test_pages_have_names(page: Page, name: str) -> None:
    assert page.name == name


def test_pages_come_in_the_order_of_projects_and_numbers() -> None:
    """Whatever keys a host has: these are random where they are UUIDs."""
    projects = [Project("b"), Project("a"), Project("b", "again")]
    numbers = [
        ("a", "2"),
        ("b", "10"),
        ("", "1"),
        ("b", ""),
        ("a", "1"),
        ("b", "A2"),
        ("b", "9"),
        ("c", "0"),
        ("b", "A1"),
        ("b", "9.5"),
    ]
    pages = [Page(str(place), project, number) for place, (project, number) in enumerate(numbers)]
    found = [(page.project_id, page.page_number) for page in in_order(projects, pages)]
    assert found[:6] == [("b", "9"), ("b", "9.5"), ("b", "10"), ("b", "A1"), ("b", "A2"), ("b", "")]
    assert found[6:] == [("a", "1"), ("a", "2"), ("c", "0"), ("", "1")]
    same = [Page(uid, "a", "1") for uid in "xay"]
    assert [page.page_id for page in in_order(projects, same)] == ["x", "a", "y"]
