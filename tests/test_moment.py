"""Every archive shows one moment of a database that is written to all the time, and keeps no writer waiting."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import exporter
from exporter import RecordSource, Source

from . import ledger
from .databases import database
from .ledger import NIGHTS, PICTURES, SIGHTINGS, SUM

EXPORTS = 4
LONGEST_WAIT = 1.0  # seconds
HOSTS = ["sqlite-rollback", "sqlite-wal", "postgresql", "mariadb"]


@contextmanager
def host(name: str, folder: Path) -> Iterator[str]:
    """The URL of a host's database, filled."""
    if name.startswith("sqlite"):
        url = f"sqlite:///{folder / 'host.db'}"
        ledger.build(url, journal={"sqlite-wal": "wal", "sqlite-rollback": "delete"}[name])
        yield url
        return
    with database(name) as url:
        ledger.build(url)
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
        name="host", family="biodiversity", records=records(), documents={"dataset": {**dataset, "abstract": abstract}}, **lent
    )


def rows_of(archive: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(archive) as files:
        header, *lines = files.read(name).decode().split("\n")[:-1]
    names = header.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]


def assert_one_moment(archive: Path) -> tuple[int, list[int]]:
    """Hold the files of an archive against each other.

    :returns: the number of the last commit that it shows, and its numbers of nights and sightings.
    """
    nights, sightings, pictures = (rows_of(archive, f"{n}.txt") for n in ("event", "occurrence", "multimedia"))
    ticks = {
        *(r["fieldNumber"] for r in nights if r["id"] == "night-1"),
        *(r["recordNumber"] for r in sightings if r["occurrenceID"] == "sighting-1000"),
        *(r["title"] for r in pictures if r["occurrenceID"] == "sighting-1000"),
    }
    assert len(ticks) == 1
    amounts = [
        *(int(r["samplingEffort"]) for r in nights),
        *(int(r["organismQuantity"]) for r in sightings),
        *(int(r["description"]) for r in pictures),
    ]
    assert sum(amounts) == SUM
    assert Counter(r["id"] for r in sightings) == {r["id"]: float(r["sampleSizeValue"]) for r in nights}
    assert [(r["id"], r["occurrenceID"]) for r in pictures] == [(r["id"], r["occurrenceID"]) for r in sightings]
    return int(ticks.pop()), [len(nights), len(sightings)]


@contextmanager
def writing(url: str) -> Iterator[dict[str, Any]]:
    """A process that commits all the time; what it did is there when the block has ended."""
    command = [sys.executable, str(Path(ledger.__file__)), url]
    told: dict[str, Any] = {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield told
        finally:
            output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    told.update(json.loads(output))


@pytest.mark.parametrize("name", HOSTS)
def test_every_archive_is_one_state_and_no_commit_waits(
    name: str, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    kind = {"sqlite-rollback": "copy"}.get(name, "transaction")
    with host(name, tmp_path) as url:
        with writing(url) as told:
            results = [
                exporter.run(format="dwca", source=source(url=url), output=tmp_path / f"{i}.zip") for i in range(EXPORTS)
            ]
    shown = [assert_one_moment(tmp_path / f"{i}.zip") for i in range(EXPORTS)]
    states = {int(tick): counts for tick, counts in told["states"].items()}
    assert [states[tick] for tick, _ in shown] == [counts for _, counts in shown]
    commits = [tick for tick, _ in shown]
    assert all(later - earlier > 20 for earlier, later in zip(commits, commits[1:], strict=False))
    assert {(r.report.snapshot, bool(r.report.isolation)) for r in results} == {(kind, True)}
    assert told["longest"] < LONGEST_WAIT
    record_property("longest wait", told["longest"])
    print(name, told["longest"], len(states), commits, [r.report.seconds for r in results])
