"""Speed and memory, side by side with what people write by hand: `make bench`.

    .venv/bin/python benchmarks/run.py [BENCHMARK ...] [--rows N] [--rounds N] [--journal wal|delete] [--write]

export      an archive of events, occurrences and media, SQLite to finished zip, whole process, against the peers
workers     one worker against two, and whether they write the same bytes
postgresql  the same rows from PostgreSQL against psql's COPY
check       `exporter check` of the archive against `unzip -p | wc`
memory      the peak for few rows and for many
annotations COCO files of polygons, SQLite to finished zip, against loops by hand (half as many polygons as rows)
annotation_memory  the peak for as many polygons, and for three times as many
images      a COCO file with its JPEGs, in a zip, against `cp -r` of their folder (a picture for 400 rows)
takeoff_excel  the workbook of a takeoff against XlsxWriter writing its bare cells (a measurement for ten rows)
takeoff_pdf PDF reports of 20 conditions x 1,000 measurements against ReportLab's LongTable, and their memory (whatever --rows says)
takeoff_ost a takeoff as XML against f-strings that write the same elements, and its memory (half as many measurements as rows)
start       what `exporter --help` and `exporter formats` take

This process imports nothing heavy: what it holds itself is the least that the system reports for its children.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from annotations import coco_files, coco_images, coco_memory
from commands import check, start
from exports import export, memory, workers
from machine import versions
from measure import BenchmarkError
from outcome import Demand, Outcome, SkippedError
from page import table, write
from postgresql import SERVER, postgresql
from takeoff_excel import takeoff_excel
from takeoff_ost import takeoff_ost
from takeoff_pdf import takeoff_pdf
from words import count

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BENCHMARKS: dict[str, Callable[[argparse.Namespace], Outcome]] = {
    "export": export,
    "workers": workers,
    "postgresql": postgresql,
    "check": check,
    "memory": memory,
    "annotations": coco_files,
    "annotation_memory": coco_memory,
    "images": coco_images,
    "takeoff_excel": takeoff_excel,
    "takeoff_pdf": takeoff_pdf,
    "takeoff_ost": takeoff_ost,
    "start": start,
}
ROWS = 2_000_000


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the default drops no database on its way out
    words = _words()
    demands: list[tuple[str, Demand]] = []
    try:
        for name in words.benchmarks or BENCHMARKS:
            demands += [(name, demand) for demand in _run(name, words)]
    except BenchmarkError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"\n{_held(demands, words)}\n\n{versions()}")
    return 0


def _run(name: str, words: argparse.Namespace) -> list[Demand]:
    """One benchmark, shown, and written where that is asked for; nothing where this machine cannot run it."""
    try:
        outcome = BENCHMARKS[name](words)
    except SkippedError as reason:
        print(f"\n{name}: skipped, {reason}", file=sys.stderr)
        return []
    print(f"\n{outcome.figures}")
    if words.write:
        held = _held([(name, demand) for demand in outcome.demands], words)
        write(PAGE, name, f"{outcome.figures}\n\n{held}\n\n{versions()}")
    return outcome.demands


def _held(demands: list[tuple[str, Demand]], words: argparse.Namespace) -> str:
    return table(("demanded", "measured", "met", "made by"), [(*d.row(), _command(name, words)) for name, d in demands])


def _command(name: str, words: argparse.Namespace) -> str:
    """The command that makes the figures of one benchmark anew."""
    flags = [("--rows", words.rows, ROWS), ("--rounds", words.rounds, 5), ("--journal", words.journal, "wal")]
    arguments = shlex.join([name, *(f"{flag}={value}" for flag, value, usual in flags if value != usual)])
    return f"`make bench ARGS={shlex.quote(arguments)}`"


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure speed and memory.")
    parser.add_argument("benchmarks", nargs="*", metavar="|".join(BENCHMARKS), help="which ones; by default all")
    parser.add_argument("--rows", type=count, default=ROWS, help=f"occurrences (default {ROWS:,})")
    parser.add_argument("--rounds", type=count, default=5, help="runs of each way, in turn (default 5)")
    parser.add_argument("--journal", choices=("wal", "delete"), default="wal", help="SQLite's journal mode (default wal)")
    parser.add_argument("--postgresql", metavar="URL", help=f"a server to make a database on (default ${SERVER})")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    words = parser.parse_args()
    if unknown := sorted(set(words.benchmarks) - set(BENCHMARKS)):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return words


if __name__ == "__main__":
    sys.exit(main())
