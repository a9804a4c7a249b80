"""Which table is which record. A table is taken for what its name says only if its columns and keys say it, too."""

from __future__ import annotations

import attrs

from exporter.mapping.fields import Fields, guess_fields
from exporter.mapping.known import Study
from exporter.mapping.links import Link, link, way
from exporter.mapping.look import Table
from exporter.mapping.names import nouns


@attrs.frozen
class Roles:
    """The tables of the records, and others that could have been.

    :param tables: by record; more than one where they hold its rows together, the one that is most like the record first.
    :param others: names of tables by record.
    :param missing: why no table was found for a record that has none.
    """

    tables: dict[str, list[Table]]
    others: dict[str, list[str]]
    missing: dict[str, str]

    @property
    def first(self) -> dict[str, Table]:
        """A table of each record."""
        return {record: tables[0] for record, tables in self.tables.items()}


def find_roles(study: Study) -> Roles:
    """The tables of a database that are records of the family; none where it is about something else."""
    return Search(study).roles()


@attrs.frozen
class _Found:
    """A table that may be a record, with what ranks it."""

    table: Table
    rank: tuple[int, int, int]


class Search:
    """A search for the tables of the records, in the order in which the family wants them looked for.

    :ivar chosen: the tables that were found so far.
    :ivar unfit: by record: tables that come near, and why they are not taken.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.chosen: dict[str, list[Table]] = {}
        self._others: dict[str, list[str]] = {}
        self.unfit: dict[str, dict[str, str]] = {}

    def roles(self) -> Roles:
        """What was found."""
        known = self.study.known
        for record in known.order:
            found = [f.table for f in sorted(self._candidates(record), key=lambda f: f.rank)]
            if found:
                self.chosen[record] = known.together(record, found)
                self._others[record] = [t.name for t in found if t not in self.chosen[record]]
        records = self.study.family.records
        without = [name for name in records if name in known.tables and name not in self.chosen]
        taken = {t.name for tables in self.chosen.values() for t in tables}
        self.unfit = {r: {t: why for t, why in near.items() if t not in taken} for r, near in self.unfit.items()}
        missing = {name: self._missing(name) for name in without if self.unfit[name] or name in known.expected}
        if not known.enough(self):
            return Roles({}, {}, {name: why for name, why in missing.items() if name not in known.dependent})
        chosen = {name: self.chosen[name] for name in records if name in self.chosen}
        return Roles(chosen, self._others, missing)

    def _missing(self, record: str) -> str:
        near = "; ".join(f"{table} {why}" for table, why in self.unfit[record].items())
        return near or f"no table is named as one ({', '.join(self.study.known.tables[record])})"

    def _candidates(self, record: str) -> list[_Found]:
        named = self.study.known.tables[record]
        shared = self.study.known.shared
        taken = [t for other, tables in self.chosen.items() for t in tables if not {record, other} <= shared]
        found = []
        self.unfit[record] = {}
        for table in (t for t in self.study.db.tables.values() if t not in taken):
            place = min((named.index(n) for n in nouns(table.plain) if n in named), default=None)
            fields = guess_fields(self.study, table, self.study.family.record(record), self.study.apart(record))
            unfit = self.study.known.unfit(self, record, table, fields, named=place is not None)
            if unfit and (place is not None or self.study.known.near(self, record, table, fields)):
                self.unfit[record][table.name] = unfit
            elif not unfit:
                whole = 0 if set(nouns(table.plain)[:1]) & set(named) else 1
                found.append(_Found(table, (place if place is not None else len(named), whole, -len(fields.guesses))))
        return found

    # --- what a doubt can ask

    def first(self, record: str) -> Table | None:
        """A table that was found for a record."""
        return self.chosen[record][0] if record in self.chosen else None

    def to(self, table: Table, record: str) -> Link | None:
        """How a table names rows of a record that was found."""
        parent = self.first(record)
        return link(self.study, table, parent, self.study.key(record)) if parent is not None else None

    def leads(self, child: str, table: Table, parent: str, to: Table) -> bool:
        """Whether a table, as one record, leads to another table, as its parent, by however many links."""
        relation = next(r for r in self.study.family.relations if (r.child, r.parent) == (child, parent))
        first = {record: tables[0] for record, tables in self.chosen.items()}
        return way(self.study, table, relation, {**first, parent: to}) is not None

    def hangs_on(self, table: Table, *records: str) -> str:
        """Why a table is nothing below these records; empty where it names rows of one of them."""
        named = any(self.to(table, record) for record in records)
        return "" if named else f"names no {' and no '.join(records)}"


def lacks(what: str, fields: Fields, *wanted: str) -> str:
    """What a table lacks, with the columns that are named as the wanted fields and were refused."""
    doubts = fields.doubts(*wanted)
    return f"has {what}" + (f" ({doubts})" if doubts else "")
