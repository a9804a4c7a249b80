"""What a JSON value says of a shape, told apart by how deeply its arrays are nested.

A point is a pair [x, y] or an object {"x": x, "y": y}. How deep an array is, its first elements say:

    [x, y, x, y, ...]                  numbers: one ring; four of them: a box x, y, width, height
    [[x, y], [x, y], ...]              every element a point: one ring
    [[x, y, x, y, x, y, ...], ...]     else: flat rings, each a part of its own, without holes (COCO's segmentation)
    [[[x, y], ...], ...]               rings of points, of one part: its outline, then its holes (GeoJSON's Polygon)
    [[[[x, y], ...], ...], ...]        parts, each as above (GeoJSON's MultiPolygon)

Objects: a GeoJSON Polygon, MultiPolygon or a Feature of one (RFC 7946); {"size": [height, width], "counts": ...} is a mask, its
counts an array of run lengths or COCO's compressed text. [] and null say nothing, as GeoJSON without coordinates does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from exporter.vision.geometry import rle
from exporter.vision.geometry.shape import (
    MASK_SIZE,
    SHAPE_ODD_LENGTH,
    SHAPE_TOO_FEW_POINTS,
    SHAPE_UNREADABLE,
    Bounds,
    Mask,
    Part,
    Parts,
    Ring,
    ShapeError,
)
from exporter.vision.geometry.values import coordinates

_MOST_PIXELS = 1 << 32  # COCO counts them in 32 bits


@attrs.frozen
class Rectangle:
    """Four numbers: x, y, width, height, in whatever units."""

    bounds: Bounds


def shape_of_json(value: Any) -> Parts | Rectangle | Mask | None:
    """What the value says; None where it says nothing. Coordinates are not scaled yet, rings may still end where they began.

    :raises ShapeError: SHAPE_UNREADABLE, SHAPE_TOO_FEW_POINTS (an array within is empty), SHAPE_ODD_LENGTH, SHAPE_NOT_FINITE,
        MASK_SIZE, MASK_COUNTS.
    """
    if value is None or value == []:
        return None
    if isinstance(value, dict):
        return _object(value)
    match _depth(value):
        case 1:
            return _numbers(value)
        case 2 if all(_is_point(element) for element in value):
            return ((_points(value),),)
        case 2:
            return tuple((_flat(ring),) for ring in value)
        case 3:
            return (_part(value),)
        case 4:
            return tuple(_part(part) for part in value)
        case _:
            raise ShapeError(SHAPE_UNREADABLE)


def _depth(value: Any) -> int:
    """How many arrays are around the first number; an object is as good as a pair."""
    depth = 0
    while isinstance(value, list):
        value = _filled(value)[0]
        depth += 1
    return depth + isinstance(value, dict)


def _filled(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ShapeError(SHAPE_UNREADABLE)
    if not value:
        raise ShapeError(SHAPE_TOO_FEW_POINTS)
    return value


def _numbers(value: list[Any]) -> Parts | Rectangle:
    if len(value) != 4:
        return ((_flat(value),),)
    x, y, width, height = coordinates(value)
    return Rectangle((x, y, width, height))


def _is_point(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and len(value) == 2)


def _flat(value: Any) -> Ring:
    ring = coordinates(_filled(value))
    if len(ring) % 2:
        raise ShapeError(SHAPE_ODD_LENGTH)
    return ring


def _points(value: Any) -> Ring:
    return coordinates([n for point in _filled(value) for n in _pair(point)])


def _pair(point: Any) -> Sequence[Any]:
    if isinstance(point, dict):
        return point.get("x"), point.get("y")
    if not isinstance(point, list) or len(point) != 2:
        raise ShapeError(SHAPE_UNREADABLE)
    return point


def _part(value: Any) -> Part:
    return tuple(_points(ring) for ring in _filled(value))


def _object(value: dict[str, Any]) -> Parts | Mask | None:
    if "counts" in value:
        return _mask(value)
    if value.get("type") == "Feature":
        return _geojson(value.get("geometry"))
    return _geojson(value)


def _geojson(value: Any) -> Parts | None:
    """The parts of a geometry, which a Feature may leave null."""
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("type") not in ("Polygon", "MultiPolygon"):
        raise ShapeError(SHAPE_UNREADABLE)
    coordinates = value.get("coordinates")
    if coordinates == []:
        return None
    return (_part(coordinates),) if value["type"] == "Polygon" else tuple(_part(part) for part in _filled(coordinates))


def _mask(value: dict[str, Any]) -> Mask:
    match value.get("size"):
        case [int(height), int(width)] if type(height) is type(width) is int and height > 0 and width > 0:
            pass
        case _:
            raise ShapeError(SHAPE_UNREADABLE, "The size of a mask is no pair of height and width.")
    if height * width >= _MOST_PIXELS:
        raise ShapeError(MASK_SIZE, "The mask has more pixels than run lengths of 32 bits can count.")
    counts = value["counts"]
    if isinstance(counts, str):
        return rle.decompress(counts, height, width)
    if not isinstance(counts, list) or any(type(count) is not int for count in counts):
        raise ShapeError(SHAPE_UNREADABLE, "The run lengths of a mask are neither whole numbers nor a text.")
    return rle.checked(counts, height, width)
