"""Media that a source opens by their names."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from exporter import Source
from exporter.errors import SourceError


def source(media: Path | Callable[[str], BinaryIO] | None) -> Source:
    return Source(name="pictures", family="vision", records={}, url="sqlite://", media=media)


def test_a_name_is_found_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.jpg").write_bytes(b"pixels")
    with source(tmp_path).open_media("a/1.jpg") as file:
        assert file.read() == b"pixels"
    with pytest.raises(FileNotFoundError):
        source(tmp_path).open_media("a/2.jpg")


@pytest.mark.parametrize("name", ["../1.jpg", "/1.jpg", "a/../../1.jpg"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "1.jpg").write_bytes(b"secret")
    (tmp_path / "media").mkdir()
    with pytest.raises(SourceError, match="leads out"):
        source(tmp_path / "media").open_media(name)


def test_a_function_opens_what_it_knows() -> None:
    with source(lambda name: io.BytesIO(name.encode())).open_media("a/1.jpg") as file:
        assert file.read() == b"a/1.jpg"


def test_a_source_without_media_says_so() -> None:
    with pytest.raises(SourceError, match="has no media"):
        source(None).open_media("1.jpg")
