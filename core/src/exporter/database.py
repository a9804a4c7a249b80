"""Databases: how a URL becomes an engine, what their errors mean for a user, and the statement text that drivers get."""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.expression import ClauseElement

from exporter import native
from exporter.blame import blamed
from exporter.cancel import Cancel
from exporter.errors import Cancelled, InputError, SourceError
from exporter.source import Source

BUSY_SECONDS = 5.0
ANY_BYTES = "exporter.any_bytes"  # in a connection's info: its texts are in no known encoding (PostgreSQL's SQL_ASCII)
_SURROGATES = re.compile("[\ud800-\udfff]+")
MANY_ROWS = 100_000  # from here on a sort is worth a word


@contextlib.contextmanager
def told(source: Source, cancel: Cancel) -> Iterator[None]:
    """Errors of the database, as a user should read them."""
    try:
        yield
    except SQLAlchemyError as error:
        if cancel.requested:
            raise Cancelled("Stopped on request; nothing was published.") from None
        raise SourceError(f"Source '{source.name}': {reason(error)}", hint=_advice(error)) from error
    except Exception as error:
        if cancel.requested and is_driver_error(error):
            raise Cancelled("Stopped on request; nothing was published.") from None
        if is_driver_error(error):
            raise SourceError(f"Source '{source.name}': {reason(error)}", hint=_advice(error)) from error
        raise


def is_driver_error(error: BaseException) -> bool:
    """Whether a database driver raised it (PEP 249 names the classes, each driver has its own)."""
    return any(c.__name__ == "Error" and c.__module__.split(".")[0] in _DRIVERS for c in type(error).__mro__)


_DRIVERS = {"sqlite3", "pysqlite3", "psycopg", "psycopg2", "pymysql", "MySQLdb", "mariadb"}


