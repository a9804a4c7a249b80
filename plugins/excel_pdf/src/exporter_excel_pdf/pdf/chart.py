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
_LABEL, _GAP = 220.0, 8.0  # points for names at most, and from these to the bars
_SPARE = 0.5  # points, so that rounding cuts no name
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
    largest = {unit: sorted(measured, key=lambda each: -abs(each.total))[:_MOST] for unit, measured in units.items()}
    shown = [each.title for measured in largest.values() for each in measured]
    widest = max(flow.regular.fitted(name, _LABEL * 1000 / _SIZE).width for name in shown)
    names = widest * _SIZE / 1000 + _GAP
    for unit, measured in units.items():
        bars = sorted(largest[unit], key=lambda each: each.number)
        left = f", the {_MOST} largest of {len(measured):,}" if len(measured) > _MOST else ""
        _unit(flow, unit or "Without unit", left, bars, names, decimals)


def _unit(flow: Flow, unit: str, left: str, shown: Sequence[Condition], names: float, decimals: int) -> None:
    """The bars of a unit; :param left: what is said of others; :param names: the room that these take, in points."""
    flow.need(20 + min(_LEAST, len(shown)) * _STEP)
    flow.y -= 4
    flow.paragraph(f"{unit}{left}", 8.5, GREY)
    flow.y -= 2
    scale = (flow.width - names - _FIGURE) / max(abs(each.total) for each in shown)
    for each in shown:
        if flow.room < _STEP:
            flow.new_page()
            flow.paragraph(f"{unit}, continued", 8.5, GREY)
            flow.y -= 2
        flow.y -= _STEP
        _bar(flow, each, names, abs(each.total) * scale, decimals)
    flow.y -= 6


def _bar(flow: Flow, condition: Condition, names: float, length: float, decimals: int) -> None:
    """A bar; what is deducted on the whole is an empty one."""
    sheet, y = flow.sheet, flow.y + (_STEP - _BAR) / 2
    name = flow.regular.fitted(condition.title, (names - _GAP + _SPARE) * 1000 / _SIZE)
    sheet.text(name, MARGIN, y + 2, _SIZE, BLACK)
    colour = colour_of(condition.colour, condition.number)
    begin, length = MARGIN + names, max(length, 0.8)
    if condition.total > 0:
        sheet.area(begin, y, length, _BAR, colour)
    else:
        sheet.frame(begin, y, length, _BAR, colour)
    sheet.area(begin - 0.6, flow.y, 0.6, _STEP, LIGHT)
    value = flow.regular.line(figure(condition.total, decimals, condition.unit))
    sheet.text(value, begin + length + 5, y + 2, _SIZE, BLACK)
