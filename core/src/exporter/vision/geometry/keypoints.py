"""Key points as hosts keep them: x, y and visibility of each, in a flat JSON array or one array for each point."""

from __future__ import annotations

from typing import Any

from exporter.vision.geometry.boxes import bounds_of
from exporter.vision.geometry.shape import KEYPOINTS_BROKEN, SHAPE_UNREADABLE, Bounds, ShapeError
from exporter.vision.geometry.values import Scale, coordinates, json_value


def read_keypoints(text: str, scale: Scale) -> list[float]:
    """x, y, visibility of each point, in pixels; [] where the cell is empty, or says [] or null.

    :raises ShapeError: SHAPE_UNREADABLE, SHAPE_NOT_FINITE, KEYPOINTS_BROKEN (no triples, or visibility not 0, 1 or 2).
    """
    value = json_value(text) if text.strip() else None
    if value is None or value == []:
        return []
    points = list(coordinates(_flat(value)))
    if len(points) % 3 or not {0.0, 1.0, 2.0}.issuperset(points[2::3]):
        raise ShapeError(KEYPOINTS_BROKEN)
    points[2::3] = map(int, points[2::3])
    return scale.pixels(points, 3)


def bounds_of_labelled(keypoints: list[float]) -> Bounds | None:
    """The box around the points whose visibility is not 0; None where there are none."""
    points = zip(keypoints[0::3], keypoints[1::3], keypoints[2::3], strict=True)
    labelled = [n for x, y, seen in points if seen for n in (x, y)]
    return bounds_of(labelled) if labelled else None


def _flat(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ShapeError(SHAPE_UNREADABLE)
    if not isinstance(value[0], list):
        return value
    if not all(isinstance(point, list) for point in value):
        raise ShapeError(SHAPE_UNREADABLE)
    if any(len(point) != 3 for point in value):
        raise ShapeError(KEYPOINTS_BROKEN)
    return [n for point in value for n in point]
