"""How tables hang together: by foreign keys, or else by columns of one name whose values are found in the other table."""

from __future__ import annotations

import attrs

from exporter.mapping import biodiversity as known
from exporter.mapping.look import Database, Table
from exporter.mapping.names import fold, noun, nouns, without_id, words
from exporter.mapping.values import is_number
from exporter.records import Field

_ENOUGH = 0.95  # of the values of a column must be found in the other table, where no foreign key says so


@attrs.frozen
class Link:
    """A column whose values name rows of another table.

    :param target: the column there.
    :param why: what shows it.
    """

    column: str
    table: Table
    target: str
    why: str


def key_column(db: Database, table: Table) -> str | None:
    """The column that identifies a table's rows inside the database: its primary key, or what is named like one and unique."""
    if table.primary:
        return table.primary[0] if len(table.primary) == 1 else None
    names = {"id", *(f"{n}id" for n in nouns(table.plain))}
    return next((c for c in table.columns if fold(c) in names and db.identifies(table, c)), None)


def own_id(db: Database, table: Table, key: Field) -> tuple[str, str] | None:
    """The column that a table's rows are identified by in public, and why; None where it has only keys of its own."""
    ranked: list[tuple[int, str, str]] = []
    own = {f"{n}{end}" for n in nouns(table.plain) for end in ("id", "uuid", "uid", "guid")}
    primary = key_column(db, table)
    for column in table.columns.values():
        folded = fold(column.name)
        if folded in (fold(key.name), fold(key.spelling)):
            ranked.append((0, column.name, ""))
        elif column.kind == "text" and folded in known.PUBLIC_IDS:
            ranked.append((1, column.name, "unique in every row"))
        elif column.kind == "text" and folded in own:
            ranked.append((2, column.name, "unique in every row"))
        elif column.kind == "text" and column.name == primary and not all(map(is_number, db.values(table, primary).texts)):
            ranked.append((3, column.name, "the key, a text"))
    return next(((name, why) for _, name, why in sorted(ranked) if db.identifies(table, name)), None)


def link(db: Database, child: Table, parent: Table, key: Field | None = None) -> Link | None:
    """How a table's rows name rows of another one; None where nothing shows it, or several columns do.

    :param key: the field that identifies the other table's rows, where it is a record.
    """
    declared = {r.column: r for r in child.references if r.table == parent.name}
    chosen = _one_of(list(declared), parent)
    if chosen is not None:
        return Link(chosen, parent, declared[chosen].target, "a foreign key")
    return None if declared else _shared(db, child, parent, _names_of(parent, key), key)


def link_to_itself(db: Database, table: Table, field: Field, key: Field) -> Link | None:
    """How a table's rows name the rows above them.

    :param field: the field for it, such as `parent_event_id`.
    """
    own = {f"parent{n}{end}" for n in ("", *nouns(table.plain)) for end in ("id", "uuid", "uid", "")}
    names = {*own, fold(field.name), fold(field.spelling)}
    for reference in table.references:
        if reference.table == table.name and fold(reference.column) in names:
            return Link(reference.column, table, reference.target, "a foreign key")
    return _shared(db, table, table, names, key)


def _one_of(columns: list[str], parent: Table) -> str | None:
    """The only column, or the only one that is named after the table or what is determined."""
    if len(columns) < 2:
        return columns[0] if columns else None
    named = [c for c in columns if words(without_id(c))[-1:] == [noun(parent.plain)] and len(words(without_id(c))) == 1]
    decided = [c for c in columns if words(without_id(c)) == ["determination"]]
    return next((some[0] for some in (decided, named) if len(some) == 1), None)


def _shared(db: Database, child: Table, parent: Table, names: set[str], key: Field | None) -> Link | None:
    """A column with one of these names, if its values are found in a column that identifies the other table's rows."""
    public = own_id(db, parent, key) if key is not None else None
    targets = [t for t in (public[0] if public else None, key_column(db, parent)) if t is not None]
    for target in dict.fromkeys(targets):
        also = {fold(target)} - {"id", "key", "code", "name", *known.PUBLIC_IDS} if child is not parent else set()
        for column in child.columns.values():
            alike = fold(column.name) in names | also and column.kind == parent.columns[target].kind
            found, of = db.found(child, column.name, parent, target) if alike else (0, 0)
            if of and found >= of * _ENOUGH and db.distinct(parent, target):
                return Link(column.name, parent, target, f"{found} of {of} values are found there")
    return None


def _names_of(parent: Table, key: Field | None) -> set[str]:
    """What a column that names rows of a table may be called."""
    own = {f"{n}{end}" for n in nouns(parent.plain) for end in ("id", "uuid", "uid", "fk", "key", "")}
    return own | ({fold(key.name), fold(key.spelling)} if key is not None else set())
