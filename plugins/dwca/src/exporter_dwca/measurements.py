"""Measurements that follow from other records: the scores of determinations and detections, and where in its capture a crop is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from sqlalchemy import ColumnElement, String, cast, literal

from exporter import cells
from exporter.context import ExportContext
from exporter.records import Field
from exporter.selection import RecordRows
from exporter.tables import TableQuery, Value, constant, value

_SCORE = Field("measurement_value", float)
_BOX = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
_PIXELS = 2  # decimals of a pixel in a box


def derived_queries(ctx: ExportContext, records: Mapping[str, RecordRows], core: str) -> list[TableQuery]:
    """A query for each kind of measurement that the source's occurrences and media give."""
    found = []
    occurrence, media = records.get("occurrence"), records.get("media")
    if occurrence is not None and occurrence.has("occurrence_id", "score"):
        found.append(_score(occurrence, core, "classification score", {}))
    if media is not None and media.has("occurrence_id", "score", f"{core}_id"):
        found.append(_score(media, core, "detection score", _medium(media)))
    if media is not None and media.has("occurrence_id", f"{core}_id", *_BOX):
        found.append(_box(ctx, media, core))
    return found


def _medium(media: RecordRows) -> dict[str, Value]:
    return {"measurementRemarks": value(media, "identifier")} if media.has("identifier") else {}


def _score(row: RecordRows, core: str, kind: str, further: Mapping[str, Value]) -> TableQuery:
    score = Value(row.columns["score"], field=_SCORE)
    query = row.select().where(row.columns["score"].is_not(None), row.columns["occurrence_id"].is_not(None))
    return TableQuery(query, {**_common(row, core, kind), "measurementValue": score, **further}, row.key)


def _box(ctx: ExportContext, media: RecordRows, core: str) -> TableQuery:
    kind = "bounding box (x, y, width, height)"
    given = [media.columns[f].is_not(None) for f in (*_BOX, "occurrence_id")]
    sides = [_pixels(ctx, media, f) for f in _BOX]
    text = sides[0]
    for side in sides[1:]:
        text = text.concat(",").concat(side)
    values = {
        **_common(media, core, kind),
        "measurementValue": Value(text, text_only=True),
        "measurementUnit": constant("pixel"),
        **_medium(media),
    }
    return TableQuery(media.select().where(*given), values, media.key)


def _pixels(ctx: ExportContext, media: RecordRows, field: str) -> ColumnElement[Any]:
    spec = attrs.evolve(media.bound.schema.fields[field], decimals=_PIXELS)
    return cells.sql_text(ctx.connection, spec, media.columns[field], media.bound.types.get(field))


def _common(row: RecordRows, core: str, kind: str) -> dict[str, Value]:
    return {
        "id": value(row, f"{core}_id"),
        "measurementID": identifier(row, kind.split(" (")[0]),
        "occurrenceID": value(row, "occurrence_id"),
        "measurementType": constant(kind),
    }


def identifier(row: RecordRows, kind: str) -> Value:
    """The row's own identifier with what was measured; made from both where identifiers are made from keys."""
    own = row.bound.schema.key if row.has(row.bound.schema.key) else "occurrence_id"
    if own in row.bound.minted:
        return Value(row.columns[own], f"{row.bound.minted[own]} {kind}")
    column: Any = cast(row.columns[own], String)
    return Value(column.concat(literal(":" + kind.replace(" ", "-"))), text_only=True)
