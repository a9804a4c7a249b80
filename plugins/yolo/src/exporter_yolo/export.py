"""The parts of a YOLO export: a label file for each image, the images, data.yaml, and what is said of them all.

Images and annotations are read once, one after the other, in the same order; memory does not grow with them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.report import EXAMPLES, Finding
from exporter.tables import Table
from exporter.vision.annotated import AnnotatedImages
from exporter.vision.annotations import Drawn
from exporter.vision.listing import placeholder
from exporter.vision.metadata import described, metadata_part
from exporter.vision.names import safe_path
from exporter.vision.remaining import note_nothing
from exporter_yolo import compiled
from exporter_yolo.compiled import Lines
from exporter_yolo.datayaml import data_part
from exporter_yolo.lines import Line, Writer
from exporter_yolo.names import NAMING, stem
from exporter_yolo.pose import Pose

_PLACE = "images/{split}/{name}"
_COLUMNS = ("image", "image_id", "path")
_SOUND = (lambda: False, lambda: True)
_CUT = "A shape reaches beyond its image; what is in the image is written."


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """Labels, images, images.csv, data.yaml and metadata.json."""
    return _Export(ctx, tables).parts()


class _Export:
    def __init__(self, ctx: ExportContext, tables: Sequence[Table]) -> None:
        self._ctx = ctx
        self._found = AnnotatedImages.of(ctx, tables, naming=NAMING, cut=True)
        known = self._found.known
        self._names = [each.name for each in known.values()]
        indices = {uid: index for index, uid in enumerate(known)}
        self._pose = Pose.of(self._found.classes) if ctx.options.task == "pose" else None
        self._writer = Writer(ctx.options, indices, self._pose)
        self._indices = {uid.encode(): str(index).encode() for uid, index in indices.items()}

    def parts(self) -> Iterator[Part]:
        yield from self._labels()
        yield from self._pictures()
        yield Part("images.csv", self._table(), rows=0)
        self._note_splits()
        note_nothing(self._ctx, annotated=True)
        yield data_part(self._found.splits, self._names, self._pose)
        yield metadata_part(self._described())

    # --- labels

    def _labels(self) -> Iterator[Part]:
        """A file for each image; an empty one says that there is nothing to be seen in it."""
        for picture, texts in self._found.grouped(self._lines(), attrgetter("image")):
            name = f"labels/{picture.split}/{stem(picture.name)}.txt"
            rows, sound = sum(each.rows for each in texts), all(each.sound for each in texts)
            yield Part(name, [b"".join([each.text for each in texts])], rows=rows, sound=_SOUND[sound])

    def _lines(self) -> Iterator[Lines]:
        annotations = self._found.annotations
        if annotations is None:
            return
        write, line = self._writer.line, compiled.line(self._ctx, annotations.table, self._found.known)
        for block in annotations.written(write) if line is None else annotations.blocks(line, write):
            if isinstance(block, bytes):
                yield from compiled.by_image(block, self._indices)
            else:
                self._note_cut(block)
                yield from (Lines(drawn.image, line.text, 1, sound=False) for drawn, line in block)

    def _note_cut(self, batch: Sequence[tuple[Drawn, Line]]) -> None:
        cut = [drawn.uid for drawn, line in batch if line.cut]
        if cut:
            self._ctx.report.add(
                Finding("warning", "SHAPE_CLIPPED", _CUT, len(cut), cut[:EXAMPLES], "annotation", action="replaced")
            )

    # --- images

    def _pictures(self) -> Iterator[Part]:
        """The image files; where none are written, a note keeps the folder in which readers look for them."""
        yield from self._found.files(_PLACE)
        if not self._ctx.options.include_images:
            yield placeholder("put them here, by the names in images.csv.")

    def _table(self) -> Iterator[bytes]:
        """Which image of the source is which: names are not always those that the source has."""
        yield _row(_COLUMNS)
        for picture in self._found.pictures():
            yield _row((_PLACE.format(split=picture.split, name=picture.name), picture.uid, safe_path(picture.path)))

    # --- what is said of them all

    def _note_splits(self) -> None:
        found = self._found.splits
        if not found:
            return
        if "train" not in found:
            message = "There are no images of split train, so data.yaml names others for training."
            self._ctx.report.add(Finding("warning", "NO_TRAIN_IMAGES", message, record="image"))
        if "val" not in found:
            message = "There are no images of split val, so data.yaml names those for training: Ultralytics wants some."
            self._ctx.report.add(Finding("info", "NO_VAL_IMAGES", message, record="image"))

    def _described(self) -> Mapping[str, object]:
        about = described(self._ctx, self._found.known, self._found.splits)
        return {**about, "classes": {str(index): name for index, name in enumerate(self._names)}}


def _row(cells: Sequence[str]) -> bytes:
    """A row of a CSV file (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
