"""By Page: what is measured where, and totals by unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

from exporter.sanitize import is_exact
from exporter.takeoff.data import Condition, Page
from exporter.takeoff.pages import OnPage, PageTotals
from exporter_excel_pdf.excel import looks
from exporter_excel_pdf.excel.book import PAGES, Book
from exporter_excel_pdf.excel.cells import MOST_ROWS, Cell, Repeated, letter
from exporter_excel_pdf.excel.groups import unit_shown
from exporter_excel_pdf.excel.sheet import Line, Sheet
from exporter_excel_pdf.excel.styles import Look

_HEADERS = ("Page", "Sheet #", "Sheet title", "Condition", "Unit", "Quantity", "Measurements")
_UNIT, _QUANTITY = "E", "F"
_HEADER = 2  # the row of the headers
NO_PAGE = "(no page)"


class ByPage:
    """The sheets: one, or several where there are more pairs of pages and conditions than one holds."""

    def __init__(self, book: Book, totals: PageTotals) -> None:
        self._book, self._totals = book, totals
        self._several = len(book.takeoff.projects) > 1
        self._page: tuple[Page, list[Cell]] | None = None  # the last one
        self._conditions: dict[int, list[Cell]] = {}

    def sheets(self, names: Iterator[str]) -> Iterator[tuple[Sheet, Iterator[Line]]]:
        """The sheets and their rows.

        :param names: of the sheets, as many as are asked for.
        """
        found = iter(self._totals)
        units = len({unit_shown(each) for each in self._book.conditions})
        headers = (*_HEADERS, "Project") if self._several else _HEADERS
        while block := list(islice(found, MOST_ROWS - _HEADER - units)):
            last = _HEADER + len(block)
            merged, texts = [f"A1:{letter(len(headers))}1"], f"A{_HEADER + 1}:C{last}"
            sheet = Sheet(next(names), headers, header=_HEADER, last=last, merged=merged, texts=texts)
            yield sheet, self._lines(headers, block, last)

    def _lines(self, headers: Sequence[str], found: Sequence[OnPage], last: int) -> Iterator[Line]:
        heads = [Cell(h, looks.HEADER_NUMBER if h in ("Quantity", "Measurements") else looks.HEADER) for h in headers]
        yield Line([Cell(PAGES, looks.TITLE)], 26.0)
        yield Line([*heads])
        yield from map(self._line, found)
        yield from self._sums(found, last, len(headers))

    def _line(self, here: OnPage) -> Line:
        if self._page is None or self._page[0] is not here.page:
            self._page = here.page, self._repeated(self._of_page(here.page))
        number = here.condition.number
        if number not in self._conditions:
            self._conditions[number] = self._repeated(self._of_condition(here.condition))
        title, unit, *project = self._conditions[number]
        total = Cell(here.total, self._book.quantity_look(here.condition, here.total))
        return Line([*self._page[1], title, unit, total, Cell(here.count, looks.WHOLE), *project])

    def _repeated(self, cells: Iterator[Cell]) -> list[Cell]:
        return [Repeated.of(cell, self._book.styles) for cell in cells]

    def _of_page(self, page: Page) -> Iterator[Cell]:
        book, number = self._book, page.page_number
        shown = int(number) if number.isdecimal() and is_exact(number) else number or ("" if page.name else NO_PAGE)
        yield Cell(shown, looks.PAGE) if isinstance(shown, int) else book.text("page_number", shown)
        yield book.text("sheet_number", page.sheet_number)
        yield book.text("sheet_title", page.sheet_title)

    def _of_condition(self, condition: Condition) -> Iterator[Cell]:
        """Its name and unit, and the project where there are several."""
        yield self._book.title(condition)
        yield self._book.unit(condition)
        if self._several:
            uid = condition.project_id
            yield self._book.text("project", self._book.takeoff.project_names.get(uid, uid))

    def _sums(self, found: Sequence[OnPage], last: int, columns: int) -> Iterator[Line]:
        """A row for each unit."""
        by_unit: dict[str, list[OnPage]] = {}
        for here in found:
            by_unit.setdefault(unit_shown(here.condition), []).append(here)
        for row, (unit, of) in enumerate(by_unit.items(), last + 1):
            same = f"EXACT(${_UNIT}${_HEADER + 1}:${_UNIT}${last},${_UNIT}{row})*1"
            cells = [Cell(None, looks.TOTAL) for _ in range(columns)]
            cells[0] = Cell("Total", looks.TOTAL_TEXT)
            cells[4] = self._book.text("unit", unit, looks.TOTAL_TEXT)
            look = self._look(of[0].condition, [here.total for here in of])
            sums = ((_QUANTITY, math.fsum(h.total for h in of), look), ("G", sum(h.count for h in of), looks.WHOLE))
            for place, (column, value, shown) in enumerate(sums, 5):
                formula = f"SUMPRODUCT({same},{column}${_HEADER + 1}:{column}${last})"
                cells[place] = Cell(value, looks.total_of(shown), formula)
            yield Line([*cells])

    def _look(self, condition: Condition, values: Sequence[float]) -> Look:
        return self._book.quantity_look(condition, *values)
