"""The smallest rectangle around points, turned as it must be: one of its sides lies on an edge of their convex hull.

Source of the rule: H. Freeman and R. Shapira, Determining the minimum-area encasing rectangle for an arbitrary closed curve, 1975.
The hull is A. M. Andrew's, 1979. Most shapes have few points, of which plain Python is done before an array is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import attrs

from exporter.vision.geometry.shape import SHAPE_NO_AREA, Ring, ShapeError

Point = tuple[float, float]


@attrs.frozen
class _Rectangle:
    """A rectangle on an edge of the hull, which begins at x, y and goes the way along.

    :param before: how far the rectangle reaches back from there; :param after: how far on; :param deep: how far across.
    """

    x: float
    y: float
    along: Point
    before: float
    after: float
    deep: float

    @property
    def area(self) -> float:
        return (self.after - self.before) * self.deep

    def corners(self) -> list[Point]:
        """Clockwise as they are seen."""
        right, below = self.along
        places = ((self.before, 0.0), (self.after, 0.0), (self.after, self.deep), (self.before, self.deep))
        return [(self.x + right * a - below * b, self.y + below * a + right * b) for a, b in places]


def smallest_rectangle(points: Sequence[float]) -> Ring:
    """Its corners, clockwise from the uppermost, of two the left one.

    :param points: x, y, x, y ...
    :raises ShapeError: SHAPE_NO_AREA where all points lie on one line.
    """
    hull = convex_hull(zip(points[0::2], points[1::2], strict=True))
    if len(hull) < 3:
        raise ShapeError(SHAPE_NO_AREA)
    corners = min(_on_edges(hull), key=lambda found: found.area).corners()
    first = min(range(4), key=lambda place: corners[place][::-1])
    return [n for corner in corners[first:] + corners[:first] for n in corner]


def convex_hull(points: Iterable[Point]) -> list[Point]:
    """The corners of the convex hull, clockwise as they are seen; fewer than three where all points lie on one line."""
    ordered = sorted(set(points))
    return _half(ordered)[:-1] + _half(ordered[::-1])[:-1]


def _half(points: list[Point]) -> list[Point]:
    found: list[Point] = []
    for x, y in points:
        while len(found) > 1:
            (x1, y1), (x2, y2) = found[-2:]
            if (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) > 0:
                break
            found.pop()
        found.append((x, y))
    return found


def _on_edges(hull: list[Point]) -> Iterator[_Rectangle]:
    """The rectangle on each edge. What it touches goes round the hull as the edge does, and is looked for from there on."""
    after = far = before = 1
    size = len(hull)
    for at, (x, y) in enumerate(hull):
        end_x, end_y = hull[(at + 1) % size]
        length = math.hypot(end_x - x, end_y - y)
        right, below = (end_x - x) / length, (end_y - y) / length

        def along(place: int) -> float:
            px, py = hull[place % size]
            return (px - x) * right + (py - y) * below  # noqa: B023 - called before the next edge

        def across(place: int) -> float:
            px, py = hull[place % size]
            return (py - y) * right - (px - x) * below  # noqa: B023 - as above

        after = max(after, at + 1)
        while along(after + 1) > along(after):
            after += 1
        far = max(far, after)
        while across(far + 1) > across(far):
            far += 1
        before = max(before, far)
        while along(before + 1) < along(before):
            before += 1
        yield _Rectangle(x, y, (right, below), along(before), along(after), across(far))
