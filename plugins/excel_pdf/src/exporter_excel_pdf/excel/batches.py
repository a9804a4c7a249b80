"""Measurements on their way to a sheet: so many rows at a time, and the bytes that are made of them in even pieces."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from exporter.takeoff.compiled import Written
from exporter.takeoff.data import Row
from exporter_excel_pdf.excel.sheet import SEEN

_AT_ONCE = 1_250  # rows that are made into one text: more only take more memory
_PIECE = 512 * 1024  # bytes that are deflated at once, wherever the blocks of rows end


@attrs.define
class Rows:
    """Batches of rows, from which so many are taken as there is room for; blocks that are written go as they are."""

    _batches: Iterator[Written | list[Row]]
    _held: Written | list[Row] = attrs.field(factory=list, init=False)

    def more(self) -> bool:
        """Whether there are any left."""
        if not self._held:
            self._held = next(self._batches, [])
        return bool(self._held)

    def first(self, most: int) -> Written | list[Row]:
        """The first rows of a sheet: as many as columns are fitted to, if there are."""
        while self.more() and isinstance(self._held, list) and len(self._held) < SEEN:
            further = next(self._batches, [])
            if not further:
                break
            assert isinstance(further, list)  # a block that others follow has more rows
            self._held = [*self._held, *further]
        return self.taken(most)

    def taken(self, most: int) -> Written | list[Row]:
        """Rows, `most` at most; a block that is written only where all of the condition has room on one sheet."""
        if most <= 0 or not self.more():
            return []
        if not isinstance(self._held, list):  # then there is room for all
            block, self._held = self._held, []
            return block
        most = min(most, _AT_ONCE)
        found, self._held = self._held[:most], self._held[most:]
        return found


def even(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one length, so that those of a file are the same however its rows come."""
    held = b""
    for chunk in chunks:
        held += chunk
        whole = len(held) - len(held) % _PIECE
        yield from (held[begin : begin + _PIECE] for begin in range(0, whole, _PIECE))
        held = held[whole:]
    yield held
