"""A private copy of a SQLite file in a rollback-journal mode, made while others go on writing.

Nobody can commit while a connection reads, so all that takes long is done without a lock: the file is copied as it is, then a read
lock is taken, and only what has changed meanwhile is copied again. Comparing takes about a tenth of the time of copying.

A process of its own does that: POSIX takes all locks on a file from a process that closes any handle on it, and the host may have
connections of its own to the file.

    python -m exporter.sqlitecopy host.db copy.db
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.exc import SQLAlchemyError

from exporter.database import reason, sqlite_file, sqlite_module

SMALL = 32 << 20  # bytes; up to here the backup API is done before another process would have started
_PIECE = 1 << 20


def copy_database(driver: Any, module: Any, path: Path, target: Path) -> None:
    """Copy a database to a new file.

    :param driver: an idle connection to it, of `module`.
    :raises Error: of the module, when the database is locked for too long or cannot be read.
    """
    known = module.__name__ in ("sqlite3", "pysqlite3")  # another may encrypt its files
    python = Path(sys.executable or "").name.startswith("python")  # in an application server it may be the server
    if path.stat().st_size <= SMALL or not (known and python):
        _back_up(driver, module, target)
        return
    command = [sys.executable, "-m", "exporter.sqlitecopy", str(path), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words and a path
    if done.returncode:
        raise module.OperationalError((done.stderr.strip().splitlines() or ["the copy failed"])[-1])


def _back_up(driver: Any, module: Any, target: Path) -> None:
    copied = module.connect(str(target), isolation_level=None)
    try:
        copied.execute("pragma synchronous = off")
        driver.backup(copied)
    finally:
        copied.close()


def _level(original: BinaryIO, copied: BinaryIO) -> None:
    """Make the copy the same as the original, which stands still meanwhile."""
    size = original.seek(0, os.SEEK_END)
    copied.truncate(size)
    for start in range(0, size, _PIECE):
        original.seek(start)
        copied.seek(start)
        piece = original.read(_PIECE)
        if copied.read(_PIECE) != piece:
            copied.seek(start)
            copied.write(piece)


def main(path: Path, target: Path) -> None:
    """Copy without a lock, then level with one."""
    with path.open("rb") as original:  # closed last of all: its end is the end of every lock on the file
        shutil.copyfile(path, target)
        engine = sqlite_file(sqlite_module(), path)
        with target.open("r+b") as copied, engine.connect() as connection:
            connection.exec_driver_sql("begin")
            connection.exec_driver_sql("select 1 from sqlite_master limit 1").fetchall()
            _level(original, copied)
            connection.exec_driver_sql("rollback")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except (SQLAlchemyError, OSError) as error:
        sys.exit(reason(error))
