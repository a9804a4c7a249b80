"""The format `csv-manifest`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.options import option
from exporter.vision.formats import ClassFormat
from exporter.vision.options import ClassOptions, ImageOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.selection import RecordRows
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


class CsvManifest(ClassFormat[Options]):
    """Image paths with classes and splits in one CSV file, for pandas, Hugging Face datasets, mlcroissant and others."""

    name = "csv-manifest"
    title = "CSV manifest"
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"manifest_csv": {}}
    loads = ("exporter_csv_manifest.manifest",)
    figures = "exporter-csv-manifest"

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """Images, tags, which images have which, and what the data set is called."""
        from exporter_csv_manifest.about import about_tables

        return [*super().exporter_query(ctx, records), *about_tables(records)]

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """manifest.csv, metadata.csv, the images, croissant.json and metadata.json."""
        from exporter_csv_manifest.manifest import parts

        return parts(ctx, tables)

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
