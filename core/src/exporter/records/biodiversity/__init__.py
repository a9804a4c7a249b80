"""Biodiversity: events, occurrences, media, measurements and surveys, in the words of Darwin Core.

`terms.csv` lists the further terms that GBIF's registered core and extension definitions allow for a record; a source may provide
any of them.
"""

from __future__ import annotations

import csv
import re
from importlib.resources import files

from exporter.records.biodiversity import records, surveys
from exporter.records.biodiversity.filters import Filters
from exporter.records.schema import Family, Field, Record, Relation, schema, snake

PREFIXES = {
    "dwc": "http://rs.tdwg.org/dwc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "obis": "http://rs.iobis.org/obis/terms/",
    "eco": "http://rs.tdwg.org/eco/terms/",
}
_NUMBERS: dict[str, tuple[type, int | None]] = {
    "decimalLatitude": (float, records.DECIMAL_DEGREES),
    "decimalLongitude": (float, records.DECIMAL_DEGREES),
    "coordinateUncertaintyInMeters": (float, None),
    "coordinatePrecision": (float, None),
    "minimumElevationInMeters": (float, None),
    "maximumElevationInMeters": (float, None),
    "minimumDepthInMeters": (float, None),
    "maximumDepthInMeters": (float, None),
    "sampleSizeValue": (float, None),
    "year": (int, None),
    "month": (int, None),
    "day": (int, None),
    "startDayOfYear": (int, None),
    "endDayOfYear": (int, None),
}


def _vocabulary() -> dict[str, tuple[Field, ...]]:
    found: dict[str, list[Field]] = {}
    with files(__package__).joinpath("terms.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            local = re.split(r"[/#]", row["term"])[-1]
            kind, decimals = _NUMBERS.get(local, (str, None))
            found.setdefault(row["record"], []).append(Field(snake(local), kind, "", row["term"], decimals))
    return {k: tuple(v) for k, v in found.items()}


_CLASSES: dict[type[Record], str] = {
    records.Taxon: "taxon_id",
    records.Event: "event_id",
    records.Occurrence: "occurrence_id",
    records.Identification: "identification_id",
    records.Media: "media_id",
    records.Measurement: "measurement_id",
    records.Relationship: "resource_relationship_id",
    surveys.Survey: "survey_id",
    surveys.Target: "target_id",
}


def _family() -> Family:
    terms = _vocabulary()
    named = {cls.__name__.lower(): (cls, key) for cls, key in _CLASSES.items()}
    return Family(
        name="biodiversity",
        title="Biodiversity (Darwin Core)",
        records={
            name: schema(cls, key=key, prefixes=PREFIXES, vocabulary=terms.get(name, ()))
            for name, (cls, key) in named.items()
        },
        relations=(
            Relation("taxon", "parent_taxon_id", "taxon", "taxon_id"),
            Relation("event", "parent_event_id", "event", "event_id"),
            Relation("occurrence", "event_id", "event", "event_id", required=True),
            Relation("occurrence", "taxon_id", "taxon", "taxon_id"),
            Relation("identification", "occurrence_id", "occurrence", "occurrence_id", required=True),
            Relation("identification", "taxon_id", "taxon", "taxon_id"),
            Relation("media", "event_id", "event", "event_id"),
            Relation("media", "occurrence_id", "occurrence", "occurrence_id"),
            Relation("measurement", "event_id", "event", "event_id"),
            Relation("measurement", "occurrence_id", "occurrence", "occurrence_id"),
            Relation("relationship", "event_id", "event", "event_id"),
            Relation("relationship", "occurrence_id", "occurrence", "occurrence_id"),
            Relation("survey", "event_id", "event", "event_id", required=True),
            Relation("target", "event_id", "event", "event_id", required=True),
            Relation("target", "taxon_id", "taxon", "taxon_id"),
        ),
        filters=Filters,
        conditions="exporter.records.biodiversity.conditions:conditions",
        main=("event", "occurrence"),
        counted_by=("occurrence", "scientific_name"),
        documents={"dataset": "exporter.records.biodiversity.dataset:structure_dataset"},
    )


FAMILY = _family()
