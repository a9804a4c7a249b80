"""The checks of manifests, also of those that others wrote."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import exporter
from exporter.registry import format_of_file
from exporter.report import Finding
from exporter.testing.classified import JPEG
from exporter_csv_manifest.checks import _separated
from exporter_csv_manifest.format import CsvManifest

from .gallery import export, source

HEADER = "image_path,class_name,split\r\n"
BALANCED = HEADER + "images/a.jpg,cat,train\r\nimages/b.jpg,dog,train\r\n"


def made(folder: Path, manifest: str | bytes, files: Mapping[str, bytes] | None = None) -> Path:
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.csv", manifest)
        for name, content in (files or {}).items():
            archive.writestr(name, content)
    return path


def found(path: Path) -> dict[str, Finding]:
    return {finding.code: finding for finding in exporter.check(path, "csv-manifest")}


def codes(folder: Path, manifest: str | bytes, files: Mapping[str, bytes] | None = None) -> set[str]:
    return set(found(made(folder, manifest, files)))


def both(name: str = "images/a.jpg", other: str = "images/b.jpg") -> dict[str, bytes]:
    return {name: JPEG + b"1", other: JPEG + b"2"}


@pytest.mark.parametrize("files", [{}, both()])
def test_a_sound_manifest_has_nothing_wrong(files: dict[str, bytes], tmp_path: Path) -> None:
    assert codes(tmp_path, BALANCED, files) == set()


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ("", "COLUMN_MISSING"),
        ("image_path,class_name\r\nimages/a.jpg,cat\r\n", "COLUMN_MISSING"),
        (HEADER.strip() + ",split\r\n", "COLUMN_DUPLICATE"),
        (HEADER.strip() + ",note\r\nimages/a.jpg,cat,train,x\r\n", "COLUMN_UNKNOWN"),
        (HEADER + "images/a.jpg,cat\r\n", "ROW_UNEVEN"),
        (HEADER + "images/a.jpg,cat,train\r\nimages/a.jpg,cat,train\r\n", "ROW_DUPLICATE"),
        (HEADER + ",cat,train\r\n", "IMAGE_PATH_MISSING"),
        (HEADER + "/etc/passwd,cat,train\r\n", "IMAGE_PATH_OUTSIDE"),
        (HEADER + "images/../../x.jpg,cat,train\r\n", "IMAGE_PATH_OUTSIDE"),
        (HEADER + "..\\x.jpg,cat,train\r\n", "IMAGE_PATH_OUTSIDE"),
        (HEADER + "C:\\x.jpg,cat,train\r\n", "IMAGE_PATH_OUTSIDE"),
        (HEADER + "https://example.org/x.jpg,cat,train\r\n", "IMAGE_PATH_OUTSIDE"),
        (HEADER + "images/a.jpg,cat,train\r\nimages/A.JPG,cat,train\r\n", "FILE_NAME_DUPLICATE"),
        (HEADER + "images/CON.jpg,cat,train\r\n", "FILE_NAME_UNSAFE"),
        (HEADER + "images/a.jpg, ,train\r\n", "CLASS_NAME_MISSING"),
        (HEADER + "images/a.jpg,Cat,train\r\nimages/b.jpg,cat ,train\r\n", "CLASS_NAME_DUPLICATE"),
        (HEADER + "images/a.jpg,None,train\r\n", "CLASS_NAME_READ_AS_MISSING"),
        (HEADER + "images/a.jpg,cat,holdout\r\n", "SPLIT_UNKNOWN"),
        (HEADER + "images/a.jpg,cat,train\r\nimages/b.jpg,cat,\r\n", "SPLIT_PARTLY_MISSING"),
        (HEADER + "images/a.jpg,cat,train\r\nimages/b.jpg,dog,train\r\nimages/a.jpg,dog,val\r\n", "SPLIT_DIFFERS"),
        (HEADER + "images/a.jpg,cat,train\r\nimages/b.jpg,dog,val\r\n", "CLASS_NOT_IN_TRAIN"),
        (
            HEADER + "images/a.jpg,cat,train\r\n" + "".join(f"images/{i}.jpg,dog,train\r\n" for i in range(101)),
            "CLASS_IMBALANCE",
        ),
        (HEADER + 'images/a.jpg,"cat,train\r\n', "MANIFEST_UNREADABLE"),
        (HEADER.encode() + b"images/a.jpg,\xff,train\r\n", "MANIFEST_UNREADABLE"),
    ],
)
def test_what_is_wrong_with_rows_is_found(manifest: str | bytes, code: str, tmp_path: Path) -> None:
    assert codes(tmp_path, manifest) == {code}


def test_lines_tell_where(tmp_path: Path) -> None:
    assert found(made(tmp_path, HEADER + "images/a.jpg,cat,train\r\nx\r\n"))["ROW_UNEVEN"].examples == ["line 3"]


@pytest.mark.parametrize("spelling", ["TRAIN", "training", " train "])
def test_splits_may_be_spelt_as_others_do(spelling: str, tmp_path: Path) -> None:
    assert codes(tmp_path, HEADER + f"images/a.jpg,cat,{spelling}\r\n") == set()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"images/a.jpg": JPEG}, "FILE_MISSING"),
        (both() | {"images/c.jpg": JPEG}, "FILE_NOT_LISTED"),
        ({"images/a.jpg": b"", "images/b.jpg": JPEG}, "FILE_EMPTY"),
    ],
)
def test_what_is_wrong_with_files_is_found(files: dict[str, bytes], code: str, tmp_path: Path) -> None:
    assert codes(tmp_path, BALANCED, files) == {code}


def test_the_same_image_in_two_splits_is_found_by_its_bytes(tmp_path: Path) -> None:
    manifest = HEADER + "images/a.jpg,cat,train\r\nimages/b.jpg,cat,test\r\n"
    assert codes(tmp_path, manifest, {"images/a.jpg": JPEG, "images/b.jpg": JPEG}) == {"IMAGE_IN_SEVERAL_SPLITS"}
    assert codes(tmp_path, manifest, both()) == set()


def test_paths_that_hold_the_name_of_a_split_are_told(tmp_path: Path) -> None:
    manifest = HEADER + "images/val/a.jpg,cat,train\r\nimages/test_b.jpg,cat,train\r\n"
    finding = found(made(tmp_path, manifest, both("images/val/a.jpg", "images/test_b.jpg")))["NAMED_LIKE_SPLIT"]
    assert (finding.level, finding.count) == ("info", 2)


def test_a_manifest_in_a_folder_of_the_zip_is_read_from_there(tmp_path: Path) -> None:
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export/manifest.csv", BALANCED)
        archive.writestr("export/images/a.jpg", JPEG)
    assert set(found(path)) == {"FILE_MISSING"}
    assert CsvManifest().recognises(path)


def test_another_manifest_than_croissant_tells_of_is_found(tmp_path: Path) -> None:
    export(source(tmp_path, [{"tag_id": 1, "name": "rain"}], [(1, 1)]), tmp_path)
    assert found(tmp_path / "out") == {}
    with (tmp_path / "out" / "manifest.csv").open("ab") as file:
        file.write(b"images/x.jpg,rain,\r\n")
    assert set(found(tmp_path / "out")) == {"DIGEST_DIFFERS"}


def test_classes_in_one_column_are_told_apart(tmp_path: Path) -> None:
    metadata = json.dumps({"options": {"multi_label": "column"}}).encode()
    manifest = HEADER + "images/a.jpg,cat|dog,train\r\nimages/b.jpg,dog,val\r\n"
    assert codes(tmp_path, manifest) == {"CLASS_NOT_IN_TRAIN"}
    assert codes(tmp_path, manifest, {"metadata.json": metadata}) == set()


@pytest.mark.parametrize(
    ("text", "names"), [("a", ["a"]), ("a|b", ["a", "b"]), (r"a\|b|c\\d", ["a|b", "c\\d"]), ("", [""]), ("a\\", ["a"])]
)
def test_escaped_signs_stay_in_their_names(text: str, names: list[str]) -> None:
    assert _separated(text) == names


def test_links_out_of_a_folder_count_as_files(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (tmp_path / "in" / "images").mkdir(parents=True)
    (tmp_path / "in" / "manifest.csv").write_text(HEADER + "images/a.jpg,cat,train\r\n")
    (tmp_path / "in" / "images" / "a.jpg").symlink_to(tmp_path / "a.jpg")
    assert found(tmp_path / "in") == {}


def test_a_zip_without_a_manifest_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")
    assert set(found(path)) == {"MANIFEST_MISSING"}


# --- whose a file is


def test_a_manifest_alone_is_recognised_by_its_name_and_header(tmp_path: Path) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text("image_path,class_name,split,more\n")
    assert format_of_file(path).name == "csv-manifest"
    path.write_text("path,label\n")
    assert format_of_file(path).name == "csv"
    path.rename(tmp_path / "other.csv")
    (tmp_path / "other.csv").write_text(BALANCED)
    assert format_of_file(tmp_path / "other.csv").name == "csv"


@pytest.mark.parametrize(
    "names",
    [["annotations.json"], ["data.yaml", "images/train/a.jpg"], ["meta.xml"], ["a/b/manifest.csv"], ["manifest.txt"]],
)
def test_files_of_others_are_left_to_them(names: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, BALANCED)
    assert not CsvManifest().recognises(path)


def test_a_line_without_end_is_not_held(tmp_path: Path) -> None:
    assert codes(tmp_path, "image_path,class_name,split\n" + "x" * (2 << 20)) == {"MANIFEST_UNREADABLE"}
