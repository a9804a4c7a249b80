"""Whether rings cross themselves: exact, and for many rings at a time.

Most rings are star-shaped: seen from the middle of their corners they go round once, without ever turning back; that is cheap to
prove, and such a ring is simple. Of the others, edges that overlap along x are compared with each other. Signs that doubles leave
in doubt are computed in fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, pairwise

import attrs
import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

_DOUBT = 8 * np.finfo(np.float64).eps  # of the products' sizes: a difference above has the sign that doubles give it
_LEAST = 1e-290  # below, products may have lost digits
_AT_ONCE = 1 << 18  # pairs of edges that are compared together


def crossing(rings: Sequence[Sequence[float]]) -> list[bool]:
    """Whether each ring x, y, x, y ... (finite, of at least three points, not closed) crosses or touches itself.

    Edges may meet where one ends and its neighbour begins, and nowhere else: a repeated point is a touch, and so is a corner on
    another edge or an edge that lies on another.
    """
    if not rings:
        return []
    with np.errstate(over="ignore", invalid="ignore"):
        every = _Edges.of(rings)
        found = ~every.are_stars()
        rest = np.flatnonzero(found)
        if len(rest):
            found[rest] = _Edges.of([rings[ring] for ring in rest.tolist()]).cross()
    crossed: list[bool] = found.tolist()
    return crossed


@attrs.frozen(eq=False)
class _Edges:
    """The edges of rings, one after the other.

    :param ring: whose edge each is, `first` and `count`: each ring's edges.
    :param x: and `y`, where the edge begins; `x_end` and `y_end`, where it ends.
    """

    ring: Integers
    first: Integers
    count: Integers
    x: Doubles
    y: Doubles
    x_end: Doubles
    y_end: Doubles
    following: Integers

    @classmethod
    def of(cls, rings: Sequence[Sequence[float]]) -> _Edges:
        lengths = np.fromiter(map(len, rings), np.int64, len(rings))
        flat = np.fromiter(chain.from_iterable(rings), np.float64, lengths.sum())
        x, y = flat.reshape(-1, 2).T.copy()
        count = lengths // 2
        first = np.cumsum(count) - count
        following = np.arange(1, len(x) + 1)
        following[first + count - 1] = first
        ring = np.repeat(np.arange(len(rings)), count)
        return cls(ring, first, count, x, y, x[following], y[following], following)

    def are_stars(self) -> Flags:
        """Which rings go round the middle of their corners once: every edge the same way, and only one of them from below."""
        x = self.x - (np.add.reduceat(self.x, self.first) / self.count)[self.ring]
        y = self.y - (np.add.reduceat(self.y, self.first) / self.count)[self.ring]
        one, other = x * y[self.following], x[self.following] * y
        turn = one - other
        sure = np.abs(turn) > _DOUBT * (np.abs(one) + np.abs(other)) + _LEAST
        ways = np.add.reduceat(np.where(sure, np.sign(turn), 0), self.first)
        upwards = (y < 0) != (y[self.following] < 0)
        stars: Flags = (np.abs(ways) == self.count) & (np.add.reduceat(upwards, self.first, dtype=np.int64) == 2)
        return stars

    def cross(self) -> Flags:
        """Which rings cross or touch themselves."""
        crossed = np.zeros(len(self.count), np.bool_)
        crossed[self.ring[self._turned_back()]] = True
        for one, other in self._pairs(crossed):
            crossed[self.ring[self._meeting(one, other)]] = True
        return crossed

    def _turned_back(self) -> Integers:
        """The edges that have no length, or whose neighbour goes back over them."""
        middle_x, middle_y = self.x_end, self.y_end
        end_x, end_y = self.x_end[self.following], self.y_end[self.following]
        back_x = np.sign(self.x - middle_x) * np.sign(end_x - middle_x) > 0
        back_y = np.sign(self.y - middle_y) * np.sign(end_y - middle_y) > 0
        back = np.flatnonzero(back_x | back_y)
        corner = (self.x, self.y, middle_x, middle_y, end_x, end_y)
        back = back[_side(*(each[back] for each in corner)) == 0]
        return np.concatenate([back, np.flatnonzero((self.x == middle_x) & (self.y == middle_y))])

    def _pairs(self, crossed: Flags) -> Iterator[tuple[Integers, Integers]]:
        """Pairs of edges of one ring that overlap along x, some at a time; no more of rings that are marked in between."""
        left, right = np.minimum(self.x, self.x_end), np.maximum(self.x, self.x_end)
        order = np.lexsort((left, self.ring))
        many = _upper(self.ring[order], left[order], right[order]) - np.arange(1, len(order) + 1)
        total = np.cumsum(many)
        cuts = np.searchsorted(total, np.arange(_AT_ONCE, total[-1] + _AT_ONCE, _AT_ONCE))
        for start, end in pairwise([0, *(cuts + 1).tolist()]):
            edges = np.arange(start, min(end, len(order)))
            edges = edges[~crossed[self.ring[order[edges]]]]
            one = np.repeat(edges, many[edges])
            before = np.cumsum(many[edges]) - many[edges]
            other = one + 1 + np.arange(len(one)) - np.repeat(before, many[edges])
            yield order[one], order[other]

    def _meeting(self, one: Integers, other: Integers) -> Integers:
        """Those edges of the first that meet their partner, where they are no neighbours."""
        lower, upper = np.minimum(self.y, self.y_end), np.maximum(self.y, self.y_end)
        near = (lower[one] <= upper[other]) & (lower[other] <= upper[one])
        near &= (self.following[one] != other) & (self.following[other] != one)
        one, other = one[near], other[near]
        parted = self._sides(one, other) > 0
        parted[~parted] = self._sides(other[~parted], one[~parted]) > 0
        return one[~parted]

    def _sides(self, line: Integers, edge: Integers) -> NDArray[np.int8]:
        """1 where both ends of an edge are on one side of a line, -1 where they are on two, 0 where one is on it."""
        ends = (self.x[line], self.y[line], self.x_end[line], self.y_end[line])
        return _side(*ends, self.x[edge], self.y[edge]) * _side(*ends, self.x_end[edge], self.y_end[edge])


def _upper(ring: Integers, left: Doubles, right: Doubles) -> Integers:
    """How many edges, which are sorted by ring and left end, come no later than each one's right end."""
    size = len(ring)
    ends = np.repeat([0, 1], size)
    order = np.lexsort((ends, np.concatenate([left, right]), np.concatenate([ring, ring])))
    is_right = order >= size
    upper = np.empty(size, np.int64)
    upper[order[is_right] - size] = np.cumsum(~is_right)[is_right]
    return upper


def _side(ax: Doubles, ay: Doubles, bx: Doubles, by: Doubles, cx: Doubles, cy: Doubles) -> NDArray[np.int8]:
    """On which side of the line from a to b each c lies: 1, -1, or 0 where it is on it. Exact."""
    one, other = (bx - ax) * (cy - ay), (by - ay) * (cx - ax)
    side = np.sign(one - other)
    sure = np.abs(one - other) > _DOUBT * (np.abs(one) + np.abs(other)) + _LEAST
    sure |= ((bx == ax) | (cy == ay)) & ((by == ay) | (cx == ax))
    for place in np.flatnonzero(~sure):
        side[place] = _exact_side(*(Fraction(float(n[place])) for n in (ax, ay, bx, by, cx, cy)))
    return side.astype(np.int8)


def _exact_side(ax: Fraction, ay: Fraction, bx: Fraction, by: Fraction, cx: Fraction, cy: Fraction) -> int:
    side = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return (side > 0) - (side < 0)
