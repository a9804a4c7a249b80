"""Whether occurrences are identified as GBIF asks for: each by an occurrenceID, or most by codes and a catalogue number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from exporter.errors import InputError
from exporter.report import EXAMPLES, Finding
from exporter_dwca import known
from exporter_dwca.flags.of_archives import found
from exporter_dwca.identifiers import Identifiers, repeated
from exporter_dwca.keys import Key
from exporter_dwca.scan import Batch

if TYPE_CHECKING:
    from exporter_dwca.datafiles import DataFile

_MOST_WITHOUT = 0.25  # of the occurrences may lack a triplet (gbif/gbif-api: OccurrenceValidationReport)
_TERMS = tuple(term.rpartition("/")[2] for term in known.TRIPLET)
_BETWEEN = "\x1f"


def not_identified(occurrences: Sequence[DataFile], core: Sequence[DataFile]) -> Iterator[Finding]:
    """The finding OCCURRENCE_NOT_UNIQUELY_IDENTIFIED, where it is due.

    Only where occurrenceIDs are not all there and unique, rows are read again.

    :param occurrences: the files of occurrences, all of them read; the core's or an extension's.
    """
    if not occurrences or _identified(occurrences):
        return
    if core[0].layout.row_type not in (known.OCCURRENCE, known.EVENT, known.TAXON):
        return  # GBIF takes no such archive
    try:
        counted = _Counted(occurrences, core)
    except sqlite3.Error as error:
        hint = "Make room, or name another folder in TMPDIR."
        raise InputError(f"The scratch file for identifiers cannot be written: {error}.", hint=hint) from None
    if counted.told:
        twice = [example for file in occurrences for example in file.tally("OCCURRENCE_ID_DUPLICATE").examples]
        examples = [*counted.nameless, *twice][: min(EXAMPLES, counted.unidentified)]
        code, part = "OCCURRENCE_NOT_UNIQUELY_IDENTIFIED", occurrences[0].name
        yield found(code, counted.told, count=counted.unidentified, examples=examples, part=part)


def _identified(files: Sequence[DataFile]) -> bool:
    """Whether each row has an occurrenceID of its own, rows that hang on nothing among them."""
    keys = [f.occurrence for f in files]
    return all(
        key is not None and not key.without and not file.tally("OCCURRENCE_ID_DUPLICATE").count
        for key, file in zip(keys, files, strict=True)
    )


class _Counted:
    """What GBIF counts of occurrences: rows, those without an identifier, and how many differ.

    Of each identifier 64 bits are compared: that two of 20,000,000 share them by chance is likely once in 100,000 archives.
    """

    def __init__(self, occurrences: Sequence[DataFile], core: Sequence[DataFile]) -> None:
        self._rows = self._without_id = self._without_triplet = 0
        self.nameless: list[str] = []  # the first rows without an occurrenceID
        self._ids, self._triplets = Identifiers(), Identifiers()
        with closing(sqlite3.connect("")) as scratch:  # a file of its own, which nobody else sees
            in_core = occurrences[0].is_core
            self._above = None if in_core else _Core(scratch, core)
            for file in occurrences:
                keys = _triplet(file)
                for batch in file.batches():
                    self._count(file, keys, batch)

    def _count(self, file: DataFile, keys: Sequence[Key | None], batch: Batch) -> None:
        """Count some rows; those of an extension that hang on no row of the core do not count."""
        numbers = batch.numbers
        ids = file.occurrence.values(batch) if file.occurrence is not None else [""] * len(batch.rows)
        codes = list(zip(*(k.values(batch) if k is not None else [""] * len(batch.rows) for k in keys), strict=True))
        if self._above is not None:
            above = self._above.codes(file.own.values(batch) if file.own is not None else [""] * len(batch.rows))
            there = [(n, i, c, a) for n, i, c, a in zip(numbers, ids, codes, above, strict=True) if a is not None]
            numbers, ids = [n for n, _, _, _ in there], [i for _, i, _, _ in there]
            codes = [tuple(own or lent for own, lent in zip(c, a, strict=True)) for _, _, c, a in there]
        self._rows += len(ids)
        named = [i for i in ids if i]
        whole = [_BETWEEN.join(c) for c in codes if all(c)]
        self._without_id += len(ids) - len(named)
        self._without_triplet += len(codes) - len(whole)
        if len(self.nameless) < EXAMPLES and len(named) < len(ids):
            self.nameless += [f"{file.name}:{n}" for n, i in zip(numbers, ids, strict=True) if not i][:EXAMPLES]
        self._ids.add(named)
        self._triplets.add(whole)

    @property
    def unidentified(self) -> int:
        """Rows without an occurrenceID, or with that of a row before."""
        return self._without_id + repeated([self._ids])[0][0]

    @property
    def told(self) -> str:
        """What is wrong, in GBIF's numbers; empty where nothing is."""
        ids, triplets = (repeated([noted])[0][0] for noted in (self._ids, self._triplets))
        most = _MOST_WITHOUT * self._rows
        if not (self._without_id or ids) or (self._without_triplet <= most and not triplets):
            return ""
        numbers = [
            (self._without_id, "without occurrenceID"),
            (ids, "with that of another"),
            (self._without_triplet, "without a triplet"),
            (triplets, "with that of another"),
        ]
        return f"of {self._rows:,} occurrences " + ", ".join(f"{count:,} {what}" for count, what in numbers if count)


class _Core:
    """The codes of the rows of the core by their id: the first of several with one id."""

    def __init__(self, scratch: sqlite3.Connection, core: Sequence[DataFile]) -> None:
        self._scratch = scratch
        scratch.execute("create table core (id blob primary key, a text, b text, c text) without rowid")
        for file in core:
            keys = _triplet(file)
            for batch in file.batches() if file.own is not None else ():
                assert file.own is not None
                columns = [k.values(batch) if k is not None else [""] * len(batch.rows) for k in keys]
                rows = zip(map(_bytes, file.own.values(batch)), *(map(_bytes, c) for c in columns), strict=True)
                scratch.executemany("insert or ignore into core values (?, ?, ?, ?)", rows)

    def codes(self, ids: Sequence[str]) -> list[tuple[str, ...] | None]:
        """The codes of the row of each id; None for an id that no row has."""
        known = {id: self._of(id) for id in set(ids)}
        return [known[id] for id in ids]

    def _of(self, id: str) -> tuple[str, ...] | None:
        found = self._scratch.execute("select a, b, c from core where id = ?", [_bytes(id)]).fetchone() if id else None
        return None if found is None else tuple(code.decode(errors="surrogateescape") for code in found)


def _triplet(file: DataFile) -> list[Key | None]:
    columns = [file.layout.column(name) for name in _TERMS]
    return [Key(c.index, c.default, file.batches) if c is not None else None for c in columns]


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
