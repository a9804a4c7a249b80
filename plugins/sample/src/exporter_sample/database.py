"""What every sample database is written with: a new file, scripts, rows, chance that is the same everywhere."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Row = tuple[Any, ...]


@contextlib.contextmanager
def new_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection to an empty database; a file that is there already is replaced once all went well."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            connection.execute("pragma journal_mode = off")  # nobody else sees the file, and a broken one is thrown away
            connection.execute("pragma synchronous = off")
            connection.execute("begin")
            yield connection
            connection.execute("commit")
            connection.execute("pragma journal_mode = wal")  # as an app with many readers would have it
        for left in ("-wal", "-shm"):  # of an old file; SQLite would play them into the new one
            path.with_name(path.name + left).unlink(missing_ok=True)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run a script of this package within the open transaction, which `executescript` would end."""
    for statement in files(__package__).joinpath(script).read_text(encoding="utf-8").split(";\n"):
        connection.execute(statement)


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    """Insert rows that have a value for every column of the table."""
    rows = iter(rows)
    for first in itertools.islice(rows, 1):
        marks = ", ".join("?" * len(first))
        connection.executemany(f"insert into {table} values ({marks})", itertools.chain([first], rows))


def chance(part: str, seed: int) -> random.Random:
    """Chance for one part of a database. Only `random()` and `getrandbits()` of it are the same in every version of Python."""
    return random.Random(f"{part} {seed}")  # noqa: S311 - made-up data, not a secret


class Dice:
    """Throws of chance; the same in every version of Python."""

    def __init__(self, chance: random.Random) -> None:
        self._random = chance.random

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int((most - least + 1) * self._random())

    def pick(self, choices: Sequence[T]) -> T:
        """One of some choices."""
        return choices[int(len(choices) * self._random())]

    def likely(self, share: float) -> bool:
        """True in this share of all throws."""
        return self._random() < share


def uuid4(chance: random.Random) -> str:
    """Make a random UUID, version 4, in lower case."""
    digits = f"{chance.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def utc(when: dt.datetime) -> str:
    """Write a point in time as ISO 8601 in UTC, to the second, ending in Z."""
    return when.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def divided_up(a: int, b: int) -> int:
    """Divide, and round up."""
    return -(-a // b)
