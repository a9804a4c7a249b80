"""The format `yolo`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from exporter.errors import InputError
from exporter.options import option
from exporter.vision.formats import AnnotationFormat
from exporter.vision.options import AnnotationOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.tables import Table
    from exporter.vision.annotations import Drawn
    from exporter.vision.geometry.shape import Shape

TASKS = ("detect", "segment", "obb", "pose")


@attrs.frozen
class Options(AnnotationOptions):
    """What a YOLO export can be told."""

    task: str = option(
        default="detect",
        choices=TASKS,
        help="detect: boxes; segment: outlines; obb: boxes that are turned, by their corners; pose: boxes with key points",
    )


class Yolo(AnnotationFormat[Options]):
    """A text file of labels for each image, in the folders that Ultralytics, datumaro and supervision read."""

    name = "yolo"
    title = "YOLO"
    modes = TASKS
    loads = ("exporter_yolo.export",)
    figures = "exporter-yolo"

    def is_by_split(self, options: Options) -> bool:
        """It always is."""
        return True

    def shown(self, options: Options) -> Callable[[Drawn], Shape | None]:
        """Shapes of the task."""
        from functools import partial

        from exporter_yolo.lines import shown

        return partial(shown, options)

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What is left out before any shape is read.

        :raises InputError: for poses, when the source has no key points.
        """
        annotation = records.get("annotation")
        if ctx.options.task == "pose" and annotation is not None and not annotation.has("keypoints"):
            raise InputError(
                f"Source '{ctx.source.name}' provides no key points, and task pose is made of them.",
                hint="Map a column to `keypoints` of record 'annotation', or choose another --task.",
            )
        return super().exporter_rules(ctx, records)

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The label files, the images, and what is said of them all."""
        from exporter_yolo.export import parts

        return parts(ctx, tables)

    def exporter_check(
        self, file: Path, options: Options, receipts: Mapping[str, Receipt] | None = None
    ) -> Iterable[Finding]:
        """Whether readers can load it: data.yaml, labels, images."""
        from exporter_yolo.checks import check

        return check(file, receipts or {})

    def recognises(self, file: Path) -> bool:
        """Whether it holds a data.yaml, and labels or images beside it."""
        from exporter_yolo.tree import recognised

        return recognised(file)

    def resembles(self, file: Path) -> bool:
        """A broken zip may be of any format; a broken data.yaml is hardly of another."""
        return file.name == "data.yaml"
