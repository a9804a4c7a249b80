"""What is measured on the plans of a storey: walls and finishes, ceilings, lights and sockets, pipes, air ducts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from exporter_sample.house_building import BATHS, BEDROOMS, CLOSETS, HALL, OPEN, STAIR, WET, Building, Room, Storey, between
from exporter_sample.house_shapes import Drawn, Frame, Point, corners

_FLOORS = {
    **dict.fromkeys("KDLSHFE", "hardwood"),
    **dict.fromkeys("AQRIGJZOCN", "carpet"),
    **dict.fromkeys("PUMVoh", "vinyl plank"),
    **dict.fromkeys("WBXYb", "floor tile"),
    **dict.fromkeys("cws", "epoxy"),
}
_CROWNED = "DLFSA"
_GLAZED = "LFIJ"  # rooms with patio doors or picture windows
_GAP, _SILL = 1.6, 2.0  # half of the gap that the base leaves for a door, of a window
_FIXTURES = {
    "K": ("sink",),
    "W": ("water closet", "lavatory"),
    "B": ("water closet", "lavatory", "bath"),
    "U": ("sink", "floor drain"),
    "X": ("water closet", "lavatory", "lavatory", "bath", "bath"),
    "Y": ("water closet", "lavatory", "bath"),
    "b": ("water closet", "lavatory", "floor drain"),
}


def finishes(building: Building, storey: Storey, frame: Frame) -> Iterator[Drawn]:
    """Walls, doors, windows, floors and trim of one storey."""
    yield from _walls(building, storey, frame)
    yield from _doors(building, storey, frame)
    yield from _windows(building, storey, frame)
    for room in storey.rooms:
        yield from _finish(building, room, frame)


def ceilings(building: Building, storey: Storey, frame: Frame) -> Iterator[Drawn]:
    """Board and paint of each ceiling; the stairs go through, and so does the hatch to the attic."""
    for room in storey.rooms:
        outline = building.inside(room)
        board = "moisture board" if room.letter in BATHS else "ceiling board"
        yield Drawn(board, frame.area(outline))
        yield Drawn("ceiling paint", frame.area(outline))
        left, top, width, depth = building.cell(room.cells[0])
        if room.letter == STAIR:
            for condition in (board, "ceiling paint"):
                yield Drawn(condition, frame.area(corners(left + 1, top + 1, width - 2, depth - 2)), -1)
        elif room.letter in CLOSETS:
            yield Drawn(board, frame.box(left + width / 2 - 1, top + depth / 2 - 1.5, 2, 3), -1)


def power(building: Building, storey: Storey, frame: Frame) -> Iterator[Drawn]:
    """Sockets along the walls, a switch beside each door, lights, and a circuit home to the panel."""
    panel = (0.5, building.depth - 3)
    yield Drawn("panel", frame.dot(*panel))
    for room in storey.rooms:
        yield from _sockets(building, room, frame)
        yield from _lights(building, room, frame)
        door, level = between(*building.edge(room.door), 0.5), panel[1] - 1 - room.cells[0][0] / 4
        yield Drawn("circuit", frame.path(door, (door[0], level), (panel[0], level), panel))


def plumbing(building: Building, storey: Storey, frame: Frame) -> Iterator[Drawn]:
    """Fixtures along the walls of wet rooms, water to and waste from each."""
    heater = (building.xs[0] + 2.5, building.depth - 2.5)
    yield Drawn("water heater", frame.circle(*heater, 1.0))
    for room in storey.rooms:
        if room.letter not in WET:
            continue
        left, top, width, depth = building.cell(room.cells[0])
        fixtures = _FIXTURES[room.letter]
        for n, fixture in enumerate(fixtures):
            yield Drawn(fixture, frame.dot(left + width * (n + 0.5) / len(fixtures), top + 1.5))
        middle, wall = left + width / 2, top + 0.5
        for off in (0.0, 0.6):  # cold, hot
            place = (heater[0] + off, heater[1] - 1.5)
            way = (place[0], wall + off), (middle + off, wall + off)
            yield Drawn("water pipe", frame.path(place, *way, (middle + off, wall + off + 1)))
        yield Drawn(
            "waste pipe",
            frame.path((left + 0.8, top + 2.2), (left + width - 0.8, top + 2.2), (left + width - 0.8, top + depth)),
        )
        yield Drawn("floor drain", frame.dot(left + width - 0.8, top + depth - 0.8))


def air(building: Building, storey: Storey, frame: Frame) -> Iterator[Drawn]:
    """A trunk of ducts along the hall, and a branch with a diffuser to each cell of a room."""
    middle = (building.ys[2] + building.ys[3]) / 2
    yield Drawn("duct", frame.line((building.xs[0] + 2, middle), (building.xs[-1] - 2, middle)))
    for room in storey.rooms:
        for cell in room.cells:
            left, top, width, depth = building.cell(cell)
            x, y = left + width * 0.5, top + depth * 0.5
            if abs(y - middle) > 1:
                yield Drawn("duct", frame.path((x, middle), (x, y)))
                yield Drawn("diffuser", frame.dot(x, y))


# --- finishes


def _walls(building: Building, storey: Storey, frame: Frame) -> Iterator[Drawn]:
    north_west, north_east, south_east, south_west = corners(0, 0, building.width, building.depth)
    yield Drawn("exterior wall", frame.path(north_west, north_east, south_east))
    yield Drawn("exterior wall", frame.path(south_east, south_west, north_west))
    for edge, wet in storey.partitions:
        yield Drawn("plumbing wall" if wet else "partition", frame.line(*building.edge(edge)))


def _doors(building: Building, storey: Storey, frame: Frame) -> Iterator[Drawn]:
    seen = set()
    for room in storey.rooms:
        if frozenset(room.door) not in seen:
            seen.add(frozenset(room.door))
            kind = "cased opening" if room.letter in OPEN else "closet door" if room.letter in CLOSETS else "interior door"
            start, end = building.edge(room.door)
            yield Drawn(kind, frame.dot(*between(start, end, 0.5)))


def _windows(building: Building, storey: Storey, frame: Frame) -> Iterator[Drawn]:
    """In the middle of each bay of the outer walls; what the cars go through, and the main entrance, are doors."""
    for edge, letter in storey.facades:
        start, end = building.edge(edge)
        middle = between(start, end, 0.5)
        if (letter in "Ec" and start[1] == end[1] == building.depth) or (letter == "c" and not start[1]):
            yield Drawn("entrance door" if letter == "E" else "garage door", frame.dot(*middle))
            continue
        kind = "awning window" if letter in BATHS else "patio door" if letter in _GLAZED and start[1] else "window"
        yield Drawn(kind, frame.dot(*middle))
        if kind == "window":
            half = _SILL / max(abs(end[0] - start[0]), abs(end[1] - start[1]))
            yield Drawn("casing", frame.line(between(start, end, 0.5 - half), between(start, end, 0.5 + half)))


def _finish(building: Building, room: Room, frame: Frame) -> Iterator[Drawn]:
    outline = building.inside(room)
    if room.letter != STAIR:
        yield Drawn(_FLOORS[room.letter], frame.area(outline))
        yield Drawn("tile base" if room.letter in BATHS else "wood base", frame.path(*_around(building, room, outline)))
    if room.letter in _CROWNED:
        yield Drawn("crown", frame.path(*outline, outline[0]))
    if room.letter in CLOSETS:
        left, top, width, _ = building.cell(room.cells[0])
        yield Drawn("closet shelf", frame.line((left + 0.25, top + 1.25), (left + width - 0.25, top + 1.25)))


def _around(building: Building, room: Room, outline: list[Point]) -> list[Point]:
    """Along the walls from one side of the door to the other."""
    first, last = outline[0], outline[-1]
    x, y = between(*building.edge(room.door), 0.5)
    level = first[1] == last[1]
    middle = (x, first[1]) if level else (first[0], y)
    run = (first[0] - last[0]) if level else (first[1] - last[1])
    gap = _GAP if run > 0 else -_GAP
    after = (middle[0] + gap, middle[1]) if level else (middle[0], middle[1] + gap)
    before = (middle[0] - gap, middle[1]) if level else (middle[0], middle[1] - gap)
    return [after, *outline, before]


# --- power


def _sockets(building: Building, room: Room, frame: Frame) -> Iterator[Drawn]:
    if room.letter == STAIR:
        return
    outline = building.inside(room, 0.6)
    kind = "GFCI receptacle" if room.letter in WET else "receptacle"
    for start, end in pairwise(outline):
        for share in (0.5,) if room.letter in CLOSETS else (0.28, 0.72):
            yield Drawn(kind, frame.dot(*between(start, end, share)))
    start, end = outline[-1], outline[0]
    yield Drawn("switch", frame.dot(*between(start, end, 0.2)))
    if room.letter in HALL:  # struck by an addendum, and deducted
        yield Drawn(kind, frame.dot(*between(start, end, 0.8)), -1)


def _lights(building: Building, room: Room, frame: Frame) -> Iterator[Drawn]:
    for cell in room.cells:
        left, top, width, depth = building.cell(cell)
        kind = "pendant" if room.letter == "D" else "downlight"
        for share in (0.33, 0.67):
            yield Drawn(kind, frame.dot(left + width * share, top + depth * 0.5))
    if room.letter in BEDROOMS or room.letter == "H":
        left, top, width, depth = building.cell(room.cells[0])
        yield Drawn("smoke alarm", frame.dot(left + width * 0.5, top + depth * 0.75))
