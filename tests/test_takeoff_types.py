"""Columns of types that hosts choose: booleans and quantities that are texts, numbers beyond any double, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import column, create_engine, select, table, text

from exporter import RecordSource, Source
from exporter.errors import InputError

from .databases import database
from .estimators import DATABASES, written


@contextmanager
def host(server: str, folder: Path, boolean: str, quantity: str, rows: list[tuple[Any, Any]]) -> Iterator[Source]:
    """One condition whose measurements have these booleans and quantities, in columns of these types."""
    if server == "sqlite":
        with opened(f"sqlite:///{folder / 'host.db'}", boolean, quantity, rows) as source:
            yield source
    else:
        with database(server) as url, opened(url, boolean, quantity, rows) as source:
            yield source


@contextmanager
def opened(url: str, boolean: str, quantity: str, rows: list[tuple[Any, Any]]) -> Iterator[Source]:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table conditions (id integer primary key, name varchar(9), unit varchar(9))"))
        connection.execute(text("insert into conditions values (1, 'Slab', 'SF')"))
        connection.execute(
            text(
                f"create table measurements (id integer primary key, item integer, verified {boolean}, quantity {quantity})"
            )
        )
        insert = text(f"insert into measurements values (:id, 1, cast(:v as {boolean}), cast(:q as {quantity}))")
        if engine.dialect.name != "postgresql":
            insert = text("insert into measurements values (:id, 1, :v, :q)")
        connection.execute(insert, [{"id": n, "v": v, "q": q} for n, (v, q) in enumerate(rows, 1)])
    yield Source(
        name="host",
        family="takeoff",
        engine=engine,
        records={
            "condition": record("conditions", condition_id="id", name="name", unit="unit"),
            "measurement": record(
                "measurements", measurement_id="id", condition_id="item", is_verified="verified", quantity="quantity"
            ),
        },
    )
    engine.dispose()


def record(name: str, /, **fields: str) -> RecordSource:
    columns = table(name, *map(column, fields.values())).c
    return RecordSource(select(*(columns[given].label(field) for field, given in fields.items())), key=columns["id"])


BOOLEANS = [
    ("boolean", (True, False)),
    ("varchar(9)", ("true", "false")),
    ("varchar(9)", ("Yes", "No")),
    ("varchar(9)", ("t", "f")),
    ("varchar(9)", ("1", "0")),
    ("integer", (1, 0)),
]


@pytest.mark.parametrize("server", DATABASES)
@pytest.mark.parametrize(("boolean", "words"), BOOLEANS, ids=str)
def test_what_is_verified_whatever_says_so(server: str, boolean: str, words: tuple[Any, Any], tmp_path: Path) -> None:
    rows = [(words[0], 1), (words[1], 2), (None, 4), (words[0], 8)]
    with host(server, tmp_path, boolean, "integer", rows) as source:
        assert written(source, tmp_path, filters={"verified": True}).ids == ["1", "4"]
        assert written(source, tmp_path, filters={"verified": False}).ids == ["2", "3"]
        assert written(source, tmp_path, include_unverified=False).conditions == {"1": ("SF", 9.0, 2)}


@pytest.mark.parametrize("server", DATABASES)
def test_a_status_is_no_boolean(server: str, tmp_path: Path) -> None:
    rows = [("yes", 1), (None, 2), ("in_review", 4), ("it's", 1), ("approved", 8)]
    with host(server, tmp_path, "varchar(9)", "integer", rows) as source, pytest.raises(InputError) as caught:
        written(source, tmp_path)
    assert caught.value.message == "`is_verified` of record measurement is text, and 'approved' is no truth value."
    assert caught.value.hint == """Map a condition: `is_verified = "verified = 'approved'"`"""


ODD = [
    "NaN",
    "Infinity",
    "-Infinity",
    "12 abc",
    "",
    "1,5",
    "5",
    " 2.5 ",
    "1e3",
    "-1",
    "0",
    "1E-2",
    "1e",
    "e5",
    "1e+2e3",
    "5e--1",
]


@pytest.mark.parametrize("server", DATABASES)
def test_quantities_that_are_texts(server: str, tmp_path: Path) -> None:
    with host(server, tmp_path, "integer", "varchar(20)", [(1, given) for given in ODD]) as source:
        found = written(source, tmp_path)
        assert found.codes == {"QUANTITY_MISSING": 10, "QUANTITY_NEGATIVE": 1, "QUANTITY_ZERO": 1}
        assert found.conditions == {"1": ("SF", pytest.approx(1006.51), 16)}
        assert written(source, tmp_path, filters={"zero_quantities": False}).ids == ["7", "8", "9", "10", "12"]


@pytest.mark.parametrize(
    ("quantity", "odd"), [("numeric", ["NaN", "1e400", "-1e400"]), ("double precision", ["NaN", "Infinity"])]
)
def test_numbers_of_postgresql_that_are_none(quantity: str, odd: list[str], tmp_path: Path) -> None:
    rows = [(1, given) for given in [*odd, "2.25", "0"]]
    with host("postgresql", tmp_path, "integer", quantity, rows) as source:
        found = written(source, tmp_path)
        assert found.codes == {"QUANTITY_MISSING": len(odd), "QUANTITY_ZERO": 1}
        assert found.conditions == {"1": ("SF", 2.25, len(rows))}
        assert written(source, tmp_path, filters={"zero_quantities": False}).ids == [str(len(odd) + 1)]
