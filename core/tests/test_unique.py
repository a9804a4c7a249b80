"""Duplicate identifiers are found whatever their number, also where case does not count, and without holding them in memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import column, create_engine, select, table
from sqlalchemy.pool import StaticPool

from exporter import unique
from exporter.cancel import Cancel
from exporter.progress import Progress
from exporter.readers import Readers
from exporter.records import family
from exporter.report import EXAMPLES, Finding, Report
from exporter.rows import Reader
from exporter.selection import open_rows
from exporter.source import RecordSource, Source, bind
from exporter.unique import note_duplicates


def found_in(ids: Iterable[Any], scratch: Path) -> dict[str, Finding]:
    """The findings on events with these identifiers, by code."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("create table events (id integer primary key, uid)")
        connection.connection.cursor().executemany("insert into events (uid) values (?)", [(i,) for i in ids])
        events = table("events", column("id"), column("uid"))
        record = RecordSource(select(events.c.uid.label("event_id")), key=events.c.id)
        source = Source(name="t", family="biodiversity", records={"event": record}, connection=connection)
        report = Report()
        reader = Reader(connection, source, report, Progress(), Cancel(), Readers((connection,)))
        rows = open_rows(family("biodiversity"), bind(source, connection), None)["event"]
        if tracemalloc.is_tracing():
            tracemalloc.reset_peak()  # what comes before is the test's own
        note_duplicates(SimpleNamespace(scratch=scratch, reader=reader, report=report), rows)  # type: ignore[arg-type]
    engine.dispose()
    assert list(scratch.iterdir()) == []
    return {f.code: f for f in report.findings}


def test_no_duplicates(tmp_path: Path) -> None:
    assert found_in(["a", "b", "c", "ab", " a"], tmp_path) == {}


def test_no_rows(tmp_path: Path) -> None:
    assert found_in([], tmp_path) == {}


def test_an_identifier_that_occurs_twice(tmp_path: Path) -> None:
    found = found_in(["a", "b", "a", "c", "c", "c"], tmp_path)["ID_DUPLICATE"]
    assert (found.level, found.count, found.examples, found.record) == ("error", 5, ["a", "c"], "event")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Trap-1", "TRAP-1"), ("Straße", "STRASSE"), ("\N{GREEK SMALL LETTER FINAL SIGMA}", "\N{GREEK CAPITAL LETTER SIGMA}")],
)
def test_identifiers_that_differ_in_case_only(tmp_path: Path, one: str, other: str) -> None:
    found = found_in([one, "x", other], tmp_path)
    assert found.keys() == {"ID_DIFFERS_IN_CASE_ONLY"}
    assert (found["ID_DIFFERS_IN_CASE_ONLY"].count, found["ID_DIFFERS_IN_CASE_ONLY"].examples) == (2, [one, other])


def test_the_same_and_the_same_but_for_case(tmp_path: Path) -> None:
    found = found_in(["a", "a", "A"], tmp_path)
    assert {code: f.count for code, f in found.items()} == {"ID_DUPLICATE": 2, "ID_DIFFERS_IN_CASE_ONLY": 3}


def test_what_becomes_the_same_in_a_file_is_the_same(tmp_path: Path) -> None:
    assert found_in(["a b", "a\tb", "a\x00b"], tmp_path)["ID_DUPLICATE"].count == 3
    assert found_in(["1", 1, 1.5], tmp_path)["ID_DUPLICATE"].examples == ["1"]
    assert found_in([b"\xff", b"\xfe"], tmp_path)["ID_DUPLICATE"].examples == ["\ufffd"]


def test_a_few_examples_are_named_of_many(tmp_path: Path) -> None:
    found = found_in([f"id-{i % 1000}" for i in range(3000)], tmp_path)["ID_DUPLICATE"]
    assert (found.count, len(found.examples)) == (3000, EXAMPLES)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(st.text("aAbBßs", max_size=3), max_size=60), at_once=st.integers(1, 20), read=st.integers(1, 7))
def test_any_number_of_passes_finds_the_same(tmp_path: Path, ids: list[str], at_once: int, read: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unique, "_AT_ONCE", at_once)
        patch.setattr(unique, "_READ", read)
        found = found_in(ids, tmp_path)
    exact = Counter(ids)
    spellings = Counter(i.casefold() for i in exact)
    wanted = {
        "ID_DUPLICATE": sum(n for n in exact.values() if n > 1),
        "ID_DIFFERS_IN_CASE_ONLY": sum(n for i, n in exact.items() if spellings[i.casefold()] > 1),
    }
    assert {code: f.count for code, f in found.items()} == {code: n for code, n in wanted.items() if n}


def test_identifiers_that_only_share_a_hash_are_no_duplicates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unique, "hash", lambda text: len(text), raising=False)
    assert found_in(["a", "b", "cc", "dd"], tmp_path) == {}
    assert found_in(["a", "b", "cc", "cc"], tmp_path)["ID_DUPLICATE"].examples == ["cc"]


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unique, "_AT_ONCE", 2_000)
    monkeypatch.setattr(unique, "_READ", 500)

    def most(rows: int) -> int:
        tracemalloc.start()
        try:
            found_in((f"some-longer-identifier-{i:09}" for i in range(rows)), tmp_path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    most(1_000)  # imports, caches
    assert most(40_000) - most(10_000) < 200_000  # the identifiers alone would take 2.5 MB
