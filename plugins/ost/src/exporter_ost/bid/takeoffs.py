"""Measurements as BidTakeoffs: spooled by page, since they come by condition, and added up by condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from exporter.accounts import leave_out
from exporter.context import ExportContext
from exporter.errors import InputError
from exporter.tables import Table
from exporter.takeoff.data import Columns, Condition, Page, Takeoff, number_of
from exporter.takeoff.geometry import GeometryError, read
from exporter.takeoff.units import UNITS, unit
from exporter_ost.bid.codes import TYPES, kind_of, measure, type_of
from exporter_ost.bid.positions import NotHeldError, Placed, placed
from exporter_ost.bid.spool import Spool
from exporter_ost.bid.values import number, template
from exporter_ost.findings import OF_BID_RUNS
from exporter_ost.totals import Sums

COLUMNS = ("measurement_id", "page_id", "geometry_type", "quantity", "geometry")
_MOST = 10  # pages that a message names
_FIELDS = (
    "UID",
    "BidUID",
    "BidConditionUID",
    "BidPageUID",
    "BidAreaUID",
    "ParentUID",
    "No",
    "Quantity",
    "Count",
    "Rotation",
)
_TAKEOFF = template("BidTakeoff", *_FIELDS, "Position", "IsNegativeQuantity")


@attrs.define
class Written:
    """A condition as it is written: what is known of it once its measurements have passed.

    :param area: the number of its place, 0 where it has none. :param kind: what it measures.
    :param code: its type: 0 linear, 1 area, 2 count; of a volume that of its first shape. None where there is neither.
    """

    condition: Condition
    area: int
    kind: str
    code: int | None
    sums: Sums = attrs.field(factory=Sums)

    @property
    def total(self) -> float:
        """Its amount: added up as it was measured, and converted once."""
        return self.sums.total * measure(self.condition.unit).factor


@attrs.define(eq=False)
class Takeoffs:
    """The measurements of a run.

    :param table: of the measurements; None where the source has none. :param pages: number and page by identifier.
    """

    ctx: ExportContext
    found: Takeoff
    table: Table | None
    spool: Spool
    pages: Mapping[str, tuple[int, Page]] = attrs.field(init=False)
    _last: int = attrs.field(default=0, init=False)
    _unscaled: dict[str, Page] = attrs.field(factory=dict, init=False)
    _inches: dict[str, float | None] = attrs.field(factory=dict, init=False)

    @pages.default
    def _numbered(self) -> Mapping[str, tuple[int, Page]]:
        return {page.page_id: (place, page) for place, page in enumerate(self.found.pages, 1)}

    def written(self, areas: Sequence[int]) -> Iterator[Written]:
        """Each condition, once its measurements are in the spool.

        :param areas: the number of each condition's place.
        :raises InputError: in the end, where somebody has measured on pages whose scale nobody knows.
        """
        for (condition, batches), area in zip(self.found.columns_by_condition(), areas, strict=True):
            kind = kind_of(condition.measurement_type, condition.unit)
            made = Written(condition, area, kind, TYPES.get(kind))
            place = 0
            for columns in batches:
                place = self._batch(made, columns, place)
            yield made
        self._refuse_unscaled()

    def _batch(self, made: Written, columns: Columns, place: int) -> int:
        given = dict(zip(self.found.columns, columns, strict=True))
        nothing = [""] * len(columns[0])
        lost: dict[str, list[str]] = {}
        for uid, *row in zip(*(given.get(name, nothing) for name in COLUMNS), strict=True):
            place += 1
            if code := self._row(made, place, *row):
                lost.setdefault(code, []).append(uid)
        if self.table is not None:
            for code, uids in lost.items():
                problem = OF_BID_RUNS[code]
                leave_out(self.ctx, self.table, code, problem.message, uids, level=problem.level)
        return place

    def _row(self, made: Written, place: int, page_id: str, kind: str, quantity: str, text: str) -> str:
        """Write a measurement; the code of what is wrong where it cannot be written, else the empty text."""
        if page_id not in self.pages:
            return "BID_PAGE_MISSING"
        try:
            shape = read(kind, text)
        except GeometryError:
            return "BID_SHAPE_UNREADABLE"
        inches = self._scale(page_id)
        if inches is None:
            return ""  # the run ends with all such pages
        try:
            code = type_of(made.kind, shape) if made.code is None else made.code
            found = placed(shape, code, inches)
        except NotHeldError:
            return "BID_SHAPE_NOT_HELD"
        made.code = code
        amount = number_of(quantity) or 0.0
        made.sums.add(amount)
        self._write(made, place, self.pages[page_id][0], amount * measure(made.condition.unit).factor, found)
        return ""

    def _write(self, made: Written, place: int, page: int, amount: float, found: Placed) -> None:
        negative = "1" if amount < 0 else "0"
        rest = abs(amount)
        for part, (position, share) in enumerate(found.parts, 1):
            mine = rest if part == len(found.parts) else abs(amount) * share
            rest -= mine
            self._takeoff(made, page, "0", str(place), number(mine), position, negative)
        parent = str(self._last)
        for position in found.holes:
            self._takeoff(made, page, parent, str(place), "0", position, "0")

    def _takeoff(self, made: Written, page: int, parent: str, place: str, *more: str) -> None:
        self._last += 1
        amount, position, negative = more
        where = (str(made.condition.number), str(page), str(made.area), parent)
        self.spool.add(page, _TAKEOFF % (str(self._last), "1", *where, place, amount, "1", "0", position, negative))

    def _scale(self, page_id: str) -> float | None:
        """Inches for one pixel of a page; None where nobody knows, which is noted."""
        if page_id not in self._inches:
            page = self.pages[page_id][1]
            self._inches[page_id] = inches_of(page)
            if self._inches[page_id] is None:
                self._unscaled[page_id] = page
        return self._inches[page_id]

    def _refuse_unscaled(self) -> None:
        if self._unscaled:
            names = ", ".join(page.name for page in list(self._unscaled.values())[:_MOST])
            more = f" and {len(self._unscaled) - _MOST} more" if len(self._unscaled) > _MOST else ""
            raise InputError(
                f"A bid holds inches of the building, and pages that were measured have no scale: {names}{more}.",
                hint="Set their scale in the source, or name the other pages with --filter pages=...",
            )


def inches_of(page: Page) -> float | None:
    """Inches of the building for one pixel; None where the page has no scale, or one in a unit that is no length."""
    of = unit(page.scale_unit.strip() or "ft")
    if page.scale is None or of is None or of.kind != "linear":
        return None
    return of.size / UNITS["IN"].size / page.scale
