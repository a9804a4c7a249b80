"""The guesses for every record: its tables, what identifies its rows, what they refer to, and what fills its fields."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.mapping import values
from exporter.mapping.drafts import Line, RecordDraft
from exporter.mapping.fields import Guess, guess_fields
from exporter.mapping.joins import Query
from exporter.mapping.known import Study
from exporter.mapping.links import Link, key_column, link_to_itself, own_id, way
from exporter.mapping.look import Column, Table
from exporter.mapping.names import fold, nouns, words
from exporter.mapping.roles import Roles, find_roles
from exporter.mapping.unions import union
from exporter.records import Relation


def guess(study: Study) -> tuple[list[RecordDraft], dict[str, str]]:
    """The records that a database holds, parents before children; and of others why no table was found."""
    roles = find_roles(study)
    ids = {record: _identifier(study, record, table) for record, table in roles.first.items()}
    drafts = []
    for record, tables in roles.tables.items():
        made = [Making(study, roles, ids, record, table) for table in tables]
        drafts.append(made[0].draft() if len(made) == 1 else union(study.db, [(m, m.draft()) for m in made]))
    return drafts, roles.missing


def _identifier(study: Study, record: str, table: Table) -> tuple[str, str] | None:
    return study.known.identifier(study, record, table) or own_id(study, table, study.key(record))


class Making:
    """One record in the making, from one table.

    :ivar query: what is joined to the table.
    :ivar fields: what the names of its columns say.
    :ivar lines: the fields that are mapped.
    """

    def __init__(
        self, study: Study, roles: Roles, ids: Mapping[str, tuple[str, str] | None], record: str, table: Table
    ) -> None:
        self.study = study
        self.roles = roles
        self.name = record
        self.schema = study.family.record(record)
        self.table = table
        self.query = Query(study.db, table, record)
        self.lines: dict[str, Line] = {}
        self._ids = {**ids, record: _identifier(study, record, table)}
        self._needed: list[Line] = []
        self._asked: set[str] = set()
        self._dynamic: list[Line] = []
        self._takers: dict[str, tuple[str, ...]] = {}
        self._relations = [r for r in study.family.parents(record) if r.parent in roles.tables]
        apart = {self.schema.key, *(r.field for r in self._relations)} | study.known.apart.get(record, frozenset())
        self.fields = guess_fields(study, table, self.schema, frozenset(apart))

    def draft(self) -> RecordDraft:
        """What is guessed of it."""
        self._identify()
        for relation in self._relations:
            self._relate(relation)
        for field, guessed in self.fields.guesses.items():
            self._take(field, guessed)
        self.study.known.complete(self)
        key, project = self._named_key(), self._project()
        order = {field: i for i, field in enumerate(self.schema.fields)}
        return RecordDraft(
            record=self.name,
            tables=(self.table,),
            query=self.query.text() if self.query else "",
            key=key,
            project=project,
            columns=sorted(self.lines.values(), key=lambda line: order[line.label]),
            needed=self._needed,
            dynamic=self._dynamic,
            left=self._left(),
            others=self.roles.others.get(self.name, []),
        )

    # --- what a family adds

    def add(self, field: str, sql: str, why: str = "", *columns: str) -> None:
        """Map a field.

        :param columns: those of the table that it is taken from.
        """
        self._takers[field] = (*self._takers.get(field, ()), *columns)
        self.lines[field] = Line(field, sql, why)

    def need(self, field: str, sql: str, why: str, *columns: str) -> None:
        """Ask for a field.

        :param sql: an example.
        :param columns: those of the table that the example takes, which are then not told of elsewhere.
        """
        self._needed.append(Line(field, sql, why))
        self._asked.update(columns)

    def column(self, field: str) -> Column | None:
        """The column of the table that a field is taken from; None where it is none, or more than one."""
        columns = self._takers.get(field, ())
        return self.table.columns[columns[0]] if field in self.lines and len(columns) == 1 else None

    def refuse(self, field: str, reason: str) -> None:
        """Leave a field out that is mapped."""
        del self.lines[field]
        columns = self._takers.pop(field)
        self.fields.refused.update({c: reason for c in columns if c not in self._used})

    def takes(self, column: str) -> str | None:
        """The field that is taken from a column of the table, or None."""
        return next((field for field, columns in self._takers.items() if column in columns), None)

    def borrow(self, link: Link, guesses: Mapping[str, Guess]) -> None:
        """Map what is not mapped yet from columns of another table."""
        for field, guessed in guesses.items():
            if field not in self.lines:
                name = self.query.pick(self.query.join(link), guessed.column)
                column = link.table.columns[guessed.column]
                sql = values.taken(self.study, link.table, column, self.schema.fields[field], name)
                self.add(field, sql, f"{link.table.name}.{guessed.column} by {link.column}", link.column)

    def others(self, named: tuple[str, ...]) -> list[Table]:
        """Tables that are no records, by what their rows are."""
        taken = [t for tables in self.roles.tables.values() for t in tables]
        rest = [t for t in self.study.db.tables.values() if t not in taken]
        return [t for name in named for t in rest if name in nouns(t.plain)]

    @property
    def _used(self) -> set[str]:
        return {column for columns in self._takers.values() for column in columns}

    # --- own columns

    def _take(self, field: str, guessed: Guess) -> None:
        column = self.table.columns[guessed.column]
        sql = values.taken(self.study, self.table, column, self.schema.fields[field], column.name)
        self.add(field, sql, guessed.why, column.name)

    def _identify(self) -> None:
        found = self._ids[self.name]
        if found is not None:
            self.add(self.schema.key, values.reference(self.study.db, found[0]), found[1], found[0])
        for column, field in self.fields.exact.items():
            if field == self.schema.key and column not in self._used:
                self.fields.refused[column] = "not in every row, or twice"

    # --- references

    def _relate(self, relation: Relation) -> None:
        """Point to what identifies the parent's rows, whatever column bears the term's name."""
        wanted = self._identifier(relation.parent)
        path = self._path(relation)
        if path is not None and wanted is not None:
            self._follow(relation.field, path, wanted)
        elif relation.required:
            parent = self.roles.first[relation.parent].name
            self.need(relation.field, "", f"no column of {self.table.name} was found that names rows of {parent}")
        for column, field in self.fields.exact.items():
            if field == relation.field and column not in self._used:
                self._estrange(column, self._stranger(column, relation.parent, wanted))

    def _estrange(self, column: str, reason: str) -> None:
        self.fields.refused[column] = reason
        if self.study.known.dynamic and self.study.db.values(self.table, column).texts:
            self.fields.refused[column] = f"{reason}; it is in dynamicProperties"
            self._dynamic.append(Line(column, values.reference(self.study.db, column)))

    def _identifier(self, record: str) -> str | None:
        """What identifies a record's rows: its own identifier, else its key, from which core makes one."""
        found = self._ids[record]
        return found[0] if found is not None else key_column(self.study.db, self.roles.first[record])

    def _path(self, relation: Relation) -> tuple[Link, ...] | None:
        if relation.parent == self.name:
            key = self.study.key(relation.parent)
            itself = link_to_itself(self.study, self.table, self.schema.fields[relation.field], key)
            return (itself,) if itself is not None else None
        return way(self.study, self.table, relation, self.roles.first)

    def _follow(self, field: str, path: tuple[Link, ...], wanted: str) -> None:
        """Take what a way leads to: without joining the last table, where the link to it holds what is wanted."""
        first, last = path[0], path[-1]
        why = f"{first.column} names rows of {first.table.name}: {', '.join(dict.fromkeys(p.why for p in path))}"
        if first is last and first.target == wanted:
            self.add(field, values.or_null(self.study.db, self.table, first.column, first.column), why, first.column)
            return
        alias, table = "", self.table
        for step in path[:-1]:
            alias, table = self.query.join(step, alias), step.table
        if last.target == wanted:
            name, column = self.query.pick(alias, last.column), last.column
        else:
            alias, table, column = self.query.join(last, alias), last.table, wanted
            name = self.query.pick(alias, wanted)
        used = [first.column, *(p.also[0] for p in path if p.also is not None)]
        self.add(field, values.or_null(self.study.db, table, column, name), why, *used)

    def _stranger(self, column: str, parent: str, wanted: str | None) -> str:
        """Why a column that bears the name of a reference is none."""
        table = self.roles.first[parent]
        if wanted is None:
            return f"nothing identifies the rows of {table.name}"
        found, of = self.study.db.found(self.table, column, table, wanted)
        return f"{found} of its {of} values are found in {table.name}.{wanted}" if of else "empty"

    # --- the table itself

    def key(self) -> Line:
        """The physical key, with an empty `sql` where somebody has to find one."""
        db, table = self.study.db, self.table
        order = self._order()
        if order is not None:
            why = "the order of the rows, no number twice"
            why += "" if order in table.unique else "; an index on it spares the database a sort"
            return Line("key", values.reference(db, order), why)
        if len(table.primary) == 1:
            return Line("key", values.reference(db, table.primary[0]))
        column = self._unique_column()
        if column is not None:
            why = "unique in every row" + ("" if column in table.unique else "; an index on it spares the database a sort")
            return Line("key", values.reference(db, column), why)
        if table.numbered:
            return Line("key", self.query.number() if self.query else "(rowid)", "SQLite's own row number")
        if table.primary:
            parts = [part for c in table.primary for part in ("'-'", db.quote(c))][1:]
            return Line("key", values.joined(db, *parts), "unique together; no index serves it, so the database sorts")
        return Line("key", "", "a column that is unique, never NULL, and served by an index")

    def _named_key(self) -> Line | None:
        """The key, where exporter.toml does not find it itself."""
        key = self.key()
        primary = (
            key.sql == values.reference(self.study.db, self.table.primary[0]) if len(self.table.primary) == 1 else False
        )
        found = primary or (key.sql == "(rowid)" and not self.table.primary)
        return None if found and not self.query else key

    def _order(self) -> str | None:
        """The column that holds the order of the rows, where each has a number of its own, and identifiers are not the key."""
        if self._ids[self.name] is None:
            return None
        whole = (c.name for c in self.table.named(*self.study.known.orders) if c.kind == "integer")
        return next((c for c in whole if self.study.db.identifies(self.table, c)), None)

    def _unique_column(self) -> str | None:
        """A column to use for a key, for want of a primary one: what others refer to, where identifiers are made from keys.

        Else SQLite's own row number is better than any.
        """
        own = self._ids[self.name]
        referred = own[0] if own is not None else key_column(self.study.db, self.table)
        if self.table.numbered:
            return referred if own is None else None
        like_ids = [c for c in self.table.columns if words(c)[-1:] in (["id"], ["uuid"], ["uid"], ["key"])]
        candidates = dict.fromkeys([*([referred] if referred else []), *sorted(self.table.unique), *like_ids])
        return next((c for c in candidates if c in self.table.columns and self.study.db.identifies(self.table, c)), None)

    def _project(self) -> str:
        if fold(self.schema.key) in self.study.known.projects:
            return self.lines[self.schema.key].sql if self.schema.key in self.lines else ""
        column = next(iter(self.table.named(*self.study.known.projects)), None)
        if column is None or not self.study.db.values(self.table, column.name).texts:
            return ""
        self._takers["project"] = (column.name,)
        return values.reference(self.study.db, column.name)

    def _left(self) -> dict[str, str]:
        """The columns that nothing takes, with the reason where there is one."""
        keys = {*self.table.primary, self._order()}
        rest = [c for c in self.table.columns if c not in self._used | self._asked | keys]
        return {c: self.fields.refused.get(c, "") for c in rest}
