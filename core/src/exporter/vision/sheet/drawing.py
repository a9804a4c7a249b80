"""The sheet as a whole: what it is of, the images, and below them the classes and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import PIL

from exporter.context import ExportContext
from exporter.figures.found import found as draw_found
from exporter.figures.panel import HEAD_ROOM, MARGIN, Box, Panel, header, number_of, scope
from exporter.figures.paper import Type, save, sheet, versions
from exporter.report import Report
from exporter.tables import Table
from exporter.vision.sheet.classes import Bars, draw_classes
from exporter.vision.sheet.contact import Contact, draw_contact, laid_out
from exporter.vision.sheet.survey import Found, Survey

_INCHES = 16.0  # across; as high as what is on it
_WIDTH = 72 * _INCHES
_ROOM = _WIDTH - 2 * MARGIN
_HEADER, _BETWEEN, _BESIDE = 92.0, 34.0, 51.0  # points
_FINDING, _MOST_FINDINGS = 46.0, 7
_PART = 0.56  # of the room: for classes beside findings; for images, that classes may stand beside them
_FINER = {".png": 1.0, ".svg": 1.5, ".pdf": 2.0}  # pixels of images for each of a PNG


def draw_sheet(ctx: ExportContext, tables: Sequence[Table], file: Path, survey: Survey) -> str:
    """Draw and save; what can be seen is told in words."""
    found = survey(ctx, tables)
    ctx.report.versions |= versions() | {"Pillow": PIL.__version__}
    contact, bars, findings = laid_out(ctx, found, _ROOM), Bars.of_found(found), ctx.report.findings
    plan = _Plan.of(contact, bars, min(len(findings), _MOST_FINDINGS))
    title = _title(ctx.report)
    with sheet(_INCHES, plan.height / 72) as figure:
        type = Type(figure)
        header(type, _WIDTH, plan.height, title, [_contents(ctx), scope(ctx.report, whence=False)])
        words = [
            draw_contact(ctx, Panel(figure, type, plan.images), contact, _FINER[file.suffix.lower()]),
            draw_classes(Panel(figure, type, plan.classes), bars, _beyond(ctx, found)),
        ]
        if findings:
            beside = Panel(figure, type, plan.findings)
            most = int((plan.findings.height - HEAD_ROOM) / _FINDING)
            words.append(draw_found(beside, findings, checked=ctx.report.checked, most=most))
        save(figure, file)
    return f"{title}. {_contents(ctx)}. {' '.join(words)}"


@attrs.frozen
class _Plan:
    """Where the panels go, and how high the sheet is."""

    height: float
    images: Box
    classes: Box
    findings: Box

    @classmethod
    def of(cls, contact: Contact, bars: Bars, findings: int) -> _Plan:
        """Classes and findings side by side below the images; where images leave half of the sheet, classes stand beside them.

        :param findings: how many are shown.
        """
        told = HEAD_ROOM + findings * _FINDING if findings else 0.0
        if 0 < contact.width <= _ROOM * _PART:
            high, low = max(contact.height, bars.height), told
            base = MARGIN + low + (_BETWEEN if low else 0.0)
            left = contact.width + _BESIDE
            images = Box(MARGIN, base + high - contact.height, contact.width, contact.height)
            classes = Box(MARGIN + left, base + high - bars.height, _ROOM - left, bars.height)
            below = Box(MARGIN, MARGIN, _ROOM, low)
            return cls(base + high + _HEADER + MARGIN, images, classes, below)
        low = max(bars.height, told)
        images = Box(MARGIN, MARGIN + low + _BETWEEN, _ROOM, contact.height)
        across = _ROOM * _PART if findings else _ROOM
        classes = Box(MARGIN, MARGIN + low - bars.height, across, bars.height)
        beside = Box(MARGIN + across + _BESIDE, MARGIN, _ROOM - across - _BESIDE, low)
        return cls(images.top + _HEADER + MARGIN, images, classes, beside)


def _title(report: Report) -> str:
    project = f", project {report.project}" if report.project is not None else ""
    return f"{report.source}{project}: {report.title}"


def _contents(ctx: ExportContext) -> str:
    """Rows to write, rows left out and findings."""
    records = ctx.report.records
    counts = {name: records[name] for name in ("image", "annotation") if name in records}
    rows = [number_of(c.written, name) + (f" ({c.left_out:,} left out)" if c.left_out else "") for name, c in counts.items()]
    findings = [number_of(len(ctx.report.findings), "finding"), *([] if ctx.report.checked else ["not checked any further"])]
    words = [*rows, *findings]
    return f"{'Preview: ' if ctx.output is None else ''}{', '.join(words)}"


def _beyond(ctx: ExportContext, found: Found) -> str:
    """Classes are counted before shapes are looked at; how many of the rows were left out then."""
    count = ctx.report.records.get(found.of)
    lost = found.total - count.written if count is not None and found.of == "annotation" else 0
    return f"{lost:,} of them left out later" if lost > 0 else ""
