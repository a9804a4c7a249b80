"""The shapes that a table holds: a box, outlines, key points, and in which units."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from exporter.mapping.drafts import Line
from exporter.mapping.known import Study
from exporter.mapping.links import Link
from exporter.mapping.look import Column, Database, Table
from exporter.mapping.names import fold, nouns
from exporter.mapping.values import few, reference
from exporter.mapping.vision import words
from exporter.mapping.vision.boxes import Box, box_columns, is_share
from exporter.mapping.vision.forms import NOTHING, form_of
from exporter.mapping.vision.jsonsql import Json
from exporter.mapping.vision.kinds import Kinds, kinds_of
from exporter.mapping.vision.outlines import Outline, read_column

_EMPTY = "empty, so nothing shows what it holds"


@attrs.define
class Shapes:
    """What a table gives the fields that say what was drawn.

    :param refused: columns that are named as shapes and are not taken, with the reason.
    """

    kinds: Kinds | None = None
    box: Box | None = None
    outlines: list[Outline] = attrs.field(factory=list)
    keypoints: Outline | None = None
    refused: dict[str, str] = attrs.field(factory=dict)

    def __bool__(self) -> bool:
        return bool(self.box or self.outlines or self.keypoints)

    @property
    def relative(self) -> bool:
        """Whether coordinates are shares of the image's width and height."""
        given = [
            *(o.relative for o in self.outlines),
            self.box and self.box.relative,
            self.keypoints and self.keypoints.relative,
        ]
        return next((each for each in given if each is not None), False) is True

    def lines(self, db: Database) -> Iterator[tuple[Line, tuple[str, ...]]]:
        """The fields, each with the columns that it is taken from."""
        if self.kinds is not None:
            yield Line("kind", self.kinds.sql(db), self.kinds.why), (self.kinds.column.name,)
        if self.box is not None:
            for line in self.box.lines(db):
                yield line, self.box.columns
        if self.outlines:
            yield self._geometry(db)
        if self.keypoints is not None:
            why = "" if fold(self.keypoints.column) == "keypoints" else "by its name and values"
            yield Line("keypoints", self.keypoints.sql, why), (self.keypoints.column,)
        if self.relative:
            yield Line("units", "'relative'", "all coordinates lie between 0 and 1"), ()

    def _geometry(self, db: Database) -> tuple[Line, tuple[str, ...]]:
        columns = tuple(each.column for each in self.outlines)
        if len(columns) == 1:
            why = "" if fold(columns[0]) == "geometry" else "by its name and values"
            return Line("geometry", self.outlines[0].sql, why), columns
        given = [f"nullif({db.quote(o.column) if o.sql == reference(db, o.column) else o.sql}, '')" for o in self.outlines]
        return Line("geometry", f"coalesce({', '.join(given)})", f"{', else '.join(columns)}"), columns


def shapes_of(study: Study, table: Table, image: Link | None) -> Shapes:
    """What a table says was drawn.

    :param image: the column by which rows name their image, where one alone does.
    """
    found = Shapes(kinds_of(study, table))
    found.box, refused = box_columns(study, table, image)
    found.refused.update(refused)
    _keypoints(study, table, found)
    own = () if found.kinds is None else (found.kinds.column.name,)
    outlines = words.OUTLINES if not _of_points(table) else tuple(w for w in words.OUTLINES if w not in words.OF_POINTS)
    for column in table.named(*outlines, *words.BOXES):
        if column.name not in own:
            _outline(study, table, column, image, found)
    _agree(found)
    used = {name for _, columns in found.lines(study.db) for name in columns}
    found.refused = {name: reason for name, reason in found.refused.items() if name not in used}
    return found


def _of_points(table: Table) -> bool:
    return not set(nouns(table.plain)).isdisjoint(words.POINTS)


def _outline(study: Study, table: Table, column: Column, image: Link | None, shapes: Shapes) -> None:
    found = read_column(study, table, column, shapes.kinds, image)
    if found.reason:
        shapes.refused[column.name] = found.reason
        return
    if found.outline is not None:
        shapes.outlines.append(found.outline)
    if found.box is not None and shapes.box is None:
        shapes.box = found.box
    elif found.box is not None:
        shapes.refused[column.name] = f"boxes come from {', '.join(shapes.box.columns) if shapes.box else ''}"


def _keypoints(study: Study, table: Table, shapes: Shapes) -> None:
    for column in table.named(*words.KEYPOINTS, *(words.OF_POINTS if _of_points(table) else ())):
        forms = [form_of(text) for text in study.db.values(table, column.name).texts]
        forms = [form for form in forms if form.kind != NOTHING]
        odd = [form for form in forms if not form.keypoints]
        if column.kind not in ("text", "json") or not forms or not few(odd, forms):
            shapes.refused[column.name] = (odd[0].why or "no x, y and visibility of each point") if odd else _EMPTY
        elif shapes.keypoints is None:
            numbers = [n for form in forms for i, n in enumerate(form.numbers) if i % 3 < 2]
            shapes.keypoints = Outline(Json(study.db, column).line, column.name, all(map(is_share, numbers)))


def _agree(shapes: Shapes) -> None:
    """Leave out what is in other units than the rest: a row has one for all its coordinates."""
    relative = shapes.relative
    where = "in pixels, where other coordinates are shares" if relative else "shares, where other coordinates are in pixels"
    for outline in [o for o in shapes.outlines if o.relative not in (None, relative)]:
        shapes.outlines.remove(outline)
        shapes.refused[outline.column] = where
    if shapes.keypoints is not None and shapes.keypoints.relative != relative:
        shapes.refused[shapes.keypoints.column] = where
        shapes.keypoints = None
    if shapes.box is not None and shapes.box.relative not in (None, relative):
        shapes.refused.update(dict.fromkeys(shapes.box.columns, where))
        shapes.box = None
