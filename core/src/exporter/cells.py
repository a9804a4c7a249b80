"""The text of a cell, defined once.

Two ways of joining cells give the same bytes: the database joins them (`Cell.joined`), or Python does (`Cell.single`, then
`Cell.text`). The rules, whatever the database:

- NULL is the empty text.
- A field with decimals is rounded in SQL and written plainly: 51.496, 51.0, never 5.1e1. A half goes away from zero, and of a
  double its first 15 digits count, as PostgreSQL has it: 51.1234565 is 51.123457 on every database.
- Any other floating-point number is the shortest text that reads back to the same double, written by Python.
- Dates and times are ISO 8601 with a T; fractions of a second only where there are any; UTC as Z.
- Booleans are true and false.
- NaN and infinity are no numbers: the cell is empty and counted.

Where SQL meets a value that it cannot write by these rules (a float in a column of texts, an infinity) it puts `SPECIAL` in its
place or before it. A block that holds one is written again the other way.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import struct
import uuid
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import attrs
from sqlalchemy import Connection, Integer, LargeBinary, String, Text, and_, case, cast, func, literal, literal_column
from sqlalchemy.sql.elements import ColumnElement, UnaryExpression
from sqlalchemy.sql.operators import custom_op

from exporter.records import Field

SPECIAL = "\x1d"
SPECIAL_BYTE = SPECIAL.encode()
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")  # as PostgreSQL writes them
_NUDGE = "1.0000000000000002"  # one step of a double: what is half in decimal is no longer below half in binary
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] "  # as a pattern of SQLite's GLOB
_ALL_DIGITS = Context(prec=400)  # the largest double has 309 before the point


@attrs.frozen
class Cell:
    """How one column becomes text.

    :param name: the column's label.
    :param field: the record's field, which gives the type wanted.
    :param joined: the text in SQL, or None where only Python can write it.
    :param single: what to fetch when Python joins.
    :param text: the text of a fetched value; None for what has no text (NaN, infinity).
    """

    name: str
    field: Field
    joined: ColumnElement[Any] | None
    single: ColumnElement[Any]
    text: Callable[[Any], str | None]


def cell(
    connection: Connection, field: Field, column: ColumnElement[Any], *, type_code: Any = None, text_only: bool = False
) -> Cell:
    """How `column` becomes text on this connection's database.

    :param type_code: the driver's type of the column, where it reports one.
    :param text_only: whether the column can hold nothing but text (SQLite).
    """
    match connection.dialect.name, connection.dialect.driver:
        case "sqlite", _:
            return _sqlite(connection, field, column, text_only)
        case "postgresql", "psycopg":
            return _postgresql(field, column, type_code)
        case _:
            return _mariadb(field, column, type_code)


def sql_text(connection: Connection, field: Field, column: ColumnElement[Any], type_code: Any = None) -> ColumnElement[Any]:
    """The text of a cell as an expression to build others from: no bytes, no special values that only Python writes."""
    match connection.dialect.name:
        case "sqlite" if field.decimals is not None:
            return _sqlite_rounded(column, field.decimals, cast(column, Text))
        case "sqlite":
            return _sqlite_datetime(column, column) if field.type is dt.datetime else cast(column, Text)
        case "postgresql":
            return _postgresql_text(field, column, type_code, marked=False)
        case _:
            return _mariadb_text(field, column)


def sql_time(connection: Connection, field: Field, column: ColumnElement[Any], type_code: Any = None) -> ColumnElement[Any]:
    """What follows the date and the T in the text of a date with time."""
    if connection.dialect.name == "sqlite":
        whole = glob(column, _DAY + "?" * 8 + ".000000") & _without_nul(column)
        return func.iif(whole, func.substr(column, 12, 8), func.substr(column, 12))
    return func.substr(sql_text(connection, field, column, type_code), 12)


def glob(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    """SQLite's GLOB."""
    return column.bool_op("glob")(literal(pattern))


def minted(record: str, namespace: uuid.UUID, source: Cell) -> Cell:
    """A cell of keys written as identifiers: urn:uuid, version 5 of the namespace and `record:key` (RFC 9562)."""
    prefix = namespace.bytes + f"{record}:".encode()

    def text(value: Any) -> str | None:
        key = source.text(value)
        if not key:
            return key
        name = prefix + key.encode("utf-8", "surrogateescape")
        digest = bytearray(hashlib.sha1(name, usedforsecurity=False).digest()[:16])
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        h = digest.hex()
        return f"urn:uuid:{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    return attrs.evolve(source, joined=None, text=text)


