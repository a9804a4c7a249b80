"""COCO files as the packages read them that people train and evaluate with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import exporter

from .reading import read


@pytest.fixture(scope="module", params=["1", "2"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the street, by split, with its images."""
    output = tmp_path_factory.mktemp("coco") / "street"
    options = {"layout": "splits", "packaging": "folder", "include_images": True}
    exporter.run(format="coco", source="sample:street?images=60", project=request.param, output=output, options=options)
    return output


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    return read("read_coco.py", folder)


def test_the_ground_truth_as_its_own_prediction_is_perfect(folder: Path, told: Any) -> None:
    for reader in ("pycocotools", "faster_coco_eval"):
        assert len(told[reader]) == 2 * len(list((folder / "annotations").iterdir()))
        assert set(told[reader].values()) == {1.0}


def test_all_count_the_same(folder: Path, told: Any) -> None:
    counted = {}
    for file in (folder / "annotations").iterdir():
        document = json.loads(file.read_text(encoding="utf-8"))
        counted[file.stem.removeprefix("instances_")] = [len(document["images"]), len(document["annotations"])]
    assert {kind for a in document["annotations"] for kind in [type(a["segmentation"]).__name__]} == {"list", "dict"}
    assert told["datumaro"] == told["supervision"] == counted


def test_a_donut_and_two_parts_have_their_pixels(tmp_path: Path) -> None:
    """As pycocotools decodes them, against the outer rings less the holes."""
    from exporter.testing.annotated import annotated

    shapes = {
        1: "POLYGON ((10 10, 60 12, 58 61, 9 60, 10 10), (20 20, 22 40, 40 41, 41 19, 20 20))",
        2: "MULTIPOLYGON (((1 1, 9 2, 5 9, 1 1)), ((30 30, 44 31, 39 47, 30 30)))",
    }
    rows = {
        "label": [{"label_id": 1, "class_name": "a"}],
        "image": [{"image_id": 1, "path": "1.jpg", "width": 80, "height": 70}],
        "annotation": [{"annotation_id": n, "image_id": 1, "label_id": 1, "geometry": text} for n, text in shapes.items()],
    }
    exporter.run(format="coco", source=annotated(rows), output=tmp_path / "a", options={"packaging": "folder"})
    assert read("decode_coco.py", tmp_path / "a" / "annotations.json", json.dumps(shapes)) == {"1": 1.0, "2": 1.0}
