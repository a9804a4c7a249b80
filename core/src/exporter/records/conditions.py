"""What the filters of every family are made of: a column that must be there, a number whatever its type, a place in a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, Text, and_, case, cast, func, literal_column

from exporter.cells import TEXT_TYPES
from exporter.errors import InputError
from exporter.selection import RecordRows
from exporter.sqlitetext import glob

_NUMBER = r"^\s*[-+]?[0-9]{1,99}([.][0-9]*)?([eE][-+]?[0-9]{1,2})?\s*$"  # that no database finds too large
Condition = ColumnElement[bool]


def needed(rows: Mapping[str, RecordRows], record: str, field: str, filter: str) -> Any:
    """The column that a filter cannot do without.

    :raises InputError: when the source lacks it.
    """
    if record not in rows or not rows[record].has(field):
        raise InputError(
            f"The filter '{filter}' needs the field {field} of record '{record}', which this source does not provide.",
            hint="Map a column to it, or leave the filter out.",
        )
    return rows[record].columns[field]


def position(connection: Connection, text: ColumnElement[Any], part: str | ColumnElement[Any]) -> ColumnElement[Any]:
    """Where `part` begins in `text`, from 1; 0 where it does not."""
    return func.strpos(text, part) if connection.dialect.name == "postgresql" else func.instr(text, part)


def needed_number(
    rows: Mapping[str, RecordRows], record: str, field: str, filter: str, connection: Connection
) -> ColumnElement[Any]:
    """The field that a filter compares, as a number: texts would be compared as such, or not at all."""
    needed(rows, record, field, filter)
    return number(rows[record], field, connection)


def number(row: RecordRows, field: str, connection: Connection) -> ColumnElement[Any]:
    """A field as a number; NULL for a text that is none."""
    column: ColumnElement[Any] = row.columns[field]
    dialect = connection.dialect.name
    text = dialect == "postgresql" and row.bound.types.get(field) in TEXT_TYPES
    return as_number(connection, column) if text or dialect == "sqlite" else column


def as_number(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as a number, whatever its type; NULL for what is none."""
    words: ColumnElement[Any] = cast(column, Text)
    match connection.dialect.name:
        case "sqlite":
            text = func.trim(words)
            odd = ("*[^0-9.+-]*", "?*[+-]*", "*.*.*")
            plain = and_(glob(text, "*[0-9]*"), *(~glob(text, o) for o in odd))
            return case((func.typeof(column).in_(("integer", "real")), column), (plain, cast(text, Double)))
        case "postgresql":
            kinds = [
                literal_column(f"'{k}'::regtype", Text) for k in ("float8", "float4", "int2", "int4", "int8", "numeric")
            ]
            finite = and_(func.pg_typeof(column).in_(kinds), words.not_in(("NaN", "Infinity", "-Infinity")))
            return case((finite, cast(words, Double)), (words.op("~")(_NUMBER), cast(func.trim(words), Double)))
    return case((words.bool_op("regexp")(_NUMBER), cast(func.trim(words), Double)))
