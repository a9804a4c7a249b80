"""SQLite writes cells in its own ways, some for what is usual and some for the rest: the text is that of Python in each."""

from __future__ import annotations

import datetime as dt
import math
import re
import struct
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, DateTime, Double, Integer, MetaData, String, Table, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from exporter import cells
from exporter.database import statement
from exporter.joined import joined_by_sqlite
from exporter.records import Field

from .both_ways import Anything, connected

SQLITES = ["pysqlite3", "sqlite3", "native"]
MOMENT = Field("moment", dt.datetime)
slow = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def kept(connection: Connection, kind: Any, values: list[Any]) -> Table:
    """A table of these values."""
    table = Table("kept", MetaData(), Column("id", Integer, primary_key=True), Column("x", kind), prefixes=["temporary"])
    table.drop(connection, checkfirst=True)
    table.create(connection)
    connection.exec_driver_sql("insert into kept (x) values (?)", [(v,) for v in values])
    return table


def texts_of(connection: Connection, table: Table, expression: ColumnElement[Any]) -> list[Any]:
    sql = statement(connection, select(expression.concat("")).select_from(table).order_by(table.c.id))
    return [row[0] for row in connection.exec_driver_sql(sql)]


# --- numbers


def near(value: float, steps: int) -> float:
    """The double so many steps away."""
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.inf if steps > 0 else -math.inf)
    return value


def halves(decimals: int) -> st.SearchStrategy[float]:
    """What lies half way between two numbers of so many decimals, and its neighbours to the 15th digit and beyond."""
    whole = st.integers(0, 13).flatmap(lambda digits: st.integers(-(10**digits), 10**digits))
    half = st.builds(lambda n: float(f"{n}5e-{decimals + 1}"), whole)
    tails = st.from_regex("49{1,9}[5-8]?", fullmatch=True)
    below = st.builds(lambda n, tail: float(f"{n}{tail}e-{decimals + len(tail)}"), whole, tails)
    return st.builds(near, half, st.integers(-50, 50)) | below


def numbers(decimals: int) -> st.SearchStrategy[float]:
    bits = st.integers(0, 2**64 - 1).map(lambda n: struct.unpack("d", struct.pack("Q", n))[0])
    scaled = st.builds(lambda n, d: n / 10**d, st.integers(-(10**17), 10**17), st.integers(0, 17))
    edges = st.builds(near, st.sampled_from([s * 10.0**e for s in (-1, 1) for e in range(-9, 13)]), st.integers(-3, 3))
    small = st.floats(-1, 1) | st.floats(-1e-3, 1e-3) | st.sampled_from([0.0, -0.0])
    return (
        halves(decimals)
        | scaled
        | edges
        | small
        | st.floats(-180, 180)
        | st.floats(-1e9, 1e9)
        | bits.filter(lambda v: v == v)
    )


@pytest.mark.parametrize("decimals", range(10))
@pytest.mark.parametrize("module", SQLITES)
def test_a_number_is_rounded_as_python_rounds_it(module: str, decimals: int) -> None:
    field = Field("degrees", float, decimals=decimals)

    @slow
    @given(st.lists(numbers(decimals), min_size=1, max_size=200))
    def agree(values: list[float]) -> None:
        if connection.dialect.dbapi.sqlite_version_info < (3, 53):  # type: ignore[union-attr]
            values = [float(f"{v:.15g}") for v in values]  # older ones may misjudge the 15th digit by the 17th
        table = kept(connection, Double(), values)
        joined = joined_by_sqlite(connection, [cells.cell(connection, field, table.c.x)])
        for value, text in zip(values, texts_of(connection, table, joined), strict=True):
            if text == cells.SPECIAL:
                assert abs(value) >= 10.0 ** (14 - decimals)
            else:
                assert text == cells.number_text(value, field), value

    with connected(module) as connection:
        agree()


@pytest.mark.parametrize("kind", [Anything(), String()])
@pytest.mark.parametrize("module", ["pysqlite3", "native"])
def test_what_is_no_number_with_many_digits_stays_as_it_is(module: str, kind: Any) -> None:
    """Whatever the column is declared as: SQLite compares a number with a column of texts as a text."""
    given = {"51.5": "51.5", "51.12345650": "51.123457", "5 m": "5 m", "99": "99", "": "", "1.1234567\x00": "1.1234567\x00"}
    with connected(module) as connection:
        table = kept(connection, kind, list(given))
        field = Field("degrees", float, decimals=6)
        written = cells.sql_text(connection, field, table.c.x)
        found = dict(zip(given, texts_of(connection, table, written), strict=True))
        joined = joined_by_sqlite(connection, [cells.cell(connection, field, table.c.x)])
        assert dict(zip(given, texts_of(connection, table, joined), strict=True)) == given
    assert found == given


def test_a_whole_number_keeps_its_zeros_where_there_are_no_decimals() -> None:
    field = Field("n", float, decimals=0)
    assert [cells.number_text(v, field) for v in (50.0, 0.5, -0.4, Decimal("1e3"))] == ["50.0", "1.0", "0.0", "1000.0"]


# --- dates and times


def as_written(text: str) -> str:
    """The text of a date with time, said again in other words than the code's."""
    if "\0" in text or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2} ", text):
        return text
    return text[:10] + "T" + (text[11:19] if text[19:] == ".000000" else text[11:])


parts = st.tuples(
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True) | st.from_regex(r"[0-9:-]{9,11}", fullmatch=True),
    st.sampled_from([" ", " ", " ", "T", ""]),
    st.from_regex(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", fullmatch=True) | st.text("0123456789: é\0", min_size=6, max_size=9),
    st.sampled_from(
        [".000000", ".000000", ".120000", ".00000", ".0000000", ".00000é", "", "Z", " BC", ".000000\0", "\0.00000"]
    ),
)
moments = parts.map("".join) | st.text("0123456789-T: .Zé\0", max_size=30)


@pytest.mark.parametrize("kind", [Anything(), String(), DateTime()])
@pytest.mark.parametrize("module", SQLITES)
def test_a_date_with_time_gets_its_t_and_loses_its_zeros(module: str, kind: Any) -> None:
    @slow
    @given(st.lists(moments, min_size=1, max_size=200))
    def agree(values: list[str]) -> None:
        table = kept(connection, Anything(), values)
        column = type_coerce(table.c.x, kind)
        texts = texts_of(connection, table, cells.sql_text(connection, MOMENT, column))
        assert texts == list(map(as_written, values))
        assert texts_of(connection, table, joined_by_sqlite(connection, [cells.cell(connection, MOMENT, column)])) == texts
        times = texts_of(connection, table, cells.sql_time(connection, MOMENT, column))
        assert times == [t.partition("\0")[0][11:] for t in texts]

    with connected(module) as connection:
        agree()
