"""Tables read by ranges of their key: one reader or several, the bytes are the same as row by row."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, column, create_engine, select, table, type_coerce

import exporter
from exporter import RecordSource, Source
from exporter.errors import Cancelled
from exporter.ranges import Ranges

ROWS = 95
VISITS = Table("visits", MetaData(), Column("id", Integer, primary_key=True), Column("uid", String), Column("site", String))


class Lines(exporter.Format[Any]):
    """The events as lines."""

    name = "lines"
    title = "Lines"
    extension = "zip"

    def exporter_query(self, records: Any) -> Any:
        return [exporter.table("lines.txt", row, exporter.provided(row)) for row in records.values()]

    def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
        for each in tables:
            yield exporter.Part(each.name, ctx.lines(each))


@pytest.fixture(autouse=True)
def short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.joined.SEGMENT", 10)


def made(
    folder: Path,
    rows: Sequence[tuple[Any, ...]],
    key: str = "integer primary key",
    journal: str = "wal",
    site: str = "site text",
) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "a.db"
    connection = sqlite3.connect(path)
    connection.execute(f"pragma journal_mode = {journal}")
    connection.execute(f"create table visits (id {key}, uid text, {site})")
    connection.executemany("insert into visits values (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return path


def visits(path: Path, **given: Any) -> Source:
    query = given.pop("query", select(VISITS.c.uid.label("event_id"), VISITS.c.site.label("locality")))
    where: dict[str, Any] = given or {"url": f"sqlite:///{path}"}
    return Source(name="visits", family="biodiversity", records={"event": RecordSource(query, key=VISITS.c.id)}, **where)


def plain(count: int = ROWS) -> list[tuple[Any, ...]]:
    return [(3 * i - 40, f"visit-{i}", f"Møns Klint {i}" if i % 3 else None) for i in range(count)]


def exported(source: Source, output: Path, workers: int, **given: Any) -> exporter.Result:
    return exporter.run(format=Lines(), source=source, output=output, workers=workers, force=True, **given)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("journal", ["wal", "delete"])
@pytest.mark.parametrize("count", [0, 1, 10, 11, 20, ROWS])
def test_one_reader_and_several_give_the_same_bytes(tmp_path: Path, count: int, journal: str) -> None:
    source = visits(made(tmp_path, plain(count), journal=journal))
    results = [exported(source, tmp_path / f"{n}.zip", n) for n in (1, 2, 3)]
    assert len({digest(tmp_path / f"{n}.zip") for n in (1, 2, 3)}) == 1
    assert [r.report.workers for r in results] == [1, 2, 3]
    assert {r.report.alone for r in results} == {""}
    assert results[1].report.ways["lines.txt"] == "joined by the database" + (", 2 readers" if count > 10 else "")
    assert results[2].report.parts[0]["rows"] == count


def test_keys_without_a_gap_make_the_same_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a range ends is computed then; with a gap it is looked up."""
    looked_up: list[Any] = []
    key = Ranges._key
    monkeypatch.setattr(Ranges, "_key", lambda *words, **given: looked_up.append(given) or key(*words, **given))
    for step in (1, 2):
        (tmp_path / f"{step}").mkdir()
        path = made(tmp_path / f"{step}", [(step * i - 7, f"visit-{i}", "here") for i in range(ROWS)])
        exported(visits(path), tmp_path / f"{step}.zip", 2)
        assert len([given for given in looked_up if given]) == (0 if step == 1 else ROWS // 10 + 1)
    assert digest(tmp_path / "1.zip") == digest(tmp_path / "2.zip")


@pytest.mark.parametrize("ordered", [True, False])
def test_long_rows_make_short_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ordered: bool) -> None:
    """Memory holds some segments, however long the rows are."""
    monkeypatch.setattr("exporter.joined.SEGMENT", 2_500)
    monkeypatch.setattr("exporter.joined.SEGMENT_BYTES", 100_000)
    path = made(
        tmp_path, [(i, f"visit-{i}", "x" * 10_000) for i in range(3_000)], "integer primary key" if ordered else "integer"
    )
    sizes: list[int] = []

    class Measured(Lines):
        def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
            chunks = list(ctx.lines(tables[0]))
            sizes.extend(map(len, chunks))
            yield exporter.Part("lines.txt", chunks)

    exporter.run(format=Measured(), source=visits(path), output=tmp_path / "a.zip", workers=2)
    assert len(lines_of(tmp_path / "a.zip")) == 3_000
    assert sum(size > 120_000 for size in sizes) <= (0 if ordered else 1)


