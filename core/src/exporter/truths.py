"""Fields that are true or false, from columns of text: words that say neither are told of before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, cast, func, select

from exporter.errors import InputError
from exporter.postgresqltext import TEXT_TYPES
from exporter.records import RecordSchema

TRUE = ("true", "t", "yes", "y", "1")
FALSE = ("false", "f", "no", "n", "0")
MARIADB_TEXTS = {249, 250, 251, 252, 253, 254}  # the protocol's codes of blobs, texts and strings; their driver's, too
_TEXTS = {
    "postgresql": TEXT_TYPES,
    "mysql": MARIADB_TEXTS,
    "mariadb": MARIADB_TEXTS,
}  # SQLite's columns hold whatever there is
_LOOKED_AT = 1000  # rows: whoever maps a status to a boolean has a wrong word in the first few
_TOLD = 20
_LIKELY = ("approved", "verified")


def check_truths(
    connection: Connection, schema: RecordSchema, query: Select[Any], mapped: Mapping[str, Any], types: Mapping[str, Any]
) -> None:
    """Look at the first rows of what is mapped to fields that are true or false.

    :param query: that of the record, with columns labelled by field.
    :param mapped: what the fields are taken from; :param types: the database's own type of each, as its driver reports it.
    :raises InputError: for a text that is neither true nor false (`TRUE` and `FALSE`, in any case; the empty one says nothing).
    """
    known = _TEXTS.get(connection.dialect.name)
    fields = [name for name in mapped if name in schema.fields and schema.fields[name].type is bool]
    fields = [name for name in fields if known is None or types.get(name) in known]
    if not fields:
        return
    first = query.limit(_LOOKED_AT).subquery("first_rows")
    for name in fields:
        odd = _odd(connection, first.c[name])
        if odd:
            column = getattr(getattr(mapped[name], "element", mapped[name]), "name", "") or "column"
            word = next((text for text in odd if text.strip().lower() in _LIKELY), odd[0]).replace("'", "''")
            raise InputError(
                f"`{name}` of record {schema.name} is text, and {odd[0]!r} is no truth value.",
                hint=f"Map a condition: `{name} = \"{column} = '{word}'\"`",
            )


def _odd(connection: Connection, column: ColumnElement[Any]) -> list[str]:
    """Texts that are neither true nor false."""
    text: ColumnElement[Any] = cast(column, Text)
    wrong: list[ColumnElement[bool]] = [func.lower(func.trim(text)).not_in((*TRUE, *FALSE, ""))]
    if connection.dialect.name == "sqlite":  # numbers are what they are
        wrong.append(func.typeof(column) == "text")
    found = connection.execute(select(text).where(and_(*wrong)).distinct().order_by(text).limit(_TOLD))
    return [str(row[0]) for row in found]
