"""Tables: columns of given widths, headers on each page, cells in lines only where they do not fit.

Most rows have one line. Their cells are strings whose width is looked up, and a row is one piece of text to PDF.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nlargest
from typing import TypeVar

import attrs

from exporter_excel_pdf.pdf.flow import Flow
from exporter_excel_pdf.pdf.sheet import ACCENT, BLACK, LIGHT, MARGIN, PALE
from exporter_excel_pdf.pdf.typefaces import Line, Typeface

T = TypeVar("T")
SIZE = 7.5
_MOST = 96.0  # points of a column that is as wide as its cells
_SPARE = 0.5  # points, so that rounding breaks no cell
_LEAST = 44.0  # points to which columns are narrowed
_WIDE = 56.0  # points that the widest column keeps before numbers are narrowed, which are broken between digits then
_MEASURED = 20  # of the longest cells, of which one is most likely the widest
_LONG = 200  # characters of a cell
_LONG_TITLE = 12  # characters of a title; one that has more may take several lines
_LEADING = 9.5
_PADDING = 3.0  # left and right of a cell
_ABOVE = 2.6
_UNDER = 3.0
ROW = _LEADING + _ABOVE + _UNDER  # the height of a row of one line
SWATCH = 13.0  # the width of a column of colours


@attrs.frozen
class Column:
    """A column of a table.

    :param width: in points; :param right: whether its cells end at the right.
    """

    title: str
    width: float
    right: bool = False


def spread(columns: Sequence[Column], room: float, wide: int) -> list[Column]:
    """The columns, with one of them as wide as the others leave room for; where that is little, the widest others are narrowed.

    Texts go before numbers: they become lines, and a number of two lines is none.

    :param wide: the place of that column; its width is the least that it wants.
    """
    made = _narrowed(list(columns), room - columns[wide].width, wide, numbers=False)
    made = _narrowed(made, room - min(columns[wide].width, _WIDE), wide, numbers=True)
    rest = room - sum(column.width for place, column in enumerate(made) if place != wide)
    made[wide] = attrs.evolve(columns[wide], width=rest)
    return made


def _narrowed(columns: list[Column], room: float, wide: int, *, numbers: bool) -> list[Column]:
    """Columns of numbers, or of texts, as narrow as all but the wide one need to be for some room."""
    others = [column for place, column in enumerate(columns) if place != wide]
    kept = sum(column.width for column in others if column.right is not numbers)
    widths = [column.width for column in others if column.right is numbers]
    most = max(widths, default=0.0)
    while most > _LEAST and kept + sum(min(most, width) for width in widths) > room:
        most -= 1
    return [
        attrs.evolve(column, width=min(most, column.width)) if column.right is numbers and place != wide else column
        for place, column in enumerate(columns)
    ]


def fitted(
    flow: Flow,
    fields: Sequence[tuple[Column, Callable[[T], str]]],
    rows: Sequence[T],
    sums: Mapping[str, Sequence[str]],
    size: float = SIZE,
) -> list[Column]:
    """Columns as wide as what stands in them, for tables with a swatch whose rows are in memory; the first takes what is left.

    :param fields: columns with what gives their cells; the width of the first is the least that it wants.
    :param sums: what stands below a column, in bold, by its title; :param size: of the letters, in points.
    """
    (first, _), *others = fields
    columns = [first]
    for column, cell in others:
        longest = nlargest(_MEASURED, map(cell, rows), len)
        needed = max((_widest(flow.regular, text, size) for text in longest), default=0.0)
        below = (_widest(flow.bold, text, size) for text in (*_words(column.title), *sums.get(column.title, ())))
        needed = max(needed, *below)
        columns.append(attrs.evolve(column, width=min(needed + 2 * _PADDING + _SPARE, _MOST)))
    return spread(columns, flow.width - SWATCH, 0)


def _words(title: str) -> list[str]:
    """What of a title stands on one line at least."""
    return title.split() if len(title) > _LONG_TITLE else [title]


def _widest(typeface: Typeface, text: str, size: float) -> float:
    """The width of a cell, in points; that of a long text is more than any column's."""
    return _MOST if len(text) > _LONG or "\n" in text else typeface.width(text) * size / 1000


