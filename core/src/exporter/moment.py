"""One moment of a database: the transaction that a run reads in, from its first row to its last.

What each database needs for that differs, and stands here alone:

- SQLite in WAL mode: BEGIN and a first read; writers go on.
- A SQLite file in a rollback-journal mode: a reader would block its writers, so a private copy is made (`exporter.sqlitecopy`).
- PostgreSQL: REPEATABLE READ, READ ONLY. MariaDB: START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY.
- A connection that a host lends in the middle of a transaction: nothing is begun, committed or set on it. One that is lent idle is
  given back idle.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import Connection

from exporter.cancel import Cancel
from exporter.database import ANY_BYTES, open_engine, sqlite_file, sqlite_module, told
from exporter.report import Finding
from exporter.source import Source
from exporter.sqlitecopy import copy_database

_PROGRESS_STEPS = 100_000  # SQLite virtual machine steps between two looks at the cancel flag: some milliseconds
_IN_TRANSACTION, _AUTOCOMMIT = 1, 2  # of the server's status flags in the MySQL protocol
MOMENT_NOT_HELD = "MOMENT_NOT_HELD"
_SETTINGS = (
    "work_mem to '256MB'",  # lists of identifiers are looked up in a hash, not one by one
    "datestyle to 'ISO'",  # these make texts, and a server or a user may have others
    "timezone to 'UTC'",
    "extra_float_digits to 1",
    "intervalstyle to 'iso_8601'",
)
_HOLDS = {"REPEATABLE READ", "SERIALIZABLE", "SNAPSHOT"}


@attrs.frozen
class Snapshot:
    """An open read transaction.

    :param kind: how the moment is held: transaction, copy or borrowed.
    :param isolation: the isolation level that the database names.
    """

    connection: Connection
    kind: str
    isolation: str

    def findings(self) -> list[Finding]:
        """What a reader of the artifact should know about its moment."""
        if self.isolation in _HOLDS:
            return []
        message = (
            f"The transaction that was lent is {self.isolation}: what others commit during the export may be in one file and "
            "not in another. Lend one that is REPEATABLE READ, or an engine."
        )
        return [Finding("warning", MOMENT_NOT_HELD, message)]


@contextlib.contextmanager
def snapshot(source: Source, scratch: Path, cancel: Cancel) -> Iterator[Snapshot]:
    """The source at one moment, until the block ends.

    :param scratch: a folder for a private copy, should one be needed.
    :raises SourceError: when the database is gone, locked or refuses.
    """
    with told(source, cancel):
        if source.connection is not None or source.session is not None:
            with _lent(source, scratch) as opened:
                yield opened
            return
        engine = source.engine if source.engine is not None else open_engine(source, scratch)
        try:
            with (
                engine.connect() as connection,
                _held(connection, scratch) as opened,
                _interruptible(opened.connection, cancel),
            ):
                yield opened
        finally:
            if source.engine is None:
                engine.dispose()


@contextlib.contextmanager
def _lent(source: Source, scratch: Path) -> Iterator[Snapshot]:
    lender = source.session if source.session is not None else source.connection
    assert lender is not None
    if source.session is not None and source.session.autoflush:
        source.session.flush()  # as it does before each query of the host's own
    begun = lender.in_transaction()
    connection = source.session.connection() if source.session is not None else source.connection
    assert connection is not None
    try:
        if begun and not _idle(connection):
            yield Snapshot(connection, "borrowed", str(connection.get_isolation_level()))
        else:
            with _held(connection, scratch) as opened:
                yield opened
    finally:
        if not begun:
            lender.rollback()


def _idle(connection: Connection) -> bool:
    """Whether the database knows of no transaction, whatever SQLAlchemy believes: a driver may begin at the first write."""
    driver: Any = connection.connection.driver_connection
    match connection.dialect.name, connection.dialect.driver:
        case "sqlite", _:
            return not driver.in_transaction
        case "postgresql", "psycopg":
            return int(driver.info.transaction_status) == 0
        case "mysql" | "mariadb", "pymysql":
            return bool(driver.server_status & (_AUTOCOMMIT | _IN_TRANSACTION) == _AUTOCOMMIT)
        case _:
            return False


@contextlib.contextmanager
def _held(connection: Connection, scratch: Path) -> Iterator[Snapshot]:
    """A transaction of our own on an idle connection, which is idle again afterwards, with all its settings as they were."""
    driver: Any = connection.connection.driver_connection
    try:
        match connection.dialect.name:
            case "sqlite":
                with _held_by_sqlite(connection, driver, scratch) as opened:
                    yield opened
            case "postgresql":
                yield _held_by_postgresql(connection, driver)
            case _:
                connection.exec_driver_sql("set transaction isolation level repeatable read")
                connection.exec_driver_sql("start transaction with consistent snapshot, read only")
                yield Snapshot(connection, "transaction", "REPEATABLE READ")
    finally:
        with contextlib.suppress(Exception):  # a connection that is gone has no transaction either
            driver.rollback()


def _held_by_postgresql(connection: Connection, driver: Any) -> Snapshot:
    begin = "begin" if getattr(driver, "autocommit", False) else "set transaction"
    connection.exec_driver_sql(f"{begin} isolation level repeatable read, read only")
    for setting in _SETTINGS:
        connection.exec_driver_sql(f"set local {setting}")
    if connection.exec_driver_sql("show server_encoding").scalar() == "SQL_ASCII":
        _take_any_bytes(connection, driver)
    connection.exec_driver_sql("select 1")
    return Snapshot(connection, "transaction", "REPEATABLE READ")


def _take_any_bytes(connection: Connection, driver: Any) -> None:
    """Texts of a database in SQL_ASCII are any bytes. As LATIN1 they come and go as they are, and mean UTF-8 where they can."""
    if connection.dialect.driver != "psycopg":
        return
    from psycopg.adapt import Loader
    from sqlalchemy import event

    class AnyBytes(Loader):
        def load(self, data: Any) -> str:
            return bytes(data).decode("utf-8", "surrogateescape")

    for kind in ("text", "varchar", "bpchar", "name"):
        driver.adapters.register_loader(kind, AnyBytes)
    connection.exec_driver_sql("set local client_encoding to 'LATIN1'")
    connection.info[ANY_BYTES] = True

    @event.listens_for(connection, "before_cursor_execute", retval=True)
    def as_bytes(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> tuple[str, Any]:
        return statement.encode().decode("latin-1"), parameters


@contextlib.contextmanager
def _held_by_sqlite(connection: Connection, driver: Any, scratch: Path) -> Iterator[Snapshot]:
    databases = connection.exec_driver_sql("pragma database_list").fetchall()
    journal = str(connection.exec_driver_sql("pragma journal_mode").scalar()).lower()
    driver.rollback()  # a host's engine may begin by itself, and for writing
    path = databases[0][2]
    if not path or journal == "wal" or len(databases) > 1:  # a copy has neither temporary tables nor attached files
        yield _begun(connection, "transaction")
        return
    module = _module_of(driver)
    private = scratch / "snapshot.db"
    copy_database(driver, module, Path(path), private)
    copied = sqlite_file(module, private)
    try:
        with copied.connect() as own:
            yield _begun(own, "copy")
            own.exec_driver_sql("rollback")
    finally:
        copied.dispose()
        private.unlink(missing_ok=True)


def _module_of(driver: Any) -> Any:
    """The SQLite module that a connection is of, also where a host has a class of its own."""
    roots = (c.__module__.split(".")[0] for c in type(driver).__mro__)
    return next((sys.modules[r] for r in roots if r in ("sqlite3", "pysqlite3")), sqlite_module())


def _begun(connection: Connection, kind: str) -> Snapshot:
    connection.exec_driver_sql("begin")  # SQLite's drivers begin for a write only, SQLAlchemy leaves it to them
    connection.exec_driver_sql("select 1 from sqlite_master limit 1").fetchall()
    return Snapshot(connection, kind, "SERIALIZABLE")


@contextlib.contextmanager
def _interruptible(connection: Connection, cancel: Cancel) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.set_progress_handler(lambda: int(cancel.requested), _PROGRESS_STEPS)
        try:
            yield
        finally:
            driver.set_progress_handler(None, _PROGRESS_STEPS)  # a host's pool would hand it on
        return
    interrupt = getattr(driver, "cancel", None)
    with cancel.interrupting(interrupt) if callable(interrupt) else contextlib.nullcontext():
        yield
