"""What is wrong with the rows of an archive: a look at each of them, and a second one where identifiers are suspicious."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import attrs

from exporter.report import EXAMPLES, Finding, Level
from exporter_dwca.identifiers import Identifiers, few, missing, repeated
from exporter_dwca.reading import Archive
from exporter_dwca.scan import Batch, Endless, Layout, batches


@attrs.define
class _Tally:
    level: Level
    code: str
    message: str
    part: str
    count: int = 0
    examples: list[str] = attrs.field(factory=list)

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{self.part}:{line}")

    def finding(self) -> Finding:
        return Finding(self.level, self.code, self.message + ".", self.count, self.examples, part=self.part)


@attrs.frozen
class _Tallies:
    """The findings on one data file, in the order in which they are told."""

    short: _Tally
    long: _Tally
    broken: _Tally
    empty: _Tally
    twice: _Tally
    orphan: _Tally

    @classmethod
    def of(cls, name: str) -> _Tallies:
        return cls(
            _Tally("error", "COLUMN_MISMATCH", "Rows with fewer columns than meta.xml maps", name),
            _Tally("warning", "COLUMN_SURPLUS", "Rows with more columns than meta.xml maps and the first line has", name),
            _Tally("warning", "TEXT_NOT_UTF8", "Rows with bytes that are no UTF-8", name),
            _Tally("error", "RECORD_REFERENTIAL_INTEGRITY_VIOLATION", "Rows without an identifier of the core", name),
            _Tally("error", "RECORD_NOT_UNIQUELY_IDENTIFIED", "Rows of the core that share their identifier", name),
            _Tally("error", "EXTENSION_ROW_ORPHAN", "Rows whose core row is not in the archive", name),
        )

    def count(self, batch: Batch, file: Layout) -> None:
        """Count what each row of a batch alone tells."""
        for number, width, id in zip(batch.numbers, batch.widths, batch.ids, strict=True):
            if width < file.width:
                self.short.add(number)
            elif file.id_index is not None and not id:
                self.empty.add(number)
            if width > batch.most:
                self.long.add(number)
        for number in batch.broken:
            self.broken.add(number)

    def findings(self) -> Iterator[Finding]:
        yield from (t.finding() for t in attrs.astuple(self, recurse=False) if t.count)


@attrs.frozen
class _DataFile:
    """A file, and what was met in it."""

    archive: Archive
    name: str
    layout: Layout
    ids: Identifiers = attrs.field(factory=Identifiers, init=False)
    tallies: _Tallies = attrs.field(default=attrs.Factory(lambda self: _Tallies.of(self.name), takes_self=True), init=False)

    def batches(self) -> Iterator[Batch]:
        """Its rows, from the first on."""
        try:
            yield from batches(self.archive.blocks(self.name), self.layout)
        except Endless as error:
            raise Endless(f"{self.name}, {error}") from None

    def suspicious(self, bits: set[int]) -> Iterator[tuple[int, bytes]]:
        """Line and identifier of each row whose identifier has one of these bits."""
        for batch in self.batches():
            if not bits.isdisjoint(map(hash, batch.ids)):
                yield from ((number, id) for number, id in _identified(batch, self.layout) if hash(id) in bits)


def check_rows(archive: Archive, core: Layout, extensions: Sequence[Layout]) -> Iterator[Finding]:
    """The findings on every row of the files that are there."""
    rows = [_looked_at(archive, name, core, set()) for name in core.locations if archive.has(name)]
    _count_repeated(rows)
    for file in rows:
        yield from file.tallies.findings()
    ids = [file.ids for file in rows]
    known = few(ids)
    for layout in extensions:
        for name in filter(archive.has, layout.locations):
            file = _looked_at(archive, name, layout, known)
            _count_orphans(file, ids)
            yield from file.tallies.findings()


def _looked_at(archive: Archive, name: str, layout: Layout, known: set[int]) -> _DataFile:
    """A file with the count of what a row alone tells, and with the identifiers of the others.

    :param known: bits of identifiers that need not be noted.
    """
    file = _DataFile(archive, name, layout)
    for batch in file.batches():
        if not _sound(batch, layout):
            file.tallies.count(batch, layout)
            file.ids.add([id for _, id in _identified(batch, layout)])
        elif layout.id_index is not None and not (known and known.issuperset(map(hash, batch.ids))):
            file.ids.add(batch.ids)
    return file


def _sound(batch: Batch, layout: Layout) -> bool:
    """Whether nothing is wrong with the rows of a batch, so far as each of them tells."""
    even = min(batch.widths) >= layout.width and max(batch.widths) <= batch.most
    return even and not batch.broken and (layout.id_index is None or all(batch.ids))


def _identified(batch: Batch, layout: Layout) -> Iterator[tuple[int, bytes]]:
    """Line and identifier of each row that has one, and every column that it should have."""
    if layout.id_index is not None:
        for number, width, id in zip(batch.numbers, batch.widths, batch.ids, strict=True):
            if id and width >= layout.width:
                yield number, id


def _count_repeated(core: Sequence[_DataFile]) -> None:
    counts, bits, complete = repeated([file.ids for file in core])
    seen: set[bytes] = set()
    for file, count in zip(core, counts, strict=True):
        tally = file.tallies.twice
        for number, id in file.suspicious(bits) if bits else ():
            tally.add(number) if id in seen else seen.add(id)
        if not complete:  # too many to compare each: whether two of them share only their bits makes no difference
            tally.count = count


def _count_orphans(file: _DataFile, core: Sequence[Identifiers]) -> None:
    count, bits = missing(file.ids, core)
    tally = file.tallies.orphan
    for number, _ in islice(file.suspicious(bits), EXAMPLES) if bits else ():
        tally.add(number)
    tally.count = count
