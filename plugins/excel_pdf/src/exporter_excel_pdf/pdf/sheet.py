"""One page as it is drawn: operators of PDF, in points from its lower left corner."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from exporter_excel_pdf.pdf.objects import number
from exporter_excel_pdf.pdf.typefaces import Line

MARGIN = 40.0
BLACK, GREY, PALE, LIGHT, ACCENT, WHITE = "#1b2430", "#5f6b7a", "#f1f4f8", "#c9d1db", "#1f4e79", "#ffffff"


def rgb(colour: str) -> str:
    """A colour #rrggbb as three numbers from 0 to 1."""
    return " ".join(number(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))


@attrs.define(eq=False)
class Sheet:
    """A page.

    :param size: its width and height; :param links: areas (left, bottom, right, top) with the names of what they lead to.
    """

    size: tuple[float, float]
    links: list[tuple[Sequence[float], str]] = attrs.field(factory=list, init=False)
    _drawn: list[str] = attrs.field(factory=list, init=False)
    _fill: str = attrs.field(default="", init=False)
    _stroke: str = attrs.field(default="", init=False)
    _face: str = attrs.field(default="", init=False)

    def draw(self, operators: str) -> None:
        """Operators as they stand. They leave the colours and the font as they found them."""
        self._drawn.append(operators)

    def fill(self, colour: str) -> None:
        """The colour of texts and areas from here on."""
        if colour != self._fill:
            self._fill = colour
            self._drawn.append(f"{rgb(colour)} rg")

    def area(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A rectangle without a border."""
        self.fill(colour)
        self._drawn.append(f"{number(x)} {number(y)} {number(width)} {number(height)} re f")

    def rule(self, x: float, y: float, end: float, width: float, colour: str) -> None:
        """A line from left to right."""
        self._stroked(colour)
        self._drawn.append(f"{number(width)} w {number(x)} {number(y)} m {number(end)} {number(y)} l S")

    def frame(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """The border of a rectangle."""
        self._stroked(colour)
        self._drawn.append(f"0.5 w {number(x)} {number(y)} {number(width)} {number(height)} re S")

    def text(self, line: Line, x: float, y: float, size: float, colour: str) -> None:
        """A line of text that begins there."""
        self.fill(colour)
        self._drawn.append(f"BT\n{self.shown(line, x, y, size)}\nET")

    def right(self, line: Line, x: float, y: float, size: float, colour: str) -> None:
        """A line of text that ends there."""
        self.text(line, x - line.width * size / 1000, y, size, colour)

    def shown(self, line: Line, x: float, y: float, size: float) -> str:
        """The operators of a line inside a text object, for tables, which show many."""
        row = [f"{size:g} 0 0 {size:g} {x:.2f} {y:.2f} Tm"]
        for piece in line.pieces:
            if piece.face.name != self._face:
                self._face = piece.face.name
                row.append(f"/{self._face} 1 Tf")
            row.append(piece.shown)
        return " ".join(row)

    def link(self, left: float, bottom: float, right: float, top: float, name: str) -> None:
        """Let an area lead to what has this name."""
        self.links.append(((left, bottom, right, top), name))

    def content(self) -> bytes:
        """The page as a stream."""
        return "\n".join(self._drawn).encode("latin-1")

    def _stroked(self, colour: str) -> None:
        if colour != self._stroke:
            self._stroke = colour
            self._drawn.append(f"{rgb(colour)} RG")
