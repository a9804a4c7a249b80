"""The images of an export, each with its annotations: for formats that write a file for each image, or tell of images one by one.

    found = AnnotatedImages.of(ctx, tables)
    for picture, objects in found.by_image(lambda drawn: ...):
        yield Part(f"{picture.name}.txt", [...], rows=len(objects))
    yield from found.files("images/{split}/{name}")
    yield found.metadata()

Images and annotations are read once, one after the other, in the same order; memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

import attrs

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.tables import Table
from exporter.vision.annotations import TABLE as ANNOTATIONS
from exporter.vision.annotations import Annotations, Drawn
from exporter.vision.images import NAMES, Images, Picture, picture_part
from exporter.vision.images import TABLE as IMAGES
from exporter.vision.labels import TABLE as LABELS
from exporter.vision.labels import Category, categories, chosen
from exporter.vision.listing import Listing
from exporter.vision.metadata import described, metadata_part
from exporter.vision.names import PATHS, Naming
from exporter.vision.remaining import leave_bare, note_nothing, out_of_order
from exporter.vision.tables import by_name

_AT_ONCE = 1000  # images that are accounted for at once
T = TypeVar("T")
W = TypeVar("W")


@attrs.define(eq=False)
class AnnotatedImages:
    """The images of one run with their annotations.

    :param known: all classes, by what an annotation names them by: the label's identifier, or its name.
    :param annotations: None where the source has none.
    """

    ctx: ExportContext
    images: Images
    known: Mapping[str, Category]
    annotations: Annotations | None

    @classmethod
    def of(
        cls, ctx: ExportContext, tables: Sequence[Table], *, naming: Naming = PATHS, cut: bool = False
    ) -> AnnotatedImages:
        """Those of the tables that `exporter.vision.tables.tables` gave.

        :param naming: how the format names images; :param cut: whether it cuts shapes at the edges of their image.
        """
        found = by_name(tables)
        images = Images(ctx, found[IMAGES], found[NAMES], opened=ctx.options.include_images, naming=naming)
        known = categories(ctx, found.get(LABELS))
        drawn = found.get(ANNOTATIONS)
        return cls(ctx, images, known, Annotations(ctx, drawn, images, known, cut=cut) if drawn is not None else None)

    @property
    def classes(self) -> list[Category]:
        """The classes that the option `label_filter` names, or all, in the order of their numbers."""
        return list(chosen(self.ctx, self.known).values())

    @property
    def splits(self) -> Mapping[str, int]:
        """How many images each split has, once all are read; `none` for those that belong to none."""
        return +self.images.by_split

    def by_image(self, write: Callable[[Drawn], W]) -> Iterator[tuple[Picture, list[W]]]:
        """Each image with what `write` makes of its annotations; where that raises `NotWritten`, one is left out and counted.

        Images without any are left out, too, where the option `only_annotated` says so. To be gone through once, to its end.
        """
        batches = self.annotations.written(write) if self.annotations is not None else iter(())
        found = ((drawn.image, made) for batch in batches for drawn, made in batch)
        for picture, each in self.grouped(found, lambda pair: pair[0]):
            yield picture, [made for _, made in each]

    def grouped(self, found: Iterable[T], image: Callable[[T], int]) -> Iterator[tuple[Picture, list[T]]]:
        """The same of whatever a format has made of `annotations`, in their order; it is read once all images are.

        :param image: gives the number of the image.
        """
        with Listing.of(self.ctx) as listing:
            for batch in self.images.batches():
                for picture in batch:
                    listing.add(picture)
        groups = groupby(found, key=image)
        at, group = next(groups, (None, iter(())))
        bare: list[Picture] = []
        for picture in listing.read():
            own: list[T] = []
            if picture.number == at:
                own = list(group)
                at, group = next(groups, (None, iter(())))
            if own or not self.ctx.options.only_annotated:
                yield picture, own
            else:
                bare.append(picture)
                self._leave_out(bare, at_least=_AT_ONCE)
        self._leave_out(bare, at_least=1)
        if at is not None:
            raise out_of_order()

    def _leave_out(self, bare: list[Picture], *, at_least: int) -> None:
        if len(bare) >= at_least:
            leave_bare(self.images, bare)
            bare.clear()

    def pictures(self) -> Iterator[Picture]:
        """The images that are written, as often as anybody likes, once `by_image` or `grouped` is through."""
        return (each for each in Listing.of(self.ctx).read() if each.number not in self.images.left)

    def files(self, place: str) -> Iterator[Part]:
        """The image files, where the option `include_images` asks for them.

        :param place: where they go, with `{split}` and `{name}` for those of an image.
        """
        if self.ctx.options.include_images:
            for picture in self.pictures():
                yield picture_part(self.ctx, picture, place.format(split=picture.split, name=picture.name))

    def metadata(self) -> Part:
        """The file metadata.json, which comes last: what was exported and how, and what became of the rows."""
        note_nothing(self.ctx, annotated=True)
        classes = {category.uid: category for category in self.classes}
        return metadata_part(described(self.ctx, classes, self.splits))
