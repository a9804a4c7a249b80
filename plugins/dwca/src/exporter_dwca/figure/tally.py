"""How often each name comes, in flat memory: names go into a file in scratch whenever they have become many."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Any

import attrs

from exporter.database import sqlite_module

MANY = 100_000  # names in memory
_MERGE = """insert into names values (?, ?, ?) on conflict (name) do update
    set n = n + excluded.n, rank = min(rank, excluded.rank)"""


@attrs.define
class Tally:
    """Names with their rank and how often they came. A name of several ranks has the first of them by the alphabet."""

    file: Path
    _names: dict[str, tuple[str, int]] = attrs.field(factory=dict)
    _stored: Any = None

    def add(self, name: str, rank: str, times: int) -> None:
        """So many times more."""
        known = self._names.get(name)
        self._names[name] = (rank, times) if known is None else (min(rank, known[0]), known[1] + times)
        if len(self._names) >= MANY:
            self._store()

    def top(self, number: int) -> tuple[tuple[str, str, int], ...]:
        """The most frequent names, each with its rank and how often it came; equal ones by the alphabet."""
        if self._stored is None:
            found = sorted(((name, *each) for name, each in self._names.items()), key=lambda t: (-t[2], t[0]))
            return tuple(found[:number])
        self._store()
        return tuple(self._stored.execute("select * from names order by n desc, name limit ?", (number,)))

    def totals(self) -> tuple[int, int]:
        """How many names there are, and how often they came in all."""
        if self._stored is None:
            return len(self._names), sum(n for _, n in self._names.values())
        self._store()
        names, rows = self._stored.execute("select count(*), total(n) from names").fetchone()
        return names, int(rows)

    def _store(self) -> None:
        if self._stored is None:
            self._stored = sqlite_module().connect(self.file, isolation_level=None)
            self._stored.execute("pragma journal_mode = off")
            self._stored.execute("pragma synchronous = off")
            self._stored.execute("create table names (name text primary key, rank text, n integer) without rowid")
        self._stored.execute("begin")
        self._stored.executemany(_MERGE, ((name, *each) for name, each in sorted(self._names.items())))
        self._stored.execute("commit")
        self._names.clear()

    def __enter__(self) -> Tally:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._stored is not None:
            self._stored.close()
        with contextlib.suppress(FileNotFoundError):
            self.file.unlink()
