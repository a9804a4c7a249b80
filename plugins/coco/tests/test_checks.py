"""Each problem of a COCO file is found, and a sound file has none."""

from __future__ import annotations

import copy
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import exporter

SOUND: dict[str, Any] = {
    "images": [
        {"id": 1, "file_name": "a/1.jpg", "width": 100, "height": 80},
        {"id": 2, "file_name": "2.jpg", "width": 10, "height": 10},
    ],
    "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "person", "keypoints": ["head", "hand"]}],
    "annotations": [
        {
            "id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 10, 10], "area": 100, "iscrowd": 0,
            "segmentation": [[10, 10, 20, 10, 20, 20, 10, 20]],
        },
        {
            "id": 2, "image_id": 1, "category_id": 2, "bbox": [0, 0, 1, 80], "area": 80, "iscrowd": 1,
            "segmentation": {"size": [80, 100], "counts": [0, 80, 7920]}, "keypoints": [0, 0, 2, 0, 5, 1], "num_keypoints": 2,
        },
    ],
}  # fmt: skip


def checked(path: Path, content: Any) -> dict[str, int]:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return {finding.code: finding.count for finding in exporter.check(path, "coco")}


def first(key: str, value: Any, of: str = "annotations") -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        if value is ...:
            del document[of][0][key]
        else:
            document[of][0][key] = value

    return change


def more(of: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document[of].append(value)


CHANGES: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("MEMBER_MISSING", lambda d: d.pop("categories")),
    ("MEMBER_MISSING", lambda d: d.update(images={})),
    ("OBJECT_BROKEN", more("images", 7)),
    ("ID_BROKEN", first("id", "1")),
    ("ID_BROKEN", first("id", ...)),
    ("ID_BROKEN", first("id", 1.5)),
    ("ID_BROKEN", first("id", True)),
    ("ID_ZERO", first("id", 0)),
    ("ID_NOT_POSITIVE", first("id", 0, "categories")),
    ("ID_DUPLICATE", more("annotations", SOUND["annotations"][0])),
    ("ID_DUPLICATE", more("images", {**SOUND["images"][0], "file_name": "b.jpg"})),
    ("IMAGE_UNKNOWN", first("image_id", 9)),
    ("CATEGORY_UNKNOWN", first("category_id", 9)),
    ("CATEGORY_NAME_BROKEN", first("name", " ", "categories")),
    ("CATEGORY_NAME_DUPLICATE", first("name", "Person", "categories")),
    ("FILE_NAME_MISSING", first("file_name", "", "images")),
    ("FILE_NAME_DUPLICATE", first("file_name", "2.JPG", "images")),
    ("FILE_NAME_UNSAFE", first("file_name", "../1.jpg", "images")),
    ("FILE_NAME_UNSAFE", first("file_name", "a\\1.jpg", "images")),
    ("IMAGE_SIZE_MISSING", first("width", 0, "images")),
    ("BBOX_MISSING", first("bbox", ...)),
    ("BBOX_BROKEN", first("bbox", [1, 2, 3])),
    ("BBOX_BROKEN", first("bbox", [1, 2, 3, float("nan")])),
    ("BBOX_EMPTY", first("bbox", [10, 10, 0, 10])),
    ("BBOX_OUTSIDE_IMAGE", first("bbox", [95, 10, 10, 10])),
    ("BBOX_DIFFERS", first("bbox", [12, 10, 8, 10])),
    ("AREA_BROKEN", first("area", -1)),
    ("AREA_BROKEN", first("area", ...)),
    ("ISCROWD_BROKEN", first("iscrowd", ...)),
    ("SEGMENTATION_UNLOADABLE", first("segmentation", [])),
    ("SEGMENTATION_UNLOADABLE", first("segmentation", [[]])),
    ("SEGMENTATION_UNLOADABLE", first("segmentation", [[1, 2, 3, 4]])),
    ("SEGMENTATION_UNLOADABLE", first("segmentation", [[1, 2, 3, 4, 5, 6, 7]])),
    ("SEGMENTATION_UNLOADABLE", first("segmentation", [[1, 2, 3, 4, 5, float("nan")]])),
    ("SEGMENTATION_UNLOADABLE", first("segmentation", "polygon")),
    ("MASK_UNLOADABLE", first("segmentation", {"size": [80, 100], "counts": [5]})),
    ("MASK_UNLOADABLE", first("segmentation", {"size": [80, 100], "counts": ["8000"]})),
    ("MASK_UNLOADABLE", first("segmentation", {"size": [80, 100], "counts": [4000.0, 4000.0]})),
    ("MASK_UNLOADABLE", first("segmentation", {"size": [8, 10], "counts": [80]})),
    ("MASK_UNLOADABLE", first("segmentation", {"size": [80, 100], "counts": "}"})),
    ("SHAPE_CROSSES_ITSELF", first("segmentation", [[10, 10, 20, 20, 20, 10, 10, 20]])),
    ("KEYPOINTS_BROKEN", first("keypoints", [1, 2])),
    ("KEYPOINTS_BROKEN", lambda d: d["annotations"][1].update(keypoints=[1, 2, 2])),
    ("KEYPOINTS_BROKEN", lambda d: d["annotations"][1].update(keypoints=[1, 2, 3, 1, 2, 0])),
    ("CLASS_EMPTY", more("categories", {"id": 3, "name": "bus"})),
]


