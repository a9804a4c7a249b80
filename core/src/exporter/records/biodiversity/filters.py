"""What people filter biodiversity data by. The SQL of each filter stands in `conditions.py`."""

from __future__ import annotations

import datetime as dt

import attrs

from exporter.options import option


@attrs.frozen
class Filters:
    """Filters on events narrow the occurrences, too; filters on occurrences narrow the events to those that are left."""

    events: tuple[str, ...] = option(default=(), help="Only these events, by the source's own identifier")
    sites: tuple[str, ...] = option(default=(), help="Only events at these places (locationID)")
    date_from: dt.date | None = option(default=None, help="Only events that end on this day or later")
    date_to: dt.date | None = option(default=None, help="Only events that begin on this day or earlier")
    bounding_box: tuple[float, float, float, float] | None = option(
        default=None, help="Only events inside west,south,east,north in degrees; west > east crosses the date line"
    )
    taxa: tuple[str, ...] = option(
        default=(),
        help="Only these taxa, by id or name, with all below them: by the taxon record's parents where the source has one, "
        "else by the rank columns (kingdom to genus) and the name itself",
    )
    verified: bool | None = option(
        default=None, help="true: only determinations that a person verified; false: only the others"
    )
    min_score: float | None = option(default=None, minimum=0, maximum=1, help="Only occurrences with at least this score")
