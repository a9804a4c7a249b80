"""Takeoff: the pages of drawings, the conditions that are measured on them, and the measurements."""

from __future__ import annotations

from exporter.records.schema import Family, Record, Relation, schema
from exporter.records.takeoff import records
from exporter.records.takeoff.filters import Filters

_CLASSES: dict[type[Record], str] = {
    records.Project: "project_id",
    records.Page: "page_id",
    records.Condition: "condition_id",
    records.Measurement: "measurement_id",
}


def _family() -> Family:
    described = [schema(cls, key=key, prefixes={}) for cls, key in _CLASSES.items()]
    return Family(
        name="takeoff",
        title="Takeoff (construction quantities)",
        records={each.name: each for each in described},
        relations=(
            Relation("page", "project_id", "project", "project_id"),
            Relation("condition", "project_id", "project", "project_id"),
            Relation("measurement", "page_id", "page", "page_id"),
            Relation("measurement", "condition_id", "condition", "condition_id", required=True),
        ),
        filters=Filters,
        conditions="exporter.records.takeoff.conditions:conditions",
        main=("condition",),
        content="measurement",
        counted_by=("measurement", "name"),
        also_counted={"geometry": ("measurement", "geometry_type")},
        keys_identify=True,
    )


FAMILY = _family()
