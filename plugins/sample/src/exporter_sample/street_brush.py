"""Drawing in the pixels of an image on a canvas that is finer, so that edges become smooth when it is reduced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exporter_sample.street_shapes import Number, Point

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

FINE = 3  # pixels of the canvas for one of the image, each way


class Brush:
    """Places and lengths are in pixels of the image, from its upper left corner; colours are #rrggbb."""

    def __init__(self, canvas: ImageDraw) -> None:
        self._canvas = canvas

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        """Fill an outline."""
        self._canvas.polygon([(x * FINE, y * FINE) for x, y in points], fill=colour)

    def box(self, x: Number, y: Number, width: Number, height: Number, colour: str) -> None:
        """Fill an upright box."""
        self._canvas.rectangle((x * FINE, y * FINE, (x + width) * FINE - 1, (y + height) * FINE - 1), fill=colour)

    def oval(self, x: Number, y: Number, across: Number, down: Number, colour: str) -> None:
        """Fill an ellipse, from its centre and half its width and height."""
        self._canvas.ellipse(
            ((x - across) * FINE, (y - down) * FINE, (x + across) * FINE - 1, (y + down) * FINE - 1), fill=colour
        )

    def disc(self, x: Number, y: Number, radius: Number, colour: str) -> None:
        """Fill a disc."""
        self.oval(x, y, radius, radius, colour)

    def circle(self, x: Number, y: Number, radius: Number, width: Number, colour: str) -> None:
        """Draw a circle with a pen of some width, inwards."""
        place = ((x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE - 1, (y + radius) * FINE - 1)
        self._canvas.ellipse(place, outline=colour, width=round(width * FINE))

    def line(self, points: Sequence[Point], width: Number, colour: str) -> None:
        """Draw a line with round ends and bends."""
        placed = [(x * FINE, y * FINE) for x, y in points]
        self._canvas.line(placed, fill=colour, width=round(width * FINE))
        if width > 1:
            for x, y in points:
                self.disc(x, y, width / 2, colour)

    def fade(self, top: int, bottom: int, width: int, upper: str, lower: str) -> None:
        """Fill the image across from one row down to another, from one colour to the other."""
        for row in range(top * FINE, bottom * FINE):
            share = (row - top * FINE) * 100 // max(1, (bottom - top) * FINE)
            self._canvas.line(((0, row), (width * FINE, row)), fill=mixed(upper, lower, share))


def mixed(one: str, other: str, share: int) -> str:
    """One colour with so many hundredths of another."""
    pairs = ((int(one[n : n + 2], 16), int(other[n : n + 2], 16)) for n in (1, 3, 5))
    return "#" + "".join(f"{(a * (100 - share) + b * share) // 100:02x}" for a, b in pairs)


def darker(colour: str, share: int = 25) -> str:
    """A colour with so many hundredths of black."""
    return mixed(colour, "#101018", share)


def lighter(colour: str, share: int = 25) -> str:
    """A colour with so many hundredths of white."""
    return mixed(colour, "#ffffff", share)
