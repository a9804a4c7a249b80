"""A zip file that every reader opens, with the same bytes for the same parts."""

from __future__ import annotations

import os
import random
import shutil
import string
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter import zipwriter
from exporter.zipwriter import CHUNK, Counted, ZipWriter, gathered

GIB = 1 << 30
PARTS = {
    "meta.xml": [b"<archive/>"],
    "empty.txt": [],
    "empty/chunks.txt": [b"", b"", b""],
    "Käfer \N{BUTTERFLY}.txt": [b"id\n", b"1\n" * 10, b"2\n"],
    "large.txt": [bytes([i]) * (CHUNK + i) for i in range(5)],
    "random.bin": [os.urandom(3 * CHUNK)],
}
unzip = pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")


def written(path: Path, parts: dict[str, Iterable[bytes]] | dict[str, list[bytes]], *, stored: bool = False) -> Path:
    with ZipWriter(path) as archive:
        for name, chunks in parts.items():
            archive.add(name, Counted(chunks), stored=stored)
    return path


@pytest.fixture(params=["isal", "zlib"])
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both modules that may deflate."""
    if request.param == "zlib":
        monkeypatch.setattr(zipwriter, "codec", lambda: (zlib, "zlib"))
    else:
        pytest.importorskip("isal")
    return str(request.param)


@pytest.mark.parametrize("stored", [False, True])
def test_zipfile_reads_every_part(tmp_path: Path, codec: str, stored: bool) -> None:
    with zipfile.ZipFile(written(tmp_path / "a.zip", PARTS, stored=stored)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(PARTS)
        for info, chunks in zip(archive.infolist(), PARTS.values(), strict=True):
            content = b"".join(chunks)
            assert archive.read(info) == content
            assert (info.file_size, info.CRC) == (len(content), zlib.crc32(content))
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr >> 16 == 0o100644
            assert info.flag_bits == 1 << 11  # UTF-8 names, and no data descriptors


@unzip
@pytest.mark.parametrize("stored", [False, True])
def test_unzip_reads_every_part(tmp_path: Path, codec: str, stored: bool) -> None:
    path = written(tmp_path / "a.zip", PARTS, stored=stored)
    done = subprocess.run(["unzip", "-t", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No errors detected" in done.stdout


def test_an_archive_without_parts(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path / "a.zip", {})) as archive:
        assert archive.namelist() == []


def test_the_same_parts_give_the_same_bytes(tmp_path: Path, codec: str) -> None:
    first, second = (written(tmp_path / name, PARTS).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second


def deflated(chunk: bytes, path: Path) -> bytes:
    with ZipWriter(path) as archive:
        return archive._deflated(chunk)


def test_a_chunk_gives_the_same_bytes_wherever_the_deflater_lies_in_memory(tmp_path: Path) -> None:
    """isal makes a hash of an address, which in one of 8192 streams with a dozen known bytes loses a match."""
    pytest.importorskip("isal")
    draw = random.Random(1)
    words = ["".join(draw.choices(string.ascii_lowercase, k=12)) for _ in range(1000)]
    chunks = [f"{word}ABCDEFGHIJKLMNOP{word}QRSTUVWXYZ_-+*/#".encode() for word in words]
    held: list[Any] = []
    with ZipWriter(tmp_path / "a.zip") as archive:
        first = list(map(archive._deflated, chunks))
        for _ in range(100):
            held += [archive._codec.compressobj(1, zlib.DEFLATED, -15), bytearray(draw.randrange(100, 300_000))]
            assert list(map(archive._deflated, chunks)) == first


every_begin = b"".join(bytes((byte,)) + b"ab" for byte in range(256))


@settings(deadline=None)
@given(st.text("ab\0\1", max_size=300).map(str.encode) | st.just(b"ab" + every_begin * 3))
def test_what_no_chunk_holds_is_never_referred_to(chunk: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        packed = deflated(chunk * 5, Path(folder) / "a.zip")
    assert zlib.decompressobj(-15).decompress(packed) == chunk * 5


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3 * CHUNK // 2), max_size=8))
def test_small_chunks_are_gathered_and_nothing_is_lost(sizes: list[int]) -> None:
    chunks = [bytes([i]) * size for i, size in enumerate(sizes)]
    found = list(gathered(chunks))
    assert b"".join(found) == b"".join(chunks)
    assert all(len(c) >= CHUNK for c in found[:-1])


def test_each_chunk_is_deflated_alone_and_ends_in_a_sync_flush(tmp_path: Path, codec: str) -> None:
    chunks = [bytes([i]) * CHUNK for i in range(3)]
    data = written(tmp_path / "a.zip", {"a": chunks}).read_bytes()
    packed = data[30 + len("a") + 20 :]
    for chunk in chunks:
        end = packed.index(b"\0\0\xff\xff") + 4
        assert zlib.decompressobj(-15).decompress(packed[:end]) == chunk
        packed = packed[end:]
    assert packed.startswith(b"\x03\0")  # the empty last block


def test_a_few_chunks_are_held_at_a_time(tmp_path: Path) -> None:
    """The next is asked for only when the file has those before, but for two."""
    path = tmp_path / "a.zip"
    sizes: list[int] = []

    def chunks() -> Iterator[bytes]:
        for _ in range(8):
            sizes.append(path.stat().st_size)
            yield os.urandom(CHUNK)

    written(path, {"a": chunks()})
    assert all(later - before >= CHUNK for before, later in pairwise(sizes[2:]))


def test_an_archive_is_no_archive_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"

    def chunks() -> Iterator[bytes]:
        yield b"x" * CHUNK
        raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        written(path, {"a": [b"whole"], "b": chunks()})
    assert not zipfile.is_zipfile(path)


# --- past the limits of 1989


def test_more_members_than_16_bits_count(tmp_path: Path) -> None:
    many = 0xFFFF + 2
    path = written(tmp_path / "a.zip", {f"{i}.txt": [b"%d" % i] for i in range(many)}, stored=True)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == many
        assert archive.read(f"{many - 1}.txt") == b"%d" % (many - 1)
    if shutil.which("unzip"):
        done = subprocess.run(["unzip", "-tqq", path, "0.txt", f"{many - 1}.txt"], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("many", [0xFFFF - 1, 0xFFFF])
def test_as_many_members_as_16_bits_count(tmp_path: Path, many: int) -> None:
    """65,535 is the mark for zip64, so that it needs the longer directory itself."""
    path = written(tmp_path / "a.zip", {f"{i}": [] for i in range(many)}, stored=True)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == many
    assert (b"PK\x06\x06" in path.read_bytes()[-200:]) == (many == 0xFFFF)


class _Sparse:
    """A file in which zeros take no room."""

    def __init__(self, file: Any, zeros: bytes) -> None:
        self._file, self._zeros = file, zeros

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        if data is self._zeros:
            self._file.seek(len(data), os.SEEK_CUR)
            return len(data)
        return int(self._file.write(data))


@pytest.mark.parametrize("size", [4 * GIB - 2, 4 * GIB + 1])
def test_a_member_past_4_gib_and_one_that_begins_there(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.zip"
    zeros = bytes(64 << 20)
    rest = size % len(zeros)
    with ZipWriter(path) as archive:
        archive._file = _Sparse(archive._file, zeros)  # type: ignore[assignment]
        archive.add("zeros", Counted((*[zeros] * (size // len(zeros)), bytes(rest))), stored=True)
        archive.add("after.txt", Counted([b"after"]))
    with zipfile.ZipFile(path) as archive_read:
        zeros_info, after = archive_read.infolist()
        assert (zeros_info.file_size, zeros_info.compress_size) == (size, size)
        assert after.header_offset > size
        assert archive_read.read("after.txt") == b"after"
        with archive_read.open("zeros") as member:  # looks at the local header, too
            assert member.read(10) == bytes(10)
    with path.open("rb") as file:
        local = file.read(30 + len("zeros") + 20)
    if size < 4 * GIB:
        assert struct.unpack("<II", local[18:26]) == (size, size)
    else:
        assert struct.unpack("<II", local[18:26]) == (0xFFFFFFFF, 0xFFFFFFFF)
        assert struct.unpack("<HHQQ", local[-20:]) == (0x0001, 16, size, size)
    if shutil.which("unzip"):
        done = subprocess.run(["unzip", "-tqq", path, "after.txt"], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_a_member_that_deflates_from_past_4_gib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its packed size is small, its own is not; each piece is deflated once here, and counted in full."""
    path = tmp_path / "a.zip"
    piece = bytes(64 << 20)
    packed: dict[int, bytes] = {}
    deflated = ZipWriter._deflated

    def once(self: ZipWriter, chunk: bytes) -> bytes:
        if id(chunk) not in packed:
            packed[id(chunk)] = deflated(self, chunk)
        return packed[id(chunk)]

    monkeypatch.setattr(ZipWriter, "_deflated", once)
    written(path, {"zeros": [piece] * 65, "after.txt": [b"after"]})
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("zeros")
        assert info.file_size == 65 * len(piece) > 4 * GIB > info.compress_size
        with archive.open(info) as member:
            assert member.read(1 << 20) == piece[: 1 << 20]
        assert archive.read("after.txt") == b"after"
