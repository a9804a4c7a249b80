"""The extensions that are asked for: what stands in each file, on every database there is."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Boolean, Column, DateTime, Engine, Float, Integer, MetaData, String, Table, select

import exporter
from exporter import RecordSource
from exporter.errors import InputError

from .schemas import EML, META, problems
from .traps import agree, orphans, read, source

EVERY = ("humboldt", "audiovisual", "identification", "relationship")
FILES = {"humboldt.txt", "audiovisual.txt", "identification.txt", "resourcerelationship.txt"}
OWN = MetaData()
BOXES = Table(
    "boxes",
    OWN,
    Column("id", Integer, primary_key=True),
    *(
        Column(n, String(80))
        for n in ("event_id", "occurrence_id", "media_id", "identifier", "source_identifier", "license")
    ),
    *(Column(n, Float(53)) for n in ("bbox_x", "bbox_y", "bbox_width", "bbox_height")),
    *(Column(n, Integer) for n in ("width", "height")),
)
NAMES = Table(
    "names",
    OWN,
    Column("id", Integer, primary_key=True),
    *(Column(n, String(80)) for n in ("identification_id", "occurrence_id", "identified_by", "identification_remarks")),
    Column("taxon_id", Integer),
    Column("date_identified", DateTime),
    Column("withdrawn", Boolean),
)
SURVEYS = Table(
    "surveys",
    OWN,
    Column("id", Integer, primary_key=True),
    *(Column(n, String(80)) for n in ("event_id", "target_taxonomic_scope", "excluded_taxonomic_scope")),
    Column("sampling_effort_value", Float(53)),
    Column("sampling_effort_unit", String(80)),
    Column("event_duration_value", Float(53)),
    Column("geospatial_scope_area_value", Float(53)),
    Column("geospatial_scope_area_unit", String(20)),
    Column("total_area_sampled_value", Float(53)),
    Column("total_area_sampled_unit", String(20)),
    Column("is_absence_reported", Boolean),
    Column("sampling_performed_by", String(80)),
)
LINKS = Table(
    "links",
    OWN,
    Column("id", Integer, primary_key=True),
    *(Column(n, String(80)) for n in ("resource_relationship_id", "event_id", "occurrence_id", "related_resource_id")),
    *(Column(n, String(80)) for n in ("relationship_of_resource", "relationship_according_to")),
)


def made(engine: Engine, table: Table, rows: Sequence[dict[str, Any]]) -> RecordSource:
    """A record from a table of its own, whose columns are called as its fields."""
    table.drop(engine, checkfirst=True)
    table.create(engine)
    with engine.begin() as connection:
        for n, row in enumerate(rows, 1):
            connection.execute(table.insert(), {"id": n, **row})
    return RecordSource(select(*(c for c in table.c if c.name != "id")), key=table.c.id)


def export(folder: Path, engine: Engine, records: dict[str, RecordSource], *asked: str, **options: Any) -> Any:
    given = source(engine, records={**source(engine).records, **records})
    words: dict[str, Any] = {"options": {"extensions": asked, **options}}
    result = exporter.run(format="dwca", source=given, output=folder / "out.zip", force=True, **words)
    assert result.artifact is not None
    assert agree(result)
    assert not orphans(read(result.artifact.path), f"{options.get('core', 'event')}.txt")
    return read(result.artifact.path), result.report


def found(report: Any, record: str) -> dict[str, int]:
    return {f.code: f.count for f in report.findings if f.record == record}


# --- whatever is asked for


def test_what_is_asked_for_is_there_even_without_rows(sqlite: Engine, tmp_path: Path) -> None:
    files, report = export(tmp_path, sqlite, {}, *EVERY)
    assert files.keys() > FILES
    assert [len(files[n]) for n in sorted(FILES)] == [len(files["multimedia.txt"]), 0, 0, 0]
    lacking = [(f.code, f.record, f.level) for f in report.findings if f.code == "EXTENSION_EMPTY"]
    assert sorted(lacking) == [("EXTENSION_EMPTY", r, "warning") for r in ("identification", "relationship", "survey")]
    assert FILES.isdisjoint(export(tmp_path, sqlite, {})[0])


def test_the_documents_are_valid_and_say_which_lists_there_are(sqlite: Engine, tmp_path: Path) -> None:
    survey = made(sqlite, SURVEYS, [{"event_id": "visit-2", "target_taxonomic_scope": "Noctuidae | Geometridae"}])
    export(tmp_path, sqlite, {"survey": survey}, *EVERY)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        meta, eml = archive.read("meta.xml"), archive.read("eml.xml")
    assert problems(meta, META) == []
    assert problems(eml, EML) == []
    text = "{http://rs.tdwg.org/dwc/text/}"
    lists = [f.get("term", "") for f in etree.fromstring(meta).iter(f"{text}field") if f.get("delimitedBy") == "|"]
    eco = "http://rs.tdwg.org/eco/terms/"
    assert lists == [eco + n for n in ("targetTaxonomicScope", "excludedTaxonomicScope", "samplingPerformedBy")]


def test_a_reader_finds_the_rows_of_each_extension_at_their_core_row(sqlite: Engine, tmp_path: Path) -> None:
    reader = pytest.importorskip("dwca.read")
    records = {
        "survey": made(sqlite, SURVEYS, [{"event_id": "visit-2", "is_absence_reported": True}]),
        "identification": made(sqlite, NAMES, [{"identification_id": "n1", "occurrence_id": "find-3", "taxon_id": 3}]),
        "relationship": made(sqlite, LINKS, [{"resource_relationship_id": "r1", "occurrence_id": "find-4"}]),
    }
    export(tmp_path, sqlite, records, *EVERY)
    with reader.DwCAReader(str(tmp_path / "out.zip")) as archive:
        rows = {core.id: [e for e in core.extensions if "Occurrence" not in e.rowtype] for core in archive.rows}
    types = {id: {e.rowtype.rsplit("/", 1)[-1] for e in each} for id, each in rows.items()}
    assert {id for id, each in types.items() if "Event" in each} == {"visit-2"}
    assert {id for id, each in types.items() if "Identification" in each} == {"visit-3"}
    assert {id for id, each in types.items() if "ResourceRelationship" in each} == {"visit-4"}
    media = [e for e in rows["visit-2"] if e.rowtype == "http://rs.tdwg.org/ac/terms/Multimedia"]
    assert [e.data["http://rs.tdwg.org/ac/terms/accessURI"][-5:] for e in media] == ["1.jpg"[-5:], "2.jpg", "7.jpg"]


# --- Humboldt


def test_surveys_have_units_beside_values(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {
            "event_id": "visit-2",
            "sampling_effort_value": 8.5,
            "sampling_effort_unit": "trap hours",
            "is_absence_reported": True,
        },
        {"event_id": "visit-3", "sampling_effort_value": 1.0, "sampling_effort_unit": "", "event_duration_value": 3.0},
        {"event_id": "gone", "sampling_effort_value": 1.0},
        {
            "event_id": "visit-4",
            "geospatial_scope_area_value": 1.0,
            "geospatial_scope_area_unit": "hectare",
            "total_area_sampled_value": 2.5,
            "total_area_sampled_unit": "Hectare",
            "target_taxonomic_scope": "Noctuidae | Geometridae",
            "excluded_taxonomic_scope": "Geometridae",
        },
    ]
    files, report = export(tmp_path, engine, {"survey": made(engine, SURVEYS, rows)}, "humboldt")
    first, second, last = files["humboldt.txt"]
    assert (first["id"], first["samplingEffortValue"], first["samplingEffortUnit"]) == ("visit-2", "8.5", "trap hours")
    assert (first["isAbsenceReported"], second["id"], last["totalAreaSampledValue"]) == ("true", "visit-3", "2.5")
    assert "eventID" not in first
    assert found(report, "survey") == {
        "EVENT_MISSING": 1,
        "SAMPLING_EFFORT_UNIT_MISSING": 1,
        "EVENT_DURATION_UNIT_MISSING": 1,
        "GEOSPATIAL_SCOPE_AREA_LOWER_THAN_TOTAL_AREA_SAMPLED": 1,
        "TARGET_TAXONOMIC_SCOPE_EXCLUDED": 1,
    }
    count = report.records["survey"]
    assert (count.rows, count.left_out, count.written) == (4, 1, 3)
    assert not any(header in files["event.txt"][0] for header in first if header != "id")


def test_surveys_have_no_place_in_an_occurrence_core(sqlite: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="occurrence core"):
        export(tmp_path, sqlite, {}, "humboldt", core="occurrence")


# --- audiovisual


def box(number: int, *sides: float | None, size: tuple[int | None, int | None] = (100, 80), **more: Any) -> dict[str, Any]:
    """A crop of find 1, cut from a capture of visit 2."""
    names = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
    about = {"event_id": "visit-2", "occurrence_id": "find-1", "identifier": f"https://example.org/crop/{number}.jpg"}
    about |= {"media_id": f"m{number}", "source_identifier": "https://example.org/whole.jpg"}
    return {**about, **dict(zip(names, sides, strict=True)), "width": size[0], "height": size[1], **more}


def regions(files: dict[str, Any]) -> list[tuple[str, ...]]:
    headers = ("identifier", "isROIOf", "xFrac", "yFrac", "widthFrac", "heightFrac")
    return [tuple(r[h].removeprefix("https://example.org/") for h in headers) for r in files["audiovisual.txt"]]


def test_a_crop_is_a_region_of_its_capture(engine: Engine, tmp_path: Path) -> None:
    nobody = dict.fromkeys(("source_identifier", "occurrence_id"))
    rows = [
        box(1, 10, 20, 30, 40),
        box(2, None, None, None, None, identifier="https://example.org/whole.jpg", **nobody),
        box(3, 1, 1, 1, 1, size=(3, 7)),
        box(4, 1, 0, 127, 128, size=(128, 128)),  # halves of the last decimal must not add up to more than the whole
    ]
    files, report = export(tmp_path, engine, {"media": made(engine, BOXES, rows)}, "audiovisual")
    assert regions(files) == [
        ("crop/1.jpg", "whole.jpg", "0.1", "0.25", "0.3", "0.5"),
        ("whole.jpg", "", "", "", "", ""),
        ("crop/3.jpg", "whole.jpg", "0.333333", "0.142857", "0.333333", "0.142857"),
        ("crop/4.jpg", "whole.jpg", "0.007813", "0.0", "0.992187", "1.0"),
    ]
    crop, whole = files["audiovisual.txt"][:2]
    assert (crop["occurrenceID"], crop["providerManagedID"], crop["derivedFrom"][-9:]) == ("find-1", "m1", "whole.jpg")
    assert (crop["PixelXDimension"], whole["PixelXDimension"], whole["PixelYDimension"]) == ("", "100", "80")
    assert found(report, "media") == {}
    assert set(files["multimedia.txt"][0]) == {"id", "occurrenceID", "type", "format", "identifier", "license"}
    boxes = [r for r in files["extendedmeasurementorfact.txt"] if r["measurementType"].startswith("bounding box")]
    assert [r["measurementValue"] for r in boxes] == ["10.0,20.0,30.0,40.0", "1.0,1.0,1.0,1.0", "1.0,0.0,127.0,128.0"]
    without, _ = export(tmp_path, engine, {"media": made(engine, BOXES, rows)}, "audiovisual", derived_measurements=False)
    assert without["extendedmeasurementorfact.txt"] == []
    assert regions(without) == regions(files)


def test_a_box_in_the_picture_itself_is_a_row_of_its_own(engine: Engine, tmp_path: Path) -> None:
    url = {"identifier": "https://example.org/7.jpg"}
    rows = [
        box(7, 10, 20, 30, 40, **url, source_identifier=None),
        box(8, 0, 0, 50, 80, **url, source_identifier=url["identifier"]),
    ]
    files, report = export(tmp_path, engine, {"media": made(engine, BOXES, rows)}, "audiovisual", core="occurrence")
    media, region = files["audiovisual.txt"][0], files["audiovisual.txt"][2]
    assert media["hasROI"] == region["identifier"] == "m7:region-of-interest"
    assert (region["id"], region["isROIOf"], media["isROIOf"]) == ("find-1", "https://example.org/7.jpg", "")
    assert [region[h] for h in ("xFrac", "yFrac", "widthFrac", "heightFrac")] == ["0.1", "0.25", "0.3", "0.5"]
    assert (region["accessURI"], len(files["audiovisual.txt"]), report.records["media"].written) == ("", 4, 2)


def test_boxes_that_are_no_regions_are_counted(engine: Engine, tmp_path: Path) -> None:
    rows = [
        box(1, -10, -20, 30, 40),  # reaches out at the left and the top
        box(2, 90, 70, 30, 40),  # and at the right and the bottom
        box(3, 200, 0, 5, 5),  # lies outside
        box(4, 10, 10, 0, 5),  # has no width
        box(5, 10, 10, 5, 5, size=(None, 80)),
        box(6, 10, 10, 5, 5, size=(0, 80)),
        box(7, 10, 10, None, 5),
        box(8, 99.999, 0, 0.0011, 80),
    ]
    files, report = export(tmp_path, engine, {"media": made(engine, BOXES, rows)}, "audiovisual")
    assert [r[2:] for r in regions(files)[:2]] == [("0.0", "0.0", "0.2", "0.25"), ("0.9", "0.875", "0.1", "0.125")]
    assert [r[1:] for r in regions(files)[2:7]] == [("",) * 5] * 5
    assert found(report, "media") == {
        "REGION_CLIPPED": 2,
        "REGION_EMPTY": 2,
        "REGION_SIZE_UNKNOWN": 2,
        "REGION_INCOMPLETE": 1,
    }
    assert {f.action for f in report.findings if f.record == "media"} == {"kept"}
    assert report.records["media"].written == len(files["audiovisual.txt"]) == 8


def test_a_licence_is_an_address_or_words(engine: Engine, tmp_path: Path) -> None:
    nothing = (None, None, None, None)
    rows = [box(1, *nothing, license="https://example.org/l"), box(2, *nothing, license="CC BY 4.0"), box(3, *nothing)]
    files, _ = export(tmp_path, engine, {"media": made(engine, BOXES, rows)}, "audiovisual")
    told = [(r["rights"], r["UsageTerms"]) for r in files["audiovisual.txt"]]
    assert told == [("https://example.org/l", ""), ("", "CC BY 4.0"), ("", "")]


# --- identification history


def name(number: int, find: int, taxon: int | None, by: str | None, **more: Any) -> dict[str, Any]:
    when = dt.datetime(2024, 6, number, 12)
    about = {"identification_id": f"n{number}", "occurrence_id": f"find-{find}", "taxon_id": taxon, "identified_by": by}
    return {**about, "date_identified": when, "withdrawn": False, **more}


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_determinations_hang_on_their_occurrences(engine: Engine, tmp_path: Path, core: str) -> None:
    rows = [
        name(1, 1, 2, "moth model 3"),
        name(2, 1, 3, "ada@example.org"),
        name(3, 1, 5, "Ada Lovelace", withdrawn=True),
        name(4, 5, 3, "moth model 3"),  # of an occurrence that was withdrawn
        name(5, 4, None, "moth model 3", identification_remarks="an empty screen"),
    ]
    records = {"identification": made(engine, NAMES, rows)}
    files, report = export(tmp_path, engine, records, "identification", core=core)
    told = files["identification.txt"]
    assert [(r["identificationID"], r["occurrenceID"]) for r in told] == [
        ("n1", "find-1"),
        ("n2", "find-1"),
        ("n5", "find-4"),
    ]
    assert [r["id"] for r in told] == {
        "event": ["visit-2", "visit-2", "visit-4"],
        "occurrence": ["find-1", "find-1", "find-4"],
    }[core]
    assert [(r["scientificName"], r["taxonRank"], r["specificEpithet"]) for r in told] == [
        ("Noctuidae", "family", ""),
        ("Noctua pronuba", "species", "pronuba"),
        ("", "", ""),
    ]
    assert [r["identifiedBy"] for r in told] == ["moth model 3", "", "moth model 3"]
    assert (told[1]["dateIdentified"], told[2]["identificationRemarks"]) == ("2024-06-02T12:00:00", "an empty screen")
    assert found(report, "identification") == {"IDENTIFICATION_WITHDRAWN": 1, "OCCURRENCE_LEFT_OUT": 1, "EMAIL_HIDDEN": 1}
    count = report.records["identification"]
    assert (count.rows, count.left_out, count.written) == (5, 2, 3)
    shown, _ = export(tmp_path, engine, records, "identification", core=core, include_emails=True)
    assert [r["identifiedBy"] for r in shown["identification.txt"]][1] == "ada@example.org"


# --- relationships


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_relationships_say_who_they_are_about(engine: Engine, tmp_path: Path, core: str) -> None:
    eaten = {"relationship_of_resource": "eaten by", "related_resource_id": "https://example.org/bat"}
    rows = [
        {
            "resource_relationship_id": "r1",
            "occurrence_id": "find-1",
            **eaten,
            "relationship_according_to": "ada@example.org",
        },
        {"resource_relationship_id": "r2", "event_id": "visit-2", "occurrence_id": "find-2", **eaten},
        {"resource_relationship_id": "r3", "event_id": "visit-3", "relationship_of_resource": "follows"},
        {"resource_relationship_id": "r4", **eaten},
        {"resource_relationship_id": "r5", "occurrence_id": "find-5", **eaten},
    ]
    files, report = export(tmp_path, engine, {"relationship": made(engine, LINKS, rows)}, "relationship", core=core)
    told = [(r["id"], r["resourceID"], r["relatedResourceID"], r["occurrenceID"]) for r in files["resourcerelationship.txt"]]
    bat = "https://example.org/bat"
    expected = {
        "event": [
            ("visit-2", "find-1", bat, "find-1"),
            ("visit-2", "find-2", bat, "find-2"),
            ("visit-3", "visit-3", "", ""),
        ],
        "occurrence": [("find-1", "find-1", bat, "find-1"), ("find-2", "find-2", bat, "find-2")],
    }[core]
    assert told == expected
    count = report.records["relationship"]
    assert count.rows == 5 == count.written + count.left_out
    assert count.written == len(told)


def test_no_email_in_a_relationship(sqlite: Engine, tmp_path: Path) -> None:
    rows = [{"resource_relationship_id": "r1", "event_id": "visit-2", "relationship_according_to": "ada@example.org"}]
    files, report = export(tmp_path, sqlite, {"relationship": made(sqlite, LINKS, rows)}, "relationship")
    assert files["resourcerelationship.txt"][0]["relationshipAccordingTo"] == ""
    assert found(report, "relationship") == {"EMAIL_HIDDEN": 1, "REQUIRED_TERM_MISSING": 1}


# --- the sample


def test_the_sample_fills_every_file(tmp_path: Path) -> None:
    pytest.importorskip("exporter_sample")
    options = {"extensions": EVERY, "absences": True}
    result = exporter.run(format="dwca", source="sample:insects?occurrences=600", output=tmp_path / "a.zip", options=options)
    assert exporter.check(tmp_path / "a.zip") == []
    files = read(tmp_path / "a.zip")
    assert all(files[name] for name in FILES)
    assert not orphans(files, "event.txt")
    audiovisual = files["audiovisual.txt"]
    captures = {r["identifier"] for r in audiovisual if not r["occurrenceID"]}
    assert {r["isROIOf"] for r in audiovisual if r["occurrenceID"]} <= captures
    for near, size in (("xFrac", "widthFrac"), ("yFrac", "heightFrac")):
        assert all(float(r[near]) >= 0 and float(r[near]) + float(r[size]) <= 1 for r in audiovisual if r["isROIOf"])
    absent = [r for r in files["occurrence.txt"] if r["occurrenceStatus"] == "absent"]
    known = {(r["eventID"], r["family"]) for r in files["occurrence.txt"] if r["occurrenceStatus"] == "present"}
    assert absent
    assert known.isdisjoint((r["eventID"], r["scientificName"]) for r in absent)
    counts = {f.code: f.count for f in result.report.findings}
    assert counts["ABSENCES_WRITTEN"] == len(absent)
    assert len({r["occurrenceID"].lower() for r in files["occurrence.txt"]}) == len(files["occurrence.txt"])
