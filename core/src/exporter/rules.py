"""Rules: what is left out of an artifact or flagged. Counted in the snapshot, so that preview, export and report agree.

A rule in SQL is counted with all others of its record in one pass, unless an index proves that no row breaks it. A rule in Python
looks at batches of rows in a pass of its own. A row that several rules would drop is counted under the first, so that the counts
add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    LargeBinary,
    Select,
    String,
    case,
    cast,
    collate,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    type_coerce,
)

from exporter.blame import blamed
from exporter.context import ExportContext
from exporter.database import by_index_alone, fetch, found_at_once, searches_only, statement
from exporter.errors import PluginError
from exporter.records import Relation
from exporter.records.conditions import is_blank
from exporter.report import EXAMPLES, LEVELS, Finding, Level
from exporter.selection import RecordRows
from exporter.slices import answers, counts, halves
from exporter.tables import Table, TableQuery, Value, plain_fields, value

Check = Callable[[Sequence[Mapping[str, str]]], Iterable[bool]]
MOST_DROPPED_BY_PYTHON = 50_000  # their keys stand in the statements that follow


@attrs.frozen(eq=False)
class Told:
    """What examples of a rule in SQL say beside the identifier.

    :param columns: what `text` gets after the identifier, of the row that breaks the rule; none of them is ever NULL there.
    """

    columns: tuple[ColumnElement[Any], ...]
    text: Callable[..., str]


@attrs.frozen(eq=False)
class Rule:
    """A predicate on the rows of one record. Give `where` or `check`.

    :param where: a condition that is true for a row that breaks the rule.
    :param check: the same in Python: one bool for each row of a batch; a row is a mapping of field to text.
    :param fields: the fields that `check` looks at.
    :param drop: whether such a row is left out of the artifact.
    :param told: what examples of `where` say; by default the identifier alone.
    """

    record: str
    code: str
    message: str
    level: Level = "warning"
    where: ColumnElement[bool] | None = None
    check: Check | None = None
    fields: tuple[str, ...] = ()
    drop: bool = True
    told: Told | None = None

    def __attrs_post_init__(self) -> None:
        if (self.where is None) == (self.check is None):
            raise ValueError(f"rule {self.code} needs either where or check")
        if self.where is not None and not isinstance(self.where, ClauseElement):
            raise TypeError(f"rule {self.code}: where is {self.where!r}, not a condition")
        if self.level not in LEVELS:
            raise ValueError(f"rule {self.code}: there is no level {self.level!r}")


def apply_rules(ctx: ExportContext, row: RecordRows, rules: Sequence[Rule], *, python: bool = True) -> tuple[int, int]:
    """Count the rules of one record, note what they found, and leave out what they drop.

    :param python: whether rules in Python are counted, too.
    :returns: rows that pass the filters, and how many of them are left out.
    """
    suspects = [r for r in rules if _suspected(ctx, row, r)]
    total, found = _counted(ctx, row, [r for r in suspects if r.where is not None])
    dropped = 0
    earlier: list[Any] = []
    for rule, count in found.items():
        _note(ctx, row, rule, count, _examples(ctx, row, _breaking(row, rule, earlier), rule.told))
        if rule.drop:
            dropped += count
            earlier.append(rule.where)
    row.drops += earlier
    for rule in suspects:
        if rule.check is not None and python:
            dropped += _apply_python(ctx, row, rule)
    return total, dropped


def _suspected(ctx: ExportContext, row: RecordRows, rule: Rule) -> bool:
    """Whether rows may break a rule, so that they must be counted.

    None does where an index of SQLite answers the condition at once, such as IS NULL, with no row. Filters would be in its way.
    """
    if rule.where is None or ctx.connection.dialect.name != "sqlite":
        return True
    probe = statement(ctx.connection, select(literal(1)).select_from(row.alias).where(rule.where).limit(1))
    return not found_at_once(ctx.connection, probe) or bool(fetch(ctx.connection, probe))


def _counted(ctx: ExportContext, row: RecordRows, rules: Sequence[Rule]) -> tuple[int, dict[Rule, int]]:
    """How many rows there are, and how many each rule finds that no earlier one drops; without rules that find nothing.

    All in one pass, which looks at the earlier rules only for rows that break one.
    """
    marks: list[Any] = []
    for i, rule in enumerate(rules):
        earlier: list[Any] = [(r.where, null()) for r in rules[:i] if r.drop]
        marks.append(case((rule.where, case(*earlier, else_=1) if earlier else 1)))  # type: ignore[arg-type]
    total, *found = counts(ctx, row.key, row.filtered(), func.count(), *map(func.count, marks))
    return total, {r: n for r, n in zip(rules, found, strict=True) if n}


def _breaking(row: RecordRows, rule: Rule, earlier: Sequence[Any]) -> Select[Any]:
    return row.filtered().where(rule.where, *(not_(func.coalesce(e, False)) for e in earlier))  # type: ignore[arg-type]


def _examples(ctx: ExportContext, row: RecordRows, broken: Select[Any], told: Told | None) -> list[str]:
    """The identifiers of the first rows, or their keys where the identifier is what is missing, with what is told of them."""
    name = row.bound.schema.key
    shown = row.key if not row.has(name) else case((row.columns[name].is_(None), row.key), else_=_plain(row, name))
    if ctx.connection.dialect.name == "postgresql":
        from sqlalchemy import Text, cast

        key = cast(row.key, Text)
        shown = func.coalesce(cast(row.columns[name], Text), key) if row.has(name) else key
    more = told.columns if told is not None else ()
    query = broken.with_only_columns(shown.label("example"), *more, maintain_column_froms=True)
    found = fetch(ctx.connection, query.order_by(row.key).limit(EXAMPLES))
    return [_shown(uid) if told is None else told.text(_shown(uid), *others) for uid, *others in found]


def _plain(row: RecordRows, name: str) -> ColumnElement[Any]:
    return value(row, name).expression


def _shown(example: Any) -> str:
    return example.decode("utf-8", "replace") if isinstance(example, bytes) else str(example)


def _note(ctx: ExportContext, row: RecordRows, rule: Rule, count: int, examples: list[str]) -> None:
    action = "dropped" if rule.drop else "kept"
    ctx.report.add(Finding(rule.level, rule.code, rule.message, count, examples, row.name, "", action))


def _apply_python(ctx: ExportContext, row: RecordRows, rule: Rule) -> int:
    """One pass over the rows for a rule in Python."""
    assert rule.check is not None
    missing = [f for f in rule.fields if not row.has(f)]
    if missing:
        return 0
    fields = {f: row.bound.schema.fields[f] for f in rule.fields}
    columns = {**plain_fields(["key"]), **fields}
    key = func.quote(row.key) if ctx.connection.dialect.name == "sqlite" else row.key
    values = {"key": Value(key), **{f: value(row, f) for f in rule.fields}}
    table = Table(f"rule {rule.code}", row.name, columns, (TableQuery(row.select().order_by(row.key), values),))
    broken: list[str] = []
    count = 0
    for batch in ctx.reader.aside().texts(table):
        verdicts = _verdicts(rule, [dict(zip(rule.fields, texts[1:], strict=True)) for texts in batch])
        keys = [texts[0] for texts, wrong in zip(batch, verdicts, strict=True) if wrong]
        count += len(keys)
        broken += keys if rule.drop else keys[: EXAMPLES - len(broken)]
        if rule.drop and len(broken) > MOST_DROPPED_BY_PYTHON:
            raise PluginError(f"Rule {rule.code} drops over {MOST_DROPPED_BY_PYTHON} rows in Python; write it in SQL.")
    if count:
        _note(ctx, row, rule, count, [k.strip("'") for k in broken[:EXAMPLES]])
        if rule.drop:
            row.drops.append(_keyed(ctx, row, broken))
    return count if rule.drop else 0


def _verdicts(rule: Rule, rows: Sequence[Mapping[str, str]]) -> list[bool]:
    """One verdict for each row.

    :raises PluginError: when the rule's `check` raises, or gives another number of them.
    """
    assert rule.check is not None
    with blamed(f"Rule {rule.code} failed"):
        verdicts = list(rule.check(rows))
    if len(verdicts) != len(rows):
        raise PluginError(f"Rule {rule.code} gave {len(verdicts)} verdicts for {len(rows)} rows.")
    return verdicts


def _keyed(ctx: ExportContext, row: RecordRows, keys: list[str]) -> ColumnElement[bool]:
    """The rows with these keys, as the database compares them; SQLite gave them as literals of its own."""
    if ctx.connection.dialect.name == "sqlite":
        return row.key.in_([literal_column(k) for k in keys])
    return cast(row.key, String).in_(keys)


def identity_rules(ctx: ExportContext, rows: Mapping[str, RecordRows], name: str, narrowed: frozenset[str]) -> list[Rule]:
    """Core's own rules, for the records that a format says others refer to: identifiers are there, and refer to something.

    :param narrowed: parents that the record follows already, so that no row is left that could be an orphan.
    """
    row = rows[name]
    found = []
    key = row.bound.schema.key
    if ctx.checked and name in ctx.identified and row.has(key):
        message = f"The {name} has no {row.bound.schema.fields[key].spelling}; it was left out."
        found.append(Rule(name, "ID_MISSING", message, where=is_blank(row, key, ctx.connection)))
    for relation in ctx.source.family.parents(name):
        known = relation.parent in rows and row.has(relation.field) and rows[relation.parent].has(relation.parent_field)
        if not known or relation.parent in narrowed:
            continue
        if ctx.checked and relation.parent in ctx.identified:
            found += _orphans(ctx, rows[relation.parent], row, relation)
        elif rows[relation.parent].drops and relation.parent != name:
            found.append(_of_left_out(rows[relation.parent], row, relation))
    return found


def _of_left_out(parent: RecordRows, row: RecordRows, relation: Relation) -> Rule:
    """What belongs to a row that a rule leaves out is left out with it, whether or not its format writes the parent."""
    gone = parent.filtered().where(or_(*(func.coalesce(d, False) for d in parent.drops))).subquery(f"{parent.name}_gone")
    named = row.columns[relation.field].in_(select(gone.c[relation.parent_field]))
    return _left_out(row, relation, named)


def _left_out(row: RecordRows, relation: Relation, where: ColumnElement[bool]) -> Rule:
    """What follows from rows that other rules count; where these matter, they say so."""
    name = relation.parent
    message = f"The {name} that the {row.name} belongs to was left out; the {row.name} was left out with it."
    return Rule(row.name, f"{name.upper()}_LEFT_OUT", message, "info", where=where)


def _orphans(ctx: ExportContext, parent: RecordRows, row: RecordRows, relation: Relation) -> list[Rule]:
    """Rows that name no parent, where one is required, rows whose parent is left out, and rows whose parent is not there.

    Each row is looked up once; twice only where rules leave parents out and others are not there at all.
    """
    column = row.columns[relation.field]
    own = parent is row
    name = relation.parent
    found = []
    if relation.required:
        message = f"The {row.name} belongs to no {name}; it was left out."
        found.append(Rule(row.name, f"{name.upper()}_NOT_GIVEN", message, where=column.is_(None)))
    if _all_there(ctx, row, column, parent, relation.parent_field):
        if _alike_as_texts(ctx, row, column):
            row.exact.add(relation.field)
        return found
    lost = column.is_not(None) & _missing(ctx, row, column, parent, relation.parent_field)
    if own:
        message = f"The {name} that the {row.name} names is not there, or was left out itself; the {row.name} was kept."
        return [*found, Rule(row.name, "PARENT_MISSING", message, where=lost, drop=False)]
    if parent.drops:
        whole = attrs.evolve(parent, drops=[])  # with the rows that rules leave out
        if _all_there(ctx, row, column, whole, relation.parent_field):
            return [*found, _left_out(row, relation, lost)]
        there = not_(_missing(ctx, row, column, whole, relation.parent_field))  # asked of those that are lost alone
        found.append(_left_out(row, relation, lost & there))
    message = f"The {name} that the {row.name} names is not there; the {row.name} was left out."
    return [*found, Rule(row.name, f"{name.upper()}_MISSING", message, where=lost)]


def _missing(
    ctx: ExportContext, row: RecordRows, column: ColumnElement[Any], parent: RecordRows, field: str
) -> ColumnElement[bool]:
    """That a value is none of the parent's. SQLite would hold every identifier in memory for NOT IN; an index spares it that."""
    listed = column.not_in(parent.ids(field))
    if ctx.connection.dialect.name != "sqlite":
        return listed
    there = parent.select().subquery(f"{parent.name}_there")
    looked_up = ~select(there.c[field]).where(there.c[field] == column).exists()
    count = row.filtered().with_only_columns(func.sum(case((looked_up, 1), else_=0)), maintain_column_froms=True)
    return looked_up if searches_only(ctx.connection, statement(ctx.connection, count)) else listed


