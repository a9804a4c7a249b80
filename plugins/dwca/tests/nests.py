"""A host app with places in every corner: nests, visits, finds, pictures, readings. Every exact figure or name is a secret.

Visits 1 to 6 are at or about the nest, each in its own way; 7 is far away, and 8 has nothing to do with it.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Engine, Float, Integer, MetaData, String, Table, select

from exporter import RecordSource, Source

META = MetaData()
VISITS = Table(
    "nest_visits",
    META,
    Column("id", Integer, primary_key=True),
    Column("uid", String(80), unique=True),
    Column("parent", String(80)),
    Column("place", String(80)),
    Column("site", String(80)),
    Column("latitude", Float(53)),
    Column("longitude", Float(53)),
    Column("radius", Float(53)),
    Column("words", String(200)),
    Column("country", String(2)),
)
FINDS = Table(
    "nest_finds",
    META,
    Column("id", Integer, primary_key=True),
    Column("uid", String(80), unique=True),
    Column("visit", String(80)),
    Column("name", String(80)),
    Column("family", String(80)),
    Column("remarks", String(200)),
    Column("score", Float(53)),
)
PICTURES = Table(
    "nest_pictures",
    META,
    Column("id", Integer, primary_key=True),
    Column("visit", String(80)),
    Column("find", String(80)),
    Column("url", String(200)),
)
READINGS = Table(
    "nest_readings",
    META,
    Column("id", Integer, primary_key=True),
    Column("uid", String(80), unique=True),
    Column("visit", String(80)),
    Column("find", String(80)),
    Column("kind", String(80)),
    Column("reading", String(200)),
    Column("remarks", String(200)),
)
_VISIT = ("id", "uid", "parent", "place", "site", "latitude", "longitude", "radius", "words", "country")
_VISITS = [
    (1, "deployment", None, "L-SECRET", "Crag of the Eyrie", 51.123456, -4.654321, 12.0, "by the Eyrie", "GB"),  # above
    (2, "night", "deployment", None, None, 51.123456, -4.654321, None, "under the Eyrie", "GB"),  # the find's own event
    (3, "subvisit", "night", None, None, 51.127777, -4.657777, None, "behind the Eyrie", "GB"),  # below
    (4, "other-year", None, "l-secret ", None, 51.987654, -4.987654, None, "Eyrie again", "GB"),  # the same locationID
    (5, "gps-fix", None, None, "gps-fix-name", 51.123499, -4.654399, None, "Eyrie by GPS", "GB"),  # some metres away
    (6, "no-place", "deployment", None, "crag of the eyrie", None, None, None, "Eyrie", "GB"),  # the same locality
    (7, "far", None, "L-FAR", "Far moor", 52.222222, -3.333333, 20.0, "by the road", "GB"),
    (8, "farther", None, "L-FARTHER", "Farther moor", 53.444444, -3.555555, None, "by the mill", "GB"),
]
_FIND = ("id", "uid", "visit", "name", "family", "remarks", "score")
_FINDS = [
    (1, "find-falcon", "night", "Falco peregrinus brookei Sharpe, 1873", "Falconidae", "on the Eyrie", 0.9),
    (2, "find-crow", "night", "Corvus corone", "Corvidae", "beside the Eyrie", 0.8),
    (3, "find-wren", "other-year", "Troglodytes troglodytes", "Troglodytidae", "in the Eyrie", 0.7),
    (4, "find-robin", "far", "Erithacus rubecula", "Muscicapidae", "on a post", 0.6),
    (5, "find-heron", "farther", "Ardea cinerea", "Ardeidae", "in the pond", 0.5),
]
_PICTURES = [
    (1, "night", "find-falcon", "https://example.org/eyrie/1.jpg"),
    (2, "night", None, "https://example.org/eyrie/2.jpg"),
    (3, "gps-fix", None, "https://example.org/eyrie/3.jpg"),
    (4, "far", "find-robin", "https://example.org/4.jpg"),
]
_READING = ("id", "uid", "visit", "find", "kind", "reading", "remarks")
_READINGS = [
    (1, "m-latitude", "night", None, "GPS latitude", "51,1234", None),
    (2, "m-text", "night", "find-falcon", "note", "seen at 51.1235 N", None),
    (3, "m-name", "night", "find-crow", "habitat note", "crag of the eyrie, north", None),
    (4, "m-wind", "night", None, "wind speed", "3.5", "measured on the Eyrie"),
    (5, "m-far", "far", None, "GPS latitude", "52.2222", "on the moor"),
]
SECRETS = (
    "51.12345", "51.1234", "51.1235", "4.65432", "4.6543", "51.127777", "4.657777", "51.98765", "4.98765", "51.123499", "4.654399",
    "51,1234", "L-SECRET", "Crag", "Eyrie", "gps-fix-name", "example.org/eyrie",
)  # fmt: skip
# of events without finds: an archive with an occurrence core never has it
ONLY_OF_EVENTS = {"51.127777", "4.657777", "51.123499", "4.654399", "51,1234", "L-SECRET", "Crag", "gps-fix-name"}
PLAIN = (
    "52.222222",
    "3.333333",
    "Far moor",
    "L-FAR",
    "by the road",
    "on a post",
    "https://example.org/4.jpg",
    "52.2222",
    "on the moor",
)

DATASET = {
    "title": "Birds of a county, by visits",
    "abstract": "Birds that were seen on visits of all kinds.",
    "license": "CC0-1.0",
    "contacts": [{"surname": "Lovelace"}],
}


def fill(engine: Engine) -> None:
    """Make the tables and their rows."""
    META.create_all(engine)
    with engine.begin() as connection:
        for table, names, rows in (
            (VISITS, _VISIT, _VISITS),
            (FINDS, _FIND, _FINDS),
            (PICTURES, ("id", "visit", "find", "url"), _PICTURES),
            (READINGS, _READING, _READINGS),
        ):
            connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def event() -> RecordSource:
    """Visits, with every kind of term that may tell a place."""
    v = VISITS.c
    words = {
        name: v.words.label(name)
        for name in ("verbatim_locality", "location_remarks", "event_remarks", "habitat", "field_notes", "municipality", "county",
                     "footprint_wkt", "verbatim_coordinates", "dynamic_properties", "bibliographic_citation", "references",
                     "information_withheld", "higher_geography", "verbatim_elevation", "georeference_remarks")
    }  # fmt: skip
    # each visit has words of its own, so that none of them ties it to another
    return RecordSource(
        select(v.uid.label("event_id"), v.parent.label("parent_event_id"), v.place.label("location_id"),
               v.site.label("locality"), v.latitude.label("decimal_latitude"), v.longitude.label("decimal_longitude"),
               v.radius.label("coordinate_uncertainty_in_meters"), v.country.label("country_code"),
               v.site.concat(" protocol").label("sampling_protocol"), *words.values()),
        key=v.id,
    )  # fmt: skip


def source(engine: Engine, **changes: Any) -> Source:
    """The host's description of it."""
    f, p, m = FINDS.c, PICTURES.c, READINGS.c
    records = {
        "event": event(),
        "occurrence": RecordSource(
            select(f.uid.label("occurrence_id"), f.visit.label("event_id"), f.name.label("scientific_name"),
                   f.family.label("family"), f.remarks.label("occurrence_remarks"), f.remarks.label("associated_media"),
                   f.score.label("score")),
            key=f.id,
        ),
        "media": RecordSource(
            select(p.visit.label("event_id"), p.find.label("occurrence_id"), p.url.label("identifier"),
                   p.url.label("description")),
            key=p.id,
        ),
        "measurement": RecordSource(
            select(m.uid.label("measurement_id"), m.visit.label("event_id"), m.find.label("occurrence_id"),
                   m.kind.label("measurement_type"), m.reading.label("measurement_value"),
                   m.remarks.label("measurement_remarks")),
            key=m.id,
        ),
    }  # fmt: skip
    settings: dict[str, Any] = {"name": "nests", "family": "biodiversity", "engine": engine, "records": records}
    settings["documents"] = {"dataset": DATASET}
    return Source(**(settings | changes))


def everything(path: Path) -> str:
    """All that an export leaves behind: each file of the archive, and the report beside it."""
    report = path.with_name(path.name + ".report.json")
    with zipfile.ZipFile(path) as archive:
        files = [archive.read(name).decode() for name in archive.namelist()]
    return "\n".join([*files, *([report.read_text()] if report.exists() else [])])
