"""A host with a few images and annotations, as small as a test needs, and what an export of them holds."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import column, create_engine, select, table

import exporter
from exporter import RecordSource, Source
from exporter.pipeline import Result
from exporter.records import family

LABELS = [{"label_id": 3, "class_name": "car"}, {"label_id": 7, "class_name": "tree"}]
IMAGE = {"image_id": 1, "path": "a.jpg", "width": 100, "height": 50, "split": "train"}
JPEG = b"\xff\xd8\xff\xe0 %d \xff\xd9"
Rows = Iterable[Mapping[str, Any]]


def host(
    folder: Path, annotations: Rows = (), *, images: Rows = (IMAGE,), labels: Rows = LABELS, media: bool = True
) -> Source:
    """A source of these rows; annotations are numbered, and are of the first label in the first image unless they say else."""
    numbered = [{"annotation_id": f"a{n}", "image_id": 1, "label_id": 3, **given} for n, given in enumerate(annotations, 1)]
    rows = {"image": [*images], "label": [*labels], "annotation": numbered}
    path = folder / "host.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        for name, found in rows.items():
            _fill(connection, name, found)
    connection.close()
    return Source(
        name="host",
        family="vision",
        engine=create_engine(f"sqlite:///{path}"),
        records={name: _record(name, found) for name, found in rows.items()},
        media=(lambda name: io.BytesIO(JPEG % sum(name.encode()))) if media else None,
    )


def _columns(name: str, rows: Rows) -> list[str]:
    given = list(dict.fromkeys(field for row in rows for field in row))
    return given or [family("vision").records[name].key, "image_id", "label_id"]


def _fill(connection: sqlite3.Connection, name: str, rows: Rows) -> None:
    columns = _columns(name, rows)
    connection.execute(f"create table {name} (_key integer primary key, {', '.join(columns)})")
    places = ", ".join("?" * len(columns))
    connection.executemany(
        f"insert into {name} ({', '.join(columns)}) values ({places})", [[row.get(c) for c in columns] for row in rows]
    )


def _record(name: str, rows: Rows) -> RecordSource:
    fields = table(name, column("_key"), *map(column, _columns(name, rows))).c
    return RecordSource(select(*(fields[c] for c in _columns(name, rows))), key=fields["_key"])


def exported(source: Source, folder: Path, *, filters: Mapping[str, Any] | None = None, **options: Any) -> Result:
    """An export into the folder `out`."""
    options = {"packaging": "folder", **options}
    return exporter.run(format="yolo", source=source, output=folder / "out", options=options, filters=filters, force=True)


def rows(folder: Path, name: str = "a", split: str = "train") -> list[tuple[float, ...]]:
    """The rows of a label file of the export."""
    text = (folder / "out" / "labels" / split / f"{name}.txt").read_text(encoding="utf-8")
    return [tuple(map(float, line.split())) for line in text.splitlines()]


def data(folder: Path) -> Any:
    """What data.yaml of the export says."""
    return yaml.safe_load((folder / "out" / "data.yaml").read_text(encoding="utf-8"))


def tree(folder: Path) -> set[str]:
    """The files of the export."""
    return {path.relative_to(folder / "out").as_posix() for path in (folder / "out").rglob("*") if path.is_file()}


def findings(result: Result) -> dict[str, int]:
    """What a run found, by code."""
    return {finding.code: finding.count for finding in result.report.findings}


def box(x: float, y: float, width: float, height: float, **more: Any) -> dict[str, Any]:
    """An annotation that is a box."""
    return {"bbox_x": x, "bbox_y": y, "bbox_width": width, "bbox_height": height, **more}
