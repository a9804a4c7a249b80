"""A database of a made-up platform for insect camera traps: any size, always the same.

    build(Path("insects.db"), occurrences=50_000)

Clean data, but for what a report should show: some occurrences without determination, a few that were withdrawn, and a night
without any.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import sqlite3
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from exporter_sample.insects_plan import DEVICES, PROJECTS, TARGETS, Night, Plan, locality, site_row
from exporter_sample.insects_rows import ALGORITHMS, USERS, Row, Rows, utc, uuid4
from exporter_sample.taxa import backbone

_NIGHTS_AT_ONCE = 50


def build(path: Path, *, occurrences: int = 2000, seed: int = 7) -> None:
    """Write the database; a file that is there already is replaced once the new one is complete.

    The same arguments give the same rows, whatever the versions of Python and SQLite. Memory does not grow with the size.

    :param occurrences: how many, from 0.
    :raises ValueError: for a negative number.
    """
    if occurrences < 0:
        raise ValueError(f"occurrences must be 0 or more, not {occurrences}")
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            _write(connection, Plan(occurrences), seed)
        for left in ("-wal", "-shm"):  # of an old file; SQLite would play them into the new one
            path.with_name(path.name + left).unlink(missing_ok=True)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(connection: sqlite3.Connection, plan: Plan, seed: int) -> None:
    connection.execute("pragma journal_mode = off")  # nobody else sees the file, and a broken one is thrown away
    connection.execute("pragma synchronous = off")
    connection.execute("begin")
    _run(connection, "insects_schema.sql")
    _load_small(connection, plan, seed)
    _load_nights(connection, plan, seed)
    _run(connection, "insects_indexes.sql")
    connection.execute("commit")
    connection.execute("pragma journal_mode = wal")  # as an app with many readers would have it


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run a script within the open transaction, which `executescript` would end."""
    for statement in files(__package__).joinpath(script).read_text(encoding="utf-8").split(";\n"):
        connection.execute(statement)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    rows = iter(rows)
    for first in itertools.islice(rows, 1):
        marks = ", ".join("?" * len(first))
        connection.executemany(f"insert into {table} values ({marks})", itertools.chain([first], rows))


def _load_small(connection: sqlite3.Connection, plan: Plan, seed: int) -> None:
    _insert(connection, "projects", PROJECTS)
    _insert(connection, "devices", DEVICES)
    _insert(connection, "users", USERS)
    _insert(connection, "algorithms", ALGORITHMS)
    _insert(connection, "taxa", (t.row for t in backbone()))
    _insert(connection, "sites", map(site_row, range(plan.sites)))
    _insert(connection, "collections", ((id, id, f"{name}: every fifth capture") for id, _, name, _ in PROJECTS))
    _insert(connection, "events", _events(plan, seed))
    _insert(connection, "targets", _targets(plan))


def _events(plan: Plan, seed: int) -> Iterator[Row]:
    """Deployments, then nights."""
    chance = _chance("events", seed)
    for deployment in range(plan.deployments):
        nights = [plan.night(n) for n in plan.nights_of(deployment)]
        yield _event(uuid4(chance), deployment + 1, None, "deployment", nights)
    for number in range(plan.nights):
        night = plan.night(number)
        yield _event(uuid4(chance), night.id, night.deployment, "night", [night])


def _targets(plan: Plan) -> Iterator[Row]:
    """The families that every night of a deployment looks for."""
    families = [t.id for t in backbone() if t.name in TARGETS]
    for number, (deployment, taxon) in enumerate(itertools.product(range(plan.deployments), families)):
        yield (number + 1, locality(deployment // 2).project, deployment + 1, taxon)


def _event(uid: str, id: int, parent: int | None, kind: str, nights: list[Night]) -> Row:
    first, last = nights[0], nights[-1]
    site = (first.deployment - 1) // 2
    hours, captures = round(sum(n.hours for n in nights), 1), sum(n.captures for n in nights)
    about = (id, uid, locality(site).project, parent, kind, site + 1, first.device)
    return (*about, first.start.isoformat(), last.end.isoformat(), hours, captures, utc(last.end))


def _load_nights(connection: sqlite3.Connection, plan: Plan, seed: int) -> None:
    rows = Rows(backbone(), _chance("nights", seed))
    for first in range(0, plan.nights, _NIGHTS_AT_ONCE):
        for number in range(first, min(first + _NIGHTS_AT_ONCE, plan.nights)):
            rows.night(plan.night(number))
        for table, made in rows.tables.items():
            _insert(connection, table, made)
            made.clear()


def _chance(part: str, seed: int) -> random.Random:
    return random.Random(f"{part} {seed}")  # noqa: S311 - made-up data, not a secret
