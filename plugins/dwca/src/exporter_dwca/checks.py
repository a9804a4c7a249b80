"""What is wrong with an archive as such, under GBIF's own flag names; on any archive, not only ours.

Of an archive that a run has just written, the documents are read, and each file is held against its receipt; rows that were seen
to be sound as they were written are not read again. Of any other archive every row is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

from exporter.containers import Archive, Unreadable
from exporter.parts import Receipt
from exporter.report import EXAMPLES, Finding
from exporter_dwca.datafiles import check_rows
from exporter_dwca.eml import check_eml
from exporter_dwca.flags.of_archives import found
from exporter_dwca.meta import NAME, Meta, read_meta
from exporter_dwca.scan import Layout

_HEADER = 1 << 16  # bytes that hold the first line of a file of ours


def check(path: Path, receipts: Mapping[str, Receipt], today: dt.date) -> Iterator[Finding]:
    """The findings on an archive: a zip, a tar, packed or not, or a folder.

    :param receipts: of the run that has just written it, by name, which has looked at the cells; none for any other archive.
    :param today: no date may be after the day after it.
    """
    try:
        with Archive(path) as archive:
            yield from check_receipts(archive, receipts)
            yield from _check(archive, receipts, None if receipts else today)
    except (Unreadable, OSError) as error:
        yield found("DWCA_UNREADABLE", str(error), examples=[path.name])


def check_receipts(archive: Archive, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    """Whether each file that was written is there, once, with the size and, in a zip, the CRC-32 that it was written with."""
    for name, receipt in receipts.items():
        there = archive.sizes(name)
        if there not in ([(receipt.bytes, receipt.crc32)], [(receipt.bytes, None)]):
            sizes = " and ".join(_size(*each) for each in there) or "nothing"
            detail = f"{name}: {_size(receipt.bytes, receipt.crc32)} were written, {sizes} is there"
            yield found("DWCA_FILE_CHANGED", detail, examples=[name], part=name)


def check_names(archive: Archive) -> Iterator[Finding]:
    """Files that lead out of the archive, and names that several files have."""
    for code, names in (("ARCHIVE_ENTRY_UNSAFE", archive.unsafe), ("ARCHIVE_ENTRY_DUPLICATE", archive.twice)):
        if names:
            yield found(code, count=len(names), examples=[ascii(n)[1:-1] for n in names[:EXAMPLES]])


def _size(size: int, crc32: int | None) -> str:
    return f"{size:,} bytes" + (f" of CRC-32 {crc32:08x}" if crc32 is not None else "")


def _check(archive: Archive, receipts: Mapping[str, Receipt], today: dt.date | None) -> Iterator[Finding]:
    yield from check_names(archive)
    if not archive.has(NAME):
        yield found("DWCA_META_XML_NOT_FOUND", part=NAME)
        return
    meta = read_meta(archive)
    yield from meta.findings
    yield from check_eml(archive, meta.metadata)
    if meta.core is not None:
        yield from _check_files(archive, meta, meta.core, receipts, today)


def _check_files(
    archive: Archive, meta: Meta, core: Layout, receipts: Mapping[str, Receipt], today: dt.date | None
) -> Iterator[Finding]:
    named = [(name, file) for file in (core, *meta.extensions) for name in file.locations]
    for name, _ in named:
        if name not in meta.unread and not archive.has(name):
            yield found(
                "DWCA_UNREADABLE", f"meta.xml names {ascii(name[:100])[1:-1]}, which is not in the archive", part=name
            )
    sound = {name for name, receipt in receipts.items() if receipt.sound}
    if not all(name in sound and _as_written(archive, name, file) for name, file in named if archive.has(name)):
        yield from check_rows(archive, core, meta.extensions, meta.unread, today)


def _as_written(archive: Archive, name: str, file: Layout) -> bool:
    """Whether meta.xml describes a file as the format writes it: somebody's own template may say something else."""
    header = archive.read(name, _HEADER).partition(b"\n")[0]
    first = file.plain and (file.delimiter, file.header_lines, file.id_index) == ("\t", 1, 0)
    return first and header.count(b"\t") + 1 >= file.width
