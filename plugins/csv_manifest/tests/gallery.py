"""Exports of sources whose rows are all written down in the test."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import exporter
from exporter import Source
from exporter.testing.classified import made_source


def source(folder: Path, tags: Sequence[Mapping[str, Any]], tagged: Sequence[tuple[int, Any]], **more: Any) -> Source:
    """Images 1 to 4, of no split, with these tags."""
    images = [{"image_id": i, "path": f"{i}.jpg"} for i in range(1, 5)]
    return made_source(folder, images, tags, tagged, **more)


def export(source: Source, folder: Path, **options: Any) -> exporter.Result:
    """A folder `out`."""
    return exporter.run(
        format="csv-manifest", source=source, output=folder / "out", options={"packaging": "folder", **options}, force=True
    )


def rows(folder: Path, name: str = "manifest.csv") -> list[dict[str, str]]:
    """The rows of a CSV file that `export` wrote."""
    return list(csv.DictReader(io.StringIO((folder / "out" / name).read_bytes().decode(), newline="")))


def classes(source: Source, folder: Path, **options: Any) -> list[tuple[str, str]]:
    """Image and class of each row that is written."""
    export(source, folder, **options)
    return [(row["image_path"].removeprefix("images/"), row["class_name"]) for row in rows(folder)]


def codes(result: exporter.Result) -> dict[str, int]:
    """The findings of a run."""
    return {finding.code: finding.count for finding in result.report.findings}
