"""The tables that the formats ask for: a record as it is, occurrences in the order of their key, and what belongs to them.

What belongs to occurrences (their event, their media, their identifications) is asked for in the order of the occurrences, too,
so that streams that are read one after the other can be laid side by side in flat memory (`beside.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import FromClause, func, join, outerjoin, select

from exporter.context import ExportContext
from exporter.records import Field
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value, table, value

KEY = "_key"  # the occurrence's physical key: the last column of each table that is laid beside others
_KEY_FIELD = Field(KEY, str)
_NAME = "scientific_name"
_HEX = ("sqlite", "mysql", "mariadb")
Rows = Mapping[str, RecordRows]
Columns = Mapping[str, Field]
Values = Mapping[str, Value]


def headers(ctx: ExportContext, row: RecordRows) -> dict[str, Field]:
    """The fields that the source provides, named as the options say."""
    return {_header(ctx, field): field for field in row.fields}


def headers_with_name(ctx: ExportContext, records: Rows, name: str) -> dict[str, Field]:
    """The same; and the name of the taxon where the record has its identifier only."""
    row = records[name]
    field = row.bound.schema.fields[_NAME] if _lacks_name(row, records) else None
    return headers(ctx, row) | ({} if field is None else {_header(ctx, field): field})


def _header(ctx: ExportContext, field: Field) -> str:
    return field.spelling if ctx.options.headers == "terms" else field.name


def record_table(ctx: ExportContext, row: RecordRows) -> Table:
    """Every row of a record, with all fields that the source provides."""
    return table(f"{row.name}.{ctx.format.extension}", row, headers(ctx, row))


def occurrence_table(ctx: ExportContext, records: Rows, columns: Columns, values: Values | None = None) -> Table:
    """Every occurrence once, in the order of its key, which is the last column.

    :param columns: the record's fields by header; those that the source lacks are empty.
    :param values: for headers whose column is no field of the record.
    """
    row = records["occurrence"]
    query = _built(records, row, row.alias, columns, {KEY: _key(ctx, row), **(values or {})}, row.key)
    name = f"occurrences.{ctx.format.extension}"
    return Table(name, row.name, {**columns, KEY: _KEY_FIELD}, (query,), whole=True)


def belonging_table(
    ctx: ExportContext, records: Rows, name: str, title: str, columns: Columns, values: Values | None = None
) -> Table:
    """The rows of a record that belong to occurrences, in the order of these; the occurrence's key is the last column.

    :param name: event, media or identification; `title` names the table in the report.
    """
    row, occurrence = records[name], records["occurrence"]
    of = RecordRows(occurrence.bound, occurrence.select().subquery("occurrence_of"))
    both = join(of.alias, row.alias, of.columns[_link(name)] == row.columns[_link(name)])
    query = _built(records, row, both, columns, {KEY: _key(ctx, of), **(values or {})}, of.key, row.key)
    return Table(title, name, {**columns, KEY: _KEY_FIELD}, (query,))


def belongs(records: Rows, name: str) -> bool:
    """Whether the source says which rows of a record belong to which occurrence."""
    return name in records and records[name].has(_link(name)) and records["occurrence"].has(_link(name))


def _link(name: str) -> str:
    return "event_id" if name == "event" else "occurrence_id"


def _key(ctx: ExportContext, row: RecordRows) -> Value:
    """The key as a text of its own for each row: of bytes that are no text, two could become the same."""
    return Value(func.hex(row.key), text_only=True) if ctx.connection.dialect.name in _HEX else Value(row.key)


def _built(records: Rows, row: RecordRows, start: FromClause, columns: Columns, values: Values, *order: Any) -> TableQuery:
    found = dict(values)
    for header, field in columns.items():
        if header not in found and row.has(field.name):
            found[header] = value(row, field.name)
        elif header not in found and field.name == _NAME and _lacks_name(row, records):
            names = _names(records["taxon"])
            start = outerjoin(start, names, names.c.taxon_id == row.columns["taxon_id"])
            found[header] = Value(names.c[_NAME])
    return TableQuery(row.select().select_from(start).order_by(*order), found)


def _lacks_name(row: RecordRows, records: Rows) -> bool:
    """Whether the name of a row's taxon has to come, and can come, from the record of taxa."""
    taxon = records.get("taxon")
    return taxon is not None and not row.has(_NAME) and row.has("taxon_id") and taxon.has("taxon_id", _NAME)


def _names(taxon: RecordRows) -> Any:
    """One name for each identifier, so that no row is doubled where two taxa share one."""
    rows = taxon.select().subquery("taxon_named")
    name = func.min(rows.c[_NAME]).label(_NAME)
    return select(rows.c.taxon_id, name).group_by(rows.c.taxon_id).subquery("taxon_names")
