"""How much a measurement counts for its condition: its quantity in the condition's unit, in SQL, the same for totals and rows.

A condition without unit has that of its measurement type; a measurement without unit has that of its condition. Another unit that
measures the same is converted; one that does not, or that nobody knows, makes the measurement one that cannot be counted. All that
is written of a unit is its name as `units` has it, whatever its spelling: sq. ft is SF. One that nobody knows stays as it stands.
"""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
)

from exporter.context import ExportContext
from exporter.records.conditions import number
from exporter.selection import RecordRows
from exporter.takeoff.units import DEFAULTS, UNITS, spelt

_MOST: ColumnElement[Any] = literal_column("1e300")  # more is infinity, or nothing that anybody has measured
_NUMBERS = ("integer", "real")
_NO: ColumnElement[Any] = literal_column("0")
_YES: ColumnElement[Any] = literal_column("1")
_NOTHING: ColumnElement[str] = literal("")
_USUAL = ("M2", "M", "M3", "SY", "sf", "lf", "ea", "cy", "ft", "sq ft", "each", "cu yd", "m²", "m", "m³", "m2", "m3")


@attrs.frozen(eq=False)
class Amount:
    """The columns of a measurement beside those of its condition.

    :param quantity: in the condition's unit; NULL where there is none that is a number, or its unit cannot be converted.
    :param differs: whether the unit cannot be converted to the condition's; :param converted: whether it was.
    """

    quantity: ColumnElement[Any]
    differs: ColumnElement[bool]
    converted: ColumnElement[bool]


def unit_of(condition: RecordRows) -> ColumnElement[Any]:
    """The unit of a condition: its own, else that of its measurement type, else the empty text; by its name where it is known."""
    return _named(_wanted(condition))


def unit_beside(measurement: RecordRows, condition: RecordRows) -> ColumnElement[Any]:
    """The unit of the amount: the condition's, and the measurement's own where that says nothing."""
    if not measurement.has("unit"):
        return unit_of(condition)
    return func.coalesce(func.nullif(unit_of(condition), ""), _named(_given(measurement)))


def is_unknown(condition: RecordRows) -> ColumnElement[bool]:
    """Whether a condition has a unit that nobody knows."""
    wanted = _wanted(condition)
    return and_(wanted != "", _name(_spelt(wanted)).is_(None))


def amount(ctx: ExportContext, measurement: RecordRows, condition: RecordRows) -> Amount:
    """The amount of a measurement that stands beside its condition."""
    quantity = finite(ctx.connection, measurement, "quantity")
    if not measurement.has("unit"):
        return Amount(quantity, literal(False), literal(False))
    own, wanted = _given(measurement), _wanted(condition)
    plain = or_(own.is_(None), own == wanted, wanted == "")
    mine, theirs = _spelt(own), _spelt(wanted)
    same = or_(plain, mine == theirs, _name(mine) == _name(theirs))
    alike = _kind(mine) == _kind(theirs)
    # A CASE looks at what comes next only where the units differ; as they stand, most do not.
    as_they_stand = measurement.columns["unit"] == condition.columns["unit"] if condition.has("unit") else false()
    if ctx.connection.dialect.name != "sqlite":
        as_they_stand = false()  # their types may differ; SQLite compares whatever there is
    counted = case((as_they_stand, quantity), (same, quantity), (alike, quantity * _size(mine) / _size(theirs)))
    differs = case((as_they_stand, _NO), (same, _NO), (alike, _NO), else_=_YES) == _YES
    converted = case((as_they_stand, _NO), (same, _NO), (alike, _YES), else_=_NO) == _YES
    return Amount(counted, differs, converted)


def finite(connection: Connection, row: RecordRows, field: str) -> ColumnElement[Any]:
    """A field as a number; NULL for what is none, and for NaN and infinity."""
    if not row.has(field):
        return cast(null(), Double)
    given = number(row, field, connection)
    if connection.dialect.name != "sqlite":
        return case(
            (and_(given > -_MOST, given < _MOST), cast(given, Double))
        )  # PostgreSQL's numbers may be beyond any double
    column = row.columns[field]  # which is a number nearly always, so that no text is looked at
    plain = and_(func.typeof(column).in_(_NUMBERS), column > -_MOST, column < _MOST)
    return case((plain, column), (and_(given > -_MOST, given < _MOST), given))


def added(ctx: ExportContext, amounts: ColumnElement[Any]) -> ColumnElement[Any]:
    """Their sum, of doubles: SQLite would add up integers as such, and end where no integer holds the sum."""
    return func.total(amounts) if ctx.connection.dialect.name == "sqlite" else func.sum(amounts)


def looked_up(ctx: ExportContext, records: Any, what: str) -> ColumnElement[Any]:
    """A property of a measurement's amount as a condition on the measurement alone, for rules; its condition is looked up."""
    measurement, condition = records["measurement"], records["condition"]
    of = RecordRows(condition.bound, condition.in_project().subquery(f"condition_{what}"))
    found = getattr(amount(ctx, measurement, of), what)
    own = of.columns["condition_id"] == measurement.columns["condition_id"]
    return select(literal(1)).select_from(of.alias).where(own, found).correlate(measurement.alias).exists()


def _wanted(condition: RecordRows) -> ColumnElement[Any]:
    """The unit of a condition as it is spelt."""
    if not condition.has("measurement_type"):
        return func.coalesce(_given(condition), _NOTHING)
    kind = func.lower(func.trim(cast(condition.columns["measurement_type"], String)))
    return func.coalesce(_given(condition), case(*((kind == name, unit) for name, unit in DEFAULTS.items()), else_=""))


def _given(row: RecordRows) -> ColumnElement[Any]:
    """The unit as it stands, without blanks around it; NULL where there is none."""
    return func.nullif(func.trim(cast(row.columns["unit"], String)), "") if row.has("unit") else cast(null(), String)


def _spelt(unit: ColumnElement[Any]) -> ColumnElement[Any]:
    """As `units.spelt` has it; `upper()` of SQLite knows ASCII only, which is all that units have."""
    bare = unit
    for mark in (" ", ".", "/"):
        bare = func.replace(bare, mark, "")
    return func.upper(bare)


def _named(unit: ColumnElement[Any]) -> ColumnElement[Any]:
    """A unit by its name, where it is known; the most usual spellings are looked at first, which saves most of the time."""
    usual = {text: UNITS[spelt(text)].name for text in (*DEFAULTS.values(), *_USUAL)}
    known = case({name: unit.name for name, unit in UNITS.items()}, value=_spelt(unit), else_=unit)
    return case(usual, value=unit, else_=known)


def _name(spelt: ColumnElement[Any]) -> ColumnElement[Any]:
    """The name of a unit; NULL where nobody knows it."""
    return case({name: unit.name for name, unit in UNITS.items()}, value=spelt)


def _kind(spelt: ColumnElement[Any]) -> ColumnElement[Any]:
    by_kind: dict[str, list[str]] = {}
    for name, unit in UNITS.items():
        by_kind.setdefault(unit.kind, []).append(name)
    return case(*((spelt.in_(names), kind) for kind, names in by_kind.items()))


def _size(spelt: ColumnElement[Any]) -> ColumnElement[Any]:
    sizes: dict[int, list[str]] = {}
    for name, unit in UNITS.items():
        sizes.setdefault(unit.size, []).append(name)
    return case(*((spelt.in_(names), cast(literal_column(str(size)), Double)) for size, names in sizes.items()))
