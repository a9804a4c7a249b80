"""How tables hang together: by foreign keys, or else by columns of one name whose values are found in the other table."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from exporter.mapping.known import Study
from exporter.mapping.look import Database, Table
from exporter.mapping.names import fold, noun, nouns, without_id, words
from exporter.mapping.values import is_number
from exporter.records import Field, Relation

_ENOUGH = 0.95  # of the values of a column must be found in the other table, where no foreign key says so
_FARTHEST = 4  # links of a way


@attrs.frozen
class Link:
    """A column whose values name rows of another table.

    :param target: the column there.
    :param why: what shows it.
    :param also: a further column of the record's own table, and the one there that must be equal, where one alone does not tell.
    :param alias: what the table is to be called in a query; by default after the column.
    """

    column: str
    table: Table
    target: str
    why: str
    also: tuple[str, str] | None = None
    alias: str = ""


def key_column(db: Database, table: Table) -> str | None:
    """The column that identifies a table's rows inside the database: its primary key, or what is named like one and unique."""
    if table.primary:
        return table.primary[0] if len(table.primary) == 1 else None
    names = {"id", *(f"{n}id" for n in nouns(table.plain))}
    return next((c for c in table.columns if fold(c) in names and db.identifies(table, c)), None)


def own_id(study: Study, table: Table, key: Field) -> tuple[str, str] | None:
    """The column that a table's rows are identified by, and why; None where it has only keys that mean nothing elsewhere."""
    ranked = _by_keys(study, table) if study.family.keys_identify else _by_names(study, table)
    own = [(0, c, "") for c in table.columns if fold(c) in (fold(key.name), fold(key.spelling))]
    return next(((name, why) for _, name, why in sorted([*own, *ranked]) if study.db.identifies(table, name)), None)


def _by_names(study: Study, table: Table) -> Iterator[tuple[int, str, str]]:
    """What is named as an identifier that is known beyond the database."""
    own = {f"{n}{end}" for n in nouns(table.plain) for end in ("id", "uuid", "uid", "guid")}
    primary = key_column(study.db, table)
    for column in (c for c in table.columns.values() if c.kind == "text"):
        if fold(column.name) in study.known.public_ids:
            yield 1, column.name, "unique in every row"
        elif fold(column.name) in own:
            yield 2, column.name, "unique in every row"
        elif column.name == primary and not all(map(is_number, study.db.values(table, primary).texts)):
            yield 3, column.name, "the key, a text"


def _by_keys(study: Study, table: Table) -> Iterator[tuple[int, str, str]]:
    """What other tables refer to, so that a reference needs no join."""
    meant = Counter(r.target for t in study.db.tables.values() for r in t.references if r.table == table.name and t != table)
    for i, (column, _) in enumerate(meant.most_common()):
        yield i + 1, column, "other tables refer to it"
    key = key_column(study.db, table)
    if key is not None:
        yield len(meant) + 1, key, "the key"
    for column in table.columns:
        if fold(column) in study.known.public_ids:
            yield len(meant) + 2, column, "unique in every row"


def link(study: Study, child: Table, parent: Table, key: Field | None = None) -> Link | None:
    """How a table's rows name rows of another one; None where nothing shows it, or several columns do.

    :param key: the field that identifies the other table's rows, where it is a record.
    """
    declared = {r.column: r for r in child.references if r.table == parent.name}
    chosen = _one_of(list(declared), parent, study.known.decisive)
    if chosen is not None:
        return Link(chosen, parent, declared[chosen].target, "a foreign key")
    return None if declared else _shared(study, child, parent, _names_of(parent, key), key)


def link_to_itself(study: Study, table: Table, field: Field, key: Field) -> Link | None:
    """How a table's rows name the rows above them.

    :param field: the field for it, such as `parent_event_id`.
    """
    own = {f"parent{n}{end}" for n in ("", *nouns(table.plain)) for end in ("id", "uuid", "uid", "")}
    names = {*own, fold(field.name), fold(field.spelling)}
    for reference in table.references:
        if reference.table == table.name and fold(reference.column) in names:
            return Link(reference.column, table, reference.target, "a foreign key")
    return _shared(study, table, table, names, key)


