"""What a benchmark found: its figures in Markdown, and the numbers that were promised beside those that were measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measure import MB, Sample, Way, ratio, summary
from page import table


class SkippedError(Exception):
    """A benchmark that this machine cannot run, with the reason."""


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


def at_most(text: str, measured: float, limit: float, aim: float | None = None) -> Demand:
    """A ratio that may not be higher; an aim beyond it is told, and demanded by nobody."""
    aimed = "" if aim is None else f" (aim: {aim:.1f})"
    return Demand(f"{text}: at most {limit:.1f}{aimed}", f"{measured:.2f}", measured <= limit)


def at_least(text: str, measured: float, limit: float) -> Demand:
    """A ratio that may not be lower."""
    return Demand(f"{text}: at least {limit:.1f}", f"{measured:.2f}", measured >= limit)


def most_mb(text: str, measured: float, limit: float) -> Demand:
    """A peak of memory, in millions of bytes, that may not be higher."""
    return Demand(f"{text}: at most {limit:.0f} MB", f"{measured:.1f} MB", measured <= limit)


def timings(ways: Sequence[Way], samples: Mapping[str, Sequence[Sample]], base: str, short: str) -> str:
    """A table of all ways.

    :param base: the way that the last column divides by, and `short`, what that column calls it.
    """
    header = ("way", "runs", "wall s, least", "median", "CPU s", "peak MB", "file MB", f"times {short}")
    return table(header, [_timing(way, samples, base) for way in ways])


def _timing(way: Way, samples: Mapping[str, Sequence[Sample]], base: str) -> tuple[str, ...]:
    least, median, cpu, peak = summary(samples[way.name])
    made = f"{way.size() / MB:.0f}" if way.outputs else ""
    times = f"{ratio(samples, way.name, base):.2f}"
    return (way.name, f"{len(samples[way.name])}", f"{least:.2f}", f"{median:.2f}", f"{cpu:.2f}", f"{peak:.0f}", made, times)