@attrs.define(eq=False)
class Grid:
    """A table that is drawn row by row.

    :param swatches: whether a colour stands before each row; :param size: of the letters, in points.
    """

    flow: Flow
    columns: Sequence[Column]
    swatches: bool = False
    size: float = SIZE
    _edges: list[tuple[float, float, bool]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        x = MARGIN + (SWATCH if self.swatches else 0)
        self._edges = []
        for column in self.columns:
            self._edges.append((x + _PADDING, column.width - 2 * _PADDING, column.right))
            x += column.width

    def header(self, rows: int = 2) -> None:
        """The titles of the columns, together with room for so many rows."""
        lines = self._cells([column.title for column in self.columns], self.flow.bold)
        height = _height(lines)
        self.flow.need(height + rows * ROW)
        flow = self.flow
        flow.y -= height
        flow.sheet.area(MARGIN, flow.y, flow.width, height, PALE)
        self._show(lines, flow.y + height, ACCENT)
        flow.sheet.rule(MARGIN, flow.y, MARGIN + flow.width, 0.7, ACCENT)

    def rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows of texts."""
        for row in rows:
            self.row(row)

    def row(self, cells: Sequence[str], *, swatch: str = "", link: str = "") -> None:
        """A row; :param swatch: its colour; :param link: the name of what it leads to."""
        lines = self._cells(cells, self.flow.regular)
        height = self._fit(lines)
        flow = self.flow
        if height > flow.room:
            self._over_pages(lines)
            return
        flow.y -= height
        self._show(lines, flow.y + height, BLACK)
        flow.sheet.rule(MARGIN, flow.y, MARGIN + flow.width, 0.3, LIGHT)
        if swatch:
            flow.sheet.area(MARGIN + 3, flow.y + height - _ABOVE - 8, 8, 8, swatch)
        if link:
            flow.sheet.link(MARGIN, flow.y, MARGIN + flow.width, flow.y + height, link)

    def total(self, cells: Sequence[str], *, ends: bool = True) -> None:
        """A row in bold, for sums; :param ends: whether no further one belongs to it."""
        lines = self._cells(cells, self.flow.bold)
        height = self._fit(lines)
        flow = self.flow
        flow.y -= height
        flow.sheet.area(MARGIN, flow.y, flow.width, height, PALE)
        self._show(lines, flow.y + height, BLACK)
        if ends:
            flow.sheet.rule(MARGIN, flow.y, MARGIN + flow.width, 0.7, ACCENT)

    def band(self, text: str) -> None:
        """A line over the whole width, for the name of a group; a row has room below it."""
        line = self.flow.bold.fitted(text, (self.flow.width - 2 * _PADDING) * 1000 / self.size)
        flow = self.flow
        if flow.room < 2 * ROW:
            self._next_page()
        flow.y -= ROW
        flow.sheet.text(line, MARGIN + _PADDING, flow.y + _UNDER, self.size, ACCENT)
        flow.sheet.rule(MARGIN, flow.y, MARGIN + flow.width, 0.5, ACCENT)

    def _cells(self, cells: Sequence[str], typeface: Typeface) -> list[list[Line]]:
        found = []
        for text, (_, width, _) in zip(cells, self._edges, strict=True):
            room = width * 1000 / self.size
            line = typeface.line(text) if len(text) < _LONG and "\n" not in text else None
            found.append([line] if line is not None and line.width <= room else typeface.lines(text, room))
        return found

    def _fit(self, lines: Sequence[Sequence[Line]]) -> float:
        """The height of a row, for which there is room now; unless it is higher than a page."""
        height = _height(lines)
        if height > self.flow.room and height < self.flow.whole / 2:
            self._next_page()
        return height

    def _next_page(self) -> None:
        self.flow.new_page()
        self.header()

    def _over_pages(self, lines: Sequence[Sequence[Line]]) -> None:
        """A row that is higher than a page, in parts."""
        rest = [list(cell) for cell in lines]
        while any(rest):
            if self.flow.room < ROW:
                self._next_page()
            count = int((self.flow.room - _ABOVE - _UNDER) / _LEADING)
            part = [cell[:count] for cell in rest]
            rest = [cell[count:] for cell in rest]
            height = _height(part)
            self.flow.y -= height
            self._show(part, self.flow.y + height, BLACK)
            self.flow.sheet.rule(MARGIN, self.flow.y, MARGIN + self.flow.width, 0.3, LIGHT)

    def _show(self, lines: Sequence[Sequence[Line]], top: float, colour: str) -> None:
        sheet = self.flow.sheet
        sheet.fill(colour)
        base = top - _ABOVE - self.size
        row = ["BT"]
        for cell, (x, width, right) in zip(lines, self._edges, strict=True):
            for place, line in enumerate(cell):
                if line.pieces:
                    at = x + width - line.width * self.size / 1000 if right or (line.rtl and len(cell) > 1) else x
                    row.append(sheet.shown(line, at, base - place * _LEADING, self.size))
        row.append("ET")
        sheet.draw("\n".join(row))


def _height(lines: Sequence[Sequence[Line]]) -> float:
    return max(map(len, lines)) * _LEADING + _ABOVE + _UNDER
