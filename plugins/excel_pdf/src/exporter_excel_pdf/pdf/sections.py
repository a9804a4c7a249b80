"""A section for each condition: what it is, and the table of its measurements with their sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from exporter.colours import colour_of
from exporter.context import ExportContext
from exporter.takeoff.data import Condition, Row, Takeoff, number_of
from exporter.takeoff.units import unit
from exporter_excel_pdf.pdf.document import Key
from exporter_excel_pdf.pdf.figures import figure, money, sums_shown
from exporter_excel_pdf.pdf.flow import Flow
from exporter_excel_pdf.pdf.grid import ROW, Column, Grid, spread
from exporter_excel_pdf.pdf.groups import Grouping, target
from exporter_excel_pdf.pdf.planpages import Plans
from exporter_excel_pdf.pdf.regroup import Regrouped
from exporter_excel_pdf.pdf.sheet import ACCENT, GREY, MARGIN

_TITLE, _GROUP = 12.0, 15.0  # points of letters
_TOGETHER = 10  # rows of a table that is not broken over two pages
_FACTS, _BETWEEN = 8.0, "  ·  "  # points of the letters of facts, and what stands between two
_LONGEST = 400  # characters of a line of facts: more than one holds
_COLUMNS = {
    "page_number": Column("Page", 38),
    "sheet_number": Column("Sheet", 58),
    "geometry_type": Column("Geometry", 56),
    "quantity": Column("Quantity", 78, True),
    "unit": Column("Unit", 34),
    "is_verified": Column("Verified", 44),
    "is_ai_generated": Column("AI", 26),
    "notes": Column("Notes", 110),
}
_YES_OR_NO = {"true": "Yes", "false": "No"}


@attrs.define(eq=False)
class Sections:
    """The sections of a report.

    :param key: of their pages; :param given: the columns of measurements for which the source has something.
    :param currency: of costs; empty where it is not named.
    """

    ctx: ExportContext
    takeoff: Takeoff
    grouping: Grouping
    flow: Flow
    key: Key
    given: frozenset[str]
    currency: str

    def draw(self, plans: Plans | None) -> None:
        """All sections; those of a group stand together, whatever the order in which the source has them."""
        flow, last = self.flow, None
        flow.key = self.key
        with (self.ctx.scratch / "sections.spool").open("w+b") as spooled:
            order = [each for group in self.grouping.groups for each in group.conditions]
            for condition, batches in Regrouped(self.takeoff, order, spooled):
                flow.section, group = condition.title, self.grouping.title(condition)
                if last is None:
                    flow.new_page()
                if group != last and self.grouping.is_grouped:
                    self._group(group, condition)
                last = group
                self._section(condition, batches, plans)

    def _group(self, title: str, first: Condition) -> None:
        """The heading of a group, on the page of its first section."""
        flow = self.flow
        flow.skip(24)
        flow.need(_GROUP * 2 + 20 + self._least(first))
        flow.heading(title, _GROUP)
        flow.sheet.rule(MARGIN, flow.y, MARGIN + flow.width, 0.7, ACCENT)

    @staticmethod
    def _least(condition: Condition) -> float:
        """The room below which a section begins on the next page."""
        return _TITLE * 2 + (min(condition.count, _TOGETHER) + 5) * ROW

    def _section(self, condition: Condition, batches: Iterator[list[Row]], plans: Plans | None) -> None:
        grid = self._grid()
        self._head(condition)
        if not condition.count or grid is None:
            self.flow.paragraph("No measurements.", 8, GREY)
            return
        grid.header()
        for rows in batches:
            if plans is not None:
                plans.add(condition, rows)
            grid.rows(self._cells(rows, condition))
        self._sum(grid, condition)

    def _grid(self) -> Grid | None:
        """The table; None where the source has no measurements. What is widest is the notes, else the name of the sheet."""
        names = self._names()
        if not names:
            return None
        columns = [_COLUMNS[name] for name in names]
        wide = next(names.index(name) for name in ("notes", "sheet_number", names[0]) if name in names)
        return Grid(self.flow, spread(columns, self.flow.width, wide))

    def _names(self) -> list[str]:
        return [name for name in _COLUMNS if name in self.given]

    def _head(self, condition: Condition) -> None:
        flow = self.flow
        flow.skip(20)
        flow.need(self._least(condition))
        flow.document.target(target(condition), flow.y, condition.title, self._above(condition))
        flow.sheet.area(MARGIN, flow.y - _TITLE * 1.2, 10, 10, colour_of(condition.colour, condition.number))
        flow.heading(condition.title, _TITLE, indent=16)
        if condition.description.strip():
            flow.paragraph(condition.description, 8)
        for line in self._lines(list(self._facts(condition))):
            flow.paragraph(line, _FACTS, GREY)
        flow.y -= 4

    def _above(self, condition: Condition) -> tuple[str, ...]:
        """The bookmarks that it stands under."""
        return ("Conditions", self.grouping.title(condition)) if self.grouping.is_grouped else ("Conditions",)

    def _facts(self, condition: Condition) -> Iterator[str]:
        """What is known of a condition, in words."""
        quantity = f"{self._figure(condition.total, condition.unit)} {condition.unit}".strip()
        yield f"{condition.measurement_type.capitalize() or 'Quantity'}: {quantity}"
        yield f"{condition.count:,} measurement{'' if condition.count == 1 else 's'}"
        known = unit(condition.unit)
        size = "mm" if known is not None and known.metric else "in"
        for name in ("depth", "thickness"):
            if (value := getattr(condition, name)) is not None:
                yield f"{name.capitalize()}: {value:g} {size}"
        for name in ("scope", "category", "building", "area", "elevation"):
            if value := getattr(condition, name).strip():
                yield f"{name.capitalize()}: {value}"
        if condition.costs is not None:
            amounts = {"Unit cost": condition.costs.unit_cost}
            amounts |= {name: of(condition) for name, of in sums_shown([condition]).items()}
            yield from (f"{name}: {money(amount)} {self.currency}".strip() for name, amount in amounts.items())

    def _lines(self, facts: Sequence[str]) -> Iterator[str]:
        """Facts side by side, as many as a line holds; one that is longer than a line is broken as texts are."""
        room = self.flow.width * 1000 / _FACTS
        line = facts[0]
        for fact in facts[1:]:
            longer = f"{line}{_BETWEEN}{fact}"
            if len(longer) < _LONGEST and self.flow.regular.width(longer) <= room:
                line = longer
            else:
                yield line
                line = fact
        yield line

    def _figure(self, value: float | None, name: str) -> str:
        return figure(value, self.ctx.options.decimals, name)

    def _cells(self, rows: Sequence[Row], condition: Condition) -> Iterator[Sequence[str]]:
        """The rows as they are shown, column by column, since a batch has but few columns."""
        names, columns = self._names(), self.takeoff.columns
        shown = [self._shown(name, [row[columns.index(name)] for row in rows], condition) for name in names]
        return zip(*shown, strict=True)

    def _shown(self, name: str, texts: Sequence[str], condition: Condition) -> Sequence[str]:
        match name:
            case "quantity":
                return [self._figure(number_of(text), condition.unit) for text in texts]
            case "is_verified" | "is_ai_generated":
                return [_YES_OR_NO.get(text, "") for text in texts]
        return self.flow.document.fonts.column(name, texts)

    def _sum(self, grid: Grid, condition: Condition) -> None:
        names = self._names()
        known = {"quantity": self._figure(condition.total, condition.unit), "unit": condition.unit}
        cells = [known.get(name, "") for name in names]
        first = next((place for place, name in enumerate(names) if name not in known), None)
        if first is not None:
            cells[first] = "Total"
        grid.total(cells)
