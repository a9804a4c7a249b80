"""Speed and memory of an export, side by side with what people write by hand: `make bench`.

    .venv/bin/python benchmarks/run.py [export] [memory] [start] [--rows N] [--rounds N] [--journal wal|delete] [--write]

export   an archive of events, occurrences and media, SQLite to finished zip, whole process, against two peers
memory   the peak for 50,000 rows and for many
start    what `exporter --help` and `exporter formats` take

This process imports nothing heavy: what it holds itself is the least that the system reports for its children.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dataset import TABLES, Database, database
from measure import BenchmarkError, Way, interleaved, ratio, run_once, summary, tell
from page import table, write
from peers import shell_script

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
PEERS = Path(__file__).resolve().with_name("peers.py")
BENCHMARKS = ("export", "memory", "start")
FEW, MANY, LARGE = 50_000, 500_000, 2_000_000
OURS = "exporter run --format dwca"
CORE = "SQLAlchemy Core, csv, zipfile"
SHELL = "sqlite3 shell, uncompressed"
DRIVER = "sqlite3 of Python, uncompressed"  # where there is no shell
CLICK = "python -c 'import click'"
FASTER, MOST_MB, ALIKE, START = 4.0, 100.0, 1.1, 2.0  # what is demanded


@dataclass(frozen=True)
class Demand:
    """A number that was promised, and the one that was measured."""

    text: str
    measured: str
    met: bool

    def row(self) -> tuple[str, str, str]:
        return self.text, self.measured, "yes" if self.met else "NO"


@dataclass(frozen=True)
class Outcome:
    """The figures of one benchmark in Markdown, and what was demanded of them."""

    figures: str
    demands: list[Demand]


def main() -> int:
    words = _words()
    outcomes = []
    try:
        for name in words.benchmarks or BENCHMARKS:
            outcomes.append({"export": export, "memory": memory, "start": start}[name](words))
            print(f"\n{outcomes[-1].figures}")
    except BenchmarkError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    demands = [d for o in outcomes for d in o.demands]
    held = table(("demanded", "measured", "met"), [d.row() for d in demands])
    print(f"\n{held}\n\n{versions()}")
    if words.write:
        write(PAGE, "\n\n".join([*(o.figures for o in outcomes), held, f"`{_command()}`. {versions()}"]))
    return 0


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure speed and memory of an export.")
    parser.add_argument("benchmarks", nargs="*", metavar="|".join(BENCHMARKS), help="which ones; by default all")
    parser.add_argument("--rows", type=int, default=MANY, help=f"occurrences (default {MANY:,})")
    parser.add_argument("--large", action="store_const", dest="rows", const=LARGE, help=f"the same as --rows {LARGE}")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each way, in turn (default 5)")
    parser.add_argument("--journal", choices=("wal", "delete"), default="wal", help="SQLite's journal mode (default wal)")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    words = parser.parse_args()
    if unknown := sorted(set(words.benchmarks) - set(BENCHMARKS)):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return words


def _command() -> str:
    arguments = " ".join(sys.argv[1:])
    return "make bench" + (f' ARGS="{arguments}"' if arguments else "")


# --- export


def export(words: argparse.Namespace) -> Outcome:
    """Ours against the peers, and every row counted in what they wrote."""
    made = prepared(words.rows, words.journal)
    ways = [ours(made), core(made), shell(made)]
    for way in ways:
        run_once(way)
        check_rows(way, made)
    samples = interleaved(ways, words.rounds)
    bytes_made = {w.name: w.output.stat().st_size for w in ways if w.output is not None}
    rows = [
        (
            *(w.name, f"{least:.2f}", f"{median:.2f}", f"{cpu:.2f}", f"{peak:.0f}", f"{bytes_made[w.name] / 1e6:.0f}"),
            f"{ratio(samples, w.name, OURS):.2f}",
        )
        for w in ways
        for least, median, cpu, peak in (summary(samples[w.name]),)
    ]
    title = f"{_counts(made)}, SQLite ({words.journal} journal) to the finished file, {words.rounds} rounds"
    header = ("way", "wall s, least", "median", "CPU s", "peak MB", "file MB", "times ours")
    faster = ratio(samples, CORE, OURS)
    demand = Demand(f"{CORE}: at least {FASTER:g} times ours ({words.rows:,} rows)", f"{faster:.2f}", faster >= FASTER)
    for way in ways:
        assert way.output is not None
        way.output.unlink()
    return Outcome(f"{title}:\n\n{table(header, rows)}", [demand])


def prepared(rows: int, journal: str) -> Database:
    """The database, read once, so that the first way does not wait for the disk alone."""
    tell(f"preparing {rows:,} rows")
    made = database(BUILD, rows, journal)
    with made.path.open("rb") as file:
        while file.read(1 << 20):
            pass
    return made


def _counts(made: Database) -> str:
    return ", ".join(f"{n:,} {TABLES[r][0]}" for r, n in made.rows.items())


def ours(made: Database) -> Way:
    output = made.folder / "ours.zip"
    command = [_script("exporter"), "run", "--format", "dwca", "--output", str(output), "--force"]
    return Way(OURS, command, made.folder, output)


def core(made: Database) -> Way:
    output = made.folder / "core.zip"
    return Way(CORE, [sys.executable, str(PEERS), "core", str(made.path), str(output)], made.folder, output)


def shell(made: Database) -> Way:
    output = made.folder / "shell.txt"
    found = shutil.which("sqlite3")
    if found is None:
        return Way(DRIVER, [sys.executable, str(PEERS), "driver", str(made.path), str(output)], made.folder, output)
    script = made.folder / "shell.sql"
    script.write_text(shell_script(output), encoding="utf-8")
    return Way(SHELL, [found, "-bail", "-readonly", str(made.path)], made.folder, output, script)


def _script(name: str) -> str:
    """A console script of this environment, which need not be activated."""
    return str(Path(sys.executable).with_name(name))


def check_rows(way: Way, made: Database) -> None:
    """Every row of the database is in what was written.

    :raises BenchmarkError: when one is missing or too many.
    """
    assert way.output is not None
    if zipfile.is_zipfile(way.output):
        with zipfile.ZipFile(way.output) as archive:
            found = {r: _rows_of(archive, file) for r, (_, file, _) in TABLES.items()}
    else:
        found = {"all": _lines(way.output) - len(TABLES)}
    demanded = made.rows if len(found) > 1 else {"all": sum(made.rows.values())}
    if found != demanded:
        raise BenchmarkError(f"{way.name} wrote {found}; the database has {demanded}.")


def _rows_of(archive: zipfile.ZipFile, name: str) -> int:
    with archive.open(name) as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


# --- memory


def memory(words: argparse.Namespace) -> Outcome:
    """Ours with few rows and with many: the peak may not grow with them."""
    peaks = {}
    for rows in (FEW, words.rows):
        way = ours(prepared(rows, words.journal))
        peaks[rows] = max(run_once(way).peak for _ in range(3)) / 1e6
        assert way.output is not None
        way.output.unlink()
    rows_of_table = [(f"{OURS}, {n:,} occurrences", f"{p:.1f}") for n, p in peaks.items()]
    demands = [
        Demand(f"Peak memory at most {MOST_MB:g} MB", f"{max(peaks.values()):.1f} MB", max(peaks.values()) <= MOST_MB),
        Demand(
            f"The same for {FEW:,} and {words.rows:,} rows (at most {ALIKE:g} times)",
            f"{peaks[words.rows] / peaks[FEW]:.3f}",
            peaks[words.rows] <= ALIKE * peaks[FEW],
        ),
    ]
    return Outcome(table(("memory of the whole process", "peak MB"), rows_of_table), demands)


# --- start


def start(words: argparse.Namespace) -> Outcome:
    """What the command line takes before it does anything."""
    BUILD.mkdir(parents=True, exist_ok=True)
    ways = [
        Way(CLICK, [sys.executable, "-c", "import click"], BUILD),
        Way("exporter --help", [_script("exporter"), "--help"], BUILD),
        Way("exporter formats", [_script("exporter"), "formats"], BUILD),
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
            demands.append(Demand(f"{way.name}: at most {START:g} times {CLICK}", f"{times:.2f}", times <= START))
    header = ("start", "wall ms, least", "median", "CPU ms", "peak MB", "times click")
    return Outcome(table(header, rows), demands)


# --- what it was measured with


def versions() -> str:
    """Versions of all that decides the figures, and the machine in general words."""
    found = [f"Python {platform.python_version()}"]
    for name in ("exporter-core", "exporter-dwca", "SQLAlchemy", "pysqlite3", "isal"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    found.append(
        f"SQLite of the exporter {_output('from exporter.database import sqlite_module as m; print(m().sqlite_version)')}"
    )
    if shutil.which("sqlite3"):
        said = subprocess.run(["sqlite3", "--version"], capture_output=True, text=True, check=True).stdout
        found.append(f"sqlite3 shell {said.split()[0]}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{', '.join(found)}; {platform.system()}, {platform.machine()}, {cores} cores."


def _output(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
