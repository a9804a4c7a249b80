"""A platform of photos whose identifiers are of any type that SQLAlchemy knows, on any database."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Uuid,
    create_engine,
    insert,
    select,
)

from exporter import RecordSource, Source

from .databases import database


class Place(enum.Enum):
    """Identifiers that an Enum allows; it is kept by name."""

    NORTH = "n"
    SOUTH = "s"


class Code(TypeDecorator[int]):
    """A type of the host's: numbers as texts with a letter before them. It takes no text."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        """As the database keeps it."""
        return None if value is None else f"c{value + 0}"


FIRST, SECOND = uuid.UUID(int=0xA1B2 << 100), uuid.UUID(int=0xC3D4 << 100)
JUNE, JULY = dt.datetime(2026, 6, 1, 12), dt.datetime(2026, 7, 1, 12)
TYPES: Mapping[str, tuple[Any, tuple[Any, Any]]] = {
    "uuid": (Uuid, (FIRST, SECOND)),
    "uuid as text": (Uuid(as_uuid=False), (str(FIRST), str(SECOND))),
    "enum": (Enum(Place), (Place.NORTH, Place.SOUTH)),
    "integer": (Integer, (5, 7)),
    "moment": (DateTime, (JUNE, JULY)),
    "decorated": (Code, (1, 2)),
}


@attrs.frozen
class Typed:
    """Two photos, the first a car, the second a tree.

    :param source: with labels, annotations, and tags that are the labels over again.
    """

    engine: Engine
    photos: Table
    source: Source


@contextmanager
def typed(kind: str, server: str, folder: Path, **more: Any) -> Iterator[Typed]:
    """The platform with identifiers of one kind, on a new database."""
    if server == "sqlite":
        with _filled(kind, f"sqlite:///{folder / 'typed.db'}", more) as made:
            yield made
        return
    with database(server) as url, _filled(kind, url, more) as made:
        yield made


@contextmanager
def _filled(kind: str, url: str, more: Mapping[str, Any]) -> Iterator[Typed]:
    type_, ids = TYPES[kind]
    meta = MetaData()
    path = (Column("path", String(40)), Column("project", type_))
    photos = Table("photos", meta, Column("id", type_, primary_key=True), *path)
    classes = Table("classes", meta, Column("id", type_, primary_key=True), Column("name", String(40)))
    shape = (Column("photo_id", type_, index=True), Column("class_id", type_), Column("outline", String(80)))
    shapes = Table("shapes", meta, Column("id", type_, primary_key=True), *shape)
    outline = "[[1, 1], [9, 1], [9, 9], [1, 9]]"
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            meta.create_all(connection)
            for place, each in enumerate(ids):
                connection.execute(insert(photos).values(id=each, path=f"{place + 1}.jpg", project=each))
                connection.execute(insert(classes).values(id=each, name=("car", "tree")[place]))
                connection.execute(insert(shapes).values(id=each, photo_id=each, class_id=each, outline=outline))
        yield Typed(engine, photos, _source(engine, photos, classes, shapes, more))
    finally:
        engine.dispose()


def _source(engine: Engine, photos: Table, classes: Table, shapes: Table, more: Mapping[str, Any]) -> Source:
    p, c, s = photos.c, classes.c, shapes.c
    drawn = select(
        s.id.label("annotation_id"), s.photo_id.label("image_id"), s.class_id.label("label_id"), s.outline.label("geometry")
    )
    tagged = select(s.id.label("image_tag_id"), s.photo_id.label("image_id"), s.class_id.label("tag_id"))
    return Source(
        name="typed",
        family="vision",
        engine=engine,
        records={
            "label": RecordSource(select(c.id.label("label_id"), c.name.label("class_name")), key=c.id),
            "tag": RecordSource(select(c.id.label("tag_id"), c.name), key=c.id),
            "image": RecordSource(select(p.id.label("image_id"), p.path), key=p.id, project=p.project),
            "image_tag": RecordSource(tagged, key=s.id),
            "annotation": RecordSource(drawn, key=s.id),
        },
        **more,
    )
