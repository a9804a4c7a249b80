"""The parts of a YOLO export: a label file for each image, the images, data.yaml, and what is said of them all.

Images and annotations are read once, one after the other, in the same order; memory does not grow with them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from exporter.accounts import leave_out
from exporter.context import ExportContext
from exporter.errors import ExporterError
from exporter.parts import Part
from exporter.report import EXAMPLES, Finding
from exporter.tables import Table
from exporter.vision.annotations import TABLE as ANNOTATIONS
from exporter.vision.annotations import Annotations, Drawn, note_nothing
from exporter.vision.images import NAMES, Images, Picture, picture_part
from exporter.vision.images import TABLE as IMAGES
from exporter.vision.labels import TABLE as LABELS
from exporter.vision.labels import categories, chosen
from exporter.vision.listing import Listing, placeholder
from exporter.vision.metadata import described, metadata_part
from exporter.vision.names import safe_path
from exporter.vision.tables import by_name
from exporter_yolo.datayaml import data_part
from exporter_yolo.lines import Line, Writer
from exporter_yolo.names import NAMING, stem
from exporter_yolo.pose import Pose

_COLUMNS = ("image", "image_id", "path")
_CUT = "A shape reaches beyond its image; what is in the image is written."


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """Labels, images, images.csv, data.yaml and metadata.json."""
    return _Export(ctx, by_name(tables)).parts()


class _Export:
    def __init__(self, ctx: ExportContext, tables: Mapping[str, Table]) -> None:
        self._ctx = ctx
        self._images = Images(ctx, tables[IMAGES], tables[NAMES], ctx.options.include_images, NAMING)
        known = categories(ctx, tables.get(LABELS))
        self._names = [each.name for each in known.values()]
        indices = {uid: index for index, uid in enumerate(known)}
        self._pose = Pose.of(chosen(ctx, known).values()) if ctx.options.task == "pose" else None
        self._writer = Writer(ctx.options, indices, self._pose)
        drawn = tables.get(ANNOTATIONS)
        self._annotations = Annotations(ctx, drawn, self._images, known, cut=True) if drawn is not None else None
        self._known = known

    def parts(self) -> Iterator[Part]:
        with Listing.of(self._ctx) as listed:
            for batch in self._images.batches():
                for picture in batch:
                    listed.add(picture)
        yield from self._labels()
        yield from self._pictures()
        yield Part("images.csv", self._table(), rows=0)
        self._note_splits()
        note_nothing(self._ctx)
        yield data_part(+self._images.by_split, self._names, self._pose)
        yield metadata_part(self._described())

    # --- labels

    def _labels(self) -> Iterator[Part]:
        """A file for each image; an empty one says that there is nothing to be seen in it."""
        lines = groupby(self._lines(), key=lambda each: each[0].image)
        at, found = next(lines, (None, iter(())))
        bare: list[str] = []
        for picture in Listing.of(self._ctx).read():
            texts: list[bytes] = []
            if picture.number == at:
                texts = [line.text for _, line in found]
                at, found = next(lines, (None, iter(())))
            if not texts and self._ctx.options.only_annotated:
                bare.append(self._without(picture))
                continue
            name = f"labels/{picture.split}/{stem(picture.name)}.txt"
            yield Part(name, [b"".join(texts)], rows=len(texts))
        if at is not None:
            raise ExporterError("The database gave annotations in another order than their images.")
        if bare:
            message = "No annotation of the image is written; it was left out."
            leave_out(self._ctx, self._images.table, "IMAGE_NOT_ANNOTATED", message, bare, level="info")

    def _lines(self) -> Iterator[tuple[Drawn, Line]]:
        if self._annotations is None:
            return
        for batch in self._annotations.written(self._writer.line):
            cut = [drawn.uid for drawn, line in batch if line.cut]
            if cut:
                self._ctx.report.add(
                    Finding("warning", "SHAPE_CLIPPED", _CUT, len(cut), cut[:EXAMPLES], "annotation", action="replaced")
                )
            yield from batch

    def _without(self, picture: Picture) -> str:
        """Leave an image out."""
        self._images.left.add(picture.number)
        self._images.by_split[picture.split] -= 1
        return picture.uid

    # --- images

    def _written(self) -> Iterator[Picture]:
        return (each for each in Listing.of(self._ctx).read() if each.number not in self._images.left)

    def _pictures(self) -> Iterator[Part]:
        """The image files; where none are written, a note keeps the folder in which readers look for them."""
        if self._ctx.options.include_images:
            for picture in self._written():
                yield picture_part(self._ctx, picture, _place(picture))
        else:
            yield placeholder("put them here, by the names in images.csv.")

    def _table(self) -> Iterator[bytes]:
        """Which image of the source is which: names are not always those that the source has."""
        yield _row(_COLUMNS)
        for picture in self._written():
            yield _row((_place(picture), picture.uid, safe_path(picture.path)))

    # --- what is said of them all

    def _note_splits(self) -> None:
        found = +self._images.by_split
        if not found:
            return
        if "train" not in found:
            message = "There are no images of split train, so data.yaml names others for training."
            self._ctx.report.add(Finding("warning", "NO_TRAIN_IMAGES", message, record="image"))
        if "val" not in found:
            message = "There are no images of split val, so data.yaml names those for training: Ultralytics wants some."
            self._ctx.report.add(Finding("info", "NO_VAL_IMAGES", message, record="image"))

    def _described(self) -> Mapping[str, object]:
        about = described(self._ctx, self._known, +self._images.by_split)
        return {**about, "classes": {str(index): name for index, name in enumerate(self._names)}}


def _place(picture: Picture) -> str:
    return f"images/{picture.split}/{picture.name}"


def _row(cells: Sequence[str]) -> bytes:
    """A row of a CSV file (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
