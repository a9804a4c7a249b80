"""From a bound source to the rows of a run: filters, then rules, record by record, parents before children.

A parent that follows its children (events of the occurrences that are left) is settled as soon as those children are; records
further down then follow the settled parent. Every row of a record ends up written, filtered, or left out by a rule, and is counted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from importlib import import_module
from typing import Any

import attrs
from sqlalchemy import ClauseElement, ColumnElement, Select, func, select
from sqlalchemy.exc import DBAPIError

from exporter.blame import blamed
from exporter.context import ExportContext
from exporter.database import fetch, reason
from exporter.errors import InputError, PluginError, SourceError
from exporter.hooks import HookCaller
from exporter.report import RecordCount, Report
from exporter.rules import Rule, apply_rules, identity_rules
from exporter.selection import RecordRows, keep_ancestors, keep_parents_of, narrow_by_parents, open_rows
from exporter.source import KEY, HostFilter, bind, columns_there
from exporter.unique import note_duplicates, proven_unique


def open_records(ctx: ExportContext, hooks: HookCaller, *, python: bool = True) -> dict[str, RecordRows]:
    """The rows to write of every record of the source; those that the format reads are counted in `ctx.report.records`.

    :param python: whether rules in Python are counted and applied, too.
    :raises InputError: when the source has nothing that the format reads.
    """
    bound = bind(ctx.source, ctx.connection, frozenset(ctx.identified))
    rows = open_rows(ctx.source.family, bound, ctx.project, frozenset(ctx.source.scope))
    _add_filters(ctx, hooks, rows)
    wanted = ctx.format.reads(ctx.options)
    read = {n: r for n, r in rows.items() if wanted is None or n in wanted}
    if not read:
        missing = ", ".join(sorted(wanted or ()))
        raise InputError(f"Source '{ctx.source.name}' provides no record that '{ctx.format.name}' writes: {missing}.")
    _refuse_idle_filters(ctx, rows, read)
    with _culprit_named(ctx, rows):
        _Opening(ctx, rows, read, hooks.rules(ctx, rows), python).run()
    return rows


@contextlib.contextmanager
def _culprit_named(ctx: ExportContext, rows: Mapping[str, RecordRows]) -> Iterator[None]:
    """Name the condition that the database refuses, or that fails on some row: each is tried alone, once something went wrong."""
    try:
        yield
    except DBAPIError:
        lent = ctx.source.connection is not None or ctx.source.session is not None
        if ctx.cancel.requested or (lent and ctx.connection.dialect.name == "postgresql"):
            raise
        if not lent:
            ctx.connection.rollback()  # PostgreSQL answers nothing else until then
        for row in rows.values():
            for origin, query in row.origins.items():
                _try(ctx, origin, query)
        raise


def _try(ctx: ExportContext, origin: str, query: Select[Any]) -> None:
    try:
        _size(ctx, query)
    except DBAPIError as error:
        message = f"{origin}: the database refuses its `where`: {reason(error)}"
        hint = columns_there(ctx.connection, query) if "column" in message else ""
        raise SourceError(message, hint=hint) from error


def _add_filters(ctx: ExportContext, hooks: HookCaller, rows: Mapping[str, RecordRows]) -> None:
    family = ctx.source.family
    if family.current:
        for record, conditions in _conditions(ctx, family.current, rows).items():
            rows[record].mandatory += conditions
    for record, conditions in _conditions(ctx, family.conditions, rows).items():
        rows[record].filters += conditions
    for name, value in ctx.host_filters.items():
        _add_host_filter(ctx, name, value, rows)
    for record, row in rows.items():
        row.filters += hooks.filters(ctx, record, row.columns)


def _conditions(ctx: ExportContext, path: str, rows: Mapping[str, RecordRows]) -> dict[str, list[ColumnElement[bool]]]:
    """What one of the family's functions says of the filters, by record."""
    module, _, name = path.partition(":")
    found: dict[str, list[ColumnElement[bool]]] = getattr(import_module(module), name)(ctx.filters, rows, ctx.connection)
    return found


def _add_host_filter(ctx: ExportContext, name: str, value: Any, rows: Mapping[str, RecordRows]) -> None:
    source, host = ctx.source, ctx.source.filters[name]
    origin = host.origin or f"Source '{source.name}', filter '{name}'"
    with blamed(f"Source '{source.name}' failed in its filter '{name}'"):
        condition = host.where(value)
        label = _label(ctx, host, origin, value)
    if not isinstance(condition, ClauseElement):
        kind = type(condition).__name__
        raise PluginError(f"Source '{source.name}': its filter '{name}' gave {kind} {condition!r}, not a condition.")
    if label is None:
        raise InputError(f"The filter '{name}' names {value!r}, which source '{source.name}' does not have.")
    if label:
        ctx.report.filters_in_words.append(f"{name}: {label}")
    row = rows[host.record]
    row.origins[origin] = row.bound.select.where(condition)
    chosen = row.origins[origin].subquery(f"{host.record}_chosen")
    row.filters.append(row.key.in_(select(chosen.c[KEY])))


