"""What comes before the tables of measurements: the head with client and date, the summary, costs and charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter

import attrs

from exporter.colours import colour_of
from exporter.context import ExportContext
from exporter.takeoff.data import Condition, Takeoff
from exporter_excel_pdf.pdf import chart, costs, logo
from exporter_excel_pdf.pdf.figures import by_unit, figure, listed, money, short, sums_shown, total
from exporter_excel_pdf.pdf.flow import Flow
from exporter_excel_pdf.pdf.grid import Column, Grid, fitted
from exporter_excel_pdf.pdf.groups import Grouping, target
from exporter_excel_pdf.pdf.sheet import ACCENT, BLACK, GREY, MARGIN
from exporter_excel_pdf.reports import in_currency

_LOGO = (150.0, 56.0)  # points: as large as a logo may be
_LABEL = 104.0
_NAME = 110.0


@attrs.define(eq=False)
class Front:
    """The first pages.

    :param words: what the takeoff was narrowed to, sentence by sentence. :param currency: of costs; empty where it is not named.
    """

    ctx: ExportContext
    takeoff: Takeoff
    grouping: Grouping
    flow: Flow
    words: Sequence[str]
    currency: str

    def draw(self) -> None:
        """All of it."""
        self.flow.document.target("summary", self.flow.top, "Summary")
        self._head()
        self._summary()
        if self.takeoff.has_costs:
            costs.draw(self.flow, self.grouping, self.currency, self._link)
        chart.draw(self.flow, [each for group in self.grouping.groups for each in group.conditions], self._decimals)

    @property
    def _decimals(self) -> int:
        return int(self.ctx.options.decimals)

    @property
    def _has_projects(self) -> bool:
        return len(self.takeoff.projects) > 1

    def _head(self) -> None:
        flow = self.flow
        if self.ctx.options.logo is not None:
            self._logo()
        flow.heading(flow.title, 20)
        flow.paragraph("Construction takeoff", 10, GREY)
        flow.y -= 6
        for label, text in self._facts():
            self._fact(label, text)
        flow.y -= 10

    def _logo(self) -> None:
        picture = logo.read(self.ctx.options.logo)
        document, flow = self.flow.document, self.flow
        document.image("Logo", logo.embed(document.objects, picture))
        scale = min(_LOGO[0] / picture.width, _LOGO[1] / picture.height)
        width, height = picture.width * scale, picture.height * scale
        flow.y -= height
        flow.sheet.draw(f"q {width:.3f} 0 0 {height:.3f} {MARGIN:.3f} {flow.y:.3f} cm /Logo Do Q")
        flow.y -= 6

    def _facts(self) -> list[tuple[str, str]]:
        """What stands on the first page, by its label; nothing where the source does not say it."""
        projects = self.takeoff.projects
        clients = dict.fromkeys(each.client.strip() for each in projects if each.client.strip())
        conditions = self.takeoff.conditions
        sums = by_unit(conditions)
        few = f"{len(conditions):,} condition{'' if len(conditions) == 1 else 's'}"
        count = f"{sum(each.count for each in conditions):,} of {few}"
        found = [("Client", listed(clients))]
        if len(projects) == 1:
            found.append(("Description", projects[0].description))
        found += [("Date", f"{self.ctx.clock():%d %B %Y}"), ("Measurements", count)]
        found.append(("Totals", "    ".join(f"{self._figure(sums[unit], unit)} {unit}".strip() for unit in sums)))
        if self.takeoff.has_costs:
            sums_of_costs = sums_shown(conditions).items()
            found += [(name, f"{money(total(map(of, conditions)))} {self.currency}") for name, of in sums_of_costs]
        found.append(("Filters", "; ".join(self.words) or "All measurements are included"))
        return [(label, text) for label, text in found if text.strip()]

    def _fact(self, label: str, text: str) -> None:
        flow, size = self.flow, 9.0
        flow.need(size * 1.5)
        flow.sheet.text(flow.bold.line(label), MARGIN, flow.y - size, size, ACCENT)  # on the first line of the text
        flow.paragraph(text, size, BLACK, _LABEL)
        flow.y -= 2

    def _figure(self, value: float | None, unit: str = "") -> str:
        return figure(value, self._decimals, unit)

    def _summary(self) -> None:
        flow = self.flow
        flow.heading("Summary")
        if not self.takeoff.conditions:
            flow.paragraph("There are no conditions in this takeoff.")
            return
        fields = self._fields()
        shown = [(each.column, each.cell) for each in fields]
        grid = Grid(flow, fitted(flow, shown, self.takeoff.conditions, self._below()), swatches=True)
        grid.header()
        for group in self.grouping.groups:
            if self.grouping.is_grouped:
                grid.band(group.title)
            for each in group.conditions:
                cells = [field.cell(each) for field in fields]
                grid.row(cells, swatch=colour_of(each.colour, each.number), link=self._link(each))
            if self.grouping.is_grouped:
                self._sums(grid, f"Total of {group.title}", group.conditions)
        self._sums(grid, "Total", self.takeoff.conditions)

    def _link(self, condition: Condition) -> str:
        """What its rows lead to: its section, where it has one."""
        return "" if self.ctx.options.summary_only else target(condition)

    def _below(self) -> dict[str, list[str]]:
        """The sums of all conditions, by the titles of their columns."""
        conditions = self.takeoff.conditions
        quantities = [self._figure(value, unit) for unit, value in by_unit(conditions).items()]
        costs = {name: [money(total(map(of, conditions)))] for name, of in self._costs.items()}
        return {"Quantity": quantities, **costs}

    def _sums(self, grid: Grid, title: str, conditions: Sequence[Condition]) -> None:
        """A row for each unit with what its conditions cost, and one for the cost of all where there are several units."""
        sums = by_unit(conditions)
        with_all = self.takeoff.has_costs and len(sums) > 1
        for place, (unit, value) in enumerate(sums.items(), 1):
            of = [each for each in conditions if each.unit == unit]
            known = {"Quantity": self._figure(value, unit), "Unit": unit} | self._counted(of)
            known |= {"Condition": short(title)} if place == 1 else {}
            grid.total([known.get(column.title, "") for column in grid.columns], ends=place == len(sums) and not with_all)
        if with_all:
            known = {"Condition": f"{short(title)}, all units"} | self._counted(conditions)
            grid.total([known.get(column.title, "") for column in grid.columns])

    def _counted(self, conditions: Sequence[Condition]) -> dict[str, str]:
        """How many measurements conditions have, and what they cost; nothing where that is not known of any."""
        priced = [each for each in conditions if each.costs]
        costs = {name: money(total(map(of, priced))) for name, of in self._costs.items()} if priced else {}
        return {"Count": f"{sum(each.count for each in conditions):,}", **costs}

    @cached_property
    def _costs(self) -> Mapping[str, Callable[[Condition], float]]:
        """The columns of costs by title: none where the source has no costs."""
        found = sums_shown(self.takeoff.conditions) if self.takeoff.has_costs else {}
        return {in_currency(name, self.currency): of for name, of in found.items()}

    def _fields(self) -> list[_Field]:
        """The columns of the summary: those for which any condition has something."""
        names = self.takeoff.project_names
        found = [_Field(Column("Condition", _NAME), lambda each: each.title)]
        if self._has_projects:
            found.append(_Field(Column("Project", 0), lambda each: names.get(each.project_id, "")))
        found += [
            _Field(Column("Type", 0), lambda each: each.measurement_type),
            *self._kept(),
            _Field(Column("Quantity", 0, True), lambda each: self._figure(each.total, each.unit)),
            _Field(Column("Unit", 0), lambda each: each.unit),
            _Field(Column("Count", 0, True), lambda each: f"{each.count:,}"),
        ]
        return [*found, *(_Field(Column(name, 0, True), _priced(of)) for name, of in self._costs.items())]

    def _kept(self) -> list[_Field]:
        """Category and scope, before the numbers, from which texts behind them would not keep away."""
        names = [name for name in ("category", "scope") if name != self.grouping.by]
        used = [name for name in names if any(getattr(each, name) for each in self.takeoff.conditions)]
        return [_Field(Column(name.capitalize(), 0), attrgetter(name)) for name in used]


def _priced(of: Callable[[Condition], float]) -> Callable[[Condition], str]:
    """The cell of a condition in a column of costs: blank, not free, where nobody has priced it."""
    return lambda condition: money(of(condition)) if condition.costs else ""


@attrs.frozen
class _Field:
    """A column of the summary, and what stands in it."""

    column: Column
    cell: Callable[[Condition], str]
