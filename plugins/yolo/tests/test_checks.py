"""What is found in data sets of others. Each test makes one that is sound but for one thing."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

import exporter
from exporter.registry import format_of_file

from .host import box, exported, host

BOX = "0 0.5 0.5 0.2 0.2\n"
OUTLINE = "0 0.1 0.1 0.5 0.1 0.5 0.5\n"
DATA = "train: images/train\nval: images/val\nnames: [car, tree]\n"
SOUND = {
    "data.yaml": DATA,
    "images/train/a.jpg": "one",
    "images/val/b.jpg": "two",
    "labels/train/a.txt": BOX + "1 0.5 0.5 1 1\n",
    "labels/val/b.txt": "",
}


def made(folder: Path, **files: str | None) -> Path:
    """The sound data set with other files; None takes one away. Two underscores stand for a slash, one for a point."""
    for name, text in (SOUND | {n.replace("__", "/").replace("_", "."): t for n, t in files.items()}).items():
        path = folder / "set" / name
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder / "set"


def codes(path: Path) -> dict[str, int]:
    return {f.code: f.count for f in exporter.check(path, "yolo")}


def moved(folder: Path, **files: str) -> Path:
    """A data set of these files alone."""
    nothing = dict.fromkeys((n.replace("/", "__").replace(".", "_") for n in SOUND), None)
    return made(folder, **{**nothing, **files})


# --- where it lies


def test_a_sound_data_set_has_no_findings(tmp_path: Path) -> None:
    assert codes(made(tmp_path)) == {}


def test_our_own_has_no_findings(tmp_path: Path) -> None:
    exported(host(tmp_path, [box(1, 2, 3, 4), box(1, 2, 3, 4, label_id=7)]), tmp_path, include_images=True)
    assert codes(tmp_path / "out") == {"SPLITS_ALIKE": 1}


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar"])
def test_archives_are_looked_at_like_folders(tmp_path: Path, kind: str) -> None:
    folder = made(tmp_path, labels__train__a_txt=OUTLINE + "7 0.5 0.5 0.2 0.2\n", images__val__c_jpg="one")
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), kind, folder))
    found = codes(packed)
    assert found == codes(folder)
    assert {"ROWS_MIXED", "CLASS_UNKNOWN", "IMAGE_IN_SEVERAL_SPLITS", "IMAGE_WITHOUT_LABELS"} <= set(found)


def test_a_folder_around_it_does_not_matter(tmp_path: Path) -> None:
    made(tmp_path, labels__train__a_txt="9 0.5 0.5 0.2 0.2\n")
    assert codes(tmp_path)["CLASS_UNKNOWN"] == 1


def test_data_yaml_stands_for_its_folder(tmp_path: Path) -> None:
    folder = made(tmp_path, labels__train__a_txt="9 0.5 0.5 0.2 0.2\n")
    assert codes(folder / "data.yaml") == codes(folder)
    assert codes(folder)["CLASS_UNKNOWN"] == 1


@pytest.mark.parametrize("train", ["../train/images", "train/images", "./train/images/", "somewhere/set/train/images"])
def test_roboflows_layout_is_read(tmp_path: Path, train: str) -> None:
    folder = moved(
        tmp_path,
        data_yaml=f"train: {train}\nval: ../valid/images\nnc: 1\nnames: ['car']\n",
        train__images__a_jpg="one",
        train__labels__a_txt=BOX,
        valid__images__b_jpg="two",
        valid__labels__b_txt=BOX + "1 0.5 0.5 0.1 0.1\n",
    )
    assert codes(folder) == {"CLASS_UNKNOWN": 1}


def test_lists_of_images_are_read(tmp_path: Path) -> None:
    folder = moved(
        tmp_path,
        data_yaml="path: ../datasets/set\ntrain: train.txt\nval: [val.txt]\nnames: {0: car}\n",
        train_txt="./images/a.jpg\n/data/datasets/set/images/b.jpg\n\n",
        val_txt="images/c.jpg\nimages/a.jpg\nimages/gone.jpg\n",
        images__a_jpg="one", images__b_jpg="two", images__c_jpg="three", images__d_jpg="four",
        labels__a_txt=BOX, labels__b_txt=BOX, labels__c_txt=BOX, labels__d_txt=BOX,
    )  # fmt: skip
    assert codes(folder) == {"LISTED_MISSING": 1, "IMAGE_IN_NO_SPLIT": 1, "IMAGE_IN_SEVERAL_SPLITS": 1}


def test_labels_beside_their_images_are_read(tmp_path: Path) -> None:
    folder = moved(
        tmp_path,
        data_yaml="train: train\nval: val\nnames: {0: car}\n",
        train__a_jpg="one", train__a_txt=BOX, val__b_jpg="two", val__b_txt="0 0.5 0.5 0.2\n",
    )  # fmt: skip
    assert codes(folder) == {"COLUMNS_BROKEN": 1}


def test_absolute_paths_are_flagged(tmp_path: Path) -> None:
    folder = made(tmp_path, data_yaml=DATA.replace("images/train", "/data/set/images/train"))
    assert codes(folder) == {"SPLIT_ABSOLUTE": 1}


# --- whose it is


def test_a_yolo_data_set_is_recognised(tmp_path: Path) -> None:
    folder = made(tmp_path)
    assert format_of_file(folder).name == "yolo"
    assert format_of_file(folder / "data.yaml").name == "yolo"
    assert format_of_file(Path(shutil.make_archive(str(tmp_path / "a"), "zip", folder))).name == "yolo"
    (folder / "data.yaml").rename(folder / "coco8.yml")
    assert format_of_file(folder).name == "yolo"


@pytest.mark.parametrize("data", ["version: 3\nservices: {}\n", "names: [a]\n"])
def test_other_yaml_files_are_left_alone(tmp_path: Path, data: str) -> None:
    with pytest.raises(exporter.ExporterError, match="No format knows"):
        format_of_file(made(tmp_path, data_yaml=data))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip"])
def test_what_is_no_container_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    assert codes(tmp_path / "a.zip") == {"YOLO_UNREADABLE": 1}


# --- data.yaml


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (None, {"YAML_MISSING"}),
        ("train: [", {"YAML_UNREADABLE"}),
        ("- a", {"YAML_UNREADABLE"}),
        ("a: 2024-13-45", {"YAML_UNREADABLE"}),
        ("[" * 5000, {"YAML_UNREADABLE"}),
        ("train: images/train\nnames: [car, tree]\n", {"SPLIT_NOT_NAMED", "IMAGE_IN_NO_SPLIT"}),
        ("train: images/train\nvalidation: images/val\nnames: [car, tree]\n", set()),
        (DATA + "test: images/test\n", {"SPLIT_MISSING"}),
        (DATA.replace("images/val", "images/train"), {"SPLITS_ALIKE", "IMAGE_IN_NO_SPLIT"}),
        ("train: images/train\nval: images/val\n", {"NAMES_MISSING"}),
        ("train: images/train\nval: images/val\nnc: 2\n", set()),
        (DATA + "nc: 3\n", {"NC_DIFFERS"}),
        (DATA.replace("[car, tree]", "{0: car, '1': tree}"), set()),
        (DATA.replace("[car, tree]", "{1: car, 2: tree}"), {"NAMES_BROKEN"}),
        (DATA.replace("[car, tree]", "{a: car, b: tree}"), {"NAMES_BROKEN"}),
        (DATA.replace("[car, tree]", "car"), {"NAMES_BROKEN"}),
        (DATA.replace("[car, tree]", "[no, 1.0]"), {"NAME_NOT_TEXT"}),
        (DATA.replace("[car, tree]", "[car, Car]"), {"NAME_DUPLICATE"}),
        (DATA.replace("[car, tree]", "[car, tree, bus]"), {"CLASS_EMPTY"}),
        (DATA + "kpt_shape: 17\n", {"KPT_SHAPE_BROKEN"}),
        (DATA + "kpt_shape: [0, 3]\n", {"KPT_SHAPE_BROKEN"}),
        (DATA + "kpt_shape: [1, 4]\n", {"KPT_SHAPE_BROKEN"}),
        (DATA + "kpt_shape: [2, 3]\nflip_idx: [1]\n", {"FLIP_IDX_BROKEN", "COLUMNS_BROKEN"}),
        (DATA + "kpt_shape: [9000000000000000000, 3]\nflip_idx: [1, 0]\n", {"FLIP_IDX_BROKEN", "COLUMNS_BROKEN"}),
    ],
)  # fmt: skip
def test_what_is_wrong_with_data_yaml(tmp_path: Path, data: str | None, found: set[str]) -> None:
    assert set(codes(made(tmp_path, data_yaml=data))) == found


# --- rows


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("0 0.5 0.5 0.2", {"COLUMNS_BROKEN"}),
        ("0 0.5 0.5 0.2 0.2 0.9", {"COLUMNS_BROKEN"}),
        ("0 0.1 0.1 0.5 0.1 0.5 0.5 0.4", {"COLUMNS_BROKEN"}),
        (" \n" + BOX + " \n" + BOX, {"COLUMNS_BROKEN", "ROW_DUPLICATE"}),
        ("0 0.5 x 0.2 0.2", {"ROW_BROKEN"}),
        ("0 0.5 nan 0.2 0.2", {"ROW_BROKEN"}),
        ("0 0.5 1_0 0.2 0.2", {"ROW_BROKEN"}),
        ("0 0.5 inf 0.2 0.2", {"ROW_BROKEN"}),
        (BOX + OUTLINE, {"ROWS_MIXED", "TASKS_MIXED"}),
        ("2 0.5 0.5 0.2 0.2", {"CLASS_UNKNOWN"}),
        ("-1 0.5 0.5 0.2 0.2", {"CLASS_UNKNOWN"}),
        ("0.5 0.5 0.5 0.2 0.2", {"CLASS_UNKNOWN"}),
        ("1.0 0.5 0.5 0.2 0.2\n0 0.1 0.1 0.1 0.1", set()),
        ("0 1.2 0.5 0.2 0.2", {"COORDINATES_OUTSIDE"}),
        ("0 50 20 10 10", {"COORDINATES_OUTSIDE"}),
        ("0 0.5 0.5 -0.2 0.2", {"BOX_EMPTY", "COORDINATES_OUTSIDE"}),
        ("0 0.5 0.5 0 0.2", {"BOX_EMPTY"}),
        ("0 0.95 0.5 0.2 0.2", {"SHAPE_OUTSIDE_IMAGE"}),
        ("0 0.1 0.1 0.5 0.1 0.1 0.1", {"OUTLINE_TOO_FEW_POINTS"}),
        ("0 0.1 0.1 0.5 0.1 -0.005 0.5", {"SHAPE_OUTSIDE_IMAGE"}),
        ("0 0.1 0.1 0.5 0.1 3 0.5", {"COORDINATES_OUTSIDE"}),
        (BOX + BOX, {"ROW_DUPLICATE"}),
    ],
)
def test_what_is_wrong_with_a_row(tmp_path: Path, rows: str, found: set[str]) -> None:
    files = {"labels__train__a_txt": rows, "labels__val__b_txt": "1 0.5 0.5 0.1 0.1\n"}
    if "TASKS_MIXED" not in found and len(rows.split()) > 6:
        files["labels__val__b_txt"] = "1 0.5 0.5 0.1 0.1 0.2 0.2\n" if "\n" not in rows else BOX
    assert set(codes(made(tmp_path, **files))) - {"CLASS_EMPTY", "CLASS_NOT_IN_TRAIN"} == found


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("0 0.5 0.5 0.2 0.2 0.1 0.1 2 0 0 0", set()),
        (BOX, {"COLUMNS_BROKEN"}),
        ("0 0.5 0.5 0.2 0.2 0.1 0.1 0.7 0 0 0", {"KEYPOINTS_BROKEN"}),
        ("0 0.5 0.5 0.2 0.2 1.1 0.1 2 0 0 0", {"COORDINATES_OUTSIDE"}),
    ],
)
def test_what_is_wrong_with_a_pose(tmp_path: Path, row: str, found: set[str]) -> None:
    folder = made(tmp_path, data_yaml=DATA + "kpt_shape: [2, 3]\n", labels__train__a_txt=row)
    assert set(codes(folder)) - {"CLASS_EMPTY"} == found


def test_points_without_visibility_are_read(tmp_path: Path) -> None:
    folder = made(tmp_path, data_yaml=DATA + "kpt_shape: [2, 2]\n", labels__train__a_txt="0 0.5 0.5 1 1 0.1 0.1 1 1\n")
    assert codes(folder) == {"CLASS_EMPTY": 1}


def test_a_label_file_that_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "labels/train/a.txt").write_bytes(b"\xff\xfe0 0.5")
    assert codes(folder) == {"LABELS_UNREADABLE": 1}


def test_a_broken_file_of_an_archive_stops_nothing_else(tmp_path: Path) -> None:
    folder = made(tmp_path, labels__train__a_txt="7" + BOX, labels__val__b_txt="1 0.25 0.25 0.1 0.1\n")
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.rglob("*.*"):
            archive.write(path, path.relative_to(folder))
    packed.write_bytes(packed.read_bytes().replace(b"0.25 0.25", b"0.26 0.25"))
    found = codes(packed)
    assert (found["LABELS_UNREADABLE"], found["CLASS_UNKNOWN"]) == (1, 1)


# --- images and labels


def test_labels_without_image_and_images_without_labels(tmp_path: Path) -> None:
    folder = made(tmp_path, labels__train__gone_txt=BOX, images__train__new_jpg="three", labels__classes_txt="car\n")
    assert codes(folder) == {"LABELS_WITHOUT_IMAGE": 1, "IMAGE_WITHOUT_LABELS": 1}


def test_labels_alone_need_no_images(tmp_path: Path) -> None:
    folder = made(tmp_path, images__train__a_jpg=None, images__val__b_jpg=None)
    assert codes(folder) == {}


def test_images_that_share_a_label_file(tmp_path: Path) -> None:
    assert codes(made(tmp_path, images__train__a_png="three")) == {"LABELS_SHARED": 2}
    found = codes(made(tmp_path, images__train__a_png=None, images__train__A_bmp="four", labels__train__A_txt=BOX))
    assert found["LABELS_SHARED"] >= 2


def test_files_that_are_empty_hidden_or_no_images(tmp_path: Path) -> None:
    folder = made(tmp_path, images__val__b_jpg="", images__train__notes_cache="")
    for name in ("b.gif", "noextension", ".hidden.jpg", ".DS_Store"):
        (folder / "images/train" / name).write_text("x", encoding="utf-8")
    assert codes(folder) == {"FILE_EMPTY": 1, "IMAGE_NOT_SEEN": 3, "IMAGE_WITHOUT_LABELS": 1}


def test_the_same_image_in_two_splits(tmp_path: Path) -> None:
    assert codes(made(tmp_path, images__val__b_jpg="one")) == {"IMAGE_IN_SEVERAL_SPLITS": 1}


def test_classes_that_are_never_learnt(tmp_path: Path) -> None:
    folder = made(tmp_path, labels__train__a_txt=BOX, labels__val__b_txt="1 0.5 0.5 0.1 0.1\n")
    assert codes(folder) == {"CLASS_NOT_IN_TRAIN": 1}


def test_a_class_with_hardly_any_annotations(tmp_path: Path) -> None:
    rows = "".join(f"0 0.5 0.5 0.2 0.{place:03}\n" for place in range(1, 102))
    assert codes(made(tmp_path, labels__train__a_txt=rows + "1 0.5 0.5 1 1\n")) == {"CLASS_IMBALANCE": 1}


def test_names_that_some_file_system_refuses_or_takes_for_one(tmp_path: Path) -> None:
    found = codes(made(tmp_path, images__train__A_jpg="three", labels__train__A_txt=BOX))
    assert found == {"LABELS_SHARED": 2, "FILE_NAME_DUPLICATE": 2}
    (tmp_path / "set/images/train/A.jpg").rename(tmp_path / "set/images/train/CON.jpg")
    assert codes(made(tmp_path, labels__train__CON_txt=BOX, labels__train__A_txt=BOX))["FILE_NAME_UNSAFE"] == 1


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (tmp_path / "outside.txt").write_text("9 9 9 9 9", encoding="utf-8")
    (folder / "labels/train/c.txt").symlink_to(tmp_path / "outside.txt")
    assert codes(folder) == {}


def test_a_name_that_leads_out_of_an_archive_is_not_read(tmp_path: Path) -> None:
    folder = made(tmp_path)
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(folder, ".")
        archive.add(folder / "data.yaml", "../labels/data.txt")
    assert codes(tmp_path / "a.tar") == {}


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nnames: *b\n",
        "train: images/train\nval: images/val\nnames: [" + "x" * 140_000 + "]\n",
        "nc: " + "1:" * 70_000 + "1\n",
    ],
    ids=["aliases", "a name without end", "a number to the base of sixty"],
)
def test_a_short_text_that_would_be_a_long_wait_is_not_read(tmp_path: Path, text: str) -> None:
    assert "YAML_UNREADABLE" in codes(made(tmp_path, data_yaml=text))


def test_a_label_file_without_end_is_not_held(tmp_path: Path) -> None:
    assert codes(made(tmp_path, labels__train__a_txt="0 " * (3 << 20)))["LABELS_UNREADABLE"] == 1


def test_a_link_to_itself_is_none_of_the_files(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "images" / "train" / "x.jpg").symlink_to("x.jpg")
    assert codes(folder) == {}
