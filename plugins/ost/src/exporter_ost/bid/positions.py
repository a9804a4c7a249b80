"""Where a shape is drawn: `Position`, numbers with semicolons between, in inches of the building.

- An area is the corners of its outline, which closes by itself: of a rectangle the four as it is turned, of a circle 64, as far out
  as makes the polygon's area that of the circle (0.08 % of the radius). Its holes are takeoffs of their own below it.
- A linear takeoff has two ends: a polyline is one for each of its segments, and so is the outline of what is closed.
- A count is a point: of another shape the middle of what surrounds it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import attrs

from exporter.takeoff.geometry import Geometry, Point
from exporter_ost.bid.codes import AREA, LINEAR
from exporter_ost.bid.values import number


class NotHeldError(Exception):
    """A shape that a condition of its type has no place for."""


@attrs.frozen
class Placed:
    """What one measurement becomes.

    :param parts: a position for each takeoff, with its share of the quantity.
    :param holes: positions of the holes of the only part.
    """

    parts: Sequence[tuple[str, float]]
    holes: Sequence[str] = ()


def placed(shape: Geometry, code: int, inches: float) -> Placed:
    """A shape as a condition of a type has it.

    :param inches: for one pixel.
    :raises NotHeldError: where such a condition has no place for it, or its numbers leave all bounds.
    """
    if code == AREA:
        if not shape.is_closed:
            raise NotHeldError
        holes = [_position(hole, inches) for hole in shape.holes]
        return Placed([(_position(_outline(shape), inches), 1.0)], holes)
    if code == LINEAR:
        if shape.type == "point":
            raise NotHeldError
        return Placed(_segments(shape, inches))
    xs, ys = zip(*shape.outline(), strict=True)
    middle = (min(xs) + (max(xs) - min(xs)) / 2, min(ys) + (max(ys) - min(ys)) / 2)
    return Placed([(_position([middle], inches), 1.0)])


def _outline(shape: Geometry) -> Sequence[Point]:
    corners = shape.outline()
    if shape.type != "circle":
        return corners
    (x, y), around = shape.points[0], 2 * math.pi / len(corners)
    out = math.sqrt(around / math.sin(around))
    return [(x + (a - x) * out, y + (b - y) * out) for a, b in corners]


def _segments(shape: Geometry, inches: float) -> list[tuple[str, float]]:
    points = shape.outline()
    pairs = [*pairwise((*points, points[0]) if shape.is_closed else points)]
    lengths = [math.dist(*pair) for pair in pairs]
    whole = sum(lengths)
    if not whole:
        return [(_position(pairs[0], inches), 1.0)]
    if not math.isfinite(whole):
        raise NotHeldError
    return [(_position(pair, inches), length / whole) for pair, length in zip(pairs, lengths, strict=True) if length]


def _position(points: Iterable[Point], inches: float) -> str:
    numbers = [each * inches for point in points for each in point]
    if not all(map(math.isfinite, numbers)):
        raise NotHeldError
    return ";".join(map(number, numbers))
