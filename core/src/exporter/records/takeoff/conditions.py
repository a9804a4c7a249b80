"""The SQL of the takeoff filters: one implementation for preview, count, export and worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from exporter.records.conditions import Condition, identified, is_one_of, is_true, needed
from exporter.records.takeoff.filters import Filters
from exporter.selection import RecordRows
from exporter.takeoff.amounts import finite

Rows = Mapping[str, RecordRows]
_OF_CONDITIONS = {
    "scopes": "scope",
    "categories": "category",
    "buildings": "building",
    "areas": "area",
    "elevations": "elevation",
}
_NAMED = {  # record, its identifier, and what people name it by
    "conditions": ("condition", "condition_id", "condition_id", "name"),
    "pages": ("page", "page_id", "page_id", "page_number"),
    "sheets": ("page", "page_id", "sheet_number"),
}
_OF_MEASUREMENTS = {"verified": "is_verified", "ai_generated": "is_ai_generated"}


def conditions(filters: Filters, rows: Rows, connection: Connection) -> dict[str, list[Condition]]:
    """The conditions of the filters that are set, by record.

    :raises InputError: when the source lacks the field that a filter needs, or what is named: a condition, a page, a scope.
    """
    pages = list(_pages(filters, rows, connection))
    on_pages = [rows["measurement"].columns["page_id"].in_(found) for found in pages]
    found = {
        "condition": list(_conditions(filters, rows, connection)),
        "page": [rows["page"].columns["page_id"].in_(found) for found in pages],
        "measurement": [*on_pages, *_measurements(filters, rows, connection)],
    }
    return {name: conditions for name, conditions in found.items() if conditions}


def _conditions(filters: Filters, rows: Rows, connection: Connection) -> Iterator[Condition]:
    if filters.conditions:
        column = needed(rows, "condition", "condition_id", "conditions")
        yield column.in_(_known(filters, rows, "conditions", connection))
    for name, field in _OF_CONDITIONS.items():
        if wanted := getattr(filters, name):
            needed(rows, "condition", field, name)
            for value in wanted:  # a scope that no condition has is a slip of the pen
                identified(rows["condition"], connection, field, (field,), value, f"The filter '{name}' names '{value}'")
            yield is_one_of(rows["condition"], field, wanted, connection)


def _pages(filters: Filters, rows: Rows, connection: Connection) -> Iterator[list[Any]]:
    """The identifiers of the pages that each filter names."""
    for name in ("pages", "sheets"):
        if getattr(filters, name):
            needed(rows, "measurement", "page_id", name)
            yield _known(filters, rows, name, connection)


def _known(filters: Filters, rows: Rows, name: str, connection: Connection) -> list[Any]:
    """The identifiers of what a filter names."""
    record, identifier, *fields = _NAMED[name]
    needed(rows, record, fields[0], name)
    return [
        known
        for wanted in getattr(filters, name)
        for known in identified(
            rows[record], connection, identifier, fields, wanted, f"The filter '{name}' names the {name[:-1]} '{wanted}'"
        )
    ]


def _measurements(filters: Filters, rows: Rows, connection: Connection) -> Iterator[Condition]:
    for name, field in _OF_MEASUREMENTS.items():
        wanted = getattr(filters, name)
        if wanted is not None:
            needed(rows, "measurement", field, name)
            yield is_true(rows["measurement"], field, wanted, connection)
    if not filters.zero_quantities:
        needed(rows, "measurement", "quantity", "zero_quantities")
        yield finite(connection, rows["measurement"], "quantity") != 0
