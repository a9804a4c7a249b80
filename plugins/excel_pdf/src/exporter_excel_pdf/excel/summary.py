"""The Summary: what was taken off, a row for each condition, groups with their totals, and totals by unit."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence

from exporter.colours import colour_of
from exporter.takeoff.data import Condition
from exporter.takeoff.words import narrowed_to
from exporter_excel_pdf.excel import looks
from exporter_excel_pdf.excel.book import COSTS, SUMMARY, Book, Column
from exporter_excel_pdf.excel.cells import Cell, letter, quoted
from exporter_excel_pdf.excel.costs import CostSheet
from exporter_excel_pdf.excel.groups import Group, groups, in_units
from exporter_excel_pdf.excel.sheet import Line, Sheet
from exporter_excel_pdf.excel.styles import Look

_EPOCH = dt.date(1899, 12, 30)  # day 0 of a workbook, once February 1900 is over (ECMA-376 part 1, 18.17.4.1)
_SHOWN_ALWAYS = ("category", "scope")
_SHOWN_WHERE_USED = ("building", "area", "elevation")
_COST_SUMS = ("Cost", "Cost with markup")
_FEW = 5  # projects or clients that are named
_ALL = "All measurements are included"


class Summary:
    """The Summary of a workbook; where the rows of conditions are is noted in the book as they are made.

    :param costs: the sheet of costs, where there is one.
    """

    def __init__(self, book: Book, costs: CostSheet | None) -> None:
        self._book, self._costs = book, costs
        self._columns = list(self._made())
        self.place = {column.header: letter(n) for n, column in enumerate(self._columns, 1)}
        self._row = 0

    def sheet(self) -> tuple[Sheet, Iterator[Line]]:
        """The sheet and its rows, which note on it what stands behind them."""
        outlined = self._book.ctx.options.group_by != "none"
        facts = list(self._facts())
        self._sheet = Sheet(SUMMARY, list(map(self._book.title_of, self._columns)), header=len(facts) + 2, fixed=2)
        self._sheet.outlined, self._sheet.selected = outlined, True
        return self._sheet, self._lines(facts)

    def _lines(self, facts: Sequence[tuple[str, Cell]]) -> Iterator[Line]:
        sheet, last = self._sheet, letter(len(self._columns))
        yield self._line([Cell("Quantity takeoff", looks.TITLE)], height=26.0)
        sheet.merged.append(f"A1:{last}1")
        for label, fact in facts:
            yield self._line([Cell(label, looks.LABEL), fact], fact=True)
            sheet.merged.append(f"B{self._row}:{last}{self._row}")
        yield self._line([Cell(self._book.title_of(column), column.header_look) for column in self._columns])
        yield from self._body()
        sheet.last = self._row
        if self._book.conditions:
            yield from self._totals(sheet.header + 1, sheet.last)
        else:
            yield self._line([None, Cell("There are no conditions in this takeoff.", looks.LABEL)])

    def _line(self, cells: Sequence[Cell | None], *, height: float = 0, level: int = 0, fact: bool = False) -> Line:
        self._row += 1
        return Line([*cells], height, level, fact)

    # --- columns

    def _made(self) -> Iterator[Column]:
        book = self._book
        yield Column("Colour", lambda c, _: Cell(None, Look(fill=colour_of(c.colour, c.number)[1:], line="all")))
        yield Column("Condition", lambda c, _: book.linked(c))
        if len(book.takeoff.projects) > 1:
            names = book.takeoff.project_names
            yield Column("Project", lambda c, _: book.text("project", names.get(c.project_id, c.project_id)))
        yield Column("Type", lambda c, _: book.text("measurement_type", c.measurement_type))
        yield Column("Unit", lambda c, _: book.unit(c))
        yield Column("Quantity", self._quantity, number=True, summed=lambda c: book.quantities[c.number])
        yield Column("Measurements", self._count, number=True, summed=lambda c: book.counts[c.number])
        used = (f for f in _SHOWN_WHERE_USED if any(getattr(c, f) for c in book.conditions))
        yield from map(self._field, (*_SHOWN_ALWAYS, *used))
        if self._costs is not None:
            yield from self._cost_columns(self._costs)

    def _field(self, name: str) -> Column:
        return Column(name.capitalize(), lambda c, _: self._book.text(name, getattr(c, name)))

    def _quantity(self, condition: Condition, _: int) -> Cell:
        value = self._book.quantities[condition.number]
        formula = "+".join(each.quantity for each in self._book.sums[condition.number] if each.sheet)
        return Cell(value, self._book.quantity_look(condition, value), formula)

    def _count(self, condition: Condition, _: int) -> Cell:
        formula = "+".join(each.count for each in self._book.sums[condition.number] if each.sheet)
        return Cell(self._book.counts[condition.number], looks.WHOLE, formula)

    def _cost_columns(self, there: CostSheet) -> Iterator[Column]:
        """Unit costs stand on the sheet of costs, where they may be changed; what follows from them is reckoned here."""
        book, blank = self._book, Cell(None, looks.MONEY)

        def unit_cost(c: Condition, _: int) -> Cell:
            costs = book.costs.get(c.number)
            return self._from(there, c, "Unit cost", costs.unit_cost, looks.MONEY) if costs else blank

        def cost(c: Condition, row: int) -> Cell:
            formula = f"{self.place['Quantity']}{row}*{self.place['Unit cost']}{row}"
            return Cell(book.cost(c), looks.MONEY, formula) if c.number in book.costs else blank

        def markup(c: Condition, _: int) -> Cell:
            costs = book.costs.get(c.number)
            return self._from(there, c, "Markup", costs.markup_percent / 100, looks.PERCENT) if costs else blank

        def total(c: Condition, row: int) -> Cell:
            formula = f"{self.place['Cost']}{row}*(1+{self.place['Markup']}{row})"
            return Cell(book.marked_up(c), looks.MONEY, formula) if c.number in book.costs else blank

        yield Column("Unit cost", unit_cost, number=True, money=True)
        yield Column("Cost", cost, number=True, money=True, summed=book.cost)
        yield Column("Markup", markup, number=True)
        yield Column("Cost with markup", total, number=True, money=True, summed=book.marked_up)

    def _from(self, there: CostSheet, condition: Condition, header: str, value: float, look: Look) -> Cell:
        return Cell(value, look, f"{quoted(COSTS)}!{there.place[header]}{there.rows[condition.number]}")

    # --- rows

    def _facts(self) -> Iterator[tuple[str, Cell]]:
        """What is said above the conditions."""
        book = self._book
        projects = [each.name or each.project_id for each in book.takeoff.projects]
        clients = list(dict.fromkeys(each.client for each in book.takeoff.projects if each.client))
        if projects:
            yield "Project" if len(projects) == 1 else "Projects", book.text("project", some(projects), looks.FACT)
        if clients:
            yield "Client", book.text("client", some(clients), looks.FACT)
        yield "Date", Cell((book.ctx.clock().date() - _EPOCH).days, looks.DATE)
        yield "Filters", book.text("filters", "; ".join(narrowed_to(book.ctx)) or _ALL, looks.FACT)

    def _body(self) -> Iterator[Line]:
        by = self._book.ctx.options.group_by
        if by == "none":
            yield from map(self._condition, self._book.conditions)
            return
        for group in groups(self._book.conditions, by):
            cells = [Cell(None, looks.GROUP) for _ in self._columns]
            cells[1] = self._book.text(by, group.label, looks.GROUP)
            yield self._line(cells, height=20.0)
            for condition in group.conditions:
                yield self._condition(condition, level=1)
            yield from self._subtotals(group)

    def _condition(self, condition: Condition, level: int = 0) -> Line:
        row = self._book.rows[condition.number] = self._row + 1
        if link := self._book.link(condition):
            self._sheet.links[f"B{row}"] = link
        return self._line([column.cell(condition, row) for column in self._columns], level=level)

    def _subtotals(self, group: Group) -> Iterator[Line]:
        """A row for each unit; where there are several and costs, one more for these."""
        several = len(group.by_unit) > 1
        for name, found in group.by_unit.items():
            label = f"Total {group.label}, {name}" if several else f"Total {group.label} ({name})"
            yield self._total(label, found, f"SUM({self._range(found)})")
        if self._costs is not None and several:
            formula = f"SUM({self._range(group.conditions)})"
            yield self._total(f"Total {group.label}", group.conditions, formula, alike=False)

    def _range(self, conditions: Sequence[Condition]) -> str:
        """Rows that follow each other; `{0}` is the column."""
        first, last = (self._book.rows[conditions[n].number] for n in (0, -1))
        return f"{{0}}{first}:{{0}}{last}"

    def _totals(self, begin: int, end: int) -> Iterator[Line]:
        """By unit, since only like is added; then what all costs. Rows of groups have no unit, so that nothing counts twice."""
        column = self.place["Unit"]
        units = f"${column}${begin}:${column}${end}"
        found = in_units(self._book.conditions)
        for name, conditions in found.items():
            own = f"${column}{self._row + 1}"
            yield self._total(
                "Total", conditions, f"SUMPRODUCT(EXACT({units},{own})*1,{{0}}${begin}:{{0}}${end})", unit=name
            )
        if self._costs is not None and len(found) > 1:
            formula = f'SUMPRODUCT(({units}<>"")*1,{{0}}${begin}:{{0}}${end})'
            yield self._total("Total of all", self._book.conditions, formula, alike=False)

    def _total(self, label: str, of: Sequence[Condition], formula: str, *, unit: str = "", alike: bool = True) -> Line:
        """A row of sums.

        :param formula: `{0}` stands for the column. :param alike: whether they have one unit, so that quantities may be added.
        """
        cells = [Cell(None, looks.TOTAL) for _ in self._columns]
        cells[1] = self._book.text("total", label, looks.TOTAL_TEXT)
        for number, column in enumerate(self._columns):
            if column.header == "Unit" and unit:
                cells[number] = self._book.text("unit", unit, looks.TOTAL_TEXT)
            elif column.summed is not None and (alike or column.header != "Quantity") and self._is_known(column, of):
                values = list(map(column.summed, of))
                cells[number] = Cell(math.fsum(values), self._sum_look(column, of), formula.format(letter(number + 1)))
        return self._line(cells)

    def _is_known(self, column: Column, of: Sequence[Condition]) -> bool:
        """Whether a sum says something: what nobody has priced is not free."""
        return column.header not in _COST_SUMS or any(each.number in self._book.costs for each in of)

    def _sum_look(self, column: Column, of: Sequence[Condition]) -> Look:
        if column.header == "Quantity":
            values = [self._book.quantities[each.number] for each in of]
            return looks.total_of(self._book.quantity_look(of[0], *values))
        return looks.total_of(looks.WHOLE if column.header == "Measurements" else looks.MONEY)


def some(names: Sequence[str]) -> str:
    """The first names of many, and how many there are."""
    if len(names) <= _FEW:
        return ", ".join(names)
    return f"{len(names)}: {', '.join(names[:_FEW])}, …"
