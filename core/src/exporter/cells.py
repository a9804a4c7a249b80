"""The text of a cell, defined once.

Two ways of joining cells give the same bytes: the database joins them (`Cell.joined`), or Python does (`Cell.single`, then
`Cell.text`). The rules, whatever the database:

- NULL is the empty text.
- A field with decimals is rounded in SQL and written plainly: 51.496, 51.0, never 5.1e1.
- Any other floating-point number is the shortest text that reads back to the same double, written by Python.
- Dates and times are ISO 8601 with a T; fractions of a second only where there are any; UTC as Z.
- Booleans are true and false.
- NaN and infinity are no numbers: the cell is empty and counted.

Where SQL meets a value that it cannot write by these rules (a float in a column of texts, an infinity) it puts `SPECIAL` before
it. A block that holds one is written again the other way.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
from sqlalchemy import Connection, LargeBinary, String, Text, cast, func, literal_column
from sqlalchemy.sql.elements import ColumnElement

from exporter.records import Field

SPECIAL = "\x1d"
SPECIAL_BYTE = SPECIAL.encode()
_NOT_FINITE = {SPECIAL + word for word in ("Inf", "-Inf", "NaN", "Infinity", "-Infinity")}
_PLAIN_LIMIT = 1e9  # up to here SQLite writes a rounded number without an exponent and with all its digits


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
            return _sqlite(field, column, text_only)
        case "postgresql", "psycopg":
            return _postgresql(field, column, type_code)
        case _:
            rounded = func.round(column, field.decimals) if field.decimals is not None and _numeric(type_code) else column
            return Cell(field.name, field, None, rounded, lambda value: text_of(value, field))


def sql_text(connection: Connection, field: Field, column: ColumnElement[Any], type_code: Any = None) -> ColumnElement[Any]:
    """The text of a cell as an expression to build others from: no bytes, no special values that only Python writes."""
    if connection.dialect.name not in ("sqlite", "postgresql"):
        text = cast(func.round(column, field.decimals) if field.decimals is not None else column, String)
        return func.replace(text, " ", "T") if field.type is dt.datetime else text
    made = cell(connection, field, column, type_code=type_code)
    return made.joined if made.joined is not None else cast(column, Text)


def minted(record: str, namespace: uuid.UUID, source: Cell) -> Cell:
    """A cell of keys written as identifiers: urn:uuid, version 5 of the namespace and `record:key` (RFC 9562)."""
    prefix = namespace.bytes + f"{record}:".encode()

    def text(value: Any) -> str | None:
        key = source.text(value)
        if not key:
            return key
        digest = bytearray(hashlib.sha1(prefix + key.encode(), usedforsecurity=False).digest()[:16])
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
            return None if value in _NOT_FINITE else value
        case bytes():
            return text_of(value.decode("utf-8", "surrogateescape"), field)
        case bool():
            return "true" if value else "false"
        case int():
            return ("true" if value else "false") if field.type is bool and value in (0, 1) else str(value)
        case float() | Decimal():
            return number_text(value, field)
        case dt.datetime():
            return datetime_text(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


def number_text(value: float | Decimal, field: Field) -> str | None:
    """A number as text: with the field's decimals, or the shortest that reads back; None for NaN and infinity."""
    if not math.isfinite(value):
        return None
    if field.decimals is not None:
        digits = f"{value:.{field.decimals}f}".rstrip("0")
        return digits + "0" if digits.endswith(".") else digits
    if field.type is int and value == int(value):
        return str(int(value))
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


def datetime_text(value: dt.datetime) -> str:
    """A point in time as ISO 8601; UTC as Z, no zone where none is known."""
    if value.tzinfo is not None and not value.utcoffset():
        return value.replace(tzinfo=None).isoformat() + "Z"
    return value.isoformat()


# --- SQLite: a column may hold anything in any row, so the value's own type decides


def _sqlite(field: Field, column: ColumnElement[Any], text_only: bool) -> Cell:
    raw = func.iif(func.typeof(column) == "text", cast(column, LargeBinary), column)
    text = lambda value: text_of(value, field)  # noqa: E731
    kind = func.typeof(column)
    if field.type is float and field.decimals is None:
        return Cell(field.name, field, None, raw, text)
    if field.decimals is not None:
        joined = _sqlite_rounded(column, field.decimals)
    elif field.type is dt.datetime:
        joined = _sqlite_datetime(column)
    elif field.type is bool:
        words = func.iif(column == literal_column("1"), "true", func.iif(column == literal_column("0"), "false", column))
        joined = func.iif(kind == "integer", words, column)
    elif text_only:
        return Cell(field.name, field, column, cast(column, LargeBinary), text)
    else:
        joined = func.iif(kind == "real", SPECIAL, column)
        return Cell(field.name, field, joined, raw, text)
    return Cell(field.name, field, joined, cast(joined, LargeBinary), text)


