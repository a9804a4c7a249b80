"""What the sheet shows, read from the tables of the export once more: nothing of it counts for the run or is found twice.

Classes are counted over all rows, images are chosen on the same way; shapes are read of the chosen images alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import select
from sqlalchemy.sql.selectable import Select

from exporter.context import ExportContext
from exporter.report import Report
from exporter.tables import Table, plain_fields
from exporter.vision.annotations import TABLE as ANNOTATIONS
from exporter.vision.annotations import Annotations
from exporter.vision.geometry.shape import Shape
from exporter.vision.images import NAMES, Images, Picture
from exporter.vision.images import TABLE as IMAGES
from exporter.vision.labels import TABLE as LABELS
from exporter.vision.labels import Category, categories
from exporter.vision.options import STORED
from exporter.vision.sheet.spread import Spread
from exporter.vision.splits import NONE
from exporter.vision.tables import by_name

if TYPE_CHECKING:
    from exporter.vision.sheet import Classified, Shown

MOST_IMAGES = 12
MOST_SHAPES = 200  # of one image: more are a blot


@attrs.define(eq=False)
class Shot:
    """An image of the contact sheet.

    :param shapes: what is drawn over it, each with its class; :param more: how many shapes there are beyond.
    :param classes: of the image itself.
    """

    picture: Picture
    shapes: list[tuple[Category, Shape]] = attrs.field(factory=list)
    more: int = 0
    classes: tuple[Category, ...] = ()


@attrs.frozen(eq=False)
class Found:
    """What the sheet shows.

    :param of: the record that classes are counted in: annotation or image.
    :param counts: rows by class, and of each by split; :param images: how many images there were to choose from.
    """

    of: str
    counts: Mapping[Category, Counter[str]]
    shots: Sequence[Shot]

    @property
    def total(self) -> int:
        """Rows that were counted; an image of two classes counts in both."""
        return sum(sum(each.values()) for each in self.counts.values())


Survey = Callable[[ExportContext, Sequence[Table]], Found]


def of_annotations(shown: Shown | None) -> Survey:
    """Of a format that writes annotations."""
    return lambda ctx, tables: _Annotated(_quiet(ctx), by_name(tables), shown or (lambda drawn: drawn.shape)).found()


def of_images(classified: Classified) -> Survey:
    """Of a format that writes classes of images."""
    return lambda ctx, tables: _classified(_quiet(ctx), tables, classified)


def _quiet(ctx: ExportContext) -> ExportContext:
    """A context for another look, in the frame that people see images in."""
    options = attrs.evolve(ctx.options, frame="displayed") if hasattr(ctx.options, "frame") else ctx.options
    return attrs.evolve(ctx, report=Report(), reader=ctx.reader.aside(), options=options, checked=False)


@attrs.frozen(eq=False)
class _Annotated:
    ctx: ExportContext
    tables: Mapping[str, Table]
    shown: Shown

    def found(self) -> Found:
        known = categories(self.ctx, self.tables.get(LABELS))
        counts: dict[Category, Counter[str]] = defaultdict(Counter)
        drawn_on: Spread[int] = Spread()
        before = None
        for image, split, uid in self._marks():
            if uid in known:
                counts[known[uid]][split] += 1
            if image != before:
                drawn_on.add(image)
                before = image
        chosen = drawn_on.chosen(MOST_IMAGES)
        if len(chosen) < MOST_IMAGES:
            chosen += self._others(frozenset(chosen), MOST_IMAGES - len(chosen))
        return Found("annotation", counts, self._shots(chosen, known))

    def _marks(self) -> Iterator[tuple[int, str, str]]:
        """Image, split and class of each annotation, in the order of the images."""
        if ANNOTATIONS not in self.tables:
            return
        headers = ("image", "label_id", "class_name", "image_split", *self._naming("image_image_id", "image_path"))
        for batch in self.ctx.texts(_columns(self.tables[ANNOTATIONS], headers)):
            for image, label, name, stored, *naming in batch:
                split = self._split(stored, naming)
                if split is not None:
                    yield int(image), split, label or name

    def _others(self, drawn_on: frozenset[int], number: int) -> list[int]:
        """Images that nothing is drawn on."""
        bare: Spread[int] = Spread()
        headers = ("number", "split", *self._naming("image_id", "path"))
        for batch in self.ctx.texts(_columns(self.tables[IMAGES], headers)):
            for image, stored, *naming in batch:
                if int(image) not in drawn_on and self._split(stored, naming) is not None:
                    bare.add(int(image))
        return bare.chosen(number)

    def _shots(self, chosen: Sequence[int], known: Mapping[str, Category]) -> list[Shot]:
        images, shots = _pictures(self.ctx, self.tables, chosen)
        if ANNOTATIONS not in self.tables or not shots:
            return list(shots.values())
        narrowed = _narrowed(self.tables[ANNOTATIONS], _keys(self.tables, chosen))
        for batch in Annotations(self.ctx, narrowed, images, known).batches():
            for drawn in batch:
                shape, shot = self.shown(drawn), shots[drawn.image]
                if shape is not None and len(shot.shapes) < MOST_SHAPES:
                    shot.shapes.append((drawn.category, shape))
                else:
                    shot.more += shape is not None
        return list(shots.values())

    @cached_property
    def _images(self) -> Images:
        return Images(self.ctx, self.tables[IMAGES], self.tables[NAMES], opened=False)

    def _naming(self, *headers: str) -> tuple[str, ...]:
        """The columns that a splitter takes, where there is one."""
        return () if self.ctx.options.split_by == STORED else headers

    def _split(self, stored: str, naming: Sequence[str]) -> str | None:
        """The split of an image; None where a file of splits leaves the image out."""
        if not naming:
            return stored or NONE
        image_id, path = naming
        split = self._images.split(image_id, path, stored)
        return None if split == NONE else split


def _classified(ctx: ExportContext, tables: Sequence[Table], classified: Classified) -> Found:
    found: dict[str, Category] = {}
    counts: dict[Category, Counter[str]] = defaultdict(Counter)
    spread: Spread[tuple[int, tuple[str, ...]]] = Spread()
    for image, split, names in classified(ctx, tables):
        spread.add((image, tuple(names)))
        for name in names:
            counts[found.setdefault(name, Category(len(found) + 1, name, name))][split] += 1
    chosen = dict(spread.chosen(MOST_IMAGES))
    _, shots = _pictures(ctx, by_name(tables), list(chosen))
    for number, shot in shots.items():
        shot.classes = tuple(found[name] for name in chosen[number])
    return Found("image", counts, list(shots.values()))


# --- a few rows of a table


def _columns(table: Table, headers: Sequence[str]) -> Table:
    """Some columns of a table alone."""
    fields = {h: table.columns.get(h) or plain_fields([h])[h] for h in headers}
    queries = (attrs.evolve(q, values={h: q.values[h] for h in headers if h in q.values}) for q in table.queries)
    return attrs.evolve(table, columns=fields, queries=tuple(queries), whole=False)


def _pictures(ctx: ExportContext, tables: Mapping[str, Table], numbers: Sequence[int]) -> tuple[Images, dict[int, Shot]]:
    """The images of these numbers, by number, in the order of the export."""
    keys = _keys(tables, numbers)
    (query,) = tables[IMAGES].queries
    assert query.order is not None
    names = attrs.evolve(tables[NAMES].queries[0], query=tables[NAMES].queries[0].query.where(query.order.in_(keys)))
    images = Images(ctx, _narrowed(tables[IMAGES], keys), attrs.evolve(tables[NAMES], queries=(names,)), opened=False)
    return images, {p.number: Shot(p) for batch in images.batches() for p in batch}


def _keys(tables: Mapping[str, Table], numbers: Sequence[int]) -> Select[tuple[object]]:
    """The keys of the images of these numbers; never a value of theirs, whatever its type is."""
    (query,) = tables[IMAGES].queries
    assert query.order is not None
    rows = query.query.where(query.values["number"].expression.in_(numbers))
    return select(rows.with_only_columns(query.order.label("key"), maintain_column_froms=True).subquery("chosen").c.key)


def _narrowed(table: Table, keys: Select[tuple[object]]) -> Table:
    """The rows of a table that is in the order of images, of these images alone."""
    (query,) = table.queries
    assert query.order is not None
    return attrs.evolve(table, queries=(attrs.evolve(query, query=query.query.where(query.order.in_(keys))),), whole=False)
