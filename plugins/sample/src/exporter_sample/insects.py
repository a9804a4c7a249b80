"""A database of a made-up platform for insect camera traps: any size, always the same.

    build(Path("insects.db"), occurrences=50_000)

Clean data, but for what a report should show: some occurrences without determination, a few that were withdrawn, and a night
without any.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from exporter_sample.database import Row, chance, insert, new_database, run_script, utc, uuid4
from exporter_sample.insects_plan import DEVICES, PROJECTS, TARGETS, Night, Plan, locality, site_row
from exporter_sample.insects_rows import ALGORITHMS, USERS, Rows
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
    plan = Plan(occurrences)
    with new_database(path) as connection:
        run_script(connection, "insects_schema.sql")
        _load_small(connection, plan, seed)
        _load_nights(connection, plan, seed)
        run_script(connection, "insects_indexes.sql")


def _load_small(connection: sqlite3.Connection, plan: Plan, seed: int) -> None:
    insert(connection, "projects", PROJECTS)
    insert(connection, "devices", DEVICES)
    insert(connection, "users", USERS)
    insert(connection, "algorithms", ALGORITHMS)
    insert(connection, "taxa", (t.row for t in backbone()))
    insert(connection, "sites", map(site_row, range(plan.sites)))
    insert(connection, "collections", ((id, id, f"{name}: every fifth capture") for id, _, name, _ in PROJECTS))
    insert(connection, "events", _events(plan, seed))
    insert(connection, "targets", _targets(plan))


def _events(plan: Plan, seed: int) -> Iterator[Row]:
    """Deployments, then nights."""
    dice = chance("events", seed)
    for deployment in range(plan.deployments):
        nights = [plan.night(n) for n in plan.nights_of(deployment)]
        yield _event(uuid4(dice), deployment + 1, None, "deployment", nights)
    for number in range(plan.nights):
        night = plan.night(number)
        yield _event(uuid4(dice), night.id, night.deployment, "night", [night])


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
    rows = Rows(backbone(), chance("nights", seed))
    for first in range(0, plan.nights, _NIGHTS_AT_ONCE):
        for number in range(first, min(first + _NIGHTS_AT_ONCE, plan.nights)):
            rows.night(plan.night(number))
        for table, made in rows.tables.items():
            insert(connection, table, made)
            made.clear()
