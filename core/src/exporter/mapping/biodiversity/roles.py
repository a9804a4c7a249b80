"""Which tables are events, occurrences and what belongs to them."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.mapping.biodiversity import words
from exporter.mapping.fields import Fields
from exporter.mapping.known import Study
from exporter.mapping.look import Table
from exporter.mapping.names import fold, nouns
from exporter.mapping.roles import Search, lacks
from exporter.records import Field, Relation

_RANKS = {"kingdom", "phylum", "class_", "order", "family", "genus"}
_WHEN = {"event_start", "event_date", "year"}
_WHERE = {"decimal_latitude", "location_id", "locality", "habitat"}
_FILE = {"identifier", "created", "format"}
_OF_AN_ORGANISM = {
    "life_stage",
    "individual_count",
    "basis_of_record",
    "occurrence_status",
    "vernacular_name",
    "organism_id",
}
_FLAT = 4  # terms in their own spelling that make a table of any name one of occurrences


def unfit(search: Search, record: str, table: Table, fields: Fields, *, named: bool) -> str:
    """Why a table is not the record's, in a few words; empty where it is."""
    if not named:
        names = f"has neither the name of one ({', '.join(words.TABLES[record])}) nor enough terms"
        return "" if record == "occurrence" and _is_flat(fields) else names
    match record:
        case "taxon":
            return "" if "scientific_name" in fields.guesses else lacks("no scientific names", fields, "scientific_name")
        case "occurrence":
            return _no_occurrence(search, table, fields)
        case "event":
            return _no_event(search, table, fields)
        case "media":
            file = any(fold(c) in words.FILES for c in table.columns) or _FILE.intersection(fields.guesses)
            return search.hangs_on(table, "event", "occurrence") if file else lacks("no files", fields, *_FILE)
        case "identification":
            return _no_name(search, table, fields) or search.hangs_on(table, "occurrence")
        case _:
            told = {"measurement_type", "measurement_value"} <= fields.guesses.keys()
            without = "has no measurement_type with a measurement_value"
            return search.hangs_on(table, "event", "occurrence") if told else without


def between(study: Study, tables: Mapping[str, Table], relation: Relation) -> list[tuple[Table, Field | None]]:
    """Media may lead from an occurrence to its event: the table that they are, else those that look like them."""
    if relation.child != "occurrence":
        return []
    if "media" in tables:
        return [(tables["media"], study.key("media"))]
    named = [t for t in study.db.tables.values() if any(n in words.TABLES["media"] for n in nouns(t.plain))]
    return [(table, study.key("media")) for table in named]


def _no_occurrence(search: Search, table: Table, fields: Fields) -> str:
    keys = {r.column for r in table.references}
    exact = {field for column, field in fields.exact.items() if column not in keys}
    if len(exact & _OF_AN_ORGANISM) >= 2 or "occurrence_id" in exact:
        return ""
    return _no_name(search, table, fields)


def _no_name(search: Search, table: Table, fields: Fields) -> str:
    if "scientific_name" in fields.guesses or search.to(table, "taxon") is not None:
        return ""
    return lacks("no scientific names, and names no taxon", fields, "scientific_name")


def _is_flat(fields: Fields) -> bool:
    exact = {f for f in fields.exact.values() if f in fields.guesses or f.endswith("_id")}
    return "scientific_name" in exact and len(exact - _RANKS) >= _FLAT and bool(exact & (_WHEN | _WHERE))


def _no_event(search: Search, table: Table, fields: Fields) -> str:
    """What occurrences hang on is an event by its name and a date or place, even if the values are not as they should be."""
    given, meant = set(fields.guesses), set(fields.meant.values())
    if not (given | meant) & (_WHEN | _WHERE):
        return "has no date and no place"
    child = search.first("occurrence")
    if child is not None:
        return "" if search.leads("occurrence", child, "event", table) else f"is named by no column of {child.name}"
    terms = {f for f in fields.exact.values() if "_" in f}
    if len(terms) >= 3 and given & _WHEN and given & _WHERE:
        return ""
    return lacks("no occurrences, and too few terms to be known without them", fields, *_WHEN, *_WHERE)
