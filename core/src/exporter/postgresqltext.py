"""Texts, numbers and moments in the words of PostgreSQL: the column's declared type decides, and type codes are its OIDs.

Functions here take a column and give an expression; `exporter.cells` says what becomes of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Text, and_, case, cast, func, literal, literal_column
from sqlalchemy.sql.elements import ColumnElement

from exporter.records import Field

_NOT_FINITE = ("NaN", "Infinity", "-Infinity")
_ENDS_OF_TIME = ("'0001-01-01'::timestamp", "'9999-12-31 23:59:59.999999'::timestamp")
_MANY = 10**15  # more than numbers of decimals are expected to be, and less than infinity
DATE, TIMESTAMP, TIMESTAMPTZ, NUMERIC, _BYTEA, REAL, DOUBLE = 1082, 1114, 1184, 1700, 17, 700, 701
_INTEGERS = {20, 21, 23}
NUMBERS = {*_INTEGERS, NUMERIC, REAL, DOUBLE}
TEXT_TYPES = {25, 1043}
KINDS = {"number": NUMBERS, "moment": {DATE, TIMESTAMP, TIMESTAMPTZ}, "text": TEXT_TYPES}  # what a column surely holds


def text(field: Field, column: ColumnElement[Any], oid: Any, mark: str = "") -> ColumnElement[Any]:
    """A value as text.

    :param oid: of the column's type; :param mark: what stands before NaN and infinity.
    """
    if oid in NUMBERS and (field.decimals is not None or oid == NUMERIC):
        return _number(field, column, oid, mark)
    if oid in _INTEGERS and field.type is bool:
        return case(
            (column == literal_column("1"), "true"), (column == literal_column("0"), "false"), else_=cast(column, Text)
        )
    if oid in (TIMESTAMP, TIMESTAMPTZ):
        return _moment(column, oid)
    if oid == _BYTEA:
        return func.encode(column, "hex")
    return column if oid in TEXT_TYPES else cast(column, Text)


def _number(field: Field, column: ColumnElement[Any], oid: Any, mark: str) -> ColumnElement[Any]:
    """A number as text; what is common comes first, since PostgreSQL makes each expression again wherever it stands.

    :param mark: what stands before NaN and infinity.
    """
    plain: list[tuple[ColumnElement[bool], ColumnElement[Any]]]
    if field.decimals is None:
        number = func.trim_scale(column) if field.type is int else column
        plain = [(_between(column, -_MANY, _MANY), cast(number, Text))]
    else:
        exact = cast(column, Text) if oid == REAL else column  # as numeric it would have 6 digits: 10 metres of a longitude
        number = func.trim_scale(func.round(exact.op("::")(literal_column("numeric")), field.decimals))
        finite = _between(column, -_MANY, _MANY)
        broken = func.scale(number) > literal_column("0")
        plain = [(and_(finite, broken), cast(number, Text)), (finite, cast(number, Text).concat(".0"))]
    if oid == DOUBLE and field.decimals:
        plain.insert(0, _rounded(column, field.decimals))
    digits = cast(number, Text)
    whole = digits if field.decimals is None else case((func.strpos(digits, ".") > 0, digits), else_=digits.concat(".0"))
    return case(*plain, (digits.in_(_NOT_FINITE), literal(mark).concat(digits)), else_=whole)


def _rounded(column: ColumnElement[Any], decimals: int) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    """Doubles that arithmetic alone rounds, as WHEN and THEN, in a fifth of the time of numeric.

    They have at most 12 digits once they are rounded, need no exponent, are no whole numbers then, and no digit after the 15th
    could make or undo a half.
    """
    least, most, scale = 0.0 if decimals <= 4 else 0.001, 10.0 ** (11 - decimals), 10**decimals
    size = func.abs(column)
    thousandths = cast(_times(func.least(size, literal_column(f"{most}::float8")), 1000 * scale), BigInteger)
    last, part = (thousandths.op("%", precedence=8)(literal_column(f"{n}")) for n in (1000, 1000 * scale))
    no_half = ~_between(last, 498, 501)
    usual = and_(_between(size, least, most), no_half, _between(part, 500, 1000 * scale - 501))
    return usual, cast(func.round(_times(column, scale)).op("/", precedence=8)(literal_column(f"{scale}::float8")), Text)


def _between(number: ColumnElement[Any], least: float, most: float) -> ColumnElement[bool]:
    return number.between(literal_column(f"{least}"), literal_column(f"{most}"))


def _times(number: ColumnElement[Any], factor: int) -> ColumnElement[Any]:
    return number.op("*", precedence=8)(literal_column(f"{factor}::float8"))


def _moment(column: ColumnElement[Any], oid: Any) -> ColumnElement[Any]:
    """A point in time, whatever the session's DateStyle; to_char() would take twice as long, and stands for fractions alone."""
    here = local(column, oid)
    seconds = func.date_trunc("second", here) == here
    iso = func.substr(cast(func.to_json(here), Text), 2, 19)
    found: ColumnElement[Any] = case((seconds, iso), else_=func.to_char(here, 'YYYY-MM-DD"T"HH24:MI:SS.US'))
    found = found.concat("Z") if oid == TIMESTAMPTZ else found
    return case((has_usual_year(here, oid), found), else_=cast(column, Text))


def local(column: ColumnElement[Any], oid: Any) -> ColumnElement[Any]:
    """A date or point in time without its zone, in UTC."""
    return column.op("at time zone")(literal_column("'UTC'")) if oid == TIMESTAMPTZ else column


def has_usual_year(moment: ColumnElement[Any], oid: Any) -> ColumnElement[bool]:
    """Whether its year has four digits, which that of infinity has not."""
    ends = ("'0001-01-01'::date", "'9999-12-31'::date") if oid == DATE else _ENDS_OF_TIME
    return moment.between(literal_column(ends[0]), literal_column(ends[1]))
