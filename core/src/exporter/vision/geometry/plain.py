"""What most geometries are, read with the least work: a JSON array of numbers that says one ring, in pixels.

Whatever is not so, or could be wrong, is left to `outline`; what is read here is what it would have read. Each text is parsed by
itself: its arrays go before the next ones come, and Python's garbage collector, to which a batch of them is a burden, sees none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import orjson

from exporter.vision.geometry.measure import measure
from exporter.vision.geometry.outline import open_ring
from exporter.vision.geometry.shape import POLYGON, Bounds, Given, Ring, Shape, ShapeError
from exporter.vision.geometry.values import box_cells, stored_area

_KINDS = ("", POLYGON)
_PIXELS = ("", "pixel")
_NO_TURN = ("", "0", "0.0")
_TWO = {2}


def plain_polygons(rows: Sequence[Given]) -> list[Shape | None]:
    """The shapes of rows that say a sound polygon plainly; None for any other row."""
    rings = [_ring(row) for row in rows]
    measures = measure([ring for ring in rings if ring])
    return [_polygon(row, ring, *next(measures)) if ring else None for row, ring in zip(rows, rings, strict=True)]


def _polygon(row: Given, ring: Ring, bbox: Bounds, area: float, sound: bool) -> Shape | None:
    if not sound:
        return None
    if row.bbox_x or row.area:
        try:
            bbox = box_cells(row) or bbox
        except ShapeError:
            return None
        if bbox[2] <= 0 or bbox[3] <= 0:
            return None
        area = stored_area(row) or area
    return Shape(POLYGON, bbox, area, ((ring,),))


def _ring(row: Given) -> Ring | None:
    text = row.geometry
    if (
        text[:1] != "["
        or row.kind not in _KINDS
        or row.units not in _PIXELS
        or row.keypoints
        or (row.rotation not in _NO_TURN and not row.kind)
        # Objects, texts, and the words true, false and null.
        or "{" in text or '"' in text or "u" in text or "l" in text
    ):  # fmt: skip
        return None
    try:
        ring = _one_ring(orjson.loads(text), text.count("["))
    except orjson.JSONDecodeError:
        return None
    return open_ring(ring) if ring else None


def _one_ring(value: list[Any], arrays: int) -> Ring | None:
    """The one ring of a flat array, of pairs or of [flat array]; how deep the arrays are, their number says."""
    if arrays == 2 and len(value) == 1:
        value = value[0]
    elif arrays > 1:
        return list(chain.from_iterable(value)) if arrays == len(value) + 1 and _are_pairs(value) else None
    return value if len(value) >= 6 and len(value) % 2 == 0 else None


def _are_pairs(value: list[Any]) -> bool:
    try:
        return set(map(len, value)) == _TWO
    except TypeError:
        return False
