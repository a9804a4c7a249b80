"""What a database shows of itself: its tables, their keys, and the text of some rows.

Every question costs little, whatever the size of the database: a sample of rows, a count over at most `MOST` of them. A question
that the database refuses is answered with nothing, so that nothing is guessed from it.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Connection, Float, FromClause, String, and_, cast, func, join, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from exporter.database import open_engine, reason
from exporter.errors import SourceError
from exporter.mapping.reflect import Column, Reference, Table, reflected
from exporter.records import Family
from exporter.source import Source

__all__ = ["CUT", "Column", "Database", "Reference", "Table", "Values", "open_database"]

SAMPLE = 1000  # rows from either end of a table
MOST = 1_000_000  # rows that a count looks at
LOOKED_UP = 5000  # rows whose references are followed
CUT = 200  # characters of a value that are looked at
_PATIENCE = 60_000  # milliseconds for one question (PostgreSQL)

_NUMBER = {
    "sqlite": "{0} not glob '*[0-9]*' or {0} glob '*[^0-9.eE+-]*' or {0} glob '*[0-9.][+-]*' or {0} glob '*.*.*'",
    "postgresql": r"{0} !~ '^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$'",
    "mysql": r"{0} not regexp '^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$'",
}


@attrs.frozen
class Values:
    """The texts of a column in the sample, NULL and blank ones left out.

    :param blank: whether there are blank ones, which are not NULL.
    """

    texts: tuple[str, ...] = ()
    blank: bool = False


class Database:
    """A look at an open database.

    :ivar tables: its tables and views by name.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._samples: dict[str, dict[str, list[str | None]]] = {}
        self._answers: dict[str, Any] = {}
        self.dialect = connection.dialect.name.replace("mariadb", "mysql")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # types and indexes that SQLAlchemy does not know are of no use here
            self.tables = reflected(connection)

    def quote(self, name: str) -> str:
        """A name as SQL takes it."""
        preparer = self._connection.dialect.identifier_preparer
        bare = re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) and self.dialect != "postgresql"
        return name if bare and preparer.quote(name.lower()) == name.lower() else preparer.quote(name)

    def from_clause(self, table: Table) -> str:
        """A table as SQL takes it after FROM."""
        return ".".join(self.quote(n) for n in (table.schema, table.plain) if n)

    def values(self, table: Table, name: str) -> Values:
        """What stands in a column, in rows from either end of the table."""
        texts = [t for t in self._sample(table).get(name, []) if t is not None]
        return Values(tuple(t for t in texts if t.strip()), any(not t.strip() for t in texts))

    def rows(self, table: Table, *names: str) -> list[tuple[str, ...]]:
        """The texts of several columns in the same rows, those in which each has one."""
        sample = self._sample(table)
        rows = zip(*(sample.get(name, []) for name in names), strict=True)
        return [tuple(map(str, row)) for row in rows if all(text is not None and text.strip() for text in row)]

    def reached(self, child: Table, steps: Sequence[tuple[str, Table, str, tuple[str, str] | None]]) -> tuple[int, int]:
        """How many rows of a table lead to a row of the last of others that are joined one to the next, and of how many.

        :param steps: a column, the next table, the column there; and a column of the first table with one there that equals it.
        """
        first = last = select(*child.clause.c).limit(LOOKED_UP).subquery("first")
        start: FromClause = first
        for name, table, target, also in steps:
            there = table.clause.alias()
            on = there.c[target] == last.c[name]
            start = start.outerjoin(there, on if also is None else and_(on, there.c[also[1]] == first.c[also[0]]))
            last = there  # type: ignore[assignment]
        rows, found = self._one(select(func.count(), func.count(last.c[steps[-1][2]])).select_from(start), (0, 0))
        return found, rows

    def beside(
        self, child: Table, names: Sequence[str], parent: Table, theirs: Sequence[str], on: tuple[str, str]
    ) -> list[tuple[str, ...]]:
        """The texts of columns of a table and of the rows of another that it names, in rows in which each has one.

        :param on: the column that names them, and the one there.
        """
        columns = [*(child.clause.c[n] for n in names), *(parent.clause.c[n] for n in theirs)]
        both = join(child.clause, parent.clause, child.clause.c[on[0]] == parent.clause.c[on[1]])
        query = select(*(func.substr(_text(c), 1, CUT) for c in columns)).select_from(both).limit(SAMPLE)
        rows = self._rows(query)
        return [tuple(map(_decoded, row)) for row in rows if all(value is not None for value in row)]

    def _sample(self, table: Table) -> dict[str, list[str | None]]:
        if table.name not in self._samples:
            names = [c.name for c in table.columns.values() if c.kind != "other"]
            query = select(*[func.substr(_text(table.clause.c[n]), 1, CUT) for n in names]).limit(SAMPLE)
            rows = self._rows(query)
            order = self._order(table)
            if len(rows) == SAMPLE and order is not None:
                rows += self._rows(query.order_by(order.desc()))
            self._samples[table.name] = {
                name: [_decoded(row[i]) if row[i] is not None else None for row in rows] for i, name in enumerate(names)
            }
        return self._samples[table.name]

    def _order(self, table: Table) -> ColumnElement[Any] | None:
        if len(table.primary) == 1:
            return table.clause.c[table.primary[0]]
        return literal_column("rowid") if table.numbered else None

    def identifies(self, table: Table, name: str) -> bool:
        """Whether a column has a value in every row, and no value twice."""
        if table.primary == (name,):
            return True
        bounded = self._bounded(table, name)
        rows, given, different = self._one(
            select(func.count(), func.count(bounded.c.v), func.count(bounded.c.v.distinct())), (0, 0, -1)
        )
        return bool(rows == given == different and not self.values(table, name).blank)

    def distinct(self, table: Table, name: str) -> bool:
        """Whether no value of a column stands twice; NULL may."""
        if table.primary == (name,) or name in table.unique:
            return True
        bounded = self._bounded(table, name)
        given, different = self._one(select(func.count(bounded.c.v), func.count(bounded.c.v.distinct())), (0, -1))
        return bool(given == different)

    def identify_together(self, table: Table, *names: str) -> bool:
        """Whether these columns have a value in every row, and no two rows the same ones."""
        if set(names) == set(table.primary):
            return True
        bounded = select(*[table.clause.c[n] for n in names]).limit(MOST).subquery("bounded")
        given = bounded.select().where(*(bounded.c[n].is_not(None) for n in names)).distinct().subquery("given")
        rows = self._one(select(func.count()).select_from(bounded), (0,))
        return rows == self._one(select(func.count()).select_from(given), (-1,))

    def span(self, table: Table, name: str) -> tuple[float, float] | None:
        """The least and the greatest number in a column; None where it has none."""
        bounded = self._bounded(table, name)
        number = cast(bounded.c.v, Float)
        rows = self._rows(select(func.min(number), func.max(number)))
        return (float(rows[0][0]), float(rows[0][1])) if rows and rows[0][0] is not None else None

    def only_numbers(self, table: Table, name: str) -> bool:
        """Whether every text in a column is a number."""
        pattern = _NUMBER.get(self.dialect)
        if pattern is None:
            return False
        bounded = self._bounded(table, name)
        odd: ColumnElement[bool] = literal_column("(" + pattern.format("v") + ")")
        some = select(func.count()).select_from(bounded).where(bounded.c.v != "", odd)
        return bool(self._one(some, (1,))[0] == 0)

    def _bounded(self, table: Table, name: str) -> Any:
        return select(table.clause.c[name].label("v")).limit(MOST).subquery("bounded")

    def found(self, child: Table, name: str, parent: Table, target: str) -> tuple[int, int]:
        """How many of the values of a column are there in another, and of how many; NULL and blanks left out."""
        value = child.clause.c[name]
        given = select(value.label("v")).where(value.is_not(None))
        if child.columns[name].kind == "text":
            given = given.where(value != "")
        sample = given.limit(LOOKED_UP).subquery("sample")
        different = select(sample.c.v).distinct().subquery("different")
        there = select(func.count()).where(different.c.v.in_(select(parent.clause.c[target])))
        all_of_them = self._one(select(func.count()).select_from(different), (0,))
        return self._one(there, (0,))[0], all_of_them[0]

    def _one(self, query: Any, otherwise: tuple[int, ...]) -> tuple[int, ...]:
        key = str(query.compile(dialect=self._connection.dialect, compile_kwargs={"literal_binds": True}))
        if key not in self._answers:
            rows = self._rows(query)
            self._answers[key] = tuple(int(n) for n in rows[0]) if rows else otherwise
        answer: tuple[int, ...] = self._answers[key]
        return answer

    def _rows(self, query: Any) -> list[Any]:
        try:
            return list(self._connection.execute(query).fetchall())
        except (SQLAlchemyError, UnicodeDecodeError):
            return []


@contextlib.contextmanager
def open_database(url: str, family: Family, name: str) -> Iterator[Database]:
    """A look at the database behind a URL, while the block runs.

    :raises SourceError: when there is no file, no driver, no server, or it refuses.
    """
    with tempfile.TemporaryDirectory() as scratch:
        engine = open_engine(Source(name=name, family=family, url=url, records={}), Path(scratch))
        try:
            with engine.connect() as connection:
                _prepare(connection)
                yield Database(connection)
        except SQLAlchemyError as error:
            raise SourceError(f"The database cannot be read: {reason(error)}") from error
        finally:
            engine.dispose()


def _prepare(connection: Connection) -> None:
    """Each statement stands alone, so that one that fails spoils no other."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.text_factory = _decoded  # type: ignore[union-attr]
        return
    connection.execution_options(isolation_level="AUTOCOMMIT")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"set statement_timeout = {_PATIENCE}")


def _decoded(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, String)
