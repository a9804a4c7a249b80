"""Names of classes at shapes, where there is room for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from exporter.colours import ink_on
from exporter.figures.panel import Panel, bar
from exporter.vision.geometry.shape import Shape
from exporter.vision.labels import Category
from exporter.vision.sheet.colours import colour
from exporter.vision.sheet.shapes import Bounds, Frame

SIZE = 8.2  # points
_HEIGHT, _PADDING, _LIFT, _APART = 11.8, 3.2, 3.1, 1.2
_CORNER = 4.0
_LONGEST = 110.0
_EDGE = 2.0


@attrs.frozen
class _Room:
    """The place of an image with what is in it.

    :param shapes: bounds of all shapes; :param tags: of the tags that were put.
    """

    width: float
    height: float
    shapes: list[Bounds]
    tags: list[Bounds] = attrs.field(factory=list)

    def best(self, corners: Iterable[tuple[float, float]], width: float) -> Bounds | None:
        """Where a tag hides least of the shapes; None where it would reach beyond the image or over another tag."""
        ways = [(left, top, left + width, top + _HEIGHT) for left, top in corners]
        ways = [way for way in ways if self._is_free(way)]
        return min(ways, key=self._hidden, default=None)

    def _is_free(self, way: Bounds) -> bool:
        left, top, right, bottom = way
        if left < _EDGE or top < _EDGE or right > self.width - _EDGE or bottom > self.height - _EDGE:
            return False
        wider = (left - _APART, top - _APART, right + _APART, bottom + _APART)
        return not any(_common(wider, tag) for tag in self.tags)

    def _hidden(self, way: Bounds) -> float:
        """How many shapes a tag hides, those that it hides in part by that part."""
        return sum(_common(way, shape) / _area(shape) for shape in self.shapes)


def _area(bounds: Bounds) -> float:
    return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])


def _common(one: Bounds, other: Bounds) -> float:
    """The area that two have in common."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(up, 0.0)


def draw_tags(panel: Panel, frame: Frame, shapes: Iterable[tuple[Category, Shape]], classes: Iterable[Category]) -> None:
    """Put names of classes at their shapes, the largest first; those of the image itself into its upper left corner.

    :param panel: whose box is the place of the image.
    """
    seen = [(category, frame.bounds(shape)) for category, shape in shapes]
    seen = sorted((each for each in seen if _area(each[1]) > 0), key=lambda each: -_area(each[1]))
    room = _Room(frame.width, frame.height, [bounds for _, bounds in seen])
    for place, category in enumerate(classes):
        corner = (_CORNER, _CORNER + place * (_HEIGHT + 2 * _APART))
        _put(panel, room, _Tag.of(panel, category), [corner])
    for category, bounds in seen:
        tag = _Tag.of(panel, category)
        _put(panel, room, tag, _corners(bounds, tag.width, frame))


def _corners(bounds: Bounds, width: float, frame: Frame) -> Iterator[tuple[float, float]]:
    """Above the shape, below it, inside it; from its left side, from its right and in its middle. All are within the image."""
    left, top, right, bottom = bounds
    for y in (top - _HEIGHT, bottom, top, bottom - _HEIGHT):
        for x in (left, right - width, (left + right - width) / 2):
            yield min(max(x, _EDGE), frame.width - _EDGE - width), min(max(y, _EDGE), frame.height - _EDGE - _HEIGHT)


@attrs.frozen
class _Tag:
    """The name of a class as there is room for it, and its width in points."""

    name: str
    width: float
    colour: str

    @classmethod
    def of(cls, panel: Panel, category: Category) -> _Tag:
        name = panel.type.fit(category.name, _LONGEST, SIZE, weight="bold")
        return cls(name, panel.type.width(name, SIZE, weight="bold") + 2 * _PADDING, colour(category))


def _put(panel: Panel, room: _Room, tag: _Tag, corners: Iterable[tuple[float, float]]) -> None:
    best = room.best(corners, tag.width) if tag.name else None
    if best is None:
        return
    room.tags.append(best)
    x, y = panel.box.left + best[0], panel.box.top - best[3]
    bar(panel, x, y, tag.width, _HEIGHT, tag.colour)
    panel.type.put(x + _PADDING, y + _LIFT, tag.name, SIZE, color=ink_on(tag.colour), weight="bold")
