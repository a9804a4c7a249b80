"""An archive as something to compare: its rows by what they are, and their cells by what they mean.

Neither the order of columns nor delimiters, quotes, encodings, line ends, file names or the core make a difference. A cell is
what its term says, with the default of meta.xml where it is empty; the identifier of the core stands for the term that it is
(Darwin Core text guide, https://dwc.tdwg.org/text/).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from pathlib import Path

import attrs

from exporter.containers import Archive, Unreadable
from exporter_dwca.datafiles import rows_of
from exporter_dwca.differences import Key, Rows
from exporter_dwca.meta import NAME, read_meta
from exporter_dwca.scan import Batch, Column, Layout

_DWC, _DCTERMS = "http://rs.tdwg.org/dwc/terms/", "http://purl.org/dc/terms/"
EVENT, OCCURRENCE = f"{_DWC}Event", f"{_DWC}Occurrence"
EVENT_ID, OCCURRENCE_ID, TAXON_ID = f"{_DWC}eventID", f"{_DWC}occurrenceID", f"{_DWC}taxonID"
_CORE_IDS = {EVENT: EVENT_ID, OCCURRENCE: OCCURRENCE_ID, f"{_DWC}Taxon": TAXON_ID}
_PARENTS = (OCCURRENCE_ID, EVENT_ID, TAXON_ID)  # what a row of an extension belongs to: the nearest first


@attrs.frozen
class Kind:
    """What rows of one type are called and found by.

    :param one: the word for one of them; :param many: for several; :param record: the record of ours that they are.
    :param id: the term that tells them apart; without one, rows that differ anywhere are different rows.
    :param identified: whether that is an identifier which people cite.
    :param within: whether it tells them apart only within what they belong to.
    """

    one: str
    many: str
    record: str = ""
    id: str = ""
    identified: bool = False
    within: bool = False


_MEASUREMENTS = Kind("measurement", "measurements", "measurement", f"{_DWC}measurementID")
_MEDIA = Kind("medium", "media", "media", f"{_DCTERMS}identifier", within=True)
_KINDS = {
    EVENT: Kind("event", "events", "event", EVENT_ID, identified=True),
    OCCURRENCE: Kind("occurrence", "occurrences", "occurrence", OCCURRENCE_ID, identified=True),
    "http://rs.gbif.org/terms/1.0/Multimedia": _MEDIA,
    "http://rs.tdwg.org/ac/terms/Multimedia": _MEDIA,
    f"{_DWC}MeasurementOrFact": _MEASUREMENTS,
    "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact": _MEASUREMENTS,
    f"{_DWC}Identification": Kind("identification", "identifications", id=f"{_DWC}identificationID"),
}


def kind_of(row_type: str) -> Kind:
    """What rows of a type are."""
    name = local(row_type)
    return _KINDS.get(row_type) or Kind(f"row of {name}", f"rows of {name}")


def local(term: str) -> str:
    """The name of a term without what stands before it."""
    return term.replace("#", "/").rsplit("/", 1)[-1]


class Incomparable(Exception):
    """An archive that has not what a comparison needs: the message says what, and `title` which."""

    def __init__(self, title: str, what: str) -> None:
        super().__init__(f"{title} {what}")
        self.title = title


@contextlib.contextmanager
def _readable(title: str, file: str = "") -> Iterator[None]:
    try:
        yield
    except (Unreadable, OSError) as error:
        raise Incomparable(title, f"cannot be read ({file}{': ' if file else ''}{error})") from None


@attrs.frozen
class File:
    """A data file, and where it has which term."""

    name: str
    layout: Layout
    terms: Mapping[str, Column]

    def cells(self, columns: Sequence[Sequence[str]], term: str) -> Sequence[str]:
        """The cells of a term in some rows."""
        column = self.terms.get(term)
        if column is None or column.index is None:
            return [column.default if column is not None else ""] * len(columns[0])
        cells = columns[column.index]
        return [cell or column.default for cell in cells] if column.default else cells


@attrs.frozen
class Version:
    """One of two archives.

    :param title: what messages call it.
    :param files: its data files by row type.
    """

    title: str
    archive: Archive
    files: Mapping[str, Sequence[File]]

    def terms(self, row_type: str) -> list[str]:
        """The terms that rows of a type have, in the order of meta.xml."""
        return list(dict.fromkeys(term for file in self.files.get(row_type, ()) for term in file.terms))

    def batches(self, file: File) -> Iterator[Batch]:
        """The rows of a file.

        :raises Incomparable: where it cannot be read.
        """
        with _readable(self.title, file.name):
            yield from rows_of(self.archive, file.name, file.layout)


@contextlib.contextmanager
def opened(path: Path, title: str) -> Iterator[Version]:
    """An archive that describes its files, and has occurrences with identifiers.

    :raises Incomparable: when it is no such archive.
    """
    with _readable(title):
        archive = Archive(path)
    with archive:
        yield _version(archive, title)


def _version(archive: Archive, title: str) -> Version:
    with _readable(title):
        meta = read_meta(archive) if archive.has(NAME) else None
    if meta is None or meta.core is None:
        raise Incomparable(title, "has no meta.xml that describes its files")
    files: dict[str, list[File]] = {}
    for layout in (meta.core, *meta.extensions):
        terms = _terms(layout, meta.core)
        for name in layout.locations:
            if not archive.has(name) or name in meta.unread:
                raise Incomparable(title, f"has no {name or 'file'}, which its meta.xml names")
            files.setdefault(layout.row_type, []).append(File(name, layout, terms))
    if OCCURRENCE not in files:
        raise Incomparable(title, f"has no occurrences (a row of its core is '{local(meta.core.row_type)}')")
    if any(OCCURRENCE_ID not in file.terms for file in files[OCCURRENCE]):
        raise Incomparable(title, f"has no occurrenceID in {files[OCCURRENCE][0].name}")
    return Version(title, archive, files)


def _terms(layout: Layout, core: Layout) -> dict[str, Column]:
    """Where a file has which term; the identifier of the core is one, unless a column of its own has it."""
    terms: dict[str, Column] = {}
    for column in layout.columns:
        terms.setdefault(column.term, column)
    if layout.id_index is not None:
        id = _CORE_IDS.get(core.row_type, "id")
        terms.setdefault(id, Column(id, layout.id_index))
    return terms


@attrs.frozen
class Comparison:
    """How rows of one type are compared: by the terms that both archives have.

    :param columns: the terms of the cells that are compared, after the event.
    :param own: the term that tells rows apart, or empty.
    :param parents: the terms of what a row of an extension belongs to.
    :param event: whether it is known in which event a row was found.
    """

    row_type: str
    kind: Kind
    columns: tuple[str, ...]
    own: str
    parents: tuple[str, ...]
    event: bool

    @classmethod
    def of(cls, row_type: str, old: Version, new: Version) -> Comparison:
        """How the rows of a type are compared; of a type that one archive lacks, its own terms count."""
        kind, before = kind_of(row_type), old.terms(row_type)
        after = new.terms(row_type) or before
        shared = [term for term in after if term in before or not before]
        own = kind.id if kind.id in shared else ""
        kind = attrs.evolve(kind, identified=kind.identified and bool(own))
        event = row_type == OCCURRENCE and EVENT_ID in shared
        parents = tuple(term for term in _PARENTS if term in shared and term != own)
        columns = tuple(t for t in shared if t != own and not (event and t == EVENT_ID))
        return cls(row_type, kind, columns, own, parents, event)

    def read(self, version: Version, seen: Seen) -> Iterator[Rows]:
        """The rows of an archive that have an identifier, where they need one.

        :param seen: counts them, from 0.
        :raises Incomparable: where a file cannot be read, or no row has its identifier.
        """
        seen.rows = seen.nameless = 0
        for file in version.files.get(self.row_type, ()):
            for batch in version.batches(file):
                columns = batch.columns(file.layout.width)
                keys = self._keys(file, columns)
                rows = _Cells(self, file, columns)
                if self.kind.identified and "" in keys:
                    has = [bool(key) for key in keys]
                    keys, rows = list(compress(keys, has)), _Cells(self, file, [list(compress(c, has)) for c in columns])
                seen.nameless += len(batch.rows) - len(keys)
                if keys:
                    yield Rows(seen.rows, keys, rows)
                seen.rows += len(keys)
        if seen.nameless and not seen.rows:
            raise Incomparable(version.title, f"has {self.kind.many} without any {local(self.own)}")

    def _keys(self, file: File, columns: Sequence[Sequence[str]]) -> Sequence[Key]:
        """What tells rows apart: a text, or the text and what it belongs to, or a blank text and all cells."""
        own = file.cells(columns, self.own)
        if self.kind.identified:
            return own
        blank = [""] * len(own)
        keys: list[Key] = list(zip(own, self._parents(file, columns) if self.kind.within else blank, strict=True))
        if "" in own:
            cells = zip(blank, *(file.cells(columns, term) for term in self.columns), strict=True)
            keys = [key if key[0] else row for key, row in zip(keys, cells, strict=True)]
        return keys

    def named(self, key: Key) -> tuple[str, str]:
        """What tells a row apart, and what it belongs to, for people."""
        if isinstance(key, str):
            return key, ""
        if key[0]:
            return str(key[0]), str(key[1])
        return "", next((key[1 + self.columns.index(t)] for t in self.parents if key[1 + self.columns.index(t)]), "")

    def _parents(self, file: File, columns: Sequence[Sequence[str]]) -> list[str]:
        """What rows belong to: the nearest that each of them names."""
        named = [file.cells(columns, term) for term in self.parents] or [[""] * len(columns[0])]
        return [next(filter(None, ids), "") for ids in zip(*named, strict=True)]


@attrs.define
class Seen:
    """What was met in one reading: rows that are compared, and rows that lack the identifier that they would need."""

    rows: int = 0
    nameless: int = 0


@attrs.frozen
class _Cells:
    comparison: Comparison
    file: File
    columns: Sequence[Sequence[str]]

    def __call__(self) -> list[tuple[str, ...]]:
        cells = (self.file.cells(self.columns, term) for term in self.comparison.columns)
        event = self.file.cells(self.columns, EVENT_ID if self.comparison.event else "")
        return list(zip(event, *cells, strict=True))
