"""What tests ask of any sample database."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import sqlite3
from pathlib import Path
from typing import Any


def drivers() -> list[Any]:
    """Each SQLite that is installed."""
    found = [sqlite3]
    with contextlib.suppress(ImportError):
        found.append(importlib.import_module("pysqlite3"))
    return found


def digest(path: Path) -> str:
    """A digest of all rows."""
    found = hashlib.sha256()
    with contextlib.closing(sqlite3.connect(path)) as db:
        for table in values(db, "select name from sqlite_master where type = 'table' order by name"):
            for row in db.execute(f"select * from {table} order by id"):
                found.update(repr(row).encode())
    return found.hexdigest()


def values(db: sqlite3.Connection, sql: str) -> list[Any]:
    """The first column."""
    return [r[0] for r in db.execute(sql)]


def one(db: sqlite3.Connection, sql: str) -> Any:
    """The first value."""
    return values(db, sql)[0]
