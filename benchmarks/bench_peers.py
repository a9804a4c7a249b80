"""The packages that write the same files, on the same rows, side by side with ours: `make bench-peers`, once for a release.

    .venv/bin/python benchmarks/bench_peers.py [archives|annotations ...] [--rows N] [--rounds N] [--write]

archives     packages that write Darwin Core Archives, whole processes; what each writes is held against `exporter check`
annotations  packages that write COCO files: their export step alone, against our whole process

Each peer runs in an environment of its own under build, with pinned versions.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from annotations import check_count, coco
from annotations import check_sound as check_coco
from annotations import prepared as polygons
from dataset import Database
from machine import said, script, versions
from measure import BenchmarkError, Way, interleaved, ratio
from outcome import Outcome, at_least, timings
from page import table, write
from polygons import images_of
from ways import check_sound, ours, prepared
from words import count

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
ARCHIVERS = Path(__file__).resolve().with_name("archivers.py")
COCO_WRITERS = Path(__file__).resolve().with_name("coco_writers.py")
# Way and the environment that it runs in: dwcahandler wants an older pandas than the newest.
ARCHIVES = {"dwca-writer": "peers/dwca-writer", "dwcahandler": "peers/dwcahandler", "pandas": "peers/dwca-writer"}
READERS = "readers"
# How many times as long a package's export step has to take as ours, with box and area from their columns and computed.
TIMES = {"datumaro": {"stored": 15.0, "computed": 7.0}, "supervision": {"stored": 25.0}}


def _archives(rows: int, rounds: int) -> Outcome:
    """Occurrences as the core, with their media."""
    made = prepared(rows, "wal")
    mine = ours(made.folder, "--core", "occurrence")
    ways = [mine, *(_archiver(name, made) for name in ARCHIVES)]
    check_sound(mine)
    samples = interleaved(ways, rounds)
    occurrences, media = (f"{made.rows[r]:,}" for r in ("occurrence", "media"))
    title = f"{occurrences} occurrences as the core, {media} media, SQLite to the finished archive, rounds: {rounds}"
    findings = "\n".join(f"- {way.name}: {_findings(way)}" for way in ways)
    found = timings(ways, samples, mine.name, "ours")
    for way in ways:
        way.remove()
    return Outcome(f"{title}:\n\n{found}\n\n`exporter check` finds in the archive of\n\n{findings}", [])


def _annotations(rows: int, rounds: int) -> Outcome:
    """Polygons: the packages' export steps, with the data set already built, against our process from the database to the zip."""
    folder = polygons(rows)
    mine = {source: coco(folder, source) for source in ("stored", "computed")}
    writers = {name: _writer(name, folder) for name in TIMES}
    ways = [*mine.values(), *writers.values()]
    for way in mine.values():
        check_coco(way)
    samples = interleaved(ways, rounds)
    for way in ways:
        check_count(way, rows)
    title = (
        f"{rows:,} polygons on {images_of(rows):,} images. Ours: SQLite to the finished zip, the whole process. "
        f"The packages: the export step alone, not packed; CPU and memory are of the whole process. Rounds: {rounds}"
    )
    demands = [
        at_least(
            f"{writers[name].name} / {mine[source].name}, {rows:,} polygons",
            ratio(samples, writers[name].name, mine[source].name),
            limit,
        )
        for name, limits in TIMES.items()
        for source, limit in limits.items()
    ]
    found = timings(ways, samples, mine["stored"].name, "ours")
    for way in ways:
        way.remove()
    return Outcome(f"{title}:\n\n{found}", demands)


# With how many rows each is measured: the packages hold all of them in memory.
PEERS: dict[str, tuple[Callable[[int, int], Outcome], int]] = {
    "archives": (_archives, 200_000),
    "annotations": (_annotations, 1_000_000),
}


def main() -> int:
    words = _words()
    try:
        for name in words.peers or PEERS:
            measure, usual = PEERS[name]
            outcome = measure(words.rows or usual, words.rounds)
            figures = f"{outcome.figures}\n\n{_held(outcome)}`{_command(name, words)}`. {versions()}"
            print(f"\n{figures}")
            if words.write:
                write(PAGE, f"peers_{name}", figures)
    except BenchmarkError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def _held(outcome: Outcome) -> str:
    if not outcome.demands:
        return ""
    return table(("demanded", "measured", "met"), [d.row() for d in outcome.demands]) + "\n\n"


def _command(name: str, words: argparse.Namespace) -> str:
    """The command that makes the figures of one benchmark anew."""
    flags = [("--rows", words.rows, None), ("--rounds", words.rounds, 3)]
    arguments = shlex.join([name, *(f"{flag}={value}" for flag, value, usual in flags if value != usual)])
    return f"make bench-peers ARGS={shlex.quote(arguments)}"


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the packages that write the same files.")
    parser.add_argument("peers", nargs="*", metavar="|".join(PEERS), help="which ones; by default all")
    usual = ", ".join(f"{name} {rows:,}" for name, (_, rows) in PEERS.items())
    parser.add_argument("--rows", type=count, help=f"occurrences or polygons (default: {usual})")
    parser.add_argument("--rounds", type=count, default=3, help="runs of each way, in turn (default 3)")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    words = parser.parse_args()
    if unknown := sorted(set(words.peers) - set(PEERS)):
        parser.error(f"there are no peers {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return words


def _archiver(name: str, made: Database) -> Way:
    """A package that writes archives, in its environment, with its version for a name."""
    python, output = _python(ARCHIVES[name]), made.folder / f"{name}.zip"
    words = ", ".join(f"{n} {_version(python, n)}" for n in dict.fromkeys((name, "pandas")))
    command = [str(python), str(ARCHIVERS), name, str(made.path), str(output)]
    return Way(words if name != "pandas" else f"{words}, zipfile", command, made.folder, (output,))


def _writer(name: str, folder: Path) -> Way:
    """A package that writes COCO files, in the environment of the readers."""
    python, output = _python(READERS), folder / name
    written = output / ("annotations/instances_default.json" if name == "datumaro" else "annotations.json")
    command = [str(python), "-W", "ignore", str(COCO_WRITERS), name, str(folder / "polygons.db"), str(output)]
    seconds = output / "seconds"
    return Way(f"{name} {_version(python, name)}, export step", command, folder, (written, seconds), seconds=seconds)


def _python(environment: str) -> Path:
    """:raises BenchmarkError: when the environment is not there."""
    python = ROOT / "build" / environment / "bin" / "python"
    if not python.exists():
        raise BenchmarkError(f"{python} is missing: make bench-peers makes it.")
    return python


def _version(python: Path, name: str) -> str:
    return said([str(python), "-c", f"from importlib.metadata import version; print(version({name!r}))"])


def _findings(way: Way) -> str:
    """Codes and how often each was met, errors first.

    :raises BenchmarkError: when the check itself fails.
    """
    command = [script("exporter"), "check", "--format", "dwca", "--json", str(way.outputs[0])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 2):
        raise BenchmarkError(f"exporter check of what {way.name} wrote ended with {done.returncode}:\n{done.stderr}")
    found = json.loads(done.stdout)["findings"]
    levels = ("error", "warning", "info")
    found.sort(key=lambda finding: levels.index(finding["level"]))
    return ", ".join(f"{f['level']} {f['code']} {f['count']:,}" for f in found) or "none"


if __name__ == "__main__":
    sys.exit(main())
