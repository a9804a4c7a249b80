"""A table that the database joins up to some segment, and Python from there on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, select

import exporter
from exporter import RecordSource, Source

VISITS = Table("visits", MetaData(), Column("id", Integer, primary_key=True), Column("uid", String), Column("site", Float))


class Lines(exporter.Format[Any]):
    """The events as lines."""

    name = "lines"
    title = "Lines"
    extension = "txt"
    packaging = "file"

    def exporter_query(self, records: Any) -> Any:
        return [exporter.table("lines.txt", row, exporter.provided(row)) for row in records.values()]

    def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
        for each in tables:
            yield exporter.Part(each.name, ctx.lines(each))


@pytest.mark.parametrize("odd", [1, 7, 10, 11, 25, 40])
def test_python_takes_over_where_the_database_must_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: int) -> None:
    monkeypatch.setattr("exporter.joined.SEGMENT", 10)
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("create table visits (id integer primary key, uid text, site)")
    rows = [(i, f"visit-{i}", 0.1 + 0.2 if i == odd else f"site {i}") for i in range(1, 41)]
    connection.executemany("insert into visits values (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    query = select(VISITS.c.uid.label("event_id"), VISITS.c.site.label("locality"))
    source = Source(
        name="visits",
        family="biodiversity",
        url=f"sqlite:///{tmp_path / 'a.db'}",
        records={"event": RecordSource(query, key=VISITS.c.id)},
    )
    result = exporter.run(format=Lines(), source=source, output=tmp_path / "a.txt")
    expected = [f"visit-{i}\t{0.1 + 0.2 if i == odd else f'site {i}'}" for i in range(1, 41)]
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").splitlines() == expected
    whole = (odd - 1) // 10 * 10
    assert result.report.ways["lines.txt"].startswith(f"joined by Python from row {whole + 1}:")
    assert result.report.parts[0]["rows"] == 40