def text_of(value: Any, field: Field) -> str | None:
    """The text of a value as a driver gives it, for a field; None for NaN and infinity."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bytes():
            return value.decode("utf-8", "surrogateescape")
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal() if field.type is bool and value in (0, 1):
            return "true" if value else "false"
        case int():
            return str(value) if field.decimals is None else f"{value}.0"
        case float() | Decimal():
            return number_text(value, field)
        case dt.datetime():
            return datetime_text(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return _time_text(value)
        case _:
            return str(value)


def number_text(value: float | Decimal, field: Field) -> str | None:
    """A number as text: with the field's decimals, or the shortest that reads back; None for NaN and infinity."""
    if not math.isfinite(value):
        return None
    if field.decimals is not None:
        return _rounded(value if isinstance(value, Decimal) else Decimal(f"{value:.15g}"), field.decimals)
    if field.type is int and value == int(value):
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value.normalize(_ALL_DIGITS) if field.type is int else value:f}"
    return repr(value)


def _rounded(value: Decimal, decimals: int) -> str:
    number = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _ALL_DIGITS)
    whole, _, fraction = f"{number if number else abs(number):f}".partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def datetime_text(value: dt.datetime) -> str:
    """A point in time as ISO 8601; UTC as Z, no zone where none is known."""
    if value.tzinfo is not None and not value.utcoffset():
        return value.replace(tzinfo=None).isoformat() + "Z"
    return value.isoformat()


def _time_text(value: dt.timedelta) -> str:
    """A time of day as MariaDB's drivers give it; its TIME may also be negative, or longer than a day."""
    minutes, seconds = divmod(abs(value).seconds, 60)
    hours = abs(value).days * 24 + minutes // 60
    fraction = f".{value.microseconds:06}" if value.microseconds else ""
    return f"{'-' if value.days < 0 else ''}{hours:02}:{minutes % 60:02}:{seconds:02}{fraction}"


# --- SQLite: a column may hold anything in any row, so the value's own type decides


def utf16(connection: Connection) -> bool:
    """Whether a SQLite database keeps its texts as UTF-16, so that their bytes are not those of the cell."""
    known: bool | None = connection.info.get("exporter.utf16")
    if known is None:
        known = connection.exec_driver_sql("pragma encoding").scalar() != "UTF-8"
        connection.info["exporter.utf16"] = known
    return known


def _sqlite(connection: Connection, field: Field, column: ColumnElement[Any], text_only: bool) -> Cell:
    def raw(text: ColumnElement[Any]) -> ColumnElement[Any]:  # as bytes, which a driver hands over whatever they are
        return text if utf16(connection) else cast(text, LargeBinary)

    def made(joined: ColumnElement[Any] | None, single: ColumnElement[Any]) -> Cell:
        return Cell(field.name, field, joined, single, lambda value: text_of(value, field))

    kind = func.typeof(column)
    if field.decimals is not None:
        joined = _sqlite_rounded(column, field.decimals, literal(SPECIAL))
        return made(joined, func.iif(joined == SPECIAL, column, raw(joined)))
    plain = func.iif(kind == "text", raw(column), column)
    if field.type is float:
        return made(None, plain)
    if field.type is dt.datetime:
        joined = _sqlite_datetime(column, func.iif(kind == "real", SPECIAL, column))
        return made(joined, func.iif(kind == "real", column, raw(joined)))
    if field.type is bool:
        words = func.iif(column == literal_column("1"), "true", func.iif(column == literal_column("0"), "false", column))
        return made(case((kind == "integer", words), (kind == "real", SPECIAL), else_=column), plain)
    if text_only:
        return made(column, raw(column))
    return made(func.iif(kind == "real", SPECIAL, column), plain)


def _sqlite_rounded(column: ColumnElement[Any], decimals: int, beyond: ColumnElement[Any]) -> ColumnElement[Any]:
    """A rounded number; a text that is one is rounded, too, where it has more decimals.

    :param beyond: what stands for a number that SQLite does not write plainly.
    """
    point = func.instr(column, ".")
    number = and_(*(~glob(column, p) for p in ("*[^0-9.+-]*", "?*[+-]*", "*.*.*")))
    longer = (point > 0) & (func.length(column) - point > decimals) & number & _without_nul(column)
    odd = case(
        {
            "real": _sqlite_odd(column, decimals, beyond),
            "integer": cast(column, Text).concat(".0"),
            "text": func.iif(longer, _sqlite_number(cast(column, _Real()), decimals, column), column),
        },
        value=func.typeof(column),
        else_=column,
    )
    return case(*_sqlite_usual(column, decimals), else_=odd)


