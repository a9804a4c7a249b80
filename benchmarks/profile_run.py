"""Where the time and the memory of one run go: by stage, by step, by SQL statement.

    python benchmarks/profile_run.py [--rows 500000] [--journal wal] [--option core=occurrence] [--python]

It looks at one run inside this process: at the stages through the hook `exporter_notify`, at statements through the driver's own
cursors, at the named steps by timing their functions. Steps lie inside each other, so their times do not add up; timing costs
a few per cent. A step that runs in another thread overlaps with the rest.
"""

from __future__ import annotations

import argparse
import cProfile
import functools
import importlib
import importlib.util
import os
import pstats
import re
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dataset import database

import exporter
from exporter.database import sqlite_module

BUILD = Path(__file__).resolve().parent.parent / "build" / "bench"
PAGE = os.sysconf("SC_PAGE_SIZE")
# Functions by import path, at the place that calls them. A name that is gone is left out.
STEPS = (
    "exporter.moment:copy_database",
    "exporter.narrowing:bind",
    "exporter.narrowing:apply_rules",
    "exporter.narrowing:note_duplicates",
    "exporter.unique:_suspects",
    "exporter.unique:_twice",
    "exporter.ranges:checked",
    "exporter.ranges:_key",
    "exporter.zipwriter:ZipWriter._deflated",
    "exporter.store:_digest",
    "exporter.store:_sync",
    "exporter_dwca.archive:_coverage",
    "exporter_dwca.checks:check_rows",
)


class Clock:
    """Calls, seconds and rows by name."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = defaultdict(int)
        self.seconds: dict[str, float] = defaultdict(float)
        self.rows: dict[str, int] = defaultdict(int)

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed; of a generator only the time in which it runs."""

        @functools.wraps(call)
        def timing(*args: Any, **kwargs: Any) -> Any:
            begin = time.perf_counter()
            self.calls[name] += 1
            try:
                found = call(*args, **kwargs)
            finally:
                self.seconds[name] += time.perf_counter() - begin
            return self._resumed(name, found) if isinstance(found, Iterator) and hasattr(found, "gi_frame") else found

        return timing

    def _resumed(self, name: str, found: Iterator[Any]) -> Iterator[Any]:
        end = object()
        while True:
            begin = time.perf_counter()
            value = next(found, end)
            self.seconds[name] += time.perf_counter() - begin
            if value is end:
                return
            yield value

    def lines(self) -> list[tuple[str, int, float, int]]:
        """Names with calls, seconds and rows; the slowest first."""
        return sorted(((n, self.calls[n], s, self.rows[n]) for n, s in self.seconds.items()), key=lambda line: -line[2])


class Stages:
    """A host's plugin that hears when a stage begins, with the peak of memory by stage from a thread that looks all the time."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float]] = [("resolve, open", time.perf_counter())]
        self.peak: dict[str, int] = defaultdict(int)
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def exporter_notify(self, ctx: Any, event: Any) -> None:
        self.begun.append((event.stage, time.perf_counter()))

    def stop(self) -> None:
        self._over.set()
        self._watcher.join()
        self.begun.append(("", time.perf_counter()))

    def _watch(self) -> None:
        while not self._over.wait(0.002):
            stage = self.begun[-1][0]
            self.peak[stage] = max(self.peak[stage], resident())

    def lines(self) -> list[tuple[str, float, float]]:
        """Stages in order with seconds and peak MB."""
        pairs = zip(self.begun, self.begun[1:], strict=False)
        return [(stage, after - begin, self.peak[stage] / 1e6) for (stage, begin), (_, after) in pairs]


def resident() -> int:
    """The bytes that this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def watch_steps(clock: Clock) -> None:
    """Time the named functions."""
    for path in STEPS:
        module, _, dotted = path.partition(":")
        if importlib.util.find_spec(module) is None:
            continue
        owner: Any = importlib.import_module(module)
        *outer, name = dotted.split(".")
        for part in outer:
            owner = getattr(owner, part, None)
        if hasattr(owner, name):
            setattr(owner, name, clock.timed(dotted, getattr(owner, name)))


def watch_statements(clock: Clock) -> None:
    """Time every statement of the SQLite driver: to execute it, and to fetch its rows."""
    module = sqlite_module()

    class Cursor(module.Cursor):  # type: ignore[misc,name-defined]
        statement = ""

        def execute(self, sql: str, *args: Any) -> Any:
            self.statement = shortened(sql)
            clock.calls[self.statement] += 1
            return self._spent(super().execute, sql, *args)

        def fetchmany(self, *args: Any) -> Any:
            return self._counted(self._spent(super().fetchmany, *args))

        def fetchall(self) -> Any:
            return self._counted(self._spent(super().fetchall))

        def fetchone(self) -> Any:
            return self._spent(super().fetchone)

        def _spent(self, call: Callable[..., Any], *args: Any) -> Any:
            begin = time.perf_counter()
            try:
                return call(*args)
            finally:
                clock.seconds[self.statement] += time.perf_counter() - begin

        def _counted(self, rows: Any) -> Any:
            clock.rows[self.statement] += len(rows)
            return rows

    class Connection(module.Connection):  # type: ignore[misc,name-defined]
        __module__ = module.__name__  # by which the core finds the driver

        def cursor(self, factory: Any = None) -> Any:
            return super().cursor(factory or Cursor)

    module.connect = functools.partial(module.connect, factory=Connection)


def shortened(sql: str, most: int = 180) -> str:
    """A statement in one line: where it is long, its beginning, and what follows its FROM."""
    words = re.sub(r"\s+", " ", sql)
    if len(words) <= most:
        return words
    tail = words[words.rfind(" FROM ") :] if " FROM " in words else words[-most // 2 :]
    return f"{words[: most // 2]} ... {tail[-most // 2 :]}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Show where the time and the memory of one run go.")
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--journal", choices=("wal", "delete"), default="wal")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of the format")
    parser.add_argument(
        "--python", action="store_true", help="also the functions that take longest (cProfile slows them down)"
    )
    words = parser.parse_args()
    made = database(BUILD, words.rows, words.journal)
    os.chdir(made.folder)
    steps, statements = Clock(), Clock()
    watch_steps(steps)
    watch_statements(statements)
    stages = Stages()
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        options = dict(o.split("=", 1) for o in words.option)
        output = Path(folder) / "bench.zip"
        export = functools.partial(exporter.run, format="dwca", output=output, options=options, plugins=[stages])
        profile.runcall(export) if words.python else export()
        stages.stop()
    show(stages, steps, statements)
    if words.python:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def show(stages: Stages, steps: Clock, statements: Clock) -> None:
    print(f"\n{'stage':<40} {'s':>7} {'peak MB':>8}")
    for stage, seconds, peak in stages.lines():
        print(f"{stage:<40} {seconds:7.3f} {peak:8.1f}")
    print(f"\n{'step (one lies inside another)':<40} {'s':>7} {'calls':>8}")
    for name, calls, seconds, _ in steps.lines():
        print(f"{name:<40} {seconds:7.3f} {calls:8}")
    print(f"\n{'s':>7} {'calls':>5} {'rows':>7}  statement")
    for name, calls, seconds, rows in statements.lines():
        if seconds >= 0.001:
            print(f"{seconds:7.3f} {calls:5} {rows:7}  {name}")


if __name__ == "__main__":
    main()
