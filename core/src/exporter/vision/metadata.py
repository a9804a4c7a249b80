"""What an export says of itself: metadata.json, and the `info` of files that have room for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs
import orjson

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.vision.splits import NONE

NAME = "metadata.json"


class Numbered(Protocol):
    """A class of annotations or images."""

    @property
    def number(self) -> int:
        """Its number in the artifact."""

    @property
    def name(self) -> str:
        """Its name."""


def described(ctx: ExportContext, classes: Mapping[str, Numbered], splits: Mapping[str, int]) -> dict[str, Any]:
    """What was exported and how, and what became of the rows; complete once all rows are written.

    :param splits: images by split; where there are splits, the run's report tells of them, too.
    """
    report = ctx.report
    if splits.keys() - {NONE}:
        report.counts["split"] = dict(sorted(splits.items(), key=lambda each: (-each[1], each[0])))
    return {
        "format": report.format,
        "source": report.source,
        "project": ctx.project,
        "exported": ctx.clock().isoformat(timespec="seconds"),
        **({"frame": ctx.options.frame} if hasattr(ctx.options, "frame") else {}),
        "options": report.options,
        "filters": report.filters,
        "filters_in_words": report.filters_in_words,
        "versions": report.versions,
        "classes": {str(each.number): each.name for each in classes.values()},
        "splits": dict(sorted(splits.items())),
        "records": {name: attrs.asdict(count) for name, count in report.records.items()},
        "findings": [
            {"level": f.level, "code": f.code, "message": f.message, "count": f.count, "action": f.action}
            for f in report.findings
        ],
    }


def metadata_part(described: Mapping[str, Any]) -> Part:
    """The file metadata.json."""
    return Part(NAME, [orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)], rows=0)
