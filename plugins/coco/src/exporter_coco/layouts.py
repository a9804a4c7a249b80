"""The parts of a COCO export: one file for all, or a file for each split.

Images and annotations are read once, in their order. What belongs to a split is gathered in scratch meanwhile; and so is all where
images are left out for want of annotations, which are known when all have been read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import attrs
import orjson

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.tables import Table
from exporter.vision.annotations import TABLE as ANNOTATIONS
from exporter.vision.annotations import Annotations, Drawn
from exporter.vision.images import NAMES, Images, Picture
from exporter.vision.images import TABLE as IMAGES
from exporter.vision.labels import TABLE as LABELS
from exporter.vision.labels import categories, chosen
from exporter.vision.listing import Listing, placeholder
from exporter.vision.metadata import described, metadata_part
from exporter.vision.remaining import Annotated, note_nothing
from exporter.vision.splits import NONE, SPLITS
from exporter.vision.tables import by_name
from exporter.zipwriter import file_chunks
from exporter_coco import compiled
from exporter_coco.document import Annotator, category_object, image_object

ORDER = (*SPLITS, NONE)


@attrs.frozen
class Layout:
    """Where a split's files go; `{split}` stands for its name.

    :param file: the JSON file; :param images: the folder of its images; :param names: of splits that have another name there.
    """

    file: str
    images: str
    names: Mapping[str, str] = attrs.field(factory=dict)

    def file_of(self, split: str) -> str:
        """The JSON file of a split."""
        return self.file.format(split=self.names.get(split, split))

    def images_of(self, split: str) -> str:
        """The folder of a split's images, with the slash at its end."""
        return self.images.format(split=self.names.get(split, split))


LAYOUTS = {
    "single": Layout("annotations.json", "images/"),
    "splits": Layout("annotations/instances_{split}.json", "images/{split}/"),
    "roboflow": Layout("{split}/_annotations.coco.json", "{split}/", {"val": "valid"}),  # as RF-DETR and others look for it
}


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """The JSON files, the images, and metadata.json."""
    return _Export(ctx, by_name(tables)).parts()


