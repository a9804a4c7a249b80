"""What a host gives of an annotation, what is made of it, and what can be wrong with it."""

from __future__ import annotations

import attrs

Ring = list[float]
Part = tuple[Ring, ...]
Parts = tuple[Part, ...]
Bounds = tuple[float, float, float, float]

BOX = "box"
ROTATED_BOX = "rotated_box"
POLYGON = "polygon"
MASK = "mask"
KEYPOINTS = "keypoints"
KINDS = (BOX, ROTATED_BOX, POLYGON, MASK, KEYPOINTS)

SHAPE_MISSING = "SHAPE_MISSING"
SHAPE_UNREADABLE = "SHAPE_UNREADABLE"
SHAPE_UNKNOWN_KIND = "SHAPE_UNKNOWN_KIND"
SHAPE_TOO_FEW_POINTS = "SHAPE_TOO_FEW_POINTS"
SHAPE_ODD_LENGTH = "SHAPE_ODD_LENGTH"
SHAPE_NOT_FINITE = "SHAPE_NOT_FINITE"
SHAPE_NO_AREA = "SHAPE_NO_AREA"
MASK_SIZE = "MASK_SIZE"
MASK_COUNTS = "MASK_COUNTS"
KEYPOINTS_BROKEN = "KEYPOINTS_BROKEN"

MESSAGES = {
    SHAPE_MISSING: "Neither a whole box, nor a geometry, nor key points are given.",
    SHAPE_UNREADABLE: "The shape cannot be read: broken JSON or WKT, an unknown nesting, or something that is no number.",
    SHAPE_UNKNOWN_KIND: f"The kind of shape is none of {', '.join(KINDS)}.",
    SHAPE_TOO_FEW_POINTS: "A ring has fewer than three different points.",
    SHAPE_ODD_LENGTH: "A ring has an odd number of coordinates.",
    SHAPE_NOT_FINITE: "A number is NaN, infinite, or so large that the area would be.",
    SHAPE_NO_AREA: "The shape has no width, no height, or nothing inside.",
    MASK_SIZE: "The mask's size is not that of the image.",
    MASK_COUNTS: "The mask's run lengths are negative, broken, or do not add up to its pixels.",
    KEYPOINTS_BROKEN: "Key points are no triples of x, y and visibility (0, 1 or 2), or none is labelled.",
}


class ShapeError(Exception):
    """A shape that no reader could use: a code that findings are counted by, and what it means.

    :param code: one of `MESSAGES`.
    :param message: where more is known than the code says.
    """

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message or MESSAGES[code]
        super().__init__(self.message)


@attrs.frozen
class Given:
    """The cells of a row of the record Annotation that say what its shape is; "" where there is none."""

    kind: str = ""
    bbox_x: str = ""
    bbox_y: str = ""
    bbox_width: str = ""
    bbox_height: str = ""
    rotation: str = ""
    geometry: str = ""
    keypoints: str = ""
    units: str = ""
    area: str = ""


@attrs.frozen
class Mask:
    """Pixels of an image as COCO's run lengths: down the first column, then the next; the first run is of pixels outside."""

    height: int
    width: int
    counts: tuple[int, ...]


@attrs.frozen
class Shape:
    """A shape in pixels.

    :param kind: box, rotated_box, polygon, mask or keypoints.
    :param bbox: x, y, width and height of the box around it, parallel to the axes.
    :param area: in square pixels.
    :param parts: of a polygon: its parts, each an outer ring and then its holes. A ring is x, y, x, y ..., and does not end where
        it began. Of a rotated box its corners, clockwise from the one that is upper left before it is turned. Else ().
    :param mask: of a mask.
    :param rotation: of a rotated box: degrees clockwise about its centre.
    :param keypoints: x, y, visibility of each; [] where there are none. Any shape may carry them.
    """

    kind: str
    bbox: Bounds
    area: float
    parts: Parts = ()
    mask: Mask | None = None
    rotation: float = 0.0
    keypoints: list[float] = attrs.field(factory=list)
