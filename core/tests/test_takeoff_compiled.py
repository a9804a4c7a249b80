"""Measurements that an aggregate of SQLite writes, block by block, and those that it leaves to Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import ColumnElement, LargeBinary, cast, func, literal_column

import exporter
from exporter.context import ExportContext
from exporter.parts import Part
from exporter.tables import Table
from exporter.takeoff import compiled
from exporter.takeoff.compiled import Written
from exporter.takeoff.data import Condition, Row, Takeoff
from exporter.takeoff.formats import TakeoffFormat
from exporter.takeoff.options import TakeoffOptions
from exporter.testing import sample_source

from .both_ways import required


@attrs.frozen
class _Identifiers:
    """Measurements by their identifiers, with how many rows come before the block; `odd` ones are left to Python."""

    most: int
    odd: str = ""

    def aggregates(self, cells: Callable[[str], ColumnElement[Any]]) -> Sequence[ColumnElement[Any]]:
        uid = cells("measurement_id")
        whole = cast(func.group_concat(uid, " "), LargeBinary)
        is_odd = func.total(uid == literal_column(":odd")) > literal_column("0")
        return [
            func.iif(is_odd, literal_column("NULL"), whole),
            func.max(literal_column(":before")),
            func.max(cells("no_such")),
        ]

    def given(self, condition: Condition, before: int) -> Mapping[str, Any]:
        return {"before": before, "odd": self.odd}


class _Listing(TakeoffFormat[TakeoffOptions]):
    name = "listing"
    title = "Lists what comes"
    extension = "txt"
    packaging = "file"

    def __init__(self, form: _Identifiers) -> None:
        self.form = form
        self.found: dict[str, list[Written | list[Row]]] = {}

    def columns(self, options: TakeoffOptions) -> tuple[str, ...]:
        return ("measurement_id", "page_id", "quantity")

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        takeoff = Takeoff.of(ctx, tables)
        for condition, blocks in takeoff.written_by_condition(self.form):
            self.found[condition.condition_id] = list(blocks)
        yield Part("x.txt", [b"x"])


def listed(folder: Path, most: int = 1_000, odd: str = "", workers: int = 2) -> dict[str, list[Written | list[Row]]]:
    format = _Listing(_Identifiers(most, odd))
    source = sample_source("takeoff", rows=400)
    exporter.run(format=format, source=source, output=folder / "x.txt", force=True, workers=workers)
    return format.found


def rows(found: Mapping[str, list[Written | list[Row]]]) -> dict[str, list[tuple[str, str, float]]]:
    """Identifiers, pages and quantities by condition."""
    by_condition: dict[str, list[tuple[str, str, float]]] = {}
    for uid, blocks in found.items():
        here = by_condition.setdefault(uid, [])
        for block in blocks:
            if isinstance(block, Written):
                here += zip(block.content.decode().split(), block.pages, block.quantities, strict=True)
            else:
                here += [(measurement, page, float(quantity)) for _, measurement, page, quantity in block]
    return by_condition


@pytest.fixture(autouse=True)
def _functions(monkeypatch: pytest.MonkeyPatch) -> None:
    required("exporter_native")
    monkeypatch.setattr(compiled, "BLOCK", 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_blocks_hold_what_python_reads(tmp_path: Path, workers: int) -> None:
    found = listed(tmp_path, workers=workers)
    blocks = [block for of in found.values() for block in of]
    assert max(map(len, found.values())) > 1
    assert all(isinstance(block, Written) for block in blocks)
    assert rows(found) == rows(listed(tmp_path, most=0))
    for of in found.values():
        assert [block.more for block in of if isinstance(block, Written)] == [[n, None] for n in range(len(of))]


def test_a_block_that_is_left_to_python_comes_in_its_place(tmp_path: Path) -> None:
    whole = rows(listed(tmp_path, most=0))
    odd = max(whole.values(), key=len)[1][0]
    found = listed(tmp_path, odd=odd)
    assert rows(found) == whole
    texts = [block for of in found.values() for block in of if not isinstance(block, Written)]
    assert [[row[1] for row in block] for block in texts] == [[odd]]


def test_where_no_index_serves_them_python_reads_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows(listed(tmp_path))
    monkeypatch.setattr(compiled, "ranges_served", lambda *_: False)
    found = listed(tmp_path)
    assert not any(isinstance(block, Written) for of in found.values() for block in of)
    assert rows(found) == whole
