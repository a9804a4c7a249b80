"""Several rings as one: joined by bridges that are crossed there and back, so that they have no width.

Readers that fill an outline by the even-odd rule find the same inside as in all rings together: of parts that do not overlap their
sum, of an outer ring and holes within it the ring without them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exporter.vision.geometry.shape import Ring

Points = NDArray[np.float64]
_AT_ONCE = 1 << 20  # distances that are looked at together


def joined(rings: Sequence[Ring]) -> Ring:
    """One ring of all: each is joined where it comes nearest to those before it, from corner to corner.

    :param rings: at least one.
    """
    done = _points(rings[0])
    for ring in rings[1:]:
        more = _points(ring)
        here, there = _nearest(done, more)
        tour = np.concatenate([more[there:], more[: there + 1]])
        done = np.concatenate([done[: here + 1], tour, done[here:]])
    joined: Ring = done.ravel().tolist()
    return joined


def _points(ring: Ring) -> Points:
    return np.asarray(ring, np.float64).reshape(-1, 2)


def _nearest(done: Points, more: Points) -> tuple[int, int]:
    """The places of the two points that are nearest to each other, the first of equals."""
    step = max(1, _AT_ONCE // len(more))
    found: list[tuple[float, int, int]] = []
    for at in range(0, len(done), step):
        apart = done[at : at + step, None] - more[None]
        squares = np.einsum("ijk,ijk->ij", apart, apart)
        here, there = divmod(int(squares.argmin()), len(more))
        found.append((float(squares[here, there]), at + here, there))
    _, here, there = min(found)
    return here, there