def _all_there(ctx: ExportContext, row: RecordRows, column: ColumnElement[Any], parent: RecordRows, field: str) -> bool:
    """Whether no value is missing, where that costs one look-up for each value instead of one for each row.

    It does where an index of SQLite gives the values in order, and PostgreSQL can join them. On SQLite the texts of those that are
    distinct are the same, too.
    """
    dialect = ctx.connection.dialect.name
    if dialect not in ("sqlite", "postgresql"):
        return False
    exact = collate(type_coerce(column, String), "BINARY")  # values that are alike in another collation are several
    each = exact if dialect == "sqlite" else column
    values = row.filtered().where(column.is_not(None)).with_only_columns(each.label("value"), maintain_column_froms=True)
    ids = parent.select().with_only_columns(parent.columns[field].label("id"), maintain_column_froms=True)
    there = ids.subquery(f"{parent.name}_there")

    def lost(values: Select[Any]) -> Select[Any]:
        named = values.distinct().subquery(f"{row.name}_named")
        same = [there.c.id == named.c.value]
        if dialect == "sqlite":
            same.append(cast(there.c.id, LargeBinary) == cast(named.c.value, LargeBinary))
        return select(literal(1)).select_from(named).where(~select(there.c.id).where(*same).exists()).limit(1)

    if dialect == "postgresql":
        return not fetch(ctx.connection, lost(values))
    if not by_index_alone(ctx.connection, statement(ctx.connection, lost(values))):
        return False
    return not any(answers(ctx, [lost(part) for part in halves(ctx, values, exact)]))


def _alike_as_texts(ctx: ExportContext, row: RecordRows, column: ColumnElement[Any]) -> bool:
    """Whether values that SQLite takes for one have one text: 1 and 1.0 have two. Numbers sort before all else."""
    if ctx.connection.dialect.name != "sqlite":
        return False
    least = row.filtered().with_only_columns(func.typeof(func.min(column)), maintain_column_froms=True)
    if fetch(ctx.connection, least)[0][0] not in ("integer", "real"):
        return True
    reals = row.filtered().where(func.typeof(column) == "real").with_only_columns(literal(1), maintain_column_froms=True)
    return not fetch(ctx.connection, reals.limit(1))
