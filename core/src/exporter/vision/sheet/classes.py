"""The panel of classes: a bar for each, divided by split."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import attrs

from exporter.figures.panel import HEAD_ROOM, SMALL, TEXT, Panel, bar, number_of
from exporter.figures.paper import BLUE, LINE, SOFT, legible
from exporter.vision.labels import Category
from exporter.vision.sheet.colours import SPLITS, colour
from exporter.vision.sheet.survey import Found
from exporter.vision.splits import NONE

MOST = 15
ROW = 23.0  # points
_LEAST = 2  # rows that there is always room for
_LEGEND, _AXIS = 24.0, 22.0
_SWATCH = 10.0
_BAR = 0.66  # of a row
_APART = 100  # times as many: then small bars would not be seen
_BELOW_ONE = 0.7  # where a log scale begins, so that 1 is a bar


@attrs.frozen
class Bars:
    """What the bars show.

    :param top: the classes with most rows, those first; :param others: how many more there are, and :param rest: their rows.
    :param splits: that there are, in their order; none where nothing is split.
    :param apart: whether the scale is logarithmic, and splits stand one below the other.
    """

    of: str
    top: Sequence[tuple[Category, Counter[str]]]
    others: int
    rest: int
    splits: tuple[str, ...]
    apart: bool

    @classmethod
    def of_found(cls, found: Found) -> Bars:
        """Those of what was counted; equal classes in the order of their numbers."""
        ordered = sorted(found.counts.items(), key=lambda each: (-each[1].total(), each[0].number))
        top = ordered[:MOST]
        splits = tuple(split for split in SPLITS if any(each[split] for _, each in ordered))
        apart = bool(top) and top[0][1].total() > _APART * top[-1][1].total()
        rest = sum(each.total() for _, each in ordered[MOST:])
        return cls(found.of, top, len(ordered) - len(top), rest, () if splits == (NONE,) else splits, apart)

    @property
    def height(self) -> float:
        """Of the panel, in points."""
        rows = max(len(self.top) + bool(self.others), _LEAST)
        return HEAD_ROOM + _LEGEND * bool(self.splits) + ROW * rows + _AXIS * self.apart


def draw_classes(panel: Panel, bars: Bars, note: str) -> str:
    """Draw the bars and say what they show.

    :param note: what is to be known of the numbers.
    """
    total = sum(each.total() for _, each in bars.top) + bars.rest
    if not bars.top:
        panel.head("Classes", "")
        panel.nothing(f"No {bars.of}s")
        return f"Classes: no {bars.of}s."
    number = len(bars.top) + bars.others
    classes = f"{number} {'class' if number == 1 else 'classes'}"
    words = [f"{number_of(total, bars.of)} of {classes}" if bars.of == "annotation" else f"{classes}, {total:,} times given"]
    panel.head("Classes", ", ".join([*words, *(["log scale"] if bars.apart else []), *([note] if note else [])]))
    if bars.splits:
        _draw_legend(panel, bars.splits)
    _Chart.of(panel, bars).draw()
    return f"Classes: {words[0]}: {'; '.join(_told(bars, *each) for each in bars.top)}{_told_others(bars)}."


def _draw_legend(panel: Panel, splits: Sequence[str]) -> None:
    left, y = panel.box.left, panel.box.top - HEAD_ROOM - 12
    for split in splits:
        word = "no split" if split == NONE else split
        bar(panel, left, y - 1, _SWATCH, _SWATCH, SPLITS[split])
        panel.type.put(left + _SWATCH + 5, y, word, SMALL, color=SOFT)
        left += _SWATCH + 5 + panel.type.width(word, SMALL) + 20


def _name(category: Category) -> str:
    return legible(category.name) or f"class {category.number}"


def _told(bars: Bars, category: Category, counts: Counter[str]) -> str:
    by_split = ", ".join(f"{split} {counts[split]:,}" for split in bars.splits if counts[split])
    return f"{_name(category)} {counts.total():,}{f' ({by_split})' if by_split else ''}"


def _told_others(bars: Bars) -> str:
    return f"; {number_of(bars.others, 'other')} {bars.rest:,}" if bars.others else ""


@attrs.frozen
class _Chart:
    """Where bars go.

    :param left: where they begin, in points of the sheet; :param top: of the first; :param room: of the longest.
    """

    panel: Panel
    bars: Bars
    left: float
    top: float
    room: float

    @classmethod
    def of(cls, panel: Panel, bars: Bars) -> _Chart:
        type, box = panel.type, panel.box
        named = max(type.width(_name(category), TEXT) for category, _ in bars.top) + _SWATCH + 20
        named = min(max(named, 90.0), 0.42 * box.width)
        counted = type.width(f"{bars.top[0][1].total():,}", SMALL) + 10
        top = box.top - HEAD_ROOM - _LEGEND * bool(bars.splits)
        return cls(panel, bars, box.left + named, top, box.width - named - counted)

    def draw(self) -> None:
        if self.bars.apart:
            self._scale()
        for place, (category, counts) in enumerate(self.bars.top):
            self._row(self.top - (place + 1) * ROW, category, counts)
        if self.bars.others:
            y = self.top - (len(self.bars.top) + 1) * ROW + (ROW - SMALL) / 2 + 1
            others = number_of(self.bars.others, "other")
            self.panel.type.put(self.left - 10, y, others, SMALL, align="right", color=SOFT)
            self.panel.type.put(self.left + 7, y, f"{self.bars.rest:,}", SMALL, color=SOFT)

    def _row(self, bottom: float, category: Category, counts: Counter[str]) -> None:
        type, y = self.panel.type, bottom + (ROW - SMALL) / 2 + 1
        swatch = self.panel.box.left
        bar(self.panel, swatch, y - 1, _SWATCH, _SWATCH, colour(category))
        room = self.left - 10 - swatch - _SWATCH - 7
        type.put(swatch + _SWATCH + 7, y, type.fit(_name(category), room, TEXT), TEXT)
        end = self._beside(bottom, counts) if self.bars.apart else self._joined(bottom, counts)
        type.put(self.left + end + 7, y, f"{counts.total():,}", SMALL, color=SOFT)

    def _joined(self, bottom: float, counts: Counter[str]) -> float:
        """One bar of the splits' parts; where it ends."""
        y, height, end = bottom + ROW * (1 - _BAR) / 2, ROW * _BAR, 0.0
        for split in self.bars.splits or (NONE,):
            length = self._length(counts[split])
            if length:
                bar(self.panel, self.left + end, y, max(length, 0.75), height, self._colour(split))
            end += length
        return end

    def _beside(self, bottom: float, counts: Counter[str]) -> float:
        """A bar for each split, one below the other: on a log scale parts do not add up."""
        splits = self.bars.splits or (NONE,)
        height = ROW * 0.8 / len(splits)
        for place, split in enumerate(splits):
            y = bottom + ROW * 0.9 - (place + 1) * height
            bar(self.panel, self.left, y, self._length(counts[split]), height - 0.6, self._colour(split))
        return max(self._length(counts[split]) for split in splits)

    @property
    def _longest(self) -> int:
        """The most rows of a class in one split."""
        return max(max(counts.values()) for _, counts in self.bars.top)

    def _colour(self, split: str) -> str:
        return SPLITS[split] if self.bars.splits else BLUE

    def _length(self, number: float) -> float:
        if not self.bars.apart:
            return self.room * number / self.bars.top[0][1].total()
        most = self._longest
        return self.room * math.log(number / _BELOW_ONE) / math.log(most / _BELOW_ONE) if number else 0.0

    def _scale(self) -> None:
        """A line at each power of ten, behind the bars."""
        most = self._longest
        bottom = self.top - ROW * (len(self.bars.top) + bool(self.bars.others))
        for power in range(int(math.log10(most)) + 1):
            x = self.left + self._length(10**power)
            bar(self.panel, x, bottom - 4, 0.8, self.top - bottom + 4, LINE, zorder=0)
            self.panel.type.put(x, bottom - 17, f"{10**power:,}", SMALL, align="center", color=SOFT)
