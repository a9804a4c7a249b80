"""Boxes, in whichever four columns or numbers a host keeps them, as x, y, width and height from the upper left corner."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import attrs

from exporter.mapping import values
from exporter.mapping.drafts import Line
from exporter.mapping.fields import guess_fields
from exporter.mapping.known import Study
from exporter.mapping.links import Link
from exporter.mapping.look import Column, Database, Table
from exporter.mapping.names import fold
from exporter.mapping.vision.jsonsql import Json, Path

Item = TypeVar("Item")
Four = tuple[float, float, float, float]
Sql = tuple[str, str, str, str]
FIELDS = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
_PREFIXES = ("boundingbox", "bbox", "box", "rect", "bb", "b", "")
_ROUNDED = 1e-6  # what rounding may add to a share of an image
_SLACK = 1.01  # how far a box may reach beyond an image of so many pixels
_WIDE = 200  # pixels of images in which boxes that all lie within the first 100 would be a wonder

_WORDS: Mapping[str, tuple[str, ...]] = {
    "left": ("x", "left", "xmin", "minx", "xleft", "leftx", "xtl", "x1", "x0"),
    "top": ("y", "top", "ymin", "miny", "ytop", "topy", "ytl", "y1", "y0"),
    "width": ("width", "w"),
    "height": ("height", "h"),
    "right": ("right", "xmax", "maxx", "xright", "rightx", "xbr", "x2"),
    "bottom": ("bottom", "ymax", "maxy", "ybottom", "bottomy", "ybr", "y2"),
    "centre_x": ("cx", "xcenter", "xcentre", "centerx", "centrex", "xc", "xmid"),
    "centre_y": ("cy", "ycenter", "ycentre", "centery", "centrey", "yc", "ymid"),
}
_ROLES = {word: role for role, found in _WORDS.items() for word in found}
_CORNERS_FROM_0 = {"x1": "right", "y1": "bottom"}  # where x0 and y0 are the others


@attrs.frozen
class Convention:
    """Which four numbers are kept of a box.

    :param sql: x, y, width and height from the SQL of the four.
    :param box: the same of numbers.
    """

    name: str
    roles: tuple[str, str, str, str]
    sql: Callable[[str, str, str, str], Sql]
    box: Callable[[float, float, float, float], Four]


SIZE = Convention(
    "x, y, width and height",
    ("left", "top", "width", "height"),
    lambda x, y, w, h: (x, y, w, h),
    lambda x, y, w, h: (x, y, w, h),
)
CORNERS = Convention(
    "two corners",
    ("left", "top", "right", "bottom"),
    lambda x, y, r, b: (x, y, f"{r} - {x}", f"{b} - {y}"),
    lambda x, y, r, b: (x, y, r - x, b - y),
)
DRAGGED = Convention(
    "two opposite corners",
    CORNERS.roles,
    lambda x, y, r, b: (f"case when {r} < {x} then {r} else {x} end", f"case when {b} < {y} then {b} else {y} end",
                        f"abs({r} - {x})", f"abs({b} - {y})"),
    lambda x, y, r, b: (min(x, r), min(y, b), abs(r - x), abs(b - y)),
)  # fmt: skip
CENTRE = Convention(
    "the centre, width and height",
    ("centre_x", "centre_y", "width", "height"),
    lambda x, y, w, h: (f"{x} - {w} / 2.0", f"{y} - {h} / 2.0", w, h),
    lambda x, y, w, h: (x - w / 2, y - h / 2, w, h),
)


def is_share(number: float) -> bool:
    """Whether a number may be a share of an image's width or height."""
    return -_ROUNDED <= number <= 1 + _ROUNDED


@attrs.frozen
class Box:
    """How a table keeps boxes.

    :param sql: of x, y, width and height.
    :param why: of each; :param shown: what the numbers say of the convention.
    :param columns: those that it is taken from.
    :param relative: whether all numbers are shares of the image's width and height; None where there are none.
    """

    sql: Sql
    why: str
    shown: str
    columns: tuple[str, ...]
    relative: bool | None

    def lines(self, db: Database) -> Iterator[Line]:
        """The fields of the record."""
        plain = {db.quote(name): values.reference(db, name) for name in self.columns}
        for field, sql in zip(FIELDS, self.sql, strict=True):
            why = self.why if fold(plain.get(sql, "")) != fold(field) else ""
            yield Line(field, plain.get(sql, sql), "; ".join(filter(None, (why, self.shown if field == FIELDS[0] else ""))))


