"""A unique index spares the look at every identifier, but only where it proves what that look would."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, column, create_engine, select, table
from sqlalchemy.pool import StaticPool

import exporter
from exporter import unique
from exporter.cancel import Cancel
from exporter.database import sqlite_module
from exporter.progress import Progress
from exporter.readers import Readers
from exporter.report import RecordCount, Report
from exporter.rows import Reader
from exporter.selection import open_rows
from exporter.source import RecordSource, Source, bind
from exporter.unique import note_duplicates, proven_unique

VISITS = Table("visits", MetaData(), Column("id", Integer, primary_key=True), Column("uid", String))
UUID = "2e4a7c1b-0d6f-4b3e-9c8a-5f1d2e3c4b5a"


def proof(ids: Iterable[Any], scratch: Path, *, uid: str = "text unique", sql: str = "", counted: int | None = None) -> bool:
    """Whether identifiers are proven unique; those that are have been looked at one by one, too.

    :param uid: how their column is declared.
    :param sql: what is done to the table then.
    :param counted: how many rows are exported.
    """
    engine = create_engine("sqlite://", module=sqlite_module(), poolclass=StaticPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create table visits (id integer, uid {uid})")
        cursor: Any = connection.connection.cursor()
        cursor.executemany("insert into visits (uid) values (?)", [(i,) for i in ids])
        cursor.executescript(sql)
        records = {"event": RecordSource(select(VISITS.c.uid.label("event_id")), key=VISITS.c.id)}
        source = Source(name="visits", family="biodiversity", connection=connection, records=records)
        row = open_rows(source.family, bind(source, connection), None)["event"]
        row.drops.append(row.columns.event_id.is_(None))  # as core's own rule has it
        report = Report()
        if counted is not None:
            report.records["event"] = RecordCount(counted, 0, 0, counted)
        reader = Reader(connection, source, report, Progress(), Cancel(), Readers((connection,)))
        context: Any = SimpleNamespace(connection=connection, report=report, reader=reader, scratch=scratch)
        found = proven_unique(context, row)
        if found:
            note_duplicates(context, row)
            assert report.findings == []
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("ids", "proven"),
    [
        ([], True),
        (["a-1", "a-2"], True),
        ([None, None, "a"], True),
        (["", "a"], True),
        ([UUID, UUID.replace("2", "3")], True),
        ([UUID.upper(), UUID.upper().replace("2", "3")], True),
        ([UUID.upper(), UUID.replace("2", "3")], False),
        ([f"urn:uuid:{UUID.upper()}", f"urn:uuid:{UUID.upper().replace('2', '3')}"], True),
        ([f"urn:uuid:{UUID.upper()}", f"urn:UUID:{UUID.upper()}"], False),
        (["Trap-1", "Trap-2"], True),
        (["Trap-1", "TRAP-1"], False),
        (["TrapA", "TrapB"], True),
        (["TrapA", "Trapa"], False),
        (["a", "A"], False),
        (["stra\u00dfe", "b"], False),
        (["a\tb", "a b"], False),
        (["a\nb", "b"], False),
        (["a\nb", "a"], False),
        (["urn:A", "urn:A\nurn:B"], False),
        (["a\0b", "a\0c"], False),
        (["a\x7fb", "a b"], False),
        ([b"a", "a"], False),
        (["x" * 5000, "y"], True),
        (["it's", 'it"s', "a%b", "a:b", "\\"], True),
    ],
)
def test_what_an_index_proves(tmp_path: Path, ids: list[Any], proven: bool) -> None:
    assert proof(ids, tmp_path) is proven


def test_bytes_that_are_no_text_prove_nothing(tmp_path: Path) -> None:
    assert (
        proof([], tmp_path, sql="insert into visits (uid) values (cast(x'6180' as text)), (cast(x'6181' as text))") is False
    )


def test_without_a_unique_index_nothing_is_proven(tmp_path: Path) -> None:
    assert proof(["a-1", "a-2"], tmp_path, uid="text") is False
    assert proof(["a-1", "a-2"], tmp_path, uid="text", sql="create index plain on visits (uid)") is False
    some = "update visits set id = 1; create unique index some on visits (uid) where id > 1"
    assert proof(["a", "a"], tmp_path, uid="text", sql=some) is False


@pytest.mark.parametrize(
    ("uid", "ids", "proven"),
    [
        ("integer primary key", [1, 2, 30_000_000_000], True),
        ("text primary key", ["a", "b"], True),
        ("text primary key", ["a", "A"], False),
        ("integer unique", [1, 2], True),
        ("unique", [1, "1"], False),
        ("unique", [1, 1.5, 2], False),
        ("unique", [1, b"1"], False),
        ("text collate nocase unique", ["a", "B"], False),  # its index has another order
    ],
)
def test_columns_of_any_type(tmp_path: Path, uid: str, ids: list[Any], proven: bool) -> None:
    assert proof(ids, tmp_path, uid=uid) is proven


def test_case_counts_where_only_the_column_ignores_it(tmp_path: Path) -> None:
    exact = "create unique index exact on visits (uid collate binary)"
    assert proof(["a", "A"], tmp_path, uid="text collate nocase", sql=exact) is False
    assert proof(["a", "b"], tmp_path, uid="text collate nocase", sql=exact) is True


def test_a_table_much_larger_than_what_is_exported_is_not_looked_at(tmp_path: Path) -> None:
    ids = [f"a{i}" for i in range(100)]
    assert proof(ids, tmp_path, counted=20) is True
    assert proof(ids, tmp_path, counted=5) is False


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_blocks_nothing_is_proven_that_is_not_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    alphabet = dice.choice(["ab1-", "AB1-", "aB1-", "aAb", "ab\n", "a\x00b", "a\u00e9b"])
    begin = dice.choice(["", "urn:X:", "N", "\n"])
    ids = {begin + "".join(dice.choices(alphabet, k=dice.randint(0, 5))) for _ in range(dice.randint(1, 60))}
    monkeypatch.setattr(unique, "_BLOCK", dice.choice([1, 20, 200]))
    monkeypatch.setattr(unique, "_FIRST", dice.choice([1, 3, 10]))
    proven = proof(ids, tmp_path)
    assert proven or alphabet not in ("ab1-", "AB1-") or begin not in ("", "N")


class Identified(exporter.Format[Any]):
    """A format to which identifiers matter."""

    name, title, extension = "identified", "Identified", "txt"
    identified = ("event",)

    def exporter_query(self, records: Any) -> Any:
        return []

    def exporter_serialize(self) -> Any:
        return []


@pytest.mark.parametrize("before", [998, 999, 1000])
def test_identifiers_alike_at_the_end_of_a_block(tmp_path: Path, before: int) -> None:
    """A column that does not tell case, under an index that does."""
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("create table visits (id integer primary key, uid text collate nocase)")
    connection.execute("create unique index by_uid on visits (uid collate binary)")
    uids = [*(f"{i:05}" for i in range(before)), "z1", "Z1"]
    connection.executemany("insert into visits (uid) values (?)", [(uid,) for uid in uids])
    connection.commit()
    connection.close()
    visits = table("visits", column("id"), column("uid"))
    records = {"event": RecordSource(select(visits.c.uid.label("event_id")), key=visits.c.id)}
    source = Source(name="visits", family="biodiversity", url=f"sqlite:///{path}", records=records)
    report = exporter.preview(format=Identified(), source=source).report
    assert {f.code: f.count for f in report.findings} == {"ID_DIFFERS_IN_CASE_ONLY": 2}
