"""Who a relationship is about, where the source does not say it in a field of its own."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from exporter.selection import RecordRows
from exporter.tables import TableQuery, value

_SUBJECT = "resourceID"


def with_subjects(query: TableQuery, row: RecordRows) -> Iterator[TableQuery]:
    """The same rows with a resourceID: the occurrence that they are about, or else the event.

    These are two queries where a row may be about either, because the identifiers of each may be made from its own keys.
    """
    about = [f for f in ("occurrence_id", "event_id") if row.has(f)]
    if _SUBJECT in query.values or not about:
        yield query
        return
    rest = query.query
    for field in about:
        there = row.columns[field].is_not(None)
        yield attrs.evolve(query, query=rest.where(there), values={**query.values, _SUBJECT: value(row, field)})
        rest = rest.where(~there)
