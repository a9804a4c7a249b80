"""The guesses for every record: its table, what identifies its rows, what they refer to, and what fills its fields."""

from __future__ import annotations

import attrs

from exporter.mapping import biodiversity as known
from exporter.mapping import values
from exporter.mapping.extras import derived
from exporter.mapping.fields import Fields, Guess, guess_fields, lent
from exporter.mapping.joins import Query
from exporter.mapping.links import Link, key_column, link, link_to_itself, own_id
from exporter.mapping.look import Column, Database, Table
from exporter.mapping.names import fold, nouns, without_id, words
from exporter.mapping.roles import Roles, apart, find_roles, joined, key_of
from exporter.records import Family, Relation


@attrs.frozen
class Line:
    """A line of the mapping: a field or a name, its SQL, and why."""

    label: str
    sql: str
    why: str = ""


@attrs.frozen
class RecordDraft:
    """What is guessed of one record.

    :param query: its SQL where other tables are joined, else empty.
    :param key: a Line where the physical key has to be named; with an empty `sql` where somebody has to find one.
    :param columns: fields and their SQL.
    :param needed: fields that somebody has to fill, with the reason.
    :param dynamic: columns that go into dynamicProperties.
    :param left: columns that are not taken, with the reason.
    :param others: further tables that could have been this record.
    """

    record: str
    table: Table
    query: str
    key: Line | None
    project: str
    columns: list[Line]
    needed: list[Line]
    dynamic: list[Line]
    left: dict[str, str]
    others: list[str]


def guess(db: Database, family: Family) -> tuple[list[RecordDraft], dict[str, str]]:
    """The records that a database holds, parents before children; and of others why no table was found."""
    roles = find_roles(db, family)
    ids = {record: own_id(db, table, key_of(family, record)) for record, table in roles.tables.items()}
    return [_Record(db, family, roles, ids, record).draft() for record in roles.tables], roles.missing


