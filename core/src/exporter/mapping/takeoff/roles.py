"""Which tables are conditions, measurements, pages and projects."""

from __future__ import annotations

from exporter.mapping.fields import Fields
from exporter.mapping.links import link
from exporter.mapping.look import Table
from exporter.mapping.names import nouns
from exporter.mapping.roles import Search, lacks
from exporter.mapping.takeoff import words

_MEASURED = {"quantity", "geometry"}
_PARENTS = {"condition": ("measurement",), "page": ("measurement",), "project": ("condition", "page")}


def unfit(search: Search, record: str, table: Table, fields: Fields, *, named: bool) -> str:
    """Why a table is not the record's, in a few words; empty where it is."""
    if not named:
        return f"does not have the name of one ({', '.join(words.TABLES[record])})"
    if record == "measurement":
        return _no_measurement(search, table, fields)
    for child in _PARENTS[record]:
        below = search.first(child)
        if below is not None and search.leads(child, below, record, table):
            return ""
    known = [below.name for child in _PARENTS[record] if (below := search.first(child)) is not None]
    return f"is named by no column of {', '.join(known)}" if known else "belongs to no measurements"


def enough(search: Search) -> bool:
    """Whether there are measurements of conditions."""
    return {"measurement", "condition"} <= search.chosen.keys()


def _no_measurement(search: Search, table: Table, fields: Fields) -> str:
    """What is measured has a quantity or a geometry, and names what it is measured for."""
    if not _MEASURED.intersection(fields.guesses):
        return lacks("no quantities and no geometry", fields, *_MEASURED)
    named = {*words.TABLES["condition"]}
    others = [t for t in search.study.db.tables.values() if t is not table and named.intersection(nouns(t.plain))]
    key = search.study.key("condition")
    return "" if any(link(search.study, table, other, key) is not None for other in others) else "names no condition"
