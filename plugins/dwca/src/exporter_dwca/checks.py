"""What is wrong with an archive as such, under GBIF's own flag names; on any archive, not only ours.

Of an archive that a run has just written, the documents are read, and each file is held against its receipt; rows that were seen
to be sound as they were written are not read again. Of any other archive every row is read.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from exporter.errors import InputError
from exporter.parts import Receipt
from exporter.records.biodiversity.dataset import normal_license
from exporter.report import Finding
from exporter_dwca.datafiles import check_rows
from exporter_dwca.reading import Archive
from exporter_dwca.scan import Endless, Layout

_TEXT = "{http://rs.tdwg.org/dwc/text/}"
_METADATA = re.compile(rb'metadata="([^"]*)"')
_UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, Endless)
_HEADER = 1 << 16  # bytes that hold the first line of a file of ours
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\r\\n": "\r\n", "\\\\": "\\"}


def check(path: Path, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    """The findings on an archive: a zip or a folder.

    :param receipts: of the run that has just written it, by name; none for any other archive.
    """
    try:
        with Archive(path) as archive:
            yield from _check_receipts(archive, receipts)
            yield from _check(archive, receipts)
    except (*_UNREADABLE, OSError, UnicodeError) as error:
        yield Finding("error", "DWCA_UNREADABLE", f"The archive cannot be read: {error}.", examples=[path.name])


def _check_receipts(archive: Archive, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    """Whether each file that was written is there, once, with the size and, in a zip, the CRC-32 that it was written with."""
    for name, receipt in receipts.items():
        found = archive.sizes(name)
        if found not in ([(receipt.bytes, receipt.crc32)], [(receipt.bytes, None)]):
            there = " and ".join(_size(*each) for each in found) or "nothing"
            message = f"{name} is not what was written: {_size(receipt.bytes, receipt.crc32)} were, {there} is there."
            yield Finding("error", "DWCA_FILE_CHANGED", message, examples=[name], part=name)


def _size(size: int, crc32: int | None) -> str:
    return f"{size:,} bytes" + (f" of CRC-32 {crc32:08x}" if crc32 is not None else "")


def _check(archive: Archive, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    if not archive.has("meta.xml"):
        yield Finding("error", "DWCA_META_XML_NOT_FOUND", "There is no meta.xml.", part="meta.xml")
        return
    content = archive.read("meta.xml")
    root = _parsed(content)
    if root is None or root.tag != f"{_TEXT}archive" or root.find(f"{_TEXT}core") is None:
        message = "meta.xml is no Darwin Core text description with a core."
        yield Finding("error", "DWCA_META_XML_SCHEMA", message, part="meta.xml")
        return
    yield from _check_metadata(archive, content)
    yield from _check_files(archive, root, receipts)


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


# --- eml.xml


def _check_metadata(archive: Archive, meta: bytes) -> Iterator[Finding]:
    named = next((m[1].decode("utf-8", "replace") for line in meta.splitlines() if (m := _METADATA.search(line))), "eml.xml")
    if not archive.has(named):
        yield Finding("error", "EML_NOT_FOUND", f"There is no {named}, which describes the data set.", part=named)
        return
    root = _parsed(archive.read(named))
    if root is None:
        yield Finding("error", "EML_GBIF_SCHEMA", f"{named} is not well-formed XML.", part=named)
        return
    if len(_text(root, "dataset/title")) < 10:
        yield Finding("warning", "TITLE_MISSING_OR_TOO_SHORT", "The title has fewer than 10 characters.", part=named)
    if len(_text(root, "dataset/abstract")) < 25:
        yield Finding(
            "warning", "DESCRIPTION_MISSING_OR_TOO_SHORT", "The abstract has fewer than 25 characters.", part=named
        )
    if not _licensed(root):
        message = "No licence that GBIF accepts: CC0-1.0, CC-BY-4.0 or CC-BY-NC-4.0."
        yield Finding("error", "LICENSE_MISSING_OR_UNKNOWN", message, part=named)
    names = ("organizationName", "individualName/surName", "positionName")
    if not any(_text(root, f"dataset/contact/{n}") not in ("", "unknown") for n in names):
        yield Finding("warning", "RESOURCE_CONTACTS_MISSING_OR_INCOMPLETE", "No contact has a name.", part=named)


def _text(root: Any, path: str) -> str:
    found = root.find(path)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def _licensed(root: Any) -> bool:
    links = [u.get("url", "") for u in root.iterfind("dataset/intellectualRights/para/ulink")]
    words = [_text(root, "dataset/licensed/identifier"), _text(root, "dataset/licensed/url"), *links]
    for word in words:
        with contextlib.suppress(InputError):
            if word and normal_license(word):
                return True
    return False


# --- data files


def _check_files(archive: Archive, root: Any, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    core = _described(root.find(f"{_TEXT}core"), "id")
    extensions = [_described(e, "coreid") for e in root.iterfind(f"{_TEXT}extension")]
    if extensions and core.id_index is None:
        yield Finding(
            "error", "RECORD_IDENTIFIER_NOT_FOUND", "The core has extensions, but no <id>.", part=core.locations[0]
        )
    named = [(name, file) for file in (core, *extensions) for name in file.locations]
    for name, _ in named:
        if not archive.has(name):
            message = f"meta.xml names {name}, which is not in the archive."
            yield Finding("error", "DWCA_UNREADABLE", message, part=name)
    sound = {name for name, receipt in receipts.items() if receipt.sound}
    if not all(name in sound and _as_written(archive, name, file) for name, file in named if archive.has(name)):
        yield from check_rows(archive, core, extensions)


def _as_written(archive: Archive, name: str, file: Layout) -> bool:
    """Whether meta.xml describes a file as the format writes it: somebody's own template may say something else."""
    header = archive.read(name, _HEADER).partition(b"\n")[0]
    first = file.plain and (file.delimiter, file.header_lines, file.id_index) == ("\t", 1, 0)
    return first and header.count(b"\t") + 1 >= file.width


def _described(element: Any, id: str) -> Layout:
    locations = tuple((e.text or "").strip() for e in element.iterfind(f"{_TEXT}files/{_TEXT}location"))
    id_element = element.find(f"{_TEXT}{id}")
    indexes = [_number(e.get("index")) for e in element if e.get("index") is not None]
    return Layout(
        locations or ("",),
        _unescaped(element.get("fieldsTerminatedBy", ",")),
        _unescaped(element.get("linesTerminatedBy", "\n")),
        element.get("fieldsEnclosedBy", '"'),
        element.get("encoding", "UTF-8"),
        _number(element.get("ignoreHeaderLines", "0")),
        _number(id_element.get("index")) if id_element is not None and id_element.get("index") is not None else None,
        max(indexes, default=-1) + 1,
    )


def _unescaped(text: str) -> str:
    return _ESCAPES.get(text, text)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.strip().isdecimal() else 0
