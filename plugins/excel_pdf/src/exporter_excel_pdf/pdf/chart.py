"""Bars: the quantities of conditions side by side, a chart for each unit, since feet and pieces share no axis."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.colours import colour_of
from exporter.takeoff.data import Condition
from exporter_excel_pdf.pdf.figures import figure
from exporter_excel_pdf.pdf.flow import Flow
from exporter_excel_pdf.pdf.sheet import BLACK, GREY, LIGHT, MARGIN

_MOST = 20  # bars of one unit
_STEP = 14.0
_BAR = 9.0
_SIZE = 7.5
_LABEL = 150.0  # points for names
_FIGURE = 80.0  # points for numbers
_LEAST = 3  # bars that stand below the name of their unit


def draw(flow: Flow, conditions: Sequence[Condition], decimals: int) -> None:
    """The charts of all units in which anything was measured."""
    units: dict[str, list[Condition]] = {}
    for each in conditions:
        if each.total:
            units.setdefault(each.unit, []).append(each)
    if not units:
        return
    flow.skip(16)
    flow.need(30 + _LEAST * _STEP)
    flow.heading("Quantities by condition")
    for unit, measured in units.items():
        _unit(flow, unit, measured, decimals)


def _unit(flow: Flow, unit: str, measured: Sequence[Condition], decimals: int) -> None:
    largest = sorted(measured, key=lambda each: -abs(each.total))[:_MOST]
    shown = sorted(largest, key=lambda each: each.number)
    flow.need(20 + min(_LEAST, len(shown)) * _STEP)
    flow.y -= 4
    left = f", the {_MOST} largest of {len(measured):,}" if len(measured) > _MOST else ""
    flow.paragraph(f"{unit or 'Without unit'}{left}", 8.5, GREY)
    flow.y -= 2
    scale = (flow.width - _LABEL - _FIGURE) / max(abs(each.total) for each in shown)
    for each in shown:
        flow.need(_STEP)
        flow.y -= _STEP
        _bar(flow, each, abs(each.total) * scale, decimals)
    flow.y -= 6


def _bar(flow: Flow, condition: Condition, length: float, decimals: int) -> None:
    """A bar; what is deducted on the whole is an empty one."""
    sheet, y = flow.sheet, flow.y + (_STEP - _BAR) / 2
    name = flow.regular.fitted(condition.title, (_LABEL - 8) * 1000 / _SIZE)
    sheet.text(name, MARGIN, y + 2, _SIZE, BLACK)
    colour = colour_of(condition.colour, condition.number)
    begin, length = MARGIN + _LABEL, max(length, 0.8)
    if condition.total > 0:
        sheet.area(begin, y, length, _BAR, colour)
    else:
        sheet.frame(begin, y, length, _BAR, colour)
    sheet.area(begin - 0.6, flow.y, 0.6, _STEP, LIGHT)
    value = flow.regular.line(figure(condition.total, decimals, condition.unit))
    sheet.text(value, begin + length + 5, y + 2, _SIZE, BLACK)
