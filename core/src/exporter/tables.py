"""Tables: what a format asks of the database, as named columns over ordered queries.

A format builds Tables on the rows that a run is about and hands them back from `exporter_query`; core reads them, in one order,
as text. How a value becomes text is no business of a format (`exporter.cells`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select, literal

from exporter.hosttypes import with_dashes
from exporter.records import Field
from exporter.selection import RecordRows


@attrs.frozen(eq=False)
class Value:
    """What stands in a column of a query.

    :param minted: the record whose identifier is made from this key, or None for an ordinary value.
    :param text_only: whether the column can hold nothing but text; saves a look at each value on SQLite.
    :param number_only: the same of numbers.
    :param field: gives the type in place of the column's own field, in this query.
    """

    expression: ColumnElement[Any]
    minted: str | None = None
    text_only: bool = False
    field: Field | None = None
    number_only: bool = False


@attrs.frozen(eq=False)
class TableQuery:
    """One ordered query of a table.

    :param query: FROM and WHERE; what it selects is replaced by the values.
    :param values: by column header; a header that is missing here is empty in every row.
    :param order: the column that orders the rows: unique but for `then`, and an index serves it, so that core may read them by its
        ranges. Without it, the rows come as the query itself orders them.
    :param then: what orders the rows of which `order` is the same; an index serves that, too.
    """

    query: Select[Any]
    values: Mapping[str, Value]
    order: ColumnElement[Any] | None = None
    then: ColumnElement[Any] | None = None

    def ordered(self) -> Select[Any]:
        """The query with its order."""
        return self.query.order_by(*(by for by in (self.order, self.then) if by is not None))


@attrs.frozen(eq=False)
class Table:
    """A named table of an artifact.

    :param name: its file's name inside the artifact.
    :param record: the record whose rows it holds, for counting; empty for tables of derived rows.
    :param columns: the field behind each column, by header, in order.
    :param queries: one or more, written one after the other.
    :param whole: whether it holds each row to write of its record once; core then holds its rows against the count.
    :param proven: whether rules have shown that its identifiers, or what it refers to, are in order as texts.
    """

    name: str
    record: str
    columns: Mapping[str, Field]
    queries: tuple[TableQuery, ...]
    whole: bool = False
    proven: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether its rows are held against the count, and so are read once."""
        return self.whole and len(self.queries) == 1


def value(row: RecordRows, field: str) -> Value:
    """A record's field as a value of a query on that record."""
    minted = row.bound.minted.get(field)
    column = row.columns[field]
    if row.bound.uuids.get(field) and minted is None:
        column = with_dashes(column)
    return Value(column, minted, field in row.bound.text_columns)


def constant(text: str) -> Value:
    """The same text in every row."""
    return Value(literal(text), text_only=True)


def table(name: str, row: RecordRows, columns: Mapping[str, Field], values: Mapping[str, Value] | None = None) -> Table:
    """A table of one record in the order of its key; `values` are by header, the record's own fields by default."""
    found = dict(values or {})
    for header, field in columns.items():
        if header not in found and row.has(field.name):
            found[header] = value(row, field.name)
    return Table(name, row.name, dict(columns), (TableQuery(row.select(), found, row.key),), whole=True)


def provided(row: RecordRows, *, terms_only: bool = True) -> dict[str, Field]:
    """The columns of a record that the source provides, by the term's own spelling, in the order of the source."""
    return {f.spelling: f for f in row.fields if f.term or not terms_only}


def plain_fields(names: Iterable[str]) -> dict[str, Field]:
    """Columns of plain text that no record knows, by their headers."""
    return {n: Field(n, str) for n in names}
