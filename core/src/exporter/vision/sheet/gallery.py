"""Where the images of a contact sheet go: in rows that fill the sheet's width, those of a row equally high."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import attrs

GAP = 14.0  # points between images
CAPTION = 22.0  # points below each
_AREA = 42_000.0  # square points that an image has if it can
_HIGHEST = 380.0
_NARROWEST, _WIDEST = 0.45, 2.4  # width by height of a place


@attrs.frozen
class Place:
    """Where an image goes, in points from the upper left corner of the gallery."""

    left: float
    top: float
    width: float
    height: float


def places(shapes: Sequence[float], room: float) -> list[Place]:
    """A place for each image.

    :param shapes: width by height of each; :param room: the gallery's width.
    """
    shapes = [min(max(shape, _NARROWEST), _WIDEST) for shape in shapes]
    found: list[Place] = []
    top = 0.0
    for row in _rows(shapes, room):
        height = _height(row, room)
        left = 0.0
        for shape in row:
            found.append(Place(left, top, shape * height, height))
            left += shape * height + GAP
        top += height + CAPTION + GAP
    return found


def bottom(places: Sequence[Place]) -> float:
    """The lower side of the gallery, captions included."""
    return max((each.top + each.height + CAPTION for each in places), default=0.0)


def _rows(shapes: list[float], room: float) -> list[list[float]]:
    """As many rows as bring the images nearest to the size that they should have."""
    ways = [_divided(shapes, number) for number in range(1, len(shapes) + 1)]
    return min(ways, key=lambda rows: _unlike(rows, room), default=[])


def _unlike(rows: list[list[float]], room: float) -> float:
    areas = [shape * _height(row, room) ** 2 for row in rows for shape in row]
    return abs(math.log(sum(areas) / len(areas) / _AREA))


def _divided(shapes: list[float], number: int) -> list[list[float]]:
    """In so many rows of about the same length, none of them empty."""
    before = [sum(shapes[:i]) for i in range(len(shapes) + 1)]
    ends = [0]
    for row in range(1, number):
        wanted = before[-1] * row / number
        nearest = min(range(ends[-1] + 1, len(shapes) - number + row + 1), key=lambda i: abs(before[i] - wanted))
        ends.append(nearest)
    return [shapes[a:b] for a, b in pairwise([*ends, len(shapes)])]


def _height(row: list[float], room: float) -> float:
    return min((room - GAP * (len(row) - 1)) / sum(row), _HIGHEST)
