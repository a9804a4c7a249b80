"""Layout `record`: every row of one record, whatever stands in its cells."""

from __future__ import annotations

import json
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, column, create_engine, select, table
from sqlalchemy.pool import NullPool

import exporter
from exporter import RecordSource, Source
from exporter.sanitize import desanitize

from .host import FINDS, PICTURES, codes, export, read_csv, read_json, records, source

HOSTILE = [
    "=1+1",
    "'=1+1",
    "@SUM(A1)",
    "\t=1",
    "-5",
    "-79.5",
    "+1-1",
    "＝1",
    'say "hi", all',
    "two\nlines\r\nand\rthree",
    "a\tb",
    "🦋 שלום \u202eعربى",
    "semi;colon",
    " padded ",
    "{}",
    "null",
    "NaN",
    "<b>&amp;</b>",
    "\u2028\x85",
]


def test_every_format_has_every_row(engine: Engine, tmp_path: Path) -> None:
    expected = ["find-2", "find-1", "find-3", "find-4"]
    for format, read in (("csv", read_csv), ("json", read_json), ("jsonl", read_json)):
        path, report = export(tmp_path, format, source(engine))
        rows: list[dict[str, Any]] = read(path)
        assert [row["occurrence_id"] for row in rows] == expected
        assert list(rows[0]) == [c.key for c in records()["occurrence"].select.selected_columns]
        assert report.parts[0]["rows"] == report.records["occurrence"].written == 4
        assert exporter.check(path) == []


def test_types(engine: Engine, tmp_path: Path) -> None:
    path, _ = export(tmp_path, "json", source(engine))
    assert read_json(path)[0] == {
        "occurrence_id": "find-2",
        "event_id": "night-1",
        "scientific_name": "Biston betularia",
        "score": 0.5,
        "verified": False,
        "identified_by": "model 1",
        "occurrence_start": "2024-06-01T23:00:00",
        "occurrence_end": "2024-06-02T01:00:00",
        "occurrence_remarks": None,
    }
    lines = path.read_text().split("\n")
    assert (lines[0], lines[-2:], len(lines)) == ("[", ["]", ""], 7)


def test_terms(engine: Engine, tmp_path: Path) -> None:
    path, _ = export(tmp_path, "csv", source(engine), options={"record": "event", "headers": "terms", "delimiter": "tab"})
    assert read_csv(path, "\t")[2] == {"eventID": "night-2", "parentEventID": "", "locality": "Forest"}
    path, _ = export(tmp_path, "jsonl", source(engine), options={"record": "media", "headers": "terms"})
    assert read_json(path)[0]["occurrenceID"] == "find-1"


@pytest.mark.parametrize("delimiter", ["comma", "semicolon", "tab"])
def test_delimiters(sqlite: Engine, tmp_path: Path, delimiter: str) -> None:
    _hostile(sqlite)
    path, _ = export(tmp_path, "csv", source(sqlite), options={"delimiter": delimiter})
    rows = read_csv(path, {"comma": ",", "semicolon": ";", "tab": "\t"}[delimiter])
    assert [desanitize(row["occurrence_remarks"]) for row in rows[4:]] == HOSTILE
    assert exporter.check(path) == []


