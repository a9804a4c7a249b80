"""Shapes that annotations have, in whole pixels or tenths of one, and how the made-up platform keeps them as text.

x goes to the right and y downwards, from the upper left corner of the image as people see it. Circles and angles come from tables,
so that no mathematics library has a say in the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, pairwise
from math import isqrt
from typing import TypeAlias

import attrs

Number: TypeAlias = "int | float"
Point: TypeAlias = "tuple[Number, Number]"
Ring: TypeAlias = "tuple[Point, ...]"
Disc: TypeAlias = "tuple[int, int, int]"  # x, y, radius
Whole: TypeAlias = "tuple[int, int, int, int]"  # a frame in whole pixels
Frame: TypeAlias = "tuple[Number, Number, Number, Number]"  # left, top, width, height

# Cosine and sine by degrees, clockwise as people see it.
TURNS: dict[int, tuple[float, float]] = {
    0: (1, 0),
    12: (0.978148, 0.207912),
    20: (0.939693, 0.342020),
    30: (0.866025, 0.5),
    90: (0, 1),
    335: (0.906308, -0.422618),
    345: (0.965926, -0.258819),
}
_QUARTER = (1000, 966, 866, 707, 500, 259)  # thousandths: the cosine of 0, 15, ... 75 degrees
_COSINES = (*_QUARTER, 0, *(-c for c in reversed(_QUARTER[1:])), *(-c for c in _QUARTER), 0, *reversed(_QUARTER[1:]))
_KEPT = 2048  # blobs in memory

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def turned(points: Iterable[Point], centre: Point, degrees: int) -> Ring:
    """Points given from a centre, turned clockwise about it, to a tenth of a pixel."""
    cosine, sine = TURNS[degrees]
    x, y = centre
    return tuple((round(x + a * cosine - b * sine, 1), round(y + a * sine + b * cosine, 1)) for a, b in points)


def oval(x: int, y: int, across: int, down: int) -> Ring:
    """An ellipse as 24 whole points, from its centre and half its width and height."""
    return tuple(
        (x + (across * _COSINES[n] + 500) // 1000, y + (down * _COSINES[n - 6] + 500) // 1000) for n in range(len(_COSINES))
    )


def corners(x: Number, y: Number, width: Number, height: Number) -> Ring:
    """The corners of an upright box, clockwise from the upper left one."""
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


class Shape:
    """What all shapes have."""

    type = ""

    @property
    def box(self) -> Frame:
        """The upright box about it; of a turned box that before it was turned."""
        raise NotImplementedError

    @property
    def area(self) -> Number | None:
        """Square pixels, or None where the shape has no area of its own."""
        raise NotImplementedError

    def moved(self, x: int, y: int) -> Shape:
        """The same shape elsewhere."""
        raise NotImplementedError

    def text(self, flat: bool) -> str | None:
        """What the platform keeps in the column `shape`; plain polygons as pairs or as a flat array."""
        return None


@attrs.frozen
class Box(Shape):
    """A box, or one that is turned clockwise about its centre by some degrees."""

    type = "rectangle"
    frame: Frame
    angle: int | None = None

    @property
    def box(self) -> Frame:
        """The box before it is turned."""
        return self.frame

    @property
    def area(self) -> Number:
        """Width by height."""
        return round(self.frame[2] * self.frame[3], 2)

    @property
    def outline(self) -> Ring:
        """The four corners where they are."""
        x, y, width, height = self.frame
        middle = (x + width / 2, y + height / 2)
        return turned(corners(-width / 2, -height / 2, width, height), middle, self.angle or 0)

    def moved(self, x: int, y: int) -> Box:
        """The same box elsewhere."""
        left, top, width, height = self.frame
        return Box((left + x, top + y, width, height), self.angle)


@attrs.frozen
class Polygon(Shape):
    """Parts, each an outline and, after it, its holes."""

    type = "polygon"
    parts: tuple[tuple[Ring, ...], ...]

    @property
    def box(self) -> Frame:
        """From its least to its greatest point."""
        xs, ys = zip(*chain.from_iterable(part[0] for part in self.parts), strict=True)
        return _frame(min(xs), min(ys), max(xs), max(ys))

    @property
    def area(self) -> Number:
        """The outlines without the holes."""
        return round(sum(_area(outline) - sum(map(_area, holes)) for outline, *holes in self.parts), 2)

    def moved(self, x: int, y: int) -> Polygon:
        """The same polygon elsewhere."""
        return Polygon(tuple(tuple(_moved(ring, x, y) for ring in part) for part in self.parts))

    def text(self, flat: bool) -> str:
        """JSON of a plain one; well-known text (OGC 06-103r4) of one with holes or several parts."""
        if len(self.parts) > 1:
            return f"MULTIPOLYGON ({', '.join(map(_wkt, self.parts))})"
        if len(self.parts[0]) > 1:
            return f"POLYGON {_wkt(self.parts[0])}"
        outline = self.parts[0][0]
        return encode(list(chain.from_iterable(outline)) if flat else outline)


@attrs.frozen
class Mask(Shape):
    """The pixels of some discs (x, y, radius) and boxes, all whole and given from a place, in an image of this width and height."""

    type = "mask"
    discs: tuple[Disc, ...]
    boxes: tuple[Whole, ...]
    place: tuple[int, int]
    image: tuple[int, int]

    @property
    def box(self) -> Frame:
        """From its first to its last pixel."""
        runs = _runs(self.discs, self.boxes)
        (x, y), (first, *_), (last, *_) = self.place, runs[0], runs[-1]
        top, bottom = min(begin for _, begin, _ in runs), max(end for _, _, end in runs)
        return (x + first, y + top, last + 1 - first, bottom - top)

    @property
    def area(self) -> int:
        """How many pixels it has."""
        return sum(end - begin for _, begin, end in _runs(self.discs, self.boxes))

    def moved(self, x: int, y: int) -> Mask:
        """The same mask elsewhere."""
        return Mask(self.discs, self.boxes, (self.place[0] + x, self.place[1] + y), self.image)

    def text(self, flat: bool) -> str:
        """Run lengths as COCO has them, not compressed: column by column, pixels that do not belong to it first."""
        (x, y), (width, height) = self.place, self.image
        begin, counts, length = _counts(self.discs, self.boxes, height)
        before = x * height + y + begin
        return f'{{"size":[{height},{width}],"counts":[{before},{counts},{width * height - before - length}]}}'


@attrs.frozen
class Skeleton(Shape):
    """Key points (x, y, visibility as COCO has it) and the box of what is seen."""

    type = "skeleton"
    points: tuple[tuple[int, int, int], ...]
    frame: Frame

    @property
    def box(self) -> Frame:
        """The box of what is seen."""
        return self.frame

    @property
    def area(self) -> None:
        """Points have none."""
        return None

    def moved(self, x: int, y: int) -> Skeleton:
        """The same points elsewhere; those that are not there stay at 0, 0."""
        left, top, width, height = self.frame
        points = tuple((a + x, b + y, seen) if seen else (0, 0, 0) for a, b, seen in self.points)
        return Skeleton(points, (left + x, top + y, width, height))

    @property
    def keypoints(self) -> str:
        """What the platform keeps in the column `keypoints`."""
        return encode(list(chain.from_iterable(self.points)))


def plain(outline: Ring) -> Polygon:
    """A polygon of one part, without holes."""
    return Polygon(((outline,),))


def _wkt(part: tuple[Ring, ...]) -> str:
    rings = (", ".join(f"{x} {y}" for x, y in (*ring, ring[0])) for ring in part)
    return f"({', '.join(f'({ring})' for ring in rings)})"


def _moved(ring: Ring, x: int, y: int) -> Ring:
    return tuple((round(a + x, 1), round(b + y, 1)) for a, b in ring)


def _frame(left: Number, top: Number, right: Number, bottom: Number) -> Frame:
    return (left, top, round(right - left, 1), round(bottom - top, 1))


def _area(ring: Ring) -> float:
    return abs(sum(a * d - b * c for (a, b), (c, d) in pairwise((*ring, ring[0])))) / 2


@lru_cache(maxsize=_KEPT)
def _runs(discs: tuple[Disc, ...], boxes: tuple[Whole, ...]) -> list[tuple[int, int, int]]:
    """Column, first row and one past the last row of each run, in order. Few blobs differ by more than their place."""
    runs = [(x + n, y, y + height) for x, y, width, height in boxes for n in range(width)]
    for x, y, radius in discs:
        halves = ((n, isqrt(radius * radius - n * n)) for n in range(-radius, radius + 1))
        runs += [(x + n, y - half, y + half + 1) for n, half in halves]
    found: list[tuple[int, int, int]] = []
    for column, begin, end in sorted(runs):
        if found and found[-1][0] == column and begin <= found[-1][2]:
            found[-1] = (column, found[-1][1], max(end, found[-1][2]))
        else:
            found.append((column, begin, end))
    return found


@lru_cache(maxsize=_KEPT)
def _counts(discs: tuple[Disc, ...], boxes: tuple[Whole, ...], height: int) -> tuple[int, str, int]:
    """Where the first run begins, counted from the place; the lengths from there to the last run's end, as text; their sum."""
    runs = [(column * height + begin, column * height + end) for column, begin, end in _runs(discs, boxes)]
    marks = list(chain.from_iterable(runs))
    return marks[0], ",".join(str(b - a) for a, b in pairwise(marks)), marks[-1] - marks[0]
