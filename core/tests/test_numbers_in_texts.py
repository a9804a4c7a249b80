"""Texts that are numbers, as SQLite is made to see them: those that Python reads, and no others."""

from __future__ import annotations

import itertools
import re

from sqlalchemy import column, create_engine, select, table

from exporter.records.conditions import as_number

NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")
TEXTS = ["".join(letters) for size in range(6) for letters in itertools.product("1.+-eE ", repeat=size)]


def test_a_text_is_a_number_where_python_reads_one() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("create table t (x text)")
        cursor.executemany("insert into t values (?)", [(text,) for text in TEXTS])
        found = table("t", column("x"))
        rows = connection.execute(select(found.c.x, as_number(connection, found.c.x))).fetchall()
    engine.dispose()
    assert len(rows) == len(TEXTS)
    assert {text: number for text, number in rows if number is not None} == {
        text: float(text) for text in TEXTS if NUMBER.fullmatch(text.strip(" "))
    }
