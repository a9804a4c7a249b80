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

from exporter import sqlitereaders
from exporter.cancel import Cancel
from exporter.database import ANY_BYTES, open_engine, sqlite_file, sqlite_module, told
from exporter.report import Finding
from exporter.source import Source
from exporter.sqlitecopy import copy_database

_PROGRESS_STEPS = 100_000  # SQLite virtual machine steps between two looks at the cancel flag: some milliseconds
_IN_TRANSACTION, _AUTOCOMMIT = 1, 2  # of the server's status flags in the MySQL protocol
MOMENT_NOT_HELD = "MOMENT_NOT_HELD"
_SETTINGS = (
    "jit to off",  # it compiles each of our long expressions for longer than it is of use
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
    :param readers: the connections that read at once; none where the run's own reads alone.
    :param alone: why it reads alone, where more were wanted.
    """

    connection: Connection
    kind: str
    isolation: str
    readers: tuple[Connection, ...] = ()
    alone: str = ""

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
def snapshot(source: Source, scratch: Path, cancel: Cancel, workers: int = 1) -> Iterator[Snapshot]:
    """The source at one moment, until the block ends.

    :param scratch: a folder for a private copy, should one be needed.
    :param workers: how many connections should read at once. A host's own engine or connection always reads alone.
    :raises SourceError: when the database is gone, locked or refuses.
    """
    with told(source, cancel):
        if source.connection is not None or source.session is not None:
            with _lent(source, scratch) as opened:
                yield _said(opened, workers, "the connection is lent")
            return
        engine = source.engine if source.engine is not None else open_engine(source, scratch)
        try:
            with (
                engine.connect() as connection,
                _held(connection, scratch, workers if source.engine is None else 1) as opened,
                _interruptible(opened, cancel),
            ):
                yield _said(opened, workers, "the engine is the host's")
        finally:
            if source.engine is None:
                engine.dispose()


def _said(opened: Snapshot, workers: int, why: str) -> Snapshot:
    """With a reason for a run that reads alone."""
    alone = workers > 1 and not opened.readers
    return attrs.evolve(opened, alone=opened.alone or why) if alone else opened


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
def _held(connection: Connection, scratch: Path, workers: int = 1) -> Iterator[Snapshot]:
    """A transaction of our own on an idle connection, which is idle again afterwards, with all its settings as they were."""
    driver: Any = connection.connection.driver_connection
    try:
        match connection.dialect.name:
            case "sqlite":
                with _held_by_sqlite(connection, driver, scratch, workers) as opened:
                    yield opened
            case "postgresql":
                yield attrs.evolve(_held_by_postgresql(connection, driver), alone="COPY takes one connection")
            case _:
                connection.exec_driver_sql("set transaction isolation level repeatable read")
                connection.exec_driver_sql("start transaction with consistent snapshot, read only")
                yield Snapshot(connection, "transaction", "REPEATABLE READ", alone="Python joins its cells")
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
def _held_by_sqlite(connection: Connection, driver: Any, scratch: Path, workers: int) -> Iterator[Snapshot]:
    databases = connection.exec_driver_sql("pragma database_list").fetchall()
    journal = str(connection.exec_driver_sql("pragma journal_mode").scalar()).lower()
    driver.rollback()  # a host's engine may begin by itself, and for writing
    path, module = Path(databases[0][2]), _module_of(driver)
    own = (
        bool(databases[0][2]) and len(databases) == 1
    )  # else it has temporary tables or attached files, which none else has
    if own and journal != "wal" and path.parent != scratch:
        with _copied(driver, module, path, scratch / "snapshot.db", workers) as opened:
            yield opened
    elif own and workers > 1:
        with sqlitereaders.readers(connection, module, path, workers) as (readers, alone):
            yield Snapshot(connection, "transaction", "SERIALIZABLE", readers, alone)
    else:
        sqlitereaders.begin(connection)
        yield Snapshot(connection, "transaction", "SERIALIZABLE")


@contextlib.contextmanager
def _copied(driver: Any, module: Any, path: Path, private: Path, workers: int) -> Iterator[Snapshot]:
    copy_database(driver, module, path, private)
    copied = sqlite_file(module, private)
    try:
        with (
            copied.connect() as connection,
            sqlitereaders.readers(connection, module, private, workers) as (readers, alone),
        ):
            yield Snapshot(connection, "copy", "SERIALIZABLE", readers, alone)
            connection.exec_driver_sql("rollback")
    finally:
        copied.dispose()
        private.unlink(missing_ok=True)


def _module_of(driver: Any) -> Any:
    """The SQLite module that a connection is of, also where a host has a class of its own."""
    roots = (c.__module__.split(".")[0] for c in type(driver).__mro__)
    return next((sys.modules[r] for r in roots if r in ("sqlite3", "pysqlite3")), sqlite_module())


@contextlib.contextmanager
def _interruptible(opened: Snapshot, cancel: Cancel) -> Iterator[None]:
    driver: Any = opened.connection.connection.driver_connection
    if opened.connection.dialect.name == "sqlite":
        for each in (opened.connection, *opened.readers):
            own: Any = each.connection.driver_connection
            own.set_progress_handler(lambda: int(cancel.requested), _PROGRESS_STEPS)
        try:
            yield
        finally:
            driver.set_progress_handler(None, _PROGRESS_STEPS)  # a host's pool would hand it on
        return
    interrupt = getattr(driver, "cancel", None)
    with cancel.interrupting(interrupt) if callable(interrupt) else contextlib.nullcontext():
        yield
