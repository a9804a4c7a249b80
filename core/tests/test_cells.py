"""A cell's text is defined once: both ways of joining cells give the same bytes, and so does every database."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
import struct
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Connection, Date, DateTime, Float, Integer, Numeric, String, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql as pg

from exporter.records import Field

from .both_ways import FIELDS, Anything, Ways, cells_table, connected, fill, read

SQLITES = ("pysqlite3", "sqlite3", "native")
DATABASES = (*SQLITES, "postgresql", "mariadb")


def examples(most: int) -> settings:
    """So many, each with many rows: making a statement takes longer than reading a row."""
    return settings(
        max_examples=most, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )


# --- what databases hold

ODD_TEXTS = (
    "", " ", "true", "1.5", "1e5", "-0.0", "51.12345678", "+1.12345678", ".12345678", "-.12345678", "51.", "1234567890123.12345678",
    "51.1234567-52.7654321", "2021-03-04.1234567", "1.2.3.45678901", "51.12345678\x00east", "1,12345678", "NaN", "Infinity",
    "2020-01-01 10:00:00", "2020-01-01 10:00:00.000000", "2020-01-01 10:00:00.120000", "2020-01-01T00:00:00+00:00",
    "2020-01-01 10:00:00+02:00", "2020-01-01 10:00:00\x00later", "10000-01-01 00:00:00", "0000-00-00 00:00:00", "-0044-03-15",
    "\x1d", "\x1dInf", "\x1dNaN", "\x1e", "\x1f", "\x1f\x1e\n", "\x02", "a\x02b", "\x04", "a\x04b", "\x7f", "\t", "\r\n", "\\.",
)  # fmt: skip
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
texts = words | st.sampled_from(ODD_TEXTS)
degrees = st.floats(-180, 180) | st.integers(-(10**9), 10**9).map(lambda n: n / 10**7)
doubles = st.floats() | degrees | st.integers(-(10**5), 10**5).map(lambda n: n / 8)
integers = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, -1, 2, 2**53 + 1])
unicode_only = texts.filter(lambda t: "\0" not in t)


def rows_of(*columns: st.SearchStrategy[Any], most: int = 30) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(st.tuples(*(st.none() | c for c in columns)), min_size=1, max_size=most)


# --- what the text of a value should be, said again in other words than the code's


def expected(value: Any, field: Field) -> str | None:
    """The text of a value in SQLite; None where several would do, or where a finding has to say that it was changed."""
    match value:
        case None:
            return ""
        case bool() | 0 | 1 | 0.0 | 1.0 if field.type is bool:
            return "true" if value else "false"
        case int():
            return f"{value}.0" if field.decimals is not None else str(value)
        case float() if not math.isfinite(value):
            return ""
        case float() if field.decimals is not None:
            return rounded(Decimal(f"{value:.15g}"), field.decimals) if clear_of_half(value, field.decimals) else None
        case float():
            return str(int(value)) if field.type is int and value.is_integer() else repr(value)
        case bytes():
            return expected_text(value.decode("utf-8", "replace"), Field("", str))
    return expected_text(value, field)


def expected_text(text: str, field: Field) -> str | None:
    if "\ufffd" in text:
        return None
    if field.decimals is not None and re.fullmatch(r"[+-]?\d*[.]\d+", text, re.ASCII):
        if len(text) - text.index(".") - 1 <= field.decimals:
            return text
        near = 1e-3 < abs(float(text)) < 10 ** (14 - field.decimals) and clear_of_half(float(text), field.decimals)
        return rounded(Decimal(text), field.decimals) if near else None
    clean = "".join(" " if c < " " or c == "\x7f" else c for c in text)
    if field.type is dt.datetime and text[10:11] == " " and "\0" not in text:
        return clean[:10] + "T" + clean[11:].removesuffix(".000000" if len(text) == 26 else "\n")
    return clean


def rounded(value: Decimal, decimals: int) -> str:
    text = f"{value:.400f}".rstrip("0") if value == round(value, decimals) else None
    if text is None:
        step = Decimal(1).scaleb(-decimals)
        text = f"{(abs(value) / step).to_integral_value(ROUND_HALF_UP) * step * (-1 if value < 0 else 1):f}".rstrip("0")
    text = text + "0" if text.endswith(".") else text
    return "0.0" if text == "-0.0" else text


def clear_of_half(value: float, decimals: int) -> bool:
    """Whether 17 digits say the same of a number's rounding as 15 do."""
    return abs(value) < 1e9 and len(repr(value).lstrip("-0.").replace(".", "").split("e")[0]) <= 15


