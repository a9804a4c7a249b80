"""Shapes that are drawn on a page, in pixels to 1/100, and how the made-up application keeps them: as JSON.

x goes to the right and y downwards, from the upper left corner of the page. Lengths and areas are those of the rounded coordinates,
with no more than square roots, products and sums, so that no mathematics library has a say in the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import pi, sqrt
from typing import Any, NamedTuple, TypeAlias

import attrs

Point: TypeAlias = "tuple[float, float]"
Ring: TypeAlias = "Sequence[Point]"

_encode = json.JSONEncoder(ensure_ascii=False).encode


class Shape:
    """What all shapes have."""

    type = ""

    def text(self) -> str:
        """The geometry as JSON."""
        return _encode(self._json())

    def length(self) -> float | None:
        """Length in pixels; the perimeter of what encloses an area, that of its holes included; None for a point."""
        raise NotImplementedError

    def area(self) -> float | None:
        """Square pixels, or None where nothing is enclosed."""
        return None

    def _json(self) -> dict[str, Any]:
        raise NotImplementedError


@attrs.frozen
class Dot(Shape):
    """A point: what is counted one by one."""

    type = "point"
    place: Point

    def length(self) -> None:
        """None."""
        return

    def _json(self) -> dict[str, Any]:
        return _point(self.place)


@attrs.frozen
class Line(Shape):
    """From one point straight to another."""

    type = "line"
    start: Point
    end: Point

    def length(self) -> float:
        """The distance of its ends."""
        return _length((self.start, self.end))

    def _json(self) -> dict[str, Any]:
        return {"start": _point(self.start), "end": _point(self.end)}


@attrs.frozen
class Polyline(Shape):
    """From point to point."""

    type = "polyline"
    points: Ring

    def length(self) -> float:
        """All its parts."""
        return _length(self.points)

    def _json(self) -> dict[str, Any]:
        return {"points": [_point(p) for p in self.points]}


@attrs.frozen
class Polygon(Shape):
    """An outline, and the holes in it. The last point is not the first one again."""

    type = "polygon"
    outline: Ring
    holes: Sequence[Ring] = ()

    def length(self) -> float:
        """The perimeter of the outline and of the holes."""
        total = 0.0  # not by sum(), which rounds otherwise from Python 3.12 on
        for ring in (self.outline, *self.holes):
            total += _length((ring[-1], *ring))
        return total

    def area(self) -> float:
        """The outline without the holes."""
        total = _area(self.outline)
        for hole in self.holes:
            total -= _area(hole)
        return total

    def _json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"points": [_point(p) for p in self.outline]}
        if self.holes:
            found["holes"] = [[_point(p) for p in hole] for hole in self.holes]
        return found


@attrs.frozen
class Rectangle(Shape):
    """From its upper left corner, then turned clockwise about its centre by some degrees."""

    type = "rectangle"
    corner: Point
    width: float
    height: float
    turn: int = 0

    def length(self) -> float:
        """The perimeter."""
        return 2 * (self.width + self.height)

    def area(self) -> float:
        """Width by height."""
        return self.width * self.height

    def _json(self) -> dict[str, Any]:
        found = {**_point(self.corner), "width": self.width, "height": self.height}
        return {**found, "rotation": self.turn} if self.turn else found


@attrs.frozen
class Circle(Shape):
    """A circle about its centre."""

    type = "circle"
    centre: Point
    radius: float

    def length(self) -> float:
        """The circumference."""
        return 2 * pi * self.radius

    def area(self) -> float:
        """The disc."""
        return pi * self.radius * self.radius

    def _json(self) -> dict[str, Any]:
        return {"center": _point(self.centre), "radius": self.radius}


class Drawn(NamedTuple):
    """A shape that somebody has drawn for a condition.

    :param condition: its key in `house_conditions.csv`.
    :param sign: -1 for what is deducted.
    """

    condition: str
    shape: Shape
    sign: int = 1


@attrs.frozen
class Frame:
    """Where on a page a part of the building is drawn, and how large: places are in feet or metres from its upper left corner.

    :param left: pixels from the left edge of the page.
    :param top: pixels from its upper edge.
    :param scale: pixels for a foot or a metre.
    """

    left: float
    top: float
    scale: float

    def moved(self, x: float, y: float) -> Frame:
        """The frame that begins at a place of this one."""
        return attrs.evolve(self, left=self.left + x * self.scale, top=self.top + y * self.scale)

    def at(self, place: Point) -> Point:
        """Where a place is on the page, in pixels."""
        return round(self.left + place[0] * self.scale, 2), round(self.top + place[1] * self.scale, 2)

    def dot(self, x: float, y: float) -> Dot:
        """A point."""
        return Dot(self.at((x, y)))

    def line(self, start: Point, end: Point) -> Line:
        """A line."""
        return Line(self.at(start), self.at(end))

    def path(self, *places: Point) -> Polyline:
        """A polyline."""
        return Polyline([self.at(p) for p in places])

    def area(self, outline: Iterable[Point], *holes: Iterable[Point]) -> Polygon:
        """A polygon with its holes."""
        return Polygon([self.at(p) for p in outline], [[self.at(p) for p in hole] for hole in holes])

    def box(self, x: float, y: float, width: float, height: float, turn: int = 0) -> Rectangle:
        """A rectangle."""
        return Rectangle(self.at((x, y)), round(width * self.scale, 2), round(height * self.scale, 2), turn)

    def circle(self, x: float, y: float, radius: float) -> Circle:
        """A circle."""
        return Circle(self.at((x, y)), round(radius * self.scale, 2))


def corners(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    """The corners of a box, clockwise from the upper left one."""
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def _point(place: Point) -> dict[str, Any]:
    return {"x": place[0], "y": place[1]}


def _length(points: Ring) -> float:
    total, (x, y) = 0.0, points[0]
    for a, b in points:
        total += sqrt((a - x) * (a - x) + (b - y) * (b - y))
        x, y = a, b
    return total


def _area(ring: Ring) -> float:
    total, (x, y) = 0.0, ring[-1]
    for a, b in ring:
        total += x * b - a * y
        x, y = a, b
    return abs(total) / 2
