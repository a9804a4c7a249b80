"""The compiled functions: what only they promise. That their cells are those of SQL stands in the tests of cells."""

from __future__ import annotations

import ctypes
import datetime as dt
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

import exporter
from exporter import cells, native
from exporter.database import connect_sqlite, sqlite_file, sqlite_module

from .both_ways import connected, required

SPECIAL = cells.SPECIAL_BYTE
few = settings(max_examples=200, deadline=None)
texts = st.text() | st.text("aé\x00\x1d\x7f\t \U0001f98b", max_size=40)
anything = texts.map(lambda t: t.encode("utf-8", "surrogatepass")) | st.binary(max_size=40)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with connected("native") as connection:
        yield connection


def asked(connection: Connection, sql: str, *values: Any) -> Any:
    return connection.exec_driver_sql(f"select {sql}", values).scalar()


def is_clean(text: bytes) -> bool:
    """Whether a line may be written as it is, said again in Python."""
    try:
        return re.search("[\x00-\x1f\x7f]", text.decode()) is None
    except UnicodeDecodeError:
        return False


long = st.binary(max_size=5).map(lambda tail: b"plain ascii " * 3 + tail)
moments = anything.map(lambda tail: b"2024-06-01 21:30:00" + tail)
digits = anything.map(lambda tail: b"1.23456789" + tail)


@few
@given(
    st.lists(st.tuples(st.sampled_from("tbm6p"), long | anything | moments | digits, st.booleans()), min_size=1, max_size=4)
)
def test_a_line_says_whether_it_is_clean(connection: Connection, values: list[tuple[str, bytes, bool]]) -> None:
    given = ", ".join("?" if blob else "cast(? as text)" for *_, blob in values)
    line = f"(char(9), char(10), '{''.join(kind for kind, *_ in values)}', {given})"
    texts = [text for _, text, _ in values]
    plain, clean = (
        asked(connection, f"cast({name}{line} as blob)", *texts) for name in ("exporter_line", "exporter_clean_line")
    )
    assert clean == plain + (b"" if all(map(is_clean, texts)) else SPECIAL)


def test_a_line_that_is_longer_than_any_text_is_refused_as_such(connection: Connection) -> None:
    with pytest.raises(Exception, match="too big"):
        asked(connection, "exporter_line('', '', 'ttt', zeroblob(400000000), zeroblob(400000000), zeroblob(400000000))")


def test_a_blob_is_no_text_whatever_it_looks_like(connection: Connection) -> None:
    """As in SQL, where a moment in a blob gets its T, and keeps its zeros."""
    found = asked(connection, "exporter_line(' ', '', '6m', ?, ?)", b"1.23456789", b"2024-06-01 21:30:00.000000")
    assert found == "1.23456789 2024-06-01T21:30:00.000000"


def test_nothing_that_it_shows_could_be_another_extension_s() -> None:
    library = ctypes.CDLL(find_spec("exporter_native._functions").origin)  # type: ignore[union-attr]
    assert library.sqlite3_extension_init
    assert not hasattr(library, "sqlite3_api")


def test_a_line_of_numbers_and_nothing(connection: Connection) -> None:
    sql = "exporter_line('|', '.', 'tbb6pt', null, 1, 2, 3, 0.1, -9223372036854775808)"
    assert asked(connection, sql) == "|true|2|3.0|0.1|-9223372036854775808."
    assert asked(connection, "exporter_line('', '', 't', 0.1)") == cells.SPECIAL


def test_a_long_line_grows(connection: Connection) -> None:
    assert (
        asked(connection, "exporter_line(',', '', 'tt', ?, ?)", "a" * 511, "b" * 100_000) == "a" * 511 + "," + "b" * 100_000
    )


@pytest.mark.parametrize("sql", ["exporter_line()", "exporter_line('', '', '')", "exporter_line('', '', 'tt', 1)"])
def test_a_line_that_is_asked_for_wrongly_is_an_error(connection: Connection, sql: str) -> None:
    with pytest.raises(Exception, match="exporter_line"):
        asked(connection, sql)


any_date = st.from_regex("[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]", fullmatch=True)
dates = st.dates(dt.date(1690, 1, 1), dt.date(1710, 1, 1)).map(str) | st.sampled_from(
    ["2299-12-30", "2299-12-31", "2300-01-01"]
)
times = st.sampled_from(["", "T21:30:00", " 23:59:59", " 24:00:00", "T21:60:00", " 21:30:60", " 21:30", "T21:30:00.120000"])
zones = st.sampled_from(["", "Z", "+02:00", "-13:59", "+14:00", "+02:60", " ", "\0"])
SHAPE = re.compile(r"....-..-..([ T]..:..:..(\.\d{6}|Z|[+-](0.|1[0-3]):[0-5].)?)?")


