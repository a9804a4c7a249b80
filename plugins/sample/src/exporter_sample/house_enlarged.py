"""What is measured on enlarged drawings: walls from within, kitchens and baths in metres, and all of the shed."""

from __future__ import annotations

from collections.abc import Iterator

from exporter_sample.house_building import Lot
from exporter_sample.house_shapes import Drawn, Frame, corners

_SHED = (16.0, 12.0)
_HIGH, _TILED = 9.0, 4.0  # of a storey, and of the tiles on its walls, in feet


def interiors(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    """Four walls of four rooms, from within: board, paint, tiles, and what is not boarded."""
    for row in range(4):
        for column in range(4):
            wide = lot.house.xs[column + 1] - lot.house.xs[column]
            yield from _wall(frame.moved(column * 16.0, row * 11.0), wide, tiled=row == 3, turn=column)


def metric(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    """Eight kitchens and baths, in metres, as the maker of their fittings drew them."""
    for row in range(2):
        for column in range(4):
            wide, deep = 5.2 + lot.dice.between(0, 8) / 10, 6.4 + lot.dice.between(0, 10) / 10
            yield from _fitted(frame.moved(column * 6.8, row * 9.0), wide, deep, kitchen=column % 2 == 0)


def shed_plan(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    """Base, walls and roof of the shed."""
    wide, deep = _SHED[0] + lot.dice.between(0, 4) / 2, _SHED[1]
    yield Drawn("shed gravel", frame.area(corners(-1, -1, wide + 2, deep + 2)))
    yield Drawn("shed slab", frame.area(corners(0, 0, wide, deep), corners(wide - 3, 1, 1, 1)))
    yield Drawn("shed wall", frame.path((0, 0), (wide, 0), (wide, deep), (wide / 2 + 3, deep)))
    yield Drawn("shed wall", frame.path((wide / 2 - 3, deep), (0, deep), (0, 0)))
    yield Drawn("shed door", frame.dot(wide / 2, deep))
    for share in (0.25, 0.75):
        yield Drawn("shed window", frame.dot(wide * share, 0))
    for x in (0.0, wide):
        yield Drawn("shed window", frame.dot(x, deep / 2))
        for y in (0.0, deep):
            yield Drawn("shed pier", frame.circle(x, y, 0.5))
    above = frame.moved(21, 0)
    for n in range(17):
        x = wide * n / 16
        yield Drawn("shed rafter", above.line((x, -1), (x, deep / 2)))
        yield Drawn("shed rafter", above.line((x, deep / 2), (x, deep + 1)))
    for y in (-1.0, deep / 2):
        yield Drawn("shed roofing", above.box(-1, y, wide + 2, deep / 2 + 1))


def shed_elevations(frame: Frame) -> Iterator[Drawn]:
    """Four sides of the shed."""
    for n in range(4):
        side = frame.moved(n % 2 * 24, n // 2 * 15 + 4)
        wide = _SHED[n % 2]
        peak = ((wide / 2, -3.5),) if n % 2 else ()
        yield Drawn("shed siding", side.area(((0, 8), (0, 0), *peak, (wide, 0), (wide, 8))))
        for share in (0.3, 0.7):
            opening = (wide * share - 1.25, 2, 2.5, 3)
            yield Drawn("shed siding", side.box(*opening), -1)
            yield Drawn("shed trim", side.box(*opening))
        for x in (0.0, wide):
            yield Drawn("shed trim", side.line((x, 0), (x, 8)))
        yield Drawn("shed light", side.dot(wide / 2, 1))


def _wall(frame: Frame, wide: float, *, tiled: bool, turn: int) -> Iterator[Drawn]:
    whole = corners(0, 0, wide, _HIGH)
    yield Drawn("moisture board" if tiled else "wall board", frame.area(whole))
    yield Drawn("wall paint", frame.area(corners(0, 0, wide, _HIGH - _TILED) if tiled else whole))
    x, opening = wide / 2 - 1.5, (3.0, 6.8) if turn % 2 else (3.0, 4.0)
    y = _HIGH - opening[1] if turn % 2 else 2.0
    if tiled:
        yield Drawn("wall tile", frame.box(0, _HIGH - _TILED, wide, _TILED))
        yield Drawn("wall tile", frame.box(x, _HIGH - _TILED, 3, y + opening[1] - _HIGH + _TILED), -1)
    for condition in ("moisture board",) if tiled else ("wall board", "wall paint"):
        yield Drawn(condition, frame.area(corners(x, y, *opening)), -1)
    yield Drawn("casing", frame.path((x, y + opening[1]), (x, y), (x + 3, y), (x + 3, y + opening[1])))


def _fitted(frame: Frame, wide: float, deep: float, *, kitchen: bool) -> Iterator[Drawn]:
    island = corners(1.8, 2.4, 1.2, 2.0)
    yield Drawn("heating", frame.area(corners(0.1, 0.1, wide - 0.2, deep - 0.2), island))
    yield Drawn("skirting", frame.path((0.6, deep), (0, deep), (0, 0), (wide, 0), (wide, deep), (1.6, deep)))
    yield Drawn("porcelain tile", frame.area(corners(0, 0, wide, deep)))
    if kitchen:
        yield Drawn("porcelain tile", frame.area(island), -1)
        yield Drawn("worktop", frame.path((0.3, 3.6), (0.3, 0.3), (wide - 0.3, 0.3)))
        yield Drawn("worktop", frame.line((2.4, 2.4), (2.4, 4.4)))
    else:
        yield Drawn("porcelain tile", frame.box(wide - 1.4, deep - 1.4, 0.9, 0.9, 45), -1)
        yield Drawn("floor drain", frame.dot(wide - 0.95, deep - 0.95))
    yield Drawn("copper pipe", frame.path((wide, deep - 0.4), (wide - 0.15, deep - 0.4), (wide - 0.15, 0.15), (0.6, 0.15)))
    for n in range(6):
        yield Drawn("fitted unit", frame.dot(0.6 + (wide - 1.2) * n / 5, 0.3))
