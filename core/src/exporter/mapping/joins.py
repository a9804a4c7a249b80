"""The query of a record that needs more than one table."""

from __future__ import annotations

import re

import attrs

from exporter.mapping.links import Link
from exporter.mapping.look import Column, Database, Table
from exporter.mapping.names import without_id
from exporter.records.schema import snake


@attrs.frozen
class _Join:
    alias: str
    left: str
    link: Link


class Query:
    """A table with others joined to it. It stays a plain table until something is picked from another.

    :param main: what the table is called in the query.
    """

    def __init__(self, db: Database, table: Table, main: str) -> None:
        self._db = db
        self._table = table
        self._main = main
        self._joins: list[_Join] = []
        self._picked: list[tuple[str, str, str]] = []

    def __bool__(self) -> bool:
        return bool(self._joins)

    def join(self, link: Link, left: str = "") -> str:
        """Join the table that a link leads to.

        :param left: the alias that the link starts from; the record's own table by default.
        :returns: the alias.
        """
        start = left or self._main
        for join in self._joins:
            if (join.left, join.link.column, join.link.table) == (start, link.column, link.table):
                return join.alias
        used = {self._main, *(j.alias for j in self._joins)}
        alias = _free(link.alias or snake(without_id(link.column)) or "joined", used)
        self._joins.append(_Join(alias, start, link))
        return alias

    def pick(self, alias: str, column: str) -> str:
        """Take a column of a joined table along; returns what it is called."""
        for its_alias, its_column, name in self._picked:
            if (its_alias, its_column) == (alias, column):
                return name
        used = {c.lower() for c in self._table.columns} | {name for _, _, name in self._picked}
        name = _free(f"{alias}_{snake(column)}", used)
        self._picked.append((alias, column, name))
        return name

    @property
    def picked(self) -> dict[str, Column]:
        """The columns that were taken along, by what they are called."""
        tables = {join.alias: join.link.table for join in self._joins}
        return {name: tables[alias].columns[column] for alias, column, name in self._picked if alias in tables}

    def number(self) -> str:
        """Take SQLite's own row number along; returns what it is called."""
        return self.pick(self._main, "rowid")

    def text(self) -> str:
        """The query as SQL."""
        quote = self._db.quote
        columns = [f"{quote(self._main)}.*", *(f"{quote(a)}.{quote(c)} as {quote(n)}" for a, c, n in self._picked)]
        lines = ["select", ",\n".join(f"    {c}" for c in columns)]
        lines.append(f"from {self._db.from_clause(self._table)} as {quote(self._main)}")
        for join in self._joins:
            alias = quote(join.alias)
            condition = f"{alias}.{quote(join.link.target)} = {quote(join.left)}.{quote(join.link.column)}"
            if join.link.also is not None:
                own, there = join.link.also
                condition += f" and {alias}.{quote(there)} = {quote(self._main)}.{quote(own)}"
            lines.append(f"left join {self._db.from_clause(join.link.table)} as {alias} on {condition}")
        return "\n".join(lines)


def _free(wanted: str, used: set[str]) -> str:
    plain = re.sub(r"\W+", "_", wanted).strip("_").lower() or "joined"
    names = (plain, *(f"{plain}_{n}" for n in range(2, 1000)))
    return next(n for n in names if n not in used)
