"""Segments of a SQLite table, read by ranges of its key.

Each is one statement, so that SQLite works without Python's lock, and several are read at once where there are several readers.
A range ends where the next one begins, and the rows alone decide where: one reader and many give the same segments.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import LargeBinary, Select, cast, func, literal, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from exporter import joined
from exporter.cells import Cell
from exporter.database import is_driver_error, statement
from exporter.joined import RECORD, JoinInPython, Segment, checked, joined_by_sqlite
from exporter.tables import Table, TableQuery

if TYPE_CHECKING:
    from exporter.rows import Reader

_SEARCH = "SEARCH "  # what each step of the plan has to be: a scan, a list or a sort would be made anew for each range
_LOW: ColumnElement[Any] = literal_column(":low")
_HIGH: ColumnElement[Any] = literal_column(":high")

Range = dict[str, Any]  # low: the first key; high: the first key of the next range, or None for the end


@attrs.frozen(eq=False)
class Ranges:
    """A query cut into ranges of its key.

    :param first: the least key.
    :param following: the statement that finds the key after a segment that begins at `low`.
    :param between: the statement that joins the rows from `low` to before `high`.
    :param rest: the one that joins the rows from `low` on.
    """

    reader: Reader
    first: Any
    following: str
    between: str
    rest: str

    def segments(self, width: int, at: int) -> Iterator[Segment]:
        """The segments in order.

        :param width: cells in a row; :param at: which of them identifies it.
        :raises JoinInPython: in place of a segment that the database cannot join.
        """
        read = partial(self._segment, width=width, at=at)
        with contextlib.closing(self.reader.readers.in_order(read, self._ranges())) as found:
            for segment in found:
                self.reader.advance(segment.rows)
                yield segment

    def _ranges(self) -> Iterator[Range]:
        low: Any = self.first
        while low is not None:
            high = _key(self.reader, self.following, {"low": low})
            yield {"low": low, "high": high}
            low = high

    def _segment(self, driver: Any, given: Range, width: int, at: int) -> Segment:
        try:
            lines, rows = driver.execute(self.rest if given["high"] is None else self.between, given).fetchone()
        except Exception as error:
            if is_driver_error(error) and "too big" in str(error):
                raise JoinInPython("its rows are longer than SQLite's longest text") from None
            raise
        return checked(lines, rows, width, at)


def ranges(reader: Reader, table: Table, query: TableQuery, columns: list[Cell]) -> Ranges | None:
    """The query's ranges, or None where there are none: no key to order by, no index that serves it, or few rows."""
    counted = reader.report.records.get(table.record)
    few = table.whole and counted is not None and counted.written <= joined.SEGMENT
    if query.order is None or few or any(c.joined is None for c in columns):
        return None
    key: Any = query.order
    from_low = query.query.where(key >= _LOW)
    lines = joined_by_sqlite(reader.connection, columns).concat(literal(RECORD.decode()))
    rest, between = (_joining(reader, q, key, lines) for q in (from_low, from_low.where(key < _HIGH)))
    if not _searched(reader, rest) or not _searched(reader, between):
        return None
    ordered = from_low.order_by(key).limit(literal_column("1"))
    following = ordered.offset(literal_column(str(joined.SEGMENT)))
    with contextlib.suppress(JoinInPython):
        first = _key(reader, reader.statement(query.query.order_by(key).limit(literal_column("1")), key), {})
        if first is not None:  # no rows, or rows without a key, which no range holds
            return Ranges(reader, first, reader.statement(following, key), between, rest)
    return None


def _joining(reader: Reader, query: Select[Any], key: ColumnElement[Any], lines: ColumnElement[Any]) -> str:
    """One text of all the lines, and how many they are."""
    line = query.order_by(key).with_only_columns(lines.label("line"), maintain_column_froms=True).subquery("lines")
    whole = cast(func.group_concat(line.c.line, literal("")), LargeBinary)
    return statement(reader.connection, select(whole, func.count()).select_from(line))


def _searched(reader: Reader, sql: str) -> bool:
    """Whether an index serves all that the statement reads, and the order of the lines."""
    plan = _driver(reader).execute(f"explain query plan {sql}", {"low": 0, "high": 0}).fetchall()
    steps = [str(row[3]) for row in plan]
    own = ("CO-ROUTINE lines", "SCAN lines")
    return all(s.startswith((_SEARCH, "CORRELATED SCALAR SUBQUERY")) or s in own for s in steps)


def _key(reader: Reader, sql: str, given: Range) -> Any:
    try:
        row = _driver(reader).execute(sql, given).fetchone()
    except Exception as error:
        if is_driver_error(error) and "decode" in str(error).lower():
            raise JoinInPython("a key is no UTF-8") from None
        raise
    return row[0] if row else None


def _driver(reader: Reader) -> Any:
    return reader.connection.connection.driver_connection
