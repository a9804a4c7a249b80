"""A small host app: traps, nights, moths; a source on it; and archives read back into rows."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    func,
    literal,
    select,
)

import exporter
from exporter import RecordSource, Source
from exporter.pipeline import Result

META = MetaData()
VISITS = Table(
    "visits",
    META,
    Column("id", Integer, primary_key=True),
    Column("uid", String(40), unique=True),
    Column("parent_id", Integer, ForeignKey("visits.id"), index=True),
    Column("project_id", Integer),
    Column("site", String(80)),
    Column("began", DateTime),
    Column("ended", DateTime),
    Column("latitude", Float(53)),
    Column("longitude", Float(53)),
)
TAXA = Table(
    "taxa",
    META,
    Column("id", Integer, primary_key=True),
    Column("parent_id", Integer, index=True),
    Column("name", String(80)),
    Column("rank_", String(20)),
)
FINDS = Table(
    "finds",
    META,
    Column("id", Integer, primary_key=True),
    Column("uid", String(40), unique=True),
    Column("visit_id", Integer, index=True),
    Column("taxon_id", Integer, index=True),
    Column("count_", Integer),
    Column("score", Float(53)),
    Column("checked", Boolean),
    Column("withdrawn", Boolean),
    Column("person", String(80)),
)
PICTURES = Table(
    "pictures",
    META,
    Column("id", Integer, primary_key=True),
    Column("visit_id", Integer, index=True),
    Column("find_id", Integer, index=True),
    Column("url", String(200)),
)

DATASET = {
    "title": "Moths of a meadow and a forest",
    "abstract": "Moths at light, photographed in two projects.",
    "license": "CC0-1.0",
    "contacts": [{"surname": "Lovelace"}],
}
_NIGHT = dt.datetime(2024, 6, 1, 21, 30)


def fill(engine: Engine) -> None:
    """Two projects; a deployment with two nights in the first, one night in the second."""
    META.create_all(engine)
    hours = dt.timedelta(hours=8)
    visits = [
        (1, None, 1, "Meadow", _NIGHT, _NIGHT + dt.timedelta(days=9)),
        (2, 1, 1, "Meadow", _NIGHT, _NIGHT + hours),
        (3, 1, 1, "Meadow", _NIGHT + dt.timedelta(days=1), _NIGHT + dt.timedelta(days=1, hours=1)),
        (4, None, 2, "Forest", _NIGHT + dt.timedelta(days=40), _NIGHT + dt.timedelta(days=40, hours=1)),
    ]
    taxa = [(1, None, "Lepidoptera", "order"), (2, 1, "Noctuidae", "family"), (3, 2, "Noctua pronuba", "species"),
            (4, 1, "Geometridae", "family"), (5, 4, "Biston betularia", "species")]  # fmt: skip
    finds = [
        (1, 2, 3, 1, 0.912345678901, True, False, "Ada Lovelace"),
        (2, 2, 5, 2, 0.5, False, False, "moth model 3"),
        (3, 3, 3, 1, 0.25, False, False, "ada@example.org"),
        (4, 4, 5, 1, 0.75, True, False, None),
        (5, 2, 3, 1, 0.9, False, True, None),
        (6, 3, None, 1, None, False, False, None),
        (7, None, 3, 1, 0.6, False, False, None),
        (8, 99, 3, 1, 0.6, False, False, None),
    ]
    pictures = [(1, 2, None), (2, 2, 1), (3, 2, 5), (4, 3, 3), (5, 4, 4), (6, None, None), (7, 2, 2)]
    with engine.begin() as connection:
        for id, parent, project, site, began, ended in visits:
            row = {"id": id, "uid": f"visit-{id}", "parent_id": parent, "project_id": project, "site": site}
            place = {"latitude": 51.4960001 + id, "longitude": -4.7740009, "began": began, "ended": ended}
            connection.execute(VISITS.insert(), row | place)
        for id, parent, name, rank in taxa:
            connection.execute(TAXA.insert(), {"id": id, "parent_id": parent, "name": name, "rank_": rank})
        names = ("id", "visit_id", "taxon_id", "count_", "score", "checked", "withdrawn", "person")
        for find in finds:
            connection.execute(FINDS.insert(), dict(zip(names, find, strict=True)) | {"uid": f"find-{find[0]}"})
        for id, visit, found in pictures:
            url = f"https://example.org/{id}.jpg"
            connection.execute(PICTURES.insert(), {"id": id, "visit_id": visit, "find_id": found, "url": url})


def source(engine: Engine, **changes: Any) -> Source:
    """The host's description of it, with identifiers of its own."""
    above = VISITS.alias("above")
    records = {
        "taxon": RecordSource(
            select(TAXA.c.id.label("taxon_id"), TAXA.c.parent_id.label("parent_taxon_id"), TAXA.c.name.label("scientific_name"),
                   TAXA.c.rank_.label("taxon_rank")),
            key=TAXA.c.id,
        ),
        "event": RecordSource(
            select(VISITS.c.uid.label("event_id"), above.c.uid.label("parent_event_id"), VISITS.c.site.label("locality"),
                   VISITS.c.site.label("location_id"), VISITS.c.began.label("event_start"), VISITS.c.ended.label("event_end"),
                   VISITS.c.latitude.label("decimal_latitude"), VISITS.c.longitude.label("decimal_longitude"),
                   literal("EPSG:4326").label("geodetic_datum"))
            .select_from(VISITS.outerjoin(above, above.c.id == VISITS.c.parent_id)),
            key=VISITS.c.id,
            project=VISITS.c.project_id,
        ),
        "occurrence": RecordSource(
            select(FINDS.c.uid.label("occurrence_id"), func.coalesce(VISITS.c.uid, _lost()).label("event_id"),
                   FINDS.c.taxon_id.label("taxon_id"), FINDS.c.count_.label("individual_count"), FINDS.c.score.label("score"),
                   FINDS.c.checked.label("verified"), FINDS.c.withdrawn.label("withdrawn"),
                   FINDS.c.person.label("identified_by"))
            .select_from(FINDS.outerjoin(VISITS, VISITS.c.id == FINDS.c.visit_id)),
            key=FINDS.c.id,
            project=VISITS.c.project_id,
        ),
        "media": RecordSource(
            select(VISITS.c.uid.label("event_id"), FINDS.c.uid.label("occurrence_id"), PICTURES.c.url.label("identifier"))
            .select_from(PICTURES.outerjoin(VISITS, VISITS.c.id == PICTURES.c.visit_id)
                         .outerjoin(FINDS, FINDS.c.id == PICTURES.c.find_id)),
            key=PICTURES.c.id,
        ),
    }  # fmt: skip
    settings: dict[str, Any] = {"name": "traps", "family": "biodiversity", "engine": engine, "records": records}
    settings["documents"] = {"dataset": DATASET}
    return Source(**(settings | changes))