def _sqlite_number(number: ColumnElement[Any], decimals: int, beyond: ColumnElement[Any]) -> ColumnElement[Any]:
    return case(*_sqlite_usual(number, decimals), else_=_sqlite_odd(number, decimals, beyond))


def _sqlite_usual(column: ColumnElement[Any], decimals: int) -> list[tuple[ColumnElement[bool], ColumnElement[Any]]]:
    """Numbers that arithmetic alone rounds, as WHEN and THEN, in a third of the time of printf().

    They have at most 12 digits once they are rounded, need no exponent, and no digit after the 15th could make or undo a half.
    """
    bare: ColumnElement[Any] = UnaryExpression(column, operator=custom_op("+"))  # a column of texts would compare as text
    least, most, scale = 0 if decimals <= 4 else 0.001, 10.0 ** (11 - decimals), 10.0**decimals
    thousandths = cast(_times(column, scale * 1000), Integer).op("%", precedence=8)(literal_column("1000"))
    found = []
    for sign in (1, -1):
        plain = _between(bare, sign * least, sign * most) & ~_between(thousandths, sign * 499, sign * 500)
        steps = cast(_times(column, scale).op("+", precedence=7)(literal_column(f"{sign * 0.5}")), Integer)
        found.append((plain, steps.op("/", precedence=8)(literal_column(f"{scale}"))))
    return [*found, (bare == literal_column("0"), literal("0.0"))]


def _between(number: ColumnElement[Any], *ends: float) -> ColumnElement[bool]:
    low, high = sorted(ends)
    return number.between(literal_column(f"{low}"), literal_column(f"{high}"))


def _sqlite_odd(column: ColumnElement[Any], decimals: int, beyond: ColumnElement[Any]) -> ColumnElement[Any]:
    """Any number with at least one digit more than it keeps, by its first 15."""
    digits = cast(func.printf("%.14e", column), _Real())
    plain = func.rtrim(func.printf(f"%.{decimals}f" if decimals else "%.0f.", _times(digits, _NUDGE)), "0")
    text = case((func.substr(plain, -1) != ".", plain), (plain == "-0.", "0.0"), else_=plain.concat("0"))
    return func.iif(func.abs(column) < literal_column(f"{10.0 ** (14 - decimals)}"), text, beyond)


def _times(number: ColumnElement[Any], factor: float | str) -> ColumnElement[Any]:
    return number.op("*", precedence=8)(literal_column(f"{factor}"))


