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
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import attrs
from sqlalchemy import Connection, LargeBinary, String, Text, case, cast, func, literal, literal_column
from sqlalchemy.sql.elements import ColumnElement

from exporter import postgresqltext, sqlitetext
from exporter.records import Field

SPECIAL = "\x1d"
SPECIAL_BYTE = SPECIAL.encode()
_ALL_DIGITS = Context(prec=400)  # the largest double has 309 before the point


@attrs.frozen
class Cell:
    """How one column becomes text.

    :param name: the column's label.
    :param field: the record's field, which gives the type wanted.
    :param joined: the text in SQL, or None where only Python can write it.
    :param single: what to fetch when Python joins.
    :param text: the text of a fetched value; None for what has no text (NaN, infinity).
    :param plain: whether `text` is `text_of` for the field.
    :param native: the kind of cell and the value that `exporter_line()` of exporter-native takes; None where it knows no such kind.
    """

    name: str
    field: Field
    joined: ColumnElement[Any] | None
    single: ColumnElement[Any]
    text: Callable[[Any], str | None]
    native: tuple[str, ColumnElement[Any]] | None = None
    plain: bool = False

    def texts(self, values: Sequence[Any]) -> list[str | None]:
        """The text of each value of a column, as `text` has it."""
        found = _alike(values, self.field) if self.plain else None
        return list(map(self.text, values)) if found is None else found


def _alike(values: Sequence[Any], field: Field) -> list[str | None] | None:
    """The texts of values of one type and of NULL, all at once; None where one of them takes a closer look."""
    kinds = set(map(type, values))
    missing = type(None) in kinds
    kinds.discard(type(None))
    if len(kinds) > 1 or field.decimals is not None:
        return None
    kind = kinds.pop() if kinds else None
    if kind is int and field.type is bool:
        return [_FLAGS[v] for v in values] if _FLAGS.keys() >= set(values) else None
    if kind is bytes:
        return _all_decoded([v or b"" for v in values] if missing else values)
    write: Callable[[Any], str]
    if kind is None or kind is str or kind is int:
        write = str
    elif kind is float and field.type is float and all(map(math.isfinite, filter(None, values) if missing else values)):
        write = repr
    else:
        return None
    return ["" if v is None else write(v) for v in values] if missing else list(map(write, values))


_FLAGS: dict[int | None, str | None] = {None: "", 0: "false", 1: "true"}
_BETWEEN = b"\x1f"


def _all_decoded(values: Sequence[bytes]) -> list[str | None]:
    """The texts of bytes, decoded at once where none of them holds what stands between them and all are UTF-8."""
    try:
        texts: list[str | None] = [*_BETWEEN.join(values).decode().split(_BETWEEN.decode())]
    except UnicodeDecodeError:
        texts = []
    return texts if len(texts) == len(values) else list(map(_decoded, values))


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


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
            return sqlitetext.rounded(column, field.decimals, cast(column, Text))
        case "sqlite":
            return sqlitetext.moment_text(connection, column, column) if field.type is dt.datetime else cast(column, Text)
        case "postgresql":
            return postgresqltext.text(field, column, type_code)
        case _:
            return _mariadb_text(field, column, type_code)


def sql_time(connection: Connection, field: Field, column: ColumnElement[Any], type_code: Any = None) -> ColumnElement[Any]:
    """What follows the date and the T in the text of a date with time."""
    if connection.dialect.name == "sqlite":
        return sqlitetext.time_text(column)
    return func.substr(sql_text(connection, field, column, type_code), 12)


def sql_moment(
    connection: Connection, column: ColumnElement[Any], type_code: Any
) -> tuple[ColumnElement[bool], ColumnElement[Any]] | None:
    """Of a column that holds dates and nothing else: whether one has a year of four digits, and if so, how it begins as text.

    None where the column's type does not tell; 10 or 19 characters, in less time than the whole text.
    """
    if kind(connection, type_code) != "moment":
        return None
    local = postgresqltext.local(column, type_code)
    return postgresqltext.has_usual_year(local, type_code), func.substr(
        cast(func.to_json(local), Text), 2, 10 if type_code == postgresqltext.DATE else 19
    )


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

    return attrs.evolve(source, joined=None, text=text, plain=False)


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


