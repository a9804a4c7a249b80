"""A street at eye level: houses and a tree, the pavement with people, and two lanes."""

from __future__ import annotations

from collections.abc import Iterator

from exporter_sample.database import Dice
from exporter_sample.street_plan import Image
from exporter_sample.street_shapes import Box, Disc, Mask, Polygon, Ring, Skeleton, Whole, oval, plain
from exporter_sample.street_things import PAINTS, WALLS, Attributes, Scale, Thing, profile
from exporter_sample.street_words import KEYPOINTS

HORIZON, PAVEMENT, KERB, MIDDLE = 112, 132, 148, 190  # where things begin, for a height of 240
POST = 5  # the width of a lamp post
_MARGIN = 5
_HANDS, _FEET = KEYPOINTS.index("left hand"), KEYPOINTS.index("left foot")


class SideView:
    """The things in one image, from the back to the front."""

    def __init__(self, image: Image, dice: Dice, wet: bool) -> None:
        self._image = image
        self._dice = dice
        self._wet = wet
        self._px = Scale(image)
        self._near = dice.between(0, 1)  # the half of the near lane with a car in it
        self._post = self._place_post()
        self._tree_slot = dice.between(0, 2)
        left, room = self._slot(self._tree_slot, 3)
        self._trunk = left + room // 2 + self._px(dice.between(-8, 8))

    def things(self) -> Iterator[Thing]:
        """Give them one after another."""
        yield from self._back()
        yield from self._pavement()
        yield from self._far_lane()
        yield from self._near_lane()

    def _place_post(self) -> int | None:
        """The left edge of the lamp post, in one of three images: in the middle of a half, where the roof of a car is flat."""
        if (self._image.shot + self._image.camera.dataset) % 3:
            return None
        left, width = self._slot(self._near, 2)
        return left + width // 2 - self._px(POST) // 2

    def _slot(self, number: int, of: int) -> tuple[int, int]:
        """Left edge and width of one of some equal slots across the image."""
        margin = self._px(_MARGIN)
        width = (self._px.width - 2 * margin) // of
        return margin + number * width, width

    def _within(self, slot: tuple[int, int], width: int) -> int:
        """A left edge such that something so wide stands in the slot."""
        left, room = slot
        return left + self._dice.between(0, max(0, room - width))

    # --- behind the pavement

    def _back(self) -> Iterator[Thing]:
        yield from (self._house(slot) for slot in range(3) if slot != self._tree_slot)
        yield self._tree()

    def _house(self, slot: int) -> Thing:
        px, dice = self._px, self._dice
        width, storeys = px(dice.between(68, 90)), dice.between(1, 3)
        left, base = self._within(self._slot(slot, 3), width), px(PAVEMENT)
        eaves = base - px(18 + 18 * storeys)
        ridge, wall = eaves - px(dice.between(14, 22)), dice.pick(WALLS)
        outline = ((left, base), (left, eaves), (left + width // 2, ridge), (left + width, eaves), (left + width, base))
        frame = (left, ridge, width, base - ridge)
        return Thing("house", plain(outline), frame, wall, {"colour": wall, "storeys": storeys})

    def _tree(self) -> Thing:
        px, kind = self._px, self._dice.between(0, 15)
        x, y = self._trunk, px(self._dice.between(74, 84))
        crown = [(0, 0, px(18 + kind % 5))]
        for n, (across, down) in enumerate(((-15, 7), (15, 8), (-6, -13), (8, -11))):
            crown.append((px(across), px(down) + px((kind + n) % 5) - px(2), px(11 + (3 * kind + 2 * n) % 5)))
        trunk = (-px(3), 0, px(6), px(PAVEMENT + 7) - y)
        return Thing("tree", self._mask(crown, [trunk], (x, y)), (x - px(3), y, *trunk[2:]))

    def _mask(self, discs: list[Disc], boxes: list[Whole], place: tuple[int, int]) -> Mask:
        return Mask(tuple(discs), tuple(boxes), place, (self._px.width, self._px.height))

    # --- on the pavement

    def _pavement(self) -> Iterator[Thing]:
        """In five slots, without those of the trunk and of the lamp post: nobody stands before the one or behind the other."""
        shot, first = self._image.shot, self._dice.between(0, 4)
        slots = [self._slot((first + n) % 5, 5) for n in range(5)]
        taken = [place for place in (self._trunk, self._post) if place is not None]
        free = [slot for slot in slots if not any(slot[0] <= place < sum(slot) for place in taken)]
        somebody = [self._person] * (2 if self._dice.likely(0.4) else 1)
        lights = [self._light] if shot % 2 == 0 else []
        groups = [self._group] if (shot + self._image.camera.dataset) % 4 == 2 else []
        for make, slot in zip([*groups, *somebody, *lights], free, strict=False):
            yield make(slot)

    def _light(self, slot: tuple[int, int]) -> Thing:
        px, width = self._px, self._px(11)
        frame = (self._within(slot, width), px(self._dice.between(76, 86)), width, px(28))
        state = self._dice.pick(("red", "amber", "green"))
        return Thing("traffic light", Box(frame), frame, state, {"state": state})

    def _person(self, slot: tuple[int, int]) -> Thing:
        """Somebody; perhaps with one hand behind the back, perhaps behind a box of flowers, where nobody can place the feet."""
        px, dice = self._px, self._dice
        height, foot = px(dice.between(40, 48)), px(KERB - dice.between(2, 5))
        width = height // 2
        left, behind, colour = self._within(slot, width), dice.likely(0.25), dice.pick(PAINTS)
        hidden = dice.pick((None, None, _HANDS, _HANDS + 1))
        frame = (left, foot - height, width, height)
        seen = height * 7 // 10 if behind else height
        points = list(keypoints(frame))
        if hidden is not None:
            points[hidden] = (*points[hidden][:2], 1)
        if behind:
            points[_FEET:] = [(0, 0, 0)] * 2
        about: Attributes = {"occluded": behind, "colour": colour}
        shape = Skeleton(tuple(points), (left, foot - height, width, seen))
        return Thing("person", shape, frame, colour, about)

    def _group(self, slot: tuple[int, int]) -> Thing:
        """People close together, whom nobody counts."""
        px, kind = self._px, self._dice.between(0, 15)
        count, step = 4 + kind % 3, px(8)
        left, foot = self._within(slot, count * step + px(3)), px(KERB - 3)
        heads: list[Disc] = []
        bodies: list[Whole] = []
        for n in range(count):
            top = -px(33 + (5 * kind + 3 * n) % 8)
            heads.append((n * step + px(5), top + px(4), px(4)))
            bodies.append((n * step, top + px(9), px(11), -top - px(9)))
        frame = (left, foot - px(40), count * step + px(3), px(40))
        shape = self._mask(heads, bodies, (left, foot))
        return Thing("person", shape, frame, crowd=True, attributes={"occluded": True})

    # --- on the road

    def _far_lane(self) -> Iterator[Thing]:
        if self._dice.likely(0.6):
            yield self._vehicle(1 - self._near, MIDDLE - 4)
        if self._post is None and self._dice.likely(0.4):
            yield self._bicycle(self._slot(self._near, 2))

    def _near_lane(self) -> Iterator[Thing]:
        if self._wet or self._dice.likely(0.2):
            yield self._puddle(self._slot(1 - self._near, 2))
        if self._post is not None or self._dice.likely(0.5):
            yield self._vehicle(self._near, 232, self._post)

    def _vehicle(self, half: int, bottom: int, post: int | None = None) -> Thing:
        px, dice = self._px, self._dice
        label, colour = dice.pick(("car", "car", "van")), dice.pick(PAINTS)
        wide, high = ((72, 88), (27, 30)) if label == "car" else ((84, 98), (34, 37))
        width, height = px(dice.between(*wide)), px(dice.between(*high))
        slot = self._slot(half, 2)
        left = self._within(slot, width) if post is None else post + px(POST) // 2 - width // 2
        frame, mirrored = (left, px(bottom) - height, width, height), dice.likely(0.5)
        over, below = profile(label, frame, mirrored)
        shape = plain((*over, *below)) if post is None else _split(over, below, post, post + px(POST))
        about: Attributes = {"occluded": post is not None, "colour": colour}
        return Thing(label, shape, frame, colour, about, mirrored=mirrored, post=post)

    def _bicycle(self, slot: tuple[int, int]) -> Thing:
        px, width = self._px, self._px(38)
        frame = (self._within(slot, width), px(MIDDLE - 6) - px(24), width, px(24))
        colour = self._dice.pick(PAINTS)
        return Thing("bicycle", Box(frame), frame, colour, {"colour": colour}, mirrored=self._dice.likely(0.5))

    def _puddle(self, slot: tuple[int, int]) -> Thing:
        px, dice = self._px, self._dice
        across, down = px(dice.between(22, 36)), px(dice.between(6, 9))
        x, y = self._within(slot, 2 * across) + across, px(dice.between(204, 224))
        return Thing("puddle", plain(oval(x, y, across, down)), (x - across, y - down, 2 * across, 2 * down))


def keypoints(frame: Whole) -> tuple[tuple[int, int, int], ...]:
    """The places of `KEYPOINTS`, all visible: of somebody who is seen from the front, and so has the left hand at the right."""
    left, top, width, height = frame
    middle = left + width // 2
    found = [(middle, top + height // 10, 2)]
    for across, down in ((26, 24), (16, 54), (38, 52), (20, 97)):
        for side in (1, -1):
            found.append((middle + side * across * width // 100, top + down * height // 100, 2))
    return tuple(found)


def _split(over: Ring, below: Ring, begin: int, end: int) -> Polygon:
    """What is seen of a car at the left and the right of a post; where it stands, roof and floor are level."""
    roof = min(y for _, y in over)
    floor = over[0][1]
    left = [[p for p in chain if p[0] < begin] for chain in (over, below)]
    right = [[p for p in chain if p[0] > end] for chain in (over, below)]
    return Polygon(
        (
            ((*left[0], (begin, roof), (begin, floor), *left[1]),),
            (((end, roof), *right[0], *right[1], (end, floor)),),
        )
    )
