"""What a database shows of itself: its tables, their keys, and the text of some rows.

Every question costs little, whatever the size of the database: a sample of rows, a count over at most `MOST` of them. A question
that the database refuses is answered with nothing, so that nothing is guessed from it.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Connection, String, cast, column, func, inspect, literal_column, select, table
from sqlalchemy import types as sql
from sqlalchemy.engine import Inspector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.expression import TableClause

from exporter.database import open_engine, reason
from exporter.errors import SourceError
from exporter.records import Family
from exporter.source import Source

SAMPLE = 1000  # rows from either end of a table
MOST = 1_000_000  # rows that a count looks at
LOOKED_UP = 5000  # rows whose references are followed
_LONGEST = 200  # characters of a value
_PATIENCE = 60_000  # milliseconds for one question (PostgreSQL)

_KINDS: tuple[tuple[type[Any], str], ...] = (
    (sql.Boolean, "boolean"),
    (sql.Integer, "integer"),
    (sql.Numeric, "number"),
    (sql.Float, "number"),
    (sql.DateTime, "moment"),
    (sql.Date, "moment"),
    (sql.Time, "clock"),
    (sql.Uuid, "text"),
    (sql.String, "text"),
)
_NUMBER = {
    "sqlite": "{0} not glob '*[0-9]*' or {0} glob '*[^0-9.eE+-]*' or {0} glob '*[0-9.][+-]*' or {0} glob '*.*.*'",
    "postgresql": r"{0} !~ '^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$'",
    "mysql": r"{0} not regexp '^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$'",
}


@attrs.frozen
class Column:
    """A column.

    :param kind: text, integer, number, boolean, moment (a date or a date with time), clock, or other.
    """

    name: str
    kind: str


@attrs.frozen
class Reference:
    """A foreign key of one column.

    :param table: the name of the table that it points to, as `Database.tables` has it.
    """

    column: str
    table: str
    target: str


@attrs.frozen(eq=False)
class Table:
    """A table or a view.

    :param name: with its schema before a dot where that is not the usual one.
    :param unique: columns that a key or an index keeps unique.
    :param numbered: whether SQLite gives its rows a `rowid`.
    :ivar clause: it as something to select from; its columns have no type, so that values come as they are.
    """

    name: str
    plain: str
    schema: str | None
    columns: dict[str, Column]
    primary: tuple[str, ...] = ()
    unique: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    numbered: bool = False
    clause: TableClause = attrs.field(init=False)

    @clause.default
    def _clause(self) -> TableClause:
        return table(self.plain, *[column(c) for c in self.columns], schema=self.schema)


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
        self._samples: dict[str, dict[str, Values]] = {}
        self._answers: dict[str, Any] = {}
        self.dialect = connection.dialect.name.replace("mariadb", "mysql")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # types and indexes that SQLAlchemy does not know are of no use here
            self.tables = _tables(connection)

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
        if table.name not in self._samples:
            self._samples[table.name] = self._sample(table)
        return self._samples[table.name].get(name, Values())

    def _sample(self, table: Table) -> dict[str, Values]:
        names = [c.name for c in table.columns.values() if c.kind != "other"]
        query = select(*[func.substr(_text(table.clause.c[n]), 1, _LONGEST) for n in names]).limit(SAMPLE)
        rows = self._rows(query)
        order = self._order(table)
        if len(rows) == SAMPLE and order is not None:
            rows += self._rows(query.order_by(order.desc()))
        found: dict[str, Values] = {}
        for i, name in enumerate(names):
            texts = [_decoded(row[i]) for row in rows if row[i] is not None]
            found[name] = Values(tuple(t for t in texts if t.strip()), any(not t.strip() for t in texts))
        return found

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


# --- reflection


def _tables(connection: Connection) -> dict[str, Table]:
    inspector = inspect(connection)
    found = _of_schema(connection, inspector, None)
    if not found:
        hidden = re.compile(r"information_schema|pg_.*|mysql|performance_schema|sys")
        others = [s for s in inspector.get_schema_names() if not hidden.fullmatch(s) and s != inspector.default_schema_name]
        found = [t for schema in others for t in _of_schema(connection, inspector, schema)]
    return _linked({t.name: t for t in found})


def _of_schema(connection: Connection, inspector: Inspector, schema: str | None) -> list[Table]:
    tables = [_table(inspector, name, schema) for name in inspector.get_table_names(schema=schema)]
    views = [_table(inspector, name, schema) for name in inspector.get_view_names(schema=schema)]
    if connection.dialect.name == "sqlite":
        tables = [attrs.evolve(t, numbered=_has_rowid(connection, t)) for t in tables if t is not None]
    return [t for t in (*tables, *views) if t is not None]


def _table(inspector: Inspector, name: str, schema: str | None) -> Table | None:
    """A table, or nothing where the database cannot show it (a module of it is missing, it was dropped just now)."""
    dialect = inspector.dialect.name
    try:
        columns = {
            c["name"]: Column(c["name"], _kind(c["type"], dialect)) for c in inspector.get_columns(name, schema=schema)
        }
        primary = tuple(inspector.get_pk_constraint(name, schema=schema)["constrained_columns"])
        return Table(
            name=f"{schema}.{name}" if schema else name,
            plain=name,
            schema=schema,
            columns=columns,
            primary=primary,
            unique=_unique(inspector, name, schema, primary),
            references=tuple(_references(inspector, name, schema)),
        )
    except (SQLAlchemyError, NotImplementedError):
        return None


def _kind(type: Any, dialect: str) -> str:
    if isinstance(type, sql.NullType) and dialect == "sqlite":  # no type was declared
        return "text"
    type = getattr(type, "data_type", type)  # what a domain of PostgreSQL stands on
    return next((kind for known, kind in _KINDS if isinstance(type, known)), "other")


def _unique(inspector: Inspector, name: str, schema: str | None, primary: tuple[str, ...]) -> frozenset[str]:
    keys = [primary, *(tuple(u["column_names"]) for u in inspector.get_unique_constraints(name, schema=schema))]
    for index in inspector.get_indexes(name, schema=schema):
        partial = any(option.endswith("_where") for option in index.get("dialect_options", {}))
        if index["unique"] and not partial:
            keys.append(tuple(c or "" for c in index["column_names"]))
    return frozenset(key[0] for key in keys if len(key) == 1)


def _references(inspector: Inspector, name: str, schema: str | None) -> Iterator[Reference]:
    for key in inspector.get_foreign_keys(name, schema=schema):
        if len(key["constrained_columns"]) == len(key["referred_columns"]) == 1:
            there = key["referred_schema"]
            target = f"{there}.{key['referred_table']}" if there else key["referred_table"]
            yield Reference(key["constrained_columns"][0], target, key["referred_columns"][0])


def _linked(tables: dict[str, Table]) -> dict[str, Table]:
    """References by the names that tables and columns really have; SQLite takes any case. Those that lead nowhere are left out."""
    folded = {name.lower(): t for name, t in tables.items()}

    def real(reference: Reference) -> Reference | None:
        there = tables.get(reference.table) or folded.get(reference.table.lower())
        target = next((c for c in there.columns if c.lower() == reference.target.lower()), None) if there else None
        return Reference(reference.column, there.name, target) if there and target else None

    def links(t: Table) -> tuple[Reference, ...]:
        return tuple(r for given in t.references if (r := real(given)) is not None)

    return {name: attrs.evolve(t, references=links(t)) for name, t in tables.items()}


def _has_rowid(connection: Connection, table: Table) -> bool:
    if any(name.lower() == "rowid" for name in table.columns):
        return False
    try:
        connection.execute(select(literal_column("rowid")).select_from(table.clause).limit(0))
    except SQLAlchemyError:
        return False
    return True
