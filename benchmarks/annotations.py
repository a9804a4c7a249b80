"""COCO exports from SQLite against what people write by hand, and what the memory does."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from machine import script
from measure import MB, BenchmarkError, Way, interleaved, ratio, run_once, tell
from outcome import Demand, Outcome, at_most, most_mb, timings
from page import table
from polygons import images_of, polygons
from ways import BUILD, MOMENT

PEERS = Path(__file__).resolve().with_name("annotation_peers.py")
COCO = "exporter run --format coco"
BY_HAND = {
    "stored": ("fragment", "sqlite3, orjson.Fragment, isal"),
    "computed": ("shoelace", "sqlite3, shoelace in Python, orjson, isal"),
}
LIMITS = {"stored": 1.3, "computed": 0.6}


def coco_files(words: argparse.Namespace) -> Outcome:
    """Ours against loops by hand: box and area from their columns, and both computed."""
    count = words.rows // 2
    folder = _prepared(count)
    ways = [way for source in BY_HAND for way in (coco(folder, source), _by_hand(folder, source))]
    for way in ways[::2]:
        check_sound(way)
    samples = interleaved(ways, words.rounds)
    for way in ways:
        _check_count(way, count)
    figures = "\n\n".join(
        f"{title}:\n\n{timings(pair, samples, pair[1].name, 'hand')}"
        for title, pair in (
            (f"{count:,} polygons on {images_of(count):,} images, box and area stored, rounds: {words.rounds}", ways[:2]),
            ("The same, box and area computed", ways[2:]),
        )
    )
    demands: list[Demand] = []
    for source, (mine, hand) in zip(BY_HAND, (ways[:2], ways[2:]), strict=True):
        name = f"{mine.name} / {hand.name}, {count:,} polygons"
        demands.append(at_most(name, ratio(samples, mine.name, hand.name), LIMITS[source]))
    for way in ways:
        way.remove()
    return Outcome(figures, demands)


def coco_memory(words: argparse.Namespace) -> Outcome:
    """The peak for as many polygons, and for three times as many."""
    peaks = {}
    for count in (words.rows // 2, words.rows // 2 * 3):
        way = coco(_prepared(count), "computed")
        peaks[count] = max(run_once(way).peak for _ in range(min(2, words.rounds))) / MB
        way.remove()
    found = [(f"{COCO}, {n:,} polygons on {images_of(n):,} images", f"{p:.1f}") for n, p in peaks.items()]
    demands = [most_mb(f"Peak memory of {COCO}, {n:,} polygons", p, 100) for n, p in peaks.items()]
    return Outcome(table(("memory of the whole process", "peak MB"), found), demands)


def coco(folder: Path, source: str) -> Way:
    """The export of one of the two sources."""
    output = folder / f"{source}.zip"
    command = [script("exporter"), "run", "--format", "coco", "--source", source, "--output", str(output), "--force"]
    return Way(f"{COCO}, {source}", command, folder, (output,), environment={"SOURCE_DATE_EPOCH": MOMENT})


def _by_hand(folder: Path, source: str) -> Way:
    way, name = BY_HAND[source]
    output = folder / f"{way}.zip"
    command = [sys.executable, str(PEERS), way, str(folder / "polygons.db"), str(output)]
    return Way(name, command, folder, (output,))


def _prepared(count: int) -> Path:
    tell(f"preparing {count:,} polygons")
    folder = polygons(BUILD, count)
    with (folder / "polygons.db").open("rb") as file:
        while file.read(1 << 20):
            pass
    return folder


def check_sound(way: Way) -> None:
    """One run, not measured, that finds nothing.

    :raises BenchmarkError: when it fails or finds something.
    """
    done = subprocess.run([*way.command, "--json"], cwd=way.folder, capture_output=True, text=True, check=False)
    if done.returncode or (codes := [f["code"] for f in json.loads(done.stdout)["findings"]]):
        raise BenchmarkError(f"{way.name}: {done.stderr if done.returncode else ', '.join(codes)}")


def _check_count(way: Way, count: int) -> None:
    """Every polygon is in what a way wrote.

    :raises BenchmarkError: when one is missing or too many.
    """
    found, before = 0, b""
    with zipfile.ZipFile(way.outputs[0]) as archive, archive.open("annotations.json") as file:
        while chunk := file.read(1 << 20):
            text = before + chunk
            found += text.count(b'"category_id"')
            before = text[-len(b'"category_id"') + 1 :]
    if found != count:
        raise BenchmarkError(f"{way.name} wrote {found:,} annotations; the database has {count:,}.")