class _Record:
    """One record in the making."""

    def __init__(
        self, db: Database, family: Family, roles: Roles, ids: dict[str, tuple[str, str] | None], record: str
    ) -> None:
        self._db = db
        self._family = family
        self._roles = roles
        self._ids = ids
        self._name = record
        self._schema = family.record(record)
        self._table = roles.tables[record]
        self._query = Query(db, self._table, record)
        self._lines: dict[str, Line] = {}
        self._needed: list[Line] = []
        self._dynamic: list[Line] = []
        self._used: set[str] = set()
        self._relations = [r for r in family.parents(record) if r.parent in roles.tables]
        known_elsewhere = {self._schema.key, *(r.field for r in self._relations)}
        self._fields = guess_fields(db, self._table, self._schema, apart(family, record) & known_elsewhere)

    def draft(self) -> RecordDraft:
        self._identify()
        for relation in self._relations:
            self._relate(relation)
        for field, guessed in self._fields.guesses.items():
            self._take(field, guessed)
        self._lend()
        self._derive()
        self._ask()
        key, project = self._key(), self._project()
        order = {field: i for i, field in enumerate(self._schema.fields)}
        return RecordDraft(
            record=self._name,
            table=self._table,
            query=self._query.text() if self._query else "",
            key=key,
            project=project,
            columns=sorted(self._lines.values(), key=lambda line: order[line.label]),
            needed=self._needed,
            dynamic=self._dynamic,
            left=self._left(),
            others=self._roles.others.get(self._name, []),
        )

    # --- own columns

    def _add(self, field: str, sql: str, why: str = "") -> None:
        self._lines[field] = Line(field, sql, why)

    def _take(self, field: str, guessed: Guess) -> None:
        column = self._table.columns[guessed.column]
        self._used.add(column.name)
        self._add(field, values.taken(self._db, self._table, column, self._schema.fields[field], column.name), guessed.why)

    def _identify(self) -> None:
        found = self._ids[self._name]
        if found is not None:
            self._used.add(found[0])
            self._add(self._schema.key, values.reference(self._db, found[0]), found[1])
        for column, field in self._fields.exact.items():
            if field == self._schema.key and column not in self._used:
                self._fields.refused[column] = "not in every row, or twice"

    def _column(self, *folded: str) -> Column | None:
        return next((c for name in folded for c in self._table.columns.values() if fold(c.name) == name), None)

    # --- references

    def _relate(self, relation: Relation) -> None:
        """Point to what identifies the parent's rows, whatever column bears the term's name."""
        wanted = self._identifier(relation.parent)
        path = self._path(relation)
        if path is not None and wanted is not None:
            self._follow(relation.field, path, wanted)
        elif relation.required:
            parent = self._roles.tables[relation.parent].name
            self._needed.append(
                Line(relation.field, "", f"no column of {self._table.name} was found that names rows of {parent}")
            )
        for column, field in self._fields.exact.items():
            if field == relation.field and column not in self._used:
                reason = self._stranger(column, relation.parent, wanted)
                self._fields.refused[column] = reason
                if self._db.values(self._table, column).texts:
                    self._fields.refused[column] = f"{reason}; it is in dynamicProperties"
                    self._dynamic.append(Line(column, values.reference(self._db, column)))

    def _identifier(self, record: str) -> str | None:
        """What identifies a record's rows: its public identifier, else its key, from which core makes one."""
        found = self._ids[record]
        return found[0] if found is not None else key_column(self._db, self._roles.tables[record])

    def _path(self, relation: Relation) -> tuple[Link, ...] | None:
        parent = self._roles.tables[relation.parent]
        key = key_of(self._family, relation.parent)
        if relation.parent == self._name:
            itself = link_to_itself(self._db, self._table, self._schema.fields[relation.field], key)
            return (itself,) if itself is not None else None
        between = [self._roles.tables["media"]] if self._name == "occurrence" and "media" in self._roles.tables else []
        return joined(self._db, self._family, self._table, parent, relation.parent, between)

    def _follow(self, field: str, path: tuple[Link, ...], wanted: str) -> None:
        first, last = path[0], path[-1]
        self._used.add(first.column)
        why = f"{first.column} names rows of {first.table.name}: {', '.join(dict.fromkeys(p.why for p in path))}"
        if first is last and first.target == wanted:
            self._add(field, values.or_null(self._db, self._table, first.column, first.column), why)
            return
        alias = self._query.join(first)
        if first is not last and last.target == wanted:
            name, table, column = self._query.pick(alias, last.column), first.table, last.column
        else:
            alias = alias if first is last else self._query.join(last, alias)
            name, table, column = self._query.pick(alias, wanted), last.table, wanted
        self._add(field, values.or_null(self._db, table, column, name), why)

    def _stranger(self, column: str, parent: str, wanted: str | None) -> str:
        """Why a column that bears the name of a reference is none."""
        table = self._roles.tables[parent]
        if wanted is None:
            return f"nothing identifies the rows of {table.name}"
        found, of = self._db.found(self._table, column, table, wanted)
        return f"{found} of its {of} values are found in {table.name}.{wanted}" if of else "empty"

    # --- what other tables lend

    def _lend(self) -> None:
        if self._name in ("occurrence", "identification") and "scientific_name" not in self._lines:
            self._lend_names()
        if self._name == "event" or (self._name == "occurrence" and "event" not in self._roles.tables):
            self._lend_place()
        self._lend_people()
        if self._name == "occurrence":
            self._lend_media()

    def _borrow(self, way: Link, guesses: dict[str, Guess]) -> None:
        for field, guessed in guesses.items():
            if field not in self._lines:
                name = self._query.pick(self._query.join(way), guessed.column)
                column = way.table.columns[guessed.column]
                sql = values.taken(self._db, way.table, column, self._schema.fields[field], name)
                self._used.add(way.column)
                self._add(field, sql, f"{way.table.name}.{guessed.column} by {way.column}")

    def _lend_names(self) -> None:
        if "taxon" in self._roles.tables:
            taxa = self._roles.tables["taxon"]
            way = link(self._db, self._table, taxa, key_of(self._family, "taxon"))
            if way is not None:
                self._borrow(way, lent(self._db, taxa, self._schema, known.TAXON_FIELDS, known.LENT_BY_TAXON))

    def _lend_place(self) -> None:
        for place in self._others(known.PLACES):
            way = link(self._db, self._table, place, self._schema.fields["location_id"])
            if way is None:
                continue
            named = nouns(place.plain)[-1] in known.NAMED_PLACES
            synonyms = {n: f for n, f in known.LENT_BY_PLACE.items() if named or f.startswith("?")}
            self._borrow(way, lent(self._db, place, self._schema, known.PLACE_FIELDS, synonyms))
            if "location_id" not in self._lines and fold(way.column) == "locationid":
                self._used.add(way.column)
                self._add("location_id", values.reference(self._db, way.column))

    def _others(self, named: tuple[str, ...]) -> list[Table]:
        """Tables that are no records, by what their rows are."""
        rest = [t for t in self._db.tables.values() if t not in self._roles.tables.values()]
        return [t for name in named for t in rest if name in nouns(t.plain)]

    def _lend_people(self) -> None:
        people = {t.name: t for t in self._others(known.PEOPLE)}
        for reference in self._table.references:
            field = self._role(reference.column)
            if reference.table in people and field in self._schema.fields and field not in self._lines:
                table = people[reference.table]
                name = next((c for c in table.columns.values() if fold(c.name) in known.PERSON_NAMES), None)
                if name is not None and not any("@" in t for t in self._db.values(table, name.name).texts):
                    way = Link(reference.column, table, reference.target, "a foreign key")
                    self._borrow(way, {field: Guess(name.name)})

    def _role(self, column: str) -> str:
        about = set(words(without_id(column)))
        role = next((field for field, named in known.ROLES.items() if about & set(named)), "")
        return role or ("identified_by" if self._name == "identification" and about <= {"user", "person"} else "")

    def _lend_media(self) -> None:
        media = self._roles.tables.get("media")
        way = link(self._db, self._table, media, key_of(self._family, "media")) if media is not None else None
        if media is None or way is None or "associated_media" in self._lines:
            return
        fields: Fields = guess_fields(self._db, media, self._family.record("media"), apart(self._family, "media"))
        address = fields.guesses.get("identifier")
        texts = self._db.values(media, address.column).texts if address is not None else ()
        if address is None or not any(map(values.is_address, texts)):
            return
        self._borrow(way, {"associated_media": address})
        if not all(map(values.is_address, texts)):
            name = self._db.quote(self._query.pick(self._query.join(way), address.column))
            sql = f"case when {name} like 'http%' then {name} end"
            self._add("associated_media", sql, f"addresses in {media.name}.{address.column} by {way.column}")

    def _derive(self) -> None:
        sources = {field: guessed.column for field, guessed in self._fields.guesses.items()}
        for field, sql, why, column in derived(self._db, self._table, self._name, sources):
            if field not in self._lines:
                self._used.add(column)
                self._add(field, sql, why)

    def _ask(self) -> None:
        if self._name == "occurrence" and not {"basis_of_record", "verified"} & set(self._lines):
            why = "what the occurrences rest on: HumanObservation, MachineObservation, PreservedSpecimen, ..."
            self._needed.append(Line("basis_of_record", "'HumanObservation'", why))

    # --- the table itself

    def _key(self) -> Line | None:
        """The physical key: named only where exporter.toml does not find it itself."""
        table = self._table
        if len(table.primary) == 1:
            return Line("key", values.reference(self._db, table.primary[0])) if self._query else None
        column = self._unique_column()
        if column is None and table.numbered:
            if self._query:
                return Line("key", self._query.number(), "SQLite's own row number")
            return Line("key", "(rowid)", "SQLite's own row number") if table.primary else None
        if column is None:
            return Line("key", "", "a column that is unique, never NULL, and served by an index")
        why = "unique in every row" + ("" if column in table.unique else "; an index on it spares the database a sort")
        return Line("key", values.reference(self._db, column), why)

    def _unique_column(self) -> str | None:
        """A column to use for a key, for want of a primary one: what others refer to, where identifiers are made from keys.

        Else SQLite's own row number is better than any.
        """
        own = self._ids[self._name]
        referred = own[0] if own is not None else key_column(self._db, self._table)
        if self._table.numbered:
            return referred if own is None else None
        like_ids = [c for c in self._table.columns if words(c)[-1:] in (["id"], ["uuid"], ["uid"], ["key"])]
        candidates = dict.fromkeys([*([referred] if referred else []), *sorted(self._table.unique), *like_ids])
        return next((c for c in candidates if c in self._table.columns and self._db.identifies(self._table, c)), None)

    def _project(self) -> str:
        column = self._column(*known.PROJECTS)
        if column is None or not self._db.values(self._table, column.name).texts:
            return ""
        self._used.add(column.name)
        return values.reference(self._db, column.name)

    def _left(self) -> dict[str, str]:
        """The columns that nothing takes, with the reason where there is one."""
        keys = set(self._table.primary)
        rest = [c for c in self._table.columns if c not in self._used and c not in keys]
        return {c: self._fields.refused.get(c, "") for c in rest}
