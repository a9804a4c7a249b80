"""A join that SQLite makes in the order in which it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, join
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.selectable import Join

from exporter.context import ExportContext
from exporter.database import scans_within
from exporter.tables import Table


class OrderedJoin(Join):
    """The left side is gone through, and what belongs to each of its rows is looked up: rows come in the order of the left side.

    SQLite says CROSS JOIN to that (lang_select.html, "Special handling of CROSS JOIN"); elsewhere it is a join like any other.
    """

    inherit_cache = True

    def __init__(self, left: FromClause, right: FromClause, on: ColumnElement[bool]) -> None:
        super().__init__(left, right, on)


@compiles(OrderedJoin, "sqlite")
def _in_sqlite(element: OrderedJoin, compiler: Any, **words: Any) -> str:
    linter = words.get("from_linter")
    if linter is not None:
        linter.edges.update((a, b) for a in element.left._from_objects for b in element.right._from_objects)
    left, right = (side._compiler_dispatch(compiler, **{**words, "asfrom": True}) for side in (element.left, element.right))
    assert element.onclause is not None
    on = element.onclause._compiler_dispatch(compiler, from_linter=linter)
    return f"{left} CROSS JOIN {right} ON {on}"


@compiles(OrderedJoin)
def _elsewhere(element: OrderedJoin, compiler: Any, **words: Any) -> str:
    return str(compiler.visit_join(element, **words))


def in_order(ctx: ExportContext, made: Callable[[Callable[..., Join]], Table]) -> Table:
    """A table of one query that an ordered join makes; where no index of SQLite serves it, a plain one, which takes a sort.

    :param made: makes the table by a function that joins as `OrderedJoin` does.
    """
    found = made(OrderedJoin)
    if ctx.connection.dialect.name == "sqlite":
        (query,) = found.queries
        first = next(iter(query.values.values()))
        if scans_within(ctx.connection, ctx.reader.statement(query.ordered(), first.expression)):
            return made(join)
    return found
