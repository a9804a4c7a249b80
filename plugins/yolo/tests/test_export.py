"""What files a YOLO export is made of, and what they say."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import exporter
from exporter.errors import InputError
from exporter.report import Finding
from exporter.testing.hostile import TEXTS
from exporter.testing.source import sample_source
from exporter_yolo.datayaml import quoted
from exporter_yolo.format import TASKS

from .host import IMAGE, LABELS, box, data, exported, findings, host, rows, tree

BOX = box(10, 10, 20, 10)


def images(*given: tuple[str, str | None]) -> list[dict[str, Any]]:
    """Images by path and split."""
    return [{**IMAGE, "image_id": n, "path": path, "split": split} for n, (path, split) in enumerate(given, 1)]


def of_image(number: int, **more: Any) -> dict[str, Any]:
    return {**BOX, "image_id": number, **more}


# --- files


def test_a_label_file_for_each_image_and_what_is_said_of_them_all(tmp_path: Path) -> None:
    source = host(tmp_path, [BOX], images=images(("a.jpg", "train"), ("b.PNG", "val"), ("c.jpg", "test")))
    exported(source, tmp_path, include_images=True)
    labels = {"labels/train/a.txt", "labels/val/b.txt", "labels/test/c.txt"}
    pictures = {"images/train/a.jpg", "images/val/b.PNG", "images/test/c.jpg"}
    assert tree(tmp_path) == labels | pictures | {"data.yaml", "metadata.json", "images.csv"}
    assert rows(tmp_path, "b", "val") == []
    folders = {split: f"images/{split}" for split in ("train", "val", "test")}
    assert data(tmp_path) == {**folders, "names": {0: "car", 1: "tree"}}


def test_without_images_a_note_keeps_their_place(tmp_path: Path) -> None:
    exported(host(tmp_path, [BOX], media=False), tmp_path)
    assert "images/README.txt" in tree(tmp_path)
    assert not [name for name in tree(tmp_path) if name.endswith(".jpg")]


def test_images_without_a_media_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no media folder"):
        exported(host(tmp_path, [BOX], media=False), tmp_path, include_images=True)


def test_a_zip_holds_the_same_as_a_folder(tmp_path: Path) -> None:
    source = host(tmp_path, [BOX])
    exported(source, tmp_path, include_images=True)
    exporter.run(format="yolo", source=source, output=tmp_path / "out.zip", options={"include_images": True})
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert set(archive.namelist()) == tree(tmp_path)


def test_images_csv_tells_which_image_is_which(tmp_path: Path) -> None:
    source = host(tmp_path, images=images(("north/a.jpg", "train"), ("/srv/b.jpg", "val")))
    exported(source, tmp_path)
    with (tmp_path / "out" / "images.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["image", "image_id", "path"],
            ["images/train/north_a.jpg", "1", "north/a.jpg"],
            ["images/val/srv_b.jpg", "2", "srv/b.jpg"],
        ]


def test_metadata_tells_classes_by_their_indices(tmp_path: Path) -> None:
    exported(host(tmp_path, [BOX]), tmp_path, task="obb")
    about = orjson.loads((tmp_path / "out" / "metadata.json").read_bytes())
    assert about["classes"] == {"0": "car", "1": "tree"}
    assert about["options"]["task"] == "obb"
    assert about["splits"] == {"train": 1}


# --- splits


def test_images_of_no_split_are_left_out_and_counted(tmp_path: Path) -> None:
    source = host(tmp_path, [of_image(2)], images=images(("a.jpg", "train"), ("b.jpg", None)))
    codes = findings(exported(source, tmp_path))
    assert codes["SPLIT_NONE"] == 1
    assert not [name for name in tree(tmp_path) if name.endswith("/b.txt")]


def test_images_of_no_split_can_be_asked_for(tmp_path: Path) -> None:
    source = host(tmp_path, images=images(("a.jpg", "train"), ("b.jpg", None)))
    codes = findings(exported(source, tmp_path, filters={"splits": ["none"]}))
    assert "labels/none/b.txt" in tree(tmp_path)
    assert data(tmp_path)["train"] == data(tmp_path)["val"] == "images/none"
    assert codes["NO_TRAIN_IMAGES"] == 1


@pytest.mark.parametrize(
    ("split", "named", "level"),
    [
        ("train", {"train": "images/train", "val": "images/train"}, "info"),
        ("val", {"train": "images/val", "val": "images/val"}, "warning"),
    ],
)
def test_a_split_that_readers_want_is_another_where_it_has_no_images(
    tmp_path: Path, split: str, named: dict[str, str], level: str
) -> None:
    report = exported(host(tmp_path, [BOX], images=images(("a.jpg", split))), tmp_path).report
    assert {key: data(tmp_path)[key] for key in ("train", "val")} == named
    assert [f.level for f in report.findings if f.code in ("NO_TRAIN_IMAGES", "NO_VAL_IMAGES")] == [level]


def test_splits_by_hash_are_written(tmp_path: Path) -> None:
    exported(host(tmp_path, images=images(("a.jpg", None))), tmp_path, split_by="hash:0,0,1")
    assert "labels/test/a.txt" in tree(tmp_path)
    assert data(tmp_path)["test"] == "images/test"


def test_a_source_without_splits_is_told_how_to_make_them(tmp_path: Path) -> None:
    source = host(tmp_path, images=[{"image_id": 1, "path": "a.jpg", "width": 9, "height": 9}])
    with pytest.raises(InputError, match="has no splits"):
        exported(source, tmp_path)


# --- names of files


def label_files(folder: Path) -> list[str]:
    return sorted(name.removeprefix("labels/train/") for name in tree(folder) if name.startswith("labels/"))


def named(folder: Path, *paths: str, **more: Any) -> list[str]:
    """The label files of images with these paths."""
    exported(host(folder, images=images(*((path, "train") for path in paths))), folder, **more)
    return label_files(folder)


def test_names_that_differ_in_extension_or_case_alone_get_numbers(tmp_path: Path) -> None:
    assert named(tmp_path, "a.jpg", "b.jpg", "a.png", "B.jpeg") == ["B-4.txt", "a-1.txt", "a-3.txt", "b-2.txt"]


def test_numbers_stay_where_filters_leave_one_of_them(tmp_path: Path) -> None:
    assert named(tmp_path, "a.jpg", "b.jpg", "a.png", filters={"image_uids": ["3"]}) == ["a-3.txt"]


def test_a_number_is_no_name_that_another_image_has(tmp_path: Path) -> None:
    assert named(tmp_path, "a.jpg", "a.png", "a-1.jpg") == ["a--1.txt", "a-1.txt", "a-2.txt"]


def test_folders_become_part_of_the_name(tmp_path: Path) -> None:
    assert named(tmp_path, "images/1.jpg", "north/images/1.jpg", "north_images/1.jpg") == [
        "images_1.txt",
        "north_images_1-2.txt",
        "north_images_1-3.txt",
    ]


def test_no_name_is_hidden_or_leads_elsewhere(tmp_path: Path) -> None:
    assert named(tmp_path, ".a.jpg", "../../b.jpg", "C:\\c.jpg", "CON.jpg", "d.tar.jpg") == [
        "_CON.txt",
        "_a.txt",
        "b.txt",
        "c.txt",
        "d.tar.txt",
    ]


# --- classes


def names(folder: Path, labels: Sequence[str], **options: Any) -> dict[int, str]:
    made = [{"label_id": n, "class_name": name} for n, name in enumerate(labels, 1)]
    exported(host(folder, [{**BOX, "label_id": 1}], labels=made), folder, **options)
    found: dict[int, str] = data(folder)["names"]
    return found


EMOJI = "\U0001f98b \U0001f469\u200d\U0001f52c"
HARD = ["no", "1.0", "a: b", "# c", EMOJI, "two\nlines", "'\"\\", "- x", "~", "", "x\u2028y", "0x1F", " blank "]


def test_every_name_is_read_back(tmp_path: Path) -> None:
    found = names(tmp_path, HARD)
    assert found == {n: name if name else f"label {n + 1}" for n, name in enumerate(HARD)}


@given(st.text())
def test_yaml_reads_back_any_text(text: str) -> None:
    assert yaml.safe_load(f"names:\n  0: {quoted(text)}\n") == {"names": {0: text}}


def test_indices_follow_the_labels_numbers_whatever_is_written(tmp_path: Path) -> None:
    labels = [{"label_id": 9, "class_name": "last"}, {"label_id": 2, "class_name": "first"}, *LABELS]
    source = host(tmp_path, [{**BOX, "label_id": 9}, BOX, {**BOX, "label_id": 7}], labels=labels)
    exported(source, tmp_path)
    assert [row[0] for row in rows(tmp_path)] == [3, 1, 2]
    codes = findings(exported(source, tmp_path, label_filter=["tree", "9"]))
    assert [row[0] for row in rows(tmp_path)] == [3, 2]
    assert data(tmp_path)["names"] == {0: "first", 1: "car", 2: "tree", 3: "last"}
    assert codes["LABEL_NOT_CHOSEN"] == 1


def test_a_label_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'label_filter' names the label 'bus'"):
        exported(host(tmp_path, [BOX]), tmp_path, label_filter=["bus"])


def test_poses_say_how_many_points_they_have_and_what_a_mirror_does(tmp_path: Path) -> None:
    person = {"label_id": 3, "class_name": "person", "keypoints": '["nose", "left_eye", "right_eye"]'}
    pose = {**BOX, "keypoints": "[1, 1, 2, 2, 2, 2, 3, 3, 2]"}
    exported(host(tmp_path, [pose], labels=[person]), tmp_path, task="pose")
    assert data(tmp_path)["kpt_shape"] == [3, 3]
    assert data(tmp_path)["flip_idx"] == [0, 2, 1]
    exported(host(tmp_path, [pose], labels=[{**person, "keypoints": '["a", "b", "c"]'}]), tmp_path, task="pose")
    assert data(tmp_path)["kpt_shape"] == [3, 3]
    assert "flip_idx" not in data(tmp_path)
    exported(host(tmp_path, [pose], labels=[person]), tmp_path)
    assert "kpt_shape" not in data(tmp_path)


def test_points_are_as_many_as_those_of_the_classes_that_are_asked_for(tmp_path: Path) -> None:
    labels = [
        {"label_id": n, "class_name": f"c{n}", "keypoints": k} for n, k in ((3, '["a"]'), (4, '["b"]'), (5, '["c", "d"]'))
    ]
    pose = {**BOX, "label_id": 5, "keypoints": "[1, 1, 2, 2, 2, 2]"}
    exported(host(tmp_path, [pose], labels=labels), tmp_path, task="pose", label_filter=["c5"])
    assert data(tmp_path)["kpt_shape"] == [2, 3]
    assert len(rows(tmp_path)) == 1


def test_poses_of_a_source_without_key_points_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no key points"):
        exported(host(tmp_path, [BOX]), tmp_path, task="pose")


# --- what is left out


def test_annotations_stay_with_their_images(tmp_path: Path) -> None:
    source = host(
        tmp_path,
        [of_image(2, bbox_x=n) if n % 2 else of_image(3) for n in range(6)],
        images=images(("a.jpg", "train"), ("b.jpg", "train"), ("c.jpg", "train")),
    )
    exported(source, tmp_path)
    assert [len(rows(tmp_path, name)) for name in "abc"] == [0, 3, 3]
    assert [row[1] for row in rows(tmp_path, "b")] == [0.11, 0.13, 0.15]


def test_annotations_stay_with_images_whose_ids_are_in_no_order(tmp_path: Path) -> None:
    made = [{**IMAGE, "image_id": n, "path": f"{n}.jpg"} for n in (30, 10, 20)]
    exported(host(tmp_path, [of_image(10), of_image(20), of_image(30), of_image(10)], images=made), tmp_path)
    assert [len(rows(tmp_path, str(n))) for n in (10, 20, 30)] == [2, 1, 1]


def test_a_source_without_labels_has_classes_by_their_names(tmp_path: Path) -> None:
    source = host(tmp_path, [{**BOX, "class_name": "tree"}, {**BOX, "class_name": "car"}])
    records = {name: record for name, record in source.records.items() if name != "label"}
    exported(attrs.evolve(source, records=records), tmp_path)
    assert data(tmp_path)["names"] == {0: "car", 1: "tree"}
    assert [row[0] for row in rows(tmp_path)] == [1, 0]


def test_a_source_without_annotations_has_empty_label_files(tmp_path: Path) -> None:
    source = host(tmp_path)
    exported(attrs.evolve(source, records={"image": source.records["image"]}), tmp_path)
    assert rows(tmp_path) == []
    assert data(tmp_path)["names"] == {}


def test_only_annotated_leaves_out_images_of_which_no_annotation_is_written(tmp_path: Path) -> None:
    made = images(("a.jpg", "train"), ("b.jpg", "train"), ("c.jpg", "val"), ("d.jpg", "train"))
    source = host(tmp_path, [of_image(1), of_image(3, iscrowd=True), of_image(4)], images=made)
    result = exported(source, tmp_path, only_annotated=True, include_images=True)
    assert label_files(tmp_path) == ["a.txt", "d.txt"]
    assert {name for name in tree(tmp_path) if name.endswith(".jpg")} == {"images/train/a.jpg", "images/train/d.jpg"}
    assert "val" not in data(tmp_path)["val"]
    assert findings(result)["IMAGE_NOT_ANNOTATED"] == 1
    assert result.report.records["image"].written == 2


def test_counts_add_up(tmp_path: Path) -> None:
    given = [BOX, box(-5, 0, 10, 10), box(200, 0, 5, 5), {**BOX, "iscrowd": True}, {**BOX, "bbox_width": 0}]
    report = exported(host(tmp_path, given), tmp_path).report
    counted = report.records["annotation"]
    assert (counted.rows, counted.written, counted.left_out) == (5, 2, 3)
    assert len(rows(tmp_path)) == 2


def test_an_export_without_images_says_so(tmp_path: Path) -> None:
    result = exported(host(tmp_path, [BOX]), tmp_path, filters={"image_uids": ["77"]})
    assert findings(result) == {"NO_ROWS": 1}


def test_an_export_without_annotations_says_so(tmp_path: Path) -> None:
    assert "NO_ANNOTATIONS" in findings(exported(host(tmp_path), tmp_path))


def test_images_that_are_missing_or_empty_are_left_out_with_their_annotations(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "media" / "b.jpg").write_bytes(b"")
    source = host(tmp_path, [BOX, of_image(2), of_image(3)], images=images(*((f"{n}.jpg", "train") for n in "abc")))
    codes = findings(exported(attrs.evolve(source, media=tmp_path / "media"), tmp_path, include_images=True))
    assert label_files(tmp_path) == ["a.txt"]
    assert (codes["IMAGE_UNREADABLE"], codes["IMAGE_LEFT_OUT"]) == (2, 2)


@pytest.mark.parametrize("task", TASKS)
def test_hostile_rows_make_a_data_set_without_errors(tmp_path: Path, task: str) -> None:
    source = sample_source("vision", rows=2 * len(TEXTS), hostile=True)
    exporter.run(format="yolo", source=source, output=tmp_path / "out.zip", options={"task": task}, keep_going=True)
    found: list[Finding] = exporter.check(tmp_path / "out.zip", "yolo")
    assert not [f for f in found if f.level == "error"]


@pytest.mark.parametrize("task", ["detect", "segment", "obb", "pose"])
def test_a_figure_shows_what_labels_say(tmp_path: Path, task: str) -> None:
    figure = tmp_path / "figure.svg"
    exporter.preview(format="yolo", source="sample:street?images=6", project="1", options={"task": task}, figure=figure)
    text = figure.read_text(encoding="utf-8")
    assert "parking bay" in text if task != "pose" else "person" in text
