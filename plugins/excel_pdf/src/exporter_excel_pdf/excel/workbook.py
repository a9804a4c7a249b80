"""The parts of a workbook: the sheets of conditions as their measurements come, then what adds them up.

What a reader sees first, the Summary, is written last but for what ties the files together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from exporter.context import ExportContext
from exporter.errors import InputError
from exporter.parts import Part
from exporter.report import Finding
from exporter.sanitize import XLSX, Cleaner
from exporter.tables import Table
from exporter.takeoff.data import Condition, Takeoff
from exporter.takeoff.pages import PageTotals
from exporter_excel_pdf.excel import book, package
from exporter_excel_pdf.excel.alone import NoSheets
from exporter_excel_pdf.excel.book import Book
from exporter_excel_pdf.excel.categories import ByCategory
from exporter_excel_pdf.excel.charts import Charts
from exporter_excel_pdf.excel.conditions import ConditionSheets
from exporter_excel_pdf.excel.costs import CostSheet
from exporter_excel_pdf.excel.names import SheetNames
from exporter_excel_pdf.excel.pages import ByPage
from exporter_excel_pdf.excel.sheet import Line, Listed, Sheet, chunks
from exporter_excel_pdf.excel.styles import Styles
from exporter_excel_pdf.excel.summary import Summary, some

MOST_SHEETS = 10_000  # LibreOffice's limit; Excel's is memory
_MANY_SHEETS = 1_000


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """The files of the workbook.

    :raises InputError: for more conditions than a workbook has sheets for.
    """
    return _Workbook(ctx, Takeoff.of(ctx, tables)).parts()


class _Workbook:
    def __init__(self, ctx: ExportContext, takeoff: Takeoff) -> None:
        if not ctx.options.summary_only:
            _check_count(ctx, len(takeoff.conditions))
        self._ctx, self._takeoff = ctx, takeoff
        self._cleaner, self._styles, self._names = Cleaner(XLSX), Styles(), SheetNames()
        for name in (book.SUMMARY, book.CATEGORIES, book.PAGES, book.COSTS, book.CHARTS):
            self._names.new(name)
        projects = [each.name or each.project_id for each in takeoff.projects]
        self._projects = self._cleaner.text("project", some(projects)) if projects else ""
        self._paged = PageTotals(takeoff) if takeoff.pages else None
        self._sheets = self._sheets_of_conditions()

    def _sheets_of_conditions(self) -> ConditionSheets | NoSheets:
        ctx, takeoff = self._ctx, self._takeoff
        if ctx.options.summary_only:
            return NoSheets(takeoff, self._seen)
        first = [self._new_name(condition.title) for condition in takeoff.conditions]
        return ConditionSheets(
            takeoff,
            self._cleaner,
            self._styles,
            first,
            self._new_name,
            self._seen,
            book.SUMMARY,
            ctx.options.decimals,
            self._projects,
        )

    def _new_name(self, title: str) -> str:
        return self._names.new(XLSX.replaced(title))

    def _seen(self, condition: Condition, pages: Sequence[str], quantities: Sequence[float]) -> None:
        if self._paged is not None:
            self._paged.add_quantities(condition, pages, quantities)

    def parts(self) -> Iterator[Part]:
        """What is known beforehand, the sheets of conditions, the sheets about them, and the list of all."""
        yield _part("_rels/.rels", package.of_package())
        yield from self._sheets.parts()
        found = Book(self._ctx, self._takeoff, self._cleaner, self._styles, list(self._sheets.names), self._sheets.sums)
        about: list[Listed] = []
        drawn = 0
        for sheet, lines in self._about(found):
            number = len(self._sheets.sheets) + len(about) + 1
            sheet.about = self._projects
            name, made = f"xl/worksheets/sheet{number}.xml", chunks(sheet, lines, self._styles)
            yield Part(name, made, title=sheet.name, rows=0, sound=_seen)
            about.append(sheet.listed)
            if sheet.drawing:
                yield from _drawn(self._charts, number)
                drawn = len(self._charts.charts)
        yield _part("xl/styles.xml", self._styles.xml())
        yield from self._listed(about, drawn)
        self._tell(found)

    def _about(self, found: Book) -> Iterator[tuple[Sheet, Iterable[Line]]]:
        costs = CostSheet(found) if found.costs else None
        self._summary = Summary(found, costs)
        yield self._summary.sheet()
        if found.conditions:
            yield ByCategory(found, self._summary.place).sheet()
        if self._paged is not None:
            names = iter(partial(self._names.new, book.PAGES), "")
            yield from ByPage(found, self._paged).sheets(_first(book.PAGES, names))
        if costs is not None:
            yield costs.sheet(self._summary.place["Quantity"])
        self._charts = Charts(found, self._summary.place["Quantity"])
        if self._charts.charts:
            yield self._charts.sheet()

    def _listed(self, about: Sequence[Listed], charts: int) -> Iterator[Part]:
        sheets = self._sheets.sheets
        numbers = [*range(len(sheets) + 1, len(sheets) + 1 + len(about)), *range(1, len(sheets) + 1)]
        yield _part("xl/workbook.xml", package.workbook(list(zip([*about, *sheets], numbers, strict=True))))
        targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(numbers) + 1)]
        yield _part("xl/_rels/workbook.xml.rels", package.relations([*targets, ("styles", "styles.xml")]))
        title = ", ".join(["Quantity takeoff", *([self._projects] if self._projects else [])])
        yield _part("docProps/core.xml", [package.core_properties(title, self._ctx.clock())])
        yield _part("docProps/app.xml", [package.app_properties()])
        yield _part("[Content_Types].xml", [package.content_types(charts)])

    def _tell(self, found: Book) -> None:
        for finding in self._cleaner.findings("measurement", ""):
            self._ctx.report.add(finding)
        lost = [c.condition_id for c in found.conditions if c.costs is not None and c.number not in found.costs]
        if lost:
            message = "Costs are no number that a cell holds; the condition is written without them."
            finding = Finding("warning", "COST_NOT_FINITE", message, len(lost), lost[:5], "condition", action="replaced")
            self._ctx.report.add(finding)


def _check_count(ctx: ExportContext, count: int) -> None:
    """A workbook has a sheet for each condition."""
    hint = "Filter conditions, or leave empty ones out by --hide-empty."
    if count > MOST_SHEETS - 50:
        raise InputError(f"There are {count:,} conditions; programs open no more than {MOST_SHEETS:,} sheets.", hint=hint)
    if count > _MANY_SHEETS:
        message = f"Each condition has a sheet, and programs are slow to open so many. {hint}"
        ctx.report.add(Finding("warning", "SHEETS_MANY", message, count, record="condition", action="kept"))


def _seen() -> bool:
    """Whether what a check looks for was made so, which the tests hold."""
    return True


def _first(name: str, further: Iterator[str]) -> Iterator[str]:
    yield name
    yield from further


def _part(name: str, texts: Iterable[str]) -> Part:
    return Part(name, (text.encode() for text in texts), rows=0)


def _drawn(charts: Charts, sheet: int) -> Iterator[Part]:
    """The drawing of a sheet and its charts."""
    to_drawing = package.relations([("drawing", "../drawings/drawing1.xml")])
    yield _part(f"xl/worksheets/_rels/sheet{sheet}.xml.rels", to_drawing)
    yield _part("xl/drawings/drawing1.xml", [charts.drawing()])
    targets = [("chart", f"../charts/chart{n}.xml") for n in range(1, len(charts.charts) + 1)]
    yield _part("xl/drawings/_rels/drawing1.xml.rels", package.relations(targets))
    for number, chart in enumerate(charts.charts, 1):
        yield _part(f"xl/charts/chart{number}.xml", [charts.chart(chart)])
