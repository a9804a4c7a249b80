"""Rows that exporter-native writes are those that Python writes, in the same files, with the same findings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from exporter import native
from exporter.database import sqlite_module
from exporter.takeoff import compiled
from exporter_excel_pdf.excel import batches, conditions
from exporter_excel_pdf.excel.sheet import widest

from .takeoffs import PAGE, exported, found, host

pytestmark = pytest.mark.usefixtures("functions")
FEW = 5  # rows of a block, so that there are several
CONDITIONS = [{"name": "Wall", "unit": "LF"}, {"name": "Door", "unit": "EA", "description": "solid"}, {"name": "Empty"}]
PAGES = [
    {**PAGE, "page_id": 1, "page_number": 3},
    {**PAGE, "page_id": "s2", "page_number": "12", "sheet_title": "Plan  für 2 <Häuser>"},
    {**PAGE, "page_id": "s3", "page_number": "A-3", "sheet_number": None},
]
texts = st.one_of(
    st.none(),
    st.sampled_from(
        ["", "plain", " a", "b ", "\u00a0c", "a\nb", "a\tb", "a\rb", "中文 🦋", "&<>\"'", "_x0041_", "_x", "\x00", "\uffff"]
    ),
    st.text(max_size=30),
    st.sampled_from([7, 2.5, b"caf\xc3\xa9", b"\xff", "x" * 33_000]),
)
numbers = st.one_of(
    st.none(),
    st.integers(-(10**16), 10**16),
    st.floats(allow_nan=False),
    st.floats(-1e6, 1e6).map(lambda n: round(n, 2)),
    st.sampled_from([0.0, -0.0, 1e-4, 9e-5, 1e15, 0.1 + 0.2, float("inf"), "12.50", "007", "-", "12 abc", "", b"7"]),
)
flags = st.sampled_from([None, 0, 1, 2, "true", "yes", 1.0])
hostile = st.fixed_dictionaries(
    {
        "condition_id": st.sampled_from(["c1", "c2"]),
        "page_id": st.sampled_from([1, "s2", "s3", None, "lost", 1.5]),
        "quantity": numbers,
        "unit": st.sampled_from([None, "LF", "ft", "EA"]),
        "notes": texts,
        "geometry_type": texts,
        "pixel_area": numbers,
        "is_verified": flags,
    }
)
plain = st.fixed_dictionaries(
    {
        "condition_id": st.sampled_from(["c1", "c2"]),
        "page_id": st.sampled_from([1, "s2"]),
        "quantity": st.one_of(st.integers(-99, 10**6), st.floats(0.001, 1e9), st.none()),
        "notes": st.sampled_from([None, "", " a", "plain", "two\nlines", "中文 🦋", "Ø & <b>", "many & words " * 9]),
        "pixel_area": st.one_of(st.none(), st.floats(0.5, 1e8), st.just("12.5")),
        "is_verified": st.sampled_from([None, 0, 1]),
    }
)


@pytest.fixture(name="functions", scope="module")
def _functions() -> None:
    pytest.importorskip("exporter_native")


@pytest.fixture(name="small_blocks")
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "BLOCK", FEW)
    for module in (batches, conditions):
        monkeypatch.setattr(module, "SEEN", FEW)


def written(folder: Path, rows: Sequence[Mapping[str, Any]], **more: Any) -> tuple[bytes, dict[str, int]]:
    """The workbook of these measurements, read by a connection that has the functions, and what was found."""
    source = host(folder, CONDITIONS, rows, pages=PAGES)
    with sqlite3.connect(folder / "host.db") as connection:
        connection.execute("pragma journal_mode=wal")
        for table in ("condition", "measurement"):
            connection.execute(f"create index {table}_of on {table} (condition_id)")
        connection.execute("create index page_of on page (page_id)")
    connection.close()
    lent = attrs.evolve(source, engine=None, url=f"sqlite:///{folder / 'host.db'}")
    result = exported(lent, folder, **more)
    return (folder / "out.xlsx").read_bytes(), found(result)


def both(folder: Path, monkeypatch: pytest.MonkeyPatch, rows: Sequence[Mapping[str, Any]], **more: Any) -> Iterator[Any]:
    for load in (native.load, lambda driver: None):
        with monkeypatch.context() as patch:
            patch.setattr(native, "load", load)
            yield written(folder, rows, **more)


few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.usefixtures("small_blocks")
@few
@given(rows=st.lists(plain | hostile, max_size=25), decimals=st.sampled_from([0, 2, 15]))
def test_both_ways_write_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[Any], decimals: int) -> None:
    one, other = both(tmp_path, monkeypatch, rows, decimals=decimals)
    assert one == other


@pytest.mark.usefixtures("small_blocks")
@few
@given(rows=st.lists(plain, min_size=1, max_size=25))
def test_usual_rows_are_not_left_to_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[Any]) -> None:
    by_python = []
    monkeypatch.setattr(conditions._Writer, "_rows", lambda *given: by_python.append(given))
    written(tmp_path, rows)
    assert by_python == []


@pytest.mark.usefixtures("small_blocks")
def test_rows_that_only_python_writes_take_few_statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"condition_id": f"c{1 + n // 100}", "page_id": 1, "quantity": n, "notes": "odd\r"} for n in range(200)]
    read = []
    texts = compiled._Blocks._texts
    monkeypatch.setattr(compiled._Blocks, "_texts", lambda self, *where: read.append(where) or texts(self, *where))
    one, other = both(tmp_path, monkeypatch, rows)
    assert one == other
    assert len(read) == 100 // FEW + 1  # of the first condition, and all the rest


@pytest.mark.usefixtures("small_blocks")
def test_a_condition_that_goes_on_over_sheets_is_python_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "MOST_ROWS", 16)
    rows = [{"condition_id": f"c{1 + (n > 25)}", "page_id": 1, "quantity": n + 1} for n in range(30)]
    one, other = both(tmp_path, monkeypatch, rows)
    assert one == other
    assert one[1] == {"CONDITION_EMPTY": 1}


@pytest.fixture(name="database", scope="module")
def _database() -> Iterator[Any]:
    database = sqlite_module().connect(":memory:")
    native.load(database)
    yield database
    database.close()


def widths(database: Any, kind: str, values: Sequence[Any], seen: int = 1_000) -> float:
    """In digits."""
    sql = "select exporter_sheet_widths(?, ?, value ->> 0) from json_each(?)"
    (found,) = database.execute(sql, (seen, kind, json.dumps([[value] for value in values]))).fetchone()
    return int(found) / 10


@given(st.lists(st.text(max_size=12) | st.text("a\n中é🦋", max_size=12), min_size=1, max_size=6))
def test_texts_are_as_wide_as_python_says(database: Any, found: list[str]) -> None:
    assume("\0" not in "".join(found))  # with which SQLite's JSON ends a text
    assert widths(database, "t", found) == widest(found)


@given(st.lists(st.floats(-1e12, 1e12) | st.integers(-(10**9), 10**9), min_size=1, max_size=6), st.integers(0, 15))
def test_numbers_are_as_wide_as_python_says(database: Any, found: list[float], decimals: int) -> None:
    assert widths(database, chr(ord("0") + decimals), found) == widest(f"{n:,.{decimals}f}" for n in found)


def test_columns_are_fitted_to_the_first_rows_alone(database: Any) -> None:
    assert [widths(database, "t", ["a", "bb", "ccc"], seen) for seen in (1, 2)] == [1, 2]
