"""Which pixels a polygon has: the walk along its boundary that COCO's reference implementation makes, without the walking.

The reference (rleFrPoly in common/maskApi.c of https://github.com/cocodataset/cocoapi) takes vertices to fifths of a pixel, steps
along every edge, and notes where the walk enters the third fifth of a column; there inside and outside change from the next row's
centre downwards. Here each edge is asked at once where it crosses which columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]

_FINER = 5
_CENTRE = 2  # the fifth of a pixel that its centre lies in
_FARTHEST = 2.0**31 / _FINER - 1  # pixels: the reference counts fifths in 32 bits, and beyond has no answer
_AT_ONCE = 1 << 20  # crossings that are looked at together


def crossings(ring: Sequence[float], height: int, width: int) -> Integers:
    """Where inside and outside change, as places in the image's pixels, column by column; rising, each once."""
    points = np.clip(np.asarray(ring, np.float64).reshape(-1, 2), -_FARTHEST, _FARTHEST)
    corners = np.trunc(_FINER * points + 0.5)
    edges = np.hstack([corners, np.roll(corners, -1, axis=0)])
    step = max(1, _AT_ONCE // max(1, width))
    blocks = [_odd(_places(edges[at : at + step], height, width)) for at in range(0, len(edges), step)]
    return blocks[0] if len(blocks) == 1 else _odd(np.concatenate(blocks))


def _odd(places: Integers) -> Integers:
    """What occurs an odd number of times: two changes at one place are none."""
    unique, times = np.unique(places, return_counts=True)
    odd: Integers = unique[times % 2 == 1]
    return odd


def _places(edges: Doubles, height: int, width: int) -> Integers:
    steep = np.abs(edges[:, 2] - edges[:, 0]) < np.abs(edges[:, 3] - edges[:, 1])
    flat, upright = _Walks.of(edges[~steep], 0, width), _Walks.of(edges[steep], 1, width)
    column = np.concatenate([flat.column, upright.column])
    row = np.concatenate([_rows_of_flat(flat), _rows_of_steep(upright)])
    row = np.clip(np.floor_divide(row + _CENTRE, _FINER), 0, height)
    places: Doubles = column * height + row
    return places.astype(np.int64)


@attrs.frozen
class _Walks:
    """The crossings of columns by edges, one each; an edge is walked along the axis where it is longer, upwards in numbers.

    :param column: that is entered.
    :param x: and `y`, where the walk begins.
    :param slope: fifths on the shorter axis for each on the longer.
    """

    column: Doubles
    x: Doubles
    y: Doubles
    slope: Doubles

    @classmethod
    def of(cls, edges: Doubles, axis: int, width: int) -> _Walks:
        edges = np.where(edges[:, axis, None] > edges[:, axis + 2, None], edges[:, [2, 3, 0, 1]], edges)
        left, right = np.minimum(edges[:, 0], edges[:, 2]), np.maximum(edges[:, 0], edges[:, 2])
        first = np.clip(np.ceil((left - _CENTRE) / _FINER), 0, width)
        last = np.clip(np.floor((right - _CENTRE - 1) / _FINER), -1, width - 1)
        many = np.maximum(last - first + 1, 0).astype(np.int64)
        before = np.cumsum(many) - many
        edge = np.repeat(np.arange(len(edges)), many)
        column = first[edge] + (np.arange(len(edge)) - before[edge])
        x, y, x_end, y_end = edges[edge].T
        slope = (x_end - x) / (y_end - y) if axis else (y_end - y) / (x_end - x)
        return cls(column, x, y, slope)


def _rows_of_flat(walks: _Walks) -> Doubles:
    """The upper of the two steps between which an edge that is wider than high enters its column."""
    step = walks.column * _FINER + _CENTRE - walks.x
    here = np.trunc(walks.y + walks.slope * step + 0.5)
    there = np.trunc(walks.y + walks.slope * (step + 1) + 0.5)
    return np.minimum(here, there)


def _rows_of_steep(walks: _Walks) -> Doubles:
    """As `_rows_of_flat`, of edges higher than wide: the step before the first that rounds to beyond the column's boundary."""
    boundary = walks.column * _FINER + _CENTRE + 1
    step = np.ceil((boundary - 0.5 - walks.x) / walks.slope)

    def beyond(step: Doubles) -> NDArray[np.bool_]:
        right = walks.x + walks.slope * step + 0.5 >= boundary
        return np.where(walks.slope > 0, right, ~right)

    step = step - beyond(step - 1)
    step = step + ~beyond(step)
    return walks.y + step - 1
