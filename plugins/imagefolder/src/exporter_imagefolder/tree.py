"""The parts of an image folder: `<split>/<class>/<file>`, or `<class>/<file>` where the source has no splits.

Images are listed in scratch while they and their classes are read once; no folder is made but for a file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.tables import Table
from exporter.vision.classes import TABLE as TAGS
from exporter.vision.classes import ImageClass, image_classes
from exporter.vision.classified import TABLE as OF_IMAGES
from exporter.vision.classified import Classified, ClassifiedImages
from exporter.vision.images import NAMES, Images, Picture
from exporter.vision.images import TABLE as PICTURES
from exporter.vision.listing import Listing
from exporter.vision.metadata import described, metadata_part
from exporter.vision.names import Naming, base_name
from exporter.vision.remaining import note_nothing
from exporter.vision.tables import by_name
from exporter_imagefolder.folders import CLASSES, folder_names
from exporter_imagefolder.rules import CONFLICT, CONFLICTS


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """classes.json, the images in their folders, and metadata.json."""
    return _Export(ctx, by_name(tables)).parts()


class _Export:
    def __init__(self, ctx: ExportContext, tables: Mapping[str, Table]) -> None:
        self._ctx = ctx
        self._classes = image_classes(ctx, tables[TAGS])
        self._folders = folder_names(self._classes)
        self._images = Images(ctx, tables[PICTURES], tables[NAMES], opened=True, naming=Naming(safe=base_name))
        self._classified = ClassifiedImages(ctx, self._images, tables[OF_IMAGES], self._classes)
        self._listing = Listing.of(ctx, wanted=True)
        self._counts: dict[int, Counter[str]] = defaultdict(Counter)

    def parts(self) -> Iterator[Part]:
        with self._listing:
            for batch in self._classified.batches():
                self._list(batch)
        self._tell()
        yield Part(CLASSES, [orjson.dumps(self._listed(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)], rows=0)
        yield from self._listing.parts(self._ctx, link=self._ctx.options.link)
        note_nothing(self._ctx, annotated=False)
        yield metadata_part(described(self._ctx, {str(c.number): c for c in self._classes}, self._images.by_split))

    def _list(self, batch: Sequence[Classified]) -> None:
        lost: list[Picture] = []
        for found in batch:
            classes = self._chosen(found)
            if not classes:
                lost.append(found.picture)
                continue
            self._listing.add(found.picture, *(self._path(found.picture, each) for each in classes))
            for each in classes:
                self._counts[each.number][found.picture.split] += 1
        if lost:
            level, message = CONFLICTS[self._ctx.options.on_conflict]
            self._images.leave_out(lost, CONFLICT, message, level=level)

    def _chosen(self, found: Classified) -> Sequence[ImageClass]:
        """The classes whose folders take the image in. Rules have left out those that none does, as far as SQL tells."""
        if len(found.classes) == 1 or self._ctx.options.on_conflict == "all":
            return found.classes
        return found.classes[:1] if self._ctx.options.on_conflict == "first" else ()

    def _path(self, picture: Picture, of: ImageClass) -> str:
        path = f"{self._folders[of.number]}/{picture.name}"
        return f"{picture.split}/{path}" if self._images.have_splits else path

    def _tell(self) -> None:
        """Note how many images there are of each class."""
        counts = {each.name: self._counts[each.number].total() for each in self._classes}
        self._ctx.report.classes = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def _listed(self) -> dict[str, Any]:
        """All classes, also those without an image."""
        return {
            "by_split": self._images.have_splits,
            "classes": [
                {
                    "number": each.number,
                    "name": each.name,
                    "folder": self._folders[each.number],
                    "images": dict(sorted(self._counts[each.number].items())),
                }
                for each in self._classes
            ],
        }
