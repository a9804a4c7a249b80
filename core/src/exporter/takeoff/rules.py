"""What is left out of a takeoff, or flagged, before anything is written. No quantity is lost without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, literal_column, not_, select

from exporter.context import ExportContext
from exporter.database import fetch
from exporter.errors import InputError
from exporter.records.conditions import is_true, needed
from exporter.rules import Rule, Told
from exporter.selection import RecordRows
from exporter.takeoff.amounts import added, amount, finite, is_unknown, looked_up
from exporter.takeoff.geometry import TYPES
from exporter.takeoff.keys import refuse_unfit_key

Rows = Mapping[str, RecordRows]
TOTAL, COUNT = "total_quantity", "measurement_count"  # as a host may keep them
NEAR = 1e-6  # of a total that a host keeps, relative to it: more than sums in another order differ by
_UNKNOWN = "Nobody knows the unit"
_NEAR: ColumnElement[Any] = literal_column(str(NEAR))


def rules(ctx: ExportContext, records: Rows) -> list[Rule]:
    """The rules on conditions and measurements for the options that all formats of takeoffs have.

    :raises InputError: when the source has no conditions, does not say of which condition a measurement is, or when a key does not
        tell its rows apart.
    """
    for name in ("condition", "measurement"):
        if name not in records and name == "condition":
            raise _unknown(ctx, "records 'condition', which are what takeoffs are made of", "Give it a query for them.")
        if name in records and not records[name].has("condition_id"):
            raise _unknown(ctx, f"field condition_id of record '{name}'", "Map a column to it.")
    for row in records.values():
        refuse_unfit_key(ctx, row)
    if "measurement" not in records:
        return _of_conditions(records)
    found = [*_left_out(ctx, records), *_empty(ctx, records)]
    return [*found, *_flagged(ctx, records), *_of_conditions(records)] if ctx.checked else found


def _unknown(ctx: ExportContext, what: str, hint: str) -> InputError:
    return InputError(f"Source '{ctx.source.name}' provides no {what}.", hint=hint)


def _left_out(ctx: ExportContext, records: Rows) -> list[Rule]:
    found = []
    if not ctx.options.include_unverified:
        message = "Nobody has verified the measurement; it was left out (--no-include-unverified)."
        found.append(Rule("measurement", "UNVERIFIED", message, "info", where=not_(_verified(ctx, records))))
    if records["measurement"].has("unit"):
        message = "The unit of the measurement cannot be converted to that of its condition; it was left out."
        found.append(Rule("measurement", "UNIT_DIFFERS", message, where=looked_up(ctx, records, "differs")))
    return found


def _verified(ctx: ExportContext, records: Rows) -> ColumnElement[bool]:
    needed(records, "measurement", "is_verified", "include_unverified")
    return is_true(records["measurement"], "is_verified", True, ctx.connection)


def _empty(ctx: ExportContext, records: Rows) -> list[Rule]:
    """Conditions of which no measurement is written; what the rules above drop of them is not.

    They are said anew, beside the condition: looked up from within, they would be deeper than older versions of SQLite parse.
    """
    row, condition = records["measurement"], records["condition"]
    kept = [] if ctx.options.include_unverified else [_verified(ctx, records)]
    if row.has("unit"):
        kept.append(not_(amount(ctx, row, condition).differs))
    own = row.filtered().where(row.columns["condition_id"] == condition.columns["condition_id"], *kept)
    empty = ~own.with_only_columns(literal(1), maintain_column_froms=True).correlate(condition.alias).exists()
    done = "it was left out (--hide-empty)" if ctx.options.hide_empty else "its quantity is 0"
    message = f"No measurement of the condition is written; {done}."
    return [Rule("condition", "CONDITION_EMPTY", message, "info", where=empty, drop=ctx.options.hide_empty)]


def _flagged(ctx: ExportContext, records: Rows) -> Iterator[Rule]:
    """Measurements that somebody should look at."""
    row = records["measurement"]
    if row.has("unit"):
        message = "The unit of the measurement is not that of its condition; the quantity was converted."
        yield Rule("measurement", "UNIT_CONVERTED", message, "info", where=looked_up(ctx, records, "converted"), drop=False)
    yield from _of_unknown_units(ctx, records)
    yield from _of_quantities(finite(ctx.connection, row, "quantity"))
    if row.has("geometry_type"):
        kind = func.coalesce(cast(row.columns["geometry_type"], String), "")
        message = f"The geometry type is none of {', '.join(TYPES)}; the quantity is written."
        yield Rule("measurement", "GEOMETRY_TYPE_UNKNOWN", message, where=kind.not_in(TYPES), drop=False)
    if row.has("page_id") and "page" in records:
        there = records["page"].in_project().subquery("page_there")
        named = row.columns["page_id"]
        lost = ~select(literal(1)).select_from(there).where(there.c["page_id"] == named).exists()
        message = "The page that the measurement names is not there; the measurement was kept without it."
        yield Rule("measurement", "PAGE_MISSING", message, where=and_(named.is_not(None), lost), drop=False)


def _of_quantities(quantity: ColumnElement[Any]) -> Iterator[Rule]:
    message = (
        "The measurement has no quantity, or none that is a finite number; it counts 0 in sums, and its cell is empty or 0."
    )
    yield Rule("measurement", "QUANTITY_MISSING", message, where=quantity.is_(None), drop=False)
    message = "The quantity is below 0; it is deducted from the condition's total."
    yield Rule("measurement", "QUANTITY_NEGATIVE", message, "info", where=quantity < 0, drop=False)
    yield Rule("measurement", "QUANTITY_ZERO", "The quantity is 0.", "info", where=quantity == 0, drop=False)


def _of_conditions(records: Rows) -> list[Rule]:
    row = records["condition"]
    name = func.trim(func.coalesce(cast(row.columns["name"], String), "")) if row.has("name") else literal("")
    message = "The condition has no name; its identifier stands in place of it."
    unknown = f"{_UNKNOWN} of the condition; it is written as it stands, and no other unit is converted to it."
    return [
        Rule("condition", "NAME_MISSING", message, where=name == "", drop=False),
        Rule("condition", "UNIT_UNKNOWN", unknown, where=is_unknown(row), drop=False),
    ]


def _of_unknown_units(ctx: ExportContext, records: Rows) -> list[Rule]:
    """The same of measurements, where these alone are written; they are looked at only where conditions have such a unit."""
    row, condition = records["measurement"], records["condition"]
    reads = ctx.format.reads(ctx.options)
    unknown = condition.in_project().where(is_unknown(condition)).with_only_columns(condition.columns["condition_id"])
    if reads is None or "condition" in reads or not fetch(ctx.connection, unknown.limit(1)):
        return []
    message = f"{_UNKNOWN} of the measurement's condition; it is written as it stands, and no other unit is converted to it."
    where = row.columns["condition_id"].in_(unknown)
    return [Rule("measurement", "UNIT_UNKNOWN", message, where=where, drop=False)]


def stale(ctx: ExportContext, records: Rows) -> Iterator[Rule]:
    """Totals that a host keeps with its conditions, held against all its measurements, filtered or not."""
    row, condition = records["measurement"], records["condition"]
    own = row.in_project().where(row.columns["condition_id"] == condition.columns["condition_id"]).correlate(condition.alias)
    counted = amount(ctx, row, condition).quantity
    for field, expression in ((TOTAL, added(ctx, counted)), (COUNT, func.count())):
        if condition.has(field):
            kept = finite(ctx.connection, condition, field)
            real = func.coalesce(own.with_only_columns(expression, maintain_column_froms=True).scalar_subquery(), 0)
            differs = func.abs(kept - real) > _NEAR * (1 + func.abs(real))
            told = Told((kept, real), stale_example)
            yield Rule("condition", stale_code(field), stale_message(field), where=differs, drop=False, told=told)


def are_stale(kept: float, real: float) -> bool:
    """Whether a number that a host keeps is not the one that its measurements come to."""
    return abs(kept - real) > NEAR * (1 + abs(real))


def stale_example(uid: str, kept: float, real: float) -> str:
    """Both numbers, in as many digits as sums in another order agree in."""
    return f"{uid}: {kept:.12g}, but its measurements come to {real:.12g}"


def stale_code(field: str) -> str:
    """The code of the finding for a field."""
    return f"{field.upper()}_DIFFERS"


def stale_message(field: str) -> str:
    """Its message."""
    return f"The {field} that the source keeps is not what its measurements come to; these are what is written."