def _label(ctx: ExportContext, host: HostFilter, origin: str, value: Any) -> str | None:
    try:
        return host.label(ctx.connection, value) if host.label is not None else ""
    except DBAPIError as error:
        if ctx.cancel.requested:
            raise
        raise SourceError(f"{origin}: the database refuses its `label`: {reason(error)}") from error


def _refuse_idle_filters(ctx: ExportContext, rows: Mapping[str, RecordRows], read: Mapping[str, RecordRows]) -> None:
    """A filter that cannot change what is written is refused, never ignored."""
    family = ctx.source.family
    filtered = {n for n, r in rows.items() if r.filters}
    followed = ctx.format.followed(ctx.options, frozenset(filtered))
    touched: set[str] = set()
    for name in rows:
        if name in filtered or any(r.parent in touched for r in family.parents(name) if rows[name].has(r.field)):
            touched.add(name)
    touched |= {parent for parent, child in followed.items() if child in touched}
    idle = sorted(filtered) if filtered and touched.isdisjoint(read) else []
    if idle:
        written = ", ".join(read)
        raise InputError(
            f"A filter narrows {', '.join(idle)}, but what is written is {written}, which does not depend on it.",
            hint="Leave the filter out, or export the record that it is about.",
        )


class _Opening:
    """One pass over the records of a run, parents first."""

    def __init__(
        self,
        ctx: ExportContext,
        rows: Mapping[str, RecordRows],
        read: Mapping[str, RecordRows],
        rules: Sequence[Rule],
        python: bool,
    ) -> None:
        self._ctx = ctx
        self._rows = rows
        self._read = read
        self._rules = rules
        self._python = python
        filtered = frozenset(n for n, r in rows.items() if r.filters)
        followed = ctx.format.followed(ctx.options, filtered)
        self._unique = {*ctx.identified, *ctx.format.unique_for(ctx.options)} if ctx.checked else set()
        self._followed = {p: c for p, c in followed.items() if p in rows and c in rows}
        self._settled: set[str] = set()
        self._proofs: dict[str, Future[bool]] = {}

    def run(self) -> None:
        with self._ctx.beside() as ask:
            for name, row in self._rows.items():
                self._ctx.cancel.check()
                narrowed = narrow_by_parents(self._ctx.source.family, self._rows, row)
                if name in self._read:
                    self._count(name, row, narrowed)
                else:
                    self._drop(name, row)
                if name in self._unique and row.has(row.bound.schema.key):
                    self._proofs[name] = ask(partial(proven_unique, row=row))
                for relation in self._ctx.source.family.parents(name):
                    if relation.required and relation.parent in self._rows and self._hastens(name, relation.parent):
                        self._settle(relation.parent)
            for name in self._rows:
                self._settle(name)
            for name, proof in self._proofs.items():
                if not proof.result():
                    note_duplicates(self._ctx, self._rows[name])

    def _count(self, name: str, row: RecordRows, narrowed: frozenset[str]) -> None:
        ctx = self._ctx
        own = [r for r in self._rules if r.record == name and (r.drop or ctx.checked)]
        rules = [*identity_rules(ctx, self._rows, name, narrowed), *own]
        passed, left_out = apply_rules(ctx, row, rules, python=self._python)
        whole = _size(ctx, row.in_project()) if row.filters else passed
        ctx.report.records[name] = RecordCount(whole, whole - passed, left_out, passed - left_out)

    def _drop(self, name: str, row: RecordRows) -> None:
        """Rows of a record that only lends to others: what rules drop is not lent, and not counted as a loss."""
        rules = [r for r in self._rules if r.record == name and r.drop]
        if rules:
            apply_rules(attrs.evolve(self._ctx, report=Report()), row, rules, python=self._python)

    def _hastens(self, name: str, parent: str) -> bool:
        """Whether a parent has to be settled for the sake of this child: what is not read can wait for those that it follows."""
        return name in self._read or self._followed.get(parent, name) == name

    def _settle(self, name: str) -> None:
        """Once its children are known: the parents that they name, or its own ancestors."""
        if name in self._settled:
            return
        self._settled.add(name)
        row = self._rows[name]
        before = list(row.filters)
        if name in self._followed:
            keep_parents_of(self._ctx.source.family, self._rows, name, self._followed[name])
        else:
            keep_ancestors(self._ctx.source.family, row)
        if list(map(id, row.filters)) != list(map(id, before)) and name in self._read:
            count = self._ctx.report.records[name]
            count.written = _size(self._ctx, row.select())
            count.filtered = count.rows - count.left_out - count.written


def _size(ctx: ExportContext, query: Any) -> int:
    return int(fetch(ctx.connection, query.with_only_columns(func.count(), maintain_column_froms=True))[0][0])
