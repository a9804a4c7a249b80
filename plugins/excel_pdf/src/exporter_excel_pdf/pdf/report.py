"""The report as a file: what comes first, a section for each condition, plans."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, TypeVar

import attrs

from exporter.context import ExportContext
from exporter.notes import Notes
from exporter.parts import Part
from exporter.tables import Table
from exporter.takeoff.data import Condition, Page, Project, Takeoff
from exporter.takeoff.tables import MEASUREMENTS, by_name
from exporter.takeoff.words import narrowed_to
from exporter_excel_pdf.pdf.document import Document
from exporter_excel_pdf.pdf.figures import listed
from exporter_excel_pdf.pdf.findings import PROBLEMS
from exporter_excel_pdf.pdf.flow import Flow
from exporter_excel_pdf.pdf.fonts import Fonts
from exporter_excel_pdf.pdf.front import Front
from exporter_excel_pdf.pdf.groups import Grouping
from exporter_excel_pdf.pdf.planpages import Plans
from exporter_excel_pdf.pdf.plans import Spool
from exporter_excel_pdf.pdf.sections import Sections

T = TypeVar("T", Project, Page, Condition)
NAME = "report.pdf"
_SIZES = {"a4": (595.276, 841.89), "letter": (612.0, 792.0)}
_FEET = ("ft", "foot", "feet", "'")
_FRONT, _SECTIONS, _PLANS = range(3)
_OF_CONDITION = (
    "title",
    "colour",
    "description",
    "scope",
    "category",
    "measurement_type",
    "unit",
    "building",
    "area",
    "elevation",
)
_OF_PAGE = ("page_number", "sheet_number", "sheet_title", "scale_unit", "scale_text")
_OF_PROJECT = ("name", "description", "client")


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """The report."""
    path = ctx.scratch / NAME
    with path.open("wb") as file:
        rows = _write(ctx, tables, file)
    yield Part(NAME, path=path, rows=rows, stored=True)


def _write(ctx: ExportContext, tables: Sequence[Table], file: IO[bytes]) -> int:
    """Write it; how many rows it shows."""
    fonts = Fonts(ctx.options.font)
    takeoff = Takeoff.of(ctx, tables)
    _make_fit(takeoff, fonts)
    document = Document(file, fonts, _size(ctx, takeoff))
    grouping = Grouping(ctx.options.group_by, takeoff.conditions)
    flow = Flow(document, _title(ctx, takeoff, fonts), (_FRONT,), "Summary")
    words = fonts.column("filters", narrowed_to(ctx))
    currency = fonts.text("currency", ctx.options.currency_named)
    Front(ctx, takeoff, grouping, flow, words, currency).draw()
    notes = Notes(PROBLEMS)
    ctx.progress.begin("writing conditions", sum(each.count for each in takeoff.conditions))
    sections = Sections(ctx, takeoff, grouping, flow, (_SECTIONS,), _given(tables), currency)
    if ctx.options.summary_only:
        for _, batches in takeoff.columns_by_condition():
            deque(batches, 0)
    elif ctx.options.plans and "page_id" in _given(tables):
        with (ctx.scratch / "plans.spool").open("w+b") as spooled:
            plans = Plans(takeoff, notes, Spool(spooled))
            sections.draw(plans)
            flow.key, flow.section = (_PLANS,), "Plans"
            plans.show(flow, ctx.options.decimals)
    else:
        sections.draw(None)
    document.finish(flow.title, "Construction takeoff", ctx.clock())
    of_measurements = (attrs.evolve(each, record="measurement", action="kept") for each in notes.findings())
    for finding in (*fonts.findings(NAME), *of_measurements):
        ctx.report.add(finding)
    kept = len(takeoff.projects) + len(takeoff.pages) + len(takeoff.conditions)
    return kept + sum(each.count for each in takeoff.conditions)


def _given(tables: Sequence[Table]) -> frozenset[str]:
    """The columns of measurements for which the source has something."""
    found = by_name(tables).get(MEASUREMENTS)
    return frozenset(found.queries[0].values) if found is not None else frozenset()


def _make_fit(takeoff: Takeoff, fonts: Fonts) -> None:
    """Take care that what is in memory can be shown, and is there but once; identifiers stay, since rows refer to them."""
    takeoff.projects = _fit(takeoff.projects, _OF_PROJECT, fonts)
    takeoff.pages = _fit(takeoff.pages, _OF_PAGE, fonts)
    takeoff.conditions = _fit(takeoff.conditions, _OF_CONDITION, fonts)


def _fit(rows: Sequence[T], names: Sequence[str], fonts: Fonts) -> list[T]:
    known: dict[str, str] = {}
    fit: Mapping[str, Sequence[Any]] = {
        name: [known.setdefault(text, text) for text in _texts(rows, name, fonts)] for name in names
    }
    return [attrs.evolve(row, **{name: fit[name][place] for name in names}) for place, row in enumerate(rows)]


def _texts(rows: Sequence[object], name: str, fonts: Fonts) -> Sequence[str]:
    return fonts.column(name, [getattr(row, name) for row in rows])


def _size(ctx: ExportContext, takeoff: Takeoff) -> tuple[float, float]:
    """Of the pages; letter where the first page of the drawings is scaled in feet."""
    if ctx.options.page_size is not None:
        return _SIZES[ctx.options.page_size]
    first = takeoff.pages[0] if takeoff.pages else Page()
    is_in_feet = first.scale_unit.strip().casefold() in _FEET or (first.scale is not None and not first.scale_unit)
    return _SIZES["letter" if is_in_feet else "a4"]


def _title(ctx: ExportContext, takeoff: Takeoff, fonts: Fonts) -> str:
    """The names of the projects; where there is no project, that of the source."""
    return fonts.text("name", listed(takeoff.project_names.values())) or fonts.text("name", ctx.project or ctx.source.name)
