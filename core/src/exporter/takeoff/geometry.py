"""The geometry of a measurement: read from JSON, measured, and written as well-known text.

Lengths are in pixels of the page, areas in square pixels; y goes downwards. The forms are those of the record's field `geometry`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import attrs
import orjson

from exporter.report import Level

Point = tuple[float, float]
TYPES = ("line", "polyline", "polygon", "rectangle", "circle", "point")
_AROUND = 64  # corners of the polygon that stands for a circle
_LEAST = {"line": 2, "polyline": 2, "polygon": 3}


class GeometryError(Exception):
    """A geometry that cannot be read; `code` and `message` say why, `level` how much that matters."""

    def __init__(self, code: str, message: str, level: Level = "warning") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.level = level


def _broken() -> GeometryError:
    return GeometryError("GEOMETRY_BROKEN", "The geometry is not what its type has; the quantity is written without it.")


@attrs.frozen(slots=True)
class Geometry:
    """What was drawn.

    :param points: of a line, polyline or polygon; the upper left corner of a rectangle that is not turned; the centre of a circle.
    :param holes: of a polygon. :param size: width and height of a rectangle.
    :param rotation: of a rectangle, in degrees clockwise about its centre.
    """

    type: str
    points: tuple[Point, ...]
    holes: tuple[tuple[Point, ...], ...] = ()
    size: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    radius: float = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether it has an inside."""
        return self.type in ("polygon", "rectangle", "circle")

    def length(self) -> float:
        """The length; of what is closed the perimeter without that of its holes."""
        match self.type:
            case "circle":
                return 2 * math.pi * self.radius
            case "rectangle":
                return 2 * (self.size[0] + self.size[1])
            case "point":
                return 0.0
        ends = (*self.points[1:], self.points[0]) if self.is_closed else self.points[1:]
        return math.fsum(math.dist(a, b) for a, b in zip(self.points, ends, strict=False))

    def area(self) -> float:
        """The area without that of the holes; 0 of what is not closed."""
        match self.type:
            case "circle":
                return math.pi * self.radius**2
            case "rectangle":
                return self.size[0] * self.size[1]
            case "polygon":
                return _area(self.points) - math.fsum(map(_area, self.holes))
        return 0.0

    def outline(self) -> tuple[Point, ...]:
        """Its points as they are drawn: the corners of a rectangle, of a circle 64 points on it."""
        if self.type == "circle":
            (x, y), r = self.points[0], self.radius
            angles = (2 * math.pi * n / _AROUND for n in range(_AROUND))
            return tuple((x + r * math.cos(a), y + r * math.sin(a)) for a in angles)
        if self.type == "rectangle":
            return self._corners()
        return self.points

    def wkt(self) -> str:
        """Well-known text (OGC 06-103r4): a circle is a polygon of 64 corners."""
        if self.type == "point":
            return f"POINT ({_pair(self.points[0])})"
        if not self.is_closed:
            return f"LINESTRING {_ring(self.points)}"
        return f"POLYGON ({', '.join(_ring((*ring, ring[0])) for ring in (self.outline(), *self.holes))})"

    def _corners(self) -> tuple[Point, ...]:
        (x, y), (width, height) = self.points[0], self.size
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        if not self.rotation:
            return corners
        angle = math.radians(self.rotation)
        cos, sin = math.cos(angle), math.sin(angle)
        cx, cy = x + width / 2, y + height / 2
        return tuple((cx + (a - cx) * cos - (b - cy) * sin, cy + (a - cx) * sin + (b - cy) * cos) for a, b in corners)


def read(kind: str, text: str) -> Geometry:
    """The geometry of a type from its JSON.

    :raises GeometryError: where there is none, it is no JSON, has not what its type needs, or its type is unknown.
    """
    if not text:
        raise GeometryError("GEOMETRY_NOT_GIVEN", "There is no geometry; the quantity is written without it.", "info")
    if kind not in TYPES:
        message = f"The geometry type is none of {', '.join(TYPES)}; the quantity is written without geometry."
        raise GeometryError("GEOMETRY_TYPE_UNKNOWN", message)
    try:
        found = orjson.loads(text)
        made = _made(kind, found)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        raise _broken() from None
    if not all(map(math.isfinite, (*made.size, made.rotation, made.radius))):
        raise _broken()
    return made


def _made(kind: str, given: Any) -> Geometry:
    match kind:
        case "line":
            ends = given["points"] if "points" in given else (given["start"], given["end"])
            start, end = map(_point, ends)
            return Geometry(kind, (start, end))
        case "circle":
            return Geometry(kind, (_point(given["center"]),), radius=_size(given["radius"]))
        case "point":
            (point,) = given["points"] if isinstance(given, dict) and "points" in given else (given,)
            return Geometry(kind, (_point(point),))
        case "rectangle":
            corner = (_number(given["x"]), _number(given["y"]))
            size = (_size(given["width"]), _size(given["height"]))
            return Geometry(kind, (corner,), size=size, rotation=_number(given.get("rotation") or 0))
    holes = given.get("holes") or () if kind == "polygon" else ()
    return Geometry(kind, _points(kind, given["points"]), tuple(_points("polygon", hole) for hole in holes))


def _points(kind: str, given: Iterable[Any]) -> tuple[Point, ...]:
    points = tuple(map(_point, given))
    if len(points) > _LEAST[kind] and kind == "polygon" and points[0] == points[-1]:
        points = points[:-1]  # closed by hand
    if len(points) < _LEAST[kind]:
        raise ValueError
    return points


def _point(given: Any) -> Point:
    x, y = (given["x"], given["y"]) if isinstance(given, dict) else given
    return _number(x), _number(y)


def _number(given: Any) -> float:
    """A JSON number, as it stands: a whole one stays whole."""
    if type(given) not in (int, float) or not math.isfinite(given):
        raise ValueError
    return given  # type: ignore[no-any-return]


def _size(given: Any) -> float:
    size = _number(given)
    if size < 0:
        raise ValueError
    return size


def _area(ring: Sequence[Point]) -> float:
    """The shoelace formula, about the first point, so that far-away pages lose no digits."""
    (x0, y0), *others = ring
    moved = [(x - x0, y - y0) for x, y in others]
    return abs(math.fsum(a * d - b * c for (a, b), (c, d) in pairwise(moved))) / 2


def _pair(point: Point) -> str:
    return f"{point[0]!r} {point[1]!r}"


def _ring(points: Iterable[Point]) -> str:
    return f"({', '.join(map(_pair, points))})"
