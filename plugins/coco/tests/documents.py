"""COCO exports of a few rows, read back as they are."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import exporter
from exporter.pipeline import Result
from exporter.testing.annotated import annotated

LABELS: Sequence[Mapping[str, Any]] = (
    {"label_id": 3, "class_name": "car", "supercategory": "vehicle"},
    {"label_id": 7, "class_name": "tree", "supercategory": "plant"},
)
SQUARE = "[[10, 10], [20, 10], [20, 20], [10, 20]]"


def image(number: int = 1, path: str = "", **more: Any) -> dict[str, Any]:
    return {"image_id": number, "path": path or f"{number}.jpg", "width": 100, "height": 80, **more}


def drawn(number: int = 1, on: int = 1, geometry: str | None = SQUARE, label: int = 3, **more: Any) -> dict[str, Any]:
    return {"annotation_id": number, "image_id": on, "label_id": label, "geometry": geometry, **more}


def source(annotations: Sequence[Mapping[str, Any]], images: Sequence[Mapping[str, Any]] = (), **more: Any) -> Any:
    """A source of these annotations; every row has the fields that any of them has."""
    rows = {"label": LABELS, "image": _even(images or [image()]), "annotation": _even(annotations)}
    files = more.pop("files", None)
    return annotated({**rows, **more}, files)


def _even(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def export(folder: Path, of: Any, filters: Mapping[str, Any] | None = None, **options: Any) -> Result:
    return exporter.run(
        format="coco", source=of, output=folder / "coco.zip", force=True, options=options, filters=filters or {}
    )


def document(
    folder: Path, of: Any, filters: Mapping[str, Any] | None = None, name: str = "annotations.json", **options: Any
) -> Any:
    """One JSON file of an export."""
    export(folder, of, filters, **options)
    with zipfile.ZipFile(folder / "coco.zip") as archive:
        return json.loads(archive.read(name))


def codes(result: Result) -> dict[str, int]:
    """How many rows each finding is about."""
    return {finding.code: finding.count for finding in result.report.findings}
