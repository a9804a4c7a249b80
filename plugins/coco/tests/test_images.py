"""Images, their files and their splits."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter.errors import InputError

from .documents import codes, document, drawn, export, image, source

JPEG = b"\xff\xd8\xff\xe0 not looked into \xff\xd9"


def members(folder: Path) -> list[str]:
    with zipfile.ZipFile(folder / "coco.zip") as archive:
        return archive.namelist()


def test_files_that_are_missing_or_empty_are_left_out_with_their_annotations(tmp_path: Path) -> None:
    images = [image(1, "there.jpg"), image(2, "missing.jpg"), image(3, "empty.jpg")]
    of = source([drawn(1, on=1), drawn(2, on=2), drawn(3, on=3)], images, files={"there.jpg": JPEG, "empty.jpg": b""})
    result = export(tmp_path, of, include_images=True)
    assert codes(result) == {"IMAGE_UNREADABLE": 2, "IMAGE_LEFT_OUT": 2}
    assert result.report.records["image"].written == result.report.records["annotation"].written == 1
    assert [m for m in members(tmp_path) if m.startswith("images/")] == ["images/there.jpg"]


def test_a_folder_of_media_is_not_left(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (media / "1.jpg").write_bytes(JPEG)
    (tmp_path / "secret.jpg").write_bytes(JPEG)
    images = [image(1, "1.jpg"), image(2, "../secret.jpg"), image(3, str(media / "1.jpg")), image(4, "nul\0.jpg")]
    result = export(tmp_path, source([drawn(1)], images, files=media), include_images=True)
    assert codes(result)["IMAGE_UNREADABLE"] == 2
    assert result.report.records["image"].written == 2


def test_an_image_without_path_is_left_out(tmp_path: Path) -> None:
    result = export(tmp_path, source([drawn(1, on=1), drawn(2, on=2)], [image(1), {**image(2), "path": None}]))
    assert codes(result) == {"PATH_MISSING": 1, "IMAGE_MISSING": 1}


def test_an_image_whose_size_is_not_known_is_written_without_it(tmp_path: Path) -> None:
    found = document(tmp_path, source([drawn(1)], [{**image(1), "width": None}]))
    assert found["images"] == [{"id": 1, "file_name": "1.jpg"}]
    assert {f.code for f in exporter.check(tmp_path / "coco.zip")} >= {"IMAGE_SIZE_MISSING"}


def split_images() -> list[dict[str, Any]]:
    splits = ["train", "Training", "val", "test", None, "holdout"]
    return [image(n, split=split) for n, split in enumerate(splits, 1)]


def images_by_file(folder: Path) -> dict[str, list[int]]:
    with zipfile.ZipFile(folder / "coco.zip") as archive:
        files = [name for name in archive.namelist() if name.endswith(".json") and name != "metadata.json"]
        return {name: [i["id"] for i in json.loads(archive.read(name))["images"]] for name in files}


def test_images_of_no_split_are_left_out_of_splits_and_can_be_asked_for(tmp_path: Path) -> None:
    of = source([drawn(1, on=1), drawn(2, on=5)], split_images())
    result = export(tmp_path, of, layout="splits")
    assert images_by_file(tmp_path) == {
        "annotations/instances_train.json": [1, 2],
        "annotations/instances_val.json": [3],
        "annotations/instances_test.json": [4],
    }
    assert codes(result)["SPLIT_NONE"] == 2
    export(tmp_path, of, {"splits": ["none"]}, layout="splits")
    assert images_by_file(tmp_path) == {"annotations/instances_none.json": [5, 6]}
    export(tmp_path, of)
    assert images_by_file(tmp_path) == {"annotations.json": [1, 2, 3, 4, 5, 6]}


def test_the_layout_of_roboflow(tmp_path: Path) -> None:
    files = {f"{n}.jpg": JPEG + bytes([n]) for n in range(1, 7)}
    export(tmp_path, source([drawn(1)], split_images(), files=files), layout="roboflow", include_images=True)
    assert sorted(members(tmp_path)) == [
        "metadata.json",
        *("test/4.jpg", "test/_annotations.coco.json", "train/1.jpg", "train/2.jpg", "train/_annotations.coco.json"),
        *("val/3.jpg", "val/_annotations.coco.json"),
    ]
    assert not [f for f in exporter.check(tmp_path / "coco.zip") if f.level != "info"]


def test_a_file_of_splits(tmp_path: Path) -> None:
    listed = tmp_path / "splits.csv"
    listed.write_text("path,split\n1.jpg,val\n2.jpg,train\n3.jpg,none\n", encoding="utf-8")
    of = source([drawn(1, on=1), drawn(2, on=4)], split_images())
    result = export(tmp_path, of, layout="splits", split_by=str(listed))
    assert images_by_file(tmp_path) == {"annotations/instances_train.json": [2], "annotations/instances_val.json": [1]}
    assert codes(result) == {"SPLIT_NONE": 4, "IMAGE_LEFT_OUT": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has the columns of none"),
        ("name,split\n", "has the columns name, split"),
        ("path,split\n1.jpg,holdout\n", "line 2: 'holdout' is none of"),
        ("path,split\n1.jpg,val\n1.jpg,train\n", "line 3: the image '1.jpg' is in two splits"),
        ("path,split\n\xff", "no CSV file in UTF-8"),
    ],
)
def test_a_file_of_splits_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    listed = tmp_path / "splits.csv"
    listed.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=message):
        export(tmp_path, source([drawn(1)], split_images()), layout="splits", split_by=str(listed))


def test_a_hash_keeps_images_where_they_are_when_others_are_added(tmp_path: Path) -> None:
    options = {"layout": "splits", "split_by": "hash:0.6,0.2,0.2"}
    export(tmp_path, source([drawn(1)], [image(n) for n in range(1, 101)]), **options)
    before = images_by_file(tmp_path)
    export(tmp_path, source([drawn(1)], [image(n) for n in range(1, 201)]), **options)
    after = images_by_file(tmp_path)
    assert {name: [n for n in ids if n <= 100] for name, ids in after.items()} == before
    assert 100 <= len(after["annotations/instances_train.json"]) <= 140
    export(tmp_path, source([drawn(1)], [image(n) for n in range(1, 101)]), layout="splits", split_by="hash:0,0,1")
    assert list(images_by_file(tmp_path)) == ["annotations/instances_test.json"]


def test_the_same_image_in_two_splits_is_told(tmp_path: Path) -> None:
    files = {"1.jpg": JPEG, "2.jpg": JPEG + b"2", "3.jpg": JPEG, "4.jpg": JPEG + b"4", "5.jpg": b"5", "6.jpg": b"6"}
    export(tmp_path, source([drawn(1)], split_images(), files=files), layout="splits", include_images=True)
    (found,) = [f for f in exporter.check(tmp_path / "coco.zip") if f.code == "IMAGE_IN_SEVERAL_SPLITS"]
    assert (found.count, found.examples) == (1, ["images/train/1.jpg = images/val/3.jpg"])
