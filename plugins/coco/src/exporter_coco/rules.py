"""What a COCO export leaves out before any shape is read."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.context import ExportContext
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter.vision import images, labels


def rules(ctx: ExportContext, records: Mapping[str, RecordRows]) -> list[Rule]:
    """Images without path or split, and annotations of other labels than those asked for."""
    return [*images.rules(ctx, records, by_split=ctx.options.layout != "single"), *labels.rules(ctx, records)]
