"""The format `coco`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.errors import InputError
from exporter.format import Format
from exporter.options import option
from exporter.vision.options import AnnotationOptions, refuse_without_media

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.source import Source
    from exporter.tables import Table

LAYOUTS = ("single", "splits", "roboflow")


@attrs.frozen
class Options(AnnotationOptions):
    """What a COCO export can be told."""

    export_mode: str = option(
        default="segmentation",
        choices=("detection", "segmentation"),
        help="detection: boxes; segmentation: outlines and masks, with their boxes",
    )
    layout: str = option(
        default="single",
        choices=LAYOUTS,
        help="single: annotations.json; splits: annotations/instances_<split>.json, images below images/<split>/; roboflow: "
        "<split>/_annotations.coco.json, images beside it",
    )
    include_bbox_from_segmentation: bool = option(
        default=True, help="detection: the boxes around outlines, masks and key points, too; else boxes alone are written"
    )
    include_bbox_alongside_segmentation: bool = option(default=True, help="segmentation: write the box of each annotation")
    convert_bbox_to_segmentation: bool = option(
        default=True, help="segmentation: a box is written as an outline with four corners; else boxes are left out"
    )


class Coco(Format[Options]):
    """Images, categories and annotations in JSON, for pycocotools, torchvision, Detectron2, MMDetection and others."""

    name = "coco"
    title = "COCO"
    family = "vision"
    extension = "zip"
    media_type = "application/zip"
    modes = ("detection", "segmentation")
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"coco_json": {}}
    identified = ("image", "label")

    def options_for(self, options: Options, source: Source) -> Options:
        """Refuse what this source cannot serve, and options of the other mode."""
        refuse_without_media(options, source)
        mode = options.export_mode
        for name, of in _OF_MODE.items():
            if not getattr(options, name) and mode != of:
                raise InputError(f"The option '{name}' is for export_mode {of}; this is {mode}.", hint="Leave it out.")
        return options

    def prepare_figure(self, options: Options) -> None:
        """What draws is an extra of its own."""
        from exporter.figures import require

        require("exporter-coco")

    def warm(self, options: Options) -> None:
        """Import what serializing needs."""
        from exporter_coco import document  # noqa: F401

    def reads(self, options: Options) -> frozenset[str]:
        """Images, labels and annotations."""
        return frozenset({"image", "label", "annotation"})

    def followed(self, options: Options, filtered: frozenset[str]) -> Mapping[str, str]:
        """Images follow their annotations where only annotated ones are wanted."""
        return {"image": "annotation"} if options.only_annotated else {}

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What is left out before any shape is read."""
        from exporter_coco.rules import rules

        return rules(ctx, records)

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """Images, and annotations in the order of their images."""
        from exporter.vision.tables import tables

        return tables(ctx, records)

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The JSON files, then the images, then metadata.json."""
        from exporter_coco.layouts import parts

        return parts(ctx, tables)

    def exporter_check(
        self, file: Path, options: Options, receipts: Mapping[str, Receipt] | None = None
    ) -> Iterable[Finding]:
        """Whether readers can load it: ids, references, boxes, segmentations, files."""
        from exporter_coco.checks import check

        return check(file, receipts or {})

    def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
        """Images with their shapes, classes by split, and what was found."""
        from exporter.vision.sheet import draw
        from exporter_coco.document import Annotator

        return draw(ctx, tables, file, shown=Annotator(ctx.options).shown)

    def recognises(self, file: Path) -> bool:
        """Whether it is COCO: a JSON file with images and categories, or a zip or folder that holds one."""
        from exporter_coco.files import recognised

        return recognised(file)

    def resembles(self, file: Path) -> bool:
        """No: that a file is a zip says nothing of what is in it."""
        return False


_OF_MODE = {
    "include_bbox_from_segmentation": "detection",
    "include_bbox_alongside_segmentation": "segmentation",
    "convert_bbox_to_segmentation": "segmentation",
}
