"""The packages that write Darwin Core Archives beside ours, on the same rows: `make bench-peers`, once for a release.

    .venv/bin/python benchmarks/bench_peers.py [--rows N] [--rounds N] [--write]

Each peer runs in an environment of its own under build/peers, with the versions of benchmarks/peers-*.txt. What it writes is
held against `exporter check`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from dataset import Database
from machine import said, script, versions
from measure import BenchmarkError, Way, interleaved
from outcome import timings
from page import write
from ways import check_sound, ours, prepared
from words import count

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
ARCHIVERS = Path(__file__).resolve().with_name("archivers.py")
# Way and the environment that it runs in: dwcahandler wants an older pandas than the newest.
PEERS = {"dwca-writer": "dwca-writer", "dwcahandler": "dwcahandler", "pandas": "dwca-writer"}
ROWS = 200_000


def main() -> int:
    words = _words()
    try:
        figures = _measured(words)
    except BenchmarkError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"\n{figures}")
    if words.write:
        write(PAGE, "peers", figures)
    return 0


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the packages that write Darwin Core Archives.")
    parser.add_argument(
        "--rows", type=count, default=ROWS, help=f"occurrences (default {ROWS:,}); the peers hold all in memory"
    )
    parser.add_argument("--rounds", type=count, default=3, help="runs of each way, in turn (default 3)")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    return parser.parse_args()


def _measured(words: argparse.Namespace) -> str:
    made = prepared(words.rows, "wal")
    mine = ours(made.folder, "--core", "occurrence")
    ways = [mine, *(_peer(name, made) for name in PEERS)]
    check_sound(mine)
    samples = interleaved(ways, words.rounds)
    occurrences, media = (f"{made.rows[r]:,}" for r in ("occurrence", "media"))
    title = f"{occurrences} occurrences as the core, {media} media, SQLite to the finished archive, rounds: {words.rounds}"
    findings = "\n".join(f"- {way.name}: {_findings(way)}" for way in ways)
    figures = (
        f"{title}:\n\n{timings(ways, samples, mine.name, 'ours')}\n\n`exporter check` finds in the archive of\n\n{findings}"
    )
    for way in ways:
        way.remove()
    flags = "" if words.rows == ROWS and words.rounds == 3 else f" ARGS='--rows={words.rows} --rounds={words.rounds}'"
    return f"{figures}\n\n`make bench-peers{flags}`. {versions()}"


def _peer(name: str, made: Database) -> Way:
    """A peer in its environment, with its version for a name.

    :raises BenchmarkError: when the environment is not there.
    """
    python = ROOT / "build" / "peers" / PEERS[name] / "bin" / "python"
    if not python.exists():
        raise BenchmarkError(f"{python} is missing: make bench-peers makes it.")
    output = made.folder / f"{name}.zip"
    words = ", ".join(f"{n} {_version(python, n)}" for n in dict.fromkeys((name, "pandas")))
    command = [str(python), str(ARCHIVERS), name, str(made.path), str(output)]
    return Way(words if name != "pandas" else f"{words}, zipfile", command, made.folder, (output,))


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
