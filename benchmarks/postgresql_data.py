"""The rows of the SQLite database in a PostgreSQL database of their own, typed as SQLAlchemy declares such columns there.

    EXPORTER_TEST_POSTGRESQL=SERVER EXPORTER_BENCH_POSTGRESQL=NEW python postgresql_data.py create|load|drop DATABASE

Both variables hold SQLAlchemy URLs; the second one names the database that is made.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing, suppress
from typing import Any

import psycopg
from dataset import INDEXES, TABLES
from psycopg import sql
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

TYPES = {"VARCHAR": "varchar", "FLOAT": "double precision", "INTEGER": "integer", "DATETIME": "timestamp"}


def create(server: str, url: str) -> None:
    """Make the empty database."""
    with closing(_connected(server)) as connection:
        connection.execute(sql.SQL("create database {}").format(_name(url)))


def load(path: str, url: str) -> None:
    """Fill it, and leave it as a host's looks that autovacuum has been through."""
    with closing(_connected(url)) as connection, closing(sqlite3.connect(path)) as given:
        for table, _, columns in TABLES.values():
            declared = ", ".join(f"{c.name} {TYPES[c.declared]}" for c in columns)
            _execute(connection, f"create table {table} (id integer primary key, {declared})")
            with connection.cursor().copy(f"copy {table} from stdin") as copy:
                for row in given.execute(f"select * from {table} order by id"):
                    copy.write_row(row)
        for statement in (*INDEXES, "vacuum (analyze)"):
            _execute(connection, statement)
        with suppress(psycopg.errors.InsufficientPrivilege):  # then the server writes out later what was loaded
            _execute(connection, "checkpoint")


def drop(server: str, url: str) -> None:
    """Remove the database, whoever is still connected."""
    with closing(_connected(server)) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(_name(url)))


def _connected(url: str) -> psycopg.Connection[Any]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    arguments, keywords = engine.dialect.create_connect_args(engine.url)
    return psycopg.connect(*arguments, **keywords, autocommit=True)


def _name(url: str) -> sql.Identifier:
    return sql.Identifier(make_url(url).database or "")


def _execute(connection: psycopg.Connection[Any], statement: str) -> None:
    connection.execute(statement.encode())  # bytes: psycopg types texts as literals alone


if __name__ == "__main__":
    server, new = os.environ["EXPORTER_TEST_POSTGRESQL"], os.environ["EXPORTER_BENCH_POSTGRESQL"]
    try:
        if sys.argv[1] == "load":
            load(sys.argv[2], new)
        else:
            {"create": create, "drop": drop}[sys.argv[1]](server, new)
    except psycopg.Error as error:
        sys.exit(str(error))
