"""Exports of sources whose rows are all written down in the test."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import exporter
from exporter import Source
from exporter.testing.classified import made_source

TAGS = [{"tag_id": 1, "name": "cat"}, {"tag_id": 2, "name": "dog"}, {"tag_id": 3, "name": "bird"}]


def source(
    folder: Path, paths: Sequence[str], tagged: Sequence[tuple[int, Any]], names: Sequence[str] = (), **more: Any
) -> Source:
    """Images 1, 2, ... at these paths, with these tags; the tags 1, 2, ... have these names.

    :param more: fields of all images: a value for each.
    """
    images = [{"image_id": i, "path": p, **{n: v[i - 1] for n, v in more.items()}} for i, p in enumerate(paths, 1)]
    tags = [{"tag_id": i, "name": name} for i, name in enumerate(names, 1)]
    return made_source(folder, images, tags or TAGS, tagged)


def export(
    source: Source, folder: Path, filters: Mapping[str, Any] | None = None, *, keep_going: bool = False, **options: Any
) -> exporter.Result:
    """A folder `out`."""
    return exporter.run(
        format="imagefolder",
        source=source,
        output=folder / "out",
        filters=filters or {},
        options={"packaging": "folder", **options},
        force=True,
        keep_going=keep_going,
    )


def files(folder: Path) -> list[str]:
    """The files that `export` wrote, but for those at the top."""
    found = [path for path in (folder / "out").rglob("*") if not path.is_dir() and path.parent != folder / "out"]
    return sorted(path.relative_to(folder / "out").as_posix() for path in found)


def listed(folder: Path) -> list[dict[str, Any]]:
    """The classes that classes.json lists."""
    found: list[dict[str, Any]] = json.loads((folder / "out" / "classes.json").read_text(encoding="utf-8"))["classes"]
    return found


def codes(result: exporter.Result) -> dict[str, int]:
    """The findings of a run."""
    return {finding.code: finding.count for finding in result.report.findings}
