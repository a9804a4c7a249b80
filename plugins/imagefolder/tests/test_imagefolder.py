"""What an image folder holds, and where."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import attrs
import pytest

import exporter
from exporter.errors import FindingsError, InputError
from exporter.testing.classified import JPEG

from .gallery import codes, export, files, listed, source

PATHS = ["a/1.jpg", "a/2.jpg", "b/3.jpg"]
EACH = [(1, 1), (2, 2), (3, 1)]
BOTH = [(1, 1), (2, 2), (2, 1), (3, 3)]


def test_images_lie_in_folders_of_splits_and_classes(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, EACH, split=("train", "valid", "test")), tmp_path)
    assert files(tmp_path) == ["test/cat/3.jpg", "train/cat/1.jpg", "val/dog/2.jpg"]
    assert (tmp_path / "out/val/dog/2.jpg").read_bytes() == JPEG + b"2"


def test_without_splits_images_lie_in_folders_of_classes(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, EACH), tmp_path)
    assert files(tmp_path) == ["cat/1.jpg", "cat/3.jpg", "dog/2.jpg"]


def test_images_of_no_split_are_left_out_or_asked_for(tmp_path: Path) -> None:
    found = source(tmp_path, PATHS, EACH, split=("train", None, "test"))
    assert codes(export(found, tmp_path))["SPLIT_NONE"] == 1
    export(found, tmp_path, {"splits": ("none", "test")})
    assert files(tmp_path) == ["none/dog/2.jpg", "test/cat/3.jpg"]


def test_images_are_stored_in_zips_and_not_deflated(tmp_path: Path) -> None:
    exporter.run(format="image_folder", source=source(tmp_path, PATHS, EACH), output=tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        ways = {info.filename: info.compress_type for info in archive.infolist()}
    assert ways["cat/1.jpg"] == zipfile.ZIP_STORED
    assert ways["classes.json"] == zipfile.ZIP_DEFLATED


def test_no_folder_is_made_for_a_class_without_images(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, EACH, split=("train", "train", "val")), tmp_path)
    folders = sorted(p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_dir())
    assert folders == ["train", "train/cat", "train/dog", "val", "val/cat"]


def test_all_classes_are_listed_with_their_images(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, EACH, split=("train", "train", "val")), tmp_path)
    assert listed(tmp_path) == [
        {"number": 1, "name": "cat", "folder": "cat", "images": {"train": 1, "val": 1}},
        {"number": 2, "name": "dog", "folder": "dog", "images": {"train": 1}},
        {"number": 3, "name": "bird", "folder": "bird", "images": {}},
    ]


def test_images_whose_files_are_missing_or_empty_are_left_out(tmp_path: Path) -> None:
    found = source(tmp_path, PATHS, EACH)
    (tmp_path / "media/a/1.jpg").unlink()
    (tmp_path / "media/a/2.jpg").write_bytes(b"")
    result = export(found, tmp_path)
    assert files(tmp_path) == ["cat/3.jpg"]
    assert codes(result)["IMAGE_UNREADABLE"] == 2
    assert result.report.classes == {"cat": 1, "bird": 0, "dog": 0}


def test_a_source_without_image_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no media folder"):
        export(attrs.evolve(source(tmp_path, PATHS, EACH), media=None), tmp_path)


def test_images_without_a_class_are_left_out_or_have_one_of_their_own(tmp_path: Path) -> None:
    found = source(tmp_path, PATHS, EACH[:2])
    assert codes(export(found, tmp_path))["NO_CLASS"] == 1
    export(found, tmp_path, unclassified="nothing at all")
    assert files(tmp_path) == ["cat/1.jpg", "dog/2.jpg", "nothing at all/3.jpg"]
    assert listed(tmp_path)[-1] == {"number": 0, "name": "nothing at all", "folder": "nothing at all", "images": {"none": 1}}


def test_nothing_to_write_makes_no_folder(tmp_path: Path) -> None:
    result = export(source(tmp_path, PATHS, [(9, 1)]), tmp_path)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["classes.json", "metadata.json"]
    assert codes(result)["IMAGES_MISSING"] == 1


# --- images of several classes


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("skip", ["bird/3.jpg", "cat/1.jpg"]),
        ("first", ["bird/3.jpg", "cat/1.jpg", "cat/2.jpg"]),
        ("all", ["bird/3.jpg", "cat/1.jpg", "cat/2.jpg", "dog/2.jpg"]),
    ],
)
def test_an_image_of_two_classes_goes_where_it_is_told(way: str, expected: list[str], tmp_path: Path) -> None:
    result = export(source(tmp_path, PATHS, BOTH), tmp_path, on_conflict=way)
    assert files(tmp_path) == expected
    assert codes(result)["CLASS_CONFLICT"] == 1


def test_by_default_an_image_of_two_classes_is_left_out(tmp_path: Path) -> None:
    result = export(source(tmp_path, PATHS, BOTH), tmp_path)
    assert result.report.records["image"].left_out == 1
    assert files(tmp_path) == ["bird/3.jpg", "cat/1.jpg"]


def test_an_image_of_two_classes_may_stop_the_run_before_any_is_read(tmp_path: Path) -> None:
    opened: list[str] = []

    def media(name: str) -> Any:
        opened.append(name)
        return (tmp_path / "media" / name).open("rb")

    found = attrs.evolve(source(tmp_path, PATHS, BOTH), media=media)
    with pytest.raises(FindingsError, match=r"CLASS_CONFLICT \(1\)"):
        export(found, tmp_path, on_conflict="error")
    assert not opened
    assert not (tmp_path / "out").exists()


def test_who_keeps_going_gets_the_others(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, BOTH), tmp_path, on_conflict="error", keep_going=True)
    assert files(tmp_path) == ["bird/3.jpg", "cat/1.jpg"]


def test_the_first_class_is_that_of_the_mapping(tmp_path: Path) -> None:
    mapping = json.dumps({"pet": ["dog"], "animal": ["cat", "bird"]})
    options = {"classification_mode": "free_form", "class_mapping": mapping, "on_conflict": "first"}
    export(source(tmp_path, PATHS, BOTH), tmp_path, **options)
    assert files(tmp_path) == ["animal/1.jpg", "animal/3.jpg", "pet/2.jpg"]


@pytest.mark.parametrize(
    ("mapping", "conflicts"),
    [({"a": ["cat", "dog"], "b": ["bird"]}, 0), ({"a": ["cat"], "b": ["dog"]}, 1), ({"a": ["cat"], "b": ["cat", "dog"]}, 2)],
)
def test_two_tags_of_one_class_are_no_conflict_and_one_tag_of_two_is(
    mapping: dict[str, list[str]], conflicts: int, tmp_path: Path
) -> None:
    options = {"classification_mode": "free_form", "class_mapping": json.dumps(mapping)}
    found = source(tmp_path, PATHS, BOTH)
    assert codes(export(found, tmp_path, **options)).get("CLASS_CONFLICT", 0) == conflicts
    preview = exporter.preview(format="imagefolder", source=found, options=options)
    assert codes(preview).get("CLASS_CONFLICT", 0) == conflicts


def test_a_tag_given_twice_is_no_conflict(tmp_path: Path) -> None:
    assert "CLASS_CONFLICT" not in codes(export(source(tmp_path, PATHS, [(1, 1), (1, 1)]), tmp_path))


def test_tags_of_one_name_are_no_conflict(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, [(1, 1), (1, 2)], ["cat", "cat"]), tmp_path)
    assert files(tmp_path) == ["cat/1.jpg"]


# --- names of folders


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("../../x", "x"),
        ("a/b", "a_b"),
        ("a\\b", "a_b"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\x", "C__x"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("trailing.", "trailing_"),
        ("trailing ", "trailing"),
        ("", "tag 1"),
        (" ", "tag 1"),
        ("..", "_"),
        (".hidden", "hidden"),
        ("__cache__", "cache__"),
        ("._\u00a0.x", "x"),
        ("._CON", "_CON"),
        ("café", "café"),
        ("cafe\u0301", "café"),
        ("tab\there", "tab_here"),
        ("zero\0", "zero"),
        ("classes.json", "classes.json-1"),
        ("Metadata.JSON", "Metadata.JSON-1"),
    ],
)
def test_names_of_classes_make_safe_folders(name: str, folder: str, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    export(source(tmp_path / "inside", ["x.jpg"], [(1, 1)], [name]), tmp_path / "inside")
    assert files(tmp_path / "inside") == [f"{folder}/x.jpg"]
    assert listed(tmp_path / "inside")[0]["folder"] == folder
    assert [p.name for p in tmp_path.iterdir()] == ["inside"]
    assert {p.name for p in (tmp_path / "inside").iterdir()} == {"media", "out", "out.report.json"}


@pytest.mark.parametrize("name", ["x" * 255, "é" * 200, "\U0001f98b" * 300, "x." * 200])
def test_long_names_are_cut_and_stay_apart(name: str, tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, EACH, [name + "1", name + "2"]), tmp_path)
    folders = {each["folder"] for each in listed(tmp_path)}
    assert len(folders) == 2
    assert all(len(folder.encode()) <= 255 for folder in folders)
    assert [each["name"] for each in listed(tmp_path)] == [name + "1", name + "2"]


def test_names_that_differ_in_case_only_have_their_numbers(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, [(1, 1), (2, 2), (3, 3)], ["Cat", "cat", "CAT-2"]), tmp_path)
    assert files(tmp_path) == ["CAT-2/3.jpg", "Cat-1/1.jpg", "cat--2/2.jpg"]


def test_names_that_become_one_have_their_numbers(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, [(1, 1), (2, 2), (3, 3)], ["a/b", "a:b", "a_b"]), tmp_path)
    assert files(tmp_path) == ["a_b-1/1.jpg", "a_b-2/2.jpg", "a_b-3/3.jpg"]


def test_the_number_stays_when_a_filter_leaves_one_of_the_classes(tmp_path: Path) -> None:
    found = source(tmp_path, PATHS, [(1, 1), (2, 2)], ["Cat", "cat"])
    export(found, tmp_path, {"image_uids": "2"})
    assert files(tmp_path) == ["cat-2/2.jpg"]


# --- names of files


def test_files_keep_their_base_names(tmp_path: Path) -> None:
    export(source(tmp_path, ["deep/down/x.jpg", "C:\\photos\\y.jpg", "../../z.jpg"], [(1, 1), (2, 1), (3, 1)]), tmp_path)
    assert files(tmp_path) == ["cat/x.jpg", "cat/y.jpg"]  # what leads out of the media folder is not opened


def test_base_names_that_occur_twice_have_the_number_of_their_image(tmp_path: Path) -> None:
    found = source(tmp_path, ["a/x.jpg", "b/X.JPG", "c/y.jpg", "d/x-2.jpg"], [(i, 1) for i in range(1, 5)])
    export(found, tmp_path)
    assert files(tmp_path) == ["cat/X--2.JPG", "cat/x-1.jpg", "cat/x-2.jpg", "cat/y.jpg"]
    export(found, tmp_path, {"image_uids": "2"})
    assert files(tmp_path) == ["cat/X--2.JPG"]


def test_hidden_files_become_visible(tmp_path: Path) -> None:
    export(source(tmp_path, [".x.jpg", "a/._y.jpg"], [(1, 1), (2, 1)]), tmp_path)
    assert files(tmp_path) == ["cat/x.jpg", "cat/y.jpg"]


# --- links


def test_files_are_copied_by_default(tmp_path: Path) -> None:
    export(source(tmp_path, PATHS, EACH), tmp_path)
    assert (tmp_path / "out/dog/2.jpg").stat().st_nlink == 1


def test_files_may_be_hard_links(tmp_path: Path) -> None:
    result = export(source(tmp_path, PATHS, EACH), tmp_path, link="hardlink")
    assert (tmp_path / "out/dog/2.jpg").samefile(tmp_path / "media/a/2.jpg")
    assert not (tmp_path / "out/dog/2.jpg").is_symlink()
    assert "LINK_COPIED" not in codes(result)


def test_files_may_be_symbolic_links(tmp_path: Path) -> None:
    result = export(source(tmp_path, PATHS, EACH), tmp_path, link="symlink")
    assert (tmp_path / "out/dog/2.jpg").is_symlink()
    assert (tmp_path / "out/dog/2.jpg").resolve() == (tmp_path / "media/a/2.jpg").resolve()
    assert codes(result)["LINK_NOT_FOLLOWED"] == 3
    assert not (tmp_path / "out/classes.json").is_symlink()


@pytest.mark.parametrize("link", ["hardlink", "symlink"])
def test_links_have_the_receipts_of_their_files(link: str, tmp_path: Path) -> None:
    found = source(tmp_path, PATHS, EACH)
    receipts = [
        [
            (p["name"], p["bytes"], p["sha256"])
            for p in export(found, tmp_path, link=way).report.parts
            if p["name"].endswith("jpg")
        ]
        for way in ("copy", link)
    ]
    assert receipts[0] == receipts[1]


@pytest.mark.parametrize("link", ["hardlink", "symlink"])
def test_replacing_a_folder_of_links_leaves_the_source_alone(link: str, tmp_path: Path) -> None:
    found = source(tmp_path, PATHS, EACH)
    export(found, tmp_path, link=link)
    export(found, tmp_path, link=link)
    assert (tmp_path / "media/a/2.jpg").read_bytes() == JPEG + b"2"


@pytest.mark.parametrize("link", ["hardlink", "symlink"])
def test_what_cannot_be_linked_is_copied_and_counted(link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(*_: Any, **__: Any) -> None:
        raise OSError(errno.EXDEV, "another disk")

    found = source(tmp_path, PATHS, EACH)
    monkeypatch.setattr(os, "link" if link == "hardlink" else "symlink", elsewhere)
    result = export(found, tmp_path, link=link)
    assert codes(result)["LINK_COPIED"] == 3
    assert not (tmp_path / "out/dog/2.jpg").is_symlink()
    assert (tmp_path / "out/dog/2.jpg").read_bytes() == JPEG + b"2"


def test_what_only_a_function_opens_is_copied_and_counted(tmp_path: Path) -> None:
    found = source(tmp_path, PATHS, EACH)
    opened = attrs.evolve(found, media=lambda name: (tmp_path / "media" / name).open("rb"))
    assert codes(export(opened, tmp_path, link="hardlink"))["LINK_COPIED"] == 3
    assert (tmp_path / "out/dog/2.jpg").stat().st_nlink == 1


def test_a_zip_refuses_links(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'link' is for folders"):
        export(source(tmp_path, PATHS, EACH), tmp_path, link="symlink", packaging="zip")


# --- previews


def test_a_preview_tells_what_is_left_out(tmp_path: Path) -> None:
    found = source(tmp_path, PATHS, BOTH[:3], split=("train", "train", None))
    preview = exporter.preview(format="imagefolder", source=found)
    assert codes(preview) == {"SPLIT_NONE": 1, "CLASS_CONFLICT": 1, "IMAGE_LEFT_OUT": 2}
    assert preview.report.records["image"].written == 1
    assert preview.report.classes == {"cat": 1, "bird": 0, "dog": 0}