def _one_of(columns: list[str], parent: Table, decisive: tuple[str, ...]) -> str | None:
    """The only column, or the only one that is named after the table or one of the words that decide."""
    if len(columns) < 2:
        return columns[0] if columns else None
    named = [c for c in columns if words(without_id(c))[-1:] == [noun(parent.plain)] and len(words(without_id(c))) == 1]
    decided = [c for c in columns if without_id(c) in decisive]
    return next((some[0] for some in (decided, named) if len(some) == 1), None)


def _shared(study: Study, child: Table, parent: Table, names: set[str], key: Field | None) -> Link | None:
    """A column with one of these names, if its values are found in a column that identifies the other table's rows."""
    db, public_ids = study.db, study.known.public_ids
    public = own_id(study, parent, key) if key is not None else None
    targets = [t for t in (public[0] if public else None, key_column(db, parent)) if t is not None]
    for target in dict.fromkeys(targets):
        also = {fold(target)} - {"id", "key", "code", "name", *public_ids} if child is not parent else set()
        alike = [c.name for c in child.columns.values() if fold(c.name) in names | also]
        for column in (c for c in alike if child.columns[c].kind == parent.columns[target].kind):
            found = found_in(db, child, column, parent, target)
            if found is not None:
                return found
    return None


def found_in(db: Database, child: Table, column: str, parent: Table, target: str) -> Link | None:
    """A column as a link, if nearly all of its values are found in another that has none twice."""
    found, of = db.found(child, column, parent, target)
    if of and found >= of * _ENOUGH and db.distinct(parent, target):
        return Link(column, parent, target, f"{found} of {of} values are found there")
    return None


def _names_of(parent: Table, key: Field | None) -> set[str]:
    """What a column that names rows of a table may be called."""
    own = {f"{n}{end}" for n in nouns(parent.plain) for end in ("id", "uuid", "uid", "fk", "key", "")}
    return own | ({fold(key.name), fold(key.spelling)} if key is not None else set())


# --- ways of more than one link


def way(study: Study, child: Table, relation: Relation, tables: Mapping[str, Table]) -> tuple[Link, ...] | None:
    """The links that lead from a table to its parent: one, or several through tables between them, or as the family knows.

    :param tables: the tables of the records that are known, the parent's among them.
    """
    parent, key = tables[relation.parent], study.key(relation.parent)
    direct = link(study, child, parent, key)
    if direct is not None:
        return (direct,)
    between = study.known.between(study, tables, relation)
    found = _shortest(study, child, [(parent, key), *((t, k) for t, k in between if t is not child and t is not parent)])
    return found or study.known.detour(study, child, parent, relation)


def _shortest(study: Study, child: Table, tables: list[tuple[Table, Field | None]]) -> tuple[Link, ...] | None:
    """The shortest way to the first of these tables through the others, by any kind of link."""

    def steps(table: Table) -> Iterator[Link]:
        return (found for t, key in tables if t is not table and (found := link(study, table, t, key)) is not None)

    return next(_ways(child, tables[0][0], steps), None)


def chains(db: Database, child: Table, goal: Table) -> Iterator[tuple[Link, ...]]:
    """The ways by foreign keys alone, through whatever tables, the shortest first."""

    def steps(table: Table) -> Iterator[Link]:
        return (Link(r.column, db.tables[r.table], r.target, "a foreign key") for r in table.references)

    return _ways(child, goal, steps)


def _ways(child: Table, goal: Table, steps: Callable[[Table], Iterator[Link]]) -> Iterator[tuple[Link, ...]]:
    ahead: deque[tuple[Link, ...]] = deque([()])
    while ahead:
        behind = ahead.popleft()
        passed = [child, *(link.table for link in behind)]
        for step in steps(passed[-1]):
            if step.table is goal:
                yield (*behind, step)
            elif step.table not in passed and len(behind) + 1 < _FARTHEST:
                ahead.append((*behind, step))


def reaches(db: Database, child: Table, path: Sequence[Link]) -> bool:
    """Whether nearly all rows of a table get where a way leads."""
    steps = [(link.column, link.table, link.target, link.also) for link in path]
    found, of = db.reached(child, steps)
    return found >= of * _ENOUGH and of > 0
