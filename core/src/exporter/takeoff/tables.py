"""The tables of a takeoff: projects, pages, conditions with their totals, and measurements in the order of their conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import FromClause, and_, func, outerjoin

from exporter.context import ExportContext
from exporter.joinorder import in_order
from exporter.records import Field
from exporter.rules import apply_rules
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value, table, value
from exporter.takeoff.amounts import added, amount, unit_beside, unit_of
from exporter.takeoff.rules import COUNT, TOTAL, stale
from exporter.takeoff.shared import beside, is_first

Rows = Mapping[str, RecordRows]
PROJECTS, PAGES, CONDITIONS, MEASUREMENTS = "projects", "pages", "conditions", "measurements"
_OF_PAGE = ("page_number", "sheet_number", "sheet_title")
_UNIT = Field("unit", str)
_TOTALS = {"count": Field("count", int), "total": Field("total", float)}


def tables(ctx: ExportContext, records: Rows, columns: Sequence[str]) -> list[Table]:
    """Projects and pages as far as the source has them, conditions, and measurements.

    :param columns: those of measurements that the format reads; the condition's identifier comes before them.
    """
    found = [_plain(records[name], title) for name, title in (("project", PROJECTS), ("page", PAGES)) if name in records]
    found.append(_condition_table(ctx, records, compared=_compared(ctx, records)))
    return [*found, measurement_table(ctx, records, ("condition_id", *columns))] if "measurement" in records else found


def by_name(tables: Sequence[Table]) -> dict[str, Table]:
    """The tables by what they are called."""
    return {each.name: each for each in tables}


def _plain(row: RecordRows, title: str) -> Table:
    return table(title, row, {field.name: field for field in row.fields})


def _compared(ctx: ExportContext, records: Rows) -> bool:
    """Whether totals that the host keeps are to be compared while conditions are read.

    That takes all measurements to be written. Where they are not, and in a preview, the database adds them up once more.
    """
    if not ctx.checked or "measurement" not in records:
        return False
    counted = ctx.report.records.get("measurement")
    if ctx.output is not None and counted is not None and counted.written == counted.rows:
        return True
    apply_rules(ctx, records["condition"], list(stale(ctx, records)))
    return False


def _condition_table(ctx: ExportContext, records: Rows, *, compared: bool) -> Table:
    """Conditions with what their measurements that are written come to.

    :param compared: whether with what the host keeps of that, too.
    """
    row = records["condition"]
    columns = {field.name: field for field in row.fields if compared or field.name not in (TOTAL, COUNT)}
    values = {name: value(row, name) for name in columns} | {"unit": Value(unit_of(row))}
    start: FromClause = row.alias
    if "measurement" in records:
        totals = _totals(ctx, records)
        own = totals.c["condition_id"] == row.columns["condition_id"]
        start = outerjoin(start, totals, and_(own, *is_first(ctx, row)))
        values |= {name: Value(func.coalesce(totals.c[name], 0)) for name in _TOTALS}
    query = TableQuery(row.select().select_from(start), values, row.key)
    return Table(CONDITIONS, "condition", {**columns, "unit": _UNIT, **_TOTALS}, (query,), whole=ctx.checked)


def _totals(ctx: ExportContext, records: Rows) -> Any:
    """Count and total by condition: one pass over the measurements that are written."""
    row, condition = records["measurement"], records["condition"]
    of = beside(ctx, condition, condition.in_project(), "condition_of")
    identifier = row.columns["condition_id"]
    both = outerjoin(row.alias, of.alias, of.columns["condition_id"] == identifier)
    total = added(ctx, amount(ctx, row, of).quantity).label("total")
    query = row.select().select_from(both).group_by(identifier)
    return query.with_only_columns(identifier, func.count().label("count"), total, maintain_column_froms=True).subquery(
        "totals"
    )


def measurement_table(ctx: ExportContext, records: Rows, columns: Sequence[str]) -> Table:
    """The measurements that are written, in the order of their conditions' keys and then of their own.

    :param columns: fields of the measurement, its page or its condition, or `condition`, the name of that.
    """
    return in_order(ctx, lambda joined: _measurement_table(ctx, records, columns, joined))


def _measurement_table(ctx: ExportContext, records: Rows, columns: Sequence[str], joined: Callable[..., Any]) -> Table:
    row, condition = records["measurement"], records["condition"]
    of = beside(ctx, condition, condition.select(), "condition_of")
    start = joined(of.alias, row.alias, of.columns["condition_id"] == row.columns["condition_id"])
    page, start = _beside_page(ctx, records, row, start)
    found = {name: _value(ctx, name, row, of, page) for name in columns}
    values = {name: given for name, given in found.items() if given is not None}
    schemas = ctx.source.family.records
    known = {**schemas["condition"].fields, **schemas["page"].fields, **schemas["measurement"].fields}
    fields = {name: known[name] if name in known else Field(name, str) for name in columns}
    query = TableQuery(row.select_beside("condition").select_from(start), values, of.key, row.key)
    return Table(MEASUREMENTS, "measurement", fields, (query,), whole=ctx.checked)


def _value(ctx: ExportContext, name: str, row: RecordRows, of: RecordRows, page: RecordRows | None) -> Value | None:
    """What stands in a column; None where the source has nothing for it."""
    match name:
        case "quantity":
            return Value(amount(ctx, row, of).quantity, number_only=True)
        case "unit":
            return Value(unit_beside(row, of), text_only=True)
        case "condition":
            return value(of, "name") if of.has("name") else None
        case "condition_id":  # as the condition spells it
            return value(of, name)
        case "page_id" if page is not None:  # and as the page does, where it is there
            own, there = value(row, name), value(page, name)
            return attrs.evolve(own, expression=func.coalesce(there.expression, own.expression), text_only=False)
    owner = page if name in _OF_PAGE and page is not None and page.has(name) else row if row.has(name) else of
    return value(owner, name) if owner.has(name) else None


def _beside_page(ctx: ExportContext, records: Rows, row: RecordRows, start: Any) -> tuple[RecordRows | None, Any]:
    """The page of a measurement, where the source has pages; a measurement without one is there, too."""
    page = records.get("page")
    if page is None or not row.has("page_id") or not page.has("page_id"):
        return None, start
    of = beside(ctx, page, page.in_project(), "page_of")
    return of, outerjoin(start, of.alias, of.columns["page_id"] == row.columns["page_id"])
