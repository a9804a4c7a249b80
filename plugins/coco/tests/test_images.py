"""Images, their files and their splits."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter.errors import FindingsError, InputError, SourceError

from .documents import codes, document, drawn, export, image, source
from .pictures import file, turned

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
    assert codes(result) == {"PATH_MISSING": 1, "IMAGE_LEFT_OUT": 1}


def test_what_follows_from_an_image_that_was_left_out_is_no_broken_reference(tmp_path: Path) -> None:
    """Each is counted once: two annotations of an image without path, one of an image that there is none of."""
    images = [image(1), {**image(2), "path": None}]
    result = export(tmp_path, source([drawn(1, on=1), drawn(2, on=2), drawn(3, on=2), drawn(4, on=9)], images))
    assert codes(result) == {"PATH_MISSING": 1, "IMAGE_LEFT_OUT": 2, "IMAGE_MISSING": 1}
    levels = {finding.code: finding.level for finding in result.report.findings}
    assert (levels["IMAGE_LEFT_OUT"], levels["IMAGE_MISSING"]) == ("info", "warning")
    counted = result.report.records["annotation"]
    assert (counted.rows, counted.left_out, counted.written) == (4, 3, 1)


def test_an_image_that_cannot_be_read_is_shown_with_the_path_that_was_tried(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (media / "1.jpg").write_bytes(JPEG)
    images = [image(1, "1.jpg"), image(2, "a/2.jpg"), image(3, "../3.jpg")]
    result = export(tmp_path, source([drawn(1)], images, files=media), include_images=True)
    (found,) = [finding for finding in result.report.findings if finding.code == "IMAGE_UNREADABLE"]
    assert found.examples == [f"2 ({media / 'a/2.jpg'})", "3 (../3.jpg)"]


def test_where_no_image_can_be_read_nothing_is_published(tmp_path: Path) -> None:
    of = source([drawn(1)], [image(1, "one.jpg"), image(2, "two.jpg")], files={})
    with pytest.raises(SourceError, match=r"not one of 2 images can be read; the first is 1 \(one.jpg\)") as refused:
        export(tmp_path, of, include_images=True)
    assert refused.value.hint == "Look at `media` of the source, and at the column of `path` of its record 'image'."
    assert not (tmp_path / "coco.zip").exists()


def test_an_image_whose_size_is_not_known_is_written_without_it(tmp_path: Path) -> None:
    found = document(tmp_path, source([drawn(1)], [{**image(1), "width": None}]))
    assert found["images"] == [{"id": 1, "file_name": "1.jpg"}]
    assert {f.code for f in exporter.check(tmp_path / "coco.zip")} >= {"IMAGE_SIZE_MISSING"}


@pytest.mark.parametrize("width", [1e308, 2**53, "9" * 5000, -1, "wide"])
def test_a_size_that_no_image_has_is_not_known(tmp_path: Path, width: object) -> None:
    found = document(
        tmp_path, source([drawn(1)], [{**image(1), "width": width}], files={"1.jpg": JPEG}), include_images=True
    )
    assert found["images"] == [{"id": 1, "file_name": "1.jpg"}]


def test_images_that_share_an_identifier_are_refused_where_annotations_name_them(tmp_path: Path) -> None:
    of = source([drawn(1)], [image(1), image(1, "2.jpg")])
    with pytest.raises(SourceError, match="Rows of image share an identifier"):
        exporter.run(format="coco", source=of, output=tmp_path / "o.zip", keep_going=True)


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
        *("valid/3.jpg", "valid/_annotations.coco.json"),
    ]
    assert not [f for f in exporter.check(tmp_path / "coco.zip") if f.level != "info"]


@pytest.mark.parametrize("layout", ["single", "splits"])
def test_only_annotated_leaves_out_images_whose_annotations_are_all_left_out(tmp_path: Path, layout: str) -> None:
    rows = [drawn(1, on=1), drawn(2, on=2, label=7), drawn(3, on=3, geometry="[1]"), drawn(4, on=4), drawn(5, on=4)]
    images = [image(n, split="train") for n in range(1, 6)]
    tags = {"image_tag": [{"image_id": 2, "tag_id": 1}], "tag": [{"tag_id": 1, "name": "rain"}]}
    of = source(rows, images, files={f"{n}.jpg": JPEG for n in range(1, 6)}, **tags)
    result = export(tmp_path, of, only_annotated=True, label_filter=["car"], include_images=True, layout=layout)
    (found,) = images_by_file(tmp_path).values()
    assert found == [1, 4]
    assert [m.rpartition("/")[2] for m in members(tmp_path) if m.endswith(".jpg")] == ["1.jpg", "4.jpg"]
    assert codes(result)["IMAGE_NOT_ANNOTATED"] == 1
    count = result.report.records["image"]
    assert (count.rows, count.filtered, count.left_out, count.written) == (5, 2, 1, 2)


@pytest.mark.parametrize("layout", ["single", "splits", "roboflow"])
def test_an_export_without_images_says_so(tmp_path: Path, layout: str) -> None:
    of = source([drawn(1)], [image(1, split="train")])
    result = export(tmp_path, of, {"image_uids": ["2"]}, layout=layout)
    assert list(images_by_file(tmp_path).values()) == [[]]
    assert codes(result) == {"NO_ROWS": 1}


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
        ("", "splits.csv is ''; it needs one column image_id or path"),
        ("name,split\n", "is 'name,split'; it needs one column"),
        ("path,split,split\n1.jpg,val,train\n", "is 'path,split,split'; it needs one column"),
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


def test_splits_by_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'split_by' is empty"):
        export(tmp_path, source([drawn(1)], split_images()), layout="splits", split_by=" ")


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


def test_a_file_of_another_size_than_the_database_says_is_told(tmp_path: Path) -> None:
    """Square images and those of unknown size are none; what is turned by its EXIF orientation has words of its own."""
    sizes = {1: (100, 80), 2: (80, 100), 3: (100, 80), 4: (100, 80), 5: (90, 90)}
    images = [image(i, width=w, height=h) for i, (w, h) in sizes.items()] + [image(6, width=None, height=None)]
    files = {"1.jpg": file(), "2.jpg": file(), "3.jpg": turned(100, 80, 6), "4.jpg": b"no picture", "5.jpg": file(90, 90)}
    of = source([drawn(i, i) for i in range(1, 7)], images, files={**files, "6.jpg": file(3, 3)})
    result = exporter.run(format="coco", source=of, output=tmp_path / "a.zip", options={"include_images": True})
    found = {f.code: f.examples for f in result.report.findings}
    assert found["IMAGE_SIZE_DIFFERS"] == ["2: 80 x 100, the file 100 x 80"]
    assert found["IMAGE_TURNED"] == ["3: 100 x 80, the file 80 x 100"]
    assert {f.code: f.count for f in exporter.check(tmp_path / "a.zip")}["IMAGE_SIZE_DIFFERS"] == 1
    assert "IMAGE_TURNED" not in codes_of(tmp_path, of, frame="stored")
    assert "IMAGE_SIZE_DIFFERS" not in codes_of(tmp_path, of, include_images=False)


def codes_of(folder: Path, of: Any, **options: Any) -> set[str]:
    options = {"include_images": True, **options}
    result = exporter.run(format="coco", source=of, output=folder / "a.zip", options=options, force=True)
    return {f.code for f in result.report.findings}


def test_a_file_of_splits_of_other_images(tmp_path: Path) -> None:
    """Names that no image has are told; where none has any, nothing is published, and what they should look like is said."""
    listed, of = tmp_path / "splits.csv", source([drawn(1)], split_images())
    listed.write_text("path,split\n1.jpg,val\nelsewhere.jpg,train\n", encoding="utf-8")
    found = export(tmp_path, of, layout="splits", split_by=str(listed)).report
    assert [(f.level, f.examples) for f in found.findings if f.code == "SPLIT_FILE_UNUSED"] == [("info", ["elsewhere.jpg"])]
    assert found.counts == {"split": {"val": 1}}
    listed.write_text("path,split\nimages/1.jpg,val\n", encoding="utf-8")
    with pytest.raises(FindingsError, match="SPLIT_FILE_OF_OTHERS") as caught:
        export(tmp_path, of, layout="splits", split_by=str(listed))
    (message,) = [f.message for f in caught.value.report.findings if f.code == "SPLIT_FILE_OF_OTHERS"]
    assert "The source's are like 1.jpg, 2.jpg" in message


def test_a_pipe_among_the_images_is_left_out(tmp_path: Path) -> None:
    """Nobody waits for what may come out of it."""
    media = tmp_path / "media"
    media.mkdir()
    (media / "1.jpg").write_bytes(JPEG)
    os.mkfifo(media / "2.jpg")
    (media / "3.jpg").symlink_to("3.jpg")
    of = source([drawn(i, i) for i in (1, 2, 3)], [image(i) for i in (1, 2, 3)], files=media)
    assert codes(export(tmp_path, of, include_images=True))["IMAGE_UNREADABLE"] == 2
    assert "images/1.jpg" in members(tmp_path)


def test_a_suffix_makes_no_name_of_a_folder(tmp_path: Path) -> None:
    images = [image(1, "A"), image(2, "a"), image(3, "A-1/c.jpg")]
    export(tmp_path, source([drawn(1)], images, files={i["path"]: JPEG for i in images}), include_images=True)
    names = [name for name in members(tmp_path) if name.startswith("images/")]
    assert not [name for name in names if any(other.startswith(name + "/") for other in names)]
    assert len(set(names)) == 3
