"""The dialect `bid`, from the first byte to the last."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import attrs

from exporter.colours import colour_of
from exporter.context import ExportContext
from exporter.notes import Notes
from exporter.report import Finding
from exporter.tables import Table
from exporter.takeoff.data import Condition, Page, Project, Takeoff
from exporter.takeoff.tables import MEASUREMENTS, by_name
from exporter.takeoff.units import UNITS, unit
from exporter_ost.bid.codes import AREA, COUNT, calculation, colour_number, measure
from exporter_ost.bid.names import (
    AFTER_BID,
    AFTER_PAGES,
    BEFORE_CONDITIONS,
    BEFORE_PAGES,
    BID,
    OF_PAGES,
    ROOT,
    VERSION,
)
from exporter_ost.bid.spool import Spool
from exporter_ost.bid.takeoffs import Takeoffs, Written, inches_of
from exporter_ost.bid.values import END, empty, moment, number, opened, optional, streamed
from exporter_ost.findings import OF_BID_RUNS
from exporter_ost.markup import Markup
from exporter_ost.project import only_project

PART = "takeoff.ost"
_CONDITIONS = 0  # as owner in the spool; pages are numbered from 1


def document(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[bytes]:
    """The file, piece by piece. All measurements are read before the first byte: sums stand before what they are of.

    :raises InputError: where it would hold several projects, or pages without scale were measured.
    """
    found = Takeoff.of(ctx, tables)
    writer = _Writer(ctx)
    project = only_project(ctx, found)
    areas = writer.placed(found.conditions)
    with contextlib.closing(Spool(ctx.scratch / "bid-takeoffs")) as spool:
        takeoffs = Takeoffs(ctx, found, by_name(tables).get(MEASUREMENTS), spool)
        for made in takeoffs.written(areas):
            spool.add(_CONDITIONS, writer.condition(made))
        yield f'<{ROOT}>{END}<OST Version="{VERSION}"/>{END}{writer.bid(project, found.conditions)}'.encode()
        yield from writer.before_conditions()
        yield from streamed("BidConditions", spool.of(_CONDITIONS))
        yield empty(*BEFORE_PAGES).encode()
        pages = (piece for place, page in enumerate(found.pages, 1) for piece in writer.page(page, place, spool.of(place)))
        yield from streamed("BidPages", pages)
    yield f"{empty(*AFTER_PAGES)}</{BID}>{END}{empty(*AFTER_BID)}</{ROOT}>{END}".encode()
    for finding in writer.findings():
        ctx.report.add(finding)


@attrs.define(eq=False)
class _Writer:
    """All elements but takeoffs, and what was met on the way.

    :ivar areas: places by their path from the building down, in the order in which they were met.
    """

    ctx: ExportContext
    markup: Markup = attrs.field(factory=Markup)
    areas: dict[tuple[str, ...], int] = attrs.field(factory=dict)
    notes: Notes = attrs.field(factory=lambda: Notes(OF_BID_RUNS))

    def placed(self, conditions: Sequence[Condition]) -> list[int]:
        """The number of each condition's place: building, level, area, as far as it names them; 0 where it names none."""
        return [self._area(tuple(filter(None, (c.building, c.elevation, c.area)))) for c in conditions]

    def _area(self, path: tuple[str, ...]) -> int:
        for length in range(1, len(path) + 1):
            self.areas.setdefault(path[:length], len(self.areas) + 1)
        return self.areas.get(path, 0)

    def bid(self, project: Project, conditions: Sequence[Condition]) -> str:
        """The start of the bid."""
        now = moment(self.ctx.clock())
        metric = [of.metric for of in (unit(each.unit) for each in conditions) if of is not None and of.kind != "count"]
        given = {
            "UID": "1",
            "JobID": self._text("JobID", project.project_id),
            "JobName": self._text("JobName", project.name or project.project_id),
            "Notes": self._text("Notes", project.description),
            "CreateDateTime": now,
            "ModDateTime": now,
            "MeasureBase": "1" if metric and all(metric) else "0",
        }
        return f"{opened(BID, given)}>{END}"

    def before_conditions(self) -> Iterator[bytes]:
        """The containers before the conditions, of which areas alone have anything inside."""
        for tag in BEFORE_CONDITIONS:
            yield from streamed(tag, self._areas() if tag == "BidAreas" else ())

    def _areas(self) -> Iterator[bytes]:
        for path, uid in self.areas.items():
            parent = str(self.areas.get(path[:-1], 0))
            name = self._text("BidArea", path[-1])
            given = {"UID": str(uid), "BidUID": "1", "ParentUID": parent, "Name": name, "Sequence": str(uid)}
            yield f"{opened('BidArea', given)}/>{END}".encode()

    def condition(self, made: Written) -> str:
        """A condition with its amounts."""
        condition, of = made.condition, measure(made.condition.unit)
        if made.code is None:
            self.notes.add("BID_KIND_ASSUMED", condition.condition_id)
        if of.code is None:
            self.notes.add("BID_UNIT_UNKNOWN", condition.condition_id)
        uid = str(condition.number)
        given = {"UID": uid, "BidConditionUID": uid, "AreaUID": str(made.area if made.sums.count else 0)}
        amounts = {"Quantity1": number(made.total), "Quantity2": "0", "Quantity3": "0"}
        inside = f"<BidAreaConditions>{END}{opened('BidAreaCondition', given | amounts)}/>{END}</BidAreaConditions>{END}"
        return f"{opened('BidCondition', self._described(made))}>{END}{inside}</BidCondition>{END}"

    def _described(self, made: Written) -> dict[str, str]:
        condition, of = made.condition, measure(made.condition.unit)
        code = AREA if made.code is None else made.code
        colour = str(colour_number(self._colour(condition)))
        found = unit(condition.unit)
        inches = UNITS["MM"].size / UNITS["IN"].size if found is not None and found.metric else 1.0
        costs = condition.costs.kinds if condition.costs is not None else {}
        return {
            "UID": str(condition.number),
            "BidUID": "1",
            "RefNo": str(condition.number),
            "Name": self._text("Name", condition.title),
            "Notes": self._text("Notes", condition.description),
            "Type": str(code),
            "Shape": "0" if code == COUNT else "",
            "Pattern": "1" if code == AREA else "0",
            "ColorLine": colour,
            "ColorFill": colour,
            "Thickness": optional(None if condition.thickness is None else condition.thickness * inches),
            "Depth": optional(None if condition.depth is None else condition.depth * inches),
            "UOM1": "" if of.code is None else str(of.code),
            "MatAmount": optional(costs.get("material")),
            "LabAmount": optional(costs.get("labour")),
            "SubAmount": optional(costs.get("subcontract")),
            "RoundQuantity": "0",
            "Quantity1": str(calculation(made.kind, code)),
            "Quantity2": "0",
            "Quantity3": "0",
            "ShowTakeoff": "1",
        }

    def _colour(self, found: Condition) -> str:
        colour = colour_of(found.colour, found.number)
        if found.colour.strip() and colour != colour_of(found.colour, found.number + 1):
            self.notes.add("COLOUR_UNKNOWN", found.condition_id)
        return colour

    def page(self, page: Page, place: int, takeoffs: Iterator[bytes]) -> Iterator[bytes]:
        """A page with what was measured on it."""
        inches = inches_of(page)
        given = {
            "UID": str(place),
            "BidUID": "1",
            "Name": self._text("BidPage", page.name),
            "Show": "1",
            "IsCustomScale": "" if inches is None else "1",
            "ScaleFactor1": "" if inches is None else "1",
            "ScaleFactor2": optional(inches),
            "Scale": optional(inches),
            "Width": optional(page.width),
            "Height": optional(page.height),
            "Sequence": str(place),
            "SheetNo": self._text("SheetNo", page.sheet_number),
        }
        yield f"{opened('BidPage', given)}>{END}".encode()
        yield from streamed("BidTakeoffs", takeoffs)
        yield f"{empty(*OF_PAGES[1:])}</BidPage>{END}".encode()

    def findings(self) -> Iterator[Finding]:
        """What was changed or assumed, and that all of it is experimental."""
        problem = OF_BID_RUNS["BID_EXPERIMENTAL"]
        yield Finding(problem.level, "BID_EXPERIMENTAL", problem.message, part=PART)
        yield from self.markup.findings(PART)
        for finding in self.notes.findings():
            yield attrs.evolve(finding, record="condition", part=PART, action="kept")

    def _text(self, name: str, text: str) -> str:
        return self.markup.attribute(name, text)
