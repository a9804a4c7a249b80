"""What panels of a figure share: a box, a head, axes, bars, and what stands above all of them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from exporter.figures.paper import BLUE, SOFT, Type, axes
from exporter.report import Report

MARGIN = 44.0  # points around a sheet
HEAD, TEXT, SMALL = 19.0, 13.0, 12.0  # points
HEAD_ROOM = 38.0  # points above what a panel draws
_TITLE, _SUBTITLE = 21.0, 13.5


@attrs.frozen
class Box:
    """A part of the figure, in points from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """Its upper side."""
        return self.bottom + self.height


@attrs.frozen
class Panel:
    """What every panel draws with."""

    figure: Figure
    type: Type
    box: Box

    def head(self, title: str, note: str) -> None:
        """The panel's title, and beside it what is to be known of its numbers."""
        self.type.put(self.box.left, self.box.top - HEAD, title, HEAD, weight="bold")
        left = self.type.width(title, HEAD, weight="bold") + 14
        shown = self.type.fit(note, self.box.width - left, TEXT)
        self.type.put(self.box.left + left, self.box.top - HEAD, shown, TEXT, color=SOFT)

    def nothing(self, words: str) -> None:
        """What stands in an empty panel."""
        middle = (self.box.left + self.box.width / 2, self.box.bottom + (self.box.height - HEAD_ROOM) / 2)
        self.type.put(*middle, words, TEXT + 1, align="center", color=SOFT)

    def axes(self, left: float, bottom: float, right: float = 0.0) -> Axes:
        """Axes in the box below the title, with room at three sides."""
        room = self.box.height - HEAD_ROOM - bottom
        return axes(self.figure, self.box.left + left, self.box.bottom + bottom, self.box.width - left - right, room)


def bar(
    panel: Panel, left: float, bottom: float, width: float, height: float, color: str = BLUE, *, zorder: float = 1
) -> None:
    """A bar at a place in points."""
    across, up = 72 * panel.figure.get_figwidth(), 72 * panel.figure.get_figheight()
    place = ((left / across, bottom / up), width / across, height / up)
    panel.figure.add_artist(Rectangle(*place, facecolor=color, transform=panel.figure.transFigure, zorder=zorder))


def number_of(n: int, word: str) -> str:
    """A number and what is counted."""
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def header(type: Type, width: float, height: float, title: str, lines: Sequence[str]) -> None:
    """What stands above all panels: a title of at most two lines, and what is to be known of the sheet.

    :param width: and height, of the sheet.
    """
    room = width - 2 * MARGIN
    y = height - MARGIN + _TITLE * 0.5
    for line in type.lines(title, room, _TITLE, 2, weight="bold"):
        y -= _TITLE * 1.25
        type.put(MARGIN, y, line, _TITLE, weight="bold")
    y -= 4
    for line in lines:
        y -= _SUBTITLE * 1.6
        type.put(MARGIN, y, type.fit(line, room, _SUBTITLE), _SUBTITLE, color=SOFT)


def scope(report: Report, *, whence: bool = True) -> str:
    """The moment, and what the rows were narrowed to.

    :param whence: whether source and project are told.
    """
    words = [f"{report.started[:16].replace('T', ' ')} UTC"]
    if whence:
        words += [report.source, *([f"project {report.project}"] if report.project is not None else [])]
    for key, value in report.filters.items():
        if value not in (None, [], ()):
            words.append(f"{key} = {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}")
    return "  ·  ".join(words)
