"""Data files, looked at while they are written: whether each row has its identifier, and refers to a row of the core.

Rules say so, too, but some of them in the words of the database, where 'A1' may equal 'a1' and 1 may equal 1.0. Here the bytes are
compared, as every reader of the archive will compare them. That the cells of a row are complete, core has proven.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import attrs

from exporter.parts import Part
from exporter.tables import Table
from exporter_dwca.identifiers import Identifiers, few, missing, repeated

_FIRST_CELLS = re.compile(rb"\n[^\t]*")  # with the line end before them: the regular expression finds that fastest
_EMPTY = b"\n"


def watched(parts: Iterable[Part], tables: Sequence[Table]) -> Iterator[Part]:
    """The same parts; those that are data files say whether they are sound.

    :param tables: of the data files, that of the core first; those that are proven need not be watched.
    """
    by_name = {t.name: t for t in tables}
    proven = all(t.proven for t in tables)
    core = _Watch()
    for part in parts:
        if part.name not in by_name:
            yield part
        elif proven or (by_name[part.name].proven and part.name != tables[0].name):
            yield attrs.evolve(part, sound=lambda: True)
        elif part.name == tables[0].name:
            yield core.over(part)
        else:
            yield _Watch(core).over(part)


@attrs.define
class _Watch:
    """One data file as it passes.

    :param core: the file that its rows refer to, which has passed already; None for the core.
    """

    core: _Watch | None = None
    whole: bool = True
    ids: Identifiers = attrs.field(factory=Identifiers)

    def over(self, part: Part) -> Part:
        """The part, watched."""
        return attrs.evolve(part, chunks=self._passing(part.chunks), sound=self.sound)

    def sound(self) -> bool:
        """Whether nothing is wrong with what has passed."""
        if self.core is None:
            return self.whole and not repeated([self.ids])[1]
        return self.whole and not missing(self.ids, [self.core.ids])[0]

    def _passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        known = few([self.core.ids]) if self.core is not None else set()
        header = True
        for chunk in chunks:
            found = _first_cells(chunk, header)
            header = False
            self.whole = self.whole and chunk.endswith(b"\n") and _EMPTY not in found
            if not (known and known.issuperset(map(hash, found))):
                self.ids.add(found)
            yield chunk


def _first_cells(chunk: bytes, header: bool) -> list[bytes]:
    """The first cell of each row in some whole lines.

    :param header: whether the first line is none.
    """
    found = _FIRST_CELLS.findall(chunk, chunk.find(b"\n") if header else 0, len(chunk) - 1)
    return found if header else [b"\n" + chunk[: chunk.find(b"\t")], *found]