def test_a_sound_file_has_no_finding(tmp_path: Path) -> None:
    assert checked(tmp_path / "a.json", SOUND) == {}
    last = {"annotations": SOUND["annotations"], "images": SOUND["images"], "categories": SOUND["categories"]}
    assert checked(tmp_path / "b.json", last) == {}
    assert checked(tmp_path / "c.json", "\ufeff" + json.dumps(SOUND, indent=4)) == {}


@pytest.mark.parametrize(("code", "change"), CHANGES)
def test_a_problem_is_found(tmp_path: Path, code: str, change: Callable[[dict[str, Any]], Any]) -> None:
    document = copy.deepcopy(SOUND)
    change(document)
    assert code in checked(tmp_path / "a.json", document)


BROKEN = [
    "{",
    "[]",
    '{"images": [1,',
    '{"images": [] "annotations": []}',
    json.dumps(SOUND)[:-9],
    '{"a": 1} {}',
    '{"a" 1}',
    "{1: 2}",
    '{"a": ' + "[" * 100_000,
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_json_object_is_told(tmp_path: Path, text: str) -> None:
    assert "COCO_UNREADABLE" in checked(tmp_path / "a.json", text)


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"images": ["\xff"]}')
    assert [f.code for f in exporter.check(tmp_path / "a.json", "coco") if f.code == "COCO_UNREADABLE"]


def test_files_beside_the_document(tmp_path: Path) -> None:
    def packed(files: dict[str, bytes]) -> dict[str, int]:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for name, content in {"annotations.json": json.dumps(SOUND).encode(), **files}.items():
                archive.writestr(name, content)
        return {f.code: f.count for f in exporter.check(tmp_path / "a.zip")}

    assert packed({}) == {}
    assert packed({"images/a/1.jpg": b"1", "images/2.jpg": b"2"}) == {}
    assert packed({"images/a/1.jpg": b"1"}) == {"FILE_MISSING": 1}
    assert packed({"images/a/1.jpg": b"1", "images/2.jpg": b""}) == {"FILE_EMPTY": 1}
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert [f.code for f in exporter.check(tmp_path / "b.zip", "coco")] == ["COCO_MISSING"]


def test_categories_that_differ_between_splits(tmp_path: Path) -> None:
    other = copy.deepcopy(SOUND)
    other["categories"][0]["name"] = "bus"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("annotations/instances_train.json", json.dumps(SOUND))
        archive.writestr("annotations/instances_val.json", json.dumps(other))
    found = {f.code: f.count for f in exporter.check(tmp_path / "a.zip")}
    assert found == {"CATEGORY_DIFFERS": 1, "CLASS_NOT_IN_TRAIN": 1}


def test_rare_classes_are_told(tmp_path: Path) -> None:
    document = copy.deepcopy(SOUND)
    car = document["annotations"][0]
    document["annotations"] += [{**car, "id": n} for n in range(3, 103)]
    assert checked(tmp_path / "a.json", document) == {"CLASS_IMBALANCE": 1}
    document["annotations"].pop()
    assert checked(tmp_path / "a.json", document) == {}


@pytest.mark.parametrize("key", ["bbox", "area", "segmentation", "keypoints"])
def test_numbers_that_no_double_holds_are_none(tmp_path: Path, key: str) -> None:
    """Python's whole numbers have no end."""
    document = copy.deepcopy(SOUND)
    huge = 10**400
    of = document["annotations"][1 if key == "keypoints" else 0]
    of[key] = huge if key == "area" else [[huge] * 8] if key == "segmentation" else [huge] * 6
    codes = {"bbox": "BBOX_BROKEN", "area": "AREA_BROKEN", "segmentation": "SEGMENTATION_UNLOADABLE"}
    assert codes.get(key, "KEYPOINTS_BROKEN") in checked(tmp_path / "a.json", document)


def test_a_value_without_end_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from exporter_coco import stream

    monkeypatch.setattr(stream, "_MOST", 1 << 20)
    found = checked(tmp_path / "a.json", '{"images": [{"id": 1, "file_name": "' + "x" * (5 << 20) + '"}]}')
    assert found["COCO_UNREADABLE"] == 1
