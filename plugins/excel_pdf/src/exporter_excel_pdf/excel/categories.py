"""By Category: conditions under their categories, which can be folded away, with totals by unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from exporter.takeoff.data import Condition
from exporter_excel_pdf.excel import looks
from exporter_excel_pdf.excel.book import CATEGORIES, SUMMARY, Book
from exporter_excel_pdf.excel.cells import Cell, letter, quoted
from exporter_excel_pdf.excel.groups import groups
from exporter_excel_pdf.excel.sheet import Line, Sheet
from exporter_excel_pdf.excel.styles import Look

_HEADERS = ("Category", "Condition", "Unit", "Quantity", "Measurements")
_COSTS = ("Cost", "Cost with markup")
_HEADER = 2  # the row of the headers
_FIRST = 4  # the first column of numbers


class ByCategory:
    """The sheet.

    :param place: the letters of the Summary's columns by their headers.
    """

    def __init__(self, book: Book, place: Mapping[str, str]) -> None:
        self._book, self._place = book, place
        self._headers = (*_HEADERS, *(_COSTS if "Cost" in place else ()))
        self._row = _HEADER

    def sheet(self) -> tuple[Sheet, Iterator[Line]]:
        """The sheet and its rows, which note on it what stands behind them."""
        sheet = Sheet(
            CATEGORIES, self._titles(), header=_HEADER, outlined=True, merged=[f"A1:{letter(len(self._headers))}1"]
        )
        return sheet, self._lines(sheet)

    def _lines(self, sheet: Sheet) -> Iterator[Line]:
        heads = [Cell(h, looks.HEADER if n < _FIRST else looks.HEADER_NUMBER) for n, h in enumerate(self._titles(), 1)]
        yield Line([Cell(CATEGORIES, looks.TITLE)], 26.0)
        yield Line([*heads])
        for group in groups(self._book.conditions, "category"):
            for name, found in group.by_unit.items():
                begin = self._row + 1
                for condition in found:
                    self._row += 1
                    if link := self._book.link(condition):
                        sheet.links[f"B{self._row}"] = link
                    yield self._condition(group.label, condition)
                yield self._total(group.label, name, found, begin)
                self._row += 1
        sheet.last = self._row

    def _titles(self) -> list[str]:
        return [self._book.in_currency(each) if each in _COSTS else each for each in self._headers]

    def _values(self, condition: Condition) -> list[tuple[float, Look]]:
        book, quantity = self._book, self._book.quantities[condition.number]
        found = [(quantity, book.quantity_look(condition, quantity)), (book.counts[condition.number], looks.WHOLE)]
        costs = [(book.cost(condition), looks.MONEY), (book.marked_up(condition), looks.MONEY)]
        return [*found, *costs][: len(self._headers) - _FIRST + 1]

    def _condition(self, label: str, condition: Condition) -> Line:
        book, row = self._book, self._book.rows[condition.number]
        there = [f"{quoted(SUMMARY)}!{self._place[header]}{row}" for header in self._headers[_FIRST - 1 :]]
        numbers = [Cell(value, look, f) for (value, look), f in zip(self._values(condition), there, strict=True)]
        if condition.number not in book.costs:  # blank, not free
            numbers[2:] = [Cell(None, looks.MONEY) for _ in numbers[2:]]
        return Line([book.text("category", label), book.linked(condition), book.unit(condition), *numbers], level=1)

    def _total(self, label: str, unit: str, found: Sequence[Condition], begin: int) -> Line:
        """Of the rows from `begin` on, which have one unit."""
        book, end = self._book, self._row
        numbers = []
        for column, of in enumerate(zip(*map(self._values, found), strict=True), _FIRST):
            where = letter(column)
            if self._headers[column - 1] in _COSTS and not any(each.number in book.costs for each in found):
                numbers.append(Cell(None, looks.TOTAL))  # blank, not free
                continue
            look = looks.decimals(book.ctx.options.decimals) if len({look for _, look in of}) > 1 else of[0][1]
            numbers.append(Cell(math.fsum(v for v, _ in of), looks.total_of(look), f"SUM({where}{begin}:{where}{end})"))
        texts = (f"Total {label}", None, unit)
        return Line([*(Cell(t and book.cleaner.text("category", t), looks.TOTAL_TEXT) for t in texts), *numbers])
