"""What can be wrong with a file of takeoffs, and what a run could not write, each under a code."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.notes import Problem
from exporter.report import EXAMPLES, Finding

_XML = "XML 1.0"
_OURS = "ours"
_SCHEMA = "takeoff-1.0.xsd"
OF_RUNS: dict[str, Problem] = {
    "GEOMETRY_NOT_GIVEN": Problem("info", "There is no geometry; the quantity is written without it.", _OURS),
    "GEOMETRY_BROKEN": Problem(
        "warning", "The geometry is not what its type has; the quantity is written without it.", _OURS
    ),
    "GEOMETRY_TYPE_UNKNOWN": Problem("warning", "The geometry type is none that is known.", _OURS),
    "VALUE_LEFT_OUT": Problem(
        "warning", "A value that should be a finite number, or true or false, is neither; it was left out.", _OURS
    ),
    "COLOUR_UNKNOWN": Problem("info", "The colour is not written #rrggbb; one of ours stands in its place.", _OURS),
}
_BID = "ours, of what is known of bid files"
OF_BID_RUNS: dict[str, Problem] = {
    "BID_EXPERIMENTAL": Problem(
        "info", "The structure of bid files is known from a reimplementation alone: try the file.", _BID
    ),
    "BID_PAGE_MISSING": Problem(
        "warning", "The measurement is on no page that is there, and a bid keeps takeoffs on pages.", _BID
    ),
    "BID_SHAPE_UNREADABLE": Problem("warning", "The measurement has no geometry, or none that is what its type has.", _BID),
    "BID_SHAPE_NOT_HELD": Problem(
        "warning", "A condition of this type has no place for the shape of the measurement.", _BID
    ),
    "BID_KIND_ASSUMED": Problem(
        "info", "Neither type, unit nor shapes say what the condition is; it is written as an area.", _BID
    ),
    "BID_UNIT_UNKNOWN": Problem(
        "warning", "The unit of the condition has no number; its amount stands without a unit.", _BID
    ),
    "COLOUR_UNKNOWN": Problem("info", "The colour is not written #rrggbb; one of ours stands in its place.", _OURS),
}
OF_BID_FILES: dict[str, Problem] = {
    "BID_EXPERIMENTAL": Problem("info", "Bid files are looked at as far as their structure is known.", _BID),
    "BID_BYTES": Problem(
        "warning", "The file has a byte order mark, an XML declaration, or lines that end without CR LF.", _BID
    ),
    "BID_CONTAINER_MISSING": Problem("error", "A container is missing.", _BID),
    "BID_UID_BROKEN": Problem("error", "A UID is no whole number above 0.", _BID),
    "BID_UID_DUPLICATE": Problem("error", "Several elements of one kind have one UID.", _BID),
    "BID_KEY_ORPHAN": Problem("error", "A key leads to an element that is not there.", _BID),
    "BID_TYPE_UNKNOWN": Problem("warning", "The Type of a condition is none of 0 to 3.", _BID),
    "BID_POSITION_BROKEN": Problem("error", "A Position is not the numbers that the type of its condition has.", _BID),
    "BID_NUMBER_BROKEN": Problem("error", "A quantity is no finite number.", _BID),
    "BID_TOTAL_DIFFERS": Problem("warning", "A BidAreaCondition is not the sum of its takeoffs, to one in 10^9.", _BID),
    "BID_AREA_CONDITION_MISSING": Problem(
        "warning", "A condition has no BidAreaCondition, or none for the area of its takeoffs.", _BID
    ),
}
OF_FILES: dict[str, Problem] = {
    "OST_UNREADABLE": Problem("error", "The file is not well-formed, or no XML at all.", _XML),
    "OST_DOCTYPE": Problem("error", "The file has a DOCTYPE, whose entities may grow or name files; it is not read.", _OURS),
    "OST_ROOT": Problem("error", "The root element is no OSTProject.", _SCHEMA),
    "SCHEMA": Problem("error", "The file does not follow the schema.", _SCHEMA),
    "ID_DUPLICATE": Problem("error", "Several conditions have one id.", _OURS),
    "ITEM_ID_DUPLICATE": Problem("warning", "Several items have one id.", _OURS),
    "NAME_MISSING": Problem("warning", "A condition has no name.", _OURS),
    "TYPE_UNKNOWN": Problem("warning", "The type of a condition is none of linear, area, volume and count.", _OURS),
    "UNIT_MISSING": Problem("warning", "A condition has no unit.", _OURS),
    "UNIT_DIFFERS": Problem("error", "The unit of an item is not that of its condition.", _OURS),
    "TOTAL_DIFFERS": Problem("error", "The total of a condition is not the sum of its items, to one in 10^9.", _OURS),
    "COUNT_DIFFERS": Problem("error", "The MeasurementCount of a condition is not that of its items.", _OURS),
    "GEOMETRY_TYPE_UNKNOWN": Problem("warning", "The geometry type of an item is none that is known.", _OURS),
    "GEOMETRY_BROKEN": Problem("warning", "The geometry of an item is not what its type has.", _OURS),
    "GEOMETRY_MISSING": Problem("info", "An item has no geometry.", _OURS),
    "CONDITION_EMPTY": Problem("info", "A condition has no items.", _OURS),
}


def found_in_run(code: str, count: int, examples: Sequence[str], record: str, part: str, action: str) -> Finding:
    """A finding of a run."""
    problem = OF_RUNS[code]
    return Finding(problem.level, code, problem.message, count, list(examples[:EXAMPLES]), record, part, action)
