"""What is checked: a file as it is, or each file in a zip that the layout `all` makes, which is read without unpacking it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import attrs

from exporter.containers import Archive, Unreadable, listed
from exporter.report import Finding

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@attrs.frozen
class File:
    """A file to look at.

    :param size: in bytes; :param open: gives its bytes, from the first on.
    """

    name: str
    size: int
    open: Callable[[], BinaryIO]


def check_each(path: Path, check: Callable[[File], Iterable[Finding]]) -> Iterator[Finding]:
    """What a check finds in the files of a zip; in anything else what it finds in the file itself."""
    if not _is_zip(path):
        yield from check(File(path.name, path.stat().st_size, lambda: path.open("rb")))
        return
    try:
        with Archive(path) as archive:
            for name in archive.names:
                yield from check(File(name, archive.sizes(name)[-1][0], partial(_opened, archive, name)))
    except Unreadable as error:
        yield Finding("error", "ZIP_UNREADABLE", "The zip cannot be read.", 1, [f"{path.name}: {error}"])


def has_conditions(path: Path, extension: str) -> bool:
    """Whether a file is a zip with conditions in a file of this extension."""
    try:
        return _is_zip(path) and f"conditions.{extension}" in listed(path)
    except Unreadable:
        return False


def _is_zip(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _opened(archive: Archive, name: str) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Blocks(archive.blocks(name))))


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        view = memoryview(buffer)
        size = min(len(view), len(self._left))
        view[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