class _Export:
    def __init__(self, ctx: ExportContext, tables: Mapping[str, Table]) -> None:
        self._ctx = ctx
        self._layout = LAYOUTS[ctx.options.layout]
        self._images = Images(ctx, tables[IMAGES], tables[NAMES], opened=ctx.options.include_images)
        self._known = categories(ctx, tables.get(LABELS))
        self._categories = chosen(ctx, self._known)
        drawn = tables.get(ANNOTATIONS)
        self._annotations = Annotations(ctx, drawn, self._images, self._known) if drawn is not None else None
        self._annotator = Annotator(ctx.options)
        self._by_split = ctx.options.layout != "single"
        self._bare_too = not ctx.options.only_annotated
        self._listing = Listing.of(ctx, wanted=ctx.options.include_images or ctx.options.only_annotated)
        folded = {category.name.casefold() for category in self._categories.values()}
        self._doubtful = len(folded) < len(self._categories)

    def parts(self) -> Iterator[Part]:
        if self._by_split or not self._bare_too:
            yield from self._gathered()
        else:
            yield Part(
                self._layout.file,
                self._document(_joined(self._image_lines()), _joined(self._annotation_lines())),
                sound=self._sound,
            )
        yield from self._pictures()
        note_nothing(self._ctx, annotated=True)
        yield metadata_part(self._described())

    def _sound(self) -> bool:
        """Whether what a check would look for was seen to be so: identifiers and references by rules, shapes as they were read.

        Names that are alike, images of unknown size and key points are left to the check.
        """
        return self._ctx.checked and not self._doubtful

    # --- one file for all

    def _document(self, images: Iterator[bytes], annotations: Iterator[bytes]) -> Iterator[bytes]:
        """The JSON text, `info` last: it tells what became of the rows."""
        yield b'{\n"licenses": [],\n"categories": [\n'
        yield from _joined(map(orjson.dumps, map(category_object, self._categories.values())))
        yield b'\n],\n"images": [\n'
        yield from images
        yield b'\n],\n"annotations": [\n'
        yield from annotations
        yield b'\n],\n"info": '
        yield orjson.dumps(self._info())
        yield b"\n}\n"

    def _image_lines(self) -> Iterator[bytes]:
        with self._listing:
            for batch in self._images.batches():
                for picture in batch:
                    self._list(picture)
                if batch:
                    yield b",\n".join(self._image(picture) for picture in batch)

    def _annotation_lines(self) -> Iterator[bytes]:
        if self._annotations is None:
            return
        write, line = self._annotator.line, compiled.line(self._ctx, self._annotations.table, self._known)
        for block in self._annotations.written(write) if line is None else self._annotations.blocks(line, write):
            if isinstance(block, bytes):
                yield block.removesuffix(compiled.SEPARATOR.encode())
            elif block:
                self._doubt(block)
                yield b",\n".join(text for _, text in block)

    def _image(self, picture: Picture) -> bytes:
        return orjson.dumps(image_object(picture))

    def _annotated(self) -> Iterator[list[tuple[Drawn, bytes]]]:
        """Annotations with their lines, in batches."""
        return self._annotations.written(self._annotator.line) if self._annotations is not None else iter(())

    # --- gathered in scratch

    def _gathered(self) -> Iterator[Part]:
        with _Gathered(self._ctx.scratch) as gathered:
            self._gather(gathered)
        for split in self._files():
            lines = (gathered.lines(what, split) for what in ("images", "annotations"))
            yield Part(self._layout.file_of(split), self._document(*lines), rows=gathered.rows(split), sound=self._sound)

    def _gather(self, gathered: _Gathered) -> None:
        annotated = Annotated(self._images)
        with self._listing:
            for batch in self._images.batches():
                for picture in batch:
                    self._list(picture)
                    if self._bare_too:
                        gathered.add("images", self._file(picture.split), self._image(picture))
        for found in self._annotated():
            self._doubt(found)
            annotated.note(drawn.image for drawn, _ in found)
            for drawn, line in found:
                gathered.add("annotations", self._file(drawn.split), line)
        if not self._bare_too:
            for picture in annotated.kept(self._listing.read()):
                gathered.add("images", self._file(picture.split), self._image(picture))

    def _file(self, split: str) -> str:
        """The split whose file an image is in; the empty text where there is one file for all."""
        return split if self._by_split else ""

    def _files(self) -> Sequence[str]:
        """The splits that have files; without any image train has one, so that readers find none in it."""
        if not self._by_split:
            return ("",)
        return [split for split in ORDER if split in self._images.by_split] or SPLITS[:1]

    # --- images

    def _doubt(self, block: Sequence[tuple[Drawn, bytes]]) -> None:
        self._doubtful = self._doubtful or any(drawn.shape.keypoints for drawn, _ in block)

    def _list(self, picture: Picture) -> None:
        self._doubtful = self._doubtful or picture.width is None or picture.height is None
        self._listing.add(picture, self._layout.images_of(picture.split) + picture.name)

    def _pictures(self) -> Iterator[Part]:
        """The image files; where none are written, a note keeps the folder in which readers look for them."""
        if self._ctx.options.include_images:
            yield from self._listing.parts(self._ctx, without=self._images.left)
        elif self._layout.images.startswith("images/"):
            yield placeholder("put them here, by the names in file_name.")

    # --- what it says of itself

    def _described(self) -> dict[str, Any]:
        return described(self._ctx, self._categories, self._images.by_split)

    def _info(self) -> dict[str, Any]:
        export = {
            **self._described(),
            "area": "of the shape in the plane; of a mask its pixels",
            "image_folder": self._layout.images,
        }
        name = self._ctx.source.name
        return {
            "description": f"{name}, exported for {self._ctx.options.export_mode}",
            "version": "1",
            "year": self._ctx.clock().year,
            "date_created": self._ctx.clock().isoformat(timespec="seconds"),
            "export": export,
        }


def _joined(blocks: Iterator[bytes]) -> Iterator[bytes]:
    before = b""
    for block in blocks:
        yield before + block
        before = b",\n"


class _Gathered:
    """Lines by what they are and by split, in files in scratch."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._files: dict[tuple[str, str], BinaryIO] = {}
        self._rows: dict[str, int] = defaultdict(int)
        self._stack = ExitStack()

    def __enter__(self) -> _Gathered:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, what: str, split: str, line: bytes) -> None:
        file = self._files.get((what, split))
        if file is None:
            file = self._files[what, split] = self._stack.enter_context(self._path(what, split).open("wb"))
        else:
            file.write(b",\n")
        file.write(line)
        self._rows[split] += 1

    def lines(self, what: str, split: str) -> Iterator[bytes]:
        if (what, split) in self._files:
            yield from file_chunks(self._path(what, split))

    def rows(self, split: str) -> int:
        return self._rows[split]

    def _path(self, what: str, split: str) -> Path:
        return self._scratch / f"{what}-{split}"
