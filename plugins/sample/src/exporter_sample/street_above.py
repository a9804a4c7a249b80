"""A street from above: parking bays, and two roads that meet, mostly in a roundabout."""

from __future__ import annotations

from collections.abc import Iterator

from exporter_sample.database import Dice
from exporter_sample.street_plan import Image
from exporter_sample.street_shapes import TURNS, Box, Mask, Polygon, oval, plain, turned
from exporter_sample.street_things import PAINTS, Attributes, Scale, Thing, seen_from_above

ROAD, PARKING = (138, 182), (6, 84)  # from where to where they go down, for a height of 240
_BAY = (30, 52)
_SIZES = {"car": (22, 40), "van": (24, 46)}
_ANGLES = tuple(degrees for degrees in TURNS if degrees % 90)


class AboveView:
    """The things in one image, from the ground up."""

    def __init__(self, image: Image, dice: Dice, wet: bool) -> None:
        self._image = image
        self._dice = dice
        self._wet = wet
        self._px = Scale(image)
        self._centre = crossing(image)

    def things(self) -> Iterator[Thing]:
        """Give them one after another."""
        yield from self._parking()
        if self._image.shot % 4 == 3:
            yield self._tree(self._px(36), self._px(210), 15)
        else:
            yield self._roundabout()
            yield self._tree(*self._centre, 10)
        if self._wet or self._dice.likely(0.2):
            yield self._puddle()
        if self._dice.likely(0.7):
            yield self._driving()

    def _parking(self) -> Iterator[Thing]:
        """Three bays side by side, and cars in some of them."""
        px, dice, turn = self._px, self._dice, self._dice.pick(_ANGLES)
        width, length = px(_BAY[0]), px(_BAY[1])
        pitch = width / TURNS[turn][0]
        first, y = px(dice.between(48, 100)), px(45)
        middles = [(int(first + n * pitch), y) for n in range(3)]
        for x, _ in middles:
            frame = (x - width // 2, y - length // 2, width // 2 * 2, length // 2 * 2)
            yield Thing("parking bay", Box(frame, turn), frame, turn=turn)
        for number, (x, _) in enumerate(middles):
            if number == self._image.shot % 3 or dice.likely(0.15):
                yield self._vehicle(x, y, turn, "car")

    def _vehicle(self, x: int, y: int, turn: int, label: str) -> Thing:
        """A car or a van about its centre."""
        width, length = (self._px(size) for size in _SIZES[label])
        colour = self._dice.pick(PAINTS)
        outline = turned(seen_from_above(width, length), (x, y), turn)
        frame = (x - width // 2, y - length // 2, width, length)
        about: Attributes = {"occluded": False, "colour": colour}
        return Thing(label, plain(outline), frame, colour, about, turn=turn)

    def _roundabout(self) -> Thing:
        """The lane around an island, which is a hole in it."""
        px, (x, y) = self._px, self._centre
        outer, inner = px(self._dice.between(48, 53)), px(self._dice.between(19, 24))
        shape = Polygon(((oval(x, y, outer, outer), tuple(reversed(oval(x, y, inner, inner)))),))
        return Thing("roundabout", shape, (x - outer, y - outer, 2 * outer, 2 * outer), attributes={"arms": 3})

    def _puddle(self) -> Thing:
        px, dice = self._px, self._dice
        across, down = px(dice.between(11, 15)), px(dice.between(5, 6))
        x, y = self._centre[0] + px(dice.between(-3, 3)), px(226)
        return Thing("puddle", plain(oval(x, y, across, down)), (x - across, y - down, 2 * across, 2 * down))

    def _driving(self) -> Thing:
        """On the road, left of the crossing."""
        px, dice = self._px, self._dice
        x = dice.between(px(30), self._centre[0] - px(56 + 26))
        return self._vehicle(x, px(dice.pick((149, 171))), 90, dice.pick(("car", "van")))

    def _tree(self, x: int, y: int, size: int) -> Thing:
        px, kind, half = self._px, self._dice.between(0, 15), size // 2
        crown = [(0, 0, px(size - 2))]
        for n, (across, down) in enumerate(((-2, -1), (1, -2), (2, 1), (-1, 2))):
            crown.append((across * px(half) // 2, down * px(half) // 2, px(half + (3 * kind + n) % (half - 3))))
        shape = Mask(tuple(crown), (), (x, y), (px.width, px.height))
        return Thing("tree", shape, (x - px(size), y - px(size), 2 * px(size), 2 * px(size)))


def crossing(image: Image) -> tuple[int, int]:
    """Where the middles of the two roads meet."""
    px = Scale(image)
    return px.width * 62 // 100, px(sum(ROAD) // 2)
