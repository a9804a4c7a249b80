"""Numbers and JSON in the cells of hosts: strict about what is a number."""

from __future__ import annotations

import json
import math
from typing import Any

import attrs
import orjson

from exporter.vision.geometry.shape import SHAPE_NOT_FINITE, SHAPE_UNREADABLE, Bounds, Given, ShapeError

EXACT = 1 << 53  # whole numbers beyond become doubles: nothing else would write them
_NUMBERS = {int, float}


def json_value(text: str) -> Any:
    """The value of a JSON text; also where it has NaN, Infinity and 1e999, so that they can be told from what is broken.

    :raises ShapeError: SHAPE_UNREADABLE.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ShapeError(SHAPE_UNREADABLE) from None


def coordinates(values: list[Any]) -> list[float]:
    """The numbers of a JSON array, whole where they are written so; the same object where nothing had to be changed.

    :raises ShapeError: SHAPE_UNREADABLE where one is no number (texts, booleans and null are none), SHAPE_NOT_FINITE.
    """
    if not _NUMBERS.issuperset(map(type, values)):
        raise ShapeError(SHAPE_UNREADABLE)
    if min(values, default=0) > -EXACT and max(values, default=0) < EXACT and not math.isnan(sum(values)):
        return values
    return [_double(value) for value in values]


def _double(value: float) -> float:
    try:
        double = float(value)
    except OverflowError:
        double = math.inf
    if not math.isfinite(double):
        raise ShapeError(SHAPE_NOT_FINITE)
    return value if abs(value) < EXACT else double


def number(text: str) -> float:
    """The number that a text is.

    :raises ShapeError: SHAPE_UNREADABLE, SHAPE_NOT_FINITE.
    """
    try:
        value = float(text) + 0.0
    except ValueError:
        raise ShapeError(SHAPE_UNREADABLE) from None
    if "_" in text:  # Python's own notation
        raise ShapeError(SHAPE_UNREADABLE)
    if not math.isfinite(value):
        raise ShapeError(SHAPE_NOT_FINITE)
    return value


def box_cells(given: Given) -> Bounds | None:
    """The four cells of the box as they stand there, whatever their units; None where not all of them are given.

    :raises ShapeError: as `number`.
    """
    x, y, width, height = given.bbox_x, given.bbox_y, given.bbox_width, given.bbox_height
    if not (x and y and width and height):
        return None
    return number(x), number(y), number(width), number(height)


def stored_area(given: Given) -> float | None:
    """The area that the host keeps; None where it is no number above zero."""
    if not given.area:
        return None
    try:
        area = number(given.area)
    except ShapeError:
        return None
    return area if area > 0 else None


@attrs.frozen
class Scale:
    """How coordinates become pixels: times the image's width or height, by `whole`.

    :param width: None where it is not known; then only pixels can be read.
    """

    width: float | None
    height: float | None
    whole: int

    @classmethod
    def of(cls, units: str, width: int | None, height: int | None) -> Scale:
        """The scale of pixel (also ""), relative (0 to 1) or percent (0 to 100) in an image of this size.

        :raises ShapeError: SHAPE_UNREADABLE for any other word.
        """
        match units:
            case "" | "pixel":
                return PIXELS
            case "relative":
                return cls(width, height, 1)
            case "percent":
                return cls(width, height, 100)
            case _:
                raise ShapeError(SHAPE_UNREADABLE, "The units are none of pixel, relative and percent.")

    def pixels(self, coordinates: list[float], step: int = 2) -> list[float]:
        """Coordinates x, y, x, y ... in pixels; the same object where they are already.

        :param step: 3 where each x and y is followed by something that is no coordinate.
        :raises ShapeError: SHAPE_UNREADABLE where the image's size would have to be known.
        """
        if self is PIXELS:
            return coordinates
        if not self.width or not self.height:
            raise ShapeError(SHAPE_UNREADABLE, "The units are relative to the image, and its width or height is not known.")
        scaled = list(coordinates)
        scaled[0::step] = [n * self.width / self.whole for n in coordinates[0::step]]
        scaled[1::step] = [n * self.height / self.whole for n in coordinates[1::step]]
        return scaled


PIXELS = Scale(1, 1, 1)
