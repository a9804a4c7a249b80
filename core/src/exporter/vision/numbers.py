"""Numbers for rows: artifacts of images want whole numbers from 1 where hosts have identifiers of any kind.

A row's number is its identifier, where those of all rows of the project are such numbers; else its key, where all of these are;
else its place among the rows of the project in the order of the key. No filter changes it.
"""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import ColumnElement, FromClause, Subquery, func, join

from exporter.context import ExportContext
from exporter.database import fetch
from exporter.selection import RecordRows
from exporter.source import KEY

LARGEST = 2**53 - 1  # that every reader of JSON keeps exact (RFC 8259, section 6)


@attrs.frozen(eq=False)
class Numbers:
    """How rows of a record are numbered.

    :param own: the column that holds the number, of the record's rows; None where it is the row's place.
    :param named: whether the number is the row's identifier.
    """

    own: str | None
    named: bool
    _places: Subquery | None = None

    def joined(self, start: FromClause, row: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
        """What to select from, and the number's column.

        :param start: holds `row`, the record's rows as a subquery with their key.
        """
        if self._places is None:
            assert self.own is not None
            return start, row.c[self.own]
        return join(start, self._places, self._places.c[KEY] == row.c[KEY]), self._places.c.number


def numbers(ctx: ExportContext, row: RecordRows, *, by_identifier: bool = True) -> Numbers:
    """How the rows of a record are numbered.

    :param by_identifier: whether identifiers are looked at; where nobody has proven them unique, keys alone are.
    """
    identifier = row.bound.schema.key
    if by_identifier and row.has(identifier) and _are_numbers(ctx, row, identifier):
        return Numbers(identifier, named=True)
    if _are_numbers(ctx, row, KEY):
        return Numbers(KEY, named=False)
    place = func.row_number().over(order_by=row.key)
    query = row.in_project().with_only_columns(row.key.label(KEY), place.label("number"), maintain_column_froms=True)
    return Numbers(None, named=False, places=query.subquery(f"{row.name}_numbers"))


def _are_numbers(ctx: ExportContext, row: RecordRows, field: str) -> bool:
    column = row.columns[field]
    ends = [func.min(column), func.max(column)]
    if ctx.connection.dialect.name == "sqlite":
        ends.append(func.sum(func.typeof(column) != "integer"))
    elif ctx.connection.dialect.name == "postgresql" and row.bound.types.get(field) not in _INTEGERS:
        return False
    least, most, *odd = fetch(ctx.connection, row.in_project().with_only_columns(*ends, maintain_column_froms=True))[0]
    if least is None:
        return True
    whole = all(isinstance(end, int) and not isinstance(end, bool) for end in (least, most))
    return whole and least >= 1 and most <= LARGEST and not any(odd)


_INTEGERS = (20, 21, 23)  # PostgreSQL's types int8, int2, int4; its UUIDs know no smallest
