"""Columns without a field of their own, as one JSON object: dynamicProperties of Darwin Core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, func, literal, literal_column

DYNAMIC = "dynamic_properties"


def json_object(connection: Connection, elements: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """A JSON object of the columns, without those that are NULL, in the database's own words."""
    if connection.dialect.name == "sqlite":
        elements = {name: _json_value(c) for name, c in elements.items()}
    pairs = [part for name, c in elements.items() for part in (literal(name), c)]
    match connection.dialect.name:
        case "sqlite":
            merged = func.json_patch("{}", func.json_object(*pairs))
            return func.nullif(merged, literal("{}"))
        case "postgresql":
            return func.nullif(cast(func.json_strip_nulls(func.json_build_object(*pairs)), Text), literal("{}"))
        case _:
            return func.nullif(func.json_merge_patch("{}", func.json_object(*pairs)), literal("{}"))


def _json_value(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value that JSON can hold: bytes as text, infinity in words as PostgreSQL has it, a REAL with all the digits it needs."""
    short, exact = (func.printf(f"%!.{digits}g", column) for digits in (15, 17))
    number = func.json(case((short.op("+")(literal_column("0")) == column, short), else_=exact))
    infinite = func.abs(column) > literal_column("1.7976931348623157e308")
    words = func.iif(column > literal_column("0"), "Infinity", "-Infinity")
    kind = func.typeof(column)
    return case(
        (and_(kind == "real", infinite), words), (kind == "real", number), (kind == "blob", cast(column, Text)), else_=column
    )
