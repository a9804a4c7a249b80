"""The layouts of takeoffs: measurements as one flat list, conditions with their totals, or all there is in one zip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import attrs

from exporter.accounts import leave_out_rest
from exporter.context import ExportContext
from exporter.records import Field
from exporter.report import EXAMPLES, Finding
from exporter.selection import RecordRows
from exporter.tables import Table, table
from exporter.takeoff.data import COSTS, Condition, Page, Project, Takeoff, projects_of
from exporter.takeoff.geometry import GeometryError, read
from exporter.takeoff.tables import CONDITIONS, MEASUREMENTS, PROJECTS, by_name, measurement_table, tables

_MEASUREMENT = (  # the requirement's columns, then what it leaves out
    "condition",
    "page_number",
    "sheet_number",
    "geometry_type",
    "quantity",
    "unit",
    "geometry",
    "is_verified",
    "is_ai_generated",
    "notes",
    *("scope", "category", "building", "area", "elevation", "depth", "thickness", "sheet_title"),
    *("pixel_length", "pixel_area", "measurement_id", "condition_id", "page_id", "project_id"),
)
_CONDITION = {
    **dict.fromkeys(("condition", "description", "scope", "category", "measurement_type"), str),
    "quantity": float,
    "unit": str,
    "count": int,
    "colour": str,
    "depth": float,
    "thickness": float,
    **dict.fromkeys(("building", "area", "elevation"), str),
}
_COSTS = (*(f"{kind}_unit_cost" for kind in COSTS), "unit_cost", "markup_percent", "cost", "cost_with_markup")
_TITLES = {  # of columns of CSV, where their names in words are not what estimators say
    "page_number": "Page",
    "geometry": "Coordinates",
    "is_verified": "Verified",
    "is_ai_generated": "AI Generated",
    "count": "Measurements",
    "markup_percent": "Markup %",
}
_AT_ONCE = 1000  # rows in a batch
Batches = Iterator[Sequence[tuple[str, ...]]]


def layout_tables(ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
    """The tables that the layout reads."""
    columns = [name for name in _MEASUREMENT if name != "geometry" or ctx.options.geometry != "none"]
    if ctx.options.layout == "measurements":
        row = records.get("project")
        projects = [table(PROJECTS, row, {field.name: field for field in row.fields})] if row is not None else []
        return [*projects, measurement_table(ctx, records, columns)]
    found = tables(ctx, records, columns)
    return found if ctx.options.layout == "all" else [each for each in found if each.name in (PROJECTS, CONDITIONS)]


def sheets(ctx: ExportContext, found: Sequence[Table], *, titled: bool) -> Iterator[tuple[Table, Batches]]:
    """The files of the layout: each as a table that says how it is called and what its columns hold, and its rows as texts.

    :param titled: whether columns are named in words.
    """
    known = by_name(found)
    if ctx.options.layout == "measurements":
        projects = projects_of(ctx, known.get(PROJECTS))
    else:
        takeoff = Takeoff.of(ctx, found)
        projects = takeoff.projects
        for sheet, rows in _described(ctx, takeoff):
            yield _named(ctx, sheet, titled), _batches(rows)
    if ctx.options.layout != "conditions" and MEASUREMENTS in known:
        measured = known[MEASUREMENTS]
        names = {each.project_id: each.name or each.project_id for each in reversed(projects)}
        columns = {("project" if name == "project_id" else name): field for name, field in measured.columns.items()}
        yield _named(ctx, attrs.evolve(measured, columns=columns), titled), _measurements(ctx, measured, names)


def _described(ctx: ExportContext, takeoff: Takeoff) -> Iterator[tuple[Table, Iterable[tuple[str, ...]]]]:
    """What is in memory: conditions; and projects and pages, where all is written."""
    if ctx.options.layout == "all":
        for cls, rows in ((Project, takeoff.projects), (Page, takeoff.pages)):
            record = cls.__name__.lower()
            if record not in ctx.report.records:
                continue
            fields = {each.name: ctx.source.family.records[record].fields[each.name] for each in attrs.fields(cls)}
            yield Table(f"{record}s", record, fields, ()), [tuple(map(_text, attrs.astuple(row))) for row in rows]
    priced = takeoff.has_costs
    kinds = {**_CONDITION, **(dict.fromkeys(_COSTS, float) if priced else {}), "condition_id": str, "project": str}
    fields = {name: Field(name, kind) for name, kind in kinds.items()}
    rows_of = (_condition(each, takeoff.project_names, priced=priced) for each in takeoff.conditions)
    yield Table("conditions", "condition", fields, ()), (tuple(_text(row.get(n)) for n in fields) for row in rows_of)


def _condition(each: Condition, projects: Mapping[str, str], *, priced: bool) -> Mapping[str, Any]:
    row = {
        **{name: getattr(each, name) for name in ("condition_id", *_CONDITION) if name not in ("condition", "quantity")},
        "condition": each.title,
        "quantity": each.total,
        "project": projects.get(each.project_id, each.project_id),
    }
    if priced and each.costs is not None:
        row |= {f"{kind}_unit_cost": cost for kind, cost in each.costs.kinds.items()}
        row |= {"unit_cost": each.costs.unit_cost, "markup_percent": each.costs.markup_percent}
        row |= {"cost": each.costs.unit_cost * each.total, "cost_with_markup": each.costs.marked_up * each.total}
    return row


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else repr(value)


def _batches(rows: Iterable[tuple[str, ...]]) -> Batches:
    left = iter(rows)
    while batch := list(islice(left, _AT_ONCE)):
        yield batch


def _named(ctx: ExportContext, sheet: Table, titled: bool) -> Table:
    columns = {_title(name) if titled else name: field for name, field in sheet.columns.items()}
    return attrs.evolve(sheet, name=f"{sheet.name}.{ctx.format.extension}", columns=columns)


def _title(name: str) -> str:
    words = (word.upper() if word in ("id", "ai") else word.capitalize() for word in name.split("_"))
    return _TITLES.get(name) or " ".join(words)


# --- measurements


def _measurements(ctx: ExportContext, measured: Table, projects: Mapping[str, str]) -> Batches:
    columns = list(measured.columns)
    project = columns.index("project_id")
    geometry = _Geometries(ctx, columns) if "geometry" in columns else None
    for batch in ctx.texts(measured):
        by_column = [list(texts) for texts in zip(*batch, strict=True)]
        by_column[project] = [projects.get(uid, uid) for uid in by_column[project]]
        if geometry is not None:
            geometry.write(by_column)
        yield list(zip(*by_column, strict=True))
    if geometry is not None:
        geometry.tell()
    leave_out_rest(
        ctx, measured, "CONDITION_MISSING", "The condition that the measurement names is not written; it was left out."
    )


class _Geometries:
    """Geometry as the option wants it; one that cannot be read is left empty and counted."""

    def __init__(self, ctx: ExportContext, columns: Sequence[str]) -> None:
        self._ctx = ctx
        self._wkt = ctx.options.geometry == "wkt"
        self._kind, self._at, self._uid = (columns.index(n) for n in ("geometry_type", "geometry", "measurement_id"))
        self._found: dict[str, Finding] = {}

    def write(self, by_column: list[list[str]]) -> None:
        """Write a batch, in place."""
        cells = zip(by_column[self._kind], by_column[self._at], by_column[self._uid], strict=True)
        by_column[self._at] = [self._written(*cell) for cell in cells]

    def tell(self) -> None:
        """Report what was found. Unknown types have been counted by a rule, where the run looks for faults."""
        for code, finding in self._found.items():
            if code != "GEOMETRY_TYPE_UNKNOWN" or not self._ctx.checked:
                self._ctx.report.add(finding)

    def _written(self, kind: str, text: str, uid: str) -> str:
        try:
            found = read(kind, text)
        except GeometryError as error:
            self._note(error, uid)
            return ""
        return found.wkt() if self._wkt else text

    def _note(self, error: GeometryError, uid: str) -> None:
        made = Finding(error.level, error.code, error.message, 0, [], "measurement", action="replaced")
        finding = self._found.setdefault(error.code, made)
        finding.count += 1
        if len(finding.examples) < EXAMPLES:
            finding.examples.append(uid)
