"""Boxes: around points, and turned."""

from __future__ import annotations

import math
from collections.abc import Sequence

from exporter.vision.geometry.shape import Bounds, Ring


def turned_corners(box: Bounds, rotation: float) -> Ring:
    """The corners of a box turned clockwise about its centre by degrees, from its upper left one; quarters of a turn are exact."""
    x, y, width, height = box
    cos, sin = _direction(rotation)
    middle_x, middle_y = x + width / 2, y + height / 2
    ring: Ring = []
    for across, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        right, below = across * width / 2, down * height / 2
        ring += [middle_x + right * cos - below * sin, middle_y + right * sin + below * cos]
    return ring


def _direction(degrees: float) -> tuple[float, float]:
    quarters, rest = divmod(degrees, 90)
    if rest == 0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarters % 4)]
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def bounds_of(points: Sequence[float]) -> Bounds:
    """The box around points x, y, x, y ..."""
    left, top = min(points[0::2]) + 0.0, min(points[1::2]) + 0.0  # -0.0 becomes 0.0
    return left, top, max(points[0::2]) - left, max(points[1::2]) - top