KEYS: dict[str, tuple[str, Any]] = {
    "text": ("text primary key not null", lambda i: f"k{i:03}"),
    "text ignoring case": ("text primary key not null collate nocase", lambda i: f"{'kK'[i % 2]}{i:03}"),
    "text with NUL": ("text primary key not null", lambda i: f"k\0{i:03}"),
    "reals": ("real primary key not null", lambda i: 0.1 * i),
    "blobs": ("blob primary key not null", lambda i: bytes([i])),
    "mixed": ("primary key not null", lambda i: (i, i + 0.5, f"k{i:03}", bytes([i]))[i * 4 // ROWS]),
}


@pytest.mark.parametrize(("kind", "key"), KEYS.values(), ids=list(KEYS))
def test_keys_of_every_type_have_ranges(tmp_path: Path, kind: str, key: Any) -> None:
    rows = [(key(i), f"visit-{i}", "here") for i in range(ROWS)]
    source = visits(made(tmp_path, rows, kind))
    result = exported(source, tmp_path / "a.zip", 2)
    assert result.report.ways["lines.txt"] == "joined by the database, 2 readers"
    assert lines_of(tmp_path / "a.zip") == [f"visit-{i}\there" for i in range(ROWS)]


def lines_of(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.read("lines.txt").decode().splitlines()


@pytest.mark.parametrize("missing", [True, False])
def test_keys_that_are_null_or_no_utf8_are_read_row_by_row(tmp_path: Path, missing: bool) -> None:
    rows = [(None if missing and i == 50 else f"k{i:03}", f"visit-{i}", "here") for i in range(ROWS)]
    path = made(tmp_path, rows, "text unique")
    if not missing:
        with sqlite3.connect(path) as connection:
            connection.execute("update visits set id = cast(x'6bff' as text) where id = 'k000'")
    exported(visits(path), tmp_path / "a.zip", 2)
    assert sorted(lines_of(tmp_path / "a.zip")) == sorted(f"visit-{i}\there" for i in range(ROWS))


def test_a_filter_that_has_to_be_listed_is_read_row_by_row(tmp_path: Path) -> None:
    """A list made anew for each range would take the square of the time."""
    path = made(tmp_path, plain())
    chosen = table("visits", column("id"), column("uid")).alias("chosen")
    listed = VISITS.c.id.in_(select(chosen.c.id).where(chosen.c.uid.like("visit-%")))
    query = select(VISITS.c.uid.label("event_id"), VISITS.c.site.label("locality")).where(listed)
    result = exported(visits(path, query=query), tmp_path / "a.zip", 2)
    assert result.report.ways["lines.txt"] == "joined by the database"
    assert len(lines_of(tmp_path / "a.zip")) == ROWS


def test_a_key_that_no_index_serves_is_read_row_by_row(tmp_path: Path) -> None:
    path = made(tmp_path, plain(), "integer")
    result = exported(visits(path), tmp_path / "a.zip", 2)
    assert result.report.ways["lines.txt"] == "joined by the database"


@pytest.mark.parametrize("shared", [[i // 7 for i in range(ROWS)], [*range(60), *[60] * (ROWS - 61), ROWS - 1], [5] * ROWS])
def test_rows_that_share_a_key_are_all_written_once(tmp_path: Path, shared: list[int]) -> None:
    path = made(tmp_path, [(key, f"visit-{i}", "here") for i, key in enumerate(shared)], "integer not null")
    with sqlite3.connect(path) as connection:
        connection.execute("create index by_id on visits (id)")
    result = exported(visits(path), tmp_path / "a.zip", 2)
    assert "2 readers" in result.report.ways["lines.txt"]
    assert lines_of(tmp_path / "a.zip") == [f"visit-{i}\there" for i in range(ROWS)]


def test_control_characters_are_counted_as_ever(tmp_path: Path) -> None:
    rows = [(i, f"visit-{i}", "a\tb\nc" if i in (17, 55) else "here") for i in range(ROWS)]
    path = made(tmp_path, rows)
    for workers in (1, 2):
        report = exported(visits(path), tmp_path / "a.zip", workers).report
        found = {f.code: (f.count, f.examples) for f in report.findings}
        assert found == {"CONTROL_CHARACTERS_REPLACED": (4, ["visit-17", "visit-55"])}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("odd", [0, 6, 9, 10, 24, 39])
def test_python_takes_over_where_the_database_must_stop(tmp_path: Path, odd: int, workers: int) -> None:
    """From the segment on that holds a number which only Python writes, whoever has read how far ahead."""
    rows = [(i, f"visit-{i}", 0.1 + 0.2 if i == odd else f"site {i}") for i in range(40)]
    query = select(VISITS.c.uid.label("event_id"), type_coerce(VISITS.c.site, Float).label("locality"))
    result = exported(visits(made(tmp_path, rows, site="site"), query=query), tmp_path / "a.zip", workers)
    assert lines_of(tmp_path / "a.zip") == [f"{uid}\t{site}" for _, uid, site in rows]
    assert result.report.ways["lines.txt"].startswith(f"joined by Python from row {odd // 10 * 10 + 1}:")
    assert result.report.parts[0]["rows"] == 40
    assert threads() == []


HOLD = """
import sqlite3, sys
writer = sqlite3.connect(sys.argv[1])
writer.execute("begin immediate")
writer.execute("update visits set site = 'elsewhere'")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_writer_that_does_not_finish_leaves_one_reader(tmp_path: Path) -> None:
    path = made(tmp_path, plain())
    command = [sys.executable, "-c", HOLD, str(path)]  # a process has no locks against itself
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "held\n"
        result = exported(visits(path), tmp_path / "a.zip", 2)
        writer.communicate()
    assert result.report.workers == 1
    assert "locked" in result.report.alone
    assert len(lines_of(tmp_path / "a.zip")) == ROWS
    assert not any("elsewhere" in line for line in lines_of(tmp_path / "a.zip"))


def test_an_engine_of_the_host_reads_alone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{made(tmp_path, plain())}")
    result = exported(visits(tmp_path, engine=engine), tmp_path / "a.zip", 2)
    assert (result.report.workers, result.report.alone) == (1, "the engine is the host's")
    with engine.connect() as connection:
        result = exported(visits(tmp_path, connection=connection), tmp_path / "b.zip", 2)
    assert (result.report.workers, result.report.alone) == (1, "the connection is lent")
    engine.dispose()


class Stopped(Lines):
    """Lines that somebody stops after the first segment."""

    def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
        def chunks() -> Any:
            for chunk in ctx.lines(tables[0]):
                yield chunk
                ctx.cancel.request()

        yield exporter.Part("lines.txt", chunks())


def test_stopping_ends_every_reader(tmp_path: Path) -> None:
    source = visits(made(tmp_path, plain(5_000)))
    with pytest.raises(Cancelled):
        exporter.run(format=Stopped(), source=source, output=tmp_path / "a.zip", workers=2)
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith("a.db")] == []
    assert threads() == []


def test_the_largest_key_there_is(tmp_path: Path) -> None:
    rows = [(key, f"visit-{key}", "here") for key in (*range(50), 2**63 - 1)]
    exported(visits(made(tmp_path, rows)), tmp_path / "a.zip", 2)
    assert lines_of(tmp_path / "a.zip") == [f"visit-{key}\there" for key, _, _ in rows]


class Asked(Lines):
    """Asks something that takes for ever, and never gets to the answer."""

    def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
        for_ever = "with recursive n(i) as (values (1) union all select i + 1 from n) select count(*) from n"
        with ctx.beside() as ask:
            answer = ask(lambda own: own.connection.exec_driver_sql(for_ever).scalar())
            yield exporter.Part("lines.txt", self.failing())
            yield exporter.Part("answer.txt", [str(answer.result()).encode()])

    def failing(self) -> Any:
        yield b"x"
        raise RuntimeError("half")


def test_a_question_that_takes_for_ever_ends_with_the_run(tmp_path: Path) -> None:
    source = visits(made(tmp_path, plain()))
    with pytest.raises(exporter.ExporterError, match="half"):
        exporter.run(format=Asked(), source=source, output=tmp_path / "a.zip", workers=2)
    assert threads() == []
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith("a.db")] == []


class Abandoning(Lines):
    """Reads the first segment, and keeps the rest for ever."""

    kept: Any = None

    def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
        self.kept = ctx.lines(tables[0])
        yield exporter.Part("lines.txt", [next(self.kept)])


def test_what_a_plugin_leaves_unread_is_closed(tmp_path: Path) -> None:
    abandoning = Abandoning()
    with pytest.raises(exporter.ExporterError, match="has 10 rows; 5000 were counted"):
        exporter.run(format=abandoning, source=visits(made(tmp_path, plain(5_000))), output=tmp_path / "a.zip", workers=2)
    assert threads() == []
    assert list(abandoning.kept) == []


def test_a_question_beside_has_a_connection_of_its_own(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    class Asking(Lines):
        def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
            with ctx.beside() as ask:
                answers = [ask(lambda own: b"".join(own.lines(tables[0])).decode().splitlines()) for _ in range(3)]
                yield exporter.Part("lines.txt", list(ctx.lines(tables[0])))
                asked.extend(answer.result() for answer in answers)

    for workers in (1, 2):
        source = visits(made(tmp_path / str(workers), plain()))
        exporter.run(format=Asking(), source=source, output=tmp_path / f"{workers}.zip", workers=workers)
    assert len(asked) == 6
    assert all(len(lines) == ROWS and lines == asked[0] for lines in asked)


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("exporter-")]
