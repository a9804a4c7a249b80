"""Segments of a SQLite table, read by ranges of its key.

Each is one statement, so that SQLite works without Python's lock, and several are read at once where there are several readers.
A range ends where the next one begins, and the rows alone decide where: one reader and many give the same segments.

SQLite joins the cells with the tabs and line feeds of the finished lines. Where a value holds a control character, the range is
read again with the separators that `exporter.joined` knows how to tell from it, and so are all ranges after it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import LargeBinary, Select, cast, func, literal, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from exporter import joined
from exporter.cells import Cell
from exporter.database import is_driver_error, ranges_served, statement
from exporter.joined import RECORD, UNIT, JoinInPython, Segment, checked, clean_line, joined_by_sqlite, plain
from exporter.tables import Table, TableQuery

if TYPE_CHECKING:
    from exporter.rows import Reader

_LOW: ColumnElement[Any] = literal_column(":low")
_HIGH: ColumnElement[Any] = literal_column(":high")
_SKIPPED: ColumnElement[Any] = literal_column(":skipped")

_LARGEST = 2**63 - 1  # of SQLite's integers

Range = dict[str, Any]  # low: the first key; high: the first key of the next range, or None for the end


@attrs.define(eq=False)
class Ranges:
    """A query and the ranges of its key.

    :param key: what orders the rows.
    :param columns: the cells of a row; :param at: which of them identifies it.
    :param marked: whether cells are joined with separators that text does not hold.
    :param then: what orders the rows of one key, where it is not unique.
    :param line: the text of a row, where it is not the columns joined.
    """

    reader: Reader
    query: Select[Any]
    key: ColumnElement[Any]
    columns: list[Cell]
    at: int
    marked: bool = False
    then: ColumnElement[Any] | None = None
    line: ColumnElement[Any] | None = None
    _statements: dict[tuple[bool, bool], str] = attrs.field(factory=dict)
    _clean: ColumnElement[Any] | None = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._clean = clean_line(self.reader.connection, self.columns) if self.line is None else self.line

    def is_served(self) -> bool:
        """Whether an index serves all that a range reads, and the order of its rows."""
        sql = self._joining(ends=True, marked=False)
        return ranges_served(self.reader.connection, sql, {"low": 0, "high": 0}, own=("CO-ROUTINE lines", "SCAN lines"))

    def segments(self, counted: int | None) -> Iterator[Segment] | None:
        """The segments in order, or None where there are no rows, or some without a key, which no range holds.

        :param counted: how many rows there are, where that is known.
        :raises JoinInPython: in place of a segment that the database cannot join.
        """
        given = self.ranges(counted)
        return None if given is None else self._read(given)

    def ranges(self, counted: int | None) -> Iterator[Range] | None:
        """The ranges in order, or None as `segments` has it."""
        forwards, backwards = (self._keys(self.query.order_by(by)) for by in (self.key, self.key.desc()))
        try:
            first, last = self._key(forwards), self._key(backwards)
            begin, end = self._key(forwards, joined.SAMPLE), self._key(backwards, joined.SAMPLE)
        except JoinInPython:  # a key that is no UTF-8 cannot be asked for
            return None
        if first is None:
            return None
        rows = joined.rows_for(max(self._length(first, begin), self._length(end, last)))
        whole_numbers = isinstance(first, int) and isinstance(last, int)
        dense = whole_numbers and counted is not None and last - first + 1 == counted  # then there is nothing to look up
        ends = iter(range(first + rows, last + 1, rows)) if dense else self._looked_up(first, rows)
        return _cut(first, ends, last + 1 if whole_numbers and last < _LARGEST else None)

    def _read(self, given: Iterator[Range]) -> Iterator[Segment]:
        with contextlib.closing(self.reader.readers.in_order(self._segment, given)) as found:
            for segment in found:
                self.reader.advance(segment.rows)
                yield segment

    def _segment(self, driver: Any, given: Range) -> Segment:
        if not self.marked:
            lines, rows = self._lines(driver, given, marked=False)
            found = plain(lines, rows, len(self.columns), told=self._clean is not None)
            if found is not None:
                return found
            self.marked = True
        lines, rows = self._lines(driver, given, marked=True)
        return checked(lines, rows, len(self.columns), self.at)

    def _lines(self, driver: Any, given: Range, *, marked: bool) -> tuple[bytes, int]:
        try:
            lines, rows = driver.execute(self._joining(given["high"] is not None, marked), given).fetchone()
        except Exception as error:
            if is_driver_error(error) and "too big" in str(error):
                raise JoinInPython("its rows are longer than SQLite's longest text") from None
            raise
        return lines or b"", rows

    def _joining(self, ends: bool, marked: bool) -> str:
        """The statement that gives one text of all the lines from `low` on, before `high` if it ends, and how many they are."""
        if (ends, marked) not in self._statements:
            between, after = (UNIT.decode(), RECORD.decode()) if marked else ("\t", "\n")
            clean = None if marked else self._clean
            text = joined_by_sqlite(self.reader.connection, self.columns, between, after) if clean is None else clean
            query = self.query.where(self.key >= _LOW, *([self.key < _HIGH] if ends else []))
            by = (self.key,) if self.then is None else (self.key, self.then)
            line = query.order_by(*by).with_only_columns(text.label("line"), maintain_column_froms=True).subquery("lines")
            whole = cast(func.group_concat(line.c.line, literal("")), LargeBinary)
            made = statement(self.reader.connection, select(whole, func.count()).select_from(line))
            self._statements[ends, marked] = made
        return self._statements[ends, marked]

    # --- where ranges end

    def _keys(self, query: Select[Any]) -> str:
        """The statement that gives the first key after some that are skipped."""
        return self.reader.statement(query.limit(literal_column("1")).offset(_SKIPPED), self.key)

    def _key(self, sql: str, skipped: int = 0, **given: Any) -> Any:
        try:
            row = self._driver.execute(sql, {"skipped": skipped, **given}).fetchone()
        except Exception as error:
            if is_driver_error(error) and "decode" in str(error).lower():
                raise JoinInPython("a key is no UTF-8") from None
            raise
        return row[0] if row else None

    def _looked_up(self, first: Any, rows: int) -> Iterator[Any]:
        beyond = self._keys(self.query.where(self.key > _LOW).order_by(self.key))
        low: Any = first
        while (low := self._key(beyond, rows - 1, low=low)) is not None:
            yield low

    def _length(self, low: Any, high: Any) -> float:
        """How long rows are, in bytes, on the average; 0 where there are none."""
        if low is None:
            return 0
        lines, rows = self._lines(self._driver, {"low": low, "high": high}, marked=False)
        return len(lines) / max(rows, 1)

    @property
    def _driver(self) -> Any:
        return self.reader.connection.connection.driver_connection


def _cut(first: Any, ends: Iterator[Any], beyond: Any) -> Iterator[Range]:
    """The ranges between some keys; the last one ends before `beyond`, or where the rows end."""
    low = first
    for high in ends:
        yield {"low": low, "high": high}
        low = high
    yield {"low": low, "high": beyond}


def between(query: TableQuery, given: Range) -> TableQuery:
    """The rows of a query in one range."""
    key = query.order
    assert key is not None
    ends = [] if given["high"] is None else [key < literal(given["high"])]
    return attrs.evolve(query, query=query.query.where(key >= literal(given["low"]), *ends))


def ranged(reader: Reader, table: Table, query: TableQuery, columns: list[Cell]) -> Iterator[Segment] | None:
    """The query's segments by ranges, or None where it has none: no key to order by, no index that serves it, or few rows."""
    known = reader.report.records.get(table.record) if table.whole else None
    counted = None if known is None else known.written
    few = counted is not None and counted <= joined.SEGMENT
    if query.order is None or few or any(c.joined is None for c in columns):
        return None
    ranges = Ranges(reader, query.query, query.order, columns, reader.identified_at(table))
    return ranges.segments(counted) if ranges.is_served() else None
