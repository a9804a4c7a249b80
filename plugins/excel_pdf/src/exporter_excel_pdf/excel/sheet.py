"""A worksheet: what stands before its rows and after them (ECMA-376 part 1, 18.3.1.99)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from textwrap import wrap

import attrs

from exporter_excel_pdf.excel.cells import MOST_COLUMNS, Cell, letter, markup, quoted, row, width_of
from exporter_excel_pdf.excel.names import cut
from exporter_excel_pdf.excel.styles import XML, Styles

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DIGIT = 1.1  # of a column's width, for each digit: letters are wider than digits at times
WIDEST, NARROWEST = 60, 8
MOST_ACROSS = 250  # digits of columns on a page in print, where they are half as large as on the screen
MOST_LINKS = 65_530  # of a sheet, Excel's limit
SEEN = 200  # rows that columns are fitted to
_FOOT = 80  # UTF-16 units of a name in the foot of a page, which holds 255 with its codes and escapes
_BLOCK = 500  # rows that are encoded at once
_BESIDE = 2.5  # digits that stay free beside a text
_BUTTON = 4  # digits that the button of a filter takes from a header, with its indent
_LINE = 15.0  # points of a line of text


@attrs.frozen
class Listed:
    """What the list of sheets says of one.

    :param header: the row of its headers; 0 for none. :param column, last: where what they filter ends.
    :param repeated: the last of the columns that print repeats; empty for none.
    :param printed: the last cell that print takes in, as column and row; None for all.
    """

    name: str
    header: int
    column: str
    last: int
    repeated: str = ""
    printed: tuple[str, int] | None = None


@attrs.define
class Sheet:
    """A worksheet.

    :param headers: of its columns; :param widths: of these, in digits, where they are not fitted to the first rows.
    :param header: the row of its headers, from 1: it and those above stay in sight, it is repeated in print; 0 for none.
    :param fixed: how many columns stay in sight; :param last: the last row that the filter of the headers takes in.
    :param merged: ranges that are one cell; :param links: the sheet that a cell leads to.
    :param tab: the colour of its tab, rrggbb; :param outlined: whether rows have levels.
    :param texts: ranges whose texts may look like numbers.
    :param drawing: whether it has charts. :param breaks: rows after which print begins a new page.
    :param printed: the last cell that print takes in, as column and row; None for all. :param about: what its foot names in print.
    """

    name: str
    headers: Sequence[str] = ()
    widths: Sequence[float] = ()
    header: int = 0
    fixed: int = 0
    last: int = 0
    merged: list[str] = attrs.field(factory=list)
    links: dict[str, str] = attrs.field(factory=dict)
    tab: str = ""
    outlined: bool = False
    texts: str = ""
    drawing: bool = False
    breaks: list[int] = attrs.field(factory=list)
    selected: bool = False
    printed: tuple[str, int] | None = None
    about: str = ""

    @property
    def listed(self) -> Listed:
        """What is kept of it once it is written."""
        repeated = letter(self.fixed) if self._across > 1 else ""
        return Listed(self.name, self.header, letter(len(self.widths)), max(self.last, self.header), repeated, self.printed)

    @property
    def _across(self) -> int:
        """How many pages print is wide: on one, letters of a wide sheet would be too small to be read."""
        return math.ceil(sum(self.widths) / MOST_ACROSS) if self.fixed else 1

    def begin(self) -> str:
        """Up to the first row."""
        tab = f'<tabColor rgb="FF{self.tab.upper()}"/>' if self.tab else ""
        outline = '<outlinePr summaryBelow="1"/>' if self.outlined else ""
        levels = ' outlineLevelRow="1"' if self.outlined else ""
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{width:g}" customWidth="1"/>' for n, width in enumerate(self.widths, 1)
        )
        return (
            f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
            f'<sheetPr>{tab}{outline}<pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView showGridLines="0"{" tabSelected=" + chr(34) + "1" + chr(34) if self.selected else ""} '
            f'workbookViewId="0">{self._pane()}</sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="{_LINE:g}"{levels}/><cols>{columns}</cols><sheetData>'
        )

    def end(self) -> str:
        """After the last row."""
        kept = self.listed
        range = f"A{kept.header}:{kept.column}{kept.last}" if kept.header else ""
        merged = "".join(f'<mergeCell ref="{each}"/>' for each in self.merged)
        links = "".join(
            f'<hyperlink ref="{cell}" location="{markup(quoted(sheet))}!A1"/>'
            for cell, sheet in list(self.links.items())[:MOST_LINKS]
        )
        return "".join(
            (
                "</sheetData>",
                f'<autoFilter ref="{range}"/>' if range else "",
                f'<mergeCells count="{len(self.merged)}">{merged}</mergeCells>' if merged else "",
                f"<hyperlinks>{links}</hyperlinks>" if links else "",
                '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.7" header="0.3" footer="0.35"/>',
                f'<pageSetup orientation="landscape" fitToWidth="{self._across}" fitToHeight="0"/>',
                f"<headerFooter><oddFooter>{markup(self._foot())}</oddFooter></headerFooter>",
                self._breaks(),
                f'<ignoredErrors><ignoredError sqref="{self.texts}" numberStoredAsText="1"/></ignoredErrors>'
                if self.texts
                else "",
                '<drawing r:id="rId1"/>' if self.drawing else "",
                "</worksheet>",
            )
        )

    def _foot(self) -> str:
        """The sheet, what it is about, and the page; an ampersand begins a code, and two are one (part 1, 18.3.1.55)."""
        about = " ".join(cut(" ".join(self.about.split()), _FOOT).split()).replace("&", "&&")
        return f"&L&A{'&C' + about if about else ''}&RPage &P of &N"

    def _breaks(self) -> str:
        found = "".join(f'<brk id="{row}" max="{MOST_COLUMNS - 1}" man="1"/>' for row in self.breaks)
        many = len(self.breaks)
        return f'<rowBreaks count="{many}" manualBreakCount="{many}">{found}</rowBreaks>' if many else ""

    def _pane(self) -> str:
        if not self.header:
            return ""
        across = f'xSplit="{self.fixed}" ' if self.fixed else ""
        corner, pane = f"{letter(self.fixed + 1)}{self.header + 1}", "bottomRight" if self.fixed else "bottomLeft"
        return (
            f'<pane {across}ySplit="{self.header}" topLeftCell="{corner}" activePane="{pane}" state="frozen"/>'
            f'<selection pane="{pane}" activeCell="{corner}" sqref="{corner}"/>'
        )


@attrs.define
class Line:
    """A row of a sheet; None for cells that are not there.

    :param height: in points; 0 for the usual one.
    :param fact: whether its second cell goes over all columns that follow, and wraps.
    """

    cells: list[Cell | None]
    height: float = 0
    level: int = 0
    fact: bool = False


def chunks(sheet: Sheet, lines: Iterable[Line], styles: Styles) -> Iterator[bytes]:
    """The bytes of a sheet, as its rows come; what stands behind these is taken from it when they have come."""
    left = iter(lines)
    first = list(islice(left, SEEN))
    if not sheet.widths:
        sheet.widths = fitted_to(sheet.headers, first[sheet.header :])
    _heighten(sheet, first)
    held = [sheet.begin()]
    for number, line in enumerate(chain(first, left), 1):
        held.append(row(number, line.cells, styles, height=line.height, level=line.level))
        if len(held) >= _BLOCK:
            yield "".join(held).encode()
            held.clear()
    held.append(sheet.end())
    yield "".join(held).encode()


def _heighten(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Rows above the others are as high as their text takes: no program does it for merged cells."""
    if sheet.headers:
        lines[sheet.header - 1].height = header_height(sheet.headers, sheet.widths)
    for line in lines:
        fact = line.cells[1] if line.fact else None
        if fact is not None:
            line.height = height_for(str(fact.value), sum(sheet.widths[1:]))


