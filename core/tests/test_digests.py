"""Digests that are taken while a file is written are those of the file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.digests import Behind, of_folder
from exporter.parts import Receipt
from exporter.store import publish
from exporter.zipwriter import Counted, ZipWriter


@pytest.mark.parametrize("sizes", [[], [1], [5 << 20, 3, 9 << 20, 70_000] * 2], ids=["nothing", "one byte", "many steps"])
def test_a_zip_is_hashed_while_it_is_written(tmp_path: Path, sizes: list[int]) -> None:
    path = tmp_path / "a.zip"
    with ZipWriter(path) as archive:
        for i, size in enumerate(sizes):
            archive.add(f"{i}.bin", Counted([os.urandom(size)]), stored=i % 2 == 0)
    assert archive.digest is not None
    assert archive.digest.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert archive.digest.bytes == path.stat().st_size
    assert archive.digest.is_of(path)


def test_a_header_that_is_written_later_is_not_hashed_before(tmp_path: Path) -> None:
    """Members whose sizes are known at their end, one begun while those before it are hashed."""
    for turn in range(30):
        path = tmp_path / f"{turn}.zip"
        with ZipWriter(path) as archive:
            for i in range(6):
                archive.add(f"{i}.bin", Counted([os.urandom(1_500_000)] * 2), stored=True)
        assert archive.digest is not None
        assert archive.digest.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_was_touched_later_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with ZipWriter(path) as archive:
        archive.add("a.txt", Counted([b"a"]))
    assert archive.digest is not None
    with path.open("r+b") as file:
        file.write(b"pk")
    os.utime(path, ns=(0, 1))
    assert not archive.digest.is_of(path)
    wanted = hashlib.sha256(path.read_bytes()).hexdigest()
    assert publish(path, tmp_path / "out.zip", force=False, known=archive.digest).sha256 == wanted


def test_a_file_that_lost_bytes_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 100)
    with Behind(path) as behind, pytest.raises(OSError, match="shorter"):
        behind.digest(101)


def test_nothing_is_hashed_of_a_zip_that_failed(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"a"
        raise ZeroDivisionError

    archive = ZipWriter(tmp_path / "a.zip")
    with pytest.raises(ZeroDivisionError), archive:
        archive.add("a.txt", Counted(broken()))
    assert archive.digest is None


def test_the_digest_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    """Receipts in any order give what reading the folder gives."""
    contents = {"b/x.txt": b"1", "a.txt": b"22", "b.txt": b"", "b/a/z.txt": b"333", "B.txt": b"4"}
    receipts = []
    for name, content in contents.items():
        (tmp_path / "made" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "made" / name).write_bytes(content)
        receipts.append(Receipt(name, 0, len(content), 0, hashlib.sha256(content).hexdigest()))
    known = of_folder(receipts)
    assert known.is_of(tmp_path / "made")
    read = publish(tmp_path / "made", tmp_path / "out", force=False)
    assert (read.bytes, read.sha256) == (known.bytes, known.sha256)
