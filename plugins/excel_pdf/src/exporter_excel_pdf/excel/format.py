"""The format `excel`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exporter_excel_pdf.reports import ReportFormat, ReportOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.tables import Table


class Excel(ReportFormat[ReportOptions]):
    """A workbook: a summary with live totals, a sheet for each condition, sums by page and category, costs, charts."""

    name = "excel"
    title = "Excel workbook"
    extension = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def columns(self, options: ReportOptions) -> tuple[str, ...]:
        """Those of the sheets of conditions, and the page that sums go by; without sheets what is added up alone."""
        if options.summary_only:
            return ("page_id", "quantity")
        return (
            "page_id",
            "page_number",
            "sheet_number",
            "sheet_title",
            "geometry_type",
            "quantity",
            "unit",
            "is_verified",
            "is_ai_generated",
            "notes",
            "pixel_length",
            "pixel_area",
            "measurement_id",
        )

    def warm(self, options: ReportOptions) -> None:
        """Load what writes."""
        import exporter_excel_pdf.excel.workbook  # noqa: F401 - the run imports it again, at once

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The files of the workbook."""
        from exporter_excel_pdf.excel.workbook import parts

        return parts(ctx, tables)

    def exporter_check(
        self, file: Path, options: ReportOptions, receipts: Mapping[str, Receipt] | None = None
    ) -> Iterable[Finding]:
        """Whether programs open it without repair, and no formula shows an error."""
        from exporter_excel_pdf.excel.checks import check

        return check(file, receipts or {})

    def recognises(self, file: Path) -> bool:
        """Whether it is a zip that holds a workbook."""
        from exporter_excel_pdf.excel.checks import is_workbook

        return is_workbook(file)
