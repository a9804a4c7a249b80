"""A small annotation platform whose rows can be counted by hand, on any database."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
    select,
)

import exporter
from exporter import RecordSource, Source

from .databases import database

DATABASES = ("sqlite", "postgresql", "mariadb")
_META = MetaData()
TASKS = Table(
    "tasks", _META, Column("id", Integer, primary_key=True), Column("name", String(40)), Column("split", String(20))
)
LABELS = Table("labels", _META, Column("id", Integer, primary_key=True), Column("name", String(40)))
TAGS = Table("tags", _META, Column("id", Integer, primary_key=True), Column("category", Integer), Column("name", String(40)))
IMAGES = Table(
    "images",
    _META,
    Column("id", Integer, primary_key=True),
    Column("task_id", ForeignKey("tasks.id")),
    Column("job_id", Integer),
    Column("path", String(200)),
    Column("width", Integer),
    Column("height", Integer),
    Column("size", Integer),
)
TAGGED = Table(
    "image_tags",
    _META,
    Column("id", Integer, primary_key=True),
    Column("image_id", Integer, index=True),
    Column("tag_id", Integer),
)
ANNOTATIONS = Table(
    "annotations",
    _META,
    Column("id", Integer, primary_key=True),
    Column("uid", String(40), index=True),
    Column("image_id", Integer, index=True),
    Column("label_id", Integer),
    Column("shape", Text),
    Column("score", Float),
    Column("version", Integer),
    Column("job_id", Integer),
    Column("valid_from", DateTime),
    Column("valid_to", DateTime),
    Column("deleted_at", DateTime),
)
SHAPE = "[[1, 1], [9, 1], [9, 9], [1, 9]]"


def noon(day: int, second: int = 0) -> dt.datetime:
    """A moment of one June."""
    return dt.datetime(2026, 6, day, 12, 0, second)


_ROWS: dict[Table, list[dict[str, Any]]] = {
    TASKS: [
        {"id": 1, "name": "north", "split": "train"},
        {"id": 2, "name": "south", "split": "Validation"},
        {"id": 3, "name": "spare", "split": None},
    ],
    LABELS: [{"id": 3, "name": "car"}, {"id": 7, "name": "tree"}],
    TAGS: [
        {"id": 1, "category": 1, "name": "rain"},
        {"id": 2, "category": 1, "name": "sun"},
        {"id": 3, "category": 2, "name": "night"},
    ],
    IMAGES: [
        {"id": 1, "task_id": 1, "job_id": 10, "path": "a/100%_one.JPG", "width": 0, "height": 5, "size": 0},
        {"id": 2, "task_id": 1, "job_id": 10, "path": "a/100x_two.jpg", "width": 10, "height": 6, "size": 900},
        {"id": 3, "task_id": 2, "job_id": 20, "path": "A/three.jpg", "width": 20, "height": 7, "size": 1000},
        {"id": 4, "task_id": 3, "job_id": 20, "path": "b\\one.jpg", "width": 30, "height": 8, "size": 2000},
    ],
    TAGGED: [
        {"id": 1, "image_id": 1, "tag_id": 1},
        {"id": 2, "image_id": 1, "tag_id": 3},
        {"id": 3, "image_id": 2, "tag_id": 1},
        {"id": 4, "image_id": 3, "tag_id": 2},
    ],
    # p: three versions by two jobs; q: deleted by job 20; r: never changed; s: made and deleted by job 10
    ANNOTATIONS: [
        {
            "id": 1,
            "uid": "p",
            "image_id": 1,
            "label_id": 3,
            "version": 1,
            "job_id": 10,
            "valid_from": noon(1),
            "valid_to": noon(2),
        },
        {
            "id": 2,
            "uid": "p",
            "image_id": 1,
            "label_id": 3,
            "version": 2,
            "job_id": 10,
            "valid_from": noon(2),
            "valid_to": noon(5),
        },
        {"id": 3, "uid": "p", "image_id": 1, "label_id": 7, "version": 3, "job_id": 20, "valid_from": noon(5), "score": 0.9},
        {
            "id": 4,
            "uid": "q",
            "image_id": 2,
            "label_id": 3,
            "version": 1,
            "job_id": 10,
            "valid_from": noon(1),
            "valid_to": noon(4),
        },
        {
            "id": 5,
            "uid": "q",
            "image_id": 2,
            "label_id": 3,
            "version": 2,
            "job_id": 20,
            "valid_from": noon(4),
            "deleted_at": noon(4, 1),
        },
        {"id": 6, "uid": "r", "image_id": 3, "label_id": 7, "version": 1, "job_id": 20, "valid_from": noon(3), "score": 0.4},
        {
            "id": 7,
            "uid": "s",
            "image_id": 3,
            "label_id": 7,
            "version": 1,
            "job_id": 10,
            "valid_from": noon(1),
            "deleted_at": noon(2),
        },
    ],
}


@contextmanager
def platform(kind: str, folder: Path) -> Iterator[Source]:
    """A source on a new database of this kind."""
    if kind == "sqlite":
        with _filled(f"sqlite:///{folder / 'platform.db'}") as engine:
            yield source(engine)
        return
    with database(kind) as url, _filled(url) as engine:
        yield source(engine)


@contextmanager
def _filled(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            _META.create_all(connection)
            for table, rows in _ROWS.items():
                names = [c.name for c in table.columns]
                shaped = [{"shape": SHAPE, **row} if table is ANNOTATIONS else row for row in rows]
                connection.execute(insert(table), [{n: row.get(n) for n in names} for row in shaped])
        yield engine
    finally:
        engine.dispose()


def source(engine: Engine, **more: Any) -> Source:
    """The platform as the family sees it."""
    i, a, t = IMAGES.c, ANNOTATIONS.c, TAGS.c
    return Source(
        name="platform",
        family="vision",
        engine=engine,
        records={
            "task": RecordSource(select(TASKS.c.id.label("task_id"), TASKS.c.name, TASKS.c.split), key=TASKS.c.id),
            "tag": RecordSource(select(t.id.label("tag_id"), t.category.label("tag_category_id"), t.name), key=t.id),
            "label": RecordSource(select(LABELS.c.id.label("label_id"), LABELS.c.name.label("class_name")), key=LABELS.c.id),
            "image": RecordSource(
                select(i.id.label("image_id"), i.task_id, i.job_id, i.path, i.width, i.height, i.size.label("file_size")), key=i.id
            ),
            "image_tag": RecordSource(select(TAGGED.c.image_id, TAGGED.c.tag_id), key=TAGGED.c.id),
            "annotation": RecordSource(
                select(
                    a.uid.label("annotation_id"), a.image_id, a.label_id, a.shape.label("geometry"), a.score, a.version,
                    a.job_id, a.valid_from, a.valid_to, a.deleted_at,
                ),
                key=a.id,
            ),
        },
        **more,
    )  # fmt: skip


def exported(source: Source, record: str, filters: Mapping[str, Any], folder: Path) -> list[dict[str, str]]:
    """The rows of a record that an export with these filters writes."""
    output = folder / "rows.csv"
    exporter.run(format="csv", source=source, output=output, filters=filters, options={"record": record}, force=True)
    return list(csv.DictReader(io.StringIO(output.read_text(encoding="utf-8"))))
