"""The families of records, by name. A family is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module

from exporter.errors import unknown
from exporter.records.schema import Family, Field, Record, RecordSchema, Relation

__all__ = ["FAMILIES", "Family", "Field", "Record", "RecordSchema", "Relation", "family"]

FAMILIES = ("biodiversity", "vision", "takeoff")


def family(name: str) -> Family:
    """The family called `name`.

    :raises InputError: when there is none, with the nearest named.
    """
    if name not in FAMILIES:
        raise unknown("family", name, FAMILIES)
    found: Family = import_module(f"exporter.records.{name}").FAMILY
    return found
