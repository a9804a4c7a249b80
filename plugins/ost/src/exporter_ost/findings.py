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