def _lost() -> Any:
    from sqlalchemy import case, literal

    return case((FINDS.c.visit_id.is_not(None), literal("visit-gone")))


def read(path: Path) -> dict[str, list[dict[str, str]]]:
    """The data files of an archive as rows by header."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".txt"):
                lines = io.TextIOWrapper(archive.open(name), "utf-8", newline="\n").read().split("\n")
                header = lines[0].split("\t")
                found[name] = [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:-1]]
    return found


def agree(result: Result) -> bool:
    """Whether the check of an archive finds nothing but what its run has told, with the same counts."""
    assert result.artifact is not None
    told = {(f.part, f.code, f.count) for f in result.report.findings}
    return {(f.part, f.code, f.count) for f in exporter.check(result.artifact.path, "dwca")} <= told


def orphans(files: dict[str, list[dict[str, str]]], core: str) -> list[tuple[str, str]]:
    """References in an archive that lead nowhere: of rows to the core, of extensions to occurrences, of events to parents."""
    ids = {row["id"] for row in files[core]}
    occurrences = {row["occurrenceID"] for row in files["occurrence.txt"]}
    lost = []
    for name, rows in files.items():
        lost += [(name, row["id"]) for row in rows if row["id"] not in ids]
        lost += [(name, row["occurrenceID"]) for row in rows if row.get("occurrenceID", "") not in occurrences | {""}]
        if core == "event.txt":
            lost += [(name, row["parentEventID"]) for row in rows if row.get("parentEventID", "") not in ids | {""}]
    return lost