@attrs.frozen
class Sample:
    """Boxes of some rows, as their four numbers stand there.

    :param sizes: width and height of the image of each, where they are known.
    :param areas: what the host says of the area of each, where it does.
    """

    rows: Sequence[Four]
    sizes: Sequence[tuple[float, float]] = ()
    areas: Sequence[float] = ()

    @property
    def relative(self) -> bool:
        """Whether all are shares of an image."""
        return bool(self.rows) and all(is_share(n) for row in self.rows for n in row)

    def choose(self, candidates: Sequence[Convention]) -> tuple[Convention, str]:
        """The convention that the numbers speak for, the likelier ones first, and what shows it."""
        by_area = [c for c in candidates if self.areas and _mostly(self._fits_area(c))]
        if len(candidates) > 1 and len(by_area) == 1:
            return by_area[0], "so the area says"
        misfits = {c.name: self._fits_image(c).count(False) for c in candidates}
        best, *alike = [c for c in candidates if misfits[c.name] == min(misfits.values())]
        if alike:
            return best, f"nothing shows that they are not {_either(alike)}"
        others = [c for c in candidates if c is not best]
        return best, f"as {_either(others)} some would leave their images or be less than nothing" if others else ""

    @property
    def doubt(self) -> str:
        """What makes pixels unlikely."""
        if self.relative or not self.rows:
            return ""
        if values.few([row for row in self.rows if not all(map(is_share, row))], self.rows):
            return "nearly all are shares: if all are meant so, map units"
        wide = self.sizes and min(map(min, self.sizes)) >= _WIDE
        return "none is beyond 100: if they are percent, map units" if wide and max(map(max, self.rows)) <= 100 else ""

    def negative(self, convention: Convention) -> bool:
        """Whether boxes would have a size below 0."""
        return not _mostly([min(convention.box(*row)[2:]) >= 0 for row in self.rows])

    def _fits_image(self, convention: Convention) -> list[bool]:
        unknown = (1.0, 1.0) if self.relative else (math.inf, math.inf)
        sizes = self.sizes if self.sizes and not self.relative else [unknown] * len(self.rows)
        return [_within(convention.box(*row), size) for row, size in zip(self.rows, sizes, strict=True)]

    def _fits_area(self, convention: Convention) -> list[bool]:
        boxes = [convention.box(*row) for row in self.rows]
        return [math.isclose(b[2] * b[3], a, rel_tol=0.01) for b, a in zip(boxes, self.areas, strict=True)]


def _either(conventions: Sequence[Convention]) -> str:
    return " or ".join(c.name for c in conventions)


def _mostly(fits: Sequence[bool]) -> bool:
    return values.few([fit for fit in fits if not fit], fits)


def _within(box: Four, size: tuple[float, float]) -> bool:
    x, y, width, height = box
    return min(box) >= -_ROUNDED and x + width <= size[0] * _SLACK and y + height <= size[1] * _SLACK


# --- four columns


def image_size(study: Study, image: Link | None) -> tuple[str, ...]:
    """The columns of width and height of the image that a table's rows name; none where they are not known."""
    if image is None:
        return ()
    found = guess_fields(study, image.table, study.family.record("image")).guesses
    return (found["width"].column, found["height"].column) if {"width", "height"} <= found.keys() else ()


def box_columns(study: Study, table: Table, image: Link | None) -> tuple[Box | None, dict[str, str]]:
    """The box that four columns of a table make, and columns that look like it and are not taken, with the reason.

    :param image: the column by which rows name their image, where one alone does.
    """
    refused: dict[str, str] = {}
    for prefix in _PREFIXES:
        columns = _by_role(table, prefix)
        convention = next((c for c in (CORNERS, SIZE, CENTRE) if set(c.roles) <= columns.keys()), None)
        if convention is None:
            refused |= {c.name: "a part of a box, and nothing gives the others" for c in columns.values()} if prefix else {}
            continue
        loose = convention is SIZE and fold(columns["left"].name) == f"{prefix}x"
        four_columns = [columns[role] for role in convention.roles]
        found = _box(study, table, four_columns, (SIZE, CENTRE) if loose else (convention,), image)
        if isinstance(found, Box):
            return found, refused
        refused |= {columns[role].name: found for role in convention.roles}
    return None, refused


def _by_role(table: Table, prefix: str) -> dict[str, Column]:
    words = {fold(c.name)[len(prefix) :]: c for c in table.columns.values() if fold(c.name).startswith(prefix)}
    roles = {**_ROLES, **(_CORNERS_FROM_0 if {"x0", "y0"} <= words.keys() else {})}
    found: dict[str, Column] = {}
    for word, role in roles.items():
        if word in words:
            found.setdefault(role, words[word])
    return found


