"""Every archive shows one moment of a database that is written to all the time, and keeps no writer waiting."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter import sqlitecopy

from . import ledger
from .hostapp import HOSTS, host, rows_of, source
from .ledger import SUM

EXPORTS = 4
LONGEST_WAIT = 1.0  # seconds


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
    with host(name, tmp_path) as url, writing(url) as told:
        results = [exporter.run(format="dwca", source=source(url=url), output=tmp_path / f"{i}.zip") for i in range(EXPORTS)]
    shown = [assert_one_moment(tmp_path / f"{i}.zip") for i in range(EXPORTS)]
    states = {int(tick): counts for tick, counts in told["states"].items()}
    assert [states[tick] for tick, _ in shown] == [counts for _, counts in shown]
    commits = [tick for tick, _ in shown]
    assert all(later - earlier > 20 for earlier, later in pairwise(commits))
    assert {(r.report.snapshot, bool(r.report.isolation)) for r in results} == {(kind, True)}
    assert told["longest"] < LONGEST_WAIT
    record_property("longest wait of a commit, seconds", told["longest"])


def test_a_large_file_is_copied_with_writers_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlitecopy, "SMALL", 0)  # as if it were large: another process copies
    with host("sqlite-rollback", tmp_path) as url, writing(url) as told:
        for i in range(EXPORTS):
            exporter.run(format="dwca", source=source(url=url), output=tmp_path / f"{i}.zip")
    for i in range(EXPORTS):
        tick, counts = assert_one_moment(tmp_path / f"{i}.zip")
        assert told["states"][str(tick)] == counts
    assert told["longest"] < LONGEST_WAIT
