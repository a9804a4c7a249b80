"""Exports from SQLite: how fast, how many workers help, how much memory."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from measure import MB, Sample, interleaved, ratio, run_once
from outcome import Demand, Outcome, SkippedError, at_least, at_most, most_mb, timings
from page import table
from ways import CORE, OURS, SHELL, check_rows, check_sound, core, counts, ours, prepared, shell, without_native

UNCHECKED = f"{OURS} --no-check"
SLOW_ROUNDS = 2  # of the ways that take as long as all others together
FEW = 200_000


def export(words: argparse.Namespace) -> Outcome:
    """Ours, with every check and with none, against the peers; every row is counted in what each wrote."""
    made = prepared(words.rows, words.journal)
    few = min(words.rounds, SLOW_ROUNDS)
    ways = [
        ours(made.folder),
        ours(made.folder, "--no-check"),
        shell(made),
        without_native(made.folder, few),
        core(made, few),
    ]
    check_sound(ways[0])
    samples = interleaved(ways, words.rounds)
    check_rows(ways, made.rows)
    floor = ways[2].name
    title = f"{counts(made)}, SQLite ({words.journal} journal) to the finished file, rounds: {words.rounds}"
    figures = f"{title}:\n\n{timings(ways, samples, floor, 'shell')}"
    for way in ways:
        way.remove()
    if floor != SHELL:
        figures += f"\n\nThere is no sqlite3 shell here: nothing is demanded of the ratios to {floor}."
    return Outcome(figures, _speed(samples, words.rows))


def _speed(samples: Mapping[str, Sequence[Sample]], rows: int) -> list[Demand]:
    faster = at_least(f"{CORE} / {OURS}, {rows:,} rows", ratio(samples, CORE, OURS), 6)
    if SHELL not in samples:
        return [faster]
    return [
        at_most(f"{OURS} / {SHELL}, {rows:,} rows", ratio(samples, OURS, SHELL), 1.3, aim=1.0),
        at_most(f"{UNCHECKED} / {SHELL}, {rows:,} rows", ratio(samples, UNCHECKED, SHELL), 0.9, aim=0.8),
        faster,
    ]


def workers(words: argparse.Namespace) -> Outcome:
    """One worker against two, and whether their files are the same."""
    made = prepared(words.rows, words.journal)
    one, two = (ours(made.folder, "--workers", number) for number in ("1", "2"))
    samples = interleaved((one, two), words.rounds)
    check_rows((one, two), made.rows)
    sums = [_sha256(way.outputs[0]) for way in (one, two)]
    same = f"SHA-256 {sums[0][:16]}" if sums[0] == sums[1] else f"{sums[0][:16]}, {sums[1][:16]}"
    figures = f"{counts(made)}, rounds: {words.rounds}:\n\n{timings((one, two), samples, two.name, 'two')}"
    for way in (one, two):
        way.remove()
    demands = [
        at_least(f"{one.name} / --workers 2, {words.rows:,} rows", ratio(samples, one.name, two.name), 1.5),
        Demand("--workers 1 and --workers 2 write the same bytes", same, sums[0] == sums[1]),
    ]
    return Outcome(figures, demands)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def memory(words: argparse.Namespace) -> Outcome:
    """Ours with few rows and with many: the peak may not grow with them."""
    if words.rows <= FEW:
        raise SkippedError(f"it compares {FEW:,} rows with more: give --rows over {FEW}")
    peaks = {rows: _peak(rows, words) for rows in (FEW, words.rows)}
    found = [(f"{OURS}, {n:,} occurrences", f"{p:.1f}") for n, p in peaks.items()]
    demands = [
        most_mb(f"Peak memory of {OURS}", max(peaks.values()), 100),
        at_most(f"Peak memory, {words.rows:,} / {FEW:,} rows", peaks[words.rows] / peaks[FEW], 1.1),
    ]
    return Outcome(table(("memory of the whole process", "peak MB"), found), demands)


def _peak(rows: int, words: argparse.Namespace) -> float:
    """The highest of some runs, in MB."""
    way = ours(prepared(rows, words.journal).folder)
    peak = max(run_once(way).peak for _ in range(min(3, words.rounds))) / MB
    way.remove()
    return peak
