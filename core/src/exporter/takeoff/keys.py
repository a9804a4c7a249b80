"""Keys that tell rows apart, as measurements need them that are read condition by condition: unique, and none of them NULL.

Where the host's table says so itself, that is all that is looked at; elsewhere the database looks through the keys.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import TableClause, func, literal, select

from exporter.context import ExportContext
from exporter.database import fetch, query_plan, statement
from exporter.errors import InputError
from exporter.selection import RecordRows
from exporter.unique import is_indexed_alone

_BY_NUMBER = "USING INTEGER PRIMARY KEY (rowid=?)"  # at most one row, and none without a number


def refuse_unfit_key(ctx: ExportContext, row: RecordRows) -> None:
    """Refuse a key that several rows share, or that a row has none of.

    :raises InputError: with the record, the column and two of the keys.
    """
    if _by_number(ctx, row):
        return
    lacking = row.in_project().where(row.key.is_(None)).with_only_columns(literal(1), maintain_column_froms=True).limit(1)
    if fetch(ctx.connection, lacking):
        raise _unfit(ctx, row, "is NULL in some rows")
    if _declared(ctx, row):
        return
    shared = row.in_project().group_by(row.key).having(func.count() > 1)
    found = fetch(ctx.connection, shared.with_only_columns(row.key, func.count(), maintain_column_froms=True).limit(2))
    if found:
        examples = " and ".join(f"{key} in {count:,} rows" for key, count in found)
        raise _unfit(ctx, row, f"is not unique: it is {examples}")


def _unfit(ctx: ExportContext, row: RecordRows, what: str) -> InputError:
    where = f" ({ctx.source.origin})" if ctx.source.origin else ""
    name = getattr(row.bound.key, "name", None) or str(row.bound.key)
    return InputError(
        f"Source '{ctx.source.name}'{where}, record '{row.name}': its key '{name}' {what}.",
        hint="Name a column as its `key` that tells all rows apart, such as the primary key.",
    )


def _by_number(ctx: ExportContext, row: RecordRows) -> bool:
    """Whether SQLite finds the row of a key, and what the host joins to it, by row numbers alone."""
    if ctx.connection.dialect.name != "sqlite":
        return False
    probe = select(literal(1)).select_from(row.alias).where(row.key == literal(0))
    steps = [text for text, _ in query_plan(ctx.connection, statement(ctx.connection, probe))]
    return bool(steps) and all(text.startswith("SEARCH") and _BY_NUMBER in text for text in steps)


def _declared(ctx: ExportContext, row: RecordRows) -> bool:
    """Whether the key is a column of one table that alone is under a unique index."""
    key: Any = row.bound.key
    froms = row.bound.select.get_final_froms()
    if len(froms) != 1 or not isinstance(froms[0], TableClause) or getattr(key, "table", None) is not froms[0]:
        return False
    return is_indexed_alone(ctx.connection, froms[0], key.name)
