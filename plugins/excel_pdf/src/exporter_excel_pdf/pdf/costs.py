"""The table of costs: of what they are made up, their markup, and their sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from exporter.colours import colour_of
from exporter.takeoff.data import COSTS, Condition
from exporter_excel_pdf.pdf.figures import COST, MARKED_UP, cost, marked_up, money, short, sums_shown, total
from exporter_excel_pdf.pdf.flow import Flow
from exporter_excel_pdf.pdf.grid import SIZE, Column, Grid, fitted
from exporter_excel_pdf.pdf.groups import Grouping
from exporter_excel_pdf.reports import in_currency

_NAME = 130.0  # points, for names in letters of the usual size
_SIZES = (SIZE, 6.5, 5.5)  # points of letters, smaller ones where there are many kinds of costs
_ROWS = 3  # that stand below the header
Amount = Callable[[Condition], float | None]


def draw(flow: Flow, grouping: Grouping, currency: str, link: Callable[[Condition], str]) -> None:
    """The conditions of which costs are known, with sums of each group and of all.

    :param currency: of costs; empty where it is not named.
    :param link: gives what the row of a condition leads to, or an empty text.
    """
    groups = [(group.title, [each for each in group.conditions if each.costs]) for group in grouping.groups]
    groups = [(title, conditions) for title, conditions in groups if conditions]
    every = [each for _, conditions in groups for each in conditions]
    flow.skip(14)
    flow.need(100)
    flow.document.target("costs", flow.y, "Costs")
    flow.heading("Costs")
    amounts = {in_currency(name, currency): of for name, of in _amounts(every).items()}
    fields = [(Column("Condition", _NAME), _title), *((Column(name, 0, True), _shown(of)) for name, of in amounts.items())]
    sums = {name: [text] for name, text in _added(every, amounts).items()}
    for size in _SIZES:
        columns = fitted(flow, fields, every, sums, size)
        if columns[0].width >= _NAME:
            break
    grid = Grid(flow, columns, swatches=True, size=size)
    grid.header(_ROWS)
    for title, conditions in groups:
        if grouping.is_grouped:
            grid.band(title)
        for each in conditions:
            cells = [cell(each) for _, cell in fields]
            grid.row(cells, swatch=colour_of(each.colour, each.number), link=link(each))
        if grouping.is_grouped:
            _sums(grid, f"Total of {title}", conditions, amounts)
    _sums(grid, "Total", every, amounts)


def _amounts(conditions: Sequence[Condition]) -> Mapping[str, Amount]:
    """What is shown of each condition, by the column's title: unit cost, kinds of which any is known, cost, and any markup."""
    known = [kind for kind in COSTS if any(each.costs and kind in each.costs.kinds for each in conditions)]
    found: dict[str, Amount] = {"Unit cost": _unit_cost}
    found |= {kind.capitalize(): _kind(kind) for kind in known}
    found[COST] = cost
    if MARKED_UP in sums_shown(conditions):
        found |= {"Markup cost": _markup, MARKED_UP: marked_up}
    return found


def _sums(grid: Grid, title: str, conditions: Sequence[Condition], amounts: Mapping[str, Amount]) -> None:
    sums = _added(conditions, amounts)
    grid.total([short(title), *(sums.get(column.title, "") for column in grid.columns[1:])])


def _added(conditions: Sequence[Condition], amounts: Mapping[str, Amount]) -> dict[str, str]:
    """The sums of amounts, where any is known; costs of single units have none."""
    known = {name: [of(each) for each in conditions] for name, of in amounts.items() if of is not _unit_cost}
    found = {name: [amount for amount in amounts if amount is not None] for name, amounts in known.items()}
    return {name: money(total(amounts)) if amounts else "" for name, amounts in found.items()}


def _title(condition: Condition) -> str:
    return condition.title


def _shown(amount: Amount) -> Callable[[Condition], str]:
    return lambda condition: money(amount(condition))


def _unit_cost(condition: Condition) -> float | None:
    return condition.costs.unit_cost if condition.costs else None


def _kind(kind: str) -> Amount:
    def amount(condition: Condition) -> float | None:
        one = condition.costs.kinds.get(kind) if condition.costs else None
        return None if one is None else one * condition.total

    return amount


def _markup(condition: Condition) -> float | None:
    return marked_up(condition) - cost(condition) if condition.costs else None
