"""Cells in SpreadsheetML (ECMA-376 part 1, 18.3.1). Text is always an inline string, so that no program takes it for a formula.

A body is what follows the row's number in a cell's reference, `<c r="A7` and then the body, so that rows can be joined fast.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias

import attrs

from exporter_excel_pdf.excel.styles import Look, Styles

MOST_ROWS = 1_048_576  # of a sheet: Excel's own limit, as the two below
MOST_COLUMNS = 16_384
LONGEST_FORMULA = 8_192
Value: TypeAlias = str | float | int | None
_ESCAPED = re.compile(
    r"_(?=x[0-9A-Fa-f]{4}_)"
)  # what programs take for an escaped character (ST_Xstring, part 1, 22.9.2.19)


TEXTUAL = Look()

_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)

_NARROW = re.compile(r"[ .,:;'!|()\[\]Ifijlrt-]")
_SAVED = 4  # tenths of a digit: in Calibri and in DejaVu Sans, which stands in for it, no narrow letter needs more than 0.7


@attrs.frozen
class Cell:
    """A cell of a sheet that is held in memory.

    :param value: a text, a number, or None for a cell that is only coloured; of a formula its result.
    """

    value: Value = None
    look: Look = TEXTUAL
    formula: str = ""


@attrs.frozen
class Repeated(Cell):
    """A cell that stands in many rows, whose body is made once."""

    body: str = attrs.field(default="", kw_only=True)

    @classmethod
    def of(cls, cell: Cell, styles: Styles) -> Repeated:
        """The same cell, to be repeated."""
        return cls(cell.value, cell.look, cell.formula, body=body(cell, styles))


@cache
def letter(column: int) -> str:
    """The letters of a column, from 1."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def markup(text: str) -> str:
    """A text for XML, inside an attribute, too."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def escaped(text: str) -> str:
    """The text of a cell for XML."""
    return _ESCAPED.sub("_x005F_", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """The text of a cell that XML holds, but for what programs take for an escaped character."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def text_body(text: str, style: int) -> str:
    """A cell with a text that has been cleaned; an empty one is a blank cell."""
    if not text:
        return f'" s="{style}"/>'
    space = "" if text == text.strip(" \t") and "\n" not in text else ' xml:space="preserve"'
    return f'" s="{style}" t="inlineStr"><is><t{space}>{escaped(text)}</t></is></c>'


def number_body(text: str, style: int) -> str:
    """A cell with a number, as its text."""
    return f'" s="{style}"><v>{text}</v></c>'


def body(cell: Cell, styles: Styles) -> str:
    """The body of a cell."""
    if isinstance(cell, Repeated):
        return cell.body
    style = styles.of(cell.look)
    if cell.formula:
        return f'" s="{style}"><f>{escaped(cell.formula)}</f><v>{cell.value!r}</v></c>'
    if cell.value is None or isinstance(cell.value, str):
        return text_body(cell.value or "", style)
    return number_body(repr(cell.value), style)


def row(number: int, cells: list[Cell | None], styles: Styles, *, height: float = 0, level: int = 0) -> str:
    """A row.

    :param height: in points, where it is not the usual one; :param level: of the outline.
    """
    more = (f' ht="{height:g}" customHeight="1"' if height else "") + (f' outlineLevel="{level}"' if level else "")
    found = (f'<c r="{letter(n)}{number}{body(cell, styles)}' for n, cell in enumerate(cells, 1) if cell is not None)
    return f'<row r="{number}"{more}>{"".join(found)}</row>'


def width_of(text: str) -> float:
    """How many digits wide a text is, or its longest line: letters of East Asia count twice, narrow ones a part."""
    longest = max(text.split("\n"), key=len) if "\n" in text else text
    width = 10 * len(longest) - _SAVED * len(_NARROW.findall(longest))
    return (width if longest.isascii() else width + 10 * len(_WIDE.findall(longest))) / 10


def quoted(sheet: str) -> str:
    """A sheet's name in a formula."""
    return "'" + sheet.replace("'", "''") + "'"
