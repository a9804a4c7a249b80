"""What is measured outside: the site and what is in the ground, the roof, the elevations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from exporter_sample.house_building import Building, Lot, between
from exporter_sample.house_shapes import Drawn, Frame, Point, corners

_LOT: tuple[Point, ...] = ((0, 0), (560, 10), (552, 362), (6, 372))
_HOUSE, _GARAGE_GAP = (190.0, 96.0), 26.0  # where the house stands, and how far from it the garage
_STREET = 372.0
_EAVE = 2.0
_SILLS = (6.0, 15.5)  # heights of the sills of both storeys above the ground
_EAVES, _STONE = 21.0, 3.0  # heights


def site(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    """Earthwork, paving and planting."""
    yield from _earthwork(lot, frame)
    yield from _paving(lot, frame)
    yield from _planting(lot, frame)
    front = (_LOT[3], _LOT[0], _LOT[1], _LOT[2])
    yield Drawn("silt fence", frame.path(*_within(4), _within(4)[0]))
    yield Drawn("wood fence", frame.path(*front))


def utilities(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    """Pipes and cables from the street, and the sprinklers of the lawn."""
    (x, y), deep = _HOUSE, lot.house.depth
    for n in range(4):  # water, sewer, gas, power
        at = x + 14 + 16 * n
        yield Drawn("service", frame.path((at, _STREET), (at, y + deep + 24), (at - 6, y + deep + 8), (at - 6, y + deep)))
        yield Drawn("trench", frame.box(at - 1.5, y + deep + 24, 3, _STREET - y - deep - 24))
    yield from _drainage(lot, frame)
    yield from _sprinklers(frame)


def roof(building: Building, frame: Frame, *, solar: bool) -> Iterator[Drawn]:
    """Roofing on both sides of the ridge, what runs along its edges, and what goes through it.

    :param solar: whether panels lie on the side that faces south.
    """
    left, right, top, bottom = -_EAVE, building.width + _EAVE, -_EAVE, building.depth + _EAVE
    ridge = building.depth / 2
    for y in (top, ridge):
        slope = corners(left, y, right - left, ridge + _EAVE)
        yield Drawn("shingles", frame.area(slope))
    yield from _openings(building, frame)
    yield Drawn("ridge cap", frame.line((left, ridge), (right, ridge)))
    for y in (top, bottom):
        yield Drawn("ice barrier", frame.box(left, y if y == top else y - 3, right - left, 3))
        yield Drawn("gutter", frame.line((left, y), (right, y)))
        for share in (0.02, 0.34, 0.66, 0.98):
            yield Drawn("downspout", frame.dot(left + (right - left) * share, y))
    for x in (left, right):
        yield Drawn("flashing", frame.path((x, top), (x, ridge), (x, bottom)))
    for n in range(12 if solar else 0):
        yield Drawn("solar panel", frame.box(building.width * 0.3 + n % 6 * 5.6, ridge + 11 + n // 6 * 3.6, 5.4, 3.4))


def long_elevation(building: Building, frame: Frame, *, front: bool) -> Iterator[Drawn]:
    """The side below the eaves, given from the eaves down.

    :param front: whether it has the main entrance.
    """
    yield Drawn("siding", frame.area(corners(0, 0, building.width, _EAVES - _STONE)))
    yield from _facade(building.xs, frame)
    yield Drawn("fascia", frame.line((-_EAVE, 0), (building.width + _EAVE, 0)))
    if front:
        middle = (building.xs[2] + building.xs[3]) / 2
        arch = ((-2.0, 0.0), (-2.0, -7.0), (-1.2, -8.2), (0.0, -8.7), (1.2, -8.2), (2.0, -7.0), (2.0, 0.0))
        doorway = [(middle + 7 + a, _EAVES - _STONE + b) for a, b in arch]
        yield Drawn("siding", frame.area(doorway), -1)
        yield Drawn("exterior trim", frame.path(*doorway))


def gable_elevation(building: Building, frame: Frame) -> Iterator[Drawn]:
    """The side with the gable, given from the eaves down."""
    wide, rise = building.depth, building.depth / 4
    wall = ((0.0, _EAVES - _STONE), (0.0, 0.0), (wide / 2, -rise), (wide, 0.0), (wide, _EAVES - _STONE))
    yield Drawn("siding", frame.area(wall))
    yield from _facade(building.ys, frame)
    louvre = ((wide / 2 - 2, -rise * 0.4), (wide / 2, -rise * 0.65), (wide / 2 + 2, -rise * 0.4))
    yield Drawn("siding", frame.area(louvre), -1)
    yield Drawn("fascia", frame.path((-_EAVE, 1.0), (wide / 2, -rise), (wide + _EAVE, 1.0)))


# --- the site


def _within(by: float) -> list[Point]:
    """The lot without its edge."""
    (a, b), (c, d), (e, f), (g, h) = _LOT
    return [(a + by, b + by), (c - by, d + by), (e - by, f - by), (g + by, h - by)]


def _places(lot: Lot) -> tuple[Point, Point]:
    """Where house and garage stand."""
    x, y = _HOUSE
    return (x, y), (x + lot.house.width + _GARAGE_GAP, y + 20)


def _earthwork(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    yield Drawn("topsoil", frame.area(_within(10), _ring(96, 70, 42)))
    for (x, y), building in zip(_places(lot), (lot.house, lot.garage), strict=True):
        yield Drawn("excavation", frame.box(x - 4, y - 4, building.width + 8, building.depth + 8))
    yield Drawn("excavation", frame.box(60, 250, 40, 18, 12))  # of a cistern


def _paving(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    (x, y), (a, b) = _places(lot)
    door, front = a + lot.garage.width / 2 - 6, b + lot.garage.depth
    drive = (
        (door - 18, front),
        (door + 18, front),
        (door + 14, front + 60),
        (door + 22, _STREET - 4),
        (door - 22, _STREET - 4),
    )
    yield Drawn("asphalt", frame.area((*drive, (door - 14, front + 60))))
    turn = (door - 46, front + 78)
    yield Drawn("asphalt", frame.circle(*turn, 34))
    yield Drawn("asphalt", frame.circle(*turn, 12), -1)
    yield Drawn("kerb", frame.circle(*turn, 12))
    for side in (-1, 1):
        yield Drawn(
            "kerb", frame.path((door + 18 * side, front), (door + 14 * side, front + 60), (door + 22 * side, _STREET - 4))
        )
    patio = corners(x + 20, y - 44, 56, 40)
    yield Drawn("pavers", frame.area(patio, corners(x + 30, y - 34, 12, 8), corners(x + 52, y - 34, 12, 12)))
    entrance = x + (lot.house.xs[2] + lot.house.xs[3]) / 2
    walk = (
        (entrance - 3, y + lot.house.depth),
        (entrance + 3, y + lot.house.depth),
        (entrance + 3, y + lot.house.depth + 40),
    )
    yield Drawn(
        "concrete walk",
        frame.area((*walk, (turn[0] - 20, turn[1] - 14), (turn[0] - 24, turn[1] - 10), (entrance - 3, walk[2][1] + 4))),
    )
    for n in range(4):
        yield Drawn("pavers", frame.box(door + 22 + 13 * n, front + 70, 9, 18, 30))


def _planting(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    (x, y), dice = _HOUSE, lot.dice
    back = [(24.0, 20.0), (536.0, 26.0), (536.0, y - 52), (24.0, y - 52)]
    front = [(24.0, y + lot.house.depth + 70), (x - 10, y + lot.house.depth + 60), (x - 10, 356.0), (24.0, 356.0)]
    yield Drawn("sod", frame.area(back))
    yield Drawn("sod", frame.area(front, _ring(96, 312, 9)))
    for n in range(18):
        a, b = (40.0 + n * 28 + dice.between(-8, 8), 30.0 + dice.between(-6, 6)) if n < 9 else (40.0, 70 + (n - 9) * 18.0)
        yield Drawn("evergreen" if n % 3 == 0 else "deciduous", frame.dot(a, b))
        yield Drawn("mulch", frame.circle(a, b, 3 + n % 3 / 2))
    for n in range(22):
        yield Drawn("shrub", frame.dot(x + 2 + n * 3.7, y + lot.house.depth + 3))
    for n in range(9):
        left, top = 300 + n * 26 + dice.between(0, 6), 24 + dice.between(0, 8)
        bed = ((left, top), (left + 16, top - 5), (left + 26, top + 3), (left + 22, top + 13), (left + 5, top + 14))
        yield Drawn("mulch", frame.area(bed))


def _ring(x: float, y: float, radius: float) -> list[Point]:
    """About a circle, of trees that stay."""
    tenths = ((10, 0), (8, 6), (3, 9), (-3, 9), (-8, 6), (-10, 0), (-8, -6), (-3, -9), (3, -9), (8, -6))
    return [(x + radius * a / 10, y + radius * b / 10) for a, b in tenths]


def _drainage(lot: Lot, frame: Frame) -> Iterator[Drawn]:
    (x, y), (a, b) = _places(lot)
    outlet = (12.0, 360.0)
    for n in range(6):
        inlet = (60 + n * 78.0, y + lot.house.depth + 34 + n * 4)
        yield Drawn("catch basin", frame.dot(*inlet))
        yield Drawn("storm drain", frame.path(inlet, (inlet[0] - 10, 352.0), outlet))
    for share in (0.1, 0.4, 0.7, 1.0):
        yield Drawn("floor drain", frame.dot(x + 14 + 48 * share, y + lot.house.depth + 26))
    yield Drawn("trench", frame.box(a - 30, b + lot.garage.depth + 6, 60, 3, 20))
    for n in range(8):
        yield Drawn("site light", frame.dot(a - 12 + n % 2 * 70, b + lot.garage.depth + 20 + n // 2 * 30))


def _sprinklers(frame: Frame) -> Iterator[Drawn]:
    for row in range(3):
        y = 28.0 + row * 12
        yield Drawn("irrigation pipe", frame.line((30, y), (530, y)))
        for n in range(14):
            yield Drawn("sprinkler", frame.dot(38 + n * 36, y))


# --- the roof


def _openings(building: Building, frame: Frame) -> Iterator[Drawn]:
    ridge = building.depth / 2
    for n in range(4):
        box = (building.width * (0.15 + 0.2 * n), ridge - 14, 3, 4)
        yield Drawn("shingles", frame.box(*box), -1)
        yield Drawn("skylight", frame.box(*box))
        yield Drawn("flashing", frame.box(*box))
    chimney = (building.width * 0.62, ridge + 2, 5, 3.5)
    yield Drawn("shingles", frame.box(*chimney), -1)
    yield Drawn("flashing", frame.box(*chimney))
    for n in range(7):
        yield Drawn("roof vent", frame.dot(building.width * (0.08 + 0.13 * n), ridge - 5))


# --- elevations


def _facade(lines: tuple[float, ...], frame: Frame) -> Iterator[Drawn]:
    """Stone at the foot, boards at the corners, and a window in each bay of both storeys."""
    wide = lines[-1]
    yield Drawn("stone veneer", frame.box(0, _EAVES - _STONE, wide, _STONE))
    for x in (0.0, wide):
        yield Drawn("exterior trim", frame.line((x, 0), (x, _EAVES - _STONE)))
    yield Drawn("exterior trim", frame.line((0, _EAVES - 11), (wide, _EAVES - 11)))
    for sill in _SILLS:
        for ends in pairwise(lines):
            (x, _), high = between((ends[0], 0), (ends[1], 0), 0.5), 4.5
            pane = (x - 1.75, _EAVES - sill - high, 3.5, high)
            yield Drawn("siding", frame.box(*pane), -1)
            yield Drawn("exterior trim", frame.box(*pane))
            yield Drawn("shutters", frame.dot(x, pane[1] + high / 2))
