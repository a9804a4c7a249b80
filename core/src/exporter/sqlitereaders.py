"""Several connections to one moment of a SQLite file.

They begin behind a gate: while a connection of its own holds the write lock, nobody commits, so that all who begin meanwhile see
the same state. The gate is closed for as long as it takes to open a few connections, and nothing is written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from exporter.database import connect_sqlite, is_driver_error, reason

_PATIENCE = 200  # milliseconds that the gate waits for a writer to finish; one reader is better than a long wait


@contextlib.contextmanager
def readers(connection: Connection, module: Any, path: Path, workers: int) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Begin on the connection, and on as many more as there are workers.

    :param connection: idle, to the same file.
    :yields: the further connections of `module`, and no reason; or none, and why.
    """
    driver: Any = connection.connection.driver_connection
    opened: list[Any] = []
    alone = ""
    try:
        if workers > 1:
            with _gate(module, path) as alone:
                begin(driver)
                for _ in range(0 if alone else workers):
                    opened.append(connect_sqlite(module, path))
                    begin(opened[-1])
        else:
            begin(driver)
        yield tuple(opened), alone
    finally:
        for each in opened:
            each.close()


def begin(driver: Any) -> None:
    """Begin a transaction and read: drivers begin for a write only, and SQLite takes its snapshot with the first read."""
    driver.execute("begin")
    driver.execute("select 1 from sqlite_master limit 1").fetchall()


@contextlib.contextmanager
def _gate(module: Any, path: Path) -> Iterator[str]:
    """Nobody commits while this is open.

    :yields: the reason why it could not be closed, or nothing.
    """
    keeper = connect_sqlite(module, path)
    try:
        keeper.execute(f"pragma busy_timeout = {_PATIENCE}")
        try:
            keeper.execute("begin immediate")
        except Exception as error:
            if not is_driver_error(error):
                raise
            yield f"its writers could not be held back for a moment: {reason(error)}"
            return
        yield ""
        keeper.rollback()
    finally:
        keeper.close()
