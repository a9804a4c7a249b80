"""The parts of a CSV manifest. Its rows are gathered in scratch, while images and their classes are read once."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO

from exporter.context import ExportContext
from exporter.formulas import is_formula
from exporter.parts import Part
from exporter.report import EXAMPLES, Finding
from exporter.tables import Table
from exporter.vision.classes import TABLE as TAGS
from exporter.vision.classes import image_classes
from exporter.vision.classified import TABLE as CLASSES
from exporter.vision.classified import Classified, ClassifiedImages
from exporter.vision.images import NAMES, Images
from exporter.vision.images import TABLE as PICTURES
from exporter.vision.listing import Listing, placeholder
from exporter.vision.metadata import described, metadata_part
from exporter.vision.remaining import note_nothing
from exporter.vision.tables import by_name
from exporter_csv_manifest.about import named
from exporter_csv_manifest.columns import COLUMNS, IMAGES, MANIFEST, METADATA, joined
from exporter_csv_manifest.croissant import croissant_part


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """The CSV files, the images, croissant.json and metadata.json."""
    return _Export(ctx, by_name(tables)).parts()


class _Export:
    def __init__(self, ctx: ExportContext, tables: Mapping[str, Table]) -> None:
        self._ctx = ctx
        self._about = named(ctx, tables)
        self._classes = image_classes(ctx, tables[TAGS])
        self._images = Images(ctx, tables[PICTURES], tables[NAMES], opened=ctx.options.include_images)
        self._classified = ClassifiedImages(ctx, self._images, tables[CLASSES], self._classes)
        self._listing = Listing.of(ctx, wanted=ctx.options.include_images)
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._rows: Counter[str] = Counter()
        self._formulas: list[str] = []

    def parts(self) -> Iterator[Part]:
        self._gather()
        self._tell()
        for file in COLUMNS:
            yield Part(file, path=self._ctx.scratch / file, rows=self._rows[file])
        yield from self._listing.parts(self._ctx)
        if not self._ctx.options.include_images:
            yield placeholder("put them here, by the names in image_path.")
        note_nothing(self._ctx, annotated=False)
        yield croissant_part(self._ctx, self._about)
        yield metadata_part(self._described())

    def _gather(self) -> None:
        with ExitStack() as stack:
            stack.enter_context(self._listing)
            files = {file: stack.enter_context((self._ctx.scratch / file).open("wb")) for file in COLUMNS}
            for file, columns in COLUMNS.items():
                _write(files[file], [[column.name for column in columns]])
            for batch in self._classified.batches():
                self._add(batch, files)

    def _add(self, batch: Sequence[Classified], files: Mapping[str, BinaryIO]) -> None:
        rows: dict[str, list[list[str]]] = {file: [] for file in COLUMNS}
        for found in batch:
            together = joined(found)
            by_rows = self._ctx.options.multi_label == "rows"
            cells = {MANIFEST: [each.name for each in found.classes] if by_rows else [together], METADATA: [together]}
            for file, columns in COLUMNS.items():
                rows[file] += [[column.cell(found, classes) for column in columns] for classes in cells[file]]
            self._counts[found.picture.split].update(each.name for each in found.classes)
            self._listing.add(found.picture, IMAGES + found.picture.name)
            self._formulas += [text for text in (*cells[MANIFEST], found.picture.uid) if is_formula(text)]
        for file, made in rows.items():
            _write(files[file], made)
            self._rows[file] += len(made)
        self._tell_formulas()

    def _tell_formulas(self) -> None:
        if self._formulas:
            message = "A spreadsheet would run the text of a cell as a formula; it is written as it is, for machines."
            count, examples = len(self._formulas), self._formulas[:EXAMPLES]
            self._ctx.report.add(
                Finding("info", "CELL_LIKE_FORMULA", message, count, examples, part=MANIFEST, action="kept")
            )
            self._formulas.clear()

    def _tell(self) -> None:
        """Note how many images there are of each class."""
        total = sum(self._counts.values(), Counter[str]())
        counts = {each.name: total[each.name] for each in self._classes}
        self._ctx.report.classes = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def _described(self) -> dict[str, Any]:
        splits = {split: dict(counts) for split, counts in sorted(self._counts.items())}
        classes = {str(each.number): each for each in self._classes}
        return {
            **described(self._ctx, classes, self._images.by_split),
            "classes_by_split": splits,
        }


def _write(file: BinaryIO, rows: Iterable[Iterable[str]]) -> None:
    """Rows as RFC 4180 has them: CRLF, quotes where they are needed."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    file.write(buffer.getvalue().encode())