def assert_nothing_is_lost(ways: Ways, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    changed = 0
    for written, row in zip(ways.rows(), rows, strict=True):
        for text, name, value in zip(written, names, row, strict=True):
            wanted = expected(value, FIELDS[name])
            assert wanted is None or text == wanted, (name, value)
            changed += isinstance(value, float) and math.isinf(value)  # SQLite keeps NaN as NULL
    assert changed == dict(ways.found_by_database).get("NUMBER_NOT_FINITE", 0)


def assert_same(ways: Ways) -> None:
    assert ways.database == ways.python
    assert ways.found_by_database == ways.found_by_python


# --- SQLite: any value in any column


@pytest.mark.parametrize("module", SQLITES)
def test_both_ways_agree_on_whatever_sqlite_holds(module: str) -> None:
    anything = texts | st.binary(max_size=8) | doubles | integers
    table = cells_table({name: Anything() for name in FIELDS})
    with connected(module) as connection:

        @examples(150)
        @given(rows_of(*(anything for _ in FIELDS)))
        def agree(rows: list[tuple[Any, ...]]) -> None:
            fill(connection, table, rows)
            ways = read(connection, table)
            assert_same(ways)
            assert_nothing_is_lost(ways, list(FIELDS), rows)

        agree()


@pytest.mark.parametrize("module", SQLITES)
def test_the_fast_way_agrees_where_it_is_taken(module: str) -> None:
    """As above, but with values that the database joins to the end: what stands in a column is what its field says."""
    plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
    finite = st.floats(-1e6, 1e6) | degrees
    moments = st.datetimes().map(lambda m: m.isoformat(" ", "microseconds"))
    columns = {
        "text": plain, "integer": st.integers(-(2**63), 2**63 - 1), "number": finite, "degrees": finite, "pixels": finite,
        "boolean": st.sampled_from([0, 1, 2]), "day": st.dates().map(str), "moment": moments,
    }  # fmt: skip
    table = cells_table({name: Anything() for name in FIELDS})
    with connected(module) as connection:

        @examples(80)
        @given(rows_of(*columns.values()))
        def agree(rows: list[tuple[Any, ...]]) -> None:
            fill(connection, table, rows)
            ways = read(connection, table)
            assert ways.report.ways == {"cells": "joined by the database"}
            assert_same(ways)
            assert_nothing_is_lost(ways, list(FIELDS), rows)

        agree()


@pytest.mark.parametrize("module", SQLITES)
def test_text_that_is_no_utf8_is_counted_on_both_ways(module: str) -> None:
    broken = st.binary(max_size=6).map(lambda b: b.decode("latin-1"))
    table = cells_table({"text": Anything(), "text__other": Anything()})
    with connected(module) as connection:

        @examples(60)
        @given(rows_of(broken, broken))
        def agree(rows: list[tuple[Any, ...]]) -> None:
            fill(connection, table, [[v and v.encode("latin-1") for v in row] for row in rows])
            for column in ("text", "text__other"):
                connection.exec_driver_sql(f"update cells set {column} = cast({column} as text)")
            ways = read(connection, table)
            assert_same(ways)
            bad = sum("\ufffd" in v.encode("latin-1").decode("utf-8", "replace") for row in rows for v in row if v)
            assert dict(ways.found_by_database).get("TEXT_NOT_UTF8", 0) == bad

        agree()


@pytest.mark.parametrize("module", SQLITES)
def test_texts_kept_as_utf16(module: str) -> None:
    table = cells_table({"text": Anything(), "degrees": Anything(), "moment": Anything(), "boolean": Anything()})
    rows = [
        ("\N{BUTTERFLY} Käfer", 51.1234565, "2020-01-01 10:00:00.000000", 1),
        ("a\tb", "1.12345678", b"x", 2.5),
        (None,) * 4,
    ]
    with connected(module) as connection:
        connection.exec_driver_sql("pragma encoding = 'UTF-16le'")
        fill(connection, table, rows)
        ways = read(connection, table)
        assert_same(ways)
        assert ways.rows() == [
            ["\N{BUTTERFLY} Käfer", "51.123457", "2020-01-01T10:00:00", "true"],
            ["a b", "1.123457", "x", "2.5"],
            [""] * 4,
        ]


def test_findings_name_the_row_and_the_column() -> None:
    table = cells_table({"text": Anything(), "number": Anything(), "degrees": Anything()})
    with connected("pysqlite3") as connection:
        fill(connection, table, [("fine", 1.5, 1.5), ("a\tb", math.inf, -math.inf)])
        connection.exec_driver_sql("insert into cells values (7, cast(x'ff' as text), 1.0, 2.0)")
        found = {f.code: (f.count, f.examples) for f in read(connection, table).report.findings}
    assert found == {
        "NUMBER_NOT_FINITE": (2, ["1 (number)", "1 (degrees)"]),
        "TEXT_NOT_UTF8": (1, ["7 (text)"]),
        "CONTROL_CHARACTERS_REPLACED": (1, ["1"]),
    }


def test_nothing_is_counted_twice_where_a_later_block_is_written_again() -> None:
    table = cells_table({"text": Anything()})
    with connected("pysqlite3") as connection:
        fill(connection, table, [("a\tb",), *[("fine",)] * 2998, (2.5,)])
        ways = read(connection, table)
    assert_same(ways)
    assert ways.found_by_database == {("CONTROL_CHARACTERS_REPLACED", 1)}


# --- PostgreSQL: the declared type decides

POSTGRESQL: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "text": (Text(), unicode_only),
    "text__varchar": (String(80), unicode_only),
    "text__char": (pg.CHAR(80), unicode_only),
    "text__double": (Float(53), doubles),
    "text__integer": (BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    "text__bytes": (pg.BYTEA(), st.binary(max_size=5)),
    "text__moment": (DateTime(), st.datetimes()),
    "text__uuid": (pg.UUID(), st.uuids()),
    "integer": (BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    "integer__double": (Float(53), doubles),
    "integer__numeric": (Numeric(), st.decimals(-(10**20), 10**20, places=3)),
    "integer__text": (Text(), unicode_only),
    "number": (Float(53), doubles),
    "number__real": (pg.REAL(), st.floats(width=32)),
    "number__numeric": (Numeric(), st.decimals(-(10**20), 10**20, places=7) | st.just(Decimal("NaN"))),
    "degrees": (Float(53), doubles),
    "degrees__real": (pg.REAL(), st.floats(width=32)),
    "degrees__numeric": (Numeric(), st.decimals(-(10**20), 10**20, places=7) | st.just(Decimal("NaN"))),
    "degrees__integer": (Integer(), st.integers(-(2**31), 2**31 - 1)),
    "degrees__text": (Text(), unicode_only),
    "pixels": (Float(53), doubles),
    "boolean": (Boolean(), st.booleans()),
    "boolean__integer": (Integer(), st.integers(-1, 3)),
    "boolean__double": (Float(53), doubles),
    "day": (Date(), st.dates()),
    "moment": (DateTime(), st.datetimes()),
    "moment__zone": (
        DateTime(timezone=True),
        st.datetimes(dt.datetime(3, 1, 1), dt.datetime(9998, 1, 1), timezones=st.timezones()),
    ),
    "moment__day": (Date(), st.dates()),
    "moment__text": (Text(), unicode_only),
}


def test_both_ways_agree_on_postgresql() -> None:
    table = cells_table({name: kind for name, (kind, _) in POSTGRESQL.items()})
    with connected("postgresql") as connection:

        @examples(25)
        @given(rows_of(*(values for _, values in POSTGRESQL.values())))
        def agree(rows: list[tuple[Any, ...]]) -> None:
            fill(connection, table, rows)
            assert_same(read(connection, table))

        agree()


def test_moments_beyond_the_calendar_on_postgresql() -> None:
    table = cells_table({"moment": DateTime(), "moment__zone": DateTime(timezone=True), "day": Date()})
    with connected("postgresql") as connection:
        fill(connection, table, [(None,) * 3] * 3)
        for i, moment in enumerate(("infinity", "0044-03-15 12:00:00 BC", "10000-01-01 00:00:00")):
            connection.exec_driver_sql(f"update cells set moment = '{moment}', day = '{moment}' where id = {i}")
        ways = read(connection, table)
    assert_same(ways)
    assert [row[::2] for row in ways.rows()] == [
        ["infinity", "infinity"],
        ["0044-03-15 12:00:00 BC", "0044-03-15 BC"],
        ["10000-01-01 00:00:00", "10000-01-01"],
    ]


# --- the same text everywhere


def same_everywhere(columns: dict[str, Any], rows: list[tuple[Any, ...]], database: str) -> None:
    table = cells_table(columns)

    def texts_on(name: str, connection: Connection) -> list[list[str]]:
        fill(connection, table, rows)
        ways = read(connection, table)
        assert_same(ways)
        return ways.rows()

    with connected("pysqlite3") as here, connected(database) as there:
        assert texts_on(database, there) == texts_on("pysqlite3", here)


HALVES = [n + h for n in (0.0, 51.123456, -51.123456, 179.999999) for h in (5e-7, -5e-7, 4.9e-7, 5.1e-7)]
DEGREES = [
    *HALVES,
    *(round(n * 1.2345671, 7) for n in range(-145, 145)),
    0.0,
    1e-8,
    -1e-8,
    0.0009999996,
    1e9,
    1e10,
    123456789012.123,
]
PIXELS = [n / 8 for n in range(-40, 40)] + [0.004, 0.005, 0.006, -0.005, 1e-3, 2.675, 1.005]


@pytest.mark.parametrize("database", DATABASES[1:])
def test_rounded_numbers_are_the_same_on_every_database(database: str) -> None:
    columns = {"degrees": Float(53), "pixels": Float(53), "degrees__numeric": Numeric(20, 7)}
    rows = [
        (d, p, None if d is None or abs(d) > 1e9 else Decimal(repr(d)).quantize(Decimal("0.0000001")))
        for d, p in itertools.zip_longest(DEGREES, PIXELS)
    ]
    same_everywhere(columns, rows, database)


@pytest.mark.parametrize("database", DATABASES[1:])
def test_integers_and_booleans_are_the_same_on_every_database(database: str) -> None:
    columns = {"integer": BigInteger(), "degrees": BigInteger(), "text": Integer(), "boolean": Boolean()}
    columns |= {"boolean__integer": Integer(), "integer__numeric": Numeric(20, 3)}
    rows: list[tuple[Any, ...]] = [
        (i, i, i % 100, i % 2 == 0, i % 3, Decimal(i % 1000)) for i in (0, 1, -1, 2**53 + 1, 2**63 - 1)
    ]
    same_everywhere(columns, [*rows, (-(2**63), -(2**63), 0, None, -1, Decimal("2.250"))], database)


@pytest.mark.parametrize("database", DATABASES[1:])
def test_dates_are_the_same_on_every_database(database: str) -> None:
    precise = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    columns = {"day": Date(), "moment": precise, "moment__whole": DateTime(), "moment__day": Date(), "text": Date()}
    days = [dt.date(y, 12, 31) for y in (1000, 1582, 1899, 1970, 2024, 9999)]
    moments = [
        dt.datetime(d.year, 1, 2, 3, 4, 5, us) for d, us in zip(days, (0, 1, 500_000, 999_999, 120_000, 0), strict=True)
    ]
    same_everywhere(columns, [(d, m, m.replace(microsecond=0), d, d) for d, m in zip(days, moments, strict=True)], database)


def test_a_point_in_time_is_utc() -> None:
    table = cells_table({"moment": DateTime(timezone=True)})
    with connected("postgresql") as connection:
        connection.exec_driver_sql("set timezone to 'Asia/Kolkata'")
        fill(connection, table, [(dt.datetime(2024, 6, 1, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))),)])
        assert read(connection, table).rows() == [["2024-06-01T21:30:00Z"]]


