"""Which identifiers of an archive occur twice, and which references lead nowhere: in flat memory, whatever the number of rows.

Of each identifier 64 bits are kept, in partitions that are looked at one after the other; past some number they lie in a scratch
file. An identifier whose bits the core does not have is surely not there. Those whose bits are equal may yet differ: who counts
them compares them letter by letter.
"""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from exporter.errors import InputError
from exporter.report import EXAMPLES

_PARTITIONS = 256  # a power of 2; of 20,000,000 identifiers some 80,000 are in each, which are 7 MB as a set
_HELD = 1 << 19  # identifiers in memory at most: 4 MB
_FEW = 1 << 17  # identifiers that are kept as one set: 10 MB
_MOST = 100_000  # suspicious bits that are gathered


class Identifiers:
    """The identifiers of one file, in the order of its rows: 64 bits of each."""

    def __init__(self) -> None:
        self._held = [array("q") for _ in range(_PARTITIONS)]
        self._append = [part.append for part in self._held]
        self._kept = self._spilt = 0  # in memory, and on the disk
        self._scratch: BinaryIO | None = None
        self._places: list[list[tuple[int, int]]] = [[] for _ in range(_PARTITIONS)]

    def add(self, ids: Sequence[str] | Sequence[bytes]) -> None:
        """Note the identifiers of some rows.

        :raises InputError: when there is no room for the scratch file.
        """
        append, last = self._append, _PARTITIONS - 1
        for bits in map(hash, ids):
            append[bits & last](bits)
        self._kept += len(ids)
        if self._kept >= _HELD:
            self._spill()

    def _spill(self) -> None:
        try:
            if self._scratch is None:
                self._scratch = tempfile.TemporaryFile()  # noqa: SIM115 - it goes when the identifiers go
                weakref.finalize(self, self._scratch.close)
            for part, places in zip(self._held, self._places, strict=True):
                places.append((self._scratch.tell(), len(part)))
                part.tofile(self._scratch)
                del part[:]
            self._scratch.flush()
        except OSError as error:
            hint = "Make room, or name another folder in TMPDIR."
            raise InputError(f"The scratch file for identifiers cannot be written: {error.strerror}.", hint=hint) from None
        self._spilt += self._kept
        self._kept = 0

    def __len__(self) -> int:
        return self._spilt + self._kept

    def partition(self, number: int) -> Iterator[array[int]]:
        """The bits that fall into a partition, in pieces, in the order of the rows."""
        for place, count in self._places[number]:
            assert self._scratch is not None
            self._scratch.seek(place)
            piece = array("q")
            piece.fromfile(self._scratch, count)
            yield piece
        yield self._held[number]


def few(files: Sequence[Identifiers]) -> set[int]:
    """The bits of all identifiers, or nothing where they are many: references that are among them need not be noted."""
    if sum(len(file) for file in files) > _FEW:
        return set()
    return {bits for file in files for number in range(_PARTITIONS) for piece in file.partition(number) for bits in piece}


def repeated(files: Sequence[Identifiers]) -> tuple[list[int], set[int], bool]:
    """What occurs more than once in files that belong together.

    :returns: for each file the rows after the first with the same bits; bits of such rows; and whether these are all. If not,
        they are at least those of the first `EXAMPLES` rows of each file.
    """
    counts = [0] * len(files)
    every: set[int] = set()
    first: set[int] = set()
    for number in range(_PARTITIONS):
        seen: set[int] = set()
        for place, file in enumerate(files):
            for piece in file.partition(number):
                again = _again(piece, seen)
                counts[place] += len(again)
                first.update(again[:EXAMPLES])
                if len(every) <= _MOST:
                    every.update(again)
    return (counts, every, True) if len(every) <= _MOST else (counts, first, False)


def _again(piece: array[int], seen: set[int]) -> list[int]:
    """Those of a piece that were seen before, in order; afterwards all of them are seen."""
    fresh = set(piece)
    if len(fresh) == len(piece) and seen.isdisjoint(fresh):
        seen |= fresh
        return []
    again: list[int] = []
    for bits in piece:
        (again.append if bits in seen else seen.add)(bits)
    return again


def missing(references: Identifiers, files: Sequence[Identifiers]) -> tuple[int, set[int]]:
    """What some rows refer to and the files do not have.

    :returns: the number of such rows, and bits of some: at least those of the first `EXAMPLES` rows.
    """
    count = 0
    first: set[int] = set()
    for number in range(_PARTITIONS if len(references) else 0):
        known: set[int] = set()
        for file in files:
            known.update(*file.partition(number))
        for piece in references.partition(number):
            if not known.issuperset(piece):
                lost = [bits for bits in piece if bits not in known]
                count += len(lost)
                first.update(lost[:EXAMPLES])
    return count, first
