"""Files of images: their kinds, their names, and which of them are the same."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, features

from exporter.containers import Archive
from exporter.notes import Notes
from exporter.parts import Receipt
from exporter.vision.audit import Listed, fingerprints, problems, shared_between_splits
from exporter.vision.kinds import HEAD, LOADED, has_extension, is_image
from exporter.vision.names import base_name, shown_component
from exporter.vision.splits import says_split

KINDS = ["JPEG", "PNG", "GIF", "BMP", "TIFF", "PPM", *(["WEBP"] if features.check("webp") else [])]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_images_are_known_by_their_first_bytes(kind: str, mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (3, 2)).save(file, kind)
    assert is_image(file.getvalue()[:HEAD])
    assert is_image(file.getvalue())


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8", b"<html>", b"<svg xmlns=''/>", b"%PDF-1.7", b"PK\x03\x04", b"BM is text", b"RIFF1234WAVE", b"P1x"],
)
def test_other_files_are_none(content: bytes) -> None:
    assert not is_image(content)


def test_extensions_count_in_any_case() -> None:
    assert has_extension("a/b.JPG")
    assert has_extension("a.gif")
    assert not has_extension("a.gif", LOADED)
    assert not has_extension("jpg")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x", "x"),
        (".x", "x"),
        ("__x", "x"),
        ("_x", "_x"),
        ("...", "_"),
        ("._", "_"),
        (" .\u00a0._x", "x"),
        ("._CON", "_CON"),
    ],
)
def test_no_name_is_hidden_to_readers(text: str, name: str) -> None:
    assert shown_component(text) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/b.jpg", "b.jpg"), ("a\\b.jpg", "b.jpg"), ("a/.b.jpg", "b.jpg"), ("s3://x/y.jpg", "y.jpg"), ("", "_")],
)
def test_the_base_name_of_a_path_is_its_last_part(path: str, name: str) -> None:
    assert base_name(path) == name


@pytest.mark.parametrize("name", ["train", "test.jpg", "my-val_1", "0dev", "x evaluation", "test 2"])
def test_names_that_say_a_split_are_known(name: str) -> None:
    assert says_split(name)


@pytest.mark.parametrize("name", ["retraining", "contest", "TRAIN", "trains", "oval", "latest"])
def test_names_that_hold_its_letters_alone_do_not(name: str) -> None:
    assert not says_split(name)


# --- the same bytes


def shared(files: dict[str, bytes], receipts: dict[str, Receipt], *, crc: bool = False) -> tuple[list[str], list[str]]:
    """What is shared by splits, which the names begin with, and what was read for it."""
    read: list[str] = []

    def blocks(name: str) -> Iterator[bytes]:
        read.append(name)
        yield files[name]

    listed = [Listed(n.split("/")[0], n, len(c), zlib.crc32(c) if crc else None) for n, c in files.items()]
    notes = Notes(problems("images"))
    shared_between_splits(fingerprints(listed, blocks, receipts), notes)
    return [example for finding in notes.findings() for example in finding.examples], read


SAME = {"train/a": b"12", "val/b": b"12", "val/c": b"34", "test/d": b"567", "train/e": b"", "val/f": b""}


def test_only_files_of_one_size_are_read() -> None:
    assert shared(SAME, {}) == (["train/a = val/b"], ["train/a", "val/b", "val/c"])


def test_none_is_read_where_the_container_knows_its_crc32() -> None:
    assert shared(SAME, {}, crc=True) == (["train/a = val/b"], [])


def test_none_is_read_that_has_a_receipt() -> None:
    receipts = {name: Receipt(name, 0, len(content), 0, content.hex()) for name, content in SAME.items()}
    assert shared(SAME, receipts) == (["train/a = val/b"], [])


# --- folders that hold nothing


def test_empty_folders_are_those_without_a_file_below(tmp_path: Path) -> None:
    for folder in ("a", "b/c/d", "e/f"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "e" / "x").write_bytes(b"x")
    assert Archive(tmp_path, in_folder=False).empty == ["a", "b/c/d", "e/f"]


def test_a_folder_with_a_link_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"x")
    (tmp_path / "in" / "a").mkdir(parents=True)
    (tmp_path / "in" / "a" / "link").symlink_to(tmp_path / "outside")
    assert Archive(tmp_path / "in", in_folder=False).empty == []
