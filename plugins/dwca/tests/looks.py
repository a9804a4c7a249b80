"""Small databases for pictures: events at given places and days, with occurrences of given names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import column, select, table

from exporter import RecordSource, Source

Event = tuple[Any, Any, Any]  # longitude, latitude, date

SCHEMA = """
create table visits (id integer primary key, uid text unique, lon, lat, day);
create table finds (id integer primary key, uid text unique, visit text, name text, rank text, status text, lon, lat);
create index finds_visit on finds (visit);
"""


def source(
    folder: Path,
    events: Iterable[Event],
    finds: Iterable[Sequence[Any]] = (),
    *,
    title: str = "A survey",
    own_places: bool = False,
    **dataset: Any,
) -> Source:
    """A source on a new database.

    :param finds: number of the event from 1, name, and where given: rank, status, longitude and latitude.
    :param own_places: whether the occurrences have coordinates, and the events have none.
    """
    path = folder / "survey.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(SCHEMA)
        rows = ((i, f"e{i}", *event) for i, event in enumerate(events, 1))
        database.executemany("insert into visits values (?, ?, ?, ?, ?)", rows)
        padded = ((i, f"o{i}", f"e{f[0]}", *f[1:], *[None] * (6 - len(f))) for i, f in enumerate(finds, 1))
        database.executemany("insert into finds values (?, ?, ?, ?, ?, ?, ?, ?)", padded)
    event = {"event_id": "uid", "event_date": "day"}
    found = {"occurrence_id": "uid", "event_id": "visit", "scientific_name": "name", "taxon_rank": "rank"}
    found |= {"occurrence_status": "status", "basis_of_record": "status"}
    places = {"decimal_longitude": "lon", "decimal_latitude": "lat"}
    records = {
        "event": _record("visits", event if own_places else event | places),
        "occurrence": _record("finds", found | places if own_places else found),
    }
    about = {"title": title, "license": "CC0-1.0", "abstract": "What was found, where and when.", **dataset}
    return Source(
        name="survey", family="biodiversity", url=f"sqlite:///{path}", records=records, documents={"dataset": about}
    )


def _record(name: str, columns: Mapping[str, str]) -> RecordSource:
    rows = table(name, column("id"), *(column(c) for c in {*columns.values()}))
    return RecordSource(select(*(rows.c[c].label(f) for f, c in columns.items())), key=rows.c.id)
