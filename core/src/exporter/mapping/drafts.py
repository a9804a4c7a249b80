"""What a draft consists of before it is text."""

from __future__ import annotations

import attrs

from exporter.mapping.look import Table


@attrs.frozen
class Line:
    """A line of the mapping: a field or a name, its SQL, and why."""

    label: str
    sql: str
    why: str = ""


@attrs.frozen
class RecordDraft:
    """What is guessed of one record.

    :param tables: the tables that its rows come from; those that are only joined to them are not named.
    :param query: its SQL where it takes more than a table, else empty.
    :param key: a Line where the physical key has to be named; with an empty `sql` where somebody has to find one.
    :param columns: fields and their SQL.
    :param needed: fields that somebody has to fill, with the reason.
    :param dynamic: columns that go into dynamicProperties.
    :param left: columns that are not taken, with the reason.
    :param others: further tables that could have been this record.
    """

    record: str
    tables: tuple[Table, ...]
    query: str
    key: Line | None
    project: str
    columns: list[Line]
    needed: list[Line]
    dynamic: list[Line]
    left: dict[str, str]
    others: list[str]


@attrs.frozen
class Where:
    """A condition that rows are written by.

    :param column: that it is on.
    """

    sql: str
    why: str
    column: str


@attrs.frozen(kw_only=True)
class Suggestions:
    """What a family says of one record beside its columns.

    :param where: conditions that hold.
    :param conditions: comments: for `where`, each with what to think of.
    :param columns: comments: fields with an example.
    """

    where: list[Where] = attrs.field(factory=list)

    conditions: list[tuple[str, str]] = attrs.field(factory=list)
    columns: list[Line] = attrs.field(factory=list)
