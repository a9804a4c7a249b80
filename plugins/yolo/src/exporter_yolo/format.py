"""The format `yolo`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from exporter.format import Format
from exporter.options import option
from exporter.vision.options import AnnotationOptions, refuse_without_media

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.source import Source
    from exporter.tables import Table

TASKS = ("detect", "segment", "obb", "pose")


@attrs.frozen
class Options(AnnotationOptions):
    """What a YOLO export can be told."""

    task: str = option(
        default="detect",
        choices=TASKS,
        help="detect: boxes; segment: outlines; obb: boxes that are turned, by their corners; pose: boxes with key points",
    )


class Yolo(Format[Options]):
    """A text file of labels for each image, in the folders that Ultralytics, datumaro and supervision read."""

    name = "yolo"
    title = "YOLO"
    family = "vision"
    extension = "zip"
    media_type = "application/zip"
    modes = TASKS
    identified = ("image", "label")

    def options_for(self, options: Options, source: Source) -> Options:
        """Refuse what this source cannot serve."""
        refuse_without_media(options, source)
        return options

    def prepare_figure(self, options: Options) -> None:
        """What draws is an extra of its own."""
        from exporter.figures import require

        require("exporter-yolo")

    def warm(self, options: Options) -> None:
        """Import what serializing needs."""
        from exporter_yolo import export  # noqa: F401

    def reads(self, options: Options) -> frozenset[str]:
        """Images, labels and annotations."""
        return frozenset({"image", "label", "annotation"})

    def followed(self, options: Options, filtered: frozenset[str]) -> Mapping[str, str]:
        """Images follow their annotations where only annotated ones are wanted."""
        return {"image": "annotation"} if options.only_annotated else {}

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What is left out before any shape is read."""
        from exporter_yolo.rules import rules

        return rules(ctx, records)

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """Images, and annotations in the order of their images."""
        from exporter.vision.tables import tables

        return tables(ctx, records)

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The label files, the images, and what is said of them all."""
        from exporter_yolo.export import parts

        return parts(ctx, tables)

    def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
        """Images with their labels, classes by split, and what was found."""
        from functools import partial

        from exporter.vision.sheet import draw
        from exporter_yolo.lines import shown

        return draw(ctx, tables, file, shown=partial(shown, ctx.options))

    def exporter_check(self, file: Path, options: Options) -> Iterable[Finding]:
        """Whether readers can load it: data.yaml, labels, images."""
        from exporter_yolo.checks import check

        return check(file)

    def recognises(self, file: Path) -> bool:
        """Whether it holds a data.yaml, and labels or images beside it."""
        from exporter_yolo.tree import recognised

        return recognised(file)

    def resembles(self, file: Path) -> bool:
        """A broken zip may be of any format; a broken data.yaml is hardly of another."""
        return file.name == "data.yaml"