@pytest.mark.parametrize("database", ["postgresql", "mariadb"])
def test_numbers_of_32_bits_keep_their_digits(database: str) -> None:
    """A driver or a cast that gives 6 digits would move a trap by 10 metres."""
    kind = pg.REAL().with_variant(mysql.FLOAT(), "mysql", "mariadb")
    values = [-117.12345, 151.75, 0.1, 3.4e38, 1e-30]
    exact = [struct.unpack("f", struct.pack("f", v))[0] for v in values]
    with connected(database) as connection:
        table = cells_table({"degrees": kind, "number": kind})
        fill(connection, table, [(v if abs(v) < 1e9 else None, v) for v in exact])
        got = read(connection, table).rows()
    assert [row[0] for row in got] == ["-117.12345", "151.75", "0.1", "", "0.0"]
    assert [struct.pack("f", float(row[1])) for row in got] == [struct.pack("f", v) for v in values]


def test_bits_and_times_of_mariadb() -> None:
    table = cells_table({"boolean": Integer(), "text": mysql.TIME(fsp=6)})
    with connected("mariadb") as connection:
        fill(connection, table, [(1, dt.time(9, 5, 7)), (0, dt.time(23, 59, 59, 500_000)), (None, None)])
        connection.exec_driver_sql("alter table cells modify boolean bit(1)")
        assert read(connection, table).rows() == [["true", "09:05:07"], ["false", "23:59:59.500000"], ["", ""]]


@pytest.mark.parametrize("style", ["ISO, MDY", "German, DMY", "SQL, MDY"])
def test_moments_are_iso_whatever_the_session_s_style(style: str) -> None:
    """A connection that is lent keeps its settings, and may have had others before."""
    table = cells_table({"moment": DateTime(), "moment__zoned": DateTime(timezone=True)})
    moments = [dt.datetime(2024, 6, 1, 21, 30), dt.datetime(2024, 6, 1, 21, 30, 0, 120_000)]
    with connected("postgresql") as connection:
        connection.exec_driver_sql("set local timezone to 'UTC'")
        fill(connection, table, [[m, m] for m in moments])
        read(connection, table)
        connection.exec_driver_sql(f"set local datestyle to '{style}'")
        rows = read(connection, table).rows()
    assert rows == [[t, t + "Z"] for t in ("2024-06-01T21:30:00", "2024-06-01T21:30:00.120000")]
