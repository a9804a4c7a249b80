"""From a mask to the outlines of its pixels, along their edges: drawn again, they give the same pixels.

Pixels that touch at a corner alone are two parts. Nothing is smoothed, and no point lies between two others on one line.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exporter.vision.geometry import rle
from exporter.vision.geometry.shape import Mask, Parts, Ring

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def contours(mask: Mask) -> Parts:
    """The outlines of a mask: of each part that hangs together by edges of pixels the outer one, then its holes."""
    return _Outlines(mask).parts()


class _Outlines:
    """The edges between pixels inside and outside that lie across, joined to rings by those that stand upright.

    A pixel edge that lies across has a column, the row below it, and a kind: whether the pixel below it is inside.
    """

    def __init__(self, mask: Mask) -> None:
        self._across = mask.width + 1
        column, top, bottom = _runs_by_column(mask)
        kind = np.repeat([True, False], len(column))
        column, row = np.concatenate([column, column]), np.concatenate([top, bottom])
        self._turns(row * self._across + column, kind)
        self._down = np.sort(column * (mask.height + 1) + row)
        self._deep = mask.height + 1

    def _turns(self, place: Integers, kind: Flags) -> None:
        """The ends of edges at which an outline turns, row by row: first the left one of an edge, then the right one."""
        ends = np.concatenate([place, place + 1])
        left = np.repeat([True, False], len(place))
        order = np.lexsort((left, ends))
        ends, kinds = ends[order], np.concatenate([kind, kind])[order]
        on = (ends[1:] == ends[:-1]) & (kinds[1:] == kinds[:-1])  # an edge goes on where another ends
        turns = ~(np.append(on, False) | np.insert(on, 0, False)) if len(ends) else np.empty(0, np.bool_)
        self._ends, self._kinds = ends[turns], kinds[turns]
        self._rows, self._columns = np.divmod(self._ends, self._across)

    def parts(self) -> Parts:
        rings, ring_of = self._rings()
        owner: list[int] = []
        found: dict[int, list[Ring]] = {}
        for number, (first, ring) in enumerate(rings):
            outer = bool(self._kinds[first])
            owner.append(number if outer else owner[ring_of[self._above(first)]])
            found.setdefault(owner[-1], []).append(ring)
        return tuple(tuple(part) for part in found.values())

    def _rings(self) -> tuple[list[tuple[int, Ring]], list[int]]:
        """The rings, each with the number of its uppermost end; and for each edge the ring that it belongs to."""
        upright = self._upright()
        xs, ys = self._columns.astype(float).tolist(), self._rows.astype(float).tolist()
        ring_of = [-1] * (len(xs) // 2)
        rings: list[tuple[int, Ring]] = []
        for first in range(0, len(xs), 2):
            if ring_of[first // 2] >= 0:
                continue
            ring: Ring = []
            at = first
            while ring_of[at // 2] < 0:
                ring_of[at // 2] = len(rings)
                other = at ^ 1
                ring += (xs[at], ys[at], xs[other], ys[other])
                at = upright[other]
            rings.append((first, ring))
        return rings, ring_of

    def _upright(self) -> list[int]:
        """For each end the one that an upright edge joins it to.

        Where two pixels touch at a corner, each keeps its own: what ends a pixel's lower side is joined upwards.
        """
        order = np.lexsort((self._kinds, self._rows, self._columns))
        joined = np.empty_like(order)
        joined[order[0::2]], joined[order[1::2]] = order[1::2], order[0::2]
        return [int(n) for n in joined]

    def _above(self, first: int) -> int:
        """The number of the edge that is next above a hole: of the part that the hole is in, or of another hole of it."""
        column, row = int(self._columns[first]), int(self._rows[first])
        here = int(np.searchsorted(self._down, column * self._deep + row))
        above = int(self._down[here - 1]) - column * self._deep
        return (int(np.searchsorted(self._ends, above * self._across + column, side="right")) - 1) // 2


def _runs_by_column(mask: Mask) -> tuple[Integers, Integers, Integers]:
    """Column, first row and the row after the last of each run, cut where it goes on in the next column."""
    starts, ends = rle.runs(rle.union([mask]))  # runs that touch become one
    first, last = starts // mask.height, (ends - 1) // mask.height
    many = last - first + 1
    run = np.repeat(np.arange(len(starts)), many)
    column = first[run] + (np.arange(len(run)) - np.repeat(np.cumsum(many) - many, many))
    top = np.where(column == first[run], starts[run] - column * mask.height, 0)
    bottom = np.where(column == last[run], ends[run] - column * mask.height, mask.height)
    return column, top, bottom
