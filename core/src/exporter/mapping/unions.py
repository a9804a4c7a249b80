"""One record from several tables that hold its rows together, such as boxes here and polygons there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exporter.mapping.drafts import Line, RecordDraft
from exporter.mapping.look import Database
from exporter.mapping.values import joined
from exporter.records import Field

if TYPE_CHECKING:
    from exporter.mapping.guess import Making

_ROW = "row_key"
_PROJECT = "project_key"
_TYPES: dict[type[Any], str] = {float: "double precision", int: "bigint", bool: "boolean", dt.datetime: "timestamp"}


def union(db: Database, members: Sequence[tuple[Making, RecordDraft]]) -> RecordDraft:
    """A draft whose query has the rows of all tables, one below the other; a field that a table lacks is NULL in its rows.

    Identifiers get the name of their table before them, since each table counts for itself.
    """
    parts = [_Member(db, making, draft) for making, draft in members]
    schema, first = members[0][0].schema, members[0][1]
    fields = [f for f in schema.fields if f == schema.key or any(f in part.lines for part in parts)]
    nulls = {field: _null(db, schema.fields[field], parts) for field in fields}
    own_key = not all(part.identified for part in parts)
    project = all(draft.project for _, draft in members)
    return RecordDraft(
        record=first.record,
        tables=tuple(making.table for making, _ in members),
        query="\nunion all\n".join(part.select(nulls, own_key=own_key, project=project) for part in parts),
        key=_key(_ROW if own_key else schema.key, parts),
        project=_PROJECT if project else "",
        columns=[Line(f, f, "its table's name makes it unique" if f == schema.key else _why(f, parts)) for f in fields],
        needed=[
            line for line in {n.label: n for part in parts for n in part.draft.needed}.values() if line.label not in fields
        ],
        dynamic=[],
        left={f"{part.name}.{c}": why for part in parts for c, why in part.left(fields).items()},
        others=first.others,
    )


def _key(name: str, parts: Sequence[_Member]) -> Line:
    lacking = next((part.name for part in parts if not part.keyed), None)
    if lacking is not None:
        return Line("key", "", f"a column that is unique and never NULL, which {lacking} lacks")
    return Line("key", name, "no index serves it, so the database sorts")


def _null(db: Database, field: Field, parts: Sequence[_Member]) -> str:
    """A NULL. PostgreSQL wants to know of which type, so that it fits the other tables' values."""
    if db.dialect != "postgresql":
        return "null"
    types = (part.type(field.name) for part in parts)
    return f"cast(null as {next(filter(None, types), '') or _TYPES.get(field.type, 'text')})"


def _why(field: str, parts: Sequence[_Member]) -> str:
    """The reasons, each with the tables that it is of, where not all have the same."""
    reasons: dict[str, list[str]] = {}
    for part in (part for part in parts if field in part.lines):
        reasons.setdefault(part.lines[field].why, []).append(part.name)
    if [len(names) for names in reasons.values()] == [len(parts)]:
        return next(iter(reasons))
    return "; ".join(f"{', '.join(names)}: {why}" if why else ", ".join(names) for why, names in reasons.items())


class _Member:
    """One of the tables."""

    def __init__(self, db: Database, making: Making, draft: RecordDraft) -> None:
        self.draft = draft
        self.name = making.table.name
        self.lines = {line.label: line for line in draft.columns}
        self._db = db
        self._making = making
        self._columns = {**making.table.columns, **making.query.picked}
        self._key = self._sql(making.key().sql)
        id = self.lines.get(making.schema.key)
        self._id = self._sql(id.sql) if id is not None else self._key
        self.keyed = bool(self._key)
        self.identified = self._id == self._key

    def select(self, fields: Mapping[str, str], *, own_key: bool, project: bool) -> str:
        """Its rows.

        :param fields: the SQL of a NULL by field.
        """
        columns = [f"{self._field(field, null)} as {self._db.quote(field)}" for field, null in fields.items()]
        columns += [f"{self._named(self._key)} as {_ROW}"] if own_key else []
        columns += [f"{self._sql(self.draft.project)} as {_PROJECT}"] if project else []
        return "select\n" + ",\n".join(f"    {c}" for c in columns) + f"\nfrom {self._from()}"

    def type(self, field: str) -> str:
        """The database's own type of what the field is taken from; empty where it is no column."""
        column = self._columns.get(self.lines[field].sql) if field in self.lines else None
        return column.type if column is not None else ""

    def left(self, fields: Collection[str]) -> dict[str, str]:
        """What it does not give: columns, and fields that it should and only others do."""
        return {line.label: line.why for line in self.draft.needed if line.label in fields} | self.draft.left

    def _field(self, field: str, null: str) -> str:
        if field == self._making.schema.key:
            return self._named(self._id)
        return self._sql(self.lines[field].sql) if field in self.lines else null

    def _from(self) -> str:
        if self.draft.query:
            return f"(\n{self.draft.query}\n) as {self._db.quote(self._making.name)}"
        return self._db.from_clause(self._making.table)

    def _sql(self, sql: str) -> str:
        """What a line says, as SQL: a name that stands for itself there may need quotes."""
        return self._db.quote(sql) if sql in self._columns else sql

    def _named(self, sql: str) -> str:
        """An identifier with the table's name before it."""
        prefix = self.name.replace("'", "''")
        return joined(self._db, f"'{prefix}-'", sql)
