"""A map without a map: which part of the world to show, where its lines go, and what stands at them. Degrees throughout."""

from __future__ import annotations

import math

import attrs

_PADDING = 0.08  # of the extent, on each side
_LEAST = 0.02  # degrees of latitude: some 2 km
_HALF = 180.0
_WIDE = 60.0  # degrees of latitude from which on no single scale is right; a degree is then as wide as it is high
_NARROWEST = 0.2  # a degree of longitude near the poles, in degrees of latitude
_STEPS = (1.0, 2.0, 5.0)
_ROUND_STEPS = (10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0)


@attrs.frozen
class Extent:
    """How far points reach.

    :param east_of_west: the easternmost longitude of the western half, and :param west_of_east: the westernmost of the other one;
        None where that half has no points. Any gap of half the world lies between these two.
    """

    west: float
    south: float
    east: float
    north: float
    east_of_west: float | None
    west_of_east: float | None

    @classmethod
    def at(cls, x: float, y: float) -> Extent:
        """Of one point."""
        return cls(x, y, x, y, *((x, None) if x < 0 else (None, x)))

    def with_point(self, x: float, y: float) -> Extent:
        """With one more."""
        near, far = self.east_of_west, self.west_of_east
        if x < 0:
            near = x if near is None else max(near, x)
        else:
            far = x if far is None else min(far, x)
        found = (min(self.west, x), min(self.south, y), max(self.east, x), max(self.north, y), near, far)
        return self if found == (self.west, self.south, self.east, self.north, *self._inner) else Extent(*found)

    @property
    def _inner(self) -> tuple[float | None, float | None]:
        return self.east_of_west, self.west_of_east

    @property
    def seam(self) -> float | None:
        """Where to cut the world so that points on both sides of the 180th meridian stay together; None where that needs no cut.

        They are taken to belong together where more than half the world between them is empty.
        """
        near, far = self._inner
        return far if near is not None and far is not None and far - near > _HALF else None


@attrs.frozen(order=True)
class Spot:
    """Rows at, or near, one place."""

    longitude: float
    latitude: float
    rows: int


@attrs.frozen
class View:
    """The part of the world that a map shows.

    :param stretch: how many times as long as a degree of longitude one of latitude is drawn.
    :param seam: longitudes below it are shown 360 degrees further east: the view goes over the 180th meridian.
    """

    west: float
    south: float
    east: float
    north: float
    stretch: float
    seam: float | None = None

    def turned(self, longitude: float) -> float:
        """A longitude as the view counts them."""
        return longitude + 360 if self.seam is not None and longitude < self.seam else longitude

    def cell(self, x: float, y: float, across: int, up: int) -> tuple[int, int]:
        """The cell of a grid over the view that holds a point, from the west and from the south.

        :param x: a longitude as the view counts them.
        """
        column = int((x - self.west) / (self.east - self.west) * across)
        row = int((y - self.south) / (self.north - self.south) * up)
        return min(max(column, 0), across - 1), min(max(row, 0), up - 1)


def view_of(extent: Extent, shape: float) -> View:
    """A view of all points, with some room around them, that fills a map.

    :param shape: the map's width by its height.
    """
    west, east = extent.west, extent.east
    if extent.seam is not None and extent.east_of_west is not None:
        west, east = extent.seam, extent.east_of_west + 360
    stretch = _stretch(extent.south, extent.north)
    width, height = _filling((east - west) / stretch, extent.north - extent.south, shape)
    south, north = _within((extent.south + extent.north) / 2, height, -90.0, 90.0)
    middle, width = (west + east) / 2, min(width * stretch, 360.0)
    if extent.seam is None:
        west, east = _within(middle, width, -_HALF, _HALF)
    else:
        west, east = middle - width / 2, middle + width / 2
    return View(west, south, east, north, stretch, extent.seam)


def _stretch(south: float, north: float) -> float:
    if north - south > _WIDE:
        return 1.0
    return 1 / max(math.cos(math.radians((south + north) / 2)), _NARROWEST)


def _filling(width: float, height: float, shape: float) -> tuple[float, float]:
    """Both as large as needed, padded, and in the shape of the map; in degrees of latitude."""
    room = 1 + 2 * _PADDING
    width, height = max(width * room, _LEAST * shape), max(height * room, _LEAST)
    return max(width, height * shape), max(height, width / shape)


def _within(middle: float, length: float, low: float, high: float) -> tuple[float, float]:
    """A stretch of this length around the middle, moved and cut so that it stays within the ends."""
    length = min(length, high - low)
    start = min(max(middle - length / 2, low), high - length)
    return start, start + length


def ticks(low: float, high: float, most: int) -> tuple[list[float], int]:
    """Round degrees within two ends, and the decimals that tell them apart.

    :param most: how many there may be.
    """
    step = _step((high - low) / most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [round(i * step, decimals) for i in range(first, last + 1)], decimals


def _step(least: float) -> float:
    for step in _ROUND_STEPS:
        if least <= step and least > _ROUND_STEPS[0] / 2:
            return step
    power = 10.0 ** math.floor(math.log10(least))
    return next((s * power for s in _STEPS if least <= s * power * (1 + 1e-9)), 10 * power)


def degrees(value: float, decimals: int, ends: str) -> str:
    """A coordinate as maps write it.

    :param ends: the letters of the positive and the negative half: NS or EW.
    """
    if ends == "EW":
        value = (value + _HALF) % 360 - _HALF
    text = f"{abs(value):.{decimals}f}°"
    if float(text[:-1]) == 0 or (ends == "EW" and abs(value) == _HALF):
        return text
    return text + (ends[0] if value > 0 else ends[1])
