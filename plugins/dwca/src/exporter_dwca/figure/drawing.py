"""The sheet as a whole: the data set's title, what is in the archive, and the four panels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exporter.context import ExportContext
from exporter.figures.found import found
from exporter.figures.panel import MARGIN, Box, Panel, header, scope
from exporter.report import Report
from exporter.tables import Table
from exporter_dwca.figure import panels
from exporter_dwca.figure.numbers import gather
from exporter_dwca.figure.paper import INCHES, Type, save, sheet, versions

_WIDTH, _HEIGHT = 72 * INCHES[0], 72 * INCHES[1]
_GUTTER = 56.0
_HEADER = 158.0
_ACROSS = (_WIDTH - 2 * MARGIN - _GUTTER) / 2
_UP = (_HEIGHT - _HEADER - MARGIN - _GUTTER * 0.75) / 2
_LOW, _HIGH = MARGIN, MARGIN + _UP + _GUTTER * 0.75
_LEFT, _RIGHT = MARGIN, MARGIN + _ACROSS + _GUTTER
_WHERE, _WHEN = Box(_LEFT, _HIGH, _ACROSS, _UP), Box(_RIGHT, _HIGH, _ACROSS, _UP)
_WHAT, _FOUND = Box(_LEFT, _LOW, _ACROSS, _UP), Box(_RIGHT, _LOW, _ACROSS, _UP)


def draw_sheet(ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
    """Draw and save; what can be seen is told in words."""
    numbers = gather(ctx, tables, panels.map_shape(_WHERE))
    ctx.cancel.check()
    ctx.report.versions |= versions()
    title = ctx.document("dataset").title or ctx.source.name
    with sheet(*INCHES) as figure:
        type = Type(figure)
        header(type, _WIDTH, _HEIGHT, title, [_contents(ctx.report, preview=ctx.output is None), scope(ctx.report)])
        words = [
            panels.where(Panel(figure, type, _WHERE), numbers.places),
            panels.when(Panel(figure, type, _WHEN), numbers.times),
            panels.what(Panel(figure, type, _WHAT), numbers.taxa),
            found(Panel(figure, type, _FOUND), ctx.report.findings, checked=ctx.report.checked),
        ]
        save(figure, file)
    return f"{title}, in four panels. {' '.join(words)}"


def _contents(report: Report, *, preview: bool) -> str:
    rows = [
        f"{count.written:,} {name}{'' if name == 'media' or count.written == 1 else 's'}"
        for name, count in report.records.items()
    ]
    return f"{report.title}{', a preview' if preview else ''}: {', '.join(rows)}"
