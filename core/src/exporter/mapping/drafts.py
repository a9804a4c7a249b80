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


@attrs.frozen(kw_only=True)
class Suggestions:
    """What is written as comments of one record.

    :param conditions: for `where`, each with what to think of.
    :param columns: fields with an example.
    """

    conditions: list[tuple[str, str]] = attrs.field(factory=list)
    columns: list[Line] = attrs.field(factory=list)