def _sqlite_rounded(column: ColumnElement[Any], decimals: int) -> ColumnElement[Any]:
    """A rounded number; a text that is one is rounded, too, where it has more decimals."""
    number = _sqlite_number(column, decimals)
    point = func.instr(column, ".")
    longer = (point > 0) & (func.length(column) - point > decimals) & column.op("not glob")("*[^0-9.+-]*")
    text = func.iif(longer, _sqlite_number(cast(column, _Real()), decimals), column)
    return func.iif(func.typeof(column).in_(("real", "integer")), number, text)


def _sqlite_number(column: ColumnElement[Any], decimals: int) -> ColumnElement[Any]:
    size = func.abs(column)
    plain = func.rtrim(func.printf(f"%.{decimals}f", column), "0")
    whole = func.iif(func.substr(plain, -1) == ".", plain.concat("0"), plain)
    odd = func.iif(size > literal_column("1.7976931348623157e308"), SPECIAL + "Inf", whole)
    near = size.between(literal_column("0.001"), literal_column(f"{_PLAIN_LIMIT:.1f}"))
    return func.iif(near, func.round(column, decimals), odd)


def _sqlite_datetime(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Texts as SQLAlchemy writes them get their T and lose a fraction of zeros; others stay as they are."""
    blank = func.substr(column, 11, 1) == " "
    seconds = func.iif(func.substr(column, 20) == ".000000", func.substr(column, 12, 8), func.substr(column, 12))
    text = func.iif(blank, func.substr(column, 1, 10).concat("T").concat(seconds), column)
    return func.iif(func.typeof(column) == "real", SPECIAL, text)


class _Real(Text):
    """REAL as a cast target: SQLAlchemy's Float would be written FLOAT, which SQLite reads the same, and MySQL does not."""

    __visit_name__ = "REAL"


# --- PostgreSQL by psycopg: the column's declared type decides; the type codes are its OIDs

_BOOL, _DATE, _TIMESTAMP, _TIMESTAMPTZ, _NUMERIC, _BYTEA = 16, 1082, 1114, 1184, 1700, 17
_FLOATS = {700, 701}
TEXT_TYPES = {25, 1043}


def _numeric(type_code: Any) -> bool:
    return type_code in {_NUMERIC, 20, 21, 23, *_FLOATS} or type_code in {4, 5, 0, 246}  # the latter are MySQL's


def _postgresql(field: Field, column: ColumnElement[Any], oid: Any) -> Cell:
    text = lambda value: text_of(value, field)  # noqa: E731
    if oid in _FLOATS and field.decimals is None:
        as_text = cast(column, Text)
        return Cell(field.name, field, None, as_text, lambda v: "" if v is None else number_text(float(v), field))
    joined = _postgresql_text(field, column, oid)
    return Cell(field.name, field, joined, joined, text)


def _postgresql_text(field: Field, column: ColumnElement[Any], oid: Any) -> ColumnElement[Any]:
    from sqlalchemy import case, literal

    if field.decimals is not None and oid in {_NUMERIC, *_FLOATS, 20, 21, 23}:
        number = func.round(column.op("::")(literal_column("numeric")), field.decimals)
        plain = cast(func.trim_scale(number), Text)
        number_text = plain.concat(case((func.strpos(plain, ".") > 0, ""), else_=".0"))
        return case((plain.in_(("NaN", "Infinity", "-Infinity")), literal(SPECIAL).concat(plain)), else_=number_text)
    if oid == _BOOL:
        return cast(column, Text)
    if oid in (_TIMESTAMP, _TIMESTAMPTZ):
        return _postgresql_datetime(column, zoned=oid == _TIMESTAMPTZ)
    if oid == _BYTEA:
        return func.encode(column, "hex")
    return column if oid in TEXT_TYPES else cast(column, Text)


def _postgresql_datetime(column: ColumnElement[Any], *, zoned: bool) -> ColumnElement[Any]:
    from sqlalchemy import case

    local = column.op("at time zone")(literal_column("'UTC'")) if zoned else column
    pattern = "'YYYY-MM-DD\"T\"HH24:MI:SS'"
    zone = "Z" if zoned else ""
    seconds = func.to_char(local, literal_column(pattern))
    fraction = func.to_char(local, literal_column("'.US'"))
    with_fraction = case((fraction == ".000000", seconds), else_=seconds.concat(fraction)).concat(zone)
    usual = local.between(
        literal_column("'0001-01-01'::timestamp"), literal_column("'9999-12-31 23:59:59.999999'::timestamp")
    )
    return case((usual, with_fraction), else_=cast(column, Text))
