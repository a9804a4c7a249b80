"""Counts are the same whether one connection counts or several count slices of the rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import column, or_, select, table

import exporter
from exporter import RecordSource, Rule, Source, slices

VISITS = table("visits", *map(column, ("id", "uid", "up", "site")))


class Nothing(exporter.Format[Any]):
    """No table at all: what counts are the counts."""

    name = "nothing"
    title = "Nothing"
    extension = "zip"
    identified = ("event",)

    def exporter_rules(self, records: Any) -> Any:
        site = records["event"].columns["locality"]
        return [
            Rule("event", "SITELESS", "The event has no site.", where=or_(site.is_(None), site == "")),
            Rule("event", "BARREN", "The site is barren.", where=site.like("%9"), drop=False),
        ]

    def exporter_query(self) -> Any:
        return []

    def exporter_serialize(self) -> Any:
        return []


def visits(folder: Path, rows: Sequence[tuple[Any, ...]]) -> Source:
    path = folder / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table visits (id integer primary key, uid text, up text, site text)")
    connection.execute("create unique index uids on visits (uid)")
    connection.execute("create index ups on visits (up)")
    connection.executemany("insert into visits values (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    query = select(VISITS.c.uid.label("event_id"), VISITS.c.up.label("parent_event_id"), VISITS.c.site.label("locality"))
    url = f"sqlite:///{path}"
    return Source(name="visits", family="biodiversity", records={"event": RecordSource(query, key=VISITS.c.id)}, url=url)


def row(i: int, lost: int) -> tuple[Any, ...]:
    return 3 * i - 40, f"visit-{i:05}", f"visit-{i % 40:05}" if i != lost else "nowhere", f"site {i}" if i % 7 else None


@pytest.mark.parametrize("lost", [-1, 0, 250, 499])
def test_slices_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: int) -> None:
    monkeypatch.setattr(slices, "_WORTH", 10)
    source = visits(tmp_path, [row(i, lost) for i in range(500)])
    found = []
    for workers in (1, 2, 3):
        result = exporter.run(
            format=Nothing(), source=source, output=tmp_path / "a.zip", workers=workers, force=True, keep_going=True
        )
        found.append((result.report.records["event"], [(f.code, f.count, f.examples) for f in result.report.findings]))
    assert found[0] == found[1] == found[2]
    count, findings = found[0]
    assert (count.rows, count.left_out, count.written) == (500, 72, 428)
    codes = {code: number for code, number, _ in findings}
    assert codes["SITELESS"] == 72
    assert codes["BARREN"] == sum(1 for i in range(500) if i % 7 and i % 10 == 9)
    assert codes.get("PARENT_MISSING", 0) == int(lost >= 0)


def test_a_key_that_is_no_number_is_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "_WORTH", 10)
    path = tmp_path / "b.db"
    connection = sqlite3.connect(path)
    connection.executescript("pragma journal_mode = wal; create table visits (id text primary key, uid text, up text, site)")
    connection.executemany("insert into visits values (?, ?, null, 'x')", [(f"k{i}", f"v{i}") for i in range(50)])
    connection.commit()
    connection.close()
    source = Source(
        name="visits",
        family="biodiversity",
        records={
            "event": RecordSource(select(VISITS.c.uid.label("event_id"), VISITS.c.site.label("locality")), key=VISITS.c.id)
        },
        url=f"sqlite:///{path}",
    )
    result = exporter.run(format=Nothing(), source=source, output=tmp_path / "b.zip", workers=2)
    assert result.report.records["event"].written == 50
