"""The plans of a report: each page of the drawings in proportion, with its measurements, its scale and who is who."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import attrs

from exporter.colours import colour_of
from exporter.notes import Notes
from exporter.takeoff.data import Condition, Page, Row, Takeoff, number_of
from exporter.takeoff.geometry import GeometryError, read
from exporter.takeoff.pages import OnPage, PageTotals
from exporter_excel_pdf.pdf.figures import figure
from exporter_excel_pdf.pdf.flow import Flow
from exporter_excel_pdf.pdf.plans import LAYERS, Extent, Spool, lies_outside, operators, prelude
from exporter_excel_pdf.pdf.sheet import BLACK, GREY, LIGHT, MARGIN, WHITE

_LEAST = 0.62  # of a page's room, which a plan may take however long its legend is
_SIZE = 7.5
_STEP = 12.0
_COLUMN = 220.0  # points of a column of the legend, at least
_GAP = 24.0  # points between columns
_AROUND = 0.03  # of a page whose size is not known, around what is drawn on it
_DIGIT = re.compile(r"\d")
_HOW = "Filled or solid: measured. Hatched, dashed or square: deducted."


@attrs.define(eq=False)
class Plans:
    """What is drawn, gathered while the measurements pass."""

    takeoff: Takeoff
    notes: Notes
    _spool: Spool
    _totals: PageTotals = attrs.field(init=False)
    _pages: Mapping[str, int] = attrs.field(init=False)
    _extents: dict[int, Extent] = attrs.field(factory=dict, init=False)
    _deducted: set[int] = attrs.field(factory=set, init=False)
    _undrawn: Counter[tuple[int, int]] = attrs.field(factory=Counter, init=False)  # by page and condition

    def __attrs_post_init__(self) -> None:
        self._totals = PageTotals(self.takeoff)
        self._pages = {page.page_id: place for place, page in enumerate(self.takeoff.pages)}

    def add(self, condition: Condition, rows: Sequence[Row]) -> None:
        """Take in measurements of a condition."""
        columns = self.takeoff.columns
        fields = ("measurement_id", "page_id", "geometry_type", "geometry", "quantity")
        uid, page, kind, geometry, quantity = map(columns.index, fields)
        colour = colour_of(condition.colour, condition.number)
        for row in rows:
            place = self._pages.get(row[page])
            if place is None:
                self.notes.add("PLAN_NOT_SHOWN", row[uid])
                continue
            deducted = (number_of(row[quantity]) or 0.0) < 0
            code = self._draw(place, row[kind], row[geometry], colour, deducted=deducted)
            if code:
                self._undrawn[place, condition.number] += 1
            if code and code != "GEOMETRY_TYPE_UNKNOWN":  # which a rule has counted, for every format
                self.notes.add(code, row[uid])
        self._totals.add(condition, rows)

    def _draw(self, place: int, kind: str, text: str, colour: str, *, deducted: bool) -> str:
        """Draw a measurement on its page; the code of what is wrong where that cannot be."""
        page = self.takeoff.pages[place]
        try:
            geometry = read(kind, text)
        except GeometryError as error:
            return error.code
        points = geometry.outline()
        if lies_outside(points, page.width, page.height):
            return "GEOMETRY_OUTSIDE"
        self._extents.setdefault(place, Extent()).take_in(points)
        layer, drawn = operators(geometry, points, colour, deducted=deducted)
        self._deducted |= {place} if deducted else set()
        self._spool.add(place, layer, drawn)
        return ""

    def show(self, flow: Flow, decimals: int) -> None:
        """The plans of all pages on which something was drawn, each on a page of its own."""
        for uid, group in groupby(self._totals, lambda each: each.page.page_id):
            place = self._pages.get(uid)
            if place is not None and place in self._extents:
                self._show(flow, place, list(group), decimals)

    def _show(self, flow: Flow, place: int, measured: Sequence[OnPage], decimals: int) -> None:
        page = self.takeoff.pages[place]
        left, top, width, height = _frame(page, self._extents[place])
        flow.turned = width > height
        flow.new_page()
        flow.document.target(f"p{place:06}", flow.y, page.name, ("Plans",))
        flow.heading(page.name)
        flow.paragraph(self._words(page, place), 7.5, GREY)
        legend = -(-len(measured) // _columns(flow)) * _STEP
        room = max(flow.room - 11 - legend, min(flow.whole * _LEAST, flow.room - 11))
        scale = min(flow.width / width, room / height)
        flow.y -= 5 + height * scale
        flow.sheet.area(MARGIN, flow.y, width * scale, height * scale, WHITE)
        for operators_ in self._layers(place, flow, (left, top, width, height), scale):
            flow.sheet.draw(operators_)
        flow.sheet.frame(MARGIN, flow.y, width * scale, height * scale, LIGHT)
        flow.y -= 6
        undrawn = [self._undrawn[place, each.condition.number] for each in measured]
        _legend(flow, list(zip(measured, undrawn, strict=True)), decimals)

    def _layers(self, place: int, flow: Flow, frame: tuple[float, float, float, float], scale: float) -> Iterator[str]:
        """Everything on the page, in its pixels: y goes downwards, and nothing is drawn beside it."""
        left, top, width, height = frame
        yield f"q {MARGIN:.3f} {flow.y:.3f} {width * scale:.3f} {height * scale:.3f} re W n"
        x, y = MARGIN - left * scale, flow.y + (top + height) * scale
        yield f"{scale:.8f} 0 0 {-scale:.8f} {x:.4f} {y:.4f} cm"
        for layer in LAYERS:
            yield f"q {prelude(layer, 1 / scale)}"
            yield from self._spool.read(place, layer)
            yield "Q"
        yield "Q"

    def _words(self, page: Page, place: int) -> str:
        number = f"Page {page.page_number}" if page.page_number and not page.name.startswith("Page ") else ""
        return "   ".join(each for each in (number, _scale(page), _HOW if place in self._deducted else "") if each)


def _frame(page: Page, extent: Extent) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is shown, in pixels: the page, or what is drawn where its size is not known."""
    if page.width is not None and page.height is not None:
        return 0.0, 0.0, page.width, page.height
    width, height = max(extent.right - extent.left, 1.0), max(extent.bottom - extent.top, 1.0)
    around = max(width, height) * _AROUND
    return extent.left - around, extent.top - around, width + 2 * around, height + 2 * around


