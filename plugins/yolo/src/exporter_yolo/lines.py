"""The lines of label files: a class's index, then where it is, as shares of the image's width and height.

detect   class cx cy w h
segment  class x1 y1 x2 y2 ...
obb      class x1 y1 x2 y2 x3 y3 x4 y4
pose     class cx cy w h, and x y v for each key point

(https://docs.ultralytics.com/datasets/detect/, and beside it segment, obb and pose.) Ultralytics drops an image with all its
labels where one reaches beyond it, so shapes are cut there. As its own converter does, crowds are left out, and an outline of
several rings becomes one with bridges of no width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

import attrs

from exporter.vision.annotations import Drawn, NotWritten
from exporter.vision.geometry import rle
from exporter.vision.geometry.bridges import joined
from exporter.vision.geometry.clipping import clipped
from exporter.vision.geometry.contours import contours
from exporter.vision.geometry.rectangles import smallest_rectangle
from exporter.vision.geometry.shape import BOX, ROTATED_BOX, SHAPE_NO_AREA, Bounds, Parts, Ring, Shape, ShapeError
from exporter_yolo.format import Options
from exporter_yolo.pose import Pose

_TOLERANCE = 1e-6  # of a pixel by which a shape may reach beyond its image unnoticed
_ALIKE = 0.99  # IoU from which on an outline stands for the pixels of its parts
Points = Sequence[float]


@attrs.frozen
class Line:
    """A line of a label file, with its end.

    :param cut: whether the shape reached beyond its image.
    """

    text: bytes
    cut: bool


class Writer:
    """Writes annotations as lines.

    :param indices: of classes, by their identifier in the source.
    """

    def __init__(self, options: Options, indices: Mapping[str, int], pose: Pose | None) -> None:
        self._decimals = options.decimals
        self._indices = indices
        self._pose = pose
        made: dict[str, Callable[[_Framed], list[float]]] = {
            "detect": _Framed.box,
            "segment": _Framed.outline,
            "obb": _Framed.corners,
            "pose": _Framed.box,
        }
        self._made = made[options.task]

    def line(self, drawn: Drawn) -> Line:
        """An annotation as a line.

        :raises NotWritten: for a crowd, and for what is not to be seen, has no area, or no place in this task.
        """
        if drawn.iscrowd:
            raise NotWritten("CROWD", "The annotation is a crowd, which no label stands for; it was left out.", "info")
        if not drawn.width or not drawn.height:
            message = "The size of the annotation's image is not known, and labels are shares of it; it was left out."
            raise NotWritten("IMAGE_SIZE_MISSING", message)
        framed = _Framed(drawn, drawn.width, drawn.height)
        numbers = self._rounded(self._made(framed))
        points = self._keypoints(framed) if self._pose is not None else []
        texts = [str(self._indices[drawn.category.uid]), numbers_text(numbers), *points]
        return Line((" ".join(texts) + "\n").encode(), framed.cut)

    def _rounded(self, numbers: list[float]) -> list[float]:
        """Rounded as the options say, if something is left then."""
        if self._decimals is None:
            return numbers
        rounded = [round(n, self._decimals) for n in numbers]
        points = zip(rounded[0::2], rounded[1::2], strict=True)
        left = all(rounded[2:]) if len(numbers) == 4 else len(set(points)) > 2
        if not left:
            raise NotWritten("SHAPE_ROUNDED_AWAY", "With so few decimals nothing is left of the shape; it was left out.")
        return rounded

    def _keypoints(self, framed: _Framed) -> list[str]:
        assert self._pose is not None
        points = framed.drawn.shape.keypoints
        if not points:
            raise NotWritten("NO_KEYPOINTS", "The annotation has no key points; it was left out.", "info")
        if not self._pose.fits(framed.drawn.category, len(points) // 3):
            message = "The annotation has another number of key points than the others; it was left out."
            raise NotWritten("KEYPOINTS_DIFFER", message)
        texts: list[str] = []
        for x, y, seen in framed.keypoints():
            place = (x, y) if self._decimals is None else (round(x, self._decimals), round(y, self._decimals))
            texts += [numbers_text(place), str(seen)]
        return texts


def shown(options: Options, drawn: Drawn) -> Shape | None:
    """What a reader sees of an annotation, in pixels; None where no label is written of it."""
    shape = drawn.shape
    if drawn.iscrowd or not drawn.width or not drawn.height or (options.task == "pose" and not shape.keypoints):
        return None
    if options.task == "segment":
        return shape
    if options.task == "obb":
        try:
            corners = _Framed(drawn, drawn.width, drawn.height).corners()
        except NotWritten:
            return None
        ring = [n * side for n, side in zip(corners, (drawn.width, drawn.height) * 4, strict=True)]
        return attrs.evolve(shape, kind=ROTATED_BOX, parts=((ring,),), mask=None, keypoints=[])
    points = shape.keypoints if options.task == "pose" else []
    return attrs.evolve(shape, kind=BOX, parts=(), mask=None, keypoints=points)


class _Framed:
    """A shape in its image, as shares of the image's size.

    :param cut: whether it reached beyond; known once it was asked for.
    """

    def __init__(self, drawn: Drawn, width: int, height: int) -> None:
        self.drawn = drawn
        self.cut = False
        self._width = width
        self._height = height

    def box(self) -> list[float]:
        """cx, cy, w, h of the box around the shape."""
        x, y, width, height = self._bounds()
        return [*self._shares((x + width / 2, y + height / 2)), *self._shares((width, height))]

    def outline(self) -> list[float]:
        """The outline, of several rings joined to one; of what has none, the corners of its box."""
        shape = self.drawn.shape
        if shape.mask is None and not shape.parts:
            return self._shares(_corners(self._bounds()))
        parts = contours(shape.mask) if shape.mask is not None else self._plain(shape.parts)
        return self._shares(joined(self._visible(parts)))

    def corners(self) -> list[float]:
        """The corners of the box as it is turned; of an outline, of the smallest rectangle around it."""
        shape = self.drawn.shape
        if shape.mask is None and not shape.parts:
            return self._shares(_corners(self._bounds()))
        parts = contours(shape.mask) if shape.mask is not None else shape.parts
        rings = self._visible(parts)
        if shape.kind == ROTATED_BOX and not self.cut:
            return self._shares(parts[0][0])
        try:
            return self._shares(smallest_rectangle([n for ring in rings for n in ring]))
        except ShapeError as error:
            raise NotWritten(error.code, f"{error.message} It was left out.") from None

    def keypoints(self) -> list[tuple[float, float, int]]:
        """x, y and visibility of each; 0, 0, 0 of those that are not there or lie outside."""
        points = self.drawn.shape.keypoints
        found = []
        for x, y, seen in zip(points[0::3], points[1::3], points[2::3], strict=True):
            beyond = seen and self._beyond((x, y)) > _TOLERANCE
            self.cut |= bool(beyond)
            across, down = self._shares((x, y)) if seen and not beyond else (0.0, 0.0)
            found.append((across, down, 0 if beyond else int(seen)))
        return found

    def _bounds(self) -> Bounds:
        """The box, as far as it lies in the image."""
        bounds = self.drawn.shape.bbox
        x, y, width, height = bounds
        if width <= 0 or height <= 0:
            raise NotWritten(SHAPE_NO_AREA, "The shape has no width, no height, or nothing inside. It was left out.")
        if not self._leaves((x, y, x + width, y + height)):
            return bounds
        left, top = max(x, 0.0), max(y, 0.0)
        width, height = min(x + width, self._width) - left, min(y + height, self._height) - top
        if width <= 0 or height <= 0:
            raise _outside()
        return left, top, width, height

    def _plain(self, parts: Parts) -> Parts:
        """Parts that, joined, have the pixels that they have together: those of parts that overlap would be lost where they do."""
        rings = [ring for part in parts for ring in part]
        if len(rings) == 1:
            return parts
        wanted = rle.from_parts(parts, self._height, self._width)
        found = rle.from_polygon(joined(rings), self._height, self._width)
        both, either = rle.area(wanted) + rle.area(found), rle.area(rle.union([wanted, found]))
        return parts if both - either >= _ALIKE * either else contours(wanted)

    def _visible(self, parts: Parts) -> list[Ring]:
        """The rings of all parts, as far as they lie in the image."""
        found: list[Ring] = []
        for part in parts:
            leaves = self._leaves([n for ring in part for n in ring])
            found += clipped(part, self._width, self._height) if leaves else part
        if not found:
            raise _outside()
        return found

    def _leaves(self, points: Points) -> bool:
        """Whether points lie beyond the image, be it by a rounding."""
        beyond = self._beyond(points)
        self.cut |= beyond > _TOLERANCE
        return beyond > 0

    def _beyond(self, points: Points) -> float:
        """How far."""
        xs, ys = points[0::2], points[1::2]
        return max(-min(xs), max(xs) - self._width, -min(ys), max(ys) - self._height)

    def _shares(self, points: Points) -> list[float]:
        """Points as shares of the image, none below 0 or above 1."""
        shares = list(points)
        shares[0::2] = [n / self._width for n in points[0::2]]
        shares[1::2] = [n / self._height for n in points[1::2]]
        if min(shares) < 0 or max(shares) > 1:
            shares = [min(max(share, 0.0), 1.0) for share in shares]
        return shares


def _corners(bounds: Bounds) -> Ring:
    x, y, width, height = bounds
    return [x, y, x + width, y, x + width, y + height, x, y + height]


def _outside() -> NotWritten:
    return NotWritten("SHAPE_OUTSIDE", "The shape lies outside its image; it was left out.")


def numbers_text(numbers: Iterable[float]) -> str:
    """Numbers with blanks between, each the shortest text that reads back to it, without an exponent: some readers know none."""
    text = " ".join(map(repr, numbers))
    if "e" in text or ".0 " in text or text.endswith(".0"):
        return " ".join(map(_plain, text.split(" ")))
    return text


def _plain(number: str) -> str:
    return format(Decimal(number), "f") if "e" in number else number.removesuffix(".0")
