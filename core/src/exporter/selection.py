"""The rows that a run is about: each record of the source, narrowed by project, filters, and by its parents or children.

Conditions are of three kinds. The *project*, the source's *scope* and the version that counts are mandatory and silent. *Filters*
are what the user asked for: rows that they leave out are counted as filtered. *Drops* come from rules: rows that they leave out are
findings.

Children follow their filtered parents. Where the format says so, parents follow their filtered children, with all their ancestors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Integer, Select, Subquery, Uuid, and_, func, not_, or_, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from exporter.errors import InputError
from exporter.hosttypes import spelled
from exporter.records import Family, Field, Relation
from exporter.source import KEY, PROJECT, BoundRecord

Condition = ColumnElement[bool]
_DIGITS = 32  # of a UUID


@attrs.define(eq=False)
class RecordRows:
    """The rows of one record in one run.

    :param columns: the columns, labelled by field, to build conditions and Tables on.
    :param mandatory: conditions of project, scope and version.
    :param filters: conditions of the user's and the host's filters, and of what they do to related records.
    :param drops: conditions of rules for rows to leave out.
    :param exact: fields whose values were found among their parents' identifiers letter by letter, not only in a collation.
    :param following: the one of the filters that parents are kept, and which parents, where some are filtered.
    :param origins: rows under one condition each that a host wrote, by where it stands, to name it where the database refuses it.
    """

    bound: BoundRecord
    alias: Subquery
    mandatory: list[Condition] = attrs.field(factory=list)
    filters: list[Condition] = attrs.field(factory=list)
    drops: list[Condition] = attrs.field(factory=list)
    exact: set[str] = attrs.field(factory=set)
    following: tuple[Condition, frozenset[str]] | None = None
    origins: dict[str, Select[Any]] = attrs.field(factory=dict)

    @property
    def name(self) -> str:
        """The record's name."""
        return self.bound.name

    @property
    def columns(self) -> ReadOnlyColumnCollection[str, Any]:
        """The record's columns by field name."""
        return self.alias.c

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that the source provides."""
        return self.bound.fields

    @property
    def key(self) -> ColumnElement[Any]:
        """The physical key: unique, and an index serves its order."""
        return self.alias.c[KEY]

    def has(self, *names: str) -> bool:
        """Whether the source provides all these fields."""
        return all(n in self.alias.c for n in names)

    def in_project(self) -> Select[Any]:
        """Every row of the project and scope, filtered or not."""
        return select(self.alias).where(*self.mandatory)

    def filtered(self) -> Select[Any]:
        """The rows that pass the filters; rules are not applied yet."""
        return self.in_project().where(*self.filters)

    def select(self) -> Select[Any]:
        """The rows to write: filtered, without those that rules leave out."""
        return self.filtered().where(*(not_(func.coalesce(d, False)) for d in self.drops))

    def select_beside(self, parent: str) -> Select[Any]:
        """The rows to write, for a query that joins them to the rows to write of this parent: what that join says is left out."""
        if self.following is None or self.following[1] != {parent} or not any(f is self.following[0] for f in self.filters):
            return self.select()
        joined = self.following[0]
        return attrs.evolve(self, filters=[each for each in self.filters if each is not joined]).select()

    def ids(self, field: str) -> Select[Any]:
        """The values of one field over the rows to write, NULL never among them, for a condition on another record."""
        rows = self.select().subquery(f"{self.name}_kept")
        return select(rows.c[field]).where(rows.c[field].is_not(None))


def open_rows(
    family: Family, records: Mapping[str, BoundRecord], project: str | None, scoped: frozenset[str] = frozenset()
) -> dict[str, RecordRows]:
    """The rows of every record, within the project where one is given, and within the source's scope.

    :param scoped: records whose own Select is bounded by the source's scope; what belongs to them is bounded with them.
    :raises InputError: for a project where the source does not tell projects apart.
    """
    rows = {name: RecordRows(bound, bound.subquery(name)) for name, bound in records.items()}
    if project is not None and not any(bound.project is not None for bound in records.values()):
        raise InputError(
            f"A project was given ('{project}'), but this source is single-project.",
            hint="Name the column that tells projects apart as `project` of its records.",
        )
    bounded = set(scoped)
    walled: set[str] = set()
    for name, row in rows.items():
        parents = [r for r in family.parents(name) if r.parent != name and r.parent in rows and row.has(r.field)]
        if project is not None and PROJECT in row.columns:
            row.mandatory.append(row.columns[PROJECT] == _typed(records[name], project))
            walled.add(name)
            above = [r for r in parents if r.parent in bounded]
        else:
            above = [r for r in parents if r.parent in bounded | walled]
        if above:
            row.mandatory.append(within(rows, row, above))
            (bounded if any(r.parent in bounded for r in above) else walled).add(name)
    return rows


def _typed(bound: BoundRecord, project: str) -> Any:
    """The project as its column compares it: a column that the host declared as integer takes nothing else."""
    assert bound.project is not None
    known = bound.project.type
    if isinstance(known, Uuid):
        spelt = spelled(project, dashes=not bound.uuids[PROJECT])
        if len(spelt.replace("-", "")) != _DIGITS:
            raise InputError(f"Projects of this source are UUIDs; '{project}' is none.")
        return spelt
    if not isinstance(known, Integer):
        return project
    if not project.lstrip("-").isdecimal():
        raise InputError(f"Projects of this source are numbers; '{project}' is none.")
    return int(project)


def within(rows: Mapping[str, RecordRows], child: RecordRows, relations: Iterable[Relation]) -> Condition:
    """The condition that a child belongs to rows that are kept in its parents, by at least one relation and against none."""
    known = [r for r in relations if child.has(r.field) and r.parent in rows]
    belongs = [child.columns[r.field].in_(rows[r.parent].ids(r.parent_field)) for r in known]
    if any(r.required for r in known):
        belongs = [b for r, b in zip(known, belongs, strict=True) if r.required]
        return and_(*belongs)
    named = [child.columns[r.field].is_not(None) for r in known]
    either = [or_(~n, b) for n, b in zip(named, belongs, strict=True)]
    return and_(or_(*named), *either)


def narrow_by_parents(family: Family, rows: Mapping[str, RecordRows], row: RecordRows) -> frozenset[str]:
    """Let a child follow those of its parents that are filtered.

    :returns: the names of those parents.
    """
    filtered = [
        r
        for r in family.parents(row.name)
        if r.parent != row.name and r.parent in rows and rows[r.parent].filters and row.has(r.field)
    ]
    if filtered:
        kept, parents = within(rows, row, filtered), frozenset(r.parent for r in filtered)
        row.filters.append(kept)
        row.following = (kept, parents)
    return frozenset(r.parent for r in filtered)


def keep_parents_of(family: Family, rows: Mapping[str, RecordRows], parent: str, child: str) -> None:
    """Narrow a parent to the rows that its child's rows name, with all their ancestors."""
    relation = next(r for r in family.parents(child) if r.parent == parent)
    _keep(family, rows[parent], relation.parent_field, rows[child].ids(relation.field))


