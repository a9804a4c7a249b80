"""What becomes of images of several classes, before any is read."""

from __future__ import annotations

from exporter.report import Level
from exporter.rules import Rule
from exporter.vision.classified import Tagging

CONFLICT = "CLASS_CONFLICT"
CONFLICTS: dict[str, tuple[Level, str]] = {
    "error": ("error", "The image has several classes, and lies in one folder."),
    "skip": ("warning", "The image has several classes; it was left out. The option 'on_conflict' takes it in."),
    "first": ("warning", "The image has several classes; it is in the folder of the first."),
    "all": ("info", "The image has several classes; it is in the folder of each."),
}


def several(tagging: Tagging) -> Rule:
    """What becomes of images of several classes."""
    level, message = CONFLICTS[tagging.ctx.options.on_conflict]
    drop = tagging.ctx.options.on_conflict in ("error", "skip")
    return Rule("image", CONFLICT, message, level, where=tagging.several(), drop=drop)
