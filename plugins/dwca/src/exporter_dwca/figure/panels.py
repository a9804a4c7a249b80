"""The panels where, when and what. Each draws into a box and says in words what it shows."""

from __future__ import annotations

import math
from typing import Any

import numpy
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from exporter.figures.panel import HEAD_ROOM, SMALL, TEXT, Box, Panel, bar, number_of
from exporter_dwca.figure.geography import Extent, View, degrees, ticks
from exporter_dwca.figure.names import pieces
from exporter_dwca.figure.numbers import GRID, Places, Taxa, Times
from exporter_dwca.figure.paper import BLUE, INCHES, LINE, SOFT, axes, legible
from exporter_dwca.figure.periods import MONTHS, Periods, periods

_MOST_DOTS = 1200  # more spots than that are a raster
_FEW_DOTS = 50
_DOT, _LONE_DOT, _BIG_DOT = 48.0, 110.0, 440.0  # square points: the least among many, among few, and the largest
_LABELS, _EDGE, _BELOW = 68.0, 16.0, 62.0  # points to the left, to the right of a map and below it
_AXIS = 44.0  # points below a time line
_LEAST_TAXA = 10  # rows of the list, however few there are: a bar is a bar, and no field


def map_shape(box: Box) -> float:
    """Width by height of the map in a box."""
    return (box.width - _LABELS - _EDGE) / (box.height - HEAD_ROOM - _BELOW)


# --- where


def where(panel: Panel, places: Places) -> str:
    """A map of points on a grid of degrees; of cells where there are too many points to tell apart."""
    if places.view is None or places.extent is None:
        panel.head("Where", f"none of {places.all:,} {places.of} has coordinates" if places.all else f"no {places.of}")
        panel.nothing("No coordinates")
        return f"Where: no {places.of} with coordinates."
    some = number_of(places.rows, places.of[:-1])
    if places.rows != places.all:
        some = f"{places.rows:,} of {number_of(places.all, places.of[:-1])}"
    panel.head("Where", f"{some} with coordinates")
    sheet = panel.axes(_LABELS, _BELOW, _EDGE)
    _grid(sheet, places.view)
    if len(places.spots) > _MOST_DOTS:
        _raster(panel, sheet, places)
    else:
        _dots(panel, sheet, places)
    return f"Where: {some} with coordinates, {_extent_in_words(places.extent)}."


def _grid(sheet: Axes, view: View) -> None:
    sheet.set_xlim(view.west, view.east)
    sheet.set_ylim(view.south, view.north)
    sheet.set_aspect(view.stretch, adjustable="box", anchor="N")
    for axis, ends, low, high, most in (
        (sheet.xaxis, "EW", view.west, view.east, 7),
        (sheet.yaxis, "NS", view.south, view.north, 6),
    ):
        at, decimals = ticks(low, high, most)
        axis.set_ticks(at, labels=[degrees(value, decimals, ends) for value in at])
    sheet.grid(color=LINE, linewidth=0.8)
    sheet.set_axisbelow(True)
    for spine in sheet.spines.values():
        spine.set_visible(True)


def _dots(panel: Panel, sheet: Axes, places: Places) -> None:
    """Dots whose area grows with the rows, the small above the large."""
    most = max(s.rows for s in places.spots)
    spots = sorted(places.spots, key=lambda s: (-s.rows, s))
    x, y = [s.longitude for s in spots], [s.latitude for s in spots]
    least = _LONE_DOT if len(spots) <= _FEW_DOTS else _DOT
    sizes = [_area(s.rows, most, least) for s in spots]
    sheet.scatter(x, y, s=sizes, color=BLUE, alpha=0.65, edgecolors="white", linewidths=0.8, clip_on=True)
    if most > 1:
        _dot_legend(panel, sheet, most, least, places.of)


def _area(rows: int, most: int, least: float) -> float:
    each = min(least, (_BIG_DOT - least) / max(most - 1, 1))  # two rows are no more than twice as large as one
    return least + each * (rows - 1)


def _dot_legend(panel: Panel, sheet: Axes, most: int, least: float, of: str) -> None:
    examples = sorted({1, _round(most / 2), most})
    handles = [
        sheet.scatter([], [], s=_area(n, most, least), color=BLUE, alpha=0.65, edgecolors="white", label=f"{n:,}")
        for n in examples
    ]
    handles[-1].set_label(f"{most:,} {of}")
    panel.figure.legend(
        handles=handles,
        loc="center",
        bbox_to_anchor=((panel.box.left + panel.box.width / 2) / 72 / INCHES[0], (panel.box.bottom + 14) / 72 / INCHES[1]),
        ncols=len(handles),
        frameon=False,
        fontsize=SMALL,
        labelcolor=SOFT,
        handletextpad=0.4,
        columnspacing=1.6,
    )


