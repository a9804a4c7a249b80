"""What can go wrong, and whose fault it is.

Every error that a user may see is an `ExporterError`: the message says what was wrong and where, the hint says what to do. The
exit codes of the command line follow the class, so that a script can tell a wrong word from a broken plugin.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporter.report import Report


class ExporterError(Exception):
    """Something went wrong that we can explain; the base of all others, and on its own a fault of ours (exit code 1)."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class InputError(ExporterError):
    """What the user gave cannot be used: a name, an option, a filter, a file (exit code 2)."""

    exit_code = 2


class SourceError(InputError):
    """The database cannot be read as it was described: gone, locked, dropped, a column missing (exit code 2)."""


class FindingsError(InputError):
    """Findings of level error stopped the run; nothing was published (exit code 2). `report` holds them all."""

    def __init__(self, message: str, *, hint: str = "", report: Report) -> None:
        super().__init__(message, hint=hint)
        self.report = report


class PluginError(ExporterError):
    """A plugin broke its contract or raised; the message names it (exit code 3)."""

    exit_code = 3


class ReadAgainError(PluginError):
    """A plugin read a table a second time. Who called the plugin adds its name (`exporter.blame`)."""


class Cancelled(ExporterError):
    """The run was stopped on request; nothing was published (exit code 130, as shells report Ctrl-C)."""

    exit_code = 130


_MOST_NAMES = 24


def nearest(name: str, known: Iterable[str]) -> str:
    """A question that names the nearest of `known`; empty where nothing is near."""
    import difflib

    folded = {n.casefold(): n for n in sorted(known)}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"Did you mean '{folded[near[0]]}'?" if near else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest of `known`, or all of them where nothing is near."""
    names = sorted(known)
    if near := nearest(name, names):
        return near
    shown = names if len(names) <= _MOST_NAMES else [*names[:_MOST_NAMES], f"and {len(names) - _MOST_NAMES} more"]
    return f"Known: {', '.join(shown)}." if names else ""


def unknown(kind: str, name: str, known: Iterable[str], *, hint: str = "") -> InputError:
    """The error for a name that nobody knows, with the nearest known one."""
    return InputError(f"There is no {kind} '{name}'. {did_you_mean(name, known)}".rstrip(), hint=hint)
