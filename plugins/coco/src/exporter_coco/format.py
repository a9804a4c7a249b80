"""The format `coco`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.errors import InputError
from exporter.options import option
from exporter.vision.formats import AnnotationFormat
from exporter.vision.options import STORED, AnnotationOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.source import Source
    from exporter.tables import Table
    from exporter.vision.annotations import Drawn
    from exporter.vision.geometry.shape import Shape

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


class Coco(AnnotationFormat[Options]):
    """Images, categories and annotations in JSON, for pycocotools, torchvision, Detectron2, MMDetection and others."""

    name = "coco"
    title = "COCO"
    modes = ("detection", "segmentation")
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"coco_json": {}}
    loads = ("exporter_coco.document",)
    figures = "exporter-coco"

    def options_for(self, options: Options, source: Source) -> Options:
        """Refuse what this source cannot serve, and options of the other mode."""
        options = super().options_for(options, source)
        if options.layout == "single" and options.split_by != STORED:
            raise InputError(
                f"The option 'split_by' ('{options.split_by}') is for a file of each split; the layout is 'single'.",
                hint="Give --layout splits or --layout roboflow, too.",
            )
        mode = options.export_mode
        for name, of in _OF_MODE.items():
            if not getattr(options, name) and mode != of:
                raise InputError(f"The option '{name}' is for export_mode {of}; this is {mode}.", hint="Leave it out.")
        return options

    def is_by_split(self, options: Options) -> bool:
        """It is, but for one file for all."""
        return options.layout != "single"

    def shown(self, options: Options) -> Callable[[Drawn], Shape | None]:
        """Shapes of the mode."""
        from exporter_coco.document import Annotator

        return Annotator(options).shown

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

    def recognises(self, file: Path) -> bool:
        """Whether it is COCO: a JSON file with images and categories, or a zip or folder that holds one."""
        from exporter_coco.files import recognised

        return recognised(file)


_OF_MODE = {
    "include_bbox_from_segmentation": "detection",
    "include_bbox_alongside_segmentation": "segmentation",
    "convert_bbox_to_segmentation": "segmentation",
}
