"""The images of an export with their classes: which have none, which have which, and in what order."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Join, Select, case, func, literal, not_, null

from exporter.accounts import leave_out, leave_out_rest
from exporter.context import ExportContext
from exporter.database import fetch, searches_only, statement
from exporter.errors import ExporterError, InputError
from exporter.joinorder import in_order
from exporter.records.conditions import Condition
from exporter.report import Report
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value, plain_fields, value
from exporter.vision.classes import TABLE as TAGS
from exporter.vision.classes import ImageClass, TagRows, image_classes, tag_table
from exporter.vision.images import NAMES, Images, Picture
from exporter.vision.images import TABLE as IMAGES
from exporter.vision.numbers import Numbers

Rows = Mapping[str, RecordRows]
TABLE = "classes of images"
NO_CLASS = "The image has no class; it was left out. The option 'unclassified' names a class for such images."
_FACT = struct.Struct("<qi")  # the number of an image, and the place of one of its tags
_FACTS = 4096  # that are read back at once


# --- in SQL


@attrs.frozen(eq=False)
class Tagging:
    """Which tags of which images make classes, as conditions on the record image_tag.

    :param classes: all there are.
    """

    ctx: ExportContext
    records: Rows
    classes: Sequence[ImageClass]

    @classmethod
    def of(cls, ctx: ExportContext, records: Rows) -> Tagging:
        """That of a run.

        :raises InputError: when the source has no tags of images, or options name what it does not have.
        """
        row = records.get("image_tag")
        if row is None or not row.has("image_id", "tag_id"):
            raise InputError(
                f"Source '{ctx.source.name}' does not say which tags images have, and they make the classes.",
                hint="Map the record 'image_tag' with `image_id` and `tag_id`.",
            )
        quiet = attrs.evolve(ctx, report=Report(), reader=ctx.reader.aside())
        return cls(ctx, records, image_classes(quiet, tag_table(ctx, records)))

    @property
    def row(self) -> RecordRows:
        """The tags of images."""
        return self.records["image_tag"]

    @cached_property
    def chosen(self) -> Condition:
        """That a tag of an image makes a class."""
        column: ColumnElement[Any] = self.row.columns["tag_id"]
        if self.ctx.connection.dialect.name == "sqlite":
            column = func.coalesce(column, null())  # an index on tags would find all their images for each image
        wanted = sorted({tag.number for each in self.classes for tag in each.tags})
        known = TagRows.of(self.ctx, self.records)
        query = known.query.where(known.number.in_(wanted))
        if "tag" in self.records:
            query = query.where(*self.records["tag"].filters)
        made: Condition = column.in_(query.with_only_columns(known.tag_id, maintain_column_froms=True))
        return made

    def rules(self) -> list[Rule]:
        """Images without a class, unless a class of their own takes them, and tags that make none."""
        message = "The tag makes no class of this export; it was left out."
        found = [Rule("image_tag", "TAG_NOT_CHOSEN", message, "info", where=not_(self.chosen))]
        if self.ctx.options.unclassified is None:
            found.append(Rule("image", "NO_CLASS", NO_CLASS, where=self._without()))
        return found

    def several(self) -> Condition:
        """That an image has more than one class."""
        query, number = self._numbered(self.row.filtered().where(self.chosen))
        joined = [(number.in_(_numbers(each)), _numbers(each)[0]) for each in self.classes if len(each.tags) > 1]
        first = case(*joined, else_=number) if joined else number
        times = Counter(number for each in self.classes for number in _numbers(each))
        shared = [each for each, count in times.items() if count > 1]
        differs = func.min(first) != func.max(first)
        if shared:
            differs |= func.max(case((number.in_(shared), 1), else_=0)) == 1
        of = self.row.columns["image_id"]
        images = query.group_by(of).having(differs).with_only_columns(of, maintain_column_froms=True)
        found: Condition = self.records["image"].columns["image_id"].in_(images)
        return found

    def counts(self) -> dict[str, int]:
        """Images by class, as the database counts them before any is read; one of several classes counts in each."""
        query, number = self._numbered(self.row.select())
        images = func.count(self.row.columns["image_id"].distinct())

        def counted(query: Select[Any], *columns: ColumnElement[Any]) -> list[Any]:
            wanted = query.with_only_columns(*columns, images, maintain_column_froms=True)
            return fetch(self.ctx.connection, wanted.group_by(*columns))

        known: dict[tuple[int, ...], int] = {(int(tag),): int(count) for tag, count in counted(query, number)}
        for each in self.classes:
            if len(each.tags) > 1:
                known[_numbers(each)] = int(counted(query.where(number.in_(_numbers(each))))[0][0])
        found = {each.name: known.get(_numbers(each), 0) for each in self.classes}
        if self.ctx.options.unclassified is not None:
            found[self.ctx.options.unclassified] += self.ctx.report.records["image"].written - int(counted(query)[0][0])
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def _numbered(self, query: Select[Any]) -> tuple[Select[Any], ColumnElement[Any]]:
        """Tags of images with the numbers of the tags."""
        known = TagRows.of(self.ctx, self.records)
        ids = known.query.with_only_columns(
            known.tag_id.label("tag_id"), known.number.label("number"), maintain_column_froms=True
        )
        tags = ids.subquery("tag_numbers")
        return query.join(tags, tags.c.tag_id == self.row.columns["tag_id"]), tags.c.number

    def _without(self) -> Condition:
        """That no tag of an image makes a class. Where no index of SQLite serves the look-up, it lists all images that have one."""
        image, of = self.records["image"], self.row.columns["image_id"]
        known = self.row.filtered().where(self.chosen, of.is_not(None))
        one = known.where(of == image.columns["image_id"]).with_only_columns(literal(1), maintain_column_froms=True)
        looked_up = ~one.exists()
        if self.ctx.connection.dialect.name != "sqlite":
            return looked_up
        count = image.filtered().with_only_columns(func.sum(case((looked_up, 1), else_=0)), maintain_column_froms=True)
        if searches_only(self.ctx.connection, statement(self.ctx.connection, count)):
            return looked_up
        listed: Condition = image.columns["image_id"].not_in(known.with_only_columns(of, maintain_column_froms=True))
        return listed


def _numbers(of: ImageClass) -> tuple[int, ...]:
    return tuple(tag.number for tag in of.tags)


# --- as they are read


def class_table(ctx: ExportContext, records: Rows, numbered: Numbers) -> Table:
    """The tags of images that make classes, in the order of the images' keys and then of their own.

    :param numbered: how the images are.
    """
    return in_order(ctx, lambda joined: _class_table(ctx, records, numbered, joined))


def _class_table(ctx: ExportContext, records: Rows, numbered: Numbers, joined: Callable[..., Join]) -> Table:
    row, image = records["image_tag"], records["image"]
    of = RecordRows(image.bound, image.select().subquery("image_of"))
    both = joined(of.alias, row.alias, of.columns["image_id"] == row.columns["image_id"])
    start, number = numbered.joined(both, of.alias)
    given = {"number": Value(number), "tag_id": value(row, "tag_id")}
    query = TableQuery(row.select_beside("image").select_from(start), given, of.key, row.key)
    return Table(TABLE, "image_tag", plain_fields(["number", "tag_id"]), (query,), whole=ctx.checked)


@attrs.frozen(slots=True)
class Classified:
    """An image to write, with its classes in their order."""

    picture: Picture
    classes: tuple[ImageClass, ...]


@attrs.define(eq=False)
class ClassifiedImages:
    """The images of one run with their classes: tags are read first, and wait in scratch until their image comes by.

    :param table: what `class_table` gave; :param classes: all there are.
    """

    ctx: ExportContext
    images: Images
    table: Table
    classes: Sequence[ImageClass]
    _places: dict[str, int] = attrs.field(factory=dict, init=False)
    _of_tag: list[tuple[int, ...]] = attrs.field(factory=list, init=False)
    _otherwise: tuple[ImageClass, ...] = attrs.field(default=(), init=False)

    def __attrs_post_init__(self) -> None:
        places: dict[str, list[int]] = {}
        for place, each in enumerate(self.classes):
            for tag in each.tags:
                places.setdefault(tag.uid, []).append(place)
        self._places = {tag: i for i, tag in enumerate(places)}
        self._of_tag = [tuple(each) for each in places.values()]
        self._otherwise = tuple(each for each in self.classes if each.name == self.ctx.options.unclassified)

    def batches(self) -> Iterator[list[Classified]]:
        """The images in batches, in the order of their key, without those that are left out."""
        facts = _Facts(self._spooled(), self.images.left)
        for pictures in self.images.batches():
            found = [Classified(p, self._classes(facts.of(p))) for p in pictures]
            lost = [each.picture for each in found if not each.classes]
            if lost:
                self.images.leave_out(lost, "NO_CLASS", NO_CLASS)
            yield [each for each in found if each.classes]
            self._lose(facts)
        facts.finish()
        self._lose(facts)

    def _lose(self, facts: _Facts) -> None:
        """Account for tags of images that were left out."""
        if facts.lost:
            message = "The image that the image_tag belongs to was left out; the image_tag was left out with it."
            images = [f"image {number}" for number in facts.lost]
            leave_out(self.ctx, self.table, "IMAGE_LEFT_OUT", message, images, level="info")
            facts.lost.clear()

    def _spooled(self) -> Path:
        path = self.ctx.scratch / "classes of images"
        unknown: list[str] = []
        with path.open("wb") as file:
            for batch in self.ctx.texts(self.table):
                known = [(int(number), self._places[tag]) for number, tag in batch if tag in self._places]
                unknown += [tag for _, tag in batch if tag not in self._places]
                file.write(b"".join([_FACT.pack(*each) for each in known]))
        if unknown:
            leave_out(self.ctx, self.table, "TAG_MISSING", "The tag is not there; it was left out.", unknown)
        leave_out_rest(self.ctx, self.table, "IMAGE_MISSING", "The image of the tag is not there; the tag was left out.")
        return path

    def _classes(self, tags: Sequence[int]) -> tuple[ImageClass, ...]:
        if not tags:
            return self._otherwise
        return tuple(self.classes[place] for place in sorted({place for tag in tags for place in self._of_tag[tag]}))


class _Facts:
    """What was spooled, read once in the order of the images.

    :param left: images that were left out; :ivar lost: their numbers, once for each of their tags.
    """

    def __init__(self, path: Path, left: Collection[int]) -> None:
        self.lost: list[int] = []
        self._left = left
        self._facts = _unpacked(path)
        self._next = next(self._facts, None)

    def of(self, picture: Picture) -> list[int]:
        """The tags of an image, which is the next that was not left out."""
        found = []
        while self._next is not None:
            number, tag = self._next
            if number == picture.number:
                found.append(tag)
            elif number in self._left:
                self.lost.append(number)
            else:
                break
            self._next = next(self._facts, None)
        return found

    def finish(self) -> None:
        """See that nothing is left over but tags of images that were left out.

        :raises ExporterError: when images and their tags came in two orders, which is a fault of ours.
        """
        while self._next is not None:
            if self._next[0] not in self._left:
                raise ExporterError(f"The tags of image {self._next[0]} came out of order.")
            self.lost.append(self._next[0])
            self._next = next(self._facts, None)


def _unpacked(path: Path) -> Iterator[tuple[int, int]]:
    with path.open("rb") as file:
        while block := file.read(_FACT.size * _FACTS):
            yield from _FACT.iter_unpack(block)


def classes_of_images(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[tuple[int, str, list[str]]]:
    """Number, split and names of the classes of each image, in the order of the images: what a figure shows."""
    found = {each.name: each for each in tables}
    images = Images(ctx, found[IMAGES], found[NAMES], opened=False)
    for batch in ClassifiedImages(ctx, images, found[TABLE], image_classes(ctx, found[TAGS])).batches():
        for each in batch:
            yield each.picture.number, each.picture.split, [c.name for c in each.classes]