def _sqlite_datetime(column: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """Texts as SQLAlchemy writes them get their T and lose a fraction of zeros.

    :param other: what stands for everything else.
    """
    usual = (func.length(cast(column, LargeBinary)) == 26) & glob(column, _DAY + "?" * 15)  # a byte for each: none is NUL
    other_length = glob(column, _DAY + "*") & _without_nul(column)
    day = func.substr(column, 1, 10).concat("T")
    whole, part = (day.concat(func.substr(column, 12, *length)) for length in ((8,), ()))
    return func.iif(usual | other_length, func.iif(glob(column, "?" * 19 + ".000000"), whole, part), other)


def _without_nul(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return func.instr(column, func.char(0)) == 0


class _Real(Text):
    """REAL as a cast target: SQLAlchemy's Float would be written FLOAT, which SQLite reads the same, and MySQL does not."""

    __visit_name__ = "REAL"


# --- PostgreSQL by psycopg: the column's declared type decides; the type codes are its OIDs

_BOOL, _DATE, _TIMESTAMP, _TIMESTAMPTZ, _NUMERIC, _BYTEA, _REAL, _DOUBLE = 16, 1082, 1114, 1184, 1700, 17, 700, 701
_INTEGERS = {20, 21, 23}
_NUMBERS = {*_INTEGERS, _NUMERIC, _REAL, _DOUBLE}
TEXT_TYPES = {25, 1043}


def _postgresql(field: Field, column: ColumnElement[Any], oid: Any) -> Cell:
    if oid in (_REAL, _DOUBLE) and field.decimals is None:
        as_text = cast(column, Text)
        return Cell(field.name, field, None, as_text, lambda v: "" if v is None else text_of(float(v), field))
    joined = _postgresql_text(field, column, oid)
    if oid not in _NUMBERS:
        return Cell(field.name, field, joined, joined, lambda value: text_of(value, field))
    return Cell(field.name, field, joined, joined, lambda v: None if v and v.startswith(SPECIAL) else text_of(v, field))


def _postgresql_text(field: Field, column: ColumnElement[Any], oid: Any, *, marked: bool = True) -> ColumnElement[Any]:
    """A value as text.

    :param marked: whether `SPECIAL` stands before what is no number.
    """
    if oid in _NUMBERS and (field.decimals is not None or oid == _NUMERIC):
        text = _postgresql_number(field, column, oid)
        return case((text.in_(_NOT_FINITE), literal(SPECIAL).concat(text)), else_=text) if marked else text
    if oid in _INTEGERS and field.type is bool:
        return case(
            (column == literal_column("1"), "true"), (column == literal_column("0"), "false"), else_=cast(column, Text)
        )
    if oid in (_TIMESTAMP, _TIMESTAMPTZ):
        return _postgresql_datetime(column, zoned=oid == _TIMESTAMPTZ)
    if oid == _BYTEA:
        return func.encode(column, "hex")
    return column if oid in TEXT_TYPES else cast(column, Text)


def _postgresql_number(field: Field, column: ColumnElement[Any], oid: Any) -> ColumnElement[Any]:
    if field.decimals is None:
        return cast(func.trim_scale(column) if field.type is int else column, Text)
    exact = cast(column, Text) if oid == _REAL else column  # as numeric it would have 6 digits: 10 metres of a longitude
    number = func.round(exact.op("::")(literal_column("numeric")), field.decimals)
    plain = cast(func.trim_scale(number), Text)
    return case((plain.in_(_NOT_FINITE), plain), (func.strpos(plain, ".") > 0, plain), else_=plain.concat(".0"))


def _postgresql_datetime(column: ColumnElement[Any], *, zoned: bool) -> ColumnElement[Any]:
    local = column.op("at time zone")(literal_column("'UTC'")) if zoned else column
    whole, part = ('YYYY-MM-DD"T"HH24:MI:SS' + fraction for fraction in ("", ".US"))
    seconds = func.date_trunc("second", local) == local
    text = func.to_char(local, case((seconds, whole), else_=part)).concat("Z" if zoned else "")
    usual = local.between(
        literal_column("'0001-01-01'::timestamp"), literal_column("'9999-12-31 23:59:59.999999'::timestamp")
    )
    return case((usual, text), else_=cast(column, Text))


# --- MariaDB and others: Python writes everything; the type codes are MySQL's

_FLOAT, _TINY_BITS = 4, 16


def _mariadb(field: Field, column: ColumnElement[Any], type_code: Any) -> Cell:
    if type_code == _FLOAT:  # sent with 6 digits; as a double it is exact, and has 17
        wide = column.op("+")(literal_column("0e0"))
        return Cell(field.name, field, None, wide, lambda value: text_of(_shortest(value), field))
    single = column.op("+")(literal_column("0")) if type_code == _TINY_BITS else column
    return Cell(field.name, field, None, single, lambda value: text_of(value, field))


def _shortest(value: float | None) -> float | None:
    """The double with the fewest digits that is the same number with 32 bits."""
    if value is None:
        return None
    near = (float(f"{value:.{digits}g}") for digits in range(6, 10))
    return next((n for n in near if struct.pack("f", n) == struct.pack("f", value)), value)


def _mariadb_text(field: Field, column: ColumnElement[Any]) -> ColumnElement[Any]:
    if field.type is dt.datetime:
        text: ColumnElement[Any] = cast(column, String)
        moment = func.replace(func.regexp_replace(text, "[.]0+$", ""), " ", "T")
        return case((text.bool_op("regexp")("^[0-9]{4}-[0-9]{2}-[0-9]{2} "), moment), else_=text)
    if field.decimals is None:
        return cast(column, String)
    rounded = func.regexp_replace(cast(func.round(column, field.decimals), String), "([.][0-9]*?)0+$", "\\1")
    return case(
        (func.instr(rounded, ".") == 0, rounded.concat(".0")), (rounded.like("%."), rounded.concat("0")), else_=rounded
    )
