"""An archive as it is read back: the files in a zip or a folder, each as blocks of bytes."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

from exporter.zipwriter import codec, file_chunks

BLOCK = (
    1 << 16
)  # bytes in a block, at most: more than this the C library maps anew each time, which takes longer than inflating
_PACKED = 1 << 16  # deflated bytes that are read at once
_HEADER = 30  # bytes of a local header before the name


class Archive:
    """The files of an archive; in a zip they may all lie in one folder. A context manager that closes the zip."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zip = zipfile.ZipFile(path) if path.is_file() else None
        if self._zip is not None:
            self._sizes = _sizes(i for i in self._zip.infolist() if not i.is_dir())
        else:
            files = (p for p in path.rglob("*") if p.is_file())
            self._sizes = {p.relative_to(path).as_posix(): [(p.stat().st_size, None)] for p in files}
        metas = sorted((n for n in self._sizes if PurePosixPath(n).name == "meta.xml"), key=len)
        self._base = metas[0][: -len("meta.xml")] if metas else ""

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._zip is not None:
            self._zip.close()

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return self._base + name in self._sizes

    def sizes(self, name: str) -> list[tuple[int, int | None]]:
        """Bytes and CRC-32 as the zip's directory has them, of every file of that name; in a folder None for the CRC-32."""
        return self._sizes.get(self._base + name, [])

    def read(self, name: str, most: int = 64 << 20) -> bytes:
        """The first bytes of a file, or all; where it is read to its end, its CRC-32 is compared."""
        if self._zip is None:
            with (self._path / (self._base + name)).open("rb") as file:
                return file.read(most)
        with self._zip.open(self._base + name) as member:
            return member.read(most)

    def blocks(self, name: str) -> Iterator[bytes]:
        """All bytes of a file.

        :raises zipfile.BadZipFile: at the latest at the end, when they are not those that the zip's directory tells of.
        """
        if self._zip is None:
            yield from file_chunks(self._path / (self._base + name), BLOCK)
            return
        info = self._zip.getinfo(self._base + name)
        with self._zip.open(info) as member:  # which looks at the local header and knows what else than deflate there is
            if info.compress_type != zipfile.ZIP_DEFLATED:
                yield from iter(partial(member.read, BLOCK), b"")
                return
        yield from _inflated(self._path, info)


def _sizes(infos: Iterator[zipfile.ZipInfo]) -> dict[str, list[tuple[int, int | None]]]:
    found: dict[str, list[tuple[int, int | None]]] = {}
    for info in infos:
        found.setdefault(info.filename, []).append((info.file_size, info.CRC))
    return found


def _inflated(path: Path, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a deflated member: zipfile does the same, and cannot do it with a faster codec."""
    module: Any = codec()[0]
    inflate = module.decompressobj(-15)
    size = crc = 0
    try:
        for block in _pieces(inflate, _packed(path, info)):
            size += len(block)
            crc = module.crc32(block, crc)
            if size > info.file_size:
                break
            yield block
    except module.error as error:
        raise zipfile.BadZipFile(f"{info.filename} cannot be inflated: {error}") from None
    if not inflate.eof or (size, crc) != (info.file_size, info.CRC):
        raise zipfile.BadZipFile(f"{info.filename} has another size or CRC-32 than the directory says")


def _pieces(inflate: Any, packed: Iterator[bytes]) -> Iterator[bytes]:
    for piece in packed:
        while piece and not inflate.eof:
            if block := inflate.decompress(piece, BLOCK):
                yield block
            piece = inflate.unconsumed_tail
    if block := inflate.flush():
        yield block


def _packed(path: Path, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(info.header_offset)
        name, extra = struct.unpack("<HH", file.read(_HEADER)[-4:])
        file.seek(name + extra, 1)
        left = info.compress_size
        while left and (piece := file.read(min(left, _PACKED))):
            left -= len(piece)
            yield piece
