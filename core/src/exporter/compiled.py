"""Rows that an expression of exporter-native writes as they are to stand in a file, and those that it leaves to Python.

The rows come by ranges of their key, as in `exporter.ranges`: a range of which every row could be written is a block of bytes. Of
one that holds `SPECIAL` the cells are read, too, and rows that were not written are given as texts, in their places.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import attrs
from sqlalchemy.sql.elements import ColumnElement

from exporter.cells import SPECIAL_BYTE
from exporter.ranges import Range, Ranges, between
from exporter.rows import Reader
from exporter.tables import Table

Texts = list[tuple[str, ...]]
_FEW = 20  # rows for each that Python has to write


@attrs.define(eq=False)
class _Written(Ranges):
    """Ranges of a table whose rows an expression writes."""

    def blocks(self, table: Table, counted: int | None) -> Iterator[bytes | Texts] | None:
        """The rows in order: bytes, or texts of a range that is not all written; None where no range holds them all."""
        given = self.ranges(counted)
        return None if given is None else self._blocks(table, given)

    def _blocks(self, table: Table, given: Iterator[Range]) -> Iterator[bytes | Texts]:
        for lines, rows, range in self.reader.readers.in_order(self._taken, given):
            if SPECIAL_BYTE not in lines:
                self.reader.advance(rows)
                self.reader.rows_by_table[table.name] += rows
                yield lines
                continue
            yield from self._mixed(table, lines.split(b"\n")[:-1], range)

    def _mixed(self, table: Table, lines: list[bytes], range: Range) -> Iterator[bytes | Texts]:
        """The rows of a range some of which were written: runs of lines, and of texts in place of the others."""
        (query,) = table.queries
        written = [SPECIAL_BYTE not in line for line in lines]
        few = written.count(False) * _FEW < len(lines)  # many short runs would take longer than rows of one kind
        done = 0
        for rows in self.reader.texts(attrs.evolve(table, queries=(between(query, range),))):
            here = zip(written[done:], lines[done:], rows, strict=False)
            for plain, run in groupby(here, key=itemgetter(0)) if few else [(False, here)]:
                yield b"".join(b"%b\n" % line for _, line, _ in run) if plain else [texts for *_, texts in run]
            done += len(rows)

    def _taken(self, driver: Any, given: Range) -> tuple[bytes, int, Range]:
        return *self._lines(driver, given, marked=False), given


def blocks(reader: Reader, table: Table, line: ColumnElement[Any]) -> Iterator[bytes | Texts]:
    """The rows of a table of one query: blocks of what `line` makes of them, or texts as `Reader.texts` gives them.

    :param line: a text for each row, with `SPECIAL` in it where Python has to write it. It ends in a line feed, its only one.
    """
    (query,) = table.queries
    if query.order is not None:
        known = reader.report.records.get(table.record) if table.whole else None
        ranges = _Written(reader, query.query, query.order, [], 0, then=query.then, line=line)
        found = ranges.blocks(table, known.written if known is not None else None) if ranges.is_served() else None
        if found is not None:
            reader.report.ways.setdefault(table.name, reader.readers.way)
            yield from found
            return
    yield from reader.texts(table)
