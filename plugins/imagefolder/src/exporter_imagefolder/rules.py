"""What an image folder leaves out, or refuses, before any image is read."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.context import ExportContext
from exporter.report import Level
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter.vision import images
from exporter.vision.classified import Tagging

CONFLICT = "CLASS_CONFLICT"
CONFLICTS: dict[str, tuple[Level, str]] = {
    "error": ("error", "The image has several classes, and lies in one folder."),
    "skip": ("warning", "The image has several classes; it was left out. The option 'on_conflict' takes it in."),
    "first": ("warning", "The image has several classes; it is in the folder of the first."),
    "all": ("info", "The image has several classes; it is in the folder of each."),
}


def rules(ctx: ExportContext, records: Mapping[str, RecordRows]) -> list[Rule]:
    """Images without path, split or class, or of several classes, and tags that make none."""
    tagging = Tagging.of(ctx, records)
    level, message = CONFLICTS[ctx.options.on_conflict]
    drop = ctx.options.on_conflict in ("error", "skip")
    several = Rule("image", CONFLICT, message, level, where=tagging.several(), drop=drop)
    return [*images.rules(ctx, records, by_split=images.has_splits(ctx, records)), *tagging.rules(), several]
