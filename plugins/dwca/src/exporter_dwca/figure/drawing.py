"""The sheet as a whole: the data set's title, what is in the archive, and the four panels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exporter.context import ExportContext
from exporter.report import Report
from exporter.tables import Table
from exporter_dwca.figure import panels
from exporter_dwca.figure.numbers import gather
from exporter_dwca.figure.panels import Box, Panel
from exporter_dwca.figure.paper import INCHES, SOFT, Type, save, sheet, versions

_WIDTH, _HEIGHT = 72 * INCHES[0], 72 * INCHES[1]
_MARGIN, _GUTTER = 44.0, 56.0
_HEADER = 158.0
_TITLE, _SUBTITLE = 21.0, 13.5
_ACROSS = (_WIDTH - 2 * _MARGIN - _GUTTER) / 2
_UP = (_HEIGHT - _HEADER - _MARGIN - _GUTTER * 0.75) / 2
_LOW, _HIGH = _MARGIN, _MARGIN + _UP + _GUTTER * 0.75
_LEFT, _RIGHT = _MARGIN, _MARGIN + _ACROSS + _GUTTER
_WHERE, _WHEN = Box(_LEFT, _HIGH, _ACROSS, _UP), Box(_RIGHT, _HIGH, _ACROSS, _UP)
_WHAT, _FOUND = Box(_LEFT, _LOW, _ACROSS, _UP), Box(_RIGHT, _LOW, _ACROSS, _UP)


def draw_sheet(ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
    """Draw and save; what can be seen is told in words."""
    numbers = gather(ctx, tables, panels.map_shape(_WHERE))
    ctx.cancel.check()
    ctx.report.versions |= versions()
    title = ctx.document("dataset").title or ctx.source.name
    with sheet() as figure:
        type = Type(figure)
        _header(type, title, ctx.report, preview=ctx.output is None)
        words = [
            panels.where(Panel(figure, type, _WHERE), numbers.places),
            panels.when(Panel(figure, type, _WHEN), numbers.times),
            panels.what(Panel(figure, type, _WHAT), numbers.taxa),
            panels.found(Panel(figure, type, _FOUND), ctx.report.findings, checked=ctx.report.checked),
        ]
        save(figure, file)
    return f"{title}, in four panels. {' '.join(words)}"


def _header(type: Type, title: str, report: Report, *, preview: bool) -> None:
    room = _WIDTH - 2 * _MARGIN
    y = _HEIGHT - _MARGIN + _TITLE * 0.5
    for line in type.lines(title, room, _TITLE, 2, weight="bold"):
        y -= _TITLE * 1.25
        type.put(_MARGIN, y, line, _TITLE, weight="bold")
    y -= 4
    for line in (_contents(report, preview=preview), _scope(report)):
        y -= _SUBTITLE * 1.6
        type.put(_MARGIN, y, type.fit(line, room, _SUBTITLE), _SUBTITLE, color=SOFT)


def _contents(report: Report, *, preview: bool) -> str:
    rows = [
        f"{count.written:,} {name}{'' if name == 'media' or count.written == 1 else 's'}"
        for name, count in report.records.items()
    ]
    return f"{report.title}{', a preview' if preview else ''}: {', '.join(rows)}"


def _scope(report: Report) -> str:
    """The moment, and what the rows were narrowed to."""
    words = [f"{report.started[:16].replace('T', ' ')} UTC", report.source]
    words += [f"project {report.project}"] if report.project is not None else []
    for key, value in report.filters.items():
        if value not in (None, [], ()):
            words.append(f"{key} = {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}")
    return "  ·  ".join(words)
