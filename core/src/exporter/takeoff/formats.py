"""What formats of takeoffs have in common. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from exporter.format import Format
from exporter.takeoff.options import TakeoffOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.tables import Table

O = TypeVar("O", bound=TakeoffOptions)  # noqa: E741 - the options of a format


class TakeoffFormat(Format[O]):
    """A format of conditions with their measurements. `exporter_serialize` is left to write; `exporter.takeoff.data` helps with it.

    Measurements without a condition, and those whose unit is none of their condition's kind, are left out and counted. Projects,
    pages and conditions that share an identifier are findings of level error; whoever keeps going has all under the first of them.
    """

    family = "takeoff"
    identified = ("condition",)
    unique = ("project", "page")

    def columns(self, options: O) -> tuple[str, ...]:
        """The columns of measurements that it writes: fields of the measurement and its page, and `condition`, a name."""
        return (
            "measurement_id",
            "page_number",
            "sheet_number",
            "sheet_title",
            "geometry_type",
            "quantity",
            "unit",
            "is_verified",
            "is_ai_generated",
            "notes",
        )

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What is left out or flagged before anything is written."""
        from exporter.takeoff.rules import rules

        return rules(ctx, records)

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """Projects, pages, conditions with their totals, and measurements in the order of their conditions."""
        from exporter.takeoff.tables import tables

        return tables(ctx, records, self.columns(ctx.options))
