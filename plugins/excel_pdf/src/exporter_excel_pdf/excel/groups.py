"""Conditions put together in sheets: by category or whatever else the user names, and in each group by unit: only like is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from exporter.sanitize import XLSX
from exporter.takeoff.data import Condition
from exporter_excel_pdf.groups import grouped

NO_UNIT = "–"  # where a condition has none: the column of units is never blank in the row of a condition


@attrs.frozen
class Group:
    """Conditions that stand together.

    :param label: what they have in common. :param by_unit: conditions of each unit, which stand together in it.
    """

    label: str
    by_unit: Mapping[str, list[Condition]]

    @property
    def conditions(self) -> list[Condition]:
        """All of them, in order."""
        return [each for found in self.by_unit.values() for each in found]


def groups(conditions: Iterable[Condition], field: str) -> list[Group]:
    """Groups by a field of conditions, in the order in which they are met."""
    return [Group(label, in_units(each)) for label, each in grouped(conditions, field).items()]


def in_units(conditions: Iterable[Condition]) -> dict[str, list[Condition]]:
    """Conditions by unit, in the order in which these are met."""
    found: dict[str, list[Condition]] = {}
    for condition in conditions:
        found.setdefault(unit_shown(condition), []).append(condition)
    return found


def unit_shown(condition: Condition) -> str:
    """The unit as the sheets show it: formulas compare it letter by letter."""
    return XLSX.replaced(condition.unit).strip() or NO_UNIT
