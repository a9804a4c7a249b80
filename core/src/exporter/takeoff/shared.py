"""Rows that share an identifier, told apart: of several the first by key is the one that others mean, so that no join doubles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from exporter.context import ExportContext
from exporter.database import fetch
from exporter.selection import RecordRows
from exporter.source import KEY

_PLACE = "_place"


def beside(ctx: ExportContext, row: RecordRows, rows: Select[Any], alias: str) -> RecordRows:
    """Rows of a record for a join on its identifier: one for each, where the database takes several identifiers for the same.

    :param rows: of the record, as `row` selects them.
    """
    if not is_shared(ctx, row):
        return RecordRows(row.bound, rows.subquery(alias))
    return RecordRows(row.bound, _first(row, rows).subquery(alias))


def is_first(ctx: ExportContext, row: RecordRows) -> list[ColumnElement[bool]]:
    """That a row is the first of those that share its identifier; nothing where none do."""
    if not is_shared(ctx, row):
        return []
    firsts = _first(row, row.in_project()).subquery(f"{row.name}_first")
    return [row.key.in_(select(firsts.c[KEY]))]


def is_shared(ctx: ExportContext, row: RecordRows) -> bool:
    """Whether the database takes several identifiers for the same: MariaDB compares texts without regard to case."""
    uid = row.columns[row.bound.schema.key]
    several = row.in_project().where(uid.is_not(None)).group_by(uid).having(func.count() > 1).limit(1)
    return bool(fetch(ctx.connection, several.with_only_columns(literal(1), maintain_column_froms=True)))


def _first(row: RecordRows, rows: Select[Any]) -> Select[Any]:
    place = func.row_number().over(partition_by=row.columns[row.bound.schema.key], order_by=row.key).label(_PLACE)
    numbered = rows.add_columns(place).subquery(f"{row.name}_numbered")
    return select(*(column for column in numbered.c if column.key != _PLACE)).where(numbered.c[_PLACE] == 1)
