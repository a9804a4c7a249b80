"""Lineage of events.

parentEventID is followed upwards, in flat memory, whatever the number of events and however deep they lie in each other. Of each
event with a parent the hashes of both, of 64 bits each, and the row are kept, in partitions in scratch files. In each round an
event points twice as far up as before, and leaves when it points at nothing: what is left when none leaves goes round in circles,
as do its descendants.
"""

from __future__ import annotations

import heapq
import weakref
from array import array
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from exporter.errors import InputError
from exporter.report import EXAMPLES, Finding
from exporter_dwca.flags import Flag
from exporter_dwca.flags.look import EVENT, GBIF, given
from exporter_dwca.scan import Batch, Layout

FLAG = Flag(
    "PARENT_EVENT_INFINITE_LINEAGE",
    "warning",
    "Events that are their own ancestors, or descend from such",
    "parentEventID, followed upwards from the event, comes back to an event where it was before. GBIF looks at event cores.",
    f"{GBIF}: EventInterpretationPipeline, CoreInterpreter",
)
FLAGS = (FLAG,)

_PARTITIONS = 64  # a power of 2
_HELD = 1 << 16  # bytes of each partition in memory
_LINES = 1 << 40  # more than a file has

_Edge = tuple[int, int, int]  # hash of the event, hash of what it points at, row


class Lineage:
    """The events of a core, in one or several files, and their parents."""

    def __init__(self, layout: Layout) -> None:
        columns = {c.term.rsplit("/", 1)[-1]: c.index for c in layout.columns if c.index is not None}
        event, parent = columns.get("eventID", layout.id_index), columns.get("parentEventID")
        self._places = (event, parent) if layout.row_type == EVENT and event is not None and parent is not None else None
        self._width = layout.width
        self._parts: list[str] = []
        self._edges: _Edges | None = None

    def look(self, batch: Batch, part: str) -> None:
        """Note the parents of some rows of a file."""
        if self._places is None:
            return
        if part not in self._parts:
            self._parts.append(part)
        columns = batch.columns(self._width)
        first = self._parts.index(part) * _LINES
        for number, event, parent in zip(batch.numbers, *(columns[place] for place in self._places), strict=True):
            if parent and given(parent):
                self._edges = self._edges or _Edges()
                self._edges.add((hash(event.strip()), hash(parent.strip()), first + number))

    def findings(self) -> Iterator[Finding]:
        """The events that come back to where they were, of all files; to be asked once."""
        edges = self._edges
        while edges is not None:
            further = edges.doubled()
            if further.count == edges.count:  # not 0, for there is an edge from the beginning on
                yield self._finding(further)
            edges = further if 0 < further.count < edges.count else None

    def _finding(self, edges: _Edges) -> Finding:
        rows = heapq.nsmallest(EXAMPLES, edges.rows())
        examples = [f"{self._parts[row // _LINES]}:{row % _LINES}" for row in rows]
        part = self._parts[rows[0] // _LINES]
        return Finding(FLAG.level, FLAG.code, f"{FLAG.message}.", edges.count, examples, part=part)


class _Edges:
    """Who points at whom: once in partitions by who points, once by who is pointed at."""

    def __init__(self) -> None:
        self.count = 0
        files = [[SpooledTemporaryFile(_HELD) for _ in range(_PARTITIONS)] for _ in range(2)]  # noqa: SIM115 - they go with the edges
        self._from, self._to = files
        weakref.finalize(self, _close, [*self._from, *self._to])

    def add(self, edge: _Edge) -> None:
        """Note one.

        :raises InputError: when there is no room for the scratch files.
        """
        packed = array("q", edge).tobytes()
        try:
            self._from[edge[0] % _PARTITIONS].write(packed)
            self._to[edge[1] % _PARTITIONS].write(packed)
        except OSError as error:
            hint = "Make room, or name another folder in TMPDIR."
            raise InputError(f"The scratch files for events cannot be written: {error.strerror}.", hint=hint) from None
        self.count += 1

    def doubled(self) -> _Edges:
        """Each points at what that points at which it pointed at; those are left out whose aim points nowhere."""
        further = _Edges()
        for sources, aims in zip(self._from, self._to, strict=True):
            points = {event: aim for event, aim, _ in _read(sources)}
            for event, aim, row in _read(aims):
                if aim in points:
                    further.add((event, points[aim], row))
        return further

    def rows(self) -> Iterator[int]:
        """The rows of all."""
        for file in self._from:
            yield from (row for _, _, row in _read(file))


def _read(file: SpooledTemporaryFile[bytes]) -> Iterator[_Edge]:
    file.seek(0)
    while block := file.read(_HELD - _HELD % 24):
        numbers = iter(array("q", block))
        yield from zip(numbers, numbers, numbers, strict=True)


def _close(files: list[SpooledTemporaryFile[bytes]]) -> None:
    for file in files:
        file.close()