def _hostile(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = [{"id": 100 + i, "uid": f"hostile-{i}", "remarks": text} for i, text in enumerate(HOSTILE)]
        connection.execute(FINDS.insert(), rows)


def test_hostile_text(engine: Engine, tmp_path: Path) -> None:
    _hostile(engine)
    path, report = export(tmp_path, "csv", source(engine))
    cells = [row["occurrence_remarks"] for row in read_csv(path)][4:]
    assert [desanitize(cell) for cell in cells] == HOSTILE
    assert cells[:8] == ["'=1+1", "''=1+1", "'@SUM(A1)", "'\t=1", "-5", "-79.5", "'+1-1", "'＝1"]
    assert codes(report) == {"FORMULA_NEUTRALISED": 7}  # one is a scientific name
    plain, report = export(tmp_path, "csv", source(engine), "plain", options={"sanitize": False})
    assert [row["occurrence_remarks"] for row in read_csv(plain)][4:] == HOSTILE
    assert codes(report) == {}
    for format in ("json", "jsonl"):
        path, report = export(tmp_path, format, source(engine))
        assert [row["occurrence_remarks"] for row in read_json(path)][4:] == HOSTILE
        assert codes(report) == {}


def test_csv_is_written_as_the_standard_has_it(sqlite: Engine, tmp_path: Path) -> None:
    path, _ = export(tmp_path, "csv", source(sqlite), options={"record": "event"})
    assert path.read_bytes() == (
        b"event_id,parent_event_id,locality\r\nseason,,Meadow\r\nnight-1,season,Meadow\r\nnight-2,,Forest\r\n"
    )


# --- what only SQLite holds: any type in any row

VALUES: list[tuple[Any, Any, Any, Any, Any]] = [
    ("'plain'", 1, 0.1 + 0.2, 1, '\'{"a": 18446744073709551616, "b": [1,\n 2.50]}\''),
    ("cast(x'00' || '=x' as text)", 2**53 + 1, -0.25, 0, "'{\"a\": NaN}'"),
    ("cast(x'61ff62' as text)", 2**63 - 1, "9e999", "null", "'[1]'"),
    ("cast(x'eda080' as text)", "'18446744073709551615'", 1e-07, 2, "''"),
    ("x'3d31'", "'18446744073709551616'", "'high'", "'yes'", "null"),
    ("'a' || char(7) || 'b' || char(127)", "'many'", "'1e999'", "'true'", "'null'"),
    ("null", 3.5, 7, "null", "'{}'"),
    ("7", "'007'", "'-5'", "null", '\'{"a":"\\ud800"}\''),
]
FIELDS = ("scientific_name", "individual_count", "score", "verified", "dynamic_properties")


@pytest.fixture
def mixed(tmp_path: Path) -> Source:
    with sqlite3.connect(tmp_path / "mixed.db") as connection:
        connection.execute(f"create table mixed (id integer primary key, {', '.join(FIELDS)})")
        for values in VALUES:
            connection.execute(f"insert into mixed ({', '.join(FIELDS)}) values ({', '.join(map(str, values))})")
    connection.close()
    rows = table("mixed", *(column(name) for name in ("id", *FIELDS)))
    identifier = rows.c.id.label("occurrence_id")
    record = RecordSource(select(identifier, *(rows.c[f] for f in FIELDS)), key=rows.c.id)
    engine = create_engine(f"sqlite:///{tmp_path / 'mixed.db'}", poolclass=NullPool)
    return Source(name="mixed", family="biodiversity", engine=engine, records={"occurrence": record})


def test_mixed_types_as_csv(mixed: Source, tmp_path: Path) -> None:
    path, report = export(tmp_path, "csv", mixed)
    rows = read_csv(path)
    assert [row["scientific_name"] for row in rows] == ["plain", "' =x", "a�b", "�", "'=1", "a b ", "", "7"]
    assert [row["score"] for row in rows] == ["0.30000000000000004", "-0.25", "", "1e-07", "high", "1e999", "7", "-5"]
    assert rows[2]["individual_count"] == "9223372036854775807"
    assert codes(report) == {
        "FORMULA_NEUTRALISED": 2,
        "CONTROL_CHARACTERS_REPLACED": 3,
        "NUMBER_NOT_FINITE": 1,
        "TEXT_NOT_UTF8": 2,
    }
    found = {f.code: f for f in report.findings}
    assert found["CONTROL_CHARACTERS_REPLACED"].examples == ["scientific_name"]
    assert (found["FORMULA_NEUTRALISED"].record, found["FORMULA_NEUTRALISED"].part) == ("occurrence", "occurrence.csv")
    assert exporter.check(path) == []


def test_mixed_types_as_json(mixed: Source, tmp_path: Path) -> None:
    path, report = export(tmp_path, "json", mixed)
    rows = read_json(path)
    assert [row["scientific_name"] for row in rows] == ["plain", "\0=x", "a�b", "�", "=1", "a\x07b\x7f", None, "7"]
    big = [1, 2**53 + 1, 2**63 - 1, 2**64 - 1, "18446744073709551616", "many", 3.5, "007"]
    assert [row["individual_count"] for row in rows] == big
    assert [row["score"] for row in rows] == [0.1 + 0.2, -0.25, None, 1e-07, "high", "1e999", 7, -5]
    assert [row["verified"] for row in rows] == [True, False, None, "2", "yes", True, None, None]
    objects = [{"a": 2**64, "b": [1, 2.5]}, '{"a": NaN}', "[1]", None, None, "null", {}, '{"a":"\\ud800"}']
    assert [row["dynamic_properties"] for row in rows] == objects
    assert codes(report) == {"NUMBER_NOT_FINITE": 1, "TEXT_NOT_UTF8": 2, "KEPT_AS_TEXT": 7}
    assert next(f for f in report.findings if f.code == "KEPT_AS_TEXT").examples == ["individual_count", "score", "verified"]
    lines, _ = export(tmp_path, "jsonl", mixed)
    assert read_json(lines) == rows
    assert exporter.check(path) == exporter.check(lines) == []
    assert json.loads(path.read_text(), parse_float=str)[0]["dynamic_properties"]["b"][1] == "2.50"


@pytest.mark.parametrize(("engine", "numbers"), [("postgresql", ["NaN", "-Infinity", "1e300"])], indirect=["engine"])
def test_numbers_that_are_none(engine: Engine, tmp_path: Path, numbers: list[str]) -> None:
    with engine.begin() as connection:
        for i, number in enumerate(numbers):
            connection.execute(FINDS.insert().values(id=200 + i, uid=f"number-{i}", score=float(number)))
    path, report = export(tmp_path, "json", source(engine))
    assert [row["score"] for row in read_json(path)][4:] == [None, None, 1e300]
    assert codes(report)["NUMBER_NOT_FINITE"] == 2


def test_minted_identifiers(engine: Engine, tmp_path: Path) -> None:
    namespace = uuid.UUID("6f0d2c9e-8c56-4a6b-9f0c-5a8a0f2b8d11")
    bare = RecordSource(select(FINDS.c.score.label("score")), key=FINDS.c.id)
    given = source(engine, records={"occurrence": bare}, namespace=namespace)
    path, _ = export(tmp_path, "csv", given)
    assert read_csv(path)[0] == {"occurrence_id": f"urn:uuid:{uuid.uuid5(namespace, 'occurrence:9')}", "score": "0.5"}
    path, _ = export(tmp_path, "csv", given, options={"layout": "occurrences"})
    assert read_csv(path)[0]["id"] == f"urn:uuid:{uuid.uuid5(namespace, 'occurrence:9')}"


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_no_rows(engine: Engine, tmp_path: Path, format: str) -> None:
    with engine.begin() as connection:
        connection.execute(PICTURES.delete())
    only = RecordSource(select(PICTURES.c.url.label("identifier")), key=PICTURES.c.id)
    given = source(engine, records={"event": records()["event"], "media": only})
    path, _ = export(tmp_path, format, given, options={"record": "media"})
    expected = {"csv": b"media_id,identifier\r\n", "json": b"[\n]\n", "jsonl": b""}
    assert path.read_bytes() == expected[format]
    assert exporter.check(path) == []


def test_one_empty_column(sqlite: Engine, tmp_path: Path) -> None:
    one = RecordSource(select(FINDS.c.remarks.label("occurrence_id")), key=FINDS.c.id)
    path, _ = export(tmp_path, "csv", source(sqlite, records={"occurrence": one}))
    assert read_csv(path) == [{"occurrence_id": text} for text in ("", "plain", "", "")]
    assert exporter.check(path) == []


def test_many_batches(tmp_path: Path) -> None:
    for layout in ("record", "occurrences"):
        flat, _ = export(tmp_path, "csv", "sample:insects?occurrences=6000", layout, options={"layout": layout})
        whole, _ = export(tmp_path, "jsonl", "sample:insects?occurrences=6000", layout, options={"layout": layout})
        rows, objects = read_csv(flat), read_json(whole)
        assert len(rows) == len(objects) == 6000
        id = "id" if layout == "occurrences" else "occurrence_id"
        assert [row[id] for row in rows] == [o["occurrence_id"] for o in objects]
