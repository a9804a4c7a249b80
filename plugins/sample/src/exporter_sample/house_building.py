"""The buildings of a lot: storeys drawn as maps of letters, walls and rooms traced from them, and how wide and deep each bay is.

A storey's map has a letter for each cell of the grid of walls; cells of one letter are a room. What follows from the map alone is
traced once; only the width of columns and the depth of rows differ from lot to lot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TypeAlias

import attrs

from exporter_sample.database import Dice, chance
from exporter_sample.house_shapes import Point

Crossing: TypeAlias = "tuple[int, int]"  # of the grid: column, row
Edge: TypeAlias = "tuple[Crossing, Crossing]"

WET = "KWBUXYb"  # rooms with pipes in their walls
BATHS = "WBXYb"
CLOSETS = "PCONVs"
OPEN = "HTLFEDKch"  # rooms that one enters without a door leaf
BEDROOMS = "AQRIG"
HALL, STAIR = "Hh", "T"

_GROUND = """
KKDDLLS
KKDDLLS
PHHHHLW
UMTFFGG
UMEFFBC
"""
_UPPER = """
AAOQQRR
AAXQQYR
NHHHHHH
VZTIIJJ
VZTIIJJ
"""
_GARAGE = """
cccw
cccw
shob
"""
_HOUSE_BAYS = (12, 12, 13, 12, 12, 13, 12), (13, 12, 8, 14, 13)
_GARAGE_BAYS = (11, 11, 12, 13), (12, 12, 10)


@attrs.frozen
class Room:
    """A room of a storey.

    :param letter: its letter in the map.
    :param cells: its cells: column, row.
    :param outline: its corners, clockwise; the wall from the last to the first has the door.
    :param door: the edge of the grid that has the door.
    """

    letter: str
    cells: tuple[Crossing, ...]
    outline: tuple[Crossing, ...]
    door: Edge


@attrs.frozen(eq=False)
class Storey:
    """A storey, traced from its map."""

    map: tuple[str, ...]

    def letter(self, column: int, row: int) -> str:
        """The room of a cell; a blank outside."""
        inside = 0 <= row < len(self.map) and 0 <= column < len(self.map[0])
        return self.map[row][column] if inside else " "

    @cached_property
    def rooms(self) -> tuple[Room, ...]:
        """The rooms, in the order of their first cells."""
        return tuple(self._room(letter) for letter in dict.fromkeys("".join(self.map)))

    @cached_property
    def partitions(self) -> tuple[tuple[Edge, bool], ...]:
        """The walls between rooms, as long as they run on, and whether pipes run in them."""
        return tuple(self._runs(across=True)) + tuple(self._runs(across=False))

    @cached_property
    def facades(self) -> tuple[tuple[Edge, str], ...]:
        """The edges of the outer walls, clockwise within each room, and the room behind each."""
        return tuple(
            (edge, room.letter)
            for room in self.rooms
            for cell in room.cells
            for edge, beside in self._edges(*cell)
            if beside == " "
        )

    def _edges(self, column: int, row: int) -> Iterator[tuple[Edge, str]]:
        """The edges of a cell, clockwise, and what is behind each."""
        a, b, c, d = (column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)
        yield (a, b), self.letter(column, row - 1)
        yield (b, c), self.letter(column + 1, row)
        yield (c, d), self.letter(column, row + 1)
        yield (d, a), self.letter(column - 1, row)

    def _room(self, letter: str) -> Room:
        cells = tuple((c, r) for r, row in enumerate(self.map) for c, found in enumerate(row) if found == letter)
        beside = {edge: other for cell in cells for edge, other in self._edges(*cell) if other != letter}
        inner = [edge for edge, other in beside.items() if other != " "]
        door = next((edge for edge in inner if beside[edge] in HALL), inner[0])
        ring = [door[1]]
        while ring[-1] != door[0]:
            ring.append(next(end for start, end in beside if start == ring[-1]))
        return Room(letter, cells, tuple(_turning(ring)), door)

    def _runs(self, *, across: bool) -> Iterator[tuple[Edge, bool]]:
        columns, rows = len(self.map[0]), len(self.map)
        lines, places = (rows, columns) if across else (columns, rows)
        for line in range(1, lines):
            begun: tuple[int, bool] | None = None
            for place in range(places + 1):
                found = self._wall(line, place, across)
                if begun and found != begun[1]:
                    ends = ((begun[0], line), (place, line)) if across else ((line, begun[0]), (line, place))
                    yield ends, begun[1]
                    begun = None
                if found is not None and begun is None:
                    begun = place, found

    def _wall(self, line: int, place: int, across: bool) -> bool | None:
        """Whether the wall at a place has pipes; None where there is no wall."""
        sides = ((place, line - 1), (place, line)) if across else ((line - 1, place), (line, place))
        one, other = (self.letter(*side) for side in sides)
        return None if one == other else one in WET or other in WET


@attrs.frozen(eq=False)
class Building:
    """A building with its storeys.

    :param xs: the lines of its grid from left to right, in feet.
    :param ys: those from top to bottom.
    """

    storeys: tuple[Storey, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]

    @property
    def width(self) -> float:
        """From left to right, in feet."""
        return self.xs[-1]

    @property
    def depth(self) -> float:
        """From top to bottom, in feet."""
        return self.ys[-1]

    def at(self, crossing: Crossing) -> Point:
        """Where two lines of the grid cross."""
        return self.xs[crossing[0]], self.ys[crossing[1]]

    def edge(self, edge: Edge) -> tuple[Point, Point]:
        """The ends of a wall."""
        return self.at(edge[0]), self.at(edge[1])

    def cell(self, cell: Crossing) -> tuple[float, float, float, float]:
        """Left, top, width and height of a cell."""
        (left, top), (right, bottom) = self.at(cell), self.at((cell[0] + 1, cell[1] + 1))
        return left, top, right - left, bottom - top

    def inside(self, room: Room, by: float = 0.25) -> list[Point]:
        """The outline of a room, so many feet within the middle of its walls."""
        return inset([self.at(c) for c in room.outline], by)


@attrs.frozen(eq=False)
class Lot:
    """A lot with a house and a garage.

    :param number: from 0.
    """

    number: int
    house: Building
    garage: Building
    dice: Dice


def lot(number: int, seed: int) -> Lot:
    """The lot with this number, from 0: no two are alike."""
    dice = Dice(chance(f"house {number}", seed))
    house = Building(HOUSE, *(_lines(bays, dice) for bays in _HOUSE_BAYS))
    return Lot(number, house, Building(GARAGE, *(_lines(bays, dice) for bays in _GARAGE_BAYS)), dice)


def inset(ring: Sequence[Point], by: float) -> list[Point]:
    """A clockwise ring of level and upright edges, so much smaller on all sides."""
    moved = []
    for (a, b), (x, y), (c, d) in zip([ring[-1], *ring], ring, [*ring[1:], ring[0]], strict=False):
        level, upright = _sign(x - a) + _sign(c - x), _sign(y - b) + _sign(d - y)
        moved.append((x - by * upright, y + by * level))
    return moved


def between(start: Point, end: Point, share: float) -> Point:
    """A place on the way from one to the other."""
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _storey(map: str) -> Storey:
    return Storey(tuple(map.split()))


def _lines(bays: Sequence[int], dice: Dice) -> tuple[float, ...]:
    """Lines of a grid: bays are up to two feet wider, by quarters."""
    return tuple(accumulate((bay + dice.between(0, 8) / 4 for bay in bays), initial=0.0))


def _turning(ring: Sequence[Crossing]) -> Iterator[Crossing]:
    """The points of a ring of level and upright edges at which it turns."""
    for before, here, after in zip([ring[-1], *ring], ring, [*ring[1:], ring[0]], strict=False):
        if (before[0] == here[0]) != (here[0] == after[0]):
            yield here


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


HOUSE = (_storey(_GROUND), _storey(_UPPER))
GARAGE = (_storey(_GARAGE),)
