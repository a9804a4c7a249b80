"""COCO exports from SQLite against what people write by hand, and what the memory does."""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from machine import script
from measure import MB, BenchmarkError, Way, interleaved, ratio, run_once, tell
from outcome import Demand, Outcome, at_most, most_mb, timings
from page import table
from photos import photos
from polygons import images_of, polygons
from ways import BUILD, MOMENT

PEERS = Path(__file__).resolve().with_name("annotation_peers.py")
COCO = "exporter run --format coco"
BY_HAND = {
    "stored": ("fragment", "sqlite3, orjson.Fragment, isal"),
    "computed": ("shoelace", "sqlite3, shoelace in Python, orjson, isal"),
}
ROWS_FOR_AN_IMAGE = 400
LIMITS = {"stored": 1.3, "computed": 0.6}
_NAMED = b'"category_id"'


def coco_files(words: argparse.Namespace) -> Outcome:
    """Ours against loops by hand: box and area from their columns, and both computed."""
    count = words.rows // 2
    folder = prepared(count)
    ways = [way for source in BY_HAND for way in (coco(folder, source), _by_hand(folder, source))]
    for way in ways[::2]:
        check_sound(way)
    samples = interleaved(ways, words.rounds)
    for way in ways:
        check_count(way, count)
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
        way = coco(prepared(count), "computed")
        peaks[count] = max(run_once(way).peak for _ in range(min(2, words.rounds))) / MB
        way.remove()
    found = [(f"{COCO}, {n:,} polygons on {images_of(n):,} images", f"{p:.1f}") for n, p in peaks.items()]
    demands = [most_mb(f"Peak memory of {COCO}, {n:,} polygons", p, 100) for n, p in peaks.items()]
    return Outcome(table(("memory of the whole process", "peak MB"), found), demands)


def coco_images(words: argparse.Namespace) -> Outcome:
    """Ours with the image files, in a zip and in a folder, against copies that nobody reads again."""
    count = max(1, words.rows // ROWS_FOR_AN_IMAGE)
    tell(f"preparing {count:,} images")
    folder = photos(BUILD, count)
    zipped, unpacked = (_with_images(folder, packaging) for packaging in ("zip", "folder"))
    copied = folder / "copied"
    copying = f"cp -r {shlex.quote(str(folder / 'photos'))} {shlex.quote(str(copied))}"
    copy = Way("cp -r of the folder", shlex.split(copying), folder, (copied,))
    synced = Way("cp -r of the folder, sync", ["sh", "-c", f"{copying} && sync -f {copied.name}"], folder, (copied,))
    by_hand = folder / "by-hand.zip"
    hand = Way(
        "zipfile, stored", [sys.executable, str(PEERS), "photos", str(folder / "photos"), str(by_hand)], folder, (by_hand,)
    )
    ways = [zipped, unpacked, copy, synced, hand]
    check_sound(zipped)
    samples = interleaved(ways, words.rounds)
    title = f"{count:,} JPEGs of {sum(f.stat().st_size for f in (folder / 'photos').rglob('*.jpg')) / MB:,.0f} MB"
    figures = f"{title}, rounds: {words.rounds}:\n\n{timings(ways, samples, copy.name, 'cp')}"
    name = f"{zipped.name} / {copy.name}, {count:,} JPEGs"
    demands = [at_most(name, ratio(samples, zipped.name, copy.name), 1.0)]
    for way in ways:
        way.remove()
    return Outcome(figures, demands)


def _with_images(folder: Path, packaging: str) -> Way:
    output = folder / f"ours-{packaging}"
    flags = ["--include-images", "--packaging", packaging]
    command = [script("exporter"), "run", "--format", "coco", *flags, "--output", str(output), "--force"]
    report = output.with_name(f"{output.name}.report.json")  # without it, no folder is taken for an export of ours
    return Way(" ".join((COCO, *flags)), command, folder, (output, report), environment={"SOURCE_DATE_EPOCH": MOMENT})


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


def prepared(count: int) -> Path:
    """The folder of the database, read once, so that the first way does not wait for the disk alone."""
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


def check_count(way: Way, count: int) -> None:
    """Every polygon is in the COCO file that a way wrote: its first output, or the only file in that zip.

    :raises BenchmarkError: when one is missing or too many.
    """
    path, found = way.outputs[0], 0
    with ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(path.open("rb"))
        if zipfile.is_zipfile(path):
            file = stack.enter_context(stack.enter_context(zipfile.ZipFile(file)).open("annotations.json"))
        before = b""
        while chunk := file.read(1 << 20):
            text = before + chunk
            found += text.count(_NAMED)
            before = text[-len(_NAMED) + 1 :]
    if found != count:
        raise BenchmarkError(f"{way.name} wrote {found:,} annotations; the database has {count:,}.")
