"""What is measured on structural sheets: foundations, framing of floors and roofs, hardware on details."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from exporter_sample.house_building import Building, between
from exporter_sample.house_shapes import Drawn, Frame, Point, corners

_IN_BAY = 10  # joists, and rafters
_PAD, _STRIP = 4.0, 2.0  # feet
_STAIR = (2, 3)  # the cell of the house that the stairs rise from


def foundation(building: Building, frame: Frame, *, stairs: bool) -> Iterator[Drawn]:
    """Footings, walls, slabs and what lies in and below them.

    :param stairs: whether stairs lead down through the slab.
    """
    yield from _footings(building, frame)
    yield from _slabs(building, frame, stairs)
    yield from _bars(building, frame, stairs)
    around = corners(0, 0, building.width, building.depth)
    for start, end in zip(around, (*around[1:], around[0]), strict=True):
        yield Drawn("foundation wall", frame.line(start, end))
    for edge in _perimeter(building):
        for share in (0.17, 0.5, 0.83):
            yield Drawn("anchor bolt", frame.dot(*between(*edge, share)))
    outer = corners(-2.5, -2.5, building.width + 5, building.depth + 5)
    yield Drawn("foundation drain", frame.path(*outer, outer[0]))


def floor_framing(building: Building, frame: Frame, *, stairs: bool) -> Iterator[Drawn]:
    """Joists from beam to beam, and the boards above them.

    :param stairs: whether stairs rise through the floor.
    """
    beams = _supports(building)
    for row, (top, bottom) in enumerate(pairwise(beams)):
        for column in range(len(building.xs) - 1):
            opened = stairs and (column, row) == (_STAIR[0], len(beams) - 2)
            yield from _joists(building, frame, column, building.ys[_STAIR[1] + 1] if opened else top, bottom)
        hole = _stairs(building) if stairs and row == len(beams) - 2 else None
        yield Drawn("subfloor", frame.area(corners(0, top, building.width, bottom - top), *([hole] if hole else [])))
    if stairs:
        yield from _trimmers(building, frame)
    for y in beams[1:-1]:
        for left, right in pairwise(building.xs):
            yield Drawn("beam", frame.line((left, y), (right, y)))
        for x in building.xs[1:-1]:
            yield Drawn("post", frame.dot(x, y))
    around = corners(0, 0, building.width, building.depth)
    yield Drawn("rim board", frame.path(*around, around[0]))


def roof_framing(building: Building, frame: Frame) -> Iterator[Drawn]:
    """Rafters on both sides of the ridge, ties between them, and the sheathing."""
    ridge, eave = building.depth / 2, 2.0
    for left, right in pairwise(building.xs):
        yield Drawn("beam", frame.line((left, ridge), (right, ridge)))
        for n in range(_IN_BAY):
            x = left + (right - left) * n / _IN_BAY
            yield Drawn("rafter", frame.line((x, -eave), (x, ridge)))
            yield Drawn("rafter", frame.line((x, ridge), (x, building.depth + eave)))
            if n % 2 == 0:
                yield Drawn("blocking", frame.line((x, ridge - 6), (x, ridge + 6)))
                for y in (0.0, building.depth):
                    yield Drawn("connector", frame.dot(x, y))
    for top in (-eave, ridge):
        yield Drawn("roof sheathing", frame.area(corners(-1, top, building.width + 2, ridge + eave)))


def hardware(frame: Frame) -> Iterator[Drawn]:
    """Details in boxes: what is counted there has no length, and the sheet no scale."""
    for row in range(3):
        for column in range(4):
            detail = frame.moved(column * 1100, row * 950)
            yield Drawn("hold-down", detail.dot(260, 520))
            yield Drawn("connector", detail.dot(520, 180 + 40 * column))
            yield Drawn("anchor bolt", detail.dot(430, 610 + 20 * row))


# --- foundations


def _footings(building: Building, frame: Frame) -> Iterator[Drawn]:
    for row, y in enumerate(building.ys[1:-1], 1):
        for column, x in enumerate(building.xs[1:-1], 1):
            turn = 45 if (column + row) % 5 == 0 else 0
            yield Drawn("pad footing", frame.box(x - _PAD / 2, y - _PAD / 2, _PAD, _PAD, turn))
            yield Drawn("steel column", frame.circle(x, y, 0.25))
    half = _STRIP / 2
    for (x, y), (a, b) in _perimeter(building):
        box = (x, y - half, a - x, _STRIP) if y == b else (x - half, y, _STRIP, b - y)
        yield Drawn("strip footing", frame.box(*box))
    for n in range(5):  # the porch
        yield Drawn("pier", frame.circle(building.width * (0.3 + 0.1 * n), building.depth + 6, 0.75))


def _slabs(building: Building, frame: Frame, stairs: bool) -> Iterator[Drawn]:
    """A pour for every strip between the lines of beams."""
    inner = corners(0.5, 0.5, building.width - 1, building.depth - 1)
    hole = [_stairs(building)] if stairs else []
    beams = _supports(building)
    for row, (top, bottom) in enumerate(pairwise(beams)):
        opened = hole if row == len(beams) - 2 else []
        yield Drawn("slab", frame.area(corners(0.5, top + 0.5, building.width - 1, bottom - top - 1), *opened))
    yield Drawn("vapour barrier", frame.area(inner, *hole))
    pit = (building.xs[1] + 3, building.ys[1] - 5.5, 3, 3)  # a sump
    yield Drawn("slab", frame.box(*pit), -1)
    yield Drawn("vapour barrier", frame.box(*pit), -1)


def _bars(building: Building, frame: Frame, stairs: bool) -> Iterator[Drawn]:
    """Bars of all pours; those that meet the stairs are left out on one side of them."""
    for column, (left, right) in enumerate(pairwise(building.xs)):
        end = building.ys[_STAIR[1]] if stairs and column == _STAIR[0] else building.depth - 1
        for n in range(5):
            x = left + (right - left) * (n + 0.5) / 5
            yield Drawn("rebar", frame.line((x, 1), (x, end)))
    for row, (top, bottom) in enumerate(pairwise(building.ys)):
        start = building.xs[_STAIR[0] + 1] if stairs and row == _STAIR[1] else 1.0
        for n in range(4):
            y = top + (bottom - top) * (n + 0.5) / 4
            yield Drawn("rebar", frame.line((start, y), (building.width - 1, y)))


def _perimeter(building: Building) -> Iterator[tuple[Point, Point]]:
    """The edges of the outer walls, from left to right or from top to bottom."""
    for left, right in pairwise(building.xs):
        yield from (((left, y), (right, y)) for y in (0.0, building.depth))
    for top, bottom in pairwise(building.ys):
        yield from (((x, top), (x, bottom)) for x in (0.0, building.width))


def _supports(building: Building) -> list[float]:
    """Where joists end: at every second line, and at both sides of the hall."""
    return [y for row, y in enumerate(building.ys) if row in (0, 2, 3, len(building.ys) - 1)]


def _stairs(building: Building) -> tuple[Point, ...]:
    left, top, width, depth = building.cell(_STAIR)
    return corners(left + 1, top + 1, width - 2, depth - 2)


# --- floors


def _joists(building: Building, frame: Frame, column: int, top: float, bottom: float) -> Iterator[Drawn]:
    left, right = building.xs[column], building.xs[column + 1]
    for n in range(_IN_BAY):
        x = left + (right - left) * n / _IN_BAY
        yield Drawn("joist", frame.line((x, top), (x, bottom)))
    yield Drawn("blocking", frame.line((left, (top + bottom) / 2), (right, (top + bottom) / 2)))


def _trimmers(building: Building, frame: Frame) -> Iterator[Drawn]:
    """The joists around the stairs, and what hangs the others on them."""
    left, top, width, depth = building.cell(_STAIR)
    for x in (left, left + width):
        yield Drawn("joist", frame.line((x, top), (x, top + depth)))
    for n in range(_IN_BAY):
        yield Drawn("connector", frame.dot(left + width * n / _IN_BAY, top + depth))
    yield Drawn("beam", frame.line((left, top + depth), (left + width, top + depth)))
