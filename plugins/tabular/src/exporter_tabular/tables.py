"""The tables that the formats ask for: a record as it is, occurrences in the order of their key, and what belongs to them.

What belongs to occurrences (their event, their media, their identifications) is asked for in the order of the occurrences, too,
so that two streams, read one after the other, can be laid side by side in flat memory (`beside.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select

from exporter.context import ExportContext
from exporter.records import Field
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value, table, value

KEY = "_key"  # the occurrence's physical key: the first column of each table that is laid beside others
_KEY_FIELD = Field(KEY, str)
_HEX = ("sqlite", "mysql", "mariadb")


def headers(ctx: ExportContext, row: RecordRows) -> dict[str, Field]:
    """The fields that the source provides, named as the options say."""
    return {(f.spelling if ctx.options.headers == "terms" else f.name): f for f in row.fields}


def record_table(ctx: ExportContext, row: RecordRows) -> Table:
    """Every row of a record, with all fields that the source provides."""
    return table(f"{row.name}.{ctx.format.extension}", row, headers(ctx, row))


def occurrence_table(
    ctx: ExportContext, records: Mapping[str, RecordRows], columns: Mapping[str, Field], values: Mapping[str, Value]
) -> Table:
    """Every occurrence once, in the order of its key, which is the first column."""
    row = records["occurrence"]
    query = with_names(row.select(), row, records).order_by(row.key)
    name = f"occurrences.{ctx.format.extension}"
    return Table(name, row.name, {KEY: _KEY_FIELD, **columns}, (TableQuery(query, {KEY: _key(ctx, row), **values}),), whole=True)


def belonging_table(
    ctx: ExportContext,
    records: Mapping[str, RecordRows],
    name: str,
    title: str,
    columns: Mapping[str, Field],
    values: Mapping[str, Value],
) -> Table:
    """The rows of a record that belong to an occurrence, in the order of the occurrences; the occurrence's key is the first column."""
    row = records[name]
    field = link(name)
    occurrence = records["occurrence"]
    of = RecordRows(occurrence.bound, occurrence.select().subquery("occurrence_of"))
    joined = row.select().join_from(of.alias, row.alias, of.columns[field] == row.columns[field])
    query = with_names(joined, row, records).order_by(of.key, row.key)
    return Table(title, name, {KEY: _KEY_FIELD, **columns}, (TableQuery(query, {KEY: _key(ctx, of), **values}),))


def link(name: str) -> str:
    """The field by which a record and its occurrence are joined."""
    return "event_id" if name == "event" else "occurrence_id"


def belongs(records: Mapping[str, RecordRows], name: str) -> bool:
    """Whether the source says which rows of a record belong to which occurrence."""
    return name in records and records[name].has(link(name)) and records["occurrence"].has(link(name))


def _key(ctx: ExportContext, row: RecordRows) -> Value:
    """The key as a text of its own for each row: of bytes that are no text, two could become the same."""
    return Value(func.hex(row.key), text_only=True) if ctx.connection.dialect.name in _HEX else Value(row.key)


# --- names of taxa, for records that only name the taxon's identifier


def lacks_name(row: RecordRows, records: Mapping[str, RecordRows]) -> bool:
    """Whether the name of a row's taxon has to come, and can come, from the record of taxa."""
    taxon = records.get("taxon")
    return taxon is not None and not row.has("scientific_name") and row.has("taxon_id") and taxon.has("taxon_id", "scientific_name")


def with_names(query: Select[Any], row: RecordRows, records: Mapping[str, RecordRows]) -> Select[Any]:
    """The query joined to the names of taxa, where it needs them."""
    if not lacks_name(row, records):
        return query
    names = _names(records["taxon"])
    return query.outerjoin(names, names.c.taxon_id == row.columns["taxon_id"])
