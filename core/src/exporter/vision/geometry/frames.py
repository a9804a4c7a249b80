"""From the frame in which people see an image to that of its file's pixels, where they differ by an EXIF orientation.

Source: EXIF 2.32 (CIPA DC-008), tag 0x0112. A value that is none of 1 to 8 is no orientation, as viewers have it.
"""

from __future__ import annotations

import attrs

from exporter.vision.geometry import rle
from exporter.vision.geometry.shape import ROTATED_BOX, Bounds, Mask, Part, Ring, Shape


@attrs.frozen
class _Way:
    """How a seen image becomes the stored one.

    :param swap: whether x and y change places, first.
    :param flip_x: whether left and right do, then; `flip_y`, whether top and bottom do.
    """

    swap: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def mirrors(self) -> bool:
        return self.swap ^ self.flip_x ^ self.flip_y

    @property
    def degrees(self) -> float:
        """By how much what points upwards is turned clockwise."""
        if self.swap:
            return 90 if self.flip_x else -90
        return 180 if self.flip_y else 0


_UPRIGHT = _Way()
_WAYS = {
    2: _Way(flip_x=True),
    3: _Way(flip_x=True, flip_y=True),
    4: _Way(flip_y=True),
    5: _Way(swap=True),
    6: _Way(swap=True, flip_y=True),
    7: _Way(swap=True, flip_x=True, flip_y=True),
    8: _Way(swap=True, flip_x=True),
}


def stored_size(orientation: int, width: int, height: int) -> tuple[int, int]:
    """Width and height of the file's pixels, for an image that people see as width x height."""
    return (height, width) if _WAYS.get(orientation, _UPRIGHT).swap else (width, height)


def to_stored(shape: Shape, orientation: int, width: int, height: int) -> Shape:
    """A shape of an image that people see as width x height, on the file's pixels; the same object where nothing differs.

    A rotated box keeps its sides: its rotation grows by that of the image, and is negated where the image is mirrored. Points that
    are not labelled stay as they are.
    """
    way = _WAYS.get(orientation)
    if way is None:
        return shape
    turned = _Turned(way, *stored_size(orientation, width, height))
    return attrs.evolve(
        shape,
        bbox=turned.box(shape.bbox),
        parts=tuple(turned.part(part, shape.kind) for part in shape.parts),
        mask=shape.mask and turned.mask(shape.mask),
        rotation=turned.rotation(shape.rotation) if shape.kind == ROTATED_BOX else 0.0,
        keypoints=turned.keypoints(shape.keypoints),
    )


@attrs.frozen
class _Turned:
    """The stored image, and the way to it."""

    way: _Way
    width: int
    height: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = (y, x) if self.way.swap else (x, y)
        return self.width - x if self.way.flip_x else x, self.height - y if self.way.flip_y else y

    def ring(self, ring: Ring) -> Ring:
        return [n for x, y in zip(ring[0::2], ring[1::2], strict=True) for n in self.point(x, y)]

    def part(self, part: Part, kind: str) -> Part:
        rings = [self.ring(ring) for ring in part]
        if kind == ROTATED_BOX and self.way.mirrors:  # the corners go clockwise from the upper left one
            rings = [ring[2:4] + ring[0:2] + ring[6:8] + ring[4:6] for ring in rings]
        return tuple(rings)

    def box(self, box: Bounds) -> Bounds:
        x, y, width, height = box
        if self.way.swap:
            x, y, width, height = y, x, height, width
        left = self.width - x - width if self.way.flip_x else x
        top = self.height - y - height if self.way.flip_y else y
        return left, top, width, height

    def rotation(self, degrees: float) -> float:
        return self.way.degrees + (-degrees if self.way.mirrors else degrees)

    def keypoints(self, keypoints: list[float]) -> list[float]:
        points = zip(keypoints[0::3], keypoints[1::3], keypoints[2::3], strict=True)
        return [n for x, y, seen in points for n in (*(self.point(x, y) if seen else (x, y)), seen)]

    def mask(self, mask: Mask) -> Mask:
        pixels = rle.decode(mask)
        pixels = pixels.T if self.way.swap else pixels
        across, down = (-1 if flip else 1 for flip in (self.way.flip_x, self.way.flip_y))
        return rle.encode(pixels[::down, ::across])
