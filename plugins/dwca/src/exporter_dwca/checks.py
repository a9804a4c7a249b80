"""What is wrong with an archive as such, under GBIF's own flag names; on any archive, not only ours.

The archive is read as a stream. Of the core's identifiers 64 bits each are kept, of the extensions nothing.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import attrs
from lxml import etree

from exporter.errors import InputError
from exporter.records.biodiversity.dataset import normal_license
from exporter.report import EXAMPLES, Finding
from exporter_dwca.scan import Batch, Layout, batches

_TEXT = "{http://rs.tdwg.org/dwc/text/}"
_METADATA = re.compile(rb'metadata="([^"]*)"')
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\r\\n": "\r\n", "\\\\": "\\"}


class _Archive:
    """The files of an archive, in a zip or a folder; in a zip they may all lie in one folder."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path) if path.is_file() else None
        if self._zip is not None:
            self.names = [i.filename for i in self._zip.infolist() if not i.is_dir()]
        else:
            self.names = [p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()]
        self._path = path
        metas = sorted((n for n in self.names if PurePosixPath(n).name == "meta.xml"), key=len)
        self.base = metas[0][: -len("meta.xml")] if metas else ""

    def has(self, name: str) -> bool:
        return self.base + name in self.names

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        if self._zip is not None:
            with self._zip.open(self.base + name) as file:
                yield file  # type: ignore[misc]
        else:
            with (self._path / (self.base + name)).open("rb") as file:
                yield file

    def read(self, name: str, most: int = 64 << 20) -> bytes:
        with self.open(name) as file:
            return file.read(most)


def check(path: Path) -> Iterator[Finding]:
    """The findings on an archive: a zip or a folder."""
    try:
        archive = _Archive(path)
        yield from _check(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, UnicodeError) as error:
        yield Finding("error", "DWCA_UNREADABLE", f"The archive cannot be read: {error}.", examples=[path.name])


def _check(archive: _Archive) -> Iterator[Finding]:
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
    yield from _check_files(archive, root)


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


# --- eml.xml


def _check_metadata(archive: _Archive, meta: bytes) -> Iterator[Finding]:
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


def _check_files(archive: _Archive, root: Any) -> Iterator[Finding]:
    core = _described(root.find(f"{_TEXT}core"), is_core=True)
    extensions = [_described(e, is_core=False) for e in root.iterfind(f"{_TEXT}extension")]
    if extensions and core.id_index is None:
        yield Finding(
            "error", "RECORD_IDENTIFIER_NOT_FOUND", "The core has extensions, but no <id>.", part=core.locations[0]
        )
    ids: set[int] = set()
    for file in (core, *extensions):
        for name in file.locations:
            if not archive.has(name):
                message = f"meta.xml names {name}, which is not in the archive."
                yield Finding("error", "DWCA_UNREADABLE", message, part=name)
                continue
            yield from _check_rows(archive, name, file, ids)


def _described(element: Any, is_core: bool) -> Layout:
    locations = tuple((e.text or "").strip() for e in element.iterfind(f"{_TEXT}files/{_TEXT}location"))
    id_element = element.find(f"{_TEXT}id" if is_core else f"{_TEXT}coreid")
    indexes = [_number(e.get("index")) for e in element if e.get("index") is not None]
    return Layout(
        locations or ("",),
        element.get("rowType", ""),
        _unescaped(element.get("fieldsTerminatedBy", ",")),
        _unescaped(element.get("linesTerminatedBy", "\n")),
        element.get("fieldsEnclosedBy", '"'),
        element.get("encoding", "UTF-8"),
        _number(element.get("ignoreHeaderLines", "0")),
        _number(id_element.get("index")) if id_element is not None and id_element.get("index") is not None else None,
        max(indexes, default=-1) + 1,
        is_core,
    )


def _unescaped(text: str) -> str:
    return _ESCAPES.get(text, text)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.strip().isdecimal() else 0


def _check_rows(archive: _Archive, name: str, file: Layout, ids: set[int]) -> Iterator[Finding]:
    tallies = _Tallies(
        _Tally("error", "COLUMN_MISMATCH", "Rows with fewer columns than meta.xml maps", name),
        _Tally("error", "RECORD_REFERENTIAL_INTEGRITY_VIOLATION", "Rows without an identifier of the core", name),
        _Tally("error", "RECORD_NOT_UNIQUELY_IDENTIFIED", "Rows of the core that share their identifier", name),
        _Tally("error", "EXTENSION_ROW_ORPHAN", "Rows whose core row is not in the archive", name),
    )
    with archive.open(name) as stream:
        for batch in batches(stream, file):
            if not _sound(batch, file, ids):
                _look_into(batch, file, ids, tallies)
    yield from (t.finding() for t in attrs.astuple(tallies, recurse=False) if t.count)


def _sound(batch: Batch, file: Layout, ids: set[int]) -> bool:
    """Whether a batch breaks no rule; the identifiers of a sound batch of the core are noted."""
    if batch.widths and min(batch.widths) < file.width:
        return False
    if file.id_index is None:
        return True
    found = set(map(hash, batch.ids))
    if hash(batch.ids[0][:0]) in found:
        return False
    if not file.is_core:
        return found <= ids
    if len(found) < len(batch.ids) or not ids.isdisjoint(found):
        return False
    ids |= found
    return True


def _look_into(batch: Batch, file: Layout, ids: set[int], tallies: _Tallies) -> None:
    for number, width, id in zip(batch.numbers, batch.widths, batch.ids, strict=True):
        key = hash(id)
        if width < file.width:
            tallies.short.add(number)
        elif file.id_index is None:
            continue
        elif not id:
            tallies.empty.add(number)
        elif file.is_core:
            tallies.twice.add(number) if key in ids else ids.add(key)
        elif key not in ids:
            tallies.orphan.add(number)


@attrs.define
class _Tally:
    level: Any
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
    short: _Tally
    empty: _Tally
    twice: _Tally
    orphan: _Tally
