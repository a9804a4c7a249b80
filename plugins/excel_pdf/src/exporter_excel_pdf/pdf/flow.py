"""What goes down the pages one after the other: room, headings, paragraphs; a new page where there is no room."""

from __future__ import annotations

import attrs

from exporter_excel_pdf.pdf.document import Document, Key
from exporter_excel_pdf.pdf.sheet import ACCENT, BLACK, GREY, LIGHT, MARGIN, Sheet
from exporter_excel_pdf.pdf.typefaces import Line, Typeface

_HEAD = 7.5  # points of the line that stands at the top of each page
_LEADING = 1.35  # of a font's size


@attrs.define(eq=False)
class Flow:
    """The pages as they fill from the top.

    :param title: stands at the top left of each page; :param section: at the top right.
    :param turned: whether pages are wider than high from the next one on.
    """

    document: Document
    title: str
    key: Key = (0,)
    section: str = ""
    turned: bool = False
    sheet: Sheet = attrs.field(init=False)
    y: float = attrs.field(default=0.0, init=False)

    def __attrs_post_init__(self) -> None:
        self.new_page()

    @property
    def width(self) -> float:
        """The room from left to right, in points."""
        return self.sheet.size[0] - 2 * MARGIN

    @property
    def top(self) -> float:
        """Where a page begins."""
        return self.sheet.size[1] - MARGIN - 14

    @property
    def room(self) -> float:
        """The room that is left below, in points."""
        return self.y - MARGIN

    @property
    def whole(self) -> float:
        """The room of an empty page."""
        return self.top - MARGIN

    @property
    def regular(self) -> Typeface:
        """The typeface of texts."""
        return self.document.fonts.regular

    @property
    def bold(self) -> Typeface:
        """The typeface of headings."""
        return self.document.fonts.bold

    def new_page(self) -> None:
        """Go on at the top of the next page."""
        self.sheet = self.document.begin(self.key, turned=self.turned)
        line = self.sheet.size[1] - MARGIN
        self.sheet.text(self._half(self.title), MARGIN, line, _HEAD, GREY)
        self.sheet.right(self._half(self.section), MARGIN + self.width, line, _HEAD, GREY)
        self.sheet.rule(MARGIN, line - 4, MARGIN + self.width, 0.5, LIGHT)
        self.y = self.top

    def _half(self, text: str) -> Line:
        """A text in half of the head of a page."""
        return self.regular.fitted(text, (self.width / 2 - 10) * 1000 / _HEAD)

    def need(self, height: float) -> None:
        """See to it that there is so much room; what a whole page has not begins on a page of its own."""
        if self.room < height and self.y < self.top:
            self.new_page()

    def skip(self, height: float) -> None:
        """Leave room, but not at the top of a page."""
        if self.y < self.top:
            self.y -= height

    def heading(self, text: str, size: float = 13, colour: str = ACCENT, indent: float = 0) -> None:
        """A heading, in as many lines as it takes."""
        self._lines(self.bold, text, size, colour, indent)
        self.y -= 3

    def paragraph(self, text: str, size: float = 8.5, colour: str = BLACK, indent: float = 0) -> None:
        """A text, in as many lines as it takes."""
        self._lines(self.regular, text, size, colour, indent)

    def _lines(self, typeface: Typeface, text: str, size: float, colour: str, indent: float) -> None:
        room = self.width - indent
        lines = typeface.lines(text, room * 1000 / size)
        for line in lines:
            self.need(size * _LEADING)
            self.y -= size * _LEADING
            x = MARGIN + indent + (room - line.width * size / 1000 if line.rtl and len(lines) > 1 else 0)
            self.sheet.text(line, x, self.y + size * (_LEADING - 1), size, colour)
