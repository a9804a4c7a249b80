"""A made-up host app whose every commit keeps a sum, and a writer that commits all the time.

    python ledger.py URL        # commits until its input ends, then prints what it did as JSON

Nights, sightings and pictures hold amounts. A commit moves amounts between rows of any of the three tables, adds sightings with
their pictures, or removes them; the sum over all tables never changes. Every commit writes its number, the tick, into the first
row of each table: a copy of the data with three different ticks shows more than one moment.
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
import threading
import time
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.pool import NullPool

SUM = 100_000_000
_NIGHTS, PER_NIGHT = 600, 60
_METADATA = MetaData()
NIGHTS = Table(
    "nights",
    _METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("uid", String(40), unique=True),
    Column("tick", Integer),
    Column("amount", Integer),
    Column("sightings", Integer),
    Column("started_at", String(25)),
)
SIGHTINGS = Table(
    "sightings",
    _METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("uid", String(40), unique=True),
    Column("tick", Integer),
    Column("amount", Integer),
    Column("night_id", ForeignKey("nights.id"), index=True),
    Column("name", String(80)),
)
PICTURES = Table(
    "pictures",
    _METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("tick", Integer),
    Column("amount", Integer),
    Column("night_id", ForeignKey("nights.id"), index=True),
    Column("sighting_id", ForeignKey("sightings.id"), index=True),
    Column("address", String(120)),
)
TABLES = (NIGHTS, SIGHTINGS, PICTURES)


def engine_for(url: str, **settings: Any) -> Engine:
    """An engine as a host has it; on SQLite it begins what it says (docs.sqlalchemy.org, 'Serializable isolation')."""
    if not url.startswith("sqlite"):
        return create_engine(url, **settings)
    engine = create_engine(url, connect_args={"timeout": 60, "isolation_level": None}, **settings)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("begin")

    return engine


def build(url: str, *, journal: str = "", nights: int = _NIGHTS) -> None:
    """Create the tables and fill them.

    :param journal: SQLite's journal mode.
    :param nights: how many; a writer needs all of them.
    """
    engine = engine_for(url, poolclass=NullPool)
    if journal:
        with engine.connect() as connection:
            connection.connection.cursor().execute(f"pragma journal_mode = {journal}")
    with engine.begin() as connection:
        _METADATA.create_all(connection)
        for number in range(1, nights + 1):
            add_night(connection, number, PER_NIGHT)
        missing = SUM - int(connection.execute(select(func.sum(NIGHTS.c.amount))).scalar_one())
        connection.execute(NIGHTS.update().where(NIGHTS.c.id == 1).values(amount=NIGHTS.c.amount + missing))
    engine.dispose()


def add_night(connection: Connection, number: int, sightings: int) -> None:
    """A night with its sightings, each with a picture. Only the night has an amount."""
    night = {"id": number, "uid": f"night-{number}", "tick": 0, "amount": 0, "sightings": sightings}
    connection.execute(insert(NIGHTS), {**night, "started_at": f"2024-06-{number % 30 + 1:02}T21:30:00+02:00"})
    ids = range(number * 1000, number * 1000 + sightings)
    found = [
        {"id": i, "uid": f"sighting-{i}", "tick": 0, "amount": 0, "night_id": number, "name": "Noctua pronuba"} for i in ids
    ]
    connection.execute(insert(SIGHTINGS), found)
    shown = {"tick": 0, "amount": 0, "night_id": number}
    connection.execute(
        insert(PICTURES), [{**shown, "id": i, "sighting_id": i, "address": f"https://example.org/{i}.jpg"} for i in ids]
    )


class Writer:
    """Commits changes that keep the sum, one after the other."""

    def __init__(self, url: str) -> None:
        settings: dict[str, Any] = {"poolclass": NullPool}
        self._engine = engine_for(url, **settings)
        self._chance = random.Random(7)
        self._added: list[int] = []
        self._tick = 0
        self._counts = [_NIGHTS, _NIGHTS * PER_NIGHT]
        self.states: dict[int, list[int]] = {0: list(self._counts)}
        self.longest = 0.0

    def run(self, stopped: threading.Event) -> None:
        """Commit until it is time to stop."""
        with self._engine.connect() as connection:
            _spare_the_disk(connection)
            while not stopped.is_set():
                self._tick += 1
                started = time.perf_counter()
                self._change(connection)
                connection.commit()
                self.longest = max(self.longest, time.perf_counter() - started)
                self.states[self._tick] = list(self._counts)

    def _change(self, connection: Connection) -> None:
        for table, first in zip(TABLES, (1, 1000, 1000), strict=True):
            connection.execute(table.update().where(table.c.id == first).values(tick=self._tick))
        for _ in range(3):
            self._move(connection)
        if self._added and self._chance.random() < 0.5:
            self._remove(connection, self._added.pop(self._chance.randrange(len(self._added))))
        else:
            self._add(connection)

    def _move(self, connection: Connection) -> None:
        amount = self._chance.randrange(1, 1000)
        for sign in (-1, 1):
            table = self._chance.choice(TABLES)
            number = self._chance.randrange(1, _NIGHTS + 1)
            row = number if table is NIGHTS else number * 1000 + self._chance.randrange(PER_NIGHT)
            connection.execute(table.update().where(table.c.id == row).values(amount=table.c.amount + sign * amount))

    def _add(self, connection: Connection) -> None:
        number, sightings = _NIGHTS + self._tick, self._chance.randrange(1, 5)
        add_night(connection, number, sightings)
        self._give(connection, number, 5)
        self._give(connection, 1, -5)
        self._added.append(number)
        self._counts[0] += 1
        self._counts[1] += sightings

    def _remove(self, connection: Connection, number: int) -> None:
        gone = connection.execute(PICTURES.delete().where(PICTURES.c.night_id == number)).rowcount
        connection.execute(SIGHTINGS.delete().where(SIGHTINGS.c.night_id == number))
        connection.execute(NIGHTS.delete().where(NIGHTS.c.id == number))
        self._give(connection, 1, 5)
        self._counts[0] -= 1
        self._counts[1] -= gone

    def _give(self, connection: Connection, number: int, amount: int) -> None:
        connection.execute(NIGHTS.update().where(NIGHTS.c.id == number).values(amount=NIGHTS.c.amount + amount))


def _spare_the_disk(connection: Connection) -> None:
    """Only the wait for locks is of interest, not the one for a disk that other tests use, too."""
    words = {"sqlite": "pragma synchronous = off", "postgresql": "set synchronous_commit = off"}
    driver = connection.connection.driver_connection
    assert driver is not None
    with contextlib.closing(driver.cursor()) as cursor:
        cursor.execute(words.get(connection.dialect.name, "select 1"))
    driver.commit()


def main() -> None:
    """Write until the input ends."""
    writer = Writer(sys.argv[1])
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
    print("ready", flush=True)  # noqa: T201 - whoever started this waits for it
    writer.run(stopped)
    print(json.dumps({"longest": writer.longest, "states": writer.states}))  # noqa: T201


if __name__ == "__main__":
    main()
