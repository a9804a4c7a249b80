"""The Cost Summary: unit costs by kind, which people may change, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import attrs

from exporter.takeoff.data import COSTS as KINDS
from exporter.takeoff.data import Condition, Costs
from exporter_excel_pdf.excel import looks
from exporter_excel_pdf.excel.book import COSTS, SUMMARY, Book, Column
from exporter_excel_pdf.excel.cells import Cell, letter, quoted
from exporter_excel_pdf.excel.sheet import Line, Sheet

_HEADER = 2  # the row of the headers
_PER_UNIT = " / unit"
_REST = "Not broken down"
_SAME = 1e-9  # of a unit cost: closer to the sum of its kinds, it is that


@attrs.define(eq=False)
class CostSheet:
    """The sheet of costs: a row for each condition that has any.

    :ivar place: the letters of its columns by their headers; :ivar rows: where a condition is, by its number.
    """

    book: Book
    conditions: list[Condition] = attrs.field(init=False)
    kinds: list[str] = attrs.field(init=False)
    columns: list[Column] = attrs.field(init=False)
    place: dict[str, str] = attrs.field(init=False)
    rows: dict[int, int] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.conditions = [each for each in self.book.conditions if each.number in self.book.costs]
        self.kinds = [kind for kind in KINDS if any(kind in costs.kinds for costs in self.book.costs.values())]
        self.columns = list(self._columns())
        self.place = {column.header: letter(n) for n, column in enumerate(self.columns, 1)}
        self.rows = {each.number: row for row, each in enumerate(self.conditions, _HEADER + 1)}

    def sheet(self, quantity: str) -> tuple[Sheet, Iterator[Line]]:
        """The sheet and its rows.

        :param quantity: the column of the Summary that quantities are taken from.
        """
        self._quantity_column = quantity
        names = list(map(self.book.title_of, self.columns))
        last = _HEADER + len(self.conditions)
        sheet = Sheet(COSTS, names, header=_HEADER, fixed=1, last=last, merged=[f"A1:{letter(len(names))}1"])
        return sheet, self._lines(last)

    def _lines(self, last: int) -> Iterator[Line]:
        yield Line([Cell(COSTS, looks.TITLE)], 26.0)
        yield Line([Cell(self.book.title_of(column), column.header_look) for column in self.columns])
        for condition in self.conditions:
            row = self.rows[condition.number]
            yield Line([column.cell(condition, row) for column in self.columns])
        yield Line([self._total(column, last) for column in self.columns])

    _quantity_column: str = attrs.field(default="", init=False)

    def _columns(self) -> Iterator[Column]:
        book = self.book
        yield Column("Condition", lambda c, _: book.title(c))
        yield Column("Unit", lambda c, _: book.unit(c))
        yield Column("Quantity", self._quantity, number=True)
        for kind in self.kinds:
            yield Column(kind.capitalize() + _PER_UNIT, self._given(kind), number=True, money=True)
        yield Column("Unit cost", self._unit_cost, number=True, money=True)
        for kind in self.kinds:
            yield Column(kind.capitalize(), self._of_kind(kind), number=True, money=True, summed=self._cost_of(kind))
        if self.kinds and any(map(self._rest, self.conditions)):
            yield Column(_REST, self._rest_cell, number=True, money=True, summed=self._rest_cost)
        yield Column("Cost", self._cost, number=True, money=True, summed=book.cost)
        yield Column("Markup", lambda c, _: Cell(self._costs(c).markup_percent / 100, looks.PERCENT), number=True)
        yield Column("Markup cost", self._markup, number=True, money=True, summed=lambda c: book.marked_up(c) - book.cost(c))
        yield Column("Cost with markup", self._marked_up, number=True, money=True, summed=book.marked_up)

    def _costs(self, condition: Condition) -> Costs:
        return self.book.costs[condition.number]

    # --- cells

    def _quantity(self, condition: Condition, row: int) -> Cell:
        value, there = self.book.quantities[condition.number], f"{self._quantity_column}{self.book.rows[condition.number]}"
        return Cell(value, self.book.quantity_look(condition, value), f"{quoted(SUMMARY)}!{there}")

    def _given(self, kind: str) -> Column.Make:
        return lambda c, _: Cell(self._costs(c).kinds.get(kind), looks.MONEY)

    def _unit_cost(self, condition: Condition, row: int) -> Cell:
        """The sum of its kinds, so that it follows when one is changed; what the source says where it is another."""
        costs = self._costs(condition)
        formula = ""
        if costs.kinds and not self._rest(condition):
            formula = f"SUM({self._of_kinds(_PER_UNIT, row)})"
        return Cell(costs.unit_cost, looks.MONEY, formula)

    def _of_kinds(self, end: str, row: int) -> str:
        first, last = (self.place[self.kinds[n].capitalize() + end] for n in (0, -1))
        return f"{first}{row}:{last}{row}"

    def _cost_of(self, kind: str) -> Column.Sum:
        return lambda c: self.book.quantities[c.number] * self._costs(c).kinds.get(kind, 0.0)

    def _of_kind(self, kind: str) -> Column.Make:
        cost, name = self._cost_of(kind), kind.capitalize() + _PER_UNIT

        def cell(condition: Condition, row: int) -> Cell:
            if kind not in self._costs(condition).kinds:
                return Cell(None, looks.MONEY)
            return Cell(cost(condition), looks.MONEY, f"{self.place['Quantity']}{row}*{self.place[name]}{row}")

        return cell

    def _rest(self, condition: Condition) -> float:
        """What a unit costs beyond the kinds that the source tells of; 0 where these are all."""
        costs = self._costs(condition)
        rest = costs.unit_cost - math.fsum(costs.kinds.values())
        return rest if abs(rest) > _SAME * (1 + abs(costs.unit_cost)) else 0.0

    def _rest_cost(self, condition: Condition) -> float:
        return math.fsum([self.book.cost(condition), *(-self._cost_of(kind)(condition) for kind in self.kinds)])

    def _rest_cell(self, condition: Condition, row: int) -> Cell:
        formula = f"{self.place['Cost']}{row}-SUM({self._of_kinds('', row)})"
        return Cell(self._rest_cost(condition), looks.MONEY, formula)

    def _cost(self, condition: Condition, row: int) -> Cell:
        formula = f"{self.place['Quantity']}{row}*{self.place['Unit cost']}{row}"
        return Cell(self.book.cost(condition), looks.MONEY, formula)

    def _markup(self, condition: Condition, row: int) -> Cell:
        value = self.book.marked_up(condition) - self.book.cost(condition)
        return Cell(value, looks.MONEY, f"{self.place['Cost']}{row}*{self.place['Markup']}{row}")

    def _marked_up(self, condition: Condition, row: int) -> Cell:
        formula = f"{self.place['Cost']}{row}+{self.place['Markup cost']}{row}"
        return Cell(self.book.marked_up(condition), looks.MONEY, formula)

    def _total(self, column: Column, last: int) -> Cell:
        if column.summed is None:
            return Cell("Total" if column.header == "Condition" else None, looks.TOTAL_TEXT)
        where = self.place[column.header]
        total = math.fsum(map(column.summed, self.conditions))
        return Cell(total, looks.total_of(looks.MONEY), f"SUM({where}{_HEADER + 1}:{where}{last})")
