"""What a row says its shape is: by its kind, and where it names none, by the cells that are filled."""

from __future__ import annotations

import math

import attrs

from exporter.vision.geometry import rle
from exporter.vision.geometry.boxes import bounds_of, turned_corners
from exporter.vision.geometry.keypoints import bounds_of_labelled, read_keypoints
from exporter.vision.geometry.nesting import Rectangle, shape_of_json
from exporter.vision.geometry.shape import (
    BOX,
    KEYPOINTS,
    KEYPOINTS_BROKEN,
    KINDS,
    MASK,
    MASK_SIZE,
    POLYGON,
    ROTATED_BOX,
    SHAPE_MISSING,
    SHAPE_NO_AREA,
    SHAPE_NOT_FINITE,
    SHAPE_TOO_FEW_POINTS,
    SHAPE_UNKNOWN_KIND,
    SHAPE_UNREADABLE,
    Bounds,
    Given,
    Mask,
    Parts,
    Ring,
    Shape,
    ShapeError,
)
from exporter.vision.geometry.values import Scale, box_cells, json_value, number, stored_area
from exporter.vision.geometry.wkt import parts_of_wkt


@attrs.define
class Outline:
    """A polygon that is not measured yet; no ring ends where it began.

    :param bbox: as the host keeps it; None where it is to be computed. So is `area`.
    """

    parts: Parts
    bbox: Bounds | None
    area: float | None
    keypoints: list[float]


def outline(given: Given, width: int | None, height: int | None) -> Shape | Outline:
    """The shape, but for polygons, which are measured many at a time.

    :param width: of the image in pixels, as people see it; None where it is not known.
    :raises ShapeError: with any code of shape.py.
    """
    return _Row(given, width, height).shape()


def open_ring(ring: Ring) -> Ring:
    """The ring without the points at its end that repeat its first."""
    end = len(ring)
    while end > 2 and ring[end - 2] == ring[0] and ring[end - 1] == ring[1]:
        end -= 2
    return ring if end == len(ring) else ring[:end]


class _Row:
    def __init__(self, given: Given, width: int | None, height: int | None) -> None:
        if given.kind and given.kind not in KINDS:
            raise ShapeError(SHAPE_UNKNOWN_KIND)
        self._given = given
        self._kind = given.kind
        self._size = (width, height)
        self._scale = Scale.of(given.units, width, height)
        cells = box_cells(given)
        self._box = cells and self._positive(cells)
        self._area = stored_area(given)
        self._keypoints = read_keypoints(given.keypoints, self._scale)

    def shape(self) -> Shape | Outline:
        """By kind. A box that is turned is a rotated box, whatever its kind says."""
        if self._kind == KEYPOINTS:
            return self._of_keypoints()
        if self._box and (self._kind in (BOX, ROTATED_BOX) or (self._kind == "" and self._rotation() != 0)):
            return self._of_box(self._box)
        return self._of_geometry()

    def _of_geometry(self) -> Shape | Outline:
        match found := self._geometry():
            case None:
                return self._without_geometry()
            case Rectangle():
                return self._of_rectangle(found)
            case Mask() if self._kind in ("", MASK):
                return self._of_mask(found)
            case tuple() if self._kind in ("", POLYGON):
                parts = tuple(tuple(open_ring(self._scale.pixels(ring)) for ring in part) for part in found)
                return Outline(parts, self._box, self._area, self._keypoints)
            case _:
                raise ShapeError(SHAPE_UNREADABLE, "The geometry is not of the kind that the row names.")

    def _geometry(self) -> Parts | Rectangle | Mask | None:
        text = self._given.geometry.strip()
        if not text:
            return None
        return parts_of_wkt(text) if text[0] in "pPmM" else shape_of_json(json_value(text))

    def _without_geometry(self) -> Shape:
        if self._kind:
            raise ShapeError(SHAPE_MISSING)
        if self._box:
            return self._of_box(self._box)
        return self._of_keypoints()

    def _of_rectangle(self, found: Rectangle) -> Shape:
        if self._kind == POLYGON:
            raise ShapeError(SHAPE_TOO_FEW_POINTS)
        if self._kind == MASK:
            raise ShapeError(SHAPE_UNREADABLE, "The geometry is not of the kind that the row names.")
        return self._of_box(self._positive(found.bounds))

    def _of_box(self, box: Bounds) -> Shape:
        rotation = self._rotation()
        area = self._area or box[2] * box[3]
        if self._kind != ROTATED_BOX and rotation == 0:
            return _finite(Shape(BOX, box, area, keypoints=self._keypoints))
        corners = turned_corners(box, rotation)
        bounds = bounds_of(corners)
        return _finite(Shape(ROTATED_BOX, bounds, area, ((corners,),), rotation=rotation, keypoints=self._keypoints))

    def _of_mask(self, mask: Mask) -> Shape:
        for known, size in zip(self._size, (mask.width, mask.height), strict=True):
            if known is not None and known != size:
                raise ShapeError(MASK_SIZE)
        pixels = rle.area(mask)
        if not pixels:
            raise ShapeError(SHAPE_NO_AREA)
        box = self._box or rle.bbox(mask)
        return Shape(MASK, box, self._area or float(pixels), mask=mask, keypoints=self._keypoints)

    def _of_keypoints(self) -> Shape:
        if not self._keypoints:
            raise ShapeError(SHAPE_MISSING)
        around = bounds_of_labelled(self._keypoints)
        if not around:
            raise ShapeError(KEYPOINTS_BROKEN)
        box = self._box or around
        return _finite(Shape(KEYPOINTS, box, self._area or box[2] * box[3], keypoints=self._keypoints))

    def _rotation(self) -> float:
        return number(self._given.rotation) if self._given.rotation else 0.0

    def _positive(self, box: Bounds) -> Bounds:
        x, y, width, height = (n + 0.0 for n in self._scale.pixels([*box]))  # -0.0 becomes 0.0
        if not all(map(math.isfinite, (x, y, width, height))):
            raise ShapeError(SHAPE_NOT_FINITE)
        if width < 0 or height < 0:
            raise ShapeError(SHAPE_NO_AREA, "The box has a width or height below 0; are its numbers two corners?")
        if not width or not height:
            raise ShapeError(SHAPE_NO_AREA)
        return x, y, width, height


def _finite(shape: Shape) -> Shape:
    if not all(map(math.isfinite, (*shape.bbox, shape.area))):
        raise ShapeError(SHAPE_NOT_FINITE)
    return shape
