"""What a YOLO export leaves out before any shape is read."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.context import ExportContext
from exporter.errors import InputError
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter.vision import images, labels


def rules(ctx: ExportContext, records: Mapping[str, RecordRows]) -> list[Rule]:
    """Images without path or split, and annotations of other labels than those asked for.

    :raises InputError: for poses, when the source has no key points.
    """
    annotation = records.get("annotation")
    if ctx.options.task == "pose" and annotation is not None and not annotation.has("keypoints"):
        raise InputError(
            f"Source '{ctx.source.name}' provides no key points, and task pose is made of them.",
            hint="Map a column to `keypoints` of record 'annotation', or choose another --task.",
        )
    return [*images.rules(ctx, records, by_split=True), *labels.rules(ctx, records)]
