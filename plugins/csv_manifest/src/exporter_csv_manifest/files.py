"""Where a manifest lies: alone, or with its images in a zip, a tar or a folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from exporter.containers import DOCUMENT, Archive, Unreadable
from exporter.vision.audit import MOST_FILES
from exporter.zipwriter import file_chunks
from exporter_csv_manifest.columns import HEADER, MANIFEST

_LONGEST = 1 << 20  # characters of a row
_HEAD = 4096  # bytes in which the header shows


@attrs.frozen
class Contents:
    """A manifest, and the files beside it by name: size and, in a zip, CRC-32.

    :param base: the folder of the container that it lies in, with a slash at its end.
    :param archive: the container; None for a manifest that lies alone.
    """

    path: Path
    base: str
    files: dict[str, tuple[int, int | None]]
    archive: Archive | None

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file.

        :raises Unreadable: when they are not those that the container tells of.
        """
        return self.archive.blocks(self.base + name) if self.archive is not None else file_chunks(self.path)

    def document(self, name: str) -> bytes:
        """The bytes of a JSON document, or as many of them as show that it is too long to be one."""
        found = bytearray()
        for block in self.blocks(name):
            found += block
            if len(found) > DOCUMENT:
                break
        return bytes(found)

    def manifest(self) -> Iterator[str]:
        """The lines of the manifest, each with its end.

        :raises Unreadable: for one that is too long to be a row.
        """
        file = text(self.blocks(MANIFEST))
        while line := file.readline(_LONGEST + 1):
            if len(line) > _LONGEST:
                raise Unreadable(f"a line is longer than {_LONGEST:,} characters")
            yield line


def contents(path: Path) -> Contents | None:
    """What a path holds; None for a container without a manifest.

    :raises Unreadable: when it is neither a manifest by its name nor a container.
    """
    if path.is_file() and path.suffix.lower() == ".csv":
        return Contents(path, "", {}, None)
    archive = Archive(path, in_folder=False, most=MOST_FILES)
    base = _base(archive.names)
    if base is None:
        return None
    files = {n.removeprefix(base): archive.sizes(n)[-1] for n in archive.names if n.startswith(base)}
    links = [n.removeprefix(base) for n in archive.unsafe if n.startswith(base)] if path.is_dir() else []
    return Contents(path, base, files | dict.fromkeys(links, (-1, None)), archive)


def _base(names: Iterable[str]) -> str | None:
    """The folder of the manifest: the top, or one folder below it."""
    found = [n.removesuffix(MANIFEST) for n in names if n == MANIFEST or (n.endswith(f"/{MANIFEST}") and n.count("/") == 1)]
    return min(found, key=len) if found else None


def recognised(path: Path) -> bool:
    """Whether a path is a manifest, or holds one: by its name and its header."""
    try:
        if path.is_file() and path.name == MANIFEST:
            with path.open("rb") as file:
                return _has_header(file.read(_HEAD))
        if path.is_file() and path.suffix.lower() == ".csv":
            return False
        archive = Archive(path, in_folder=False, most=MOST_FILES)
        base = _base(archive.names)
        return base is not None and _has_header(archive.read(base + MANIFEST, _HEAD))
    except (OSError, Unreadable):
        return False


def _has_header(head: bytes) -> bool:
    line = head.removeprefix(b"\xef\xbb\xbf").splitlines()[:1]
    try:
        return set(HEADER) <= set(next(csv.reader([line[0].decode()]), [])) if line else False
    except (UnicodeDecodeError, csv.Error):
        return False


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def text(blocks: Iterator[bytes]) -> io.TextIOBase:
    """Blocks of bytes as text in UTF-8, whose lines are left as they are."""
    return io.TextIOWrapper(io.BufferedReader(_Blocks(blocks)), encoding="utf-8-sig", newline="")
