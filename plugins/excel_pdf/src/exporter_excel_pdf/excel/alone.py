"""A workbook without sheets of conditions: their measurements are added up as they pass."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence

import attrs

from exporter.parts import Part
from exporter.takeoff.data import Condition, Takeoff, number_of
from exporter_excel_pdf.excel.conditions import Sum
from exporter_excel_pdf.excel.sheet import Listed


@attrs.define(eq=False)
class NoSheets:
    """In place of the sheets of conditions.

    :param seen: is given the pages and quantities of measurements as they pass.
    """

    takeoff: Takeoff
    seen: Callable[[Condition, Sequence[str], Sequence[float]], None]
    names: Sequence[str] = ()
    sheets: list[Listed] = attrs.field(factory=list, init=False)
    sums: dict[int, list[Sum]] = attrs.field(factory=dict, init=False)

    def parts(self) -> Iterator[Part]:
        """No files, once all measurements are read."""
        page, quantity = (
            self.takeoff.columns.index(name) if self.takeoff.columns else 0 for name in ("page_id", "quantity")
        )
        for condition, batches in self.takeoff.columns_by_condition():
            found = array("d")
            for columns in batches:
                quantities = [number_of(text) or 0.0 for text in columns[quantity]]
                self.seen(condition, columns[page], quantities)
                found.extend(quantities)
            self.sums[condition.number] = [Sum("", "", 0, math.fsum(found), len(found))]
        yield from ()
