"""The checks of cells over a data file: by column, each distinct combination of cells once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import attrs

from exporter.report import EXAMPLES, Finding
from exporter_dwca.flags import Flag, catalogue, countries, dates, links, measures, places, surveys, words
from exporter_dwca.flags.lineage import Lineage
from exporter_dwca.flags.look import BETWEEN, EVENT, OCCURRENCE, Look, given
from exporter_dwca.scan import Batch, Column, Layout

_GOOD = 4_096  # combinations that are remembered as good
_LONGEST_GOOD = 200  # characters of one
_LONGEST_SHOWN = 40  # characters of a cell in an example

_Key = Any  # a text where a look has one term, else a tuple of texts


@cache
def every_look(today: dt.date) -> tuple[Look, ...]:
    """All checks of cells.

    :param today: no date may be after the day after it.
    """
    modules = (places, countries, words, links, surveys, measures)
    return (*dates.looks(today), *(look for module in modules for look in module.looks()))


@cache
def flags() -> dict[str, Flag]:
    """All flags by their code, in the order of the manual."""
    return {flag.code: flag for _, group in catalogue() for flag in group}


class CellChecks:
    """What is wrong with the cells of an archive.

    :param today: no date may be after the day after it; None leaves the cells alone.
    """

    def __init__(self, core: Layout, today: dt.date | None) -> None:
        self._core = core
        self._today = today
        self._lineage = Lineage(core)
        self._files: dict[tuple[str, str], Cells] = {}

    def look(self, layout: Layout, part: str, batch: Batch) -> None:
        """Look at some rows of a file."""
        if self._today is None:
            return
        key = layout.row_type, part
        if key not in self._files:
            self._files[key] = Cells(layout, part, self._today, None if layout is self._core else self._core)
        self._files[key].look(batch)
        if layout is self._core:
            self._lineage.look(batch, part)

    def findings(self) -> Iterator[Finding]:
        """What was found, file by file."""
        for cells in self._files.values():
            yield from cells.findings()
        yield from self._lineage.findings()


class Cells:
    """What is wrong with the cells of a data file.

    :param part: its name.
    :param today: no date may be after the day after it.
    :param core: the core of the archive where the file is an extension: occurrences have from their event what they lack.
    :param place: how an example says where a row is.
    """

    def __init__(
        self, layout: Layout, part: str, today: dt.date, core: Layout | None = None, place: str = "{part}:{number}"
    ) -> None:
        columns = _by_term(layout)
        lends = core is not None and (layout.row_type, core.row_type) == (OCCURRENCE, EVENT)
        lent = _by_term(core).keys() if core is not None and lends else set()
        self._width = layout.width
        self._part = part
        self._place = place
        self._sights = [
            _Sight(look, [columns.get(term) for term in look.terms], [at for at, t in enumerate(look.terms) if t in lent])
            for look in every_look(today)
            if layout.row_type in look.row_types and columns.keys() & (look.needed or set(look.terms))
        ]
        self._tallies: dict[str, _Tally] = {}

    def looks(self) -> list[tuple[Look, frozenset[str]]]:
        """The looks that the file has columns for, each with those of its terms that the event of a row may have."""
        return [(sight.look, frozenset(sight.look.terms[at] for at in sight.lent)) for sight in self._sights]

    def look(self, batch: Batch) -> None:
        """Look at some rows."""
        if not self._sights:
            return
        columns = batch.columns(self._width)
        for sight in self._sights:
            for number, key, codes in sight.found(batch.numbers, columns):
                for code in codes:
                    self._tallies.setdefault(code, _Tally()).add(self._place, self._part, number, key)

    def findings(self) -> Iterator[Finding]:
        """What was found, in the order of the manual."""
        for code, flag in flags().items():
            if tally := self._tallies.get(code):
                yield Finding(flag.level, code, f"{flag.message}.", tally.count, tally.examples, part=self._part)


def _by_term(layout: Layout) -> dict[str, Column]:
    """The columns by the local names of their terms; the first where several have the same."""
    return {re.split("[/#]", c.term)[-1]: c for c in reversed(layout.columns)}


@attrs.define
class _Tally:
    count: int = 0
    examples: list[str] = attrs.field(factory=list)

    def add(self, place: str, part: str, number: Any, key: _Key) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            cells = (key,) if isinstance(key, str) else key
            values = ", ".join(f'"{shown(cell)}"' for cell in cells if cell)
            self.examples.append(f"{place.format(part=part, number=number)} {values}".rstrip())


def shown(cell: str) -> str:
    """A cell as it may stand in a message: not too long, and with no character that a terminal would obey."""
    short = cell if len(cell) <= _LONGEST_SHOWN else cell[:_LONGEST_SHOWN] + "..."
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)


class _Sight:
    """A look at the columns of one file.

    :param lent: places of the terms that a cell may be empty of, because the event has them.
    """

    def __init__(self, look: Look, columns: Sequence[Column | None], lent: Sequence[int]) -> None:
        self.look = look
        self._columns = columns
        self.lent = lent
        self._single = len(columns) == 1
        self._usual = _lines(look.usual) if look.usual else None
        self._varied = False  # whether hardly two rows have the same cells
        self._good: set[_Key] = set()

    def found(self, numbers: Sequence[Any], columns: Sequence[Sequence[str]]) -> Iterable[tuple[Any, _Key, tuple[str, ...]]]:
        """The rows with something wrong: line number, cells and codes."""
        cells = [_cells(column, columns, len(numbers)) for column in self._columns]
        rows: Callable[[], Iterable[_Key]] = (lambda: cells[0]) if self._single else lambda: zip(*cells, strict=True)
        wrong = self._judged(list(rows()) if self._varied else self._distinct(rows(), len(numbers)))
        if not wrong:
            return ()
        return ((number, key, wrong[key]) for number, key in zip(numbers, rows(), strict=True) if key in wrong)

    def _distinct(self, rows: Iterable[_Key], count: int) -> set[_Key]:
        keys = set(rows)
        self._varied = self._usual is not None and 2 * len(keys) > count
        return keys

    def _judged(self, keys: Collection[_Key]) -> dict[_Key, tuple[str, ...]]:
        """What is wrong with each of those keys with which something is."""
        wrong = {}
        for key in set(self._suspects(keys)) - self._good:
            if codes := self._codes(key):
                wrong[key] = codes
            elif len(self._good) < _GOOD and sum(map(len, key)) <= _LONGEST_GOOD:
                self._good.add(key)
        return wrong

    def _suspects(self, keys: Collection[_Key]) -> Iterable[_Key]:
        """Those that do not match the usual pattern: one match of all of them together is faster than one for each."""
        if self._usual is None or not keys:
            return keys
        text = "\n".join((*(keys if self._single else map(BETWEEN.join, keys)), ""))
        separators = (len(self._columns) - 1) * len(keys)
        if text.count("\n") != len(keys) or text.count(BETWEEN) != separators:
            return keys
        lines = _others(self._usual, text)
        return lines if self._single else (tuple(line.split(BETWEEN)) for line in lines)

    def _codes(self, key: _Key) -> tuple[str, ...]:
        codes = self.look.judge(key) if self._single else self.look.judge(*key)
        if codes and self.lent and self.look.absent:
            cells = (key,) if self._single else key
            if not all(given(cells[at]) for at in self.lent):
                return tuple(c for c in codes if c not in self.look.absent)
        return codes


def _cells(column: Column | None, columns: Sequence[Sequence[str]], rows: int) -> Sequence[str]:
    """The cells of a term, with its default where they are empty."""
    if column is None:
        return ("",) * rows
    if column.index is None:
        return (column.default,) * rows
    cells = columns[column.index]
    return [cell or column.default for cell in cells] if column.default else cells


@cache
def _lines(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?:(?:{pattern})\n)*", re.ASCII)


def _others(lines: re.Pattern[str], text: str) -> Iterator[str]:
    """The lines at which a run of matching lines ends."""
    place = 0
    while match := lines.match(text, place):
        place = match.end()
        if place == len(text):
            return
        end = text.index("\n", place)
        yield text[place:end]
        place = end + 1
