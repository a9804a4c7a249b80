"""A table of cells of every type, read both ways: joined by the database, and joined by Python."""

from __future__ import annotations

import datetime as dt
import importlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import attrs
import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, create_engine, event, insert, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.pool import NullPool, StaticPool
from sqlalchemy.sql.operators import OperatorClass
from sqlalchemy.types import TypeEngine, UserDefinedType

from exporter.cancel import Cancel
from exporter.joined import JoinInPython
from exporter.progress import Progress
from exporter.readers import Readers
from exporter.records import Field
from exporter.report import Report
from exporter.rows import Reader
from exporter.source import Source
from exporter.tables import Table, TableQuery, Value

SERVERS = {"postgresql": "EXPORTER_TEST_POSTGRESQL", "mariadb": "EXPORTER_TEST_MARIADB"}
FIELDS = {
    f.name: f
    for f in (
        Field("text", str),
        Field("integer", int),
        Field("number", float),
        Field("degrees", float, decimals=6),
        Field("pixels", float, decimals=2),
        Field("boolean", bool),
        Field("day", dt.date),
        Field("moment", dt.datetime),
    )
}


class Anything(UserDefinedType[Any]):
    """A column that keeps what it gets (SQLite)."""

    cache_ok = True
    operator_classes = OperatorClass.ANY

    def get_col_spec(self) -> str:
        return ""


@attrs.frozen
class Ways:
    """What both ways gave, and what they found on the way."""

    database: bytes
    python: bytes
    found_by_database: set[tuple[str, int]]
    found_by_python: set[tuple[str, int]]
    report: Report

    def rows(self) -> list[list[str]]:
        """The cells, without the identifier that stands first in each row."""
        return [line.split("\t")[1:] for line in self.database.decode().split("\n")[:-1]]


def required(package: str) -> Any:
    """A package that tests skip without, unless they must all run."""
    if os.environ.get("EXPORTER_REQUIRE_ALL") == "1":
        return importlib.import_module(package)
    return pytest.importorskip(package)


@contextmanager
def connected(database: str) -> Iterator[Connection]:
    """A connection to `sqlite3`, `pysqlite3` or `native` in memory, or to a server; what it makes is gone with it.

    `native` is pysqlite3 with the functions of exporter-native.
    """
    if database in SERVERS:
        url = os.environ.get(SERVERS[database])
        if not url and os.environ.get("EXPORTER_REQUIRE_ALL") == "1":
            pytest.fail(f"{SERVERS[database]} is not set")
        if not url:
            pytest.skip(f"{SERVERS[database]} is not set")
        engine = create_engine(url, poolclass=NullPool)
    elif database == "native":
        engine = create_engine("sqlite://", module=pytest.importorskip("pysqlite3"), poolclass=StaticPool)
        functions = required("exporter_native")
        event.listen(engine, "connect", lambda driver, _: functions.load(driver))
    else:
        engine = create_engine("sqlite://", module=pytest.importorskip(database), poolclass=StaticPool)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def cells_table(columns: Mapping[str, TypeEngine[Any]]) -> SqlTable:
    """A temporary table with a number for its rows; a column is named after a field, maybe with a word after two underscores."""
    made = [Column(name, kind) for name, kind in columns.items()]
    return SqlTable(
        "cells", MetaData(), Column("id", Integer, primary_key=True, autoincrement=False), *made, prefixes=["temporary"]
    )


def fill(connection: Connection, table: SqlTable, rows: Sequence[Sequence[Any]]) -> None:
    """Make the table anew with these rows, as SQLAlchemy writes values."""
    table.drop(connection, checkfirst=True)
    table.create(connection)
    names = [c.name for c in table.columns]
    connection.execute(insert(table), [dict(zip(names, (i, *row), strict=True)) for i, row in enumerate(rows)])


def read(connection: Connection, table: SqlTable) -> Ways:
    """The table, read both ways."""
    fields = {c.name: FIELDS.get(c.name.split("__")[0], Field(c.name, str)) for c in table.columns}
    query = TableQuery(select(table).order_by(table.c.id), {n: Value(table.c[n]) for n in fields})
    wanted = Table("cells", "cells", fields, (query,))
    one, other = _reader(connection), _reader(connection)
    with patch("exporter.joined.segments", side_effect=JoinInPython("asked for")):
        python = b"".join(other.lines(wanted))
    return Ways(
        b"".join(one.lines(wanted)),
        python,
        {(f.code, f.count) for f in one.report.findings},
        {(f.code, f.count) for f in other.report.findings},
        one.report,
    )


def _reader(connection: Connection) -> Reader:
    source = Source(name="cells", family="biodiversity", records={}, connection=connection)
    return Reader(connection, source, Report(), Progress(), Cancel(), Readers((connection,)))
