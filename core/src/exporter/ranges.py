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
from exporter.database import fetch, is_driver_error, query_plan, statement
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

    :param first: the least key; :param last: the greatest.
    :param rows: in each range.
    :param dense: whether the keys are integers without a gap, so that where a range ends need not be looked up.
    :param following: the statement that finds the key after a segment that begins at `low`.
    :param between: the statement that joins the rows from `low` to before `high`.
    :param rest: the one that joins the rows from `low` on.
    """

    reader: Reader
    first: Any
    last: Any
    rows: int
    dense: bool
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
            high = self._after(low)
            yield {"low": low, "high": high}
            low = high

    def _after(self, low: Any) -> Any:
        """The first key of the next range, or None where this one is the last."""
        if self.dense:
            return low + self.rows if low + self.rows <= self.last else None
        return _key(self.reader, self.following, {"low": low})

    def _segment(self, driver: Any, given: Range, width: int, at: int) -> Segment:
        try:
            lines, rows = driver.execute(self.rest if given["high"] is None else self.between, given).fetchone()
        except Exception as error:
            if is_driver_error(error) and "too big" in str(error):
                raise JoinInPython("its rows are longer than SQLite's longest text") from None
            raise
        return checked(lines or b"", rows, width, at)


def ranges(reader: Reader, table: Table, query: TableQuery, columns: list[Cell]) -> Ranges | None:
    """The query's ranges, or None where there are none: no key to order by, no index that serves it, or few rows."""
    counted = reader.report.records.get(table.record) if table.whole else None
    few = counted is not None and counted.written <= joined.SEGMENT
    if query.order is None or few or any(c.joined is None for c in columns):
        return None
    from_low = query.query.where(query.order >= _LOW)
    rest, between = (_joining(reader, q, query.order, columns) for q in (from_low, from_low.where(query.order < _HIGH)))
    ends = _ends(reader, query.query, query.order) if _searched(reader, rest) and _searched(reader, between) else None
    if ends is None:
        return None
    first, last = ends
    whole_numbers = isinstance(first, int) and isinstance(last, int)
    dense = whole_numbers and counted is not None and last - first + 1 == counted.written
    rows = _rows(reader, query.query, query.order, columns)
    beyond = query.query.where(query.order > _LOW).order_by(query.order)
    following = beyond.limit(literal_column("1")).offset(literal_column(str(rows - 1)))
    return Ranges(reader, first, last, rows, dense, reader.statement(following, query.order), between, rest)


def _joining(reader: Reader, query: Select[Any], key: ColumnElement[Any], columns: list[Cell]) -> str:
    """One text of all the lines, and how many they are."""
    text = joined_by_sqlite(reader.connection, columns, RECORD.decode()).label("line")
    line = query.order_by(key).with_only_columns(text, maintain_column_froms=True).subquery("lines")
    whole = cast(func.group_concat(line.c.line, literal("")), LargeBinary)
    return statement(reader.connection, select(whole, func.count()).select_from(line))


def _ends(reader: Reader, query: Select[Any], key: ColumnElement[Any]) -> tuple[Any, Any] | None:
    """The first and the last key; None where there are no rows, or some without a key, which no range holds."""
    try:
        first, last = (
            _key(reader, reader.statement(query.order_by(by).limit(literal_column("1")), key), {})
            for by in (key, key.desc())
        )
    except JoinInPython:  # a key that is no UTF-8 cannot be asked for
        return None
    return None if first is None else (first, last)


def _rows(reader: Reader, query: Select[Any], key: ColumnElement[Any], columns: list[Cell]) -> int:
    """How many rows make a range, as long as they are at both ends of the table."""
    text = cast(joined_by_sqlite(reader.connection, columns), LargeBinary).label("line")
    lengths = []
    for by in (key, key.desc()):
        few = query.order_by(by).limit(literal_column(str(joined.SAMPLE)))
        sample = few.with_only_columns(text, maintain_column_froms=True).subquery("sample")
        lengths.append(fetch(reader.connection, select(func.avg(func.length(sample.c.line))))[0][0])
    return joined.rows_for(max(lengths))


def _searched(reader: Reader, sql: str) -> bool:
    """Whether an index serves all that the statement reads, and the order of the lines."""
    steps = [step for step, _ in query_plan(reader.connection, sql, {"low": 0, "high": 0})]
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
