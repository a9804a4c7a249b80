"""One process at a time, measured from outside: wall, CPU and peak memory, as the system counted them when it ended."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MB = 1_000_000


class BenchmarkError(Exception):
    """A way that failed, or that wrote something else than it should."""


@dataclass(frozen=True)
class Way:
    """A way of doing the work: a command line, and what it is given.

    :param outputs: the files and folders that it makes; removed before each run.
    :param stdin: a file that it reads.
    :param environment: variables beside those of this process.
    :param rounds: how many rounds it takes part in, where it is too slow for all; the first ones.
    :param seconds: one of the outputs, a file that it writes the seconds of one step to; they count as its time on the clock.
    """

    name: str
    command: Sequence[str]
    folder: Path
    outputs: tuple[Path, ...] = ()
    stdin: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    rounds: int | None = None
    seconds: Path | None = None

    def remove(self) -> None:
        """Remove what it made."""
        for output in self.outputs:
            if output.is_dir():
                shutil.rmtree(output)
            output.unlink(missing_ok=True)

    def size(self) -> int:
        """Bytes of all that it made."""
        found = [path for output in self.outputs for path in (output, *output.rglob("*"))]
        return sum(path.stat().st_size for path in found if path.is_file())


@dataclass(frozen=True)
class Sample:
    """One run: seconds on the clock, seconds of CPU in user and system mode, peak memory in bytes."""

    wall: float
    cpu: float
    peak: int


def run_once(way: Way) -> Sample:
    """Run it to its end.

    :raises BenchmarkError: when it fails, with what it said.
    """
    way.remove()
    os.sync()  # what the run before has left to write is not this one's burden
    with (way.stdin or Path(os.devnull)).open("rb") as given:
        begin = time.perf_counter()
        process = subprocess.Popen(
            way.command,
            cwd=way.folder,
            env=os.environ | dict(way.environment),
            stdin=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise BenchmarkError(f"{way.name} ended with {process.returncode}:\n{said.decode(errors='replace')}")
    if way.seconds is not None:
        wall = float(way.seconds.read_text(encoding="utf-8"))
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def interleaved(ways: Sequence[Way], rounds: int) -> dict[str, list[Sample]]:
    """Samples by name: A B C, A B C, ... so that whatever else the machine does meets all alike."""
    samples: dict[str, list[Sample]] = {way.name: [] for way in ways}
    for number in range(rounds):
        for way in ways:
            if way.rounds is not None and number >= way.rounds:
                continue
            tell(f"{number + 1}/{rounds} {way.name}")
            samples[way.name].append(run_once(way))
    tell("")
    return samples


def tell(words: str) -> None:
    """Say what is going on, in one line that the next one replaces; nothing where nobody looks."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def ratio(samples: Mapping[str, Sequence[Sample]], one: str, other: str) -> float:
    """How many times as long one takes as the other: the median over the rounds in which both ran, side by side."""
    both = zip(samples[one], samples[other], strict=False)  # a way with fewer rounds runs in the first ones
    return statistics.median(a.wall / b.wall for a, b in both)


def summary(samples: Sequence[Sample]) -> tuple[float, float, float, float]:
    """Least and median seconds on the clock, median seconds of CPU, highest peak in MB."""
    walls = [s.wall for s in samples]
    cpu = statistics.median(s.cpu for s in samples)
    return min(walls), statistics.median(walls), cpu, max(s.peak for s in samples) / MB
