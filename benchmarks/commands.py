"""Commands beside the export: what starting takes, and what checking a finished archive takes."""

from __future__ import annotations

import argparse
import shutil
import sys

from machine import script
from measure import MB, Way, interleaved, ratio, run_once, summary
from outcome import Outcome, SkippedError, at_most, most_mb, timings
from page import table
from ways import BUILD, counts, ours, prepared

CLICK = "python -c 'import click'"
CHECK = "exporter check FILE"
COUNT = "unzip -p FILE | wc"


def start(words: argparse.Namespace) -> Outcome:
    """What the command line takes before it does anything."""
    BUILD.mkdir(parents=True, exist_ok=True)
    ways = [
        Way(CLICK, [sys.executable, "-c", "import click"], BUILD),
        Way("exporter --help", [script("exporter"), "--help"], BUILD),
        Way("exporter formats", [script("exporter"), "formats"], BUILD),
    ]
    for way in ways:
        run_once(way)
    samples = interleaved(ways, max(15, words.rounds))
    rows, demands = [], []
    for way in ways:
        least, median, cpu, peak = summary(samples[way.name])
        times = ratio(samples, way.name, CLICK)
        rows.append((way.name, *(f"{1000 * s:.0f}" for s in (least, median, cpu)), f"{peak:.0f}", f"{times:.2f}"))
        if way.name != CLICK:
            demands.append(at_most(f"{way.name} / {CLICK}", times, 2))
    header = ("start", "wall ms, least", "median", "CPU ms", "peak MB", "times click")
    return Outcome(table(header, rows), demands)


def check(words: argparse.Namespace) -> Outcome:
    """Checking the archive of the export against reading it and counting."""
    if not shutil.which("unzip"):
        raise SkippedError("there is no unzip here")
    made = prepared(words.rows, words.journal)
    export = ours(made.folder)
    run_once(export)
    file = str(export.outputs[0])
    ways = [
        Way(CHECK, [script("exporter"), "check", file], made.folder),
        Way(COUNT, ["sh", "-c", 'unzip -p "$1" | wc', "sh", file], made.folder),
    ]
    samples = interleaved(ways, words.rounds)
    size = export.outputs[0].stat().st_size / MB
    export.remove()
    figures = (
        f"An archive of {counts(made)}, {size:.0f} MB, rounds: {words.rounds}:\n\n{timings(ways, samples, COUNT, 'wc')}"
    )
    demands = [
        at_most(f"{CHECK} / {COUNT}, {words.rows:,} rows", ratio(samples, CHECK, COUNT), 10),
        most_mb(f"Peak memory of {CHECK}", max(s.peak for s in samples[CHECK]) / MB, 200),
    ]
    return Outcome(figures, demands)
