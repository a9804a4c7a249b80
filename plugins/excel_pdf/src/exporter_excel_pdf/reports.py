"""What both formats have in common: how conditions are grouped, and how many decimals are shown.

What is heavy is imported when a hook is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import attrs

from exporter.options import option
from exporter.takeoff.formats import TakeoffFormat
from exporter.takeoff.options import CostOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.selection import RecordRows
    from exporter.tables import Table

GROUPS = ("none", "category", "scope", "building", "area", "elevation")


@attrs.frozen
class ReportOptions(CostOptions):
    """What a workbook and a report can be told."""

    group_by: str = option(
        default="none", choices=GROUPS, help="Put the conditions of the summary together by this, each group with its totals"
    )
    decimals: int = option(
        default=2, minimum=0, maximum=15, help="Decimals of quantities that are shown, 0 to 15; every digit counts in sums"
    )
    currency: str = option(default="", help="What costs are in, such as USD or kr; their columns name it")
    summary_only: bool = option(default=False, help="Sums alone: no sheet or section for each condition, and no plans")

    @property
    def currency_named(self) -> str:
        """The currency on one line."""
        return " ".join(self.currency.split())


def in_currency(title: str, currency: str) -> str:
    """The title of a column of costs."""
    return f"{title} ({currency})" if currency else title


O = TypeVar("O", bound=ReportOptions)  # noqa: E741 - the options of a format


class ReportFormat(TakeoffFormat[O]):
    """A takeoff that people read."""

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """What all formats of takeoffs read; a source that cannot serve `group_by` is refused."""
        from exporter_excel_pdf.groups import check_group

        check_group(ctx.options.group_by, records)
        return super().exporter_query(ctx, records)
