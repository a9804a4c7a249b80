"""What is wrong with a Darwin Core Data Package: whether it is what its datapackage.json says; on any package, not only ours.

Rows, identifiers and cells are looked at as those of an archive are: in flat memory, each cell by its term.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import attrs

from exporter.containers import Archive, Unreadable
from exporter.parts import Receipt
from exporter.report import Finding
from exporter_dwca.checks import check_names, check_receipts
from exporter_dwca.datafiles import DataFile
from exporter_dwca.described import NAME, Described, Resource, described
from exporter_dwca.eml import check_eml
from exporter_dwca.flags.cells import CellChecks
from exporter_dwca.flags.of_archives import found
from exporter_dwca.keys import Key, Tally, count_orphans, count_repeated
from exporter_dwca.scan import Batch

_EML = "eml.xml"
_HEADER = 1 << 16  # bytes that hold the first line
_KINDS = {  # how cells of a type are written
    "integer": re.compile(r"[+-]?[0-9]+"),
    "number": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"),
    "boolean": re.compile("true|True|TRUE|1|false|False|FALSE|0"),
}


def is_package(file: Path) -> bool:
    """Whether it has a datapackage.json whose profile is one of dwc-dp."""
    try:
        with Archive(file) as archive:
            return archive.has(NAME) and described(archive).is_dwc_dp
    except (Unreadable, OSError):
        return False


def check(path: Path, receipts: Mapping[str, Receipt], today: dt.date) -> Iterator[Finding]:
    """The findings on a package: a zip, a tar, packed or not, or a folder.

    :param receipts: of the run that has just written it, which has looked at the cells; none for any other package.
    :param today: no date may be after the day after it.
    """
    try:
        with Archive(path) as archive:
            yield from check_receipts(archive, receipts)
            yield from check_names(archive)
            if not archive.has(NAME):
                yield found("DATAPACKAGE_NOT_FOUND", part=NAME)
                return
            told = described(archive)
            yield from told.findings()
            yield from check_eml(archive, _EML) if archive.has(_EML) else ()
            yield from _check_resources(archive, told, None if receipts else today)
    except (Unreadable, OSError) as error:
        yield found("DWCA_UNREADABLE", str(error), examples=[path.name])


def _check_resources(archive: Archive, told: Described, today: dt.date | None) -> Iterator[Finding]:
    files: dict[str, _File] = {}
    for resource in told.resources:
        if not archive.has(resource.path):
            yield found("RESOURCE_NOT_FOUND", ascii(resource.path[:100])[1:-1], part=resource.path)
            continue
        yield from _same_bytes(archive, resource)
        yield from _header(archive, resource)
        files[resource.name] = _File(
            archive, resource.path, resource.layout, False, False, resource, _referred(told, resource)
        )
    if not files:
        return
    core = files.get("event", next(iter(files.values()))).layout
    cells = CellChecks(core, today)
    for file in files.values():
        file.look(set(), cells)
    for file in files.values():
        file.compare(files)
    for file in files.values():
        yield from file.told()
    yield from cells.findings()


def _referred(told: Described, resource: Resource) -> frozenset[str]:
    """The fields of a resource that others refer to."""
    ends = (end for other in told.resources for end in other.references.values())
    return frozenset(field for name, field in ends if name == resource.name)


def _same_bytes(archive: Archive, resource: Resource) -> Iterator[Finding]:
    digest, size = hashlib.sha256(), 0
    try:
        for block in archive.blocks(resource.path):
            digest.update(block)
            size += len(block)
    except Unreadable:
        return  # who reads the rows says so
    if resource.size not in (None, size) or resource.digest not in ("", digest.hexdigest()):
        detail = f"{resource.path} has {size:,} bytes, SHA-256 {digest.hexdigest()}"
        yield found("RESOURCE_CHANGED", detail, part=resource.path)


def _header(archive: Archive, resource: Resource) -> Iterator[Finding]:
    layout = resource.layout
    if not layout.header_lines:
        return
    try:
        text = archive.read(resource.path, _HEADER).decode(layout.encoding, "replace")
    except Unreadable:
        return
    line = text.removeprefix("\ufeff").splitlines()[:1] or [""]
    quoting: Any = {"quotechar": layout.quote} if layout.quote else {"quoting": csv.QUOTE_NONE}
    names = next(csv.reader(line, delimiter=layout.delimiter, **quoting), [])
    wrong = [f"{mine or 'nothing'} instead of {name or 'nothing'}" for mine, name in _pairs(names, resource) if mine != name]
    if wrong:
        yield found("HEADER_DIFFERS", ascii(wrong[0][:100])[1:-1], count=len(wrong), part=resource.path)


def _pairs(names: list[str], resource: Resource) -> Iterator[tuple[str, str]]:
    return zip_longest(names, resource.names, fillvalue="")


@attrs.define
class _File(DataFile):
    """The file of a resource, and what was met in it.

    :param referred: the fields that other resources refer to.
    """

    resource: Resource
    referred: frozenset[str]
    keys: dict[str, Key] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        """Find the columns that are keys; none of them is what it would be in an archive."""
        self.own = self.term = self.occurrence = None
        resource = self.resource
        for name in dict.fromkeys([resource.primary, *resource.references, *sorted(self.referred)]):
            if name in resource.names:
                primary = name == resource.primary
                empty = self.tally("REQUIRED_VALUE_MISSING") if primary else None
                self.keys[name] = Key(resource.names.index(name), "", self.batches, empty, primary)

    def _note(self, batch: Batch, known_ids: set[int]) -> None:
        columns = batch.columns(self.layout.width)
        for key in self.keys.values():
            key.look(batch, known_ids)
        for field, cells in zip(self.resource.fields, columns, strict=False):
            self._judge(field, cells, batch)

    def _judge(self, field: Mapping[str, Any], cells: Sequence[str], batch: Batch) -> None:
        """Whether the cells of a field are there where they must be, of its type, and in its bounds."""
        limits = field.get("constraints")
        limits = limits if isinstance(limits, dict) else {}
        if limits.get("required") is True and field["name"] != self.resource.primary:
            self._count_wrong("REQUIRED_VALUE_MISSING", {""}, cells, batch)
        kind = field.get("type")
        if kind in _KINDS:
            wrong = {cell for cell in set(cells) if cell and not _fits(cell, str(kind), limits)}
            self._count_wrong("VALUE_NOT_AS_DECLARED", wrong, cells, batch)

    def _count_wrong(self, code: str, wrong: set[str], cells: Sequence[str], batch: Batch) -> None:
        for number, cell in zip(batch.numbers, cells, strict=True) if not wrong.isdisjoint(cells) else ():
            if cell in wrong:
                self.tally(code).add(number, cell)

    def compare(self, files: Mapping[str, _File]) -> None:
        """Look at the keys once all files were read."""
        primary = self.keys.get(self.resource.primary)
        if primary is not None and self.readable:
            alike = Tally("PRIMARY_KEY_DUPLICATE", self.name)  # keys that differ in case only are two keys
            count_repeated([primary], [self.tally("PRIMARY_KEY_DUPLICATE")], [alike])
        for name, (other, key) in self.resource.references.items():
            parent = files.get(other)
            if parent is not None and name in self.keys and key in parent.keys and parent.readable and self.readable:
                count_orphans(self.keys[name], [parent.keys[key]], tally := Tally("FOREIGN_KEY_ORPHAN", self.name))
                self.findings += tally.findings()


def _fits(cell: str, kind: str, limits: Mapping[str, Any]) -> bool:
    if not _KINDS[kind].fullmatch(cell):
        return False
    lowest, highest = limits.get("minimum"), limits.get("maximum")
    if kind == "boolean" or not isinstance(lowest, int | float | None) or not isinstance(highest, int | float | None):
        return True
    number = float(cell)
    return (lowest is None or number >= lowest) and (highest is None or number <= highest)