def fitted(headers: Sequence[str], columns: Iterable[Iterable[str]]) -> list[float]:
    """The widths of columns whose first cells show these texts."""
    return widths_for(headers, map(widest, columns))


def widest(texts: Iterable[str]) -> float:
    """How many digits wide the widest of some texts is."""
    return max(map(width_of, texts), default=0)


def widths_for(headers: Sequence[str], digits: Iterable[float]) -> list[float]:
    """The widths of columns whose cells are so many digits wide; a header may take several lines."""
    found = []
    for header, cells in zip(headers, digits, strict=True):
        words = max(map(len, header.split()), default=0) + 5  # bold, and beside it the button of the filter
        found.append(width_for(cells, words))
    return found


def fitted_to(headers: Sequence[str], lines: Sequence[Line]) -> list[float]:
    """The widths of columns for the cells of rows, as these are shown."""
    rows = [line.cells for line in lines if len(line.cells) == len(headers)]
    return fitted(headers, ([shown(row[n]) for row in rows] for n in range(len(headers))))


def shown(cell: Cell | None) -> str:
    """A cell as programs show it, near enough to fit a column to."""
    if cell is None or cell.value is None:
        return ""
    if isinstance(cell.value, str):
        return cell.value
    places = cell.look.format.partition(";")[0].partition(".")[2]
    return f"{cell.value:,.{len(places)}f}"


def width_for(digits: float, least: float = NARROWEST) -> float:
    """The width of a column for texts of so many digits."""
    return round(min(max(digits * DIGIT + _BESIDE, least, NARROWEST), WIDEST), 1)


def room_in(width: float) -> float:
    """How many digits a column holds on a line: the other way round."""
    return (width - _BESIDE) / DIGIT + 0.1  # which rounding may have taken


def header_height(headers: Sequence[str], widths: Sequence[float]) -> float:
    """The height of a row of headers: bold words wrap in their columns, beside the button of the filter."""
    lines = (len(wrap(header, max(int(width - _BUTTON), 1))) for header, width in zip(headers, widths, strict=True))
    return height_of(max(lines))


def height_for(text: str, width: float) -> float:
    """The height of a row in which a text is wrapped at a width in digits; 0 where one line does."""
    lines = sum(max(1, math.ceil(width_of(line) / width)) for line in text.split("\n"))
    return height_of(lines)


def height_of(lines: int) -> float:
    """The height of a row of so many lines, in points; 0 for one."""
    return min(lines, 20) * _LINE + 1 if lines > 1 else 0
