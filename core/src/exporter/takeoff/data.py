"""A takeoff as formats write it: projects, pages and conditions in memory, measurements as a stream, condition by condition.

    found = Takeoff.of(ctx, tables)
    for condition, batches in found.by_condition():
        for rows in batches:
            ...

Each row of measurements is a tuple of texts in the order of `found.columns`, of which the first is the condition's identifier.
`found.columns_by_condition()` gives the same batches as columns, for formats that write these as a whole.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from exporter.accounts import leave_out_rest
from exporter.context import ExportContext
from exporter.errors import ExporterError
from exporter.report import Finding
from exporter.tables import Table
from exporter.takeoff.rules import COUNT, TOTAL, are_stale, stale_code, stale_example, stale_message
from exporter.takeoff.tables import CONDITIONS, MEASUREMENTS, PAGES, PROJECTS, by_name

if TYPE_CHECKING:
    from exporter.takeoff.compiled import Form, Written

Row = tuple[str, ...]
Columns = list[list[str]]
T = TypeVar("T")
COSTS = ("material", "labour", "equipment", "subcontract", "other")


@attrs.frozen
class Project:
    """A project, as far as the source describes it; texts are empty where it does not."""

    project_id: str = ""
    name: str = ""
    description: str = ""
    client: str = ""


@attrs.frozen
class Page:
    """A page of the drawings. Width and height are in pixels, the scale in pixels for one `scale_unit`; None where not known."""

    page_id: str = ""
    project_id: str = ""
    page_number: str = ""
    sheet_number: str = ""
    sheet_title: str = ""
    width: float | None = None
    height: float | None = None
    scale: float | None = None
    scale_unit: str = ""
    scale_text: str = ""

    @property
    def name(self) -> str:
        """How people call it: its sheet number and title, else its page number."""
        words = " ".join(each for each in (self.sheet_number, self.sheet_title) if each)
        return words or (f"Page {self.page_number}" if self.page_number else self.page_id)


@attrs.frozen
class Costs:
    """Costs of one unit of a condition, in the host's currency.

    :param kinds: by name, of `COSTS` those that the source gives, without markup.
    :param unit_cost: without markup: the source's own, else the sum of the kinds.
    :param markup_percent: on all of it, in percent; 0 where the source does not say.
    """

    kinds: Mapping[str, float]
    unit_cost: float
    markup_percent: float

    @property
    def marked_up(self) -> float:
        """The cost of one unit with markup."""
        return self.unit_cost * (1 + self.markup_percent / 100)


@attrs.frozen
class Condition:
    """A line item with what its measurements that are written come to.

    :param number: its place, from 1; :param title: its name, else its identifier.
    :param total: the sum of its quantities, in its unit; :param count: of its measurements.
    :param depth: in inches, or millimetres where the unit is metric; None where the source does not say. So is the thickness.
    :param costs: None where the source says nothing of them, or they are not asked for.
    """

    number: int
    condition_id: str
    project_id: str
    title: str
    description: str
    scope: str
    category: str
    measurement_type: str
    colour: str
    unit: str
    depth: float | None
    thickness: float | None
    building: str
    area: str
    elevation: str
    count: int
    total: float
    costs: Costs | None


@attrs.define(eq=False)
class Takeoff:
    """The takeoff of one run.

    :param columns: of measurements, in order.
    """

    ctx: ExportContext
    projects: list[Project]
    pages: list[Page]
    conditions: list[Condition]
    columns: tuple[str, ...]
    _measurements: Table | None

    @classmethod
    def of(cls, ctx: ExportContext, tables: Sequence[Table]) -> Takeoff:
        """That of the tables that `exporter.takeoff.tables.tables` gave; all but the measurements is read now."""
        found = by_name(tables)
        projects = projects_of(ctx, found.get(PROJECTS))
        pages = in_order(projects, map(_page, _rows(ctx, found.get(PAGES))))
        costs = getattr(ctx.options, "include_costs", False)
        rows = enumerate(_compared(ctx, _rows(ctx, found[CONDITIONS])), 1)
        conditions = [_condition(number, row, costs=costs) for number, row in rows]
        measurements = found.get(MEASUREMENTS)
        columns = tuple(measurements.columns) if measurements is not None else ()
        return cls(ctx, projects, pages, conditions, columns, measurements)

    @property
    def has_costs(self) -> bool:
        """Whether any condition has costs that are written."""
        return any(each.costs is not None for each in self.conditions)

    @cached_property
    def project_names(self) -> Mapping[str, str]:
        """Names of the projects by identifier, in their order; one without a name goes by that, of several the first counts."""
        found: dict[str, str] = {}
        for each in self.projects:
            found.setdefault(each.project_id, each.name or each.project_id)
        return found

    def by_condition(self) -> Iterator[tuple[Condition, Iterator[list[Row]]]]:
        """Each condition, also one without measurements, with these in batches, which are read as they come.

        :raises ExporterError: when the database gave the measurements in another order, which is a fault of ours.
        """
        for condition, batches in self.columns_by_condition():
            yield condition, (list(zip(*columns, strict=True)) for columns in batches)

    def columns_by_condition(self) -> Iterator[tuple[Condition, Iterator[Columns]]]:
        """The same by column: each batch has a list of texts for each of `columns`, none of them empty.

        :raises ExporterError: when the database gave the measurements in another order, which is a fault of ours.
        """
        return self._put_together(self._runs())

    def written_by_condition(self, form: Form) -> Iterator[tuple[Condition, Iterator[Written | list[Row]]]]:
        """The same, with measurements as a form writes them; as texts where it cannot (`exporter.takeoff.compiled`)."""
        from exporter.takeoff.compiled import runs

        table = self._measurements
        found = runs(self.ctx.reader, table, self.conditions, form) if table is not None else None
        if table is None or found is None:
            return self.by_condition()
        return self._put_together(self.ctx.reader.once(table, found))

    def _put_together(self, runs: Iterator[tuple[str, T]]) -> Iterator[tuple[Condition, Iterator[T]]]:
        """Runs of what belongs to one condition each, by condition."""
        ended: tuple[str | None, T | None] = (None, None)
        uid, rows = next(runs, ended)
        for condition in self.conditions:

            def own(identifier: str = condition.condition_id) -> Iterator[T]:
                nonlocal uid, rows
                while uid == identifier:
                    assert rows is not None
                    found, rows = rows, None
                    yield found
                    del found  # so that no two batches are held at once
                    uid, rows = next(runs, ended)

            batches = own()
            yield condition, batches
            for _ in batches:  # what nobody wanted to see counts as read
                pass
        if uid is not None:
            raise ExporterError("The measurements came in another order than their conditions; nothing was published.")
        self._settle()

    def _runs(self) -> Iterator[tuple[str, Columns]]:
        """Batches of one condition each."""
        if self._measurements is None:
            return
        for columns in self.ctx.columns(self._measurements):
            uids = columns[0]
            if uids[0] == uids[-1]:
                yield uids[0], columns
                del columns, uids
                continue
            begin = 0
            for uid, same in groupby(uids):
                end = begin + len([*same])
                yield uid, [column[begin:end] for column in columns]
                begin = end

    def _settle(self) -> None:
        if self._measurements is not None:
            message = "The condition that the measurement names is not written; the measurement was left out."
            leave_out_rest(self.ctx, self._measurements, "CONDITION_MISSING", message)


def projects_of(ctx: ExportContext, table: Table | None) -> list[Project]:
    """The projects of a table, which is read now; none where the source has none."""
    return [_project(row) for row in _rows(ctx, table)]


def in_order(projects: Sequence[Project], pages: Iterable[Page]) -> list[Page]:
    """Pages in the order of projects, in each by number: what is none comes after, and what has none last; else as they come."""
    places = {each.project_id: place for place, each in reversed([*enumerate(projects)])}

    def place(page: Page) -> tuple[int, int, float, str]:
        number, text = number_of(page.page_number), page.page_number.strip()
        rank = 0 if number is not None else 1 if text else 2
        return places.get(page.project_id, len(places)), rank, number or 0.0, "" if number is not None else text

    return sorted(pages, key=place)


def _rows(ctx: ExportContext, table: Table | None) -> Iterator[Mapping[str, str]]:
    if table is not None:
        for batch in ctx.texts(table):
            for row in batch:
                yield dict(zip(table.columns, row, strict=True))


def _compared(ctx: ExportContext, rows: Iterable[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    """Conditions, whose totals that the host keeps are held against those of the measurements, where the table has both."""
    for row in rows:
        for field, real in ((TOTAL, "total"), (COUNT, "count")):
            kept, counted = number_of(row.get(field)), number_of(row[real]) or 0.0
            if kept is not None and are_stale(kept, counted):
                examples, code = [stale_example(row["condition_id"], kept, counted)], stale_code(field)
                ctx.report.add(Finding("warning", code, stale_message(field), 1, examples, "condition", action="kept"))
        yield row


def number_of(text: str | None) -> float | None:
    """A finite number from a cell; None where it is empty or none."""
    try:
        number = float(text) if text else math.inf
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _project(row: Mapping[str, str]) -> Project:
    return Project(**{field.name: row.get(field.name, "") for field in attrs.fields(Project)})


def _page(row: Mapping[str, str]) -> Page:
    given: dict[str, Any] = {field.name: row.get(field.name, "") for field in attrs.fields(Page)}
    shared = {name: sys.intern(given[name]) for name in ("project_id", "scale_unit")}
    return Page(**given | shared | {name: _size(given[name]) for name in ("width", "height", "scale")})


@lru_cache(maxsize=100)
def _size(text: str) -> float | None:
    """A size that is more than nothing: thousands of pages have few, each of which is kept once."""
    size = number_of(text)
    return size if size is not None and size > 0 else None


_TEXTS = ("condition_id", "project_id", "description", "scope", "category", "measurement_type", "colour", "unit")
_PLACES = ("building", "area", "elevation")


def _condition(number: int, row: Mapping[str, str], *, costs: bool) -> Condition:
    return Condition(
        number=number,
        title=row.get("name", "").strip() or row["condition_id"],
        **{name: row.get(name, "") for name in (*_TEXTS, *_PLACES)},
        depth=number_of(row.get("depth")),
        thickness=number_of(row.get("thickness")),
        count=int(row.get("count") or 0),
        total=number_of(row.get("total")) or 0.0,
        costs=_costs(row) if costs else None,
    )


def _costs(row: Mapping[str, str]) -> Costs | None:
    given = {name: number_of(row.get(f"{name}_unit_cost")) for name in COSTS}
    kinds = {name: cost for name, cost in given.items() if cost is not None}
    whole = number_of(row.get("unit_cost"))
    if whole is None and not kinds:
        return None
    return Costs(kinds, math.fsum(kinds.values()) if whole is None else whole, number_of(row.get("markup_percent")) or 0.0)
