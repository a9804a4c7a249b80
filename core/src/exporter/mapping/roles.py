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
    """

    tables: dict[str, Table]
    others: dict[str, list[str]]


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

    def roles(self) -> Roles:
        for record in ("taxon", "occurrence", "event", "media", "identification", "measurement"):
            found = sorted(self._candidates(record), key=lambda f: f.rank)
            if found:
                self._chosen[record] = found[0].table
                self._others[record] = [f.table.name for f in found[1:]]
        if set(self._chosen) <= {"taxon"}:  # a list of names alone is no data set of events or occurrences
            return Roles({}, {})
        return Roles({name: self._chosen[name] for name in self._family.records if name in self._chosen}, self._others)

    def _candidates(self, record: str) -> list[_Found]:
        named = known.TABLES[record]
        found = []
        for table in self._db.tables.values():
            if table in self._chosen.values():
                continue
            place = min((named.index(n) for n in nouns(table.plain) if n in named), default=None)
            fields = self._fields(table, record)
            if self._is(record, table, fields, named=place is not None):
                whole = 0 if nouns(table.plain)[0] in named else 1
                found.append(_Found(table, (place if place is not None else len(named), whole, -len(fields.guesses))))
        return found

    def _fields(self, table: Table, record: str) -> Fields:
        return guess_fields(self._db, table, self._family.record(record), apart(self._family, record))

    def _is(self, record: str, table: Table, fields: Fields, *, named: bool) -> bool:
        given = set(fields.guesses)
        match record:
            case "taxon":
                return named and "scientific_name" in given
            case "occurrence":
                return self._is_occurrence(table, fields, given) if named else self._is_flat(fields)
            case "event":
                return named and self._is_event(table, fields, given)
            case "media":
                file = given & _FILE or any(fold(c) in known.FILES for c in table.columns)
                return bool(named and file and self._hangs_on(table, "event", "occurrence"))
            case "identification":
                told = "scientific_name" in given or self._to(table, "taxon") is not None
                return bool(named and told and self._hangs_on(table, "occurrence"))
            case _:
                value = {"measurement_type", "measurement_value"} <= given
                return bool(named and value and self._hangs_on(table, "event", "occurrence"))

    def _is_occurrence(self, table: Table, fields: Fields, given: set[str]) -> bool:
        if "scientific_name" in given or self._to(table, "taxon") is not None:
            return True
        keys = {r.column for r in table.references}
        exact = {field for column, field in fields.exact.items() if column not in keys}
        return len(exact & _OF_AN_ORGANISM) >= 2 or "occurrence_id" in exact

    def _is_flat(self, fields: Fields) -> bool:
        exact = {f for f in fields.exact.values() if f in fields.guesses or f.endswith("_id")}
        return "scientific_name" in exact and len(exact - _RANKS) >= _FLAT and bool(exact & (_WHEN | _WHERE))

    def _is_event(self, table: Table, fields: Fields, given: set[str]) -> bool:
        if not given & (_WHEN | _WHERE):
            return False
        if "occurrence" in self._chosen:
            return joined(self._db, self._family, self._chosen["occurrence"], table, "event", self._media()) is not None
        terms = {f for f in fields.exact.values() if "_" in f}
        return len(terms) >= 3 and bool(given & _WHEN and given & _WHERE)

    def _media(self) -> list[Table]:
        """Tables that look like media; they may lead from an occurrence to its event."""
        named = known.TABLES["media"]
        return [t for t in self._db.tables.values() if any(n in named for n in nouns(t.plain))]

    def _to(self, table: Table, record: str) -> Link | None:
        if record not in self._chosen:
            return None
        return link(self._db, table, self._chosen[record], key_of(self._family, record))

    def _hangs_on(self, table: Table, *records: str) -> bool:
        return any(self._to(table, record) for record in records)


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
