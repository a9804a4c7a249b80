"""One pass over the rows of a query, shared by all readers: each counts in slices of the key, and the counts add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from exporter.context import ExportContext
from exporter.database import fetch, ranges_served, statement

_WORTH = 20_000  # keys; fewer rows are counted sooner than a thread begins
_EACH = 2  # slices for each reader, so that nobody waits long for the last


def counts(ctx: ExportContext, key: ColumnElement[Any], query: Select[Any], *columns: ColumnElement[Any]) -> list[int]:
    """Counts over the rows of a query, such as `func.count()`; sums of them must make sense.

    :param key: the column whose order an index serves, of one of the query's subqueries.
    """
    asked = query.with_only_columns(*columns, maintain_column_froms=True)
    cut = list(_cut(ctx, key, asked))
    if len(cut) < 2:
        return [int(count) for count in fetch(ctx.connection, asked)[0]]
    found = answers(ctx, [asked.where(*between) for between in cut])
    return [sum(map(int, column)) for column in zip(*(rows[0] for rows in found), strict=True)]


def halves(ctx: ExportContext, values: Select[Any], column: ColumnElement[Any]) -> list[Select[Any]]:
    """A query on the values of one column, cut at the one in the middle, where an index serves their order; or as it is.

    :param column: what it selects, which must be texts.
    """
    if len(ctx.reader.readers.connections) == 1:
        return [values]
    (size,) = fetch(ctx.connection, values.with_only_columns(func.count(), maintain_column_froms=True))[0]
    if size < _WORTH:
        return [values]
    middle = fetch(ctx.connection, values.order_by(column).limit(1).offset(size // 2))[0][0]
    return (
        [values.where(column < literal(middle)), values.where(column >= literal(middle))]
        if isinstance(middle, str)
        else [values]
    )


def answers(ctx: ExportContext, queries: Sequence[Select[Any]]) -> list[list[Any]]:
    """The rows of some queries with small results, asked at once."""
    with ctx.beside() as ask:
        found = [ask(partial(_asked, query=query)) for query in queries]
        return [each.result() for each in found]


def _asked(ctx: ExportContext, query: Select[Any]) -> list[Any]:
    return fetch(ctx.connection, query)


def _cut(ctx: ExportContext, key: ColumnElement[Any], query: Select[Any]) -> Iterator[list[ColumnElement[bool]]]:
    """The conditions of the slices; none where one connection reads, or where each slice would begin at the first row."""
    readers = len(ctx.reader.readers.connections)
    if readers == 1 or ctx.connection.dialect.name != "sqlite":
        return
    ends = select(*(select(end(key)).scalar_subquery() for end in (func.min, func.max)))
    if not ranges_served(ctx.connection, statement(ctx.connection, ends), own=("SCAN CONSTANT ROW", "SCALAR SUBQUERY")):
        return
    low, high = fetch(ctx.connection, ends)[0]
    if not (isinstance(low, int) and isinstance(high, int)) or high - low < _WORTH:
        return
    marks = [low + (high - low) * i // (readers * _EACH) for i in range(1, readers * _EACH)]
    sliced = statement(ctx.connection, query.where(key >= literal(marks[0]), key < literal(marks[1])))
    if ranges_served(ctx.connection, sliced):
        yield [key.is_(None)]  # a column that is no primary key may lack some
        for begin, end in zip([None, *marks], [*marks, None], strict=True):
            yield [
                *([key >= literal(begin)] if begin is not None else []),
                *([key < literal(end)] if end is not None else []),
            ]
