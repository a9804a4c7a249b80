"""Plans: what was measured on each page, drawn in its place.

Measurements come condition by condition, plans are drawn page by page. So each measurement becomes the operators that draw it, in
pixels of its page, and these are kept in a file in scratch by page; the plan sets the scale around them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import IO

import attrs

from exporter.takeoff.geometry import Geometry, Point
from exporter_excel_pdf.pdf.sheet import rgb

AREA, AREA_OFF, LINE, LINE_OFF, DOT, DOT_OFF = LAYERS = range(6)  # what is drawn later lies above; `_OFF` is deducted
_KEPT = 1 << 18  # characters in memory, of all pages together
_FARTHEST = 1e7  # pixels; farther points are none of a page, and beyond what viewers count in


@attrs.define(eq=False)
class Spool:
    """Operators by page and layer, in the order in which they came. Memory grows with pages, and not with measurements."""

    _file: IO[bytes]
    _buffers: dict[tuple[int, int], list[str]] = attrs.field(factory=dict, init=False)
    _segments: dict[tuple[int, int], list[tuple[int, int]]] = attrs.field(factory=dict, init=False)
    _held: int = attrs.field(default=0, init=False)

    def add(self, page: int, layer: int, operators: str) -> None:
        """Add operators to a layer of a page."""
        self._buffers.setdefault((page, layer), []).append(operators)
        self._held += len(operators)
        if self._held > _KEPT:
            self._flush()

    def read(self, page: int, layer: int) -> Iterator[str]:
        """What was added to a layer of a page, in parts."""
        for begin, length in self._segments.get((page, layer), ()):
            self._file.seek(begin)
            yield self._file.read(length).decode("ascii")
        if buffered := self._buffers.get((page, layer)):
            yield "\n".join(buffered)

    def _flush(self) -> None:
        at = self._file.seek(0, 2)
        for key, operators in self._buffers.items():
            length = self._file.write("\n".join(operators).encode("ascii"))
            self._segments.setdefault(key, []).append((at, length))
            at += length
        self._buffers, self._held = {}, 0


@attrs.define(eq=False)
class Extent:
    """The rectangle around what was drawn on a page, in pixels."""

    left: float = math.inf
    top: float = math.inf
    right: float = -math.inf
    bottom: float = -math.inf

    def take_in(self, points: Sequence[Point]) -> None:
        """Make it as large as these points need it."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        self.left, self.right = min(self.left, *xs), max(self.right, *xs)
        self.top, self.bottom = min(self.top, *ys), max(self.bottom, *ys)


def lies_outside(points: Sequence[Point], width: float | None, height: float | None) -> bool:
    """Whether no point of a measurement can be on its page, or one is farther away than any page is wide."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if max(map(abs, (*xs, *ys))) > _FARTHEST:
        return True
    return max(xs) < 0 or max(ys) < 0 or (width is not None and min(xs) > width) or (height is not None and min(ys) > height)


def operators(geometry: Geometry, points: Sequence[Point], colour: str, *, deducted: bool) -> tuple[int, str]:
    """The layer of a measurement, and the operators that draw it in its colour.

    :param points: its outline.
    """
    tone = rgb(colour)
    if geometry.type == "point":
        path = f"{_path(points)} {_path(points).replace(' m', ' l')}"
        return (DOT_OFF if deducted else DOT), f"{tone} RG {path} S"
    if not geometry.is_closed:
        return (LINE_OFF if deducted else LINE), f"{tone} RG {_path(points)} S"
    rings = " ".join(f"{_path(ring)} h" for ring in (points, *geometry.holes))
    if deducted:
        return AREA_OFF, f"{tone} RG {tone} /Hatch scn {rings} B*"
    return AREA, f"{tone} RG {tone} rg {rings} B*"


def _path(points: Sequence[Point]) -> str:
    (x, y), *others = points
    return " ".join((f"{x:.2f} {y:.2f} m", *(f"{x:.2f} {y:.2f} l" for x, y in others)))


def prelude(layer: int, unit: float) -> str:
    """What holds for a layer; :param unit: how many pixels a point of paper is."""
    thin, thick, dot = (f"{size * unit:.4f} w" for size in (0.7, 1.6, 4.5))
    match layer:
        case 0:
            return f"/Clear gs {thin}"
        case 1:
            return f"/Hatched cs {thin}"
        case 2:
            return f"1 j 1 J {thick}"
        case 3:
            return f"1 j 0 J {thick} [{3 * unit:.4f} {2 * unit:.4f}] 0 d"
        case 4:
            return f"1 J {dot}"
    return f"2 J {dot}"
