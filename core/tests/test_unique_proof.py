"""A unique index spares the look at every identifier, but only where it proves what that look would."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select

from exporter.selection import open_rows
from exporter.source import RecordSource, Source, bind
from exporter.unique import proven_unique

VISITS = Table("visits", MetaData(), Column("id", Integer, primary_key=True), Column("uid", String))


@pytest.mark.parametrize(
    ("index", "ids", "proven"),
    [
        ("unique", ["a-1", "a-2"], True),
        ("unique", [], True),
        ("unique", [None, None, "a"], True),
        ("unique", ["a", "A"], False),
        ("unique", ["stra\u00dfe", "b"], False),
        ("unique", ["a\tb", "a b"], False),
        ("unique", [b"a", "a"], False),
        ("", ["a-1", "a-2"], False),
    ],
)
def test_what_an_index_proves(tmp_path: Path, index: str, ids: list[Any], proven: bool) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute(f"create table visits (id integer primary key, uid text {index})")
    connection.executemany("insert into visits (uid) values (?)", [(i,) for i in ids])
    connection.commit()
    connection.close()
    assert proof(tmp_path) is proven


def test_an_index_on_some_of_the_rows_proves_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("create table visits (id integer primary key, uid text)")
    connection.execute("create unique index some on visits (uid) where id > 1")
    connection.executemany("insert into visits (uid) values (?)", [("a",), ("a",)])
    connection.commit()
    connection.close()
    assert proof(tmp_path) is False


def proof(folder: Path) -> bool:
    engine = create_engine(f"sqlite:///{folder / 'a.db'}")
    records = {"event": RecordSource(select(VISITS.c.uid.label("event_id")), key=VISITS.c.id)}
    source = Source(name="visits", family="biodiversity", engine=engine, records=records)
    with engine.connect() as opened:
        rows = open_rows(source.family, bind(source, opened), None)
        context: Any = SimpleNamespace(connection=opened)
        found = proven_unique(context, rows["event"])
    engine.dispose()
    return found
