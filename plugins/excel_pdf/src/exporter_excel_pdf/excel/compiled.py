"""The rows of conditions as exporter-native writes them: the same as `exporter_excel_pdf.excel.conditions` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import ColumnElement, func, literal, literal_column

from exporter.takeoff.compiled import BLOCK
from exporter.takeoff.data import Condition
from exporter.takeoff.units import is_counted

WHOLE = {"page_number"}  # numbers without decimals
NUMBERS = {"quantity", "pixel_length", "pixel_area"}
FLAGS = {"is_verified", "is_ai_generated"}


@attrs.frozen(eq=False)
class CompiledRows:
    """Aggregates of a block's rows: the rows, and how wide the cells of the first ones are (`exporter.takeoff.compiled.Form`).

    :param fields: what the columns show; :param decimals: of the numbers among them, as shown.
    :param styles: of the columns, and that of whole quantities.
    :param header: gives the row above the first one of a condition; :param seen: rows that columns are fitted to.
    :param most: rows of a condition that one sheet holds, whatever stands above them.
    """

    fields: Sequence[str]
    decimals: Mapping[str, int]
    styles: Sequence[int]
    header: Callable[[Condition], int]
    seen: int
    most: int

    def aggregates(self, cells: Callable[[str], ColumnElement[Any]]) -> Sequence[ColumnElement[Any]]:
        """The rows as bytes, the widths of their columns, that of the widest note, and whether any has several lines."""
        given: Iterator[ColumnElement[Any]] = (literal_column(f":{name}") for name in ("first", "kinds", "styles", "seen"))
        first, kinds, styles, seen = given
        shown = literal("".join(map(self._shown, self.fields)))
        values = list(map(cells, self.fields))
        notes = cells("notes")
        return [
            func.exporter_sheet_rows(first, kinds, styles, *values),
            func.exporter_sheet_widths(seen, shown, *values),
            func.exporter_sheet_widths(literal(BLOCK), literal("t"), notes),
            func.max(func.instr(notes, literal("\n"))),
        ]

    def given(self, condition: Condition, before: int) -> Mapping[str, Any]:
        """What tells the blocks of a condition from those of another."""
        kinds = "".join(self._kind(field, counted=is_counted(condition.unit)) for field in self.fields)
        first = self.header(condition) + 1 + before
        return {
            "first": first,
            "kinds": kinds,
            "styles": " ".join(map(str, self.styles)),
            "seen": 0 if before else self.seen,
        }

    def _kind(self, field: str, *, counted: bool) -> str:
        if field == "quantity" and counted:
            return "w"
        return "i" if field in WHOLE else "n" if field in NUMBERS else "b" if field in FLAGS else "t"

    def _shown(self, field: str) -> str:
        """How exporter_sheet_widths() knows it: a number by its decimals."""
        return chr(ord("0") + self.decimals[field]) if field in self.decimals else "b" if field in FLAGS else "t"
