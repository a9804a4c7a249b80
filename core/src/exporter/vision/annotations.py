"""The annotations of an export, in the order of their images: each as a shape that readers take, or left out and counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs
from sqlalchemy import ColumnElement

from exporter.accounts import leave_out, leave_out_rest
from exporter.context import ExportContext
from exporter.joinorder import in_order
from exporter.report import EXAMPLES, Finding, Level
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value, plain_fields, value
from exporter.vision.geometry import rle
from exporter.vision.geometry.boxes import bounds_of
from exporter.vision.geometry.crossing import crossing
from exporter.vision.geometry.frames import to_stored
from exporter.vision.geometry.read import read_all
from exporter.vision.geometry.shape import Bounds, Given, Shape, ShapeError
from exporter.vision.images import Images, image_columns, side_of
from exporter.vision.labels import Category
from exporter.vision.numbers import Numbers, numbers

TABLE = "annotations"
_DRAWN = tuple(field.name for field in attrs.fields(Given))
_FACTS = ("annotation_id", "label_id", "class_name", "iscrowd", "score", "source", "attributes")
_OF_IMAGE = ("image_id", "path", "width", "height", "orientation", "split")
Rows = Mapping[str, RecordRows]
W = TypeVar("W")


class NotWritten(Exception):
    """An annotation that a format does not write; `code` and `message` say why, `level` how much that matters."""

    def __init__(self, code: str, message: str, level: Level = "warning") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.level = level


@attrs.frozen(slots=True)
class Drawn:
    """An annotation to write.

    :param number: its id in the artifact, from 1; :param uid: its identifier in the source.
    :param image: the number of its image; :param split: that image's split; :param width: and size, as far as it is known.
    """

    number: int
    uid: str
    image: int
    split: str
    width: int | None
    height: int | None
    category: Category
    shape: Shape
    iscrowd: bool
    score: str
    source: str
    attributes: str


def annotation_table(ctx: ExportContext, records: Rows, numbered: Numbers) -> Table:
    """The annotations to write, in the order of their images' keys and then of their own. Where there are no labels, names count.

    :param numbered: how the images are.
    """
    own = numbers(ctx, records["annotation"], by_identifier=False)
    return in_order(ctx, lambda joined: _table(ctx, records, numbered, own, joined))


def _table(ctx: ExportContext, records: Rows, numbered: Numbers, own: Numbers, joined: Callable[..., Any]) -> Table:
    row, image = records["annotation"], records["image"]
    of = RecordRows(image.bound, image.select().subquery("image_of"))
    both = joined(of.alias, row.alias, of.columns["image_id"] == row.columns["image_id"])
    start, number = own.joined(both, row.alias)
    start, image_number = numbered.joined(start, of.alias)
    about, values = image_columns(records, of)
    fields = row.bound.schema.fields
    columns = {**{n: fields[n] for n in (*_FACTS, *_DRAWN)}, **{f"image_{n}": about[n] for n in _OF_IMAGE}}
    given = {
        "number": Value(number),
        "image": Value(image_number),
        **{n: value(row, n) for n in (*_FACTS, *_DRAWN) if row.has(n) and (n != "label_id" or "label" in records)},
        **{f"image_{n}": values[n] for n in _OF_IMAGE if n in values},
    }
    query = TableQuery(row.select_beside("image").select_from(start), given, of.key, row.key)
    return Table(TABLE, "annotation", {**plain_fields(["number", "image"]), **columns}, (query,), whole=ctx.checked)


@attrs.define(eq=False)
class Annotations:
    """The annotations of one run. The images have been read before, so that it is known which of them are left.

    :param cut: whether the format cuts shapes at the edges of their image, and says so itself.
    """

    ctx: ExportContext
    table: Table
    images: Images
    categories: Mapping[str, Category]
    cut: bool = False

    def batches(self) -> Iterator[list[Drawn]]:
        """The annotations in batches, those of one image one after the other, without those that are left out."""
        for rows in self.ctx.texts(self.table):
            yield self._drawn([_Row.of(row) for row in rows])
        self._leave_rest()

    def written(self, write: Callable[[Drawn], W]) -> Iterator[list[tuple[Drawn, W]]]:
        """The annotations in batches, each with what `write` makes of it; where that raises `NotWritten`, it is left out."""
        for batch in self.batches():
            yield self._written(batch, write)

    def blocks(self, line: ColumnElement[Any], write: Callable[[Drawn], W]) -> Iterator[bytes | list[tuple[Drawn, W]]]:
        """The same, but blocks of bytes where an expression writes a whole range of rows as they are.

        Where images were left out every annotation has to be looked at: all come as `written` gives them.
        """
        if self.images.left:
            yield from self.written(write)
            return
        for block in self.ctx.blocks(self.table, line):
            if isinstance(block, bytes):
                yield block
            else:
                yield self._written(self._drawn([_Row.of(row) for row in block]), write)
        self._leave_rest()

    def _leave_rest(self) -> None:
        message = "The image that the annotation names is not there; the annotation was left out."
        leave_out_rest(self.ctx, self.table, "IMAGE_MISSING", message)

    def _written(self, batch: Sequence[Drawn], write: Callable[[Drawn], W]) -> list[tuple[Drawn, W]]:
        found: list[tuple[Drawn, W]] = []
        lost: dict[tuple[str, str, Level], list[str]] = defaultdict(list)
        for drawn in batch:
            try:
                found.append((drawn, write(drawn)))
            except NotWritten as why:
                lost[why.code, why.message, why.level].append(drawn.uid)
        for (code, message, level), uids in lost.items():
            leave_out(self.ctx, self.table, code, message, uids, level=level)
        return found

    def _drawn(self, rows: list[_Row]) -> list[Drawn]:
        lost: dict[tuple[str, str, Level], list[str]] = defaultdict(list)
        there = [row for row in rows if self._belongs(row, lost)]
        shapes = read_all([row.given for row in there], [row.size for row in there])
        found = []
        for row, shape in zip(there, shapes, strict=True):
            if isinstance(shape, ShapeError):
                lost[shape.code, f"{shape.message} The annotation was left out.", "warning"].append(row.uid)
            else:
                found.append(self._made(row, shape))
        for (code, message, level), uids in lost.items():
            leave_out(self.ctx, self.table, code, message, uids, level=level)
        if self.ctx.checked:
            self._flag(found)
        return [self._in_frame(each, row) for each, row in found]

    def _belongs(self, row: _Row, lost: dict[tuple[str, str, Level], list[str]]) -> bool:
        if row.image in self.images.left:
            lost["IMAGE_LEFT_OUT", _IMAGE_LEFT_OUT, "info"].append(row.uid)
        elif self._category(row.label) is None:
            lost["LABEL_MISSING", _LABEL_MISSING, "warning"].append(row.uid)
        else:
            return True
        return False

    def _category(self, label: str) -> Category | None:
        """The category of a label's identifier; whole numbers are often kept as doubles, as where some are NULL."""
        return self.categories.get(label) or self.categories.get(label.removesuffix(".0"))

    def _made(self, row: _Row, shape: Shape) -> tuple[Drawn, _Row]:
        category = self._category(row.label)
        assert category is not None
        made = Drawn(
            number=row.number,
            uid=row.uid,
            image=row.image,
            split=self.images.split(row.image_id, row.path, row.split),
            width=row.size[0],
            height=row.size[1],
            category=category,
            shape=shape,
            iscrowd=row.iscrowd == "true",
            score=row.score,
            source=row.source,
            attributes=row.attributes,
        )
        return made, row

    def _in_frame(self, drawn: Drawn, row: _Row) -> Drawn:
        orientation = int(row.orientation) if row.orientation in _TURNED else 1
        if self.ctx.options.frame != "stored" or orientation == 1:
            return drawn
        width, height = drawn.width, drawn.height
        if width is None or height is None:
            return drawn
        shape = to_stored(drawn.shape, orientation, width, height)
        if orientation in _ON_ITS_SIDE:
            width, height = height, width
        return attrs.evolve(drawn, shape=shape, width=width, height=height)

    def _flag(self, found: Sequence[tuple[Drawn, _Row]]) -> None:
        """Tell of shapes that readers take but that are hardly what was meant."""
        outside = [] if self.cut else [d.uid for d, _ in found if leaves_image(d)]
        rings = [(d.uid, ring) for d, _ in found for part in d.shape.parts for ring in part if len(ring) > 6]
        crossed = [uid for (uid, _), crosses in zip(rings, crossing([r for _, r in rings]), strict=True) if crosses]
        other = [d.uid for d, _ in found if _has_another_box(d.shape)]
        for code, message, uids in (
            (
                "BBOX_DIFFERS",
                "A stored box is not the one around its outline, by over a pixel; it is written as it is.",
                other,
            ),
            ("SHAPE_OUTSIDE_IMAGE", "A shape reaches beyond its image; it is written as it is.", outside),
            (
                "SHAPE_CROSSES_ITSELF",
                "The outline of a shape crosses itself, so that its area is not what it looks like.",
                crossed,
            ),
        ):
            if uids:
                uids = list(dict.fromkeys(uids))
                self.ctx.report.add(
                    Finding("warning", code, message, len(uids), uids[:EXAMPLES], "annotation", action="kept")
                )


