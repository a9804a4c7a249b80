"""The same platform on three databases gives the same COCO file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import exporter

from .annotators import DATABASES, platform

OPTIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"version_mode": "job_version", "version_value": "10"}, {"export_mode": "detection"}),
    ({"splits": ["train", "val"]}, {"layout": "splits", "only_annotated": True}),
]


def documents(kind: str, folder: Path, filters: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    output = folder / f"{kind}.zip"
    with platform(kind, folder) as source:
        exporter.run(format="coco", source=source, output=output, filters=filters, options=options)
    with zipfile.ZipFile(output) as archive:
        found = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    return {
        name: {k: v for k, v in each.items() if k in ("images", "annotations", "categories")} for name, each in found.items()
    }


@pytest.mark.parametrize("number", range(len(OPTIONS)))
@pytest.mark.parametrize("kind", [k for k in DATABASES if k != "sqlite"])
def test_every_database_gives_the_same_file(kind: str, number: int, tmp_path: Path) -> None:
    filters, options = OPTIONS[number]
    expected = documents("sqlite", tmp_path, filters, options)
    assert documents(kind, tmp_path, filters, options) == expected
    assert sum(len(each.get("annotations", [])) for each in expected.values()) == 2
