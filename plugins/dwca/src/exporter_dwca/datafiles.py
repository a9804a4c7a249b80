"""What is wrong with the rows of an archive: a look at each of them, and a second one where identifiers are suspicious."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

import attrs

from exporter.containers import Archive, Unreadable
from exporter.report import Finding
from exporter_dwca import known
from exporter_dwca.flags.cells import CellChecks
from exporter_dwca.flags.of_archives import found
from exporter_dwca.identifiers import few
from exporter_dwca.keys import Key, Tally, count_orphans, count_repeated
from exporter_dwca.scan import Batch, Endless, Layout, batches, begun, known_encoding
from exporter_dwca.triplets import not_identified

_IDENTIFYING = {known.EVENT: "eventID", known.TAXON: "taxonID"}


def rows_of(archive: Archive, name: str, layout: Layout) -> Iterator[Batch]:
    """The rows of a data file, from the first on.

    :raises Unreadable: where they end before the file does.
    """
    mark, blocks = begun(archive.blocks(name))
    layout = attrs.evolve(layout, encoding=mark) if mark else layout
    try:
        yield from batches(blocks, layout)
    except Endless as error:
        raise Unreadable(f"{name}, {error}") from None
    except UnicodeError as error:
        raise Unreadable(f"{name} is not in the encoding {layout.encoding}: {error}") from None


@attrs.define
class DataFile:
    """A file, and what was met in it.

    :param own: its rows' identifier of the core: their own in the core, the one that they hang on in an extension.
    :param term: what GBIF compares in a core, where that is another column than `own`.
    :param occurrence: the occurrenceID: of occurrences their own, of other rows the one that they are about.
    """

    archive: Archive
    name: str
    layout: Layout
    is_core: bool
    has_extensions: bool
    own: Key | None = attrs.field(init=False)
    term: Key | None = attrs.field(init=False)
    occurrence: Key | None = attrs.field(init=False)
    count: int = attrs.field(default=0, init=False)
    readable: bool = attrs.field(default=True, init=False)
    findings: list[Finding] = attrs.field(factory=list, init=False)
    tallies: dict[str, Tally] = attrs.field(factory=dict, init=False)
    same: bool = attrs.field(default=True, init=False)

    def __attrs_post_init__(self) -> None:
        index, layout = self.layout.id_index, self.layout
        name = _IDENTIFYING.get(layout.row_type, "") if self.is_core else ""
        other = layout.column(name) if name else None
        empty = self.tally("RECORD_REFERENTIAL_INTEGRITY_VIOLATION")
        asked = other is None and (bool(name) or self.has_extensions or not self.is_core)
        self.own = Key(index, "", self.batches, empty if asked else None, self.is_core) if index is not None else None
        self.term = Key(other.index, other.default, self.batches, empty, identifies=True) if other is not None else None
        about = layout.column("occurrenceID")
        own = layout.row_type == known.OCCURRENCE
        self.occurrence = Key(about.index, about.default, self.batches, identifies=own) if about is not None else None

    def tally(self, code: str) -> Tally:
        """What counts the rows of the file under a flag."""
        return self.tallies.setdefault(code, Tally(code, self.name))

    def batches(self) -> Iterator[Batch]:
        """Its rows, from the first on."""
        return rows_of(self.archive, self.name, self.layout)

    def look(self, known_ids: set[int], cells: CellChecks) -> None:
        """Look at every row once.

        :param known_ids: bits of identifiers of the core that need not be noted.
        :param cells: looks at the cells on the way.
        """
        try:
            self._begin()
            for batch in self.batches():
                self.count += len(batch.rows)
                self._count(batch)
                self._note(batch, known_ids)
                cells.look(self.layout, self.name, batch)
        except Unreadable as error:
            self.readable = False
            self.findings.append(found("DWCA_UNREADABLE", str(error), examples=[self.name], part=self.name))

    def _begin(self) -> None:
        mark, blocks = begun(self.archive.blocks(self.name))
        headless = self.layout.header_lines == 0
        if mark and known_encoding(self.layout.encoding)[:6] != known_encoding(mark)[:6]:
            self._find("ENCODING_MISMATCH", f"{mark}, not {self.layout.encoding}")
        elif mark == "UTF-8":
            self.findings.append(found("BYTE_ORDER_MARK", part=self.name, level="warning" if headless else "info"))
        if not headless and not mark and not next(filter(None, blocks), b""):
            self._find("DATA_FILE_EMPTY", "")

    def _find(self, code: str, detail: str) -> None:
        self.findings.append(found(code, detail, examples=[self.name], part=self.name))

    def _note(self, batch: Batch, known_ids: set[int]) -> None:
        for key in (self.own, self.term, self.occurrence):
            if key is not None:
                key.look(batch, known_ids if key is self.own and not self.is_core else set())
        other = self.term or (self.occurrence if self.is_core and self.layout.row_type == known.OCCURRENCE else None)
        if self.own is not None and other is not None and self.same:
            self.same = tuple(self.own.values(batch)) == tuple(other.values(batch))

    def _count(self, batch: Batch) -> None:
        """Count what each row of a batch alone tells."""
        for number in batch.broken:
            self.tally("TEXT_NOT_UTF8").add(number)
        for number in batch.nul:
            self.tally("TEXT_WITH_NUL").add(number)
        if min(batch.widths) >= self.layout.width and max(batch.widths) <= batch.most:
            return
        for number, row in zip(batch.numbers, batch.rows, strict=True):
            if len(row) < self.layout.width:
                self.tally("COLUMN_MISMATCH").add(number)
            if len(row) > batch.most:
                self.tally("COLUMN_SURPLUS").add(number)

    def told(self) -> Iterator[Finding]:
        """The findings on the file."""
        yield from self.findings
        for tally in self.tallies.values():
            yield from tally.findings()


def check_rows(
    archive: Archive,
    core: Layout,
    extensions: Sequence[Layout],
    unread: Collection[str] = (),
    today: dt.date | None = None,
) -> Iterator[Finding]:
    """The findings on every row of the files that are there.

    :param unread: files that are left alone.
    :param today: no date may be after the day after it; None leaves the cells alone.
    """
    cells = CellChecks(core, today)
    files = _Files(archive, core, extensions, unread)
    files.look(cells)
    files.compare()
    for file in files.every:
        yield from file.told()
    yield from cells.findings()
    yield from not_identified(files.occurrences, files.core) if files.whole else ()


class _Files:
    """The data files of an archive, those of the core first."""

    def __init__(self, archive: Archive, core: Layout, extensions: Sequence[Layout], unread: Collection[str]) -> None:
        has = bool(extensions)
        self.every = [
            DataFile(archive, name, layout, layout is core, has)
            for layout in (core, *extensions)
            for name in layout.locations
            if name not in unread and archive.has(name)
        ]
        self.core = [f for f in self.every if f.is_core]
        self.occurrences = [f for f in self.every if f.layout.row_type == known.OCCURRENCE]
        self._all_there = len(self.every) == len({n for layout in (core, *extensions) for n in layout.locations})

    @property
    def whole(self) -> bool:
        """Whether every file that meta.xml names was read to its end: else what is not there may be in what was not read."""
        return self._all_there and all(f.readable for f in self.every)

    def look(self, cells: CellChecks) -> None:
        """Look at every row of every file once."""
        for file in self.core:
            file.look(set(), cells)
        ids = few([f.own.ids for f in self.core if f.own is not None])
        for file in self.every:
            if not file.is_core:
                file.look(ids, cells)

    def compare(self) -> None:
        """Look at identifiers across files."""
        readable = [f for f in self.every if f.readable]
        core = [f for f in self.core if f.readable]
        self._unique(core, "term", "RECORD_NOT_UNIQUELY_IDENTIFIED")
        typed = bool(core) and core[0].layout.row_type in _IDENTIFYING
        if not any(f.term or f.occurrence for f in core) or not all(f.same for f in core):
            self._unique(
                core, "own", "RECORD_NOT_UNIQUELY_IDENTIFIED" if typed and not core[0].term else "CORE_ID_DUPLICATE"
            )
        self._unique([f for f in self.occurrences if f.readable], "occurrence", "OCCURRENCE_ID_DUPLICATE")
        if not self.whole:
            return
        parents = [f.own for f in core if f.own is not None]
        occurrences = [f.occurrence for f in self.occurrences if f.occurrence is not None]
        for file in readable:
            if file.own is not None and not file.is_core and parents:
                count_orphans(file.own, parents, file.tally("EXTENSION_ROW_ORPHAN"))
            if file.occurrence is not None and not file.occurrence.identifies and occurrences:
                count_orphans(file.occurrence, occurrences, file.tally("OCCURRENCE_ID_ORPHAN"))

    def _unique(self, files: Sequence[DataFile], name: str, code: str) -> None:
        keyed = [(f, key) for f in files if (key := getattr(f, name)) is not None]
        twice = [f.tally(code) for f, _ in keyed]
        count_repeated([key for _, key in keyed], twice, [f.tally("ID_DIFFERS_IN_CASE_ONLY") for f, _ in keyed])
