"""Outlines and masks that a column holds as text, and boxes that are kept in the same way."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from exporter.mapping import values
from exporter.mapping.known import Study
from exporter.mapping.links import Link
from exporter.mapping.look import Column, Table
from exporter.mapping.names import fold
from exporter.mapping.vision.boxes import (
    CORNERS,
    Box,
    Convention,
    Four,
    Sample,
    box_in_text,
    candidates_by_name,
    convention_of_keys,
    image_size,
    is_share,
)
from exporter.mapping.vision.boxes import four as as_four
from exporter.mapping.vision.forms import BARE, FLAT, MASK, NOTHING, OBJECT, PAIRS, Form, form_of
from exporter.mapping.vision.jsonsql import Json, Path
from exporter.mapping.vision.kinds import BOXES, OUTLINES, Kinds

_MASKS = ("mask", "rle", "segmentationmask", "maskrle", "rlemask")
_POINTS = ("points", "polygon", "polygons", "coordinates", "coords", "vertices", "shape", "contour", "outline")


@attrs.frozen
class Outline:
    """Outlines or masks in a column.

    :param relative: whether all numbers are shares of the image's width and height; None where there are none.
    """

    sql: str
    column: str
    relative: bool | None


@attrs.frozen
class Found:
    """What a column holds: outlines, boxes, or both; or a reason why it is neither."""

    outline: Outline | None = None
    box: Box | None = None
    reason: str = ""


@attrs.frozen
class _Row:
    """A text of the column.

    :param kind: its row's kind in the host's words, where it has one.
    """

    form: Form
    kind: str = ""


def read_column(study: Study, table: Table, column: Column, kinds: Kinds | None, image: Link | None) -> Found:
    """What a column holds that is named as one of shapes.

    :param image: the column by which rows name their image, where one alone does.
    """
    if column.kind not in ("text", "json"):
        return Found(reason="binary, or of a type that is no text")
    return _Reading(study, table, column, kinds, image).found()


class _Reading:
    def __init__(self, study: Study, table: Table, column: Column, kinds: Kinds | None, image: Link | None) -> None:
        self._study = study
        self._table = table
        self._column = column
        self._kinds = kinds
        self._image = image
        self._name = fold(column.name)
        self._rows = [row for row in self._read() if row.form.kind != NOTHING]
        bracketed = [row for row in self._rows if row.form.kind != BARE]
        self._json = Json(study.db, column, bare=values.few(bracketed, self._rows))

    def _read(self) -> list[_Row]:
        if self._kinds is None:
            return [_Row(form_of(text)) for text in self._study.db.values(self._table, self._column.name).texts]
        rows = self._study.db.rows(self._table, self._kinds.column.name, self._column.name)
        return [_Row(form_of(text), kind) for kind, text in rows]

    def found(self) -> Found:
        if not self._rows:
            return Found(reason="empty, so nothing shows what it holds")
        if not self._json.bare and not values.few([row for row in self._rows if row.form.kind == BARE], self._rows):
            return Found(reason="some arrays have brackets, some have none")
        boxes, outlines = self._parted()
        reason = self._no_boxes(boxes) or self._no_outlines(outlines)
        if reason or not (boxes or outlines):
            return Found(reason=reason or "no outline, mask or box of the kinds that the rows name")
        box = self._box(boxes) if boxes else None
        if isinstance(box, str):
            return Found(reason=box)
        return Found(self._outline(outlines) if outlines else None, box)

    def _parted(self) -> tuple[list[_Row], list[_Row]]:
        """The rows of boxes and those of outlines: by their kind, else by what nearly all of them are."""
        if self._kinds is not None:
            boxes, outlines = self._kinds.of(*BOXES), self._kinds.of(*OUTLINES)
            return [r for r in self._rows if r.kind in boxes], [r for r in self._rows if r.kind in outlines]
        no_boxes = [row for row in self._rows if _box_places(row.form) is None]
        return (self._rows, []) if values.few(no_boxes, self._rows) else ([], self._rows)

    def _no_boxes(self, rows: Sequence[_Row]) -> str:
        odd = [row for row in rows if _box_places(row.form) is None]
        alike = {_box_places(row.form) for row in rows if row not in odd}
        if not values.few(odd, rows) or len(alike) > 1:
            return "boxes that are not all kept as four numbers in one way"
        return ""

    def _no_outlines(self, rows: Sequence[_Row]) -> str:
        if self._name in _MASKS and not values.few([row for row in rows if row.form.kind in (FLAT, BARE, PAIRS)], rows):
            return "run lengths without the size of the mask"
        odd = [row.form for row in rows if not row.form.outline or (row.form.kind == BARE and not self._json.bare)]
        if values.few(odd, rows):
            return ""
        if self._kinds is None and any(form.four for form in odd):
            return "four numbers in some rows, and nothing says whether they are corners"
        return odd[0].why or "no outline: too few numbers, an odd number of them, or three to a point"

    # --- what is taken

    def _outline(self, rows: Sequence[_Row]) -> Outline:
        numbers = [n for row in rows if row.form.kind != MASK for n in row.form.numbers]
        other = sorted({row.kind for row in self._rows} - {row.kind for row in rows})
        sql = self._json.line
        if self._kinds is not None and other:
            sql = f"case when {self._kinds.condition(self._study.db, other)} then null else {self._json.text} end"
        return Outline(sql, self._column.name, all(map(is_share, numbers)) if numbers else None)

    def _box(self, rows: Sequence[_Row]) -> Box | str:
        places = next(found for row in rows if (found := _box_places(row.form)) is not None)
        known = _convention(rows[0].form)
        candidates = (known,) if known is not None else candidates_by_name(self._name, points=self._name in _POINTS)
        sample = self._sample({row.kind for row in rows})
        box = box_in_text(self._json, places, sample, candidates)
        if isinstance(box, str):
            return box
        kinds = sorted({row.kind for row in rows})
        of_kind = [self._kinds.condition(self._study.db, kinds)] if self._kinds is not None else []
        return attrs.evolve(box, sql=as_four(self._json.where(sql, *of_kind) for sql in box.sql))

    def _sample(self, kinds: set[str]) -> Sample:
        """Boxes of these kinds, with areas and the sizes of their images where the host has them."""
        kind = [self._kinds.column.name] if self._kinds is not None else []
        area = [c.name for c in self._table.columns.values() if fold(c.name) == "area"]
        sizes = image_size(self._study, self._image)
        for own, theirs in ((area, sizes), (area, ()), ([], sizes), ([], ())):
            texts = self._texts([self._column.name, *own, *kind], theirs)
            rows = [t for t in texts if not kind or t[1 + len(own)] in kinds]
            sample = _sample_of(rows, areas=bool(own), sizes=bool(theirs))
            if sample.rows:
                return sample
        return Sample([])

    def _texts(self, names: list[str], theirs: Sequence[str]) -> list[tuple[str, ...]]:
        if not theirs or self._image is None:
            return self._study.db.rows(self._table, *names)
        on = (self._image.column, self._image.target)
        return self._study.db.beside(self._table, names, self._image.table, theirs, on)


def _box_places(form: Form) -> tuple[Path, Path, Path, Path] | None:
    """Where the four numbers of a box stand; None where there are none."""
    if form.kind == OBJECT:
        found = convention_of_keys(form.value)
        return as_four((key,) for key in found[1]) if found is not None else None
    return form.places if form.four else None


def _convention(form: Form) -> Convention | None:
    """The convention that the form itself shows: by the keys of an object; two points are corners."""
    found = convention_of_keys(form.value) if form.kind == OBJECT else None
    return found[0] if found is not None else CORNERS if form.kind == PAIRS else None


def _numbers(form: Form) -> Four | None:
    places = _box_places(form)
    if places is None or form.kind != OBJECT:
        return as_four(form.numbers) if places is not None else None
    numbers = [form.value[key] for (key,) in places]
    return as_four(map(float, numbers)) if all(isinstance(n, int | float) for n in numbers) else None


def _sample_of(rows: Sequence[tuple[str, ...]], *, areas: bool, sizes: bool) -> Sample:
    """A sample of texts: the column's, the area's, ..., width and height of the image."""
    found = [(box, row) for row in rows if (box := _numbers(form_of(row[0]))) is not None]
    found = [
        (box, row) for box, row in found if all(map(values.is_number, (*row[1 : 1 + areas], *row[-2 * sizes or len(row) :])))
    ]
    return Sample(
        [box for box, _ in found],
        [(float(row[-2]), float(row[-1])) for _, row in found] if sizes else (),
        [float(row[1]) for _, row in found] if areas else (),
    )
