"""The tables of a database as its own catalogue has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
from sqlalchemy import Connection, column, inspect, literal_column, select, table
from sqlalchemy import types as sql
from sqlalchemy.engine import Inspector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.expression import TableClause

from exporter.mapping.names import fold

_KINDS: tuple[tuple[type[Any], str], ...] = (
    (sql.Boolean, "boolean"),
    (sql.Integer, "integer"),
    (sql.Numeric, "number"),
    (sql.Float, "number"),
    (sql.DateTime, "moment"),
    (sql.Date, "moment"),
    (sql.Time, "clock"),
    (sql.Uuid, "text"),
    (sql.JSON, "json"),
    (sql.String, "text"),
)


@attrs.frozen
class Column:
    """A column.

    :param kind: text, integer, number, boolean, moment (a date or a date with time), clock, json, or other.
    :param type: the database's own word for it, where it has one.
    """

    name: str
    kind: str
    type: str = ""


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

    def named(self, *folded: str) -> list[Column]:
        """The columns with these names, in the order of the names."""
        return [c for name in folded for c in self.columns.values() if fold(c.name) == name]


def reflected(connection: Connection) -> dict[str, Table]:
    """The tables and views by name: those of the usual schema, else those of all others."""
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
        given = inspector.get_columns(name, schema=schema)
        columns = {c["name"]: Column(c["name"], _kind(c["type"], dialect), _type(c["type"], inspector)) for c in given}
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


def _type(type: Any, inspector: Inspector) -> str:
    try:
        return str(type.compile(inspector.dialect))
    except (SQLAlchemyError, NotImplementedError):
        return ""


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