def _round(number: float) -> int:
    """The nearest 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(max(number, 1)))
    return int(min((n * power for n in (1, 2, 5, 10)), key=lambda n: abs(n - number)))


def _raster(panel: Panel, sheet: Axes, places: Places) -> None:
    """Cells of the grid, the darker the more rows."""
    view = places.view
    assert view is not None
    counts = numpy.full((GRID[1], GRID[0]), numpy.nan)
    for spot in places.spots:
        column, row = view.cell(spot.longitude, spot.latitude, *GRID)
        counts[row, column] = numpy.nansum([counts[row, column], spot.rows])
    most = max(2, int(numpy.nanmax(counts)))
    image = sheet.imshow(
        counts,
        extent=(view.west, view.east, view.south, view.north),
        origin="lower",
        norm=LogNorm(1, most),
        cmap="viridis_r",
        interpolation="nearest",
        aspect=view.stretch,
        zorder=1.5,
    )
    _raster_legend(panel, image, most, places.of)


def _raster_legend(panel: Panel, image: Any, most: int, of: str) -> None:
    width = 220.0
    left = panel.box.left + (panel.box.width - width) / 2 + 50
    bar = axes(panel.figure, left, panel.box.bottom + 20, width, 8)
    made = panel.figure.colorbar(image, cax=bar, orientation="horizontal")
    made.outline.set_visible(False)
    made.minorticks_off()
    bar.xaxis.set_major_locator(FixedLocator([1, most]))
    bar.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
    panel.type.put(left - 10, panel.box.bottom + 19, f"{of} per cell", SMALL, align="right", color=SOFT)


def _extent_in_words(extent: Extent) -> str:
    west, east = extent.west, extent.east
    if extent.seam is not None and extent.east_of_west is not None:
        west, east = extent.seam, extent.east_of_west
    sides = ((extent.south, "NS"), (extent.north, "NS"), (west, "EW"), (east, "EW"))
    return "from {} to {} and from {} to {}".format(*(degrees(value, 2, ends) for value, ends in sides))


# --- when


def when(panel: Panel, times: Times) -> str:
    """Bars of a time line."""
    found = periods(times.months)
    if found is None:
        panel.head("When", f"none of {times.undated:,} {times.of} has a date" if times.undated else f"no {times.of}")
        panel.nothing("No dates")
        return f"When: no {times.of} with a date."
    more = [f"{n:,} without a {what}" for n, what in ((found.vague, "month"), (times.undated, "date")) if n]
    panel.head("When", ", ".join([f"{times.of} by {found.unit}", *more]))
    left = panel.type.width(f"{max(found.bars.values()):,}", SMALL) + 16
    sheet = panel.axes(left, _AXIS)
    sheet.bar(list(found.bars), list(found.bars.values()), width=0.86, color=BLUE)
    sheet.set_xlim(found.span[0] - 0.6, found.span[1] + 0.6)
    sheet.set_ylim(0, max(found.bars.values()) * 1.06)
    two_lines = any("\n" in text for text in found.labels.values())  # then all have two, so that all stand at one height
    labels = [text if "\n" in text or not two_lines else f"{text}\n " for text in found.labels.values()]
    sheet.set_xticks(list(found.labels), labels=labels)
    sheet.yaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    sheet.yaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
    sheet.grid(axis="y", color=LINE, linewidth=0.8)
    sheet.set_axisbelow(True)
    return _when_in_words(times, found)


def _when_in_words(times: Times, found: Periods) -> str:
    first, last = min(found.bars), max(found.bars)
    best = max(found.bars, key=lambda i: (found.bars[i], -i))
    total = sum(found.bars.values()) + found.vague
    return (
        f"When: {total:,} {times.of} from {_period(first, found.unit)} to {_period(last, found.unit)}, "
        f"most in {_period(best, found.unit)} ({found.bars[best]:,})."
    )


def _period(number: int, unit: str) -> str:
    if unit == "month":
        return f"{MONTHS[number % 12]} {number // 12}"
    return str(number * {"year": 1, "decade": 10, "century": 100}[unit])


# --- what


def what(panel: Panel, taxa: Taxa) -> str:
    """The most frequent names as bars, and how many others there are."""
    absent = f", {taxa.absent:,} absences not counted" if taxa.absent else ""
    if not taxa.top:
        panel.head("What", f"no scientific names{absent}")
        panel.nothing("No scientific names")
        return "What: no scientific names."
    panel.head("What", f"{taxa.rows:,} occurrences of {number_of(taxa.names, 'name')}{absent}")
    others = taxa.names - len(taxa.top)
    rows = 16 if others else max(len(taxa.top), _LEAST_TAXA)
    high = (panel.box.height - HEAD_ROOM) / rows
    named = min(max(panel.type.width(legible(n), TEXT) for n, *_ in taxa.top) + 12, 0.52 * panel.box.width)
    most = taxa.top[0][2]
    counted = panel.type.width(f"{most:,}", SMALL) + 10
    for i, (name, rank, n) in enumerate(taxa.top):
        y = panel.box.top - HEAD_ROOM - (i + 1) * high
        _name(panel, name, rank, panel.box.left + named - 10, y + (high - SMALL) / 2 + 1, named - 10)
        length = (panel.box.width - named - counted) * n / most
        bar(panel, panel.box.left + named, y + high * 0.16, max(length, 1.5), high * 0.68)
        panel.type.put(panel.box.left + named + length + 7, y + (high - SMALL) / 2 + 1, f"{n:,}", SMALL, color=SOFT)
    if others:
        y = panel.box.bottom + (high - SMALL) / 2 + 1
        panel.type.put(panel.box.left + named - 10, y, number_of(others, "other"), SMALL, align="right", color=SOFT)
        rest = taxa.rows - sum(n for *_, n in taxa.top)
        panel.type.put(panel.box.left + named + 7, y, f"{rest:,}", SMALL, color=SOFT)
    shown = ", ".join(f"{name} ({n:,})" for name, _, n in taxa.top[:3])
    return f"What: {taxa.rows:,} occurrences of {number_of(taxa.names, 'name')}; the most frequent: {shown}."


def _name(panel: Panel, name: str, rank: str, right: float, y: float, room: float) -> None:
    """A scientific name that ends at the right; its Latin is in italics."""
    shown = panel.type.fit(name, room, TEXT)
    for text, italic in reversed(pieces(shown, rank)):
        style = "italic" if italic else "normal"
        panel.type.put(right, y, text, TEXT, align="right", style=style)
        right -= panel.type.width(text, TEXT, style=style) + panel.type.width("i i", TEXT) - panel.type.width("ii", TEXT)
