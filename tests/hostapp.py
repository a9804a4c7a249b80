"""The host app of `ledger.py` as a source, on each kind of database."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from exporter import RecordSource, Source

from . import ledger
from .databases import database
from .ledger import NIGHTS, PICTURES, SIGHTINGS

HOSTS = ["sqlite-rollback", "sqlite-wal", "postgresql", "mariadb"]


@contextmanager
def host(name: str, folder: Path, **size: int) -> Iterator[str]:
    """The URL of a host's database, filled."""
    if name.startswith("sqlite"):
        url = f"sqlite:///{folder / 'host.db'}"
        ledger.build(url, journal={"sqlite-wal": "wal", "sqlite-rollback": "delete"}[name], **size)
        yield url
        return
    with database(name) as url:
        ledger.build(url, **size)
        yield url


def records() -> dict[str, RecordSource]:
    event = select(
        NIGHTS.c.uid.label("event_id"),
        NIGHTS.c.started_at.label("event_start"),
        NIGHTS.c.tick.label("field_number"),
        NIGHTS.c.amount.label("sampling_effort"),
        NIGHTS.c.sightings.label("sample_size_value"),
    )
    occurrence = select(
        SIGHTINGS.c.uid.label("occurrence_id"),
        NIGHTS.c.uid.label("event_id"),
        SIGHTINGS.c.name.label("scientific_name"),
        SIGHTINGS.c.tick.label("record_number"),
        SIGHTINGS.c.amount.label("organism_quantity"),
    ).join_from(SIGHTINGS, NIGHTS)
    media = (
        select(
            NIGHTS.c.uid.label("event_id"),
            SIGHTINGS.c.uid.label("occurrence_id"),
            PICTURES.c.address.label("identifier"),
            PICTURES.c.tick.label("title"),
            PICTURES.c.amount.label("description"),
        )
        .join_from(PICTURES, SIGHTINGS)
        .join(NIGHTS, NIGHTS.c.id == PICTURES.c.night_id)
    )
    return {
        "event": RecordSource(event, key=NIGHTS.c.id),
        "occurrence": RecordSource(occurrence, key=SIGHTINGS.c.id),
        "media": RecordSource(media, key=PICTURES.c.id),
    }


def source(**lent: Any) -> Source:
    dataset = {"title": "Moths that are counted all night", "license": "CC0-1.0", "creators": [{"surname": "Reyes"}]}
    abstract = "Amounts that move from row to row, and always come to the same sum."
    return Source(
        name="host",
        family="biodiversity",
        records=records(),
        documents={"dataset": {**dataset, "abstract": abstract}},
        **lent,
    )


def rows_of(archive: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(archive) as files:
        header, *lines = files.read(name).decode().split("\n")[:-1]
    names = header.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
