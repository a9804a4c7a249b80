"""Numbers as a report shows them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from exporter.takeoff.data import Condition
from exporter.takeoff.units import is_counted

COST, MARKED_UP = "Cost", "Cost with markup"
_LONGEST = 80  # characters of a title in a row of sums
_NAMED = 5  # projects or clients that are named, of many
_LARGEST = 1e21  # below it, every whole number of a double is shown in full


def figure(value: float | None, decimals: int, name: str = "") -> str:
    """A number with separators of thousands; empty where there is none.

    :param name: its unit: whole numbers of pieces are shown as such.
    """
    if value is None or not math.isfinite(value):
        return ""
    if abs(value) >= _LARGEST:
        return f"{value:.6e}"
    if value == int(value) and is_counted(name):
        return f"{int(value):,}"
    shown = f"{value:,.{decimals}f}"
    return shown.removeprefix("-") if not shown.strip("-0.,") else shown


def money(value: float | None) -> str:
    """An amount of money; the source does not say of which."""
    return figure(value, 2)


def by_unit(conditions: Iterable[Condition]) -> Mapping[str, float]:
    """The sum of the quantities of each unit, in the order in which units come."""
    found: dict[str, list[float]] = {}
    for each in conditions:
        found.setdefault(each.unit, []).append(each.total)
    return {name: total(values) for name, values in found.items()}


def total(values: Iterable[float]) -> float:
    """An exact sum, whatever the order; infinity where it is more than a number can be."""
    try:
        return math.fsum(values)
    except OverflowError:
        return math.inf


def cost(condition: Condition) -> float:
    """What a condition costs without markup; 0 where the source says nothing of it."""
    return condition.total * condition.costs.unit_cost if condition.costs else 0.0


def marked_up(condition: Condition) -> float:
    """What it costs with markup."""
    return condition.total * condition.costs.marked_up if condition.costs else 0.0


def sums_shown(conditions: Iterable[Condition]) -> Mapping[str, Callable[[Condition], float]]:
    """What is shown of costs, by what it is called: without markup, and with it where any condition has one."""
    if any(each.costs and each.costs.markup_percent for each in conditions):
        return {COST: cost, MARKED_UP: marked_up}
    return {COST: cost}


def listed(names: Iterable[str]) -> str:
    """The first of some names, and how many there are more."""
    found = list(names)
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more


def short(title: str) -> str:
    """A title of a few lines at most."""
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1].rstrip() + "…"
