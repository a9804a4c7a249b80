"""The checks of image folders, also of those that others made."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

import exporter
from exporter.errors import InputError
from exporter.registry import format_of_file
from exporter.report import Finding
from exporter.testing.classified import JPEG, classified_source
from exporter_imagefolder.format import ImageFolder

from .gallery import export, source

BALANCED = ("train/cat/a.jpg", "train/dog/b.jpg", "val/cat/c.jpg", "val/dog/d.jpg")
Files = Sequence[str | tuple[str, bytes]]


def zipped(folder: Path, *files: str | tuple[str, bytes]) -> Path:
    """A zip of files; one given by its name alone is an image of its own, one that ends in a slash a folder."""
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for i, each in enumerate(files):
            name, content = each if isinstance(each, tuple) else (each, JPEG + str(i).encode())
            archive.writestr(name, b"" if name.endswith("/") else content)
    return path


def unpacked(folder: Path, *files: str | tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(zipped(folder, *files)) as archive:
        archive.extractall(folder / "made")
    return folder / "made"


def tarred(folder: Path, *files: str | tuple[str, bytes]) -> Path:
    path = folder / "made.tar"
    with tarfile.open(path, "w") as archive, zipfile.ZipFile(zipped(folder, *files)) as given:
        for info in given.infolist():
            header = tarfile.TarInfo(info.filename.rstrip("/"))
            header.size, header.type = info.file_size, tarfile.DIRTYPE if info.is_dir() else tarfile.REGTYPE
            archive.addfile(header, io.BytesIO(given.read(info)))
    return path


def found(path: Path) -> dict[str, Finding]:
    return {finding.code: finding for finding in exporter.check(path, "imagefolder")}


in_all = pytest.mark.parametrize("pack", [zipped, unpacked, tarred])


@in_all
@pytest.mark.parametrize(
    "files",
    [
        BALANCED,
        ("cat/a.jpg", "dog/b.png"),
        ("cat/deep/a.jpg", "dog/b.jpg"),
        ("export/train/cat/a.jpg", "export/val/cat/b.jpg"),
        ("a/b/cat/a.jpg", "a/b/dog/b.jpg", ("a/README.md", b"text")),
        (
            *BALANCED,
            ("README.md", b"text"),
            (".DS_Store", b"x"),
            ("train/.DS_Store", b"x"),
            ("__MACOSX/train/._a.jpg", b"x"),
        ),
    ],
)
def test_a_sound_folder_has_nothing_wrong(pack: type, files: Files, tmp_path: Path) -> None:
    assert found(pack(tmp_path, *files)) == {}


@in_all
@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("train/bird/",), "CLASS_FOLDER_EMPTY"),
        ((("train/bird/notes.txt", b"text"),), "CLASS_FOLDER_EMPTY"),
        (("train/Cat2/a.jpg", "val/cat2/b.jpg"), "CLASS_NAME_DUPLICATE"),
        (("train/test tube/x.jpg", "val/test tube/y.jpg"), "NAMED_LIKE_SPLIT"),
        (("train/bird/x.jpg",), "CLASSES_DIFFER"),
        (("val/bird/x.jpg",), "CLASS_NOT_IN_TRAIN"),
        (("train/x.jpg",), "IMAGE_WITHOUT_CLASS"),
        ((("train/cat/x.jpg", b""),), "FILE_EMPTY"),
        ((("train/cat/x.jpg", b"<html>"),), "FILE_NOT_AN_IMAGE"),
        (("train/cat/x",), "FILE_EXTENSION_UNKNOWN"),
        ((("train/cat/x.jpg", JPEG), ("val/dog/y.jpg", JPEG)), "IMAGE_IN_SEVERAL_SPLITS"),
        (tuple(f"train/cat/{i}.jpg" for i in range(302)), "CLASS_IMBALANCE"),
        (("train/cat/A.jpg",), "FILE_NAME_DUPLICATE"),
        (("train/cat/CON.jpg",), "FILE_NAME_UNSAFE"),
    ],
)
def test_what_is_wrong_is_found(pack: type, more: Files, code: str, tmp_path: Path) -> None:
    assert code in found(pack(tmp_path, *BALANCED, *more))


def test_files_of_a_class_may_have_the_names_of_splits_where_splits_have_folders(tmp_path: Path) -> None:
    assert found(zipped(tmp_path, *BALANCED, "train/cat/test_1.jpg")) == {}
    assert found(zipped(tmp_path, "cat/test_1.jpg", "dog/b.jpg"))["NAMED_LIKE_SPLIT"].examples == ["test_1.jpg"]


def test_the_same_image_twice_in_one_split_is_no_finding(tmp_path: Path) -> None:
    assert found(zipped(tmp_path, *BALANCED, ("train/cat/x.jpg", JPEG), ("train/dog/y.jpg", JPEG))) == {}


def test_a_folder_without_classes_says_so(tmp_path: Path) -> None:
    assert set(found(zipped(tmp_path, "a.jpg"))) == {"IMAGES_MISSING", "IMAGE_WITHOUT_CLASS"}
    assert set(found(zipped(tmp_path))) == {"IMAGES_MISSING"}


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"no image")
    path = unpacked(tmp_path, "cat/a.jpg", "dog/b.jpg")
    (path / "cat" / "x.jpg").symlink_to(tmp_path / "secret")
    assert set(found(path)) == {"LINK_NOT_FOLLOWED"}


def test_a_folder_of_links_alone_is_not_empty(tmp_path: Path) -> None:
    given = source(tmp_path, ["a.jpg", "b.jpg"], [(1, 1), (2, 2)])
    export(given, tmp_path, link="symlink")
    assert set(found(tmp_path / "out")) == {"LINK_NOT_FOLLOWED", "CLASS_EMPTY"}


def test_classes_of_ours_without_an_image_are_told(tmp_path: Path) -> None:
    export(source(tmp_path, ["a.jpg", "b.jpg"], [(1, 1), (2, 2)]), tmp_path)
    assert found(tmp_path / "out")["CLASS_EMPTY"].examples == ["bird"]


def test_a_class_of_ours_may_be_called_train(tmp_path: Path) -> None:
    export(source(tmp_path, ["a.jpg", "b.jpg"], [(1, 1), (2, 2)], ["train", "test"]), tmp_path)
    assert set(found(tmp_path / "out")) == {"NAMED_LIKE_SPLIT"}


def test_a_file_that_is_no_container_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    assert set(found(tmp_path / "a.zip")) == {"FOLDER_UNREADABLE"}


def test_an_encrypted_file_cannot_be_read(tmp_path: Path) -> None:
    path = zipped(tmp_path, *BALANCED)
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(b"val/dog/d.jpg"))
    content[entry + 8] |= 1
    path.write_bytes(content)
    assert found(path)["FILE_UNREADABLE"].examples == ["val/dog/d.jpg: val/dog/d.jpg is encrypted"]


# --- whose a file is


@in_all
@pytest.mark.parametrize(
    "files",
    [
        BALANCED,
        ("cat/a.jpg", "dog/b.png"),
        ("export/cat/a.jpg", "export/dog/b.jpg", ("export/README.md", b"text")),
    ],
)
def test_folders_of_others_are_recognised(pack: type, files: Files, tmp_path: Path) -> None:
    assert format_of_file(pack(tmp_path, *files)).name == "imagefolder"


@pytest.mark.parametrize("rows", [0, 3])
def test_ours_is_recognised_without_an_image(rows: int, tmp_path: Path) -> None:
    exporter.run(format="imagefolder", source=classified_source(rows=rows), output=tmp_path / "out.zip")
    assert format_of_file(tmp_path / "out.zip").name == "imagefolder"


@pytest.mark.parametrize("content", [b"[", b"[]", b"{}", b'{"classes": 1}', b'{"classes": [{"folder": []}], "by_split": 1}'])
def test_another_classes_json_is_not_ours(content: bytes, tmp_path: Path) -> None:
    path = zipped(tmp_path, *BALANCED, ("classes.json", content))
    assert found(path) == {}
    assert not ImageFolder().recognises(path)


@pytest.mark.parametrize(
    "files",
    [
        ("images/train/a.jpg", ("annotations/instances_train.json", b"{}")),
        ("train/a.jpg", ("train/_annotations.coco.json", b"{}")),
        ("images/train/a.jpg", ("labels/train/a.txt", b"0 0 0 1 1"), ("data.yaml", b"names: []")),
        ("images/train/a.jpg", ("labels/train/a.txt", b"0 0 0 1 1")),
        ("images/cat/a.jpg", ("manifest.csv", b"image_path,class_name,split\n")),
        ("images/cat/a.jpg", ("manifest.csv", b"path,label\n")),
        ("media/cat/a.jpg", ("meta.xml", b"<archive/>")),
        ("cat/a.jpg", "dog/b.jpg", "c.jpg"),
        ("a.jpg", "b.jpg"),
        (("a.csv", b"a,b\n"),),
    ],
)
def test_files_of_other_formats_are_left_to_them(files: Files, tmp_path: Path) -> None:
    path = zipped(tmp_path, *files)
    assert not ImageFolder().recognises(path)
    assert not ImageFolder().resembles(path)


def test_a_file_is_no_image_folder(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    assert not ImageFolder().recognises(tmp_path / "a.jpg")
    with pytest.raises(InputError):
        format_of_file(tmp_path / "a.jpg")
