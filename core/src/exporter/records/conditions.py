"""What the filters of every family are made of: a column that must be there, a number whatever its type, a place in a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    not_,
    or_,
    true,
)

from exporter.cells import sql_text
from exporter.database import fetch
from exporter.errors import InputError
from exporter.hosttypes import spelled, with_dashes
from exporter.postgresqltext import TEXT_TYPES
from exporter.records import Field
from exporter.selection import RecordRows
from exporter.sqlitetext import glob
from exporter.truths import MARIADB_TEXTS, TRUE

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


def is_one_of(row: RecordRows, field: str, texts: Iterable[str], connection: Connection) -> Condition:
    """That a field is one of some texts, as an artifact would show it; UUIDs in any spelling."""
    condition: Condition = _text(row, field, row.columns[field], connection).in_(kept(row, field, texts))
    return condition


def shown(row: RecordRows, field: str, connection: Connection) -> ColumnElement[Any]:
    """A field as the text that an artifact would show."""
    column = row.columns[field]
    return _text(row, field, with_dashes(column) if row.bound.uuids.get(field) else column, connection)


def _text(row: RecordRows, field: str, column: ColumnElement[Any], connection: Connection) -> ColumnElement[Any]:
    known = row.bound.schema.fields.get(field) or Field(field, str)  # the key, and what tells projects apart, are no fields
    return sql_text(connection, known, column, row.bound.types.get(field))


def kept(row: RecordRows, field: str, texts: Iterable[str]) -> list[str]:
    """Texts that users gave, as the database keeps them: a UUID in its spelling."""
    hexed = row.bound.uuids.get(field)
    return list(texts) if hexed is None else [spelled(text, dashes=not hexed) for text in texts]


def is_blank(row: RecordRows, field: str, connection: Connection) -> Condition:
    """That a field holds nothing, or the empty text."""
    column = row.columns[field]
    text = connection.dialect.name == "sqlite" or row.bound.types.get(field) in TEXT_TYPES
    return or_(column.is_(None), (column if text else cast(column, Text)) == "")


def is_true(row: RecordRows, field: str, wanted: bool, connection: Connection) -> Condition:
    """That a field is true, or that it is not; what it does not say is false. A text is true that says so (`true`, `yes`, `1`)."""
    column = row.columns[field]
    words = func.lower(func.trim(cast(column, Text)))
    known: Condition
    match connection.dialect.name:
        case "postgresql":  # which compares its booleans with nothing else
            known = func.coalesce(words.in_(TRUE), false())
        case "sqlite":
            said = and_(func.typeof(column) == "text", words.in_(TRUE))
            known = or_(func.coalesce(column, false()).is_(true()), func.coalesce(said, false()))
        case _:
            known = or_(func.coalesce(column, false()).is_(true()), func.coalesce(words.in_(TRUE), false()))
    return known if wanted else not_(known)


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
    text = row.bound.types.get(field) in (TEXT_TYPES if dialect == "postgresql" else MARIADB_TEXTS)
    return as_number(connection, column) if text or dialect == "sqlite" else column


def as_number(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as a number, whatever its type; NULL for what is none."""
    words: ColumnElement[Any] = cast(column, Text)
    match connection.dialect.name:
        case "sqlite":
            text = func.trim(words)
            odd = ("*[^0-9.+-]*", "?*[+-]*", "*.*.*")
            plain = and_(glob(text, "*[0-9]*"), *(~glob(text, o) for o in odd))
            real, number = func.typeof(column).in_(("integer", "real")), cast(text, Double)
            return case((real, column), (plain, number), (_has_exponent(text), number))
        case "postgresql":
            kinds = [
                literal_column(f"'{k}'::regtype", Text) for k in ("float8", "float4", "int2", "int4", "int8", "numeric")
            ]
            finite = and_(func.pg_typeof(column).in_(kinds), words.not_in(("NaN", "Infinity", "-Infinity")))
            return case((finite, cast(words, Double)), (words.op("~")(_NUMBER), cast(func.trim(words), Double)))
    return case((words.bool_op("regexp")(_NUMBER), cast(func.trim(words), Double)))


def _has_exponent(text: ColumnElement[Any]) -> ColumnElement[bool]:
    """That a text is a number with an exponent as `_NUMBER` has it, on SQLite: side by side, for its parser has little depth."""
    odd = ("*[^0-9.eE+-]*", "*[^eE][+-]*", "*.*.*", "*[eE]*.*", "*[eE]*[eE]*")
    powers = ("[0-9]", "[0-9][0-9]", "[+-][0-9]", "[+-][0-9][0-9]")
    ends = or_(*(glob(text, f"*[eE]{power}") for power in powers))
    return and_(ends, glob(text, "*[0-9]*[eE]*"), *(~glob(text, each) for each in odd))


def identified(
    row: RecordRows, connection: Connection, identifier: str, fields: Sequence[str], wanted: str, what: str
) -> list[Any]:
    """The identifiers of the rows one of whose fields is a text: the first field by which any row is found counts.

    :param fields: what a row goes by; those that the source lacks are passed over.
    :raises InputError: when no row is; `what` names it.
    """
    known_by = [field for field in fields if row.has(field)]
    for field in known_by:
        query = row.in_project().where(is_one_of(row, field, [wanted], connection))
        found = fetch(connection, query.with_only_columns(row.columns[identifier], maintain_column_froms=True))
        if found:
            return [str(value) if isinstance(value, UUID) else value for (value,) in found]
    known = row.in_project().with_only_columns(row.columns[known_by[-1]], maintain_column_froms=True).distinct()
    names = sorted({str(value) for (value,) in fetch(connection, known.limit(20)) if value is not None})
    raise InputError(f"{what}, which this source does not have.", hint=f"It has: {', '.join(names)}." if names else "")