def _scale(page: Page) -> str:
    if page.scale_text:
        return f"Scale {page.scale_text}" if _DIGIT.search(page.scale_text) else page.scale_text  # such as Not to scale
    return f"{page.scale:.4g} pixels for 1 {page.scale_unit or 'ft'}" if page.scale else "No scale"


def _columns(flow: Flow) -> int:
    """How many columns of the legend stand side by side."""
    return int((flow.width + _GAP) / (_COLUMN + _GAP))


def _legend(flow: Flow, measured: Sequence[tuple[OnPage, int]], decimals: int) -> None:
    """Who is who: colour, name and quantity on this page, and how many measurements of it the plan does not show."""
    columns = _columns(flow)
    width = (flow.width + _GAP) / columns
    for begin in range(0, len(measured), columns):
        flow.need(_STEP)
        flow.y -= _STEP
        for column, (each, undrawn) in enumerate(measured[begin : begin + columns]):
            x, condition = MARGIN + column * width, each.condition
            flow.sheet.area(x, flow.y + 1.5, 7, 7, colour_of(condition.colour, condition.number))
            left = f" ({undrawn:,} not drawn)" if undrawn else ""
            quantity = f"{figure(each.total, decimals, condition.unit)} {condition.unit}".strip()
            amount = flow.regular.line(quantity + left)
            room = width - _GAP - 18 - amount.width * _SIZE / 1000
            flow.sheet.text(flow.regular.fitted(condition.title, room * 1000 / _SIZE), x + 12, flow.y + 2.5, _SIZE, BLACK)
            flow.sheet.right(amount, x + width - _GAP, flow.y + 2.5, _SIZE, GREY)
