"""One worksheet as a check reads it, cell by cell."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping

from exporter_excel_pdf.excel.cells import LONGEST_FORMULA, MOST_COLUMNS, MOST_ROWS
from exporter_excel_pdf.excel.names import folded
from exporter_excel_pdf.excel.xmlstream import read

_LONGEST_TEXT = 32_767  # UTF-16 units
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_TOKENS = re.compile(  # of a formula: texts, quoted names and words, each taken whole, so that no formula takes long
    r"""\"(?:[^\"]|\"\")*+(?:\"|$)|'((?:[^']|'')*+)(?:'(!)?|$)|([^\s'\"!(),;=+\-*/^&<>{}%]+)(!)?"""
)
_MOST_MERGES = 2_000  # that are compared with each other

Note = Callable[..., None]


class SheetCheck:
    """What is wrong with a worksheet.

    :param note: is told the code and an example. :param sheets: folded names of all sheets.
    :param styles, strings: how many there are; None where nobody knows.
    """

    def __init__(self, name: str, note: Note, sheets: frozenset[str], styles: int | None, strings: int | None) -> None:
        self._name, self._note, self._sheets = name, note, sheets
        self._styles, self._strings = styles, strings
        self._row = self._column = 0
        self._kind, self._inside = "n", ""
        self._text: list[str] = []
        self._size = 0
        self._merged: list[tuple[int, int, int, int]] = []

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read it to its end.

        :raises BrokenXml: where it is no XML.
        """
        read(blocks, self._start, self._end, self._held)
        self._overlaps()

    def _start(self, name: str, given: Mapping[str, str]) -> None:
        match name:
            case "c":
                self._cell(given)
            case "row":
                self._begin_row(given.get("r"))
            case "v" | "f" | "is":
                self._inside, self._text, self._size = name, [], 0
            case "mergeCell":
                self._merge(given.get("ref", ""))
            case "hyperlink" if "location" in given:
                self._refers(given["location"], "link")

    def _begin_row(self, given: str | None) -> None:
        row = int(given) if given and given.isdecimal() and len(given) < 9 else self._row + 1
        if row <= self._row:
            self._note("CELL_ORDER", f"{self._name}: row {row}")
        if row > MOST_ROWS:
            self._note("SHEET_LIMIT", f"{self._name}: row {row}")
        self._row, self._column = row, 0

    def _cell(self, given: Mapping[str, str]) -> None:
        column = self._placed(given["r"]) if "r" in given else self._column + 1
        if column <= self._column:
            self._note("CELL_ORDER", f"{self._name}!{given.get('r')}")
        if column > MOST_COLUMNS:
            self._note("SHEET_LIMIT", f"{self._name}!{given.get('r')}")
        self._column = column
        self._kind = given.get("t", "n")
        style = given.get("s", "0")
        if self._styles is not None and not _below(style, self._styles):
            self._note("STYLE_UNKNOWN", f"{self._here()}: {style}")

    def _placed(self, reference: str) -> int:
        match = _REFERENCE.fullmatch(reference)
        if match is None or int(match[2]) != self._row:
            self._note("CELL_BROKEN", f"{self._name}!{reference[:20]} in row {self._row}")
            return self._column + 1
        return number_of(match[1])

    def _here(self) -> str:
        return f"{self._name}, row {self._row}, column {self._column}"

    def _held(self, text: str) -> None:
        if self._inside:
            self._size += len(text)
            if self._size <= 2 * _LONGEST_TEXT:
                self._text.append(text)

    def _end(self, name: str) -> None:
        if name != self._inside:
            return
        self._inside, text = "", "".join(self._text)
        match name:
            case "is":
                self._long(text)
            case "f":
                self._formula(text)
            case "v":
                self._value(text)

    def _long(self, text: str) -> None:
        if self._size > _LONGEST_TEXT or len(text) + sum(c > "\uffff" for c in text) > _LONGEST_TEXT:
            self._note("TEXT_TOO_LONG", self._here())

    def _formula(self, text: str) -> None:
        if self._size > LONGEST_FORMULA:
            self._note("FORMULA_TOO_LONG", self._here())
        else:
            self._refers(text, self._here())

    def _refers(self, formula: str, where: str) -> None:
        if missing := missing_sheet(formula, self._sheets):
            self._note("FORMULA_REFERENCE", f"{self._name}, {where}: {missing}")

    def _value(self, text: str) -> None:
        match self._kind:
            case "n":
                if text and not _is_finite(text):  # a formula that nobody has reckoned has an empty one
                    self._note("NUMBER_BROKEN", f"{self._here()}: {text[:40]}")
            case "s":
                if self._strings is not None and not _below(text, self._strings):
                    self._note("STRING_UNKNOWN", f"{self._here()}: {text[:40]}")
            case "e":
                self._note("FORMULA_ERROR", f"{self._here()}: {text[:40]}")
            case _:
                self._long(text)

    # --- merged ranges

    def _merge(self, range: str) -> None:
        match = _RANGE.fullmatch(range)
        if match is None:
            self._note("CELL_BROKEN", f"{self._name}: merged {range[:40]}")
        elif len(self._merged) < _MOST_MERGES:
            left, top = number_of(match[1]), int(match[2])
            self._merged.append((left, top, number_of(match[3] or match[1]), int(match[4] or match[2])))

    def _overlaps(self) -> None:
        found = sorted(self._merged, key=lambda each: each[1])
        for n, (left, _, right, bottom) in enumerate(found):
            for further_left, top, further_right, _ in found[n + 1 :]:
                if top > bottom:
                    break
                if further_left <= right and left <= further_right:
                    self._note("MERGE_OVERLAP", f"{self._name}, row {top}")


def missing_sheet(formula: str, sheets: frozenset[str]) -> str:
    """A sheet that a formula refers to and that is not there; `#REF!`; nothing where all is well."""
    for quoted, named, word, before in _TOKENS.findall(formula):
        if not (named or before):
            continue
        name = quoted.replace("''", "'") if named else word
        if name == "#REF":
            return "#REF!"
        if "[" in name:  # of another workbook
            continue
        for each in (name,) if folded(name) in sheets else name.split(":"):
            if folded(each.strip("$")) not in sheets:
                return str(each)
    return ""


def number_of(letters: str) -> int:
    """The number of a column, from 1."""
    found = 0
    for each in letters:
        found = found * 26 + ord(each) - ord("A") + 1
    return found


def _below(text: str, count: int) -> bool:
    return text.isdecimal() and len(text) < 9 and int(text) < count


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