def reason(error: BaseException) -> str:
    """What the database itself said, in one line."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    words = str(original.args[-1] if original.args else original) or type(original).__name__
    return " ".join(words.split())


def _advice(error: BaseException) -> str:
    words = reason(error).lower()
    if "locked" in words:
        return "Another program holds the database. Try again when it has finished."
    if "disk is full" in words or "no space" in words:
        return "Make room where the output goes, and run it again."
    if "connect" in words or "closed" in words or "terminat" in words:
        return "Is the server running, and can this machine reach it? Nothing was published; run the export again."
    return ""


def open_engine(source: Source, scratch: Path) -> Engine:
    """An engine for a source that gives a URL, or is spooled into a file in scratch.

    :raises SourceError: for a file that is not there, a URL that is none, a driver that is not installed.
    """
    if source.spool is not None:
        with blamed(f"Source '{source.name}' failed"):
            source.spool(scratch / "source.db")
        return sqlite_file(sqlite_module(), scratch / "source.db")
    try:
        url = make_url(source.url or "")
    except (ArgumentError, ValueError):
        raise SourceError(
            f"Source '{source.name}': '{source.url}' is not a database URL.", hint="sqlite:///file.db"
        ) from None
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(source, url)
        if url.get_backend_name() in ("mysql", "mariadb"):
            url = url.update_query_dict({"charset": "utf8mb4", **dict(url.query)})
        if url.get_backend_name() == "postgresql" and url.get_driver_name().startswith("psycopg"):
            url = url.update_query_dict({"client_encoding": "utf8", **dict(url.query)})  # SQL_ASCII has no texts
        return create_engine(url, poolclass=NullPool)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        extra = {"psycopg": "postgresql", "pymysql": "mariadb"}.get(getattr(error, "name", "") or "", "")
        hint = f"pip install 'exporter-core[{extra}]'" if extra else "Install the driver that the URL names."
        raise SourceError(f"Source '{source.name}': {error}.", hint=hint) from None


def sqlite_module() -> Any:
    """The newest SQLite there is: pysqlite3 where it is installed, else the one that came with Python."""
    try:
        import pysqlite3
    except ImportError:
        import sqlite3

        return sqlite3
    return pysqlite3


def _sqlite_engine(source: Source, url: URL) -> Engine:
    module = sqlite_module()
    path = Path(url.database or "")
    if not url.database or not path.is_file():
        raise SourceError(f"Source '{source.name}': there is no file {url.database}.", hint="Check the path in its url.")
    return sqlite_file(module, path)


def sqlite_file(module: Any, path: Path) -> Engine:
    """An engine for a SQLite file that exists; it is never made by looking at it."""
    return create_engine("sqlite://", module=module, creator=lambda: connect_sqlite(module, path), poolclass=NullPool)


def connect_sqlite(module: Any, path: Path) -> Any:
    """A connection of the driver's own to a SQLite file that exists; a file that cannot be written is opened for reading."""
    address = path.absolute().as_uri()
    try:
        opened = module.connect(f"{address}?mode=rw", uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
    except module.OperationalError:
        opened = module.connect(f"{address}?mode=ro", uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
    if module is sqlite_module():  # the functions know one SQLite library in a process
        with contextlib.suppress(module.Error):  # a library for another machine: then all is written in SQL
            native.load(opened)
    return opened


def statement(connection: Connection, query: ClauseElement) -> str:
    """The query as one text with every value in it, as a driver's cursor, COPY or another process can run it.

    :raises InputError: for a value that SQL text cannot hold.
    """
    dialect = copy.copy(connection.dialect)
    dialect.paramstyle = "named"  # no parameter is left; a style with % would double every percent sign
    dialect.positional = False
    dialect.identifier_preparer = dialect.preparer(dialect)
    text = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    if "\0" in text:
        raise InputError("A filter holds a NUL character.", hint="Databases cannot compare with it; remove it.")
    if not text.isascii() and _SURROGATES.search(text):
        raise InputError("A filter holds text that is no UTF-8.", hint="Databases cannot compare with it; mend it.")
    return text


def fetch(connection: Connection, query: ClauseElement | str) -> list[Any]:
    """All rows of a query with a small result, by the text that `statement()` gives or has given.

    Every query of a run takes this way or a stream: a driver's own parameters would carry types that a column of unknown type
    cannot be compared with (PostgreSQL). Bytes that are no UTF-8 become U+FFFD: what is small is shown, never written.
    """
    with _lenient(connection):
        sql = query if isinstance(query, str) else statement(connection, query)
        result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        rows = list(result.fetchall())
    return [tuple(map(_whole, row)) for row in rows] if connection.dialect.name == "postgresql" else rows


def _whole(value: Any) -> Any:
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) and not value.isascii() else value


@contextlib.contextmanager
def _lenient(connection: Connection) -> Iterator[None]:
    """SQLite keeps any bytes as text, and its drivers refuse to read them unless told how, for a whole connection."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = driver.text_factory, lambda text: text.decode("utf-8", "replace")
    try:
        yield
    finally:
        driver.text_factory = before


def columns_of(connection: Connection, table: str, schema: str | None = None) -> list[str]:
    """The names of a table's columns, or nothing where there is no such table."""
    try:
        return [c["name"] for c in inspect(connection).get_columns(table, schema=schema)]
    except SQLAlchemyError:
        return []


def plan_sorts(connection: Connection, sql: str) -> bool:
    """Whether the database would sort the result before it gives the first row: all of it in SQLite, much of it in PostgreSQL.

    PostgreSQL sorts a small table rather than read it in the order of an index, and is right.
    """
    name = connection.dialect.name
    if name not in ("sqlite", "postgresql"):
        return False
    explain = "explain query plan " if name == "sqlite" else "explain "
    rows = connection.exec_driver_sql(explain + sql, execution_options={"no_parameters": True}).fetchall()
    if name == "sqlite":
        return any("USE TEMP B-TREE FOR ORDER BY" in str(row[-1]) for row in rows)
    sorts = (re.search(r"Sort  \(.*rows=(\d+)", str(row[-1])) for row in rows)
    return any(int(found[1]) >= MANY_ROWS for found in sorts if found)


def searches_only(connection: Connection, sql: str) -> bool:
    """Whether an index serves every correlated lookup of a statement (SQLite): a scan for each row would never end."""
    lookups = [text for text, inner in query_plan(connection, sql) if inner]
    return bool(lookups) and all(map(_searched, lookups))


def scans_within(connection: Connection, sql: str) -> bool:
    """Whether a join of SQLite goes through a whole table for each row of another: of many rows it would never end."""
    rows = connection.exec_driver_sql(f"explain query plan {sql}", execution_options={"no_parameters": True}).fetchall()
    loops = [text for _, parent, _, text in rows if parent == 0 and text.startswith(("SCAN", "SEARCH"))]
    return any(text.startswith("SCAN") for text in loops[1:])


def by_index_alone(connection: Connection, sql: str) -> bool:
    """Whether SQLite searches covering indexes and looks up the rest: it sorts and holds nothing, and reads no table through."""
    steps = query_plan(connection, sql)
    made = {f"SCAN {text.split()[1]}" for text, _ in steps if text.startswith("CO-ROUTINE")}
    plain = ("CO-ROUTINE", "CORRELATED")
    walked = (text in made or text.startswith(plain) or _in_index(text) for text, inner in steps if not inner)
    return all(walked) and all(_searched(text) for text, inner in steps if inner)


def found_at_once(connection: Connection, sql: str) -> bool:
    """Whether all that SQLite does is to search covering indexes."""
    return all(_in_index(text) or text.startswith(("MULTI-INDEX OR", "INDEX ")) for text, _ in query_plan(connection, sql))


def ranges_served(connection: Connection, sql: str, given: dict[str, Any] | None = None, own: tuple[str, ...] = ()) -> bool:
    """Whether an index of SQLite serves all that a statement about a range of keys reads: no scan, list or sort is made anew.

    :param given: its parameters, if it has some.
    :param own: what steps may also begin with: what the statement itself has put together.
    """
    served = ("SEARCH ", "CORRELATED SCALAR SUBQUERY", *own)
    return all(step.startswith(served) for step, _ in query_plan(connection, sql, given))


def _in_index(step: str) -> bool:
    return step.startswith("SEARCH") and "USING COVERING INDEX" in step


def query_plan(connection: Connection, sql: str, given: dict[str, Any] | None = None) -> list[tuple[str, bool]]:
    """The steps of SQLite's plan for a statement, with its parameters if it has some, and whether each is done for every row."""
    words = {} if given else {"no_parameters": True}
    rows = connection.exec_driver_sql(f"explain query plan {sql}", given, execution_options=words).fetchall()
    inner: set[int] = set()
    found = []
    for number, parent, _, text in sorted(rows):
        found.append((text, parent in inner))
        if parent in inner or "CORRELATED" in text:
            inner.add(number)
    return found


def _searched(step: str) -> bool:
    return not (step.startswith("SCAN") or "AUTOMATIC" in step or "MATERIALIZE" in step or "CO-ROUTINE" in step)