def _box(
    study: Study, table: Table, columns: Sequence[Column], candidates: Sequence[Convention], image: Link | None
) -> Box | str:
    """The box of four columns, or why they are none."""
    reason = next(filter(None, (_no_number(study, table, column) for column in columns)), "")
    if reason:
        return reason
    names = tuple(c.name for c in columns)
    sample = _sample(study, table, names, image)
    relative = sample.relative and _all_relative(study, table, columns)
    convention, shown = sample.choose(candidates if relative or sample.sizes else candidates[:1])
    if sample.negative(convention):
        return f"{convention.name}, by their names, but with a size below 0"
    sql = [study.db.quote(c.name) if c.kind != "text" else values.number(study.db, study.db.quote(c.name)) for c in columns]
    why = "by its name" if convention is SIZE else f"from {convention.name}"
    return Box(convention.sql(*sql), why, shown or sample.doubt, names, relative if sample.rows else None)


def _sample(study: Study, table: Table, names: tuple[str, ...], image: Link | None) -> Sample:
    sizes = image_size(study, image)
    if image is not None and sizes:
        beside = study.db.beside(table, names, image.table, sizes, (image.column, image.target))
        found = [tuple(map(float, row)) for row in beside if all(map(values.is_number, row))]
        if found:
            return Sample([four(row[:4]) for row in found], [(row[4], row[5]) for row in found])
    rows = study.db.rows(table, *names)
    return Sample([four(map(float, row)) for row in rows if all(map(values.is_number, row))])


def _no_number(study: Study, table: Table, column: Column) -> str:
    """Why a column is no coordinate."""
    if column.kind not in ("integer", "number", "text"):
        return "no number"
    texts = study.db.values(table, column.name).texts
    if column.kind == "text" and not texts:
        return "empty, so nothing shows what it holds"
    odd = [t for t in texts if not values.is_number(t)]
    if (odd and not values.few(odd, texts)) or (column.kind == "text" and not study.db.only_numbers(table, column.name)):
        return "not all are numbers" + (f": {odd[0][:30]!r}" if odd else "")
    return ""


def _all_relative(study: Study, table: Table, columns: Sequence[Column]) -> bool:
    """Whether every number of these columns, not only of the sample, is a share of the image."""
    spans = [study.db.span(table, column.name) for column in columns]
    inside = all(span is not None and is_share(span[0]) and is_share(span[1]) for span in spans)
    return inside and not all(column.kind == "integer" for column in columns)


def four(numbers: Iterable[Item]) -> tuple[Item, Item, Item, Item]:
    """Four numbers as a box has them."""
    a, b, c, d = numbers
    return a, b, c, d


# --- four numbers in one text


def box_in_text(source: Json, places: Sequence[Path], sample: Sample, candidates: Sequence[Convention]) -> Box | str:
    """The box of the four numbers that stand at these places of a column, or why they are none."""
    convention, shown = sample.choose(candidates)
    if sample.negative(convention):
        return f"four numbers, but as {convention.name} they have a size below 0"
    if convention is CORNERS and any(min(CORNERS.box(*row)[2:]) < 0 for row in sample.rows):
        convention = DRAGGED  # as a mouse gives them: some begin below or at the right
    sql = convention.sql(*four(source.number(place) for place in places))
    name = source.column.name
    return Box(sql, f"from {convention.name} in {name}", shown or sample.doubt, (name,), sample.relative)


def convention_of_keys(keys: Collection[str]) -> tuple[Convention, tuple[str, ...]] | None:
    """The convention of an object with these keys, and those that hold the four numbers."""
    by_role = {_ROLES[fold(key)]: key for key in keys if fold(key) in _ROLES and re.fullmatch(r"[\w .-]+", key)}
    convention = next((c for c in (CORNERS, SIZE, CENTRE) if set(c.roles) <= by_role.keys()), None)
    return (convention, tuple(by_role[role] for role in convention.roles)) if convention is not None else None


def candidates_by_name(name: str, *, points: bool) -> tuple[Convention, ...]:
    """What four numbers in a column of this name may be, the likelier first.

    :param points: whether the column is named as one of points.
    """
    folded = fold(name)
    for words, convention in ((("xyxy", "ltrb", "corner"), CORNERS), (("cxcy", "cent"), CENTRE), (("xywh", "ltwh"), SIZE)):
        if any(word in folded for word in words):
            return (convention,)
    return (CORNERS, SIZE) if points else (SIZE, CORNERS)