def _sqlite(connection: Connection, field: Field, column: ColumnElement[Any], text_only: bool) -> Cell:
    def raw(text: ColumnElement[Any]) -> ColumnElement[Any]:  # as bytes, which a driver hands over whatever they are
        return text if sqlitetext.utf16(connection) else cast(text, LargeBinary)

    def made(joined: ColumnElement[Any] | None, single: ColumnElement[Any], native: str = "") -> Cell:
        given = (native, column) if native else None
        return Cell(field.name, field, joined, single, lambda value: text_of(value, field), given, plain=True)

    kind = func.typeof(column)
    if field.decimals is not None:
        joined = sqlitetext.rounded(column, field.decimals, literal(SPECIAL))
        known = str(field.decimals) if field.decimals <= 9 else ""
        return made(joined, func.iif(joined == SPECIAL, column, raw(joined)), known)
    plain = func.iif(kind == "text", raw(column), column)
    if field.type is float:
        return made(None, plain)
    if field.type is dt.datetime:
        joined = sqlitetext.moment_text(connection, column, func.iif(kind == "real", SPECIAL, column))
        return made(joined, func.iif(kind == "real", column, raw(joined)), "m")
    if field.type is bool:
        words = func.iif(column == literal_column("1"), "true", func.iif(column == literal_column("0"), "false", column))
        return made(case((kind == "integer", words), (kind == "real", SPECIAL), else_=column), plain, "b")
    if text_only:
        return made(column, raw(column), "p")
    return made(func.iif(kind == "real", SPECIAL, column), plain, "t")


def kind(connection: Connection, type_code: Any) -> str:
    """What a column surely holds, by its type: `number`, `moment` or `text`; nothing where its type does not tell."""
    if connection.dialect.name == "postgresql":
        for name, oids in postgresqltext.KINDS.items():
            if type_code in oids:
                return name
    return ""


# --- PostgreSQL by psycopg


def _postgresql(field: Field, column: ColumnElement[Any], oid: Any) -> Cell:
    if oid in (postgresqltext.REAL, postgresqltext.DOUBLE) and field.decimals is None:
        as_text = cast(column, Text)
        return Cell(field.name, field, None, as_text, lambda v: "" if v is None else text_of(float(v), field))
    joined = postgresqltext.text(field, column, oid, SPECIAL)
    if oid not in postgresqltext.NUMBERS:
        return Cell(field.name, field, joined, joined, lambda value: text_of(value, field), plain=True)
    return Cell(field.name, field, joined, joined, lambda v: None if v and v.startswith(SPECIAL) else text_of(v, field))


# --- MariaDB and others: Python writes everything; the type codes are MySQL's

_FLOAT, _TINY_BITS = 4, 16
_MOMENTS = {7, 12}  # TIMESTAMP, DATETIME


def _mariadb(field: Field, column: ColumnElement[Any], type_code: Any) -> Cell:
    if type_code == _FLOAT:  # sent with 6 digits; as a double it is exact, and has 17
        wide = column.op("+")(literal_column("0e0"))
        return Cell(field.name, field, None, wide, lambda value: text_of(_shortest(value), field))
    single = column.op("+")(literal_column("0")) if type_code == _TINY_BITS else column
    return Cell(field.name, field, None, single, lambda value: text_of(value, field), plain=True)


def _shortest(value: float | None) -> float | None:
    """The double with the fewest digits that is the same number with 32 bits."""
    if value is None:
        return None
    near = (float(f"{value:.{digits}g}") for digits in range(6, 10))
    return next((n for n in near if struct.pack("f", n) == struct.pack("f", value)), value)


def _mariadb_text(field: Field, column: ColumnElement[Any], type_code: Any) -> ColumnElement[Any]:
    if field.type is dt.datetime or type_code in _MOMENTS:
        text: ColumnElement[Any] = cast(column, String)
        moment = func.replace(func.regexp_replace(text, "[.]0+$", ""), " ", "T")
        return case((text.bool_op("regexp")("^[0-9]{4}-[0-9]{2}-[0-9]{2} "), moment), else_=text)
    if field.decimals is None:
        return cast(column, String)
    rounded = func.regexp_replace(cast(func.round(column, field.decimals), String), "([.][0-9]*?)0+$", "\\1")
    return case(
        (func.instr(rounded, ".") == 0, rounded.concat(".0")), (rounded.like("%."), rounded.concat("0")), else_=rounded
    )
