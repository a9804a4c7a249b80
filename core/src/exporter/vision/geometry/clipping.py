"""Rings cut at the edges of their image.

A ring that leaves the image and comes back elsewhere becomes as many rings as it has pieces inside, and none of them runs along an
edge where the shape does not: the box around a piece is the box around what is seen of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporter.vision.geometry.shape import Ring

Point = tuple[float, float]
Points = list[Point]


def clipped(rings: Sequence[Ring], width: float, height: float) -> list[Ring]:
    """What lies between 0 and width, and 0 and height, of what is inside an odd number of these rings.

    A ring that does not leave the image is given back as it is.
    """
    found = [_points(ring) for ring in rings]
    for axis, limit in ((0, width), (1, height)):
        found = _cut(_cut(found, axis, 0.0, 1), axis, limit, -1)
    return [[n for point in ring for n in point] for ring in found]


def _points(ring: Ring) -> Points:
    return list(zip(ring[0::2], ring[1::2], strict=True))


def _cut(rings: list[Points], axis: int, limit: float, sign: int) -> list[Points]:
    """What is on one side of a line, with the line itself.

    :param axis: 0 for an upright line, 1 for one that lies across.
    :param sign: 1 where greater numbers are kept, else -1.
    """
    whole: list[Points] = []
    chains: list[Points] = []
    for ring in rings:
        kept = [(point[axis] - limit) * sign >= 0 for point in ring]
        if all(kept):
            whole.append(ring)
        elif any(kept):
            chains += _chains(ring, kept, axis, limit)
    pieces = _closed(chains, 1 - axis)
    return whole + [ring for ring in pieces if len(set(ring)) > 2 and any(point[axis] != limit for point in ring)]


def _chains(ring: Points, kept: Sequence[bool], axis: int, limit: float) -> Iterator[Points]:
    """The pieces of a ring on the side that is kept, each from where it crosses the line to where it does again."""
    size = len(ring)
    for entry in (i for i in range(size) if kept[i] and not kept[i - 1]):
        chain = [_crossing(ring[entry - 1], ring[entry], axis, limit)]
        at = entry
        while kept[at % size]:
            chain.append(ring[at % size])
            at += 1
        chain.append(_crossing(ring[at % size], chain[-1], axis, limit))
        yield [point for i, point in enumerate(chain) if i == 0 or point != chain[i - 1]]


def _crossing(outside: Point, inside: Point, axis: int, limit: float) -> Point:
    """Where the line is crossed: on it to the last bit."""
    if inside[axis] == limit:
        return inside
    share = (limit - inside[axis]) / (outside[axis] - inside[axis])
    along = inside[1 - axis] + share * (outside[1 - axis] - inside[1 - axis])
    return (limit, along) if axis == 0 else (along, limit)


def _closed(chains: list[Points], along: int) -> Iterator[Points]:
    """Rings of chains: along the line, the shape is between the first end and the second, the third and the fourth, and so on."""
    ends = sorted((chain[-at][along], number, at) for number, chain in enumerate(chains) for at in (0, 1))
    partner = {}
    for (_, *one), (_, *other) in zip(ends[0::2], ends[1::2], strict=True):
        partner[tuple(one)], partner[tuple(other)] = tuple(other), tuple(one)
    left = set(range(len(chains)))
    while left:
        number, at = min(left), 0
        ring: Points = []
        while number in left:
            left.remove(number)
            ring += chains[number] if at == 0 else chains[number][::-1]
            number, at = partner[number, 1 - at]
        yield [point for i, point in enumerate(ring) if point != ring[i - 1]]
