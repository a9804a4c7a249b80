"""Things kept in flat memory, whatever their number: parted by a number, in a scratch file once they are many."""

from __future__ import annotations

import marshal
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO, Generic, TypeVar

from exporter.errors import InputError

T = TypeVar("T")
PARTITIONS = 512  # a power of 2; of 20,000,000 rows some 40,000 are in each
_HELD = 8 << 20  # bytes in memory, as far as those who add things know their size
_SMALL = 100  # bytes of a thing whose size nobody tells
_PIECE = 128  # things that are read back at once


class Partitions(Generic[T]):
    """Tuples of numbers, texts and bytes in 512 partitions; each gives back its own in the order in which they came."""

    def __init__(self) -> None:
        self._held: list[list[T]] = [[] for _ in range(PARTITIONS)]
        self._bytes = 0
        self._places = [array("q") for _ in range(PARTITIONS)]
        self._scratch: BinaryIO | None = None

    def add(self, number: int, thing: T, size: int = _SMALL) -> None:
        """Keep something in the partition of a number, by its last bits.

        :param size: about as many bytes as it takes.
        :raises InputError: when there is no room for the scratch file.
        """
        self._held[number & PARTITIONS - 1].append(thing)
        self._bytes += size
        if self._bytes >= _HELD:
            self._spill()

    def partition(self, number: int) -> Iterator[T]:
        """What a partition holds; a piece of it is in memory at a time."""
        for place in self._places[number]:
            assert self._scratch is not None
            self._scratch.seek(place)
            piece: list[T] = marshal.load(self._scratch)  # noqa: S302 - a file without a name that only this object writes
            yield from piece
        yield from self._held[number]

    def _spill(self) -> None:
        try:
            if self._scratch is None:
                self._scratch = tempfile.TemporaryFile()  # noqa: SIM115 - it goes when this object goes
                weakref.finalize(self, self._scratch.close)
            self._scratch.seek(0, 2)
            for held, places in zip(self._held, self._places, strict=True):
                self._write(self._scratch, held, places)
                held.clear()
            self._scratch.flush()
        except OSError as error:
            hint = "Make room, or name another folder in TMPDIR."
            raise InputError(f"The scratch file of the comparison cannot be written: {error.strerror}.", hint=hint) from None
        self._bytes = 0

    def _write(self, file: BinaryIO, held: list[Any], places: array[int]) -> None:
        for first in range(0, len(held), _PIECE):
            places.append(file.tell())
            file.write(marshal.dumps(held[first : first + _PIECE]))
