"""Conditions in the order of a report: as the source has them, or by a field that they are grouped by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs

from exporter.takeoff.data import Condition
from exporter_excel_pdf.groups import grouped, label

_NONE = "none"


@attrs.frozen
class Group:
    """Conditions that have a field's value in common. `title` is empty where nothing is grouped."""

    title: str
    conditions: Sequence[Condition]


@attrs.define(eq=False)
class Grouping:
    """The groups of a report.

    :param by: a field of conditions, or `none`.
    """

    by: str
    conditions: Sequence[Condition]

    @property
    def is_grouped(self) -> bool:
        """Whether there is anything to group by."""
        return self.by != _NONE

    @cached_property
    def groups(self) -> list[Group]:
        """Groups in the order in which the source has them; one without a title where nothing is grouped."""
        if not self.is_grouped:
            return [Group("", self.conditions)]
        return [Group(title, found) for title, found in grouped(self.conditions, self.by).items()]

    def title(self, condition: Condition) -> str:
        """The name of its group."""
        return label(condition, self.by) if self.is_grouped else ""


def target(condition: Condition) -> str:
    """The name of its section, for links."""
    return f"c{condition.number:06}"
