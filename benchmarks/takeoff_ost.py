"""A takeoff as XML, with all that is looked at, against f-strings that look at nothing, and what the memory does."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from machine import script
from measure import MB, BenchmarkError, Way, interleaved, ratio, run_once
from outcome import Demand, Outcome, at_most, most_mb, timings
from page import table
from takeoff_excel import prepared
from ways import MOMENT

PEER = Path(__file__).resolve().with_name("takeoff_ost_peer.py")
OURS = "exporter run --format ost"
THEIRS = {"json": "sqlite3, json, f-strings", "orjson": "sqlite3, orjson, f-strings"}
LIMIT, MEMORY = 1.5, 100
_ITEM = b"<TakeoffItem id="


def takeoff_ost(words: argparse.Namespace) -> Outcome:
    """Ours against both peers, side by side; and the memory of three times as many measurements."""
    count = words.rows // 2
    folder = prepared(count)
    ways = [ours(folder), *(theirs(folder, library) for library in THEIRS)]
    samples = interleaved(ways, words.rounds)
    for way in ways:
        check_count(way)
    base = THEIRS["json"]
    figures = f"{count:,} measurements, rounds: {words.rounds}:\n\n{timings(ways, samples, base, 'json')}"
    demands = [
        at_most(f"{OURS} / {name}, {count:,} measurements", ratio(samples, OURS, name), LIMIT) for name in THEIRS.values()
    ]
    for way in ways:
        way.remove()
    memory, peaks = _memory(words)
    return Outcome(f"{figures}\n\n{memory}", [*demands, *peaks])


def _memory(words: argparse.Namespace) -> tuple[str, list[Demand]]:
    peaks = {}
    for count in (words.rows // 2, words.rows // 2 * 3):
        way = ours(prepared(count))
        peaks[count] = max(run_once(way).peak for _ in range(min(2, words.rounds))) / MB
        way.remove()
    rows = [(f"{OURS}, {count:,} measurements", f"{peak:.1f}") for count, peak in peaks.items()]
    demands = [most_mb(f"Peak memory of {OURS}, {count:,} measurements", peak, MEMORY) for count, peak in peaks.items()]
    return table(("memory of the whole process", "peak MB"), rows), demands


def ours(folder: Path) -> Way:
    """The export of the first project, from the start of the process to the finished file."""
    output = folder / "ours.xml"
    flags = ["--format", "ost", "--source", "house", "--project", "1"]
    command = [script("exporter"), "run", *flags, "--output", str(output), "--force"]
    return Way(OURS, command, folder, (output,), environment={"SOURCE_DATE_EPOCH": MOMENT})


def theirs(folder: Path, library: str) -> Way:
    """The same elements by hand."""
    output = folder / f"{library}.xml"
    command = [sys.executable, str(PEER), library, str(folder / "house.db"), str(output)]
    return Way(THEIRS[library], command, folder, (output,), environment={"SOURCE_DATE_EPOCH": MOMENT})


def check_count(way: Way) -> None:
    """Whether all measurements of the project are in what a way wrote.

    :raises BenchmarkError: where they are not.
    """
    with closing(sqlite3.connect(way.folder / "house.db")) as connection:
        sql = "select count(*) from measurements where condition_id in (select id from conditions where project_id = 1)"
        (count,) = connection.execute(sql).fetchone()
    with way.outputs[0].open("rb") as file:
        found = sum(line.startswith(_ITEM) for line in file)
    if found != count:
        raise BenchmarkError(f"{way.name} wrote {found:,} items; the project has {count:,} measurements.")
