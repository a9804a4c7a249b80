"""What the sheets of a workbook know of each other: names, sums, and what a condition costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import ClassVar, TypeAlias

import attrs

from exporter.context import ExportContext
from exporter.sanitize import Cleaner
from exporter.takeoff.data import Condition, Costs, Takeoff
from exporter.takeoff.units import is_counted
from exporter_excel_pdf.excel import looks
from exporter_excel_pdf.excel.cells import Cell
from exporter_excel_pdf.excel.conditions import Sum
from exporter_excel_pdf.excel.groups import unit_shown
from exporter_excel_pdf.excel.styles import Look, Styles
from exporter_excel_pdf.reports import in_currency

SUMMARY, CATEGORIES, PAGES, COSTS, CHARTS = "Summary", "By Category", "By Page", "Cost Summary", "Charts"
_MOST = 1e300  # of costs: more is no number that a cell holds


@attrs.frozen
class Column:
    """A column of a sheet with a row for each condition.

    :param cell: makes the cell of a condition in a row. :param summed: what is added up of each, where it is.
    :param money: whether it holds amounts of money.
    """

    Make: ClassVar[TypeAlias] = Callable[[Condition, int], Cell]
    Sum: ClassVar[TypeAlias] = Callable[[Condition], float]
    header: str
    cell: Callable[[Condition, int], Cell]
    number: bool = False
    summed: Callable[[Condition], float] | None = None
    money: bool = False

    @property
    def header_look(self) -> Look:
        """Above numbers it stands on the right, as they do."""
        return looks.HEADER_NUMBER if self.number else looks.HEADER


@attrs.define(eq=False)
class Book:
    """A workbook once the sheets of its conditions are written.

    :param names: of the first sheets of conditions, none where they have none.
    :param sums: what stands on them, by the number of the condition.
    :ivar rows: of the Summary, by the number of the condition.
    """

    ctx: ExportContext
    takeoff: Takeoff
    cleaner: Cleaner
    styles: Styles
    names: list[str]
    sums: Mapping[int, list[Sum]]
    rows: dict[int, int] = attrs.field(factory=dict, init=False)

    @property
    def conditions(self) -> list[Condition]:
        """The conditions, in the source's order."""
        return self.takeoff.conditions

    @cached_property
    def quantities(self) -> dict[int, float]:
        """What the measurements of conditions come to, added up from what was written, by number."""
        return {number: math.fsum(each.total for each in found) for number, found in self.sums.items()}

    @cached_property
    def counts(self) -> dict[int, int]:
        """How many measurements were written, by the number of the condition."""
        return {number: sum(each.rows for each in found) for number, found in self.sums.items()}

    @cached_property
    def costs(self) -> dict[int, Costs]:
        """What one unit costs, by the number of the condition, where that is known and what follows is a number."""
        given = {each.number: each.costs for each in self.conditions if each.costs is not None}
        return {number: costs for number, costs in given.items() if self._is_sane(number, costs)}

    def _is_sane(self, number: int, costs: Costs) -> bool:
        numbers = (*costs.kinds.values(), costs.unit_cost, costs.marked_up, costs.markup_percent)
        return max(map(abs, numbers)) * (abs(self.quantities[number]) + 1) < _MOST

    def cost(self, condition: Condition) -> float:
        """What its quantity costs without markup; 0 where that is not known."""
        costs = self.costs.get(condition.number)
        return self.quantities[condition.number] * costs.unit_cost if costs is not None else 0.0

    def marked_up(self, condition: Condition) -> float:
        """What it costs with markup."""
        costs = self.costs.get(condition.number)
        return self.cost(condition) * (1 + costs.markup_percent / 100) if costs is not None else 0.0

    # --- cells

    def title_of(self, column: Column) -> str:
        """What stands above a column."""
        return self.in_currency(column.header) if column.money else column.header

    def in_currency(self, header: str) -> str:
        """What stands above amounts of money."""
        return in_currency(header, self._currency)

    @cached_property
    def _currency(self) -> str:
        return self.cleaner.text("currency", self.ctx.options.currency_named)

    def link(self, condition: Condition) -> str:
        """The name of the sheet that a condition leads to; empty where it has none."""
        return self.names[condition.number - 1] if self.names else ""

    def linked(self, condition: Condition) -> Cell:
        """Its name, which leads to its sheet where it has one."""
        return self.title(condition, looks.HYPERLINK if self.names else looks.TEXT)

    def text(self, name: str, text: str, look: Look = looks.TEXT) -> Cell:
        """A cell with a text of the source."""
        return Cell(self.cleaner.text(name, text), look)

    def title(self, condition: Condition, look: Look = looks.TEXT) -> Cell:
        """The name of a condition."""
        return self.text("name", condition.title, look)

    def unit(self, condition: Condition) -> Cell:
        """Its unit."""
        return self.text("unit", unit_shown(condition))

    def quantity_look(self, condition: Condition, *values: float) -> Look:
        """Of quantities: as many decimals as the user wants, none for pieces that are whole."""
        if is_counted(condition.unit) and all(value.is_integer() for value in values):
            return looks.WHOLE
        return looks.decimals(self.ctx.options.decimals)
