"""The project that a run is limited to, as a user names it: where the source describes its projects, an unknown one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Connection, Text, cast

from exporter.database import fetch
from exporter.errors import InputError
from exporter.records.conditions import is_one_of, shown
from exporter.selection import RecordRows
from exporter.source import KEY, PROJECT, Source, bind

RECORD = "project"
_MOST = 10  # projects that a message names


def known_project(source: Source, connection: Connection, given: str | None) -> str | None:
    """The project as the columns that tell projects apart have it: its identifier, also where a user gave its name.

    A source without a record `project` does not say which there are; what was given is then taken as it is.

    :raises InputError: for a project that there is none of, or a name that several have, with the first that there are.
    """
    if given is None or RECORD not in source.records:
        return given
    bound = bind(attrs.evolve(source, records={RECORD: source.records[RECORD]}), connection)[RECORD]
    row = RecordRows(bound, bound.subquery(RECORD))
    for field in ("project_id", PROJECT, KEY):
        if field in row.columns and (found := _ids(row, connection, field, given)):
            return found[0] if PROJECT in row.columns else given
    found = _ids(row, connection, "name", given) if row.has("name") else []
    if len(found) == 1:
        return found[0]
    wrong = f"There are {len(found)} projects" if found else "There is no project"
    raise InputError(f"{wrong} '{given}' in source '{source.name}'.", hint=_known(row, connection))


def _ids(row: RecordRows, connection: Connection, field: str, given: str) -> list[str]:
    """The identifiers of the projects of which a field is a text."""
    found = row.filtered().where(is_one_of(row, field, [given], connection)).order_by(row.key).limit(_MOST)
    ids = found.with_only_columns(_id(row, connection), maintain_column_froms=True)
    return [str(value) for (value,) in fetch(connection, ids)]


def _id(row: RecordRows, connection: Connection) -> ColumnElement[Any]:
    """What the columns that tell projects apart hold."""
    return shown(row, PROJECT if PROJECT in row.columns else "project_id", connection)


def _known(row: RecordRows, connection: Connection) -> str:
    names = row.columns["name"] if row.has("name") else cast(None, Text)
    first = row.filtered().order_by(row.key).limit(_MOST + 1)
    found = fetch(connection, first.with_only_columns(_id(row, connection), names, maintain_column_froms=True))
    if not found:
        return "It has no projects at all."
    return f"There are: {', '.join(_named(found[:_MOST]))}" + (", ..." if len(found) > _MOST else ".")


def _named(found: list[Any]) -> Iterator[str]:
    for uid, name in found:
        yield str(uid) if name is None else f"{uid} ({name})"
