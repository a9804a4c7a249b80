"""Masks as COCO's run lengths: combined, measured, compressed, decoded. Pixels and texts are those of pycocotools.

Source of the rules: common/maskApi.c of https://github.com/cocodataset/cocoapi.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from exporter.vision.geometry.raster import crossings
from exporter.vision.geometry.shape import MASK_COUNTS, Bounds, Mask, Part, Ring, ShapeError

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_BITS = 5  # of a compressed number in one character
_FIRST = 48  # the character of 0
_MOST = 7  # characters of one number: 35 bits hold more than any run of a mask of 32 bits


def from_polygon(ring: Sequence[float], height: int, width: int) -> Mask:
    """The pixels of a ring x, y, x, y ..., also of one that crosses itself (by the even-odd rule) or leaves the image."""
    return _toggled(crossings(ring, height, width), height, width)


def from_parts(parts: Sequence[Part], height: int, width: int) -> Mask:
    """The pixels of any part; those of a part are its outer ring's without those of its holes."""
    blank = Mask(height, width, (height * width,))
    return union([blank, *(_of_part(part, height, width) for part in parts)])


def union(masks: Sequence[Mask]) -> Mask:
    """The pixels of any mask.

    :raises ValueError: for no mask, or masks of different sizes.
    """
    return _combined(masks, [1] * len(masks), lambda total: total > 0)


def difference(a: Mask, b: Mask) -> Mask:
    """The pixels of a that are not b's.

    :raises ValueError: for masks of different sizes.
    """
    return _combined([a, b], [1, 2], lambda total: total == 1)


def area(mask: Mask) -> int:
    """The number of pixels."""
    return sum(mask.counts[1::2])


def bbox(mask: Mask) -> Bounds:
    """x, y, width and height of the box around the pixels; all 0 where there are none."""
    starts, ends = runs(mask)
    if not len(starts):
        return 0.0, 0.0, 0.0, 0.0
    first, last = starts, ends - 1
    left, right = first[0] // mask.height, last[-1] // mask.height
    if (first // mask.height != last // mask.height).any():  # a run that goes on in the next column
        top, bottom = 0, mask.height - 1
    else:
        top, bottom = (first % mask.height).min(), (last % mask.height).max()
    return float(left), float(top), float(right - left + 1), float(bottom - top + 1)


def decode(mask: Mask) -> Flags:
    """The mask as an array (height, width), true where a pixel is its own."""
    runs = np.arange(len(mask.counts)) % 2 == 1
    return np.repeat(runs, mask.counts).reshape((mask.height, mask.width), order="F")


def encode(array: NDArray[np.generic]) -> Mask:
    """The mask of the pixels that are not 0 in an array (height, width)."""
    height, width = array.shape
    inside = array.astype(bool).ravel(order="F")
    return _toggled(np.flatnonzero(np.diff(inside, prepend=False)), height, width)


def checked(counts: Sequence[int], height: int, width: int) -> Mask:
    """The mask of run lengths that came from elsewhere, as they are.

    :raises ShapeError: MASK_COUNTS where one is negative, or they do not add up to height x width.
    """
    if min(counts, default=0) < 0 or sum(counts) != height * width:
        raise ShapeError(MASK_COUNTS)
    return Mask(height, width, tuple(counts))


def compress(mask: Mask) -> str:
    """The run lengths as COCO's text: from the fourth on less the last but one, five bits to a character."""
    numbers = np.array(mask.counts, np.int64)
    numbers[3:] -= numbers[1:-2].copy()
    places = np.arange(_MOST)
    bounds = np.int64(1) << (_BITS * (places + 1) - 1)
    size = 1 + ((numbers[:, None] >= bounds) | (numbers[:, None] < -bounds)).sum(axis=1)
    digits = (numbers[:, None] >> (_BITS * places)) & 31
    digits += np.where(places < size[:, None] - 1, 32, 0)
    return bytes((digits[places < size[:, None]] + _FIRST).tolist()).decode("ascii")


def decompress(text: str, height: int, width: int) -> Mask:
    """The mask of a text that `compress` or pycocotools wrote.

    :raises ShapeError: MASK_COUNTS where it is none, or does not fit the size.
    """
    characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64) - _FIRST
    if not len(characters) or characters.min() < 0 or characters.max() > 63 or characters[-1] > 31:
        raise ShapeError(MASK_COUNTS)
    last = np.flatnonzero(characters < 32)
    starts = np.concatenate(([0], last[:-1] + 1))
    size = last - starts + 1
    if size.max() > _MOST:
        raise ShapeError(MASK_COUNTS)
    place = np.arange(len(characters)) - np.repeat(starts, size)
    numbers = np.add.reduceat((characters & 31) << (_BITS * place), starts)
    numbers -= np.where(characters[last] & 16, np.int64(1) << (_BITS * size), 0)
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return checked(numbers.tolist(), height, width)


def _of_part(part: Sequence[Ring], height: int, width: int) -> Mask:
    outer, *holes = (from_polygon(ring, height, width) for ring in part)
    return difference(outer, union(holes)) if holes else outer


def runs(mask: Mask) -> tuple[Integers, Integers]:
    """Where the runs of its pixels start, and where they end; none is empty."""
    edges = np.cumsum(np.array(mask.counts, np.int64))
    ends = edges[1::2]
    starts = edges[0::2][: len(ends)]
    some = ends > starts
    return starts[some], ends[some]


def _combined(masks: Sequence[Mask], weights: Sequence[int], wanted: Callable[[Integers], Flags]) -> Mask:
    """The pixels where the weights of the masks that have them add up to what is wanted."""
    if len({(mask.height, mask.width) for mask in masks}) != 1:
        raise ValueError("Masks are combined where there are some, all of one size.")
    height, width = masks[0].height, masks[0].width
    places, changes = [], []
    for mask, weight in zip(masks, weights, strict=True):
        starts, ends = runs(mask)
        places += [starts, ends]
        changes += [np.full(len(starts), weight), np.full(len(ends), -weight)]
    place, change = np.concatenate(places), np.concatenate(changes)
    order = np.argsort(place, kind="stable")
    place, total = place[order], np.cumsum(change[order])
    settled = np.diff(place, append=-1) != 0  # all that happens at one place has happened
    place, inside = place[settled], wanted(total[settled])
    return _toggled(place[np.diff(inside, prepend=False)], height, width)


def _toggled(places: Integers, height: int, width: int) -> Mask:
    """The mask of places, rising, where inside and outside change."""
    size = height * width
    edges = np.concatenate(([0], places[places < size], [size]))
    return Mask(height, width, tuple(np.diff(edges).tolist()))
