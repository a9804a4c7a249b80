"""The format `csv-manifest`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.format import Format
from exporter.options import option
from exporter.vision.options import ClassOptions, ImageOptions, need_media

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.source import Source
    from exporter.tables import Table


@attrs.frozen
class Options(ImageOptions, ClassOptions):
    """What a CSV manifest can be told."""

    multi_label: str = option(
        default="rows",
        choices=("rows", "column"),
        help="An image of several classes: rows, one for each; column, one row with the names joined by |, in which a | or a "
        "backslash of a name has a backslash before it",
    )
    license: str | None = option(
        default=None, help="The licence of the data set, as an SPDX identifier or an address, for croissant.json"
    )


class CsvManifest(Format[Options]):
    """Image paths with classes and splits in one CSV file, for pandas, Hugging Face datasets, mlcroissant and others."""

    name = "csv-manifest"
    title = "CSV manifest"
    family = "vision"
    extension = "zip"
    media_type = "application/zip"
    modes = ("classification",)
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"manifest_csv": {}}
    identified = ("image", "tag")

    def options_for(self, options: Options, source: Source) -> Options:
        """Refuse what this source cannot serve, options of the other mode, and a mapping that is none."""
        from exporter.vision.classes import check_options

        if options.include_images:
            need_media(source)
        check_options(options)
        return options

    def prepare_figure(self, options: Options) -> None:
        """What draws is an extra of its own."""
        from exporter.figures import require

        require("exporter-csv-manifest")

    def warm(self, options: Options) -> None:
        """Import what serializing needs."""
        from exporter_csv_manifest import manifest  # noqa: F401

    def reads(self, options: Options) -> frozenset[str]:
        """Images and their tags."""
        return frozenset({"image", "image_tag"})

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """Images without path, split or class, and tags that make none."""
        from exporter.vision import images
        from exporter.vision.classified import Tagging

        found = images.rules(ctx, records, by_split=images.has_splits(ctx, records))
        return [*found, *Tagging.of(ctx, records).rules()]

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """Images, tags, which images have which, and what the data set is called."""
        from exporter.vision.tables import classified_tables
        from exporter_csv_manifest.about import about_tables

        return [*classified_tables(ctx, records), *about_tables(records)]

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """manifest.csv, metadata.csv, the images, croissant.json and metadata.json."""
        from exporter_csv_manifest.manifest import parts

        return parts(ctx, tables)

    def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
        """Images, their classes by split, and what was found."""
        from exporter.vision.classified import classes_of_images
        from exporter.vision.sheet import draw

        return draw(ctx, tables, file, classified=classes_of_images)

    def exporter_check(
        self, file: Path, options: Options, receipts: Mapping[str, Receipt] | None = None
    ) -> Iterable[Finding]:
        """Whether its columns are there, its paths lead to images, and its classes and splits can be learnt from."""
        from exporter_csv_manifest.checks import check

        return check(file, receipts or {})

    def recognises(self, file: Path) -> bool:
        """Whether it is a manifest.csv with our columns, or a zip or folder that holds one at its top."""
        from exporter_csv_manifest.files import recognised

        return recognised(file)

    def resembles(self, file: Path) -> bool:
        """A file of that name; that a file is a zip says nothing of what is in it."""
        return file.name == "manifest.csv"