def keep_ancestors(family: Family, parent: RecordRows) -> None:
    """Widen a filtered record by the ancestors of its rows, so that no row names a parent that was filtered out."""
    relation = next((r for r in family.parents(parent.name) if r.parent == parent.name), None)
    if relation is None or not parent.filters or not parent.has(relation.field, relation.parent_field):
        return
    _keep(family, parent, relation.parent_field, parent.ids(relation.parent_field))


def _keep(family: Family, parent: RecordRows, field: str, seeds: Select[Any]) -> None:
    relation = next((r for r in family.parents(parent.name) if r.parent == parent.name), None)
    if relation is None or not parent.has(relation.field):
        parent.filters[:] = [parent.columns[field].in_(seeds)]
        return
    kept = select(seeds.subquery("seeds").c[0].label("id")).cte(f"{parent.name}_tree", recursive=True)
    above = RecordRows(parent.bound, parent.bound.subquery(f"{parent.name}_above"))
    climb = select(above.columns[relation.field]).join_from(above.alias, kept, above.columns[field] == kept.c.id)
    tree = kept.union(climb.where(above.columns[relation.field].is_not(None)))
    parent.filters[:] = [parent.columns[field].in_(select(tree.c.id))]


def class_counts(family: Family, rows: Mapping[str, RecordRows], record: str, field: str) -> Select[Any] | None:
    """How many rows there are of each value of a field, which may stand in a parent; None where the source has it nowhere."""
    row = rows[record]
    query = row.select()
    if row.has(field):
        column = row.columns[field]
    else:
        lenders = [r for r in family.parents(record) if r.parent in rows and rows[r.parent].has(field) and row.has(r.field)]
        if not lenders:
            return None
        lender = rows[lenders[0].parent].bound.subquery(f"{lenders[0].parent}_of")
        query = query.outerjoin_from(row.alias, lender, lender.c[lenders[0].parent_field] == row.columns[lenders[0].field])
        column = lender.c[field]
    return query.with_only_columns(column, func.count(), maintain_column_froms=True).group_by(column)
