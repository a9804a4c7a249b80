"""The format `pdf`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from exporter.options import option
from exporter_excel_pdf.reports import ReportFormat, ReportOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part
    from exporter.report import Finding
    from exporter.source import Source
    from exporter.tables import Table

_MAGIC = b"%PDF-"


@attrs.frozen
class Options(ReportOptions):
    """What a PDF report can be told."""

    page_size: str | None = option(
        default=None, choices=("a4", "letter"), help="By default letter where the first page is scaled in feet, else a4"
    )
    plans: bool = option(default=True, help="Draw the measurements of each page to scale")
    logo: Path | None = option(default=None, help="A PNG or JPEG for the top of the first page")
    font: tuple[Path, ...] = option(
        default=(), help="A font file (.ttf, .otf, .ttc) for scripts that the report's own lacks; repeat it for more"
    )


class Pdf(ReportFormat[Options]):
    """A report for clients: summary, costs, chart, a table for each condition, plans."""

    name = "pdf"
    title = "PDF report of a takeoff"
    extension = "pdf"
    media_type = "application/pdf"
    packaging = "file"

    def columns(self, options: Options) -> tuple[str, ...]:
        """What is read of measurements: what plans draw, and the identifiers of what they cannot, for these alone.

        Without sections nothing of a measurement is shown.
        """
        if options.summary_only:
            return ("quantity",)
        drawn = ("page_id", "geometry", "measurement_id") if options.plans else ()
        return (*drawn, *(name for name in super().columns(options) if name not in ("measurement_id", "sheet_title")))

    def options_for(self, options: Options, source: Source) -> Options:
        """The same, once logo and fonts are known to be such.

        :raises InputError: for a file that is none.
        """
        if options.logo is not None:
            from exporter_excel_pdf.pdf.logo import read

            read(options.logo)
        if options.font:
            from exporter_excel_pdf.pdf.faces import Face

            for path in options.font:
                Face("", path)
        return options

    def warm(self, options: Options) -> None:
        """Load what writes the report."""
        import exporter_excel_pdf.pdf.report  # noqa: F401 - loaded for those who come after

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The report, as one file."""
        from exporter_excel_pdf.pdf.report import parts

        return parts(ctx, tables)

    def exporter_check(self, file: Path, options: Options) -> Iterable[Finding]:
        """Whether viewers can read it: its frame, its pages, its fonts."""
        from exporter_excel_pdf.pdf.checks import check

        return check(file)

    def recognises(self, file: Path) -> bool:
        """By its first bytes."""
        if not file.is_file():
            return False
        with file.open("rb") as opened:
            return opened.read(len(_MAGIC)) == _MAGIC
