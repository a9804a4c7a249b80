"""Which table is which record. A table is taken for what its name says only if its columns and keys say it, too."""

from __future__ import annotations

import attrs

from exporter.mapping import biodiversity as known
from exporter.mapping.fields import Fields, guess_fields
from exporter.mapping.links import Link, link
from exporter.mapping.look import Database, Table
from exporter.mapping.names import fold, nouns
from exporter.records import Family, Field, RecordSchema

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


@attrs.frozen
class Roles:
    """The tables of the records, and others that could have been.

    :param others: names of tables by record.
    :param missing: why no table was found for a record that has none.
    """

    tables: dict[str, Table]
    others: dict[str, list[str]]
    missing: dict[str, str]


def apart(family: Family, record: str) -> frozenset[str]:
    """The fields of a record that identify it or refer to another."""
    return frozenset({family.record(record).key, *(r.field for r in family.parents(record))})


def key_of(family: Family, record: str) -> Field:
    """The field that identifies a record."""
    schema: RecordSchema = family.record(record)
    return schema.fields[schema.key]


def find_roles(db: Database, family: Family) -> Roles:
    """The tables of a database that are records of biodiversity; none where it is about something else."""
    return _Search(db, family).roles()


@attrs.frozen
class _Found:
    """A table that may be a record, with what ranks it."""

    table: Table
    rank: tuple[int, int, int]


class _Search:
    def __init__(self, db: Database, family: Family) -> None:
        self._db = db
        self._family = family
        self._chosen: dict[str, Table] = {}
        self._others: dict[str, list[str]] = {}
        self._unfit: dict[str, dict[str, str]] = {}

    def roles(self) -> Roles:
        for record in ("taxon", "occurrence", "event", "media", "identification", "measurement"):
            found = sorted(self._candidates(record), key=lambda f: f.rank)
            if found:
                self._chosen[record] = found[0].table
                self._others[record] = [f.table.name for f in found[1:]]
        without = [name for name in self._family.records if name in known.TABLES and name not in self._chosen]
        missing = {name: self._missing(name) for name in without if self._unfit[name] or name in ("event", "occurrence")}
        if set(self._chosen) <= {"taxon"}:  # a list of names alone is no data set of events or occurrences
            return Roles({}, {}, missing)
        chosen = {name: self._chosen[name] for name in self._family.records if name in self._chosen}
        return Roles(chosen, self._others, missing)

    def _missing(self, record: str) -> str:
        near = "; ".join(f"{table} {why}" for table, why in self._unfit[record].items())
        return near or f"no table is named as one ({', '.join(known.TABLES[record])})"

    def _candidates(self, record: str) -> list[_Found]:
        named = known.TABLES[record]
        found = []
        self._unfit[record] = {}
        for table in self._db.tables.values():
            if table in self._chosen.values():
                continue
            place = min((named.index(n) for n in nouns(table.plain) if n in named), default=None)
            fields = self._fields(table, record)
            unfit = self._doubt(record, table, fields, named=place is not None)
            near = place is not None or (record == "occurrence" and "scientific_name" in fields.guesses)
            if unfit and near:
                self._unfit[record][table.name] = unfit
            elif not unfit:
                whole = 0 if nouns(table.plain)[0] in named else 1
                found.append(_Found(table, (place if place is not None else len(named), whole, -len(fields.guesses))))
        return found

    def _fields(self, table: Table, record: str) -> Fields:
        return guess_fields(self._db, table, self._family.record(record), apart(self._family, record))

    def _doubt(self, record: str, table: Table, fields: Fields, *, named: bool) -> str:
        """Why a table is not the record's, in a few words; empty where it is."""
        if not named:
            names = f"has neither the name of one ({', '.join(known.TABLES[record])}) nor enough terms"
            return "" if record == "occurrence" and self._is_flat(fields) else names
        match record:
            case "taxon":
                return (
                    "" if "scientific_name" in fields.guesses else _lacks("no scientific names", fields, "scientific_name")
                )
            case "occurrence":
                return self._no_occurrence(table, fields)
            case "event":
                return self._no_event(table, fields)
            case "media":
                file = any(fold(c) in known.FILES for c in table.columns) or _FILE.intersection(fields.guesses)
                return self._hangs_on(table, "event", "occurrence") if file else _lacks("no files", fields, *_FILE)
            case "identification":
                return self._no_name(table, fields) or self._hangs_on(table, "occurrence")
            case _:
                told = {"measurement_type", "measurement_value"} <= fields.guesses.keys()
                return (
                    self._hangs_on(table, "event", "occurrence")
                    if told
                    else "has no measurement_type with a measurement_value"
                )

    def _no_occurrence(self, table: Table, fields: Fields) -> str:
        keys = {r.column for r in table.references}
        exact = {field for column, field in fields.exact.items() if column not in keys}
        if len(exact & _OF_AN_ORGANISM) >= 2 or "occurrence_id" in exact:
            return ""
        return self._no_name(table, fields)

    def _no_name(self, table: Table, fields: Fields) -> str:
        if "scientific_name" in fields.guesses or self._to(table, "taxon") is not None:
            return ""
        return _lacks("no scientific names, and names no taxon", fields, "scientific_name")

    def _is_flat(self, fields: Fields) -> bool:
        exact = {f for f in fields.exact.values() if f in fields.guesses or f.endswith("_id")}
        return "scientific_name" in exact and len(exact - _RANKS) >= _FLAT and bool(exact & (_WHEN | _WHERE))

    def _no_event(self, table: Table, fields: Fields) -> str:
        """What occurrences hang on is an event by its name and a date or place, even if the values are not as they should be."""
        given, meant = set(fields.guesses), set(fields.meant.values())
        if not (given | meant) & (_WHEN | _WHERE):
            return "has no date and no place"
        if "occurrence" in self._chosen:
            child = self._chosen["occurrence"]
            path = joined(self._db, self._family, child, table, "event", self._media())
            return "" if path is not None else f"is named by no column of {child.name}"
        terms = {f for f in fields.exact.values() if "_" in f}
        if len(terms) >= 3 and given & _WHEN and given & _WHERE:
            return ""
        return _lacks("no occurrences, and too few terms to be known without them", fields, *_WHEN, *_WHERE)

    def _media(self) -> list[Table]:
        """Tables that look like media; they may lead from an occurrence to its event."""
        named = known.TABLES["media"]
        return [t for t in self._db.tables.values() if any(n in named for n in nouns(t.plain))]

    def _to(self, table: Table, record: str) -> Link | None:
        if record not in self._chosen:
            return None
        return link(self._db, table, self._chosen[record], key_of(self._family, record))

    def _hangs_on(self, table: Table, *records: str) -> str:
        named = any(self._to(table, record) for record in records)
        return "" if named else f"names no {' and no '.join(records)}"


def _lacks(what: str, fields: Fields, *wanted: str) -> str:
    doubts = fields.doubts(*wanted)
    return f"has {what}" + (f" ({doubts})" if doubts else "")


def joined(
    db: Database, family: Family, child: Table, parent: Table, record: str, between: list[Table]
) -> tuple[Link, ...] | None:
    """The links that lead from a table to a record's: one, or two through a table between them."""
    key = key_of(family, record)
    direct = link(db, child, parent, key)
    if direct is not None:
        return (direct,)
    for middle in between:
        if middle is not child and middle is not parent:
            first = link(db, child, middle, key_of(family, "media"))
            second = link(db, middle, parent, key) if first is not None else None
            if first is not None and second is not None:
                return first, second
    return None
