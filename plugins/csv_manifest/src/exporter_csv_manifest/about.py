"""What the data set is called: croissant.json names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exporter.context import ExportContext
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, plain_fields, value

_RECORDS = ("project", "dataset")
_FIELDS = ("name", "description")


def about_tables(records: Mapping[str, RecordRows]) -> list[Table]:
    """The first two projects and data sets, so that it is known whether there is but one."""
    found = []
    for name in _RECORDS:
        row = records.get(name)
        if row is not None and row.has("name"):
            values = {field: value(row, field) for field in _FIELDS if row.has(field)}
            query = TableQuery(row.in_project().order_by(row.key).limit(2), values)
            found.append(Table(name, "", plain_fields(_FIELDS), (query,)))
    return found


def named(ctx: ExportContext, tables: Mapping[str, Table]) -> Sequence[str]:
    """Name and description: of the project or data set, where there is but one and it has a name; else the source's name."""
    for name in _RECORDS:
        if name in tables:
            rows = [cells for batch in ctx.texts(tables[name]) for cells in batch]
            if len(rows) == 1 and rows[0][0].strip():
                return rows[0]
    return ctx.source.name, ""
