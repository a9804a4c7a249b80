"""What stands in a street: its shape, and what it takes to draw it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs

from exporter_sample.street_plan import Image
from exporter_sample.street_shapes import Point, Ring, Shape, Whole

Attributes: TypeAlias = "dict[str, str | bool | int]"

PAINTS = ("red", "blue", "white", "yellow", "green", "black")
WALLS = ("cream", "brick", "mint", "ochre", "rose")

# Outlines from the side, in hundredths of width and height: over the roof from left to right, and back below.
_BELOW = ((90, 85), (87, 100), (73, 100), (70, 85), (30, 85), (27, 100), (13, 100), (10, 85))
_OVER = {
    "car": ((0, 85), (0, 56), (16, 48), (32, 6), (66, 6), (84, 46), (100, 57), (100, 85)),
    "van": ((0, 85), (0, 10), (4, 3), (74, 3), (88, 42), (100, 52), (100, 85)),
}


@attrs.frozen
class Thing:
    """Something in a street.

    :param label: which of `street_words.LABELS` it is.
    :param frame: left, top, width and height of all of it, whatever hides a part; from above before it is turned.
    :param colour: its own, as far as it has one.
    :param mirrored: whether it faces left.
    :param post: the left edge of a lamp post before it, or None.
    """

    label: str
    shape: Shape
    frame: Whole
    colour: str = ""
    attributes: Attributes = attrs.field(factory=dict)
    crowd: bool = False
    mirrored: bool = False
    turn: int = 0
    post: int | None = None


class Scale:
    """Lengths are given for an image of 240 pixels in height.

    :ivar width: the image's width in pixels.
    :ivar height: its height.
    """

    def __init__(self, image: Image) -> None:
        self.width, self.height = image.camera.width, image.camera.height

    def __call__(self, length: int) -> int:
        """A length in pixels of this image."""
        return length * self.height // 240


def profile(label: str, frame: Whole, mirrored: bool) -> tuple[Ring, Ring]:
    """A car or a van from the side: over the roof from left to right, and back below."""
    over, below = placed(_OVER[label], frame, mirrored), placed(_BELOW, frame, mirrored)
    return (over[::-1], below[::-1]) if mirrored else (over, below)


def placed(points: Sequence[tuple[int, int]], frame: Whole, mirrored: bool = False) -> Ring:
    """Points given in hundredths of a frame, in whole pixels."""
    left, top, width, height = frame
    return tuple((left + (100 - x if mirrored else x) * width // 100, top + y * height // 100) for x, y in points)


def seen_from_above(width: int, length: int) -> tuple[Point, ...]:
    """A car or a van from above, about its centre: a box with its corners cut."""
    x, y, cut = width / 2, length / 2, width / 5
    right = ((x - cut, -y), (x, cut - y), (x, y - cut), (x - cut, y))
    return (*right, *((-a, b) for a, b in reversed(right)))
