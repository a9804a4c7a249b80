"""The check of workbooks, ours and those of others: what programs repair or refuse, and formulas that show errors."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import attrs

from exporter.containers import Archive, Unreadable, listed
from exporter.notes import Notes
from exporter.parts import Receipt
from exporter.report import Finding
from exporter_excel_pdf.excel.findings import PROBLEMS
from exporter_excel_pdf.excel.names import FORBIDDEN, LONGEST, folded
from exporter_excel_pdf.excel.reader import SheetCheck, missing_sheet
from exporter_excel_pdf.excel.xmlstream import BrokenXml, read

TYPES, WORKBOOK, RELATIONS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MOST_FILES = 25_000
MOST_BYTES = 4 << 30  # once inflated
_WORKSHEET, _STRINGS, _STYLES = "worksheet", "sharedStrings", "styles"


def is_workbook(file: Path) -> bool:
    """Whether a file is a zip that holds a workbook."""
    try:
        return {TYPES, WORKBOOK} <= set(listed(file, MOST_FILES))
    except (Unreadable, OSError):
        return False


def check(file: Path, receipts: Mapping[str, Receipt]) -> Iterator[Finding]:
    """What is wrong with a workbook.

    :param receipts: of the run that wrote it: sheets that were seen to be sound as they passed are not read again.
    """
    notes = Notes(PROBLEMS)
    try:
        archive = Archive(file, in_folder=False, most=MOST_FILES)
        _Check(archive, notes, receipts).run()
    except (Unreadable, OSError) as error:
        notes.add("XLSX_UNREADABLE", f"{file.name}: {error}")
    yield from notes.findings()


@attrs.define
class _Named:
    """A sheet of the list of sheets, and the relation that leads to its file."""

    name: str
    relation: str


class _Check:
    def __init__(self, archive: Archive, notes: Notes, receipts: Mapping[str, Receipt]) -> None:
        self._archive, self._notes, self._receipts = archive, notes, receipts
        self._sheets: list[_Named] = []
        self._defined: list[str] = []
        self._targets: dict[str, tuple[str, str]] = {}
        self._overrides: set[str] = set()
        self._defaults: set[str] = set()

    def run(self) -> None:
        archive = self._archive
        for name in (TYPES, WORKBOOK, RELATIONS):
            if not archive.has(name):
                self._notes.add("XLSX_MISSING", name)
                return
        total = sum(size for name in archive.names for size, _ in archive.sizes(name))
        if total > MOST_BYTES:
            self._notes.add("XLSX_TOO_LARGE", f"{total:,} bytes")
            return
        self._content_types()
        self._workbook()
        self._relations()
        self._names()
        self._files()

    def _read(self, name: str, *handlers: object) -> None:
        try:
            read(self._archive.blocks(name), *handlers)  # type: ignore[arg-type]  # the handlers of `read`, passed on
        except (BrokenXml, Unreadable) as error:
            self._notes.add("XML_BROKEN", f"{name}: {error}")

    # --- what ties the files together

    def _content_types(self) -> None:
        def start(name: str, given: Mapping[str, str]) -> None:
            if name == "Override":
                self._overrides.add(unquote(given.get("PartName", "")).lstrip("/").casefold())
            elif name == "Default":
                self._defaults.add(given.get("Extension", "").casefold())

        self._read(TYPES, start)
        for name in self._archive.names:
            known = name.casefold() in self._overrides or name.rpartition(".")[2].casefold() in self._defaults
            if not known and name != TYPES:
                self._notes.add("CONTENT_TYPE_MISSING", name)

    def _workbook(self) -> None:
        inside = False
        text: list[str] = []

        def start(name: str, given: Mapping[str, str]) -> None:
            nonlocal inside
            if name == "sheet":
                relation = next((value for key, value in given.items() if key.endswith(":id")), "")
                self._sheets.append(_Named(given.get("name", ""), relation))
            inside = name == "definedName"

        def end(name: str) -> None:
            nonlocal inside
            if name == "definedName":
                self._defined.append("".join(text))
                text.clear()
            inside = False

        self._read(WORKBOOK, start, end, lambda given: text.append(given) if inside else None)

    def _relations(self) -> None:
        def start(name: str, given: Mapping[str, str]) -> None:
            if name == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/xl", given.get("Target", ""))).lstrip("/")
                self._targets[given.get("Id", "")] = given.get("Type", "").rpartition("/")[2], unquote(target)

        self._read(RELATIONS, start)
        for _, target in self._targets.values():
            if not self._archive.has(target):
                self._notes.add("XLSX_MISSING", target)

    def _names(self) -> None:
        if not self._sheets:
            self._notes.add("SHEETS_MISSING")
        seen: set[str] = set()
        for sheet in self._sheets:
            name = sheet.name
            units = len(name.encode("utf-16-le", "surrogatepass")) // 2
            if not name or units > LONGEST or FORBIDDEN.search(name) or name.strip("'") != name:
                self._notes.add("SHEET_NAME_BROKEN", name)
            if folded(name) in seen:
                self._notes.add("SHEET_NAME_DUPLICATE", name)
            seen.add(folded(name))
            if sheet.relation not in self._targets:
                self._notes.add("XLSX_MISSING", f"the file of sheet {name}")
        self._folded = frozenset(seen)
        for formula in self._defined:
            if missing := missing_sheet(formula, self._folded):
                self._notes.add("FORMULA_REFERENCE", f"a defined name: {missing}")

    # --- sheets, styles, strings

    def _files(self) -> None:
        styles = self._counted(_STYLES, "cellXfs", "xf")
        strings = self._counted(_STRINGS, "sst", "si")
        names = {self._targets[s.relation][1]: s.name for s in self._sheets if s.relation in self._targets}
        done = {target for kind, target in self._targets.values() if kind in (_STYLES, _STRINGS)}
        for file in sorted(self._archive.names):
            if file in done or file in (TYPES, WORKBOOK, RELATIONS):
                continue
            if file in names and not self._is_sound(file):
                check = SheetCheck(names[file], self._notes.add, self._folded, styles, strings)
                try:
                    check.read(self._archive.blocks(file))
                except (BrokenXml, Unreadable) as error:
                    self._notes.add("XML_BROKEN", f"{file}: {error}")
            elif file not in names and file.endswith((".xml", ".rels")):
                self._read(file, lambda *_: None)

    def _is_sound(self, file: str) -> bool:
        return file in self._receipts and self._receipts[file].sound

    def _counted(self, kind: str, parent: str, child: str) -> int | None:
        """How many children an element has in the file of a kind; where there is no such file, a style may be the first."""
        file = next((target for each, target in self._targets.values() if each == kind), None)
        if file is None or not self._archive.has(file):
            return 1 if kind == _STYLES else 0
        count, inside = 0, False

        def start(name: str, _: Mapping[str, str]) -> None:
            nonlocal count, inside
            inside = inside or name == parent
            count += inside and name == child

        def end(name: str) -> None:
            nonlocal inside
            inside = inside and name != parent

        self._read(file, start, end)
        return count
