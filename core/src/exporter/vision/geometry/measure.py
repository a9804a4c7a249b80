"""Bounds and area of many polygons at a time, by the shoelace formula."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from exporter.vision.geometry.boxes import bounds_of
from exporter.vision.geometry.outline import Outline
from exporter.vision.geometry.shape import (
    POLYGON,
    SHAPE_NO_AREA,
    SHAPE_NOT_FINITE,
    SHAPE_TOO_FEW_POINTS,
    Bounds,
    Parts,
    Ring,
    Shape,
    ShapeError,
)
from exporter.vision.geometry.values import EXACT

_HARDLY = 1e-9  # of its terms' sizes: a sum below may be rounding alone

# Of a ring: the bounds, the area without sign, and whether nothing can be wrong with it.
Measured = tuple[Bounds, float, bool]


def measured(outlines: Sequence[Outline]) -> list[Shape | ShapeError]:
    """The polygons of these outlines, or what is wrong with them: SHAPE_TOO_FEW_POINTS, SHAPE_NOT_FINITE, SHAPE_NO_AREA."""
    rings = measure([ring for outline in outlines for part in outline.parts for ring in part])
    return [_polygon(outline, rings) for outline in outlines]


def measure(rings: Sequence[Ring]) -> Iterator[Measured]:
    """Each ring's measures; inf or NaN where doubles do not reach."""
    if not rings:
        return iter(())
    lengths = np.fromiter(map(len, rings), np.int64, len(rings))
    flat = np.fromiter(chain.from_iterable(rings), np.float64, lengths.sum())
    points = lengths // 2
    ends = np.cumsum(points)
    starts = ends - points
    x, y = flat.reshape(-1, 2).T.copy()
    following = np.arange(1, len(x) + 1)
    following[ends - 1] = starts
    with np.errstate(over="ignore", invalid="ignore"):
        terms = x * y[following] - x[following] * y
        twice = np.abs(_sums(terms, starts, points))
        proven = twice > _HARDLY * np.add.reduceat(np.abs(terms), starts)  # so it has three points, width and height
        left, top = np.minimum.reduceat(x, starts), np.minimum.reduceat(y, starts)
        right, bottom = np.maximum.reduceat(x, starts), np.maximum.reduceat(y, starts)
        width, height = right - left, bottom - top
        near = (np.minimum(left, top) > -EXACT) & (np.maximum(right, bottom) < EXACT)
        sound = proven & near
    bounds = zip(*(edge.tolist() for edge in (left + 0.0, top + 0.0, width, height)), strict=True)  # -0.0 becomes 0.0
    return zip(bounds, (twice / 2).tolist(), sound.tolist(), strict=True)


def _sums(terms: NDArray[np.float64], starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sum of each run of terms, added one after the other: numpy's own order would depend on its version and the machine."""
    longest = np.argsort(-counts, kind="stable")
    begin, left = starts[longest], counts[longest]
    sums = np.zeros(len(begin))
    for place in range(int(left[0])):
        some = int(np.searchsorted(-left, -place, side="left"))
        sums[:some] += terms[begin[:some] + place]
    found = np.empty_like(sums)
    found[longest] = sums
    return found


def _polygon(outline: Outline, rings: Iterator[Measured]) -> Shape | ShapeError:
    """The next polygon; as many rings are taken as it has, whatever is wrong."""
    measures = [next(rings) for part in outline.parts for _ in part]
    bounds, area, sound = measures[0]
    if len(measures) > 1 or not sound:
        bounds = bounds_of([n for part in outline.parts for n in part[0]])
        area = sum(_net(outline.parts, [area for _, area, _ in measures]))
        wrong = _wrong(outline.parts, [sound for *_, sound in measures], bounds, area)
        if wrong:
            return ShapeError(wrong)
    return Shape(POLYGON, outline.bbox or bounds, outline.area or area, outline.parts, keypoints=outline.keypoints)


def _net(parts: Parts, areas: Sequence[float]) -> Iterator[float]:
    """The areas of the rings, those of holes below zero."""
    hole = (place > 0 for part in parts for place in range(len(part)))
    return (-area if below else area for area, below in zip(areas, hole, strict=True))


def _wrong(parts: Parts, sound: Sequence[bool], bounds: Bounds, area: float) -> str:
    """The code of what is wrong with a polygon; "" where nothing is."""
    rings = [ring for part in parts for ring in part]
    if any(_few(ring) for ring, proven in zip(rings, sound, strict=True) if not proven):
        return SHAPE_TOO_FEW_POINTS
    if not all(map(math.isfinite, (*bounds, area))):
        return SHAPE_NOT_FINITE
    emptied = area <= 0 and len(rings) > len(parts)  # by its holes
    return SHAPE_NO_AREA if bounds[2] <= 0 or bounds[3] <= 0 or emptied else ""


def _few(ring: Ring) -> bool:
    return len(set(zip(ring[0::2], ring[1::2], strict=True))) < 3
