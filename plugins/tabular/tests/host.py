"""A small host app: visits to traps, finds, what models and people called them, pictures; and a source on it.

Find 1 has everything; find 2 has a model's name without score, and no picture; find 3 has no name and no times, and its pictures no
box; find 4 names a visit that is not there.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Engine, Float, Integer, MetaData, String, Table, Text, select
from sqlalchemy.dialects import mysql

import exporter
from exporter import RecordSource, Source

META = MetaData()
MOMENT = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
NUMBER = Float(53)


def column(name: str, kind: Any, *, index: bool = False) -> Column[Any]:
    return Column(name, kind, index=index)


VISITS = Table(
    "visits",
    META,
    Column("id", Integer, primary_key=True),
    column("uid", String(40), index=True),
    column("parent_uid", String(40)),
    column("project_id", Integer),
    column("site", String(80)),
)
TAXA = Table("taxa", META, Column("id", Integer, primary_key=True), column("name", String(80)))
FINDS = Table(
    "finds",
    META,
    Column("id", Integer, primary_key=True),
    column("uid", String(40), index=True),
    column("visit_uid", String(40), index=True),
    column("project_id", Integer),
    column("taxon_id", Integer),
    column("name", String(80)),
    column("score", NUMBER),
    column("checked", Boolean),
    column("person", String(80)),
    column("first_at", MOMENT),
    column("last_at", MOMENT),
    column("remarks", Text),
)
CALLS = Table(
    "calls",
    META,
    Column("id", Integer, primary_key=True),
    column("find_uid", String(40), index=True),
    column("taxon_id", Integer),
    column("name", String(80)),
    column("model", Boolean),
    column("score", NUMBER),
    column("withdrawn", Boolean),
    column("who", String(80)),
    column("at", MOMENT),
)
PICTURES = Table(
    "pictures",
    META,
    Column("id", Integer, primary_key=True),
    column("find_uid", String(40), index=True),
    column("url", String(80)),
    column("score", NUMBER),
    *(column(side, NUMBER) for side in ("x", "y", "w", "h")),
    column("width", Integer),
    column("height", Integer),
    column("capture", String(80)),
    column("taken_at", MOMENT),
)


def _at(day: int, hour: int, minute: int = 0, second: float = 0) -> dt.datetime:
    return dt.datetime(2024, 6, day, hour, minute) + dt.timedelta(seconds=second)


ROWS: dict[Table, list[tuple[Any, ...]]] = {
    VISITS: [(1, "season", None, 1, "Meadow"), (2, "night-1", "season", 1, "Meadow"), (3, "night-2", None, 2, "Forest")],
    TAXA: [(1, "Noctua pronuba"), (2, "Noctua fimbriata"), (3, "Biston betularia")],
    FINDS: [
        (10, "find-1", "night-1", 1, 1, "Noctua pronuba", 0.9125, True, "Ada", _at(1, 22), _at(1, 22, 1, 30.5), "plain"),
        (9, "find-2", "night-1", 1, 3, "Biston betularia", 0.5, False, "model 1", _at(1, 23), _at(2, 1), None),
        (11, "find-3", "night-2", 2, None, None, None, None, None, None, None, None),
        (12, "find-4", "gone", 2, 2, "=cmd|' /C calc'!A0", -0.25, True, "Cy", _at(3, 22), None, None),
    ],
    CALLS: [
        (1, "find-1", 1, "Noctua pronuba", True, 0.9, False, "model 1", _at(1, 23)),
        (2, "find-1", 3, "Biston betularia", True, 0.99, True, "model 0", _at(1, 23)),
        (3, "find-1", 2, "Noctua fimbriata", True, 0.92, False, "model 2", _at(1, 23)),
        (4, "find-1", 1, "Noctua pronuba", False, None, False, "Ada", _at(4, 9)),
        (5, "find-1", 1, "Noctua pronuba", False, None, False, "Bob", _at(5, 9)),
        (6, "find-1", 2, "Noctua fimbriata", False, None, True, "Eve", _at(6, 9)),
        (7, "find-2", 3, "Biston betularia", True, None, False, "model 1", _at(2, 2)),
        (8, "nobody", 3, "Biston betularia", True, 1.0, False, "model 1", _at(2, 2)),
    ],
    PICTURES: [
        (1, "find-1", "https://x/1.jpg", 0.5, 1, 2, 3, 4, 640, 480, "https://x/c1.jpg", _at(1, 22)),
        (2, "find-1", "https://x/2.jpg", 0.75, 10.5, -2, 30, 40, 640, 480, "https://x/c2.jpg", _at(1, 22, 1)),
        (3, "find-1", "https://x/3.jpg", None, 1, 2, 3, 4, 640, 480, "https://x/c3.jpg", _at(1, 22, 2)),
        (4, "find-3", "https://x/4.jpg", 0.75, 1, 2, 3, None, None, None, None, _at(3, 21)),
        (5, "find-3", "https://x/5.jpg", 0.75, 1, 2, 3, None, None, None, None, _at(3, 21, 30)),
        (6, None, "https://x/6.jpg", None, None, None, None, None, 640, 480, None, _at(1, 22)),
    ],
}


def fill(engine: Engine) -> None:
    """Make the tables and their rows."""
    META.create_all(engine)
    with engine.begin() as connection:
        for table, rows in ROWS.items():
            names = [c.name for c in table.columns]
            connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def records() -> dict[str, RecordSource]:
    """The host's description of its tables."""
    event = select(
        VISITS.c.uid.label("event_id"), VISITS.c.parent_uid.label("parent_event_id"), VISITS.c.site.label("locality")
    )
    occurrence = select(
        FINDS.c.uid.label("occurrence_id"),
        FINDS.c.visit_uid.label("event_id"),
        FINDS.c.name.label("scientific_name"),
        FINDS.c.score.label("score"),
        FINDS.c.checked.label("verified"),
        FINDS.c.person.label("identified_by"),
        FINDS.c.first_at.label("occurrence_start"),
        FINDS.c.last_at.label("occurrence_end"),
        FINDS.c.remarks.label("occurrence_remarks"),
    )
    identification = select(
        CALLS.c.id.label("identification_id"),
        CALLS.c.find_uid.label("occurrence_id"),
        CALLS.c.name.label("scientific_name"),
        CALLS.c.model.label("machine"),
        CALLS.c.score.label("score"),
        CALLS.c.withdrawn.label("withdrawn"),
        CALLS.c.who.label("identified_by"),
        CALLS.c.at.label("date_identified"),
    )
    media = select(
        PICTURES.c.find_uid.label("occurrence_id"),
        PICTURES.c.url.label("identifier"),
        PICTURES.c.score.label("score"),
        *(PICTURES.c[c].label(f) for c, f in zip("xywh", ("bbox_x", "bbox_y", "bbox_width", "bbox_height"), strict=True)),
        PICTURES.c.width.label("width"),
        PICTURES.c.height.label("height"),
        PICTURES.c.capture.label("source_identifier"),
        PICTURES.c.taken_at.label("created"),
    )
    return {
        "event": RecordSource(event, key=VISITS.c.id, project=VISITS.c.project_id),
        "occurrence": RecordSource(occurrence, key=FINDS.c.id, project=FINDS.c.project_id),
        "identification": RecordSource(identification, key=CALLS.c.id),
        "media": RecordSource(media, key=PICTURES.c.id),
    }


def source(engine: Engine, **changes: Any) -> Source:
    """A source on the app."""
    settings: dict[str, Any] = {"name": "host", "family": "biodiversity", "engine": engine, "records": records()}
    return Source(**(settings | changes))


def export(folder: Path, format: str, given: Source | str, name: str = "out", **words: Any) -> tuple[Path, Any]:
    """The exported file and the report."""
    options = words.pop("options", {})
    result = exporter.run(
        format=format, source=given, output=folder / f"{name}.{format}", options=options, force=True, **words
    )
    assert result.artifact is not None
    return result.artifact.path, result.report


def read_csv(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV file by header."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=delimiter, strict=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def read_json(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON or JSON Lines file."""
    text = path.read_text(encoding="utf-8")
    found: list[dict[str, Any]] = (
        [json.loads(line) for line in text.split("\n")[:-1]] if path.suffix == ".jsonl" else json.loads(text)
    )
    return found


def codes(report: Any) -> dict[str, int]:
    """How often each finding was made; whether a server sorts is its own affair."""
    return {f.code: f.count for f in report.findings if f.code != "ROWS_SORTED"}
