"""Media that a source opens by their names."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from exporter import Source
from exporter.errors import InputError, SourceError


def source(media: str | Path | Callable[[str], BinaryIO] | None) -> Source:
    return Source(name="pictures", family="vision", records={}, url="sqlite://", media=media)


def test_a_name_is_found_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.jpg").write_bytes(b"pixels")
    with source(tmp_path).open_media("a/1.jpg") as file:
        assert file.read() == b"pixels"
    with pytest.raises(FileNotFoundError):
        source(tmp_path).open_media("a/2.jpg")


def test_the_folder_may_be_a_text(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"pixels")
    given = source(str(tmp_path))
    assert given.media == tmp_path
    with given.open_media("1.jpg") as file:
        assert file.read() == b"pixels"


@pytest.mark.parametrize("given", [5, b"/media", ["/media"]])
def test_what_is_neither_folder_nor_function_is_refused_at_once(given: Any) -> None:
    with pytest.raises(InputError, match="a folder or a function, not"):
        source(given)


@pytest.mark.parametrize("name", ["../1.jpg", "/1.jpg", "a/../../1.jpg"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "1.jpg").write_bytes(b"secret")
    (tmp_path / "media").mkdir()
    with pytest.raises(SourceError, match="leads out"):
        source(tmp_path / "media").open_media(name)


@pytest.mark.parametrize(("link", "name"), [("1.jpg", "1.jpg"), ("folder", "folder/1.jpg")])
def test_no_symbolic_link_leads_out_of_the_folder(tmp_path: Path, link: str, name: str) -> None:
    """One that stays below it is followed."""
    for place in ("secret", "media/inside"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "1.jpg").write_bytes(place.encode())
    way = tmp_path / "media" / link
    way.symlink_to(tmp_path / "media/inside" / ("1.jpg" if link == name else ""))
    with source(tmp_path / "media").open_media(name) as file:
        assert file.read() == b"media/inside"
    way.unlink()
    way.symlink_to(tmp_path / "secret" / ("1.jpg" if link == name else ""))
    with pytest.raises(SourceError, match="leads out"):
        source(tmp_path / "media").open_media(name)


def test_the_folder_may_be_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/1.jpg").write_bytes(b"pixels")
    (tmp_path / "media").symlink_to(tmp_path / "disk")
    with source(tmp_path / "media").open_media("1.jpg") as file:
        assert file.read() == b"pixels"


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none of a file"):
        source(tmp_path).open_media("a\0b.jpg")


@pytest.mark.parametrize("made", ["pipe", "folder"])
def test_what_is_no_file_is_neither_waited_for_nor_read(tmp_path: Path, made: str) -> None:
    (os.mkfifo if made == "pipe" else os.mkdir)(tmp_path / "1.jpg")
    with pytest.raises(OSError, match=r"no regular file|Is a directory"):
        source(tmp_path).open_media("1.jpg")


def test_a_link_to_itself_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").symlink_to("1.jpg")
    with pytest.raises((SourceError, OSError), match=r"leads nowhere|symbolic links"):
        source(tmp_path).open_media("1.jpg")


def test_a_function_opens_what_it_knows() -> None:
    with source(lambda name: io.BytesIO(name.encode())).open_media("a/1.jpg") as file:
        assert file.read() == b"a/1.jpg"


def test_a_source_without_media_says_so() -> None:
    with pytest.raises(SourceError, match="has no media"):
        source(None).open_media("1.jpg")
