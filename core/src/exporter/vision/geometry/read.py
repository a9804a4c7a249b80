"""From a row's cells to a shape in pixels: one at a time, or many.

`kind` says which cells count; where it is empty, those that are filled do: a box with a rotation, a geometry, a box, key points.

box          the four cells of the box, or a geometry of four numbers; with a rotation it is a rotated_box all the same
rotated_box  the same, before it is turned clockwise about its centre by `rotation` degrees
polygon      `geometry`: JSON as nesting.py tells it apart, or WKT (POLYGON, MULTIPOLYGON; two ordinates)
mask         `geometry`: {"size": [height, width], "counts": run lengths or COCO's text}; always in pixels
keypoints    `keypoints`: x, y, visibility of each. Of any other kind they are carried along, and none need be labelled.

Coordinates are multiplied by the image's size where `units` is relative or percent, and never rounded. Box and area that a host
keeps are taken as they are (the area where it is a number above 0); of a polygon, a mask and key points they are else computed.
Nothing is repaired but that a ring's closing point is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from exporter.vision.geometry.measure import measured
from exporter.vision.geometry.outline import Outline, outline
from exporter.vision.geometry.plain import plain_polygons
from exporter.vision.geometry.shape import Given, Shape, ShapeError


def read(given: Given, width: int | None, height: int | None) -> Shape:
    """The shape that a row describes.

    :param width: of its image in pixels, as people see it; None where it is not known. So is `height`.
    :raises ShapeError: with any code of shape.py.
    """
    shape = _measured([_outline(given, width, height)])[0]
    if isinstance(shape, ShapeError):
        raise shape
    return shape


def read_all(rows: Sequence[Given], sizes: Sequence[tuple[int | None, int | None]]) -> list[Shape | ShapeError]:
    """What `read` gives or raises for each row, in a fraction of the time where most are polygons of one ring in pixels.

    :param sizes: width and height of each row's image.
    """
    plain = zip(plain_polygons(rows), rows, sizes, strict=True)
    return _measured([found or _outline(row, *size) for found, row, size in plain])


def _outline(given: Given, width: int | None, height: int | None) -> Shape | Outline | ShapeError:
    try:
        return outline(given, width, height)
    except ShapeError as error:
        return error


def _measured(found: Sequence[Shape | Outline | ShapeError]) -> list[Shape | ShapeError]:
    polygons = iter(measured([each for each in found if isinstance(each, Outline)]))
    return [next(polygons) if isinstance(each, Outline) else each for each in found]