def is_known(text: str) -> bool:
    """Whether a text is a moment from 1700 to 2299, said again in Python; with a zone, its last day is another's to judge."""
    if not SHAPE.fullmatch(text):
        return False
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return "1700-01-01" <= text[:10] < ("2299-12-31" if text[19:20] in ("+", "-") else "2300-01-01") and moment.year > 0


@few
@given(dates | any_date, times, zones)
def test_a_moment_is_a_day_of_the_calendar_and_a_time(connection: Connection, date: str, time: str, zone: str) -> None:
    text = date + time + zone
    found = asked(connection, "exporter_is_moment(?, '1700-01-01', '2300-01-01', '2299-12-31')", text)
    assert bool(found) == is_known(text)


def test_a_moment_asked_for_wrongly_is_none(connection: Connection) -> None:
    for values in ((None, "1700-01-01", "2300-01-01", "2299-12-31"), ("2024-06-01", None, None, None), (1, 2, 3, 4)):
        assert asked(connection, "exporter_is_moment(?, ?, ?, ?)", *values) == 0


@few
@given(st.text("ab/~.-_0Zé?\0 %", max_size=20), st.integers(-3, 25))
def test_a_path_holds_nothing_to_be_looked_at(connection: Connection, text: str, begin: int) -> None:
    plain = re.fullmatch(rb"[a-zA-Z0-9_.~/-]*", text.encode()[max(begin, 0) :]) is not None
    assert bool(asked(connection, "exporter_is_path(cast(? as text), ?)", text.encode(), begin)) == plain
    assert asked(connection, "exporter_is_path(?, ?)", text.encode(), begin) == 0  # a blob


@few
@given(st.text("abZé- \0", max_size=12))
def test_the_second_word_of_two(connection: Connection, text: str) -> None:
    found = re.fullmatch("[A-Z][A-Za-z-]* ([a-z-]{2,})", text.partition("\0")[0])
    assert asked(connection, "exporter_second_word(cast(? as text))", text.encode()) == (found[1] if found else None)
    assert asked(connection, "exporter_second_word(?)", text.encode()) is None  # a blob


def test_a_database_of_utf_16(tmp_path: Path) -> None:
    required("exporter_native")
    path = tmp_path / "wide.db"
    made = sqlite_module().connect(str(path))
    made.execute("pragma encoding = 'UTF-16'")
    made.execute("create table names (name)")
    made.execute("insert into names values ('Parus é'), ('Parus major')")
    made.commit()
    found = connect_sqlite(sqlite_module(), path).execute(
        "select exporter_line('', '', 't', name), exporter_second_word(name) from names"
    )
    assert found.fetchall() == [("Parus é", None), ("Parus major", "major")]


# --- whether they are there


def test_connections_of_our_own_have_them_and_others_have_not(tmp_path: Path) -> None:
    required("exporter_native")
    path = tmp_path / "a.db"
    path.touch()
    with sqlite_file(sqlite_module(), path).connect() as connection:
        assert native.served(connection)
    with connected("pysqlite3") as connection:
        assert not native.served(connection)
    with connected("sqlite3") as connection:
        assert not native.served(connection)


@pytest.mark.parametrize("installed", [None, SimpleNamespace(INTERFACE=0)])
def test_without_them_or_with_others_all_is_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: Any
) -> None:
    monkeypatch.setitem(sys.modules, "exporter_native", installed)
    path = tmp_path / "a.db"
    path.touch()
    with sqlite_file(sqlite_module(), path).connect() as connection:
        assert not native.served(connection)


def test_a_library_that_cannot_be_loaded_harms_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SimpleNamespace(origin=str(tmp_path / "broken"))
    monkeypatch.setattr(required("exporter_native"), "find_spec", lambda _: broken)
    path = tmp_path / "a.db"
    path.touch()
    with sqlite_file(sqlite_module(), path).connect() as connection:
        connection.exec_driver_sql("create table pragma_function_list (name)")
        assert not native.served(connection)


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_an_export_is_the_same_with_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, core: str) -> None:
    pytest.importorskip("exporter_dwca")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")
    required("exporter_native")
    files = []
    for name in ("with", "without"):
        if name == "without":
            monkeypatch.setitem(sys.modules, "exporter_native", None)
        result = exporter.run(
            format="dwca", source="sample:insects", output=tmp_path / f"{name}.zip", options={"core": core}
        )
        assert result.artifact is not None
        assert ("exporter-native" in result.report.versions) == (name == "with")
        files.append(result.artifact.path.read_bytes())
    assert files[0] == files[1]
