"""How each thing of a street is drawn. What is annotated lies where its shape says."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from exporter_sample.street_brush import Brush, darker, lighter, mixed
from exporter_sample.street_plan import DAY, DUSK, NIGHT
from exporter_sample.street_shapes import Box, Mask, Polygon, Skeleton, Whole, turned
from exporter_sample.street_side import KERB, POST, keypoints
from exporter_sample.street_things import PAINTS, Scale, Thing, placed, profile
from exporter_sample.street_words import LABELS

COLOURS = {
    "red": "#c8453c",
    "blue": "#3f6fb0",
    "white": "#e4e4de",
    "yellow": "#e3b53a",
    "green": "#4f8a5b",
    "black": "#3a3d45",
    "cream": "#e6d7b5",
    "brick": "#b5684f",
    "mint": "#a9cbb7",
    "ochre": "#d3a04f",
    "rose": "#d9a5a0",
}
_LAMPS = {"red": "#ff5347", "amber": "#ffc145", "green": "#5be07c"}
_SKINS = ("#f0c8a4", "#c98f66", "#8d5a3b")
_GLASS, _LIT, _TYRE, _STEEL = "#a8c6d6", "#ffd98a", "#26272b", "#4a4e57"
_TINTS = {DAY: ("#ffffff", 0), DUSK: ("#5a3a4a", 14), NIGHT: ("#18213f", 34)}  # and how much of it, in hundredths
_TRUNK, _LEAVES, _ROOF, _DOOR = "#7a5a3e", "#4f8f4c", "#7d4a40", "#6b4a38"

# Panes from the side, in hundredths of the frame of a car that faces right.
_PANES = {
    "car": (((28, 45), (35, 13), (47, 13), (47, 45)), ((51, 13), (64, 13), (78, 45), (51, 45))),
    "van": (((60, 12), (72, 12), (83, 42), (60, 42)),),
}


@attrs.frozen
class Light:
    """How things look at a time of day."""

    px: Scale
    daytime: str
    above: bool

    @property
    def lit(self) -> bool:
        """Whether lamps are on."""
        return self.daytime != DAY

    def on(self, colour: str) -> str:
        """A colour in this light."""
        return mixed(colour, *_TINTS[self.daytime])


def draw_thing(brush: Brush, thing: Thing, light: Light) -> None:
    """Draw one thing."""
    if thing.crowd:
        _people(brush, thing, light)
    else:
        _DRAWN[thing.label](brush, thing, light)


# --- behind the pavement


def _house(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Polygon)
    outline = thing.shape.parts[0][0]
    (left, base), (_, eaves), ridge, (right, _), _ = outline
    brush.polygon(outline, light.on(COLOURS[thing.colour]))
    brush.polygon((outline[1], ridge, outline[3]), light.on(_ROOF))
    storeys, width = int(thing.attributes["storeys"]), right - left
    high = (base - eaves) / storeys
    for storey in range(storeys):
        for column in range(3):
            x, y = left + width * (0.11 + 0.3 * column), base - high * (storey + 0.78)
            if storey == 0 and column == 1:
                brush.box(x, base - high * 0.72, width * 0.18, high * 0.72, light.on(_DOOR))
                continue
            shines = light.lit and (storey * 5 + column * 3 + thing.frame[0]) % 3 > 0
            brush.box(x - 1, y - 1, width * 0.18 + 2, high * 0.48 + 2, light.on("#f3efe6"))
            brush.box(x, y, width * 0.18, high * 0.48, _LIT if shines else light.on(_GLASS))


def _tree(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Mask)
    (x, y), leaves = thing.shape.place, light.on(_LEAVES)
    for left, top, width, height in thing.shape.boxes:
        brush.box(x + left, y + top, width, height, light.on(_TRUNK))
    discs = [(x + a + 0.5, y + b + 0.5, radius + 0.5) for a, b, radius in thing.shape.discs]
    for n, (a, b, radius) in enumerate(discs):
        brush.disc(a, b, radius, darker(leaves, 14 - 3 * n))
    for n, (a, b, radius) in enumerate(discs):
        brush.disc(a - radius * 0.2, b - radius * 0.25, radius * 0.6, lighter(leaves, 2 + 4 * n))


# --- on the pavement


def _light(brush: Brush, thing: Thing, light: Light) -> None:
    (x, y, width, height), foot = thing.frame, light.px(KERB - 2)
    brush.box(x + width * 0.38, y + height, width * 0.24, foot - y - height, light.on(_STEEL))
    brush.box(x, y, width, height, "#24262b")
    for place, (state, colour) in enumerate(_LAMPS.items()):
        shown = colour if state == thing.colour else darker(colour, 72)
        brush.disc(x + width / 2, y + height * (place * 2 + 1) / 6, width * 0.34, shown)


def _person(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Skeleton)
    left, top, width, height = thing.frame
    head, *rest = [(x, y) for x, y, _ in keypoints(thing.frame)]
    shoulders, hips, hands, feet = rest[:2], rest[2:4], rest[4:6], rest[6:]
    shown = [seen == 2 for _, _, seen in thing.shape.points]
    skin, clothes = light.on(_SKINS[left % len(_SKINS)]), light.on(COLOURS[thing.colour])
    for hip, foot in zip(hips, feet, strict=True):
        brush.line((hip, (foot[0], top + height - height * 0.04)), height * 0.1, light.on("#39435c"))
    for shoulder, hand, seen in zip(shoulders, hands, shown[5:7], strict=True):
        if seen:
            brush.line((shoulder, hand), height * 0.08, darker(clothes, 12))
            brush.disc(*hand, height * 0.045, skin)
    brush.polygon((*shoulders, *reversed(hips)), clothes)
    brush.line((*shoulders, *reversed(hips), shoulders[0]), height * 0.09, clothes)
    brush.disc(*head, height * 0.095, skin)
    brush.polygon(placed(((36, 9), (40, 1), (60, 1), (64, 9)), thing.frame), light.on("#4b3527"))
    if thing.attributes["occluded"]:
        _flowers(brush, (left - 2, top + height * 7 // 10, width + 4, height * 34 // 100), light)


def _flowers(brush: Brush, frame: Whole, light: Light) -> None:
    """A box of flowers."""
    left, top, width, height = frame
    brush.box(*frame, light.on("#8a6a4c"))
    brush.box(left, top, width, height * 0.4, light.on("#5f9255"))
    for n in range(6):
        place = left + width * (n + 0.5) / 6, top + height * (0.12 + n % 2 * 0.14)
        brush.disc(*place, height * 0.1, light.on(("#e86a92", "#f7d65a")[n % 2]))


def _people(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Mask)
    x, y = thing.shape.place
    for n, ((left, top, width, height), (a, b, radius)) in enumerate(zip(thing.shape.boxes, thing.shape.discs, strict=True)):
        clothes = light.on(COLOURS[PAINTS[(n * 5 + thing.frame[0]) % len(PAINTS)]])
        brush.box(x + left, y + top, width, height * 0.55, clothes)
        brush.box(x + left, y + top + height * 0.55, width, height * 0.45, light.on(("#39435c", "#4a3f39")[n % 2]))
        brush.disc(x + a + 0.5, y + b + 0.5, radius + 0.5, light.on(_SKINS[(n + thing.frame[0]) % len(_SKINS)]))


# --- on the road


def _vehicle(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Polygon)
    if light.above:
        _from_above(brush, thing, light)
        return
    left, top, width, height = thing.frame
    paint = light.on(COLOURS[thing.colour])
    brush.oval(left + width / 2, top + height, width * 0.5, height * 0.09, darker("#55585e", 45))
    over, below = profile(thing.label, thing.frame, thing.mirrored)
    brush.polygon((*over, *below), paint)
    brush.box(left + 1, top + height * 0.66, width - 2, height * 0.06, darker(paint, 18))
    for pane in _PANES[thing.label]:
        brush.polygon(placed(pane, thing.frame, thing.mirrored), light.on(_GLASS))
    for x in (20, 80):
        radius = height * 0.17
        brush.disc(left + width * x / 100, top + height - radius, radius, _TYRE)
        brush.disc(left + width * x / 100, top + height - radius, radius * 0.5, "#b9bcc2")
    if thing.post is not None:
        _post(brush, thing.post, light)


def _post(brush: Brush, left: int, light: Light) -> None:
    """A lamp post at the near kerb."""
    px = light.px
    width, top, foot = px(POST), px(58), px(238)
    brush.box(left, top, width, foot - top, _STEEL)
    brush.box(left - px(2), foot - px(5), width + px(4), px(5), _STEEL)
    brush.box(left, top, px(26), px(3), _STEEL)
    brush.oval(left + px(24), top + px(4), px(8), px(3), _LIT if light.lit else "#d8d8d2")


def _from_above(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Polygon)
    outline = thing.shape.parts[0][0]
    left, top, width, length = thing.frame
    middle, paint = (left + width / 2, top + length / 2), light.on(COLOURS[thing.colour])
    brush.polygon([(x + 1.5, y + 2) for x, y in outline], darker("#55585e", 40))
    brush.polygon(outline, paint)
    x, front, back = width * 0.36, -length * 0.3, length * 0.36
    roof = ((-x, front), (x, front), (x, back), (-x, back))
    panes = ((-x, front), (x, front), (x * 0.85, front + length * 0.14), (-x * 0.85, front + length * 0.14))
    brush.polygon(turned(roof, middle, thing.turn), lighter(paint, 18))
    brush.polygon(turned(panes, middle, thing.turn), light.on("#42525f"))
    if thing.label == "car":
        rear = ((-x * 0.85, back - length * 0.1), (x * 0.85, back - length * 0.1), (x, back), (-x, back))
        brush.polygon(turned(rear, middle, thing.turn), light.on("#42525f"))


def _bicycle(brush: Brush, thing: Thing, light: Light) -> None:
    _, top, width, height = thing.frame
    radius, paint = width * 0.245, light.on(COLOURS[thing.colour])
    points = ((22, 66), (78, 66), (46, 66), (37, 24), (68, 22), (30, 18), (46, 18), (66, 4), (80, 4))
    rear, front, crank, seat, head, saddle, tip, bar, grip = placed(points, thing.frame, thing.mirrored)
    for x, y in (rear, front):
        brush.circle(x, min(y, top + height - radius), radius, 1.6, _TYRE)
    for a, b in ((rear, crank), (rear, seat), (crank, seat), (seat, head), (crank, head), (head, front), (head, bar)):
        brush.line((a, b), 1.7, paint)
    for a, b in ((saddle, tip), (bar, grip)):
        brush.line((a, b), 2, _TYRE)


def _puddle(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Polygon)
    left, top, width, height = thing.frame
    water = light.on(LABELS[thing.label].colour)
    brush.polygon(thing.shape.parts[0][0], water)
    brush.oval(left + width * 0.3, top + height * 0.32, width * 0.14, height * 0.1, lighter(water, 45))


# --- on the ground


def _bay(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Box)
    outline = thing.shape.outline
    brush.polygon(outline, light.on("#868a92"))
    brush.line((*outline, outline[0]), 1.6, light.on("#f0eee6"))


def _roundabout(brush: Brush, thing: Thing, light: Light) -> None:
    assert isinstance(thing.shape, Polygon)
    outer, island = thing.shape.parts[0]
    brush.polygon(outer, light.on(LABELS[thing.label].colour))
    brush.polygon(island, light.on("#c9c3b4"))
    (x, y), radius = (island[0][0] + island[12][0], island[0][1] + island[12][1]), abs(island[0][0] - island[12][0]) / 2
    brush.disc(x / 2, y / 2, radius - light.px(2), light.on("#86ad66"))


_DRAWN: dict[str, Callable[[Brush, Thing, Light], None]] = {
    "house": _house,
    "tree": _tree,
    "traffic light": _light,
    "person": _person,
    "car": _vehicle,
    "van": _vehicle,
    "bicycle": _bicycle,
    "puddle": _puddle,
    "parking bay": _bay,
    "roundabout": _roundabout,
}