_IMAGE_LEFT_OUT = "The image that the annotation belongs to was left out; the annotation was left out with it."
_LABEL_MISSING = "The label of the annotation is not there; the annotation was left out."
_TURNED = frozenset("2345678")
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})  # of EXIF's orientations, those whose width is the height of what is seen
_TOLERANCE = 1e-6  # of a pixel
_PIXEL = 1.0  # by which a stored box may differ


def _has_another_box(shape: Shape) -> bool:
    """Whether the box that the host keeps is not the one around the outline or mask."""
    if shape.mask is not None:
        around = rle.bbox(shape.mask)
    elif shape.parts:
        around = bounds_of([n for part in shape.parts for n in part[0]])
    else:
        return False
    return any(abs(a - b) > _PIXEL for a, b in zip(_corners(shape.bbox), _corners(around), strict=True))


def _corners(box: Bounds) -> tuple[float, float, float, float]:
    x, y, width, height = box
    return x, y, x + width, y + height


def leaves_image(drawn: Drawn) -> bool:
    """Whether a shape reaches beyond its image, by more than a rounding."""
    x, y, width, height = drawn.shape.bbox
    if drawn.width is None or drawn.height is None:
        return False
    low = -_TOLERANCE
    return x < low or y < low or x + width > drawn.width - low or y + height > drawn.height - low


@attrs.frozen(slots=True)
class _Row:
    """The cells of an annotation."""

    number: int
    image: int
    uid: str
    label: str
    iscrowd: str
    score: str
    source: str
    attributes: str
    given: Given
    image_id: str
    path: str
    size: tuple[int | None, int | None]
    orientation: str
    split: str

    @classmethod
    def of(cls, cells: tuple[str, ...]) -> _Row:
        number, image, uid, label, class_name, iscrowd, score, source, attributes = cells[: 2 + len(_FACTS)]
        image_id, path, width, height, orientation, split = cells[-len(_OF_IMAGE) :]
        given = Given(*cells[2 + len(_FACTS) : -len(_OF_IMAGE)])
        size = (side_of(width), side_of(height))
        own = uid or number
        return cls(
            int(number), int(image), own, label or class_name, iscrowd, score, source, attributes, given, image_id, path,
            size, orientation, split,
        )  # fmt: skip
