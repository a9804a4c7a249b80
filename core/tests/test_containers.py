"""Many files of an archive, read one after the other."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter import containers
from exporter.containers import Archive, Unreadable

FILES = {"b.txt": b"two", "a/c.txt": b"three" * 40_000, "a.txt": b"one"}


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)


def tarred(path: Path, mode: str = "w") -> None:
    with tarfile.open(path, mode) as archive:
        for name, content in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def packed(path: Path) -> None:
    tarred(path, "w:gz")


def folder(path: Path) -> None:
    for name, content in FILES.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)


@pytest.mark.parametrize("made", [zipped, tarred, packed, folder])
def test_each_file_has_its_bytes(tmp_path: Path, made: Callable[[Path], None]) -> None:
    made(tmp_path / "archive")
    archive = Archive(tmp_path / "archive", in_folder=False)
    assert {name: b"".join(blocks) for name, blocks in archive.each(["a.txt", "b.txt", "a/c.txt"])} == FILES
    assert [name for name, _ in archive.each(["a/c.txt"])] == ["a/c.txt"]


def test_a_file_that_is_not_read_to_its_end_does_not_disturb_the_next(tmp_path: Path) -> None:
    packed(tmp_path / "archive")
    archive = Archive(tmp_path / "archive", in_folder=False)
    assert [(name, next(blocks)[:3]) for name, blocks in archive.each(FILES)] == [
        ("b.txt", b"two"),
        ("a/c.txt", b"thr"),
        ("a.txt", b"one"),
    ]


def test_a_packed_tar_is_inflated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(tmp_path / "archive")
    archive = Archive(tmp_path / "archive", in_folder=False)
    opened = []
    real = containers.tars._opened
    monkeypatch.setattr(containers.tars, "_opened", lambda path: opened.append(path) or real(path))
    assert {name: b"".join(blocks) for name, blocks in archive.each(FILES)} == FILES
    assert len(opened) == 1


def test_an_archive_that_is_gone_cannot_be_read(tmp_path: Path) -> None:
    packed(tmp_path / "archive")
    archive = Archive(tmp_path / "archive", in_folder=False)
    (tmp_path / "archive").unlink()
    with pytest.raises(Unreadable):
        dict(archive.each(FILES))
