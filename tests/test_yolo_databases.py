"""The format `yolo` puts annotations to their images on every database, and counts what it leaves out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import exporter

from .annotators import DATABASES, platform


@pytest.mark.parametrize("kind", DATABASES)
def test_each_label_file_has_its_own_annotations(tmp_path: Path, kind: str) -> None:
    with platform(kind, tmp_path) as source:
        filters = {"version_mode": "job_version", "version_value": "10"}
        report = exporter.run(format="yolo", source=source, output=tmp_path / "out.zip", filters=filters).report
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        labels = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("labels/")}
    assert labels == {
        "labels/train/a_100%_one.txt": "",  # of no width, so that its annotation has no place
        "labels/train/a_100x_two.txt": "0 0.5 0.5833333333333334 0.8 0.8333333333333334\n",
        "labels/val/A_three.txt": "",
    }
    assert {f.code: f.count for f in report.findings if f.code.startswith(("IMAGE", "SHAPE", "SPLIT"))} == {
        "SPLIT_NONE": 1,
        "IMAGE_SIZE_MISSING": 1,
        "SHAPE_CLIPPED": 1,
    }
