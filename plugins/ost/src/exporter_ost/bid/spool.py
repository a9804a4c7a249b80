"""Texts that come in another order than that in which they are written: kept in a file, by what they belong to, in flat memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

_HELD = 1 << 20  # bytes that wait in memory


class Spool:
    """Lines of several owners, in the order in which they came for each.

    :param file: where they wait; it must not be there yet.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.open("x+b")
        self._waiting: dict[int, list[bytes]] = {}
        self._held = 0
        self._pieces: dict[int, array[int]] = {}  # beginnings and lengths by turns

    def add(self, owner: int, text: str) -> None:
        """Add a text to those of an owner."""
        encoded = text.encode()
        self._waiting.setdefault(owner, []).append(encoded)
        self._held += len(encoded)
        if self._held > _HELD:
            self._flush()

    def of(self, owner: int) -> Iterator[bytes]:
        """All that an owner has, piece by piece."""
        self._flush()
        pieces = self._pieces.get(owner, array("Q"))
        for begin, length in zip(pieces[::2], pieces[1::2], strict=True):
            self._file.seek(begin)
            yield self._file.read(length)

    def close(self) -> None:
        """Remove nothing, but let go of the file."""
        self._file.close()

    def _flush(self) -> None:
        for owner, texts in self._waiting.items():
            begin = self._file.seek(0, 2)
            length = self._file.write(b"".join(texts))
            self._pieces.setdefault(owner, array("Q")).extend((begin, length))
        self._waiting.clear()
        self._held = 0
