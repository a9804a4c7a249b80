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
def readers(connection: Connection, module: Any, path: Path, workers: int) -> Iterator[tuple[tuple[Connection, ...], str]]:
    """Begin on the connection, and on as many more as there are workers.

    :param connection: idle, of an engine for this very file.
    :yields: the further connections, and no reason; or none, and why.
    """
    with contextlib.ExitStack() as opened:
        if workers == 1:
            begin(connection)
            yield (), ""
            return
        with _gate(module, path) as alone:
            begin(connection)
            more = tuple(opened.enter_context(connection.engine.connect()) for _ in range(0 if alone else workers))
            for each in more:
                begin(each)
        yield more, alone


def begin(connection: Connection) -> None:
    """Begin a transaction and read: drivers begin for a write only, and SQLite takes its snapshot with the first read."""
    connection.exec_driver_sql("begin")
    connection.exec_driver_sql("select 1 from sqlite_master limit 1").fetchall()


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
