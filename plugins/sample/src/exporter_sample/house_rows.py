"""The rows of one lot after another: its pages, and what is measured on them. Totals by condition are kept, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporter_sample.database import Dice, Row, chance
from exporter_sample.house_building import Lot, lot
from exporter_sample.house_conditions import Condition, conditions
from exporter_sample.house_shapes import Drawn
from exporter_sample.house_sheets import SHEETS, Sheet

_BY_MODEL, _VERIFIED, _VERIFIED_OF_MODEL, _REMARKED = 0.4, 0.95, 0.575, 0.02
_REMARKS = (
    "Verify in field",
    'See "General notes" & detail 4/S-501',
    "Per addendum 2, 3'-6\" clear",
    "Größe prüfen (vor Ort)",
    "RFI 12 <open>",
    "= same as lot 1; scaled from PDF",
    "Dimension string is illegible\nscaled instead",
)
_STALE = "siding"  # its total was not kept up with its last measurement
_INCHES, _CUBIC_FEET = 12, 27  # in a foot; in a cubic yard


class Rows:
    """Makes the rows, lot after lot in order; ids run on."""

    def __init__(self, measurements: int, seed: int) -> None:
        self._left = measurements
        self._seed = seed
        self._dice = Dice(chance("measurements", seed))
        self._lots = self._page = self._measurement = 0
        self._totals = dict.fromkeys(conditions(), (0.0, 0))
        self._stale = (0.0, 0)

    def lots(self) -> Iterator[tuple[list[Row], list[Row]]]:
        """Give pages and measurements of one lot after another, until there are as many as wanted; one lot at least."""
        while self._left or not self._lots:
            found = lot(self._lots, self._seed)
            self._lots += 1
            yield self._lot(found)

    def conditions(self) -> Iterator[Row]:
        """Make the rows of the host's table `conditions`, once all measurements are made."""
        for key, condition in conditions().items():
            yield (*condition.row, *(self._stale if key == _STALE else self._totals[key]))

    def _lot(self, of: Lot) -> tuple[list[Row], list[Row]]:
        pages: list[Row] = []
        drawn: list[tuple[int, Sheet, Drawn]] = []
        for project, sheets in enumerate(SHEETS, 1):
            for place, sheet in enumerate(sheets, 1):
                self._page += 1
                pages.append(sheet.row(self._page, project, of.number * len(sheets) + place, of))
                drawn += [(self._page, sheet, each) for each in sheet.drawn(of)]
        made = [self._measure(*each) for each in _spread(drawn, self._left)]
        self._left -= len(made)
        return pages, made

    def _measure(self, page: int, sheet: Sheet, drawn: Drawn) -> Row:
        condition = conditions()[drawn.condition]
        shape = drawn.shape
        length, area = shape.length(), shape.area()
        quantity = drawn.sign * _quantity(condition, sheet, length, area)
        self._add(drawn.condition, quantity)
        self._measurement += 1
        about = (self._measurement, condition.id, page, shape.type, shape.text(), quantity, condition.unit, length, area)
        dice = self._dice
        by_model = dice.likely(_BY_MODEL)
        verified = dice.likely(_VERIFIED_OF_MODEL if by_model else _VERIFIED)
        remark = dice.pick(_REMARKS) if dice.likely(_REMARKED) else None
        return (*about, int(by_model), int(verified), remark)

    def _add(self, key: str, quantity: float) -> None:
        before = total, count = self._totals[key]
        self._totals[key] = total + quantity, count + 1
        if key == _STALE:
            self._stale = before


def _quantity(condition: Condition, sheet: Sheet, length: float | None, area: float | None) -> float:
    """How much a shape is in the unit of its condition."""
    if condition.kind == "count":
        return 1.0
    assert sheet.scale is not None
    pixels = sheet.scale.pixels
    if condition.kind == "linear":
        assert length is not None
        return length / pixels
    assert area is not None
    area /= pixels * pixels
    return area * condition.depth / _INCHES / _CUBIC_FEET if condition.kind == "volume" else area


def _spread(drawn: Sequence[tuple[int, Sheet, Drawn]], wanted: int) -> Iterator[tuple[int, Sheet, Drawn]]:
    """As many as are wanted, evenly from all sheets; all where more are wanted."""
    wanted = min(wanted, len(drawn))
    for n, each in enumerate(drawn):
        if n * wanted // len(drawn) < (n + 1) * wanted // len(drawn):
            yield each
