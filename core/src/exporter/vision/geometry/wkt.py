"""Well-known text of polygons (OGC 06-103r4, section 7): POLYGON and MULTIPOLYGON with two ordinates, in any case and spacing."""

from __future__ import annotations

import re

from exporter.vision.geometry.shape import SHAPE_UNREADABLE, Part, Parts, Ring, ShapeError
from exporter.vision.geometry.values import number

_HEAD = re.compile(r"\s*(MULTI)?POLYGON\b", re.IGNORECASE)
_EMPTY = re.compile(r"\s*EMPTY\s*", re.IGNORECASE)
# Possessive: a long text that does not fit fails at once.
_RING = r"\s*+\(([^()]*+)\)\s*+"
_PART = r"\s*+\((?:\s*+\([^()]*+\)\s*+,)*+\s*+\([^()]*+\)\s*+\)\s*+"
_WHOLE_PART = re.compile(_PART)
_WHOLE = re.compile(rf"\s*+\((?:{_PART},)*+{_PART}\)\s*+")
_RINGS = re.compile(_RING)


def parts_of_wkt(text: str) -> Parts | None:
    """The parts of a polygon; None for one that is EMPTY.

    :raises ShapeError: SHAPE_UNREADABLE, also where points have more than two ordinates; SHAPE_NOT_FINITE.
    """
    head = _HEAD.match(text)
    if not head:
        raise ShapeError(SHAPE_UNREADABLE)
    if _EMPTY.fullmatch(text, head.end()):
        return None
    if head[1] is None:
        return (_part(text[head.end() :]),)
    body = text[head.end() :]
    if not _WHOLE.fullmatch(body):
        raise ShapeError(SHAPE_UNREADABLE)
    return tuple(_part(match[0]) for match in _WHOLE_PART.finditer(body, body.index("(") + 1))


def _part(text: str) -> Part:
    if not _WHOLE_PART.fullmatch(text):
        raise ShapeError(SHAPE_UNREADABLE)
    return tuple(_ring(match[1]) for match in _RINGS.finditer(text))


def _ring(text: str) -> Ring:
    points = [point.split() for point in text.split(",")]
    if any(len(point) != 2 for point in points):
        raise ShapeError(SHAPE_UNREADABLE, "A point of the WKT has not two ordinates.")
    return [number(ordinate) for point in points for ordinate in point]
