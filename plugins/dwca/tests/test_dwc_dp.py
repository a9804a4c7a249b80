"""Darwin Core Data Packages of the traps and the sample rows: read back, held against the guide, and by frictionless."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, case, literal, select

import exporter
from exporter import RecordSource
from exporter.testing.source import sample_source
from exporter_dwca.resources import fields_of

from . import nests
from .traps import DATASET, FINDS, read, source

ALWAYS = {
    *("event", "survey", "occurrence", "identification", "usage-policy", "media", "event-media", "occurrence-media"),
    *("event-assertion", "occurrence-assertion"),
}
Rows = dict[str, list[dict[str, str]]]


def unpacked(path: Path) -> tuple[dict[str, Any], Rows]:
    """datapackage.json, and the rows of each resource as it describes them."""
    rows: Rows = {}
    with zipfile.ZipFile(path) as package:
        described = json.loads(package.read("datapackage.json"))
        for resource in described["resources"]:
            content = package.read(resource["path"])
            assert resource["bytes"] == len(content)
            assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
            dialect = resource["dialect"]
            header, *lines = [line.split(dialect["delimiter"]) for line in content.decode().split(dialect["lineTerminator"])]
            assert header == [field["name"] for field in resource["schema"]["fields"]]
            assert lines.pop() == [""]
            rows[resource["name"]] = [dict(zip(header, line, strict=True)) for line in lines]
    return described, rows


def export(tmp_path: Path, given: exporter.Source, name: str = "out.zip", **words: Any) -> tuple[dict[str, Any], Rows, Any]:
    path = tmp_path / name
    result = exporter.run(format="dwc-dp", source=given, output=path, **words)
    found = [f for f in exporter.check(path) if f.level == "error"]  # recognised, and every row read
    assert not found
    described, rows = unpacked(path)
    hold_keys(described, rows)
    return described, rows, result.report


def hold_keys(described: dict[str, Any], rows: Rows) -> None:
    """Primary keys are there and unique, foreign keys lead somewhere."""
    for resource in described["resources"]:
        name, schema = resource["name"], resource["schema"]
        if "primaryKey" in schema:
            keys = [row[schema["primaryKey"]] for row in rows[name]]
            assert all(keys), name
            assert len(set(keys)) == len(keys), name
        for key in schema.get("foreignKeys", ()):
            other = key["reference"]["resource"] or name
            known = {row[key["reference"]["fields"]] for row in rows[other]} | {""}
            assert {row[key["fields"]] for row in rows[name]} <= known, (name, key)


def test_the_rows_are_those_of_an_archive(engine: Engine, tmp_path: Path) -> None:
    _, rows, _ = export(tmp_path, source(engine))
    exporter.run(format="dwca", source=source(engine), output=tmp_path / "archive.zip")
    archive = read(tmp_path / "archive.zip")
    assert rows.keys() == ALWAYS
    for resource, file in (("event", "event.txt"), ("occurrence", "occurrence.txt"), ("media", "multimedia.txt")):
        known = {f.name: f.header for f in fields_of(resource).values()}
        assert len(rows[resource]) == len(archive[file]) > 2
        for mine, theirs in zip(rows[resource], archive[file], strict=True):
            shared = {name for name in mine if known[name] in theirs}
            assert shared
            assert {name: mine[name] for name in shared} == {name: theirs[known[name]] for name in shared}
    assert [row["parentEvent_fk"] for row in rows["event"]] == ["", "visit-1", "visit-1", ""]
    assert {row["eventCategory"] for row in rows["event"]} == {"survey"}


def test_media_and_measurements_hang_by_their_own_tables(engine: Engine, tmp_path: Path) -> None:
    _, rows, report = export(tmp_path, source(engine))
    address = {row["media_pk"]: row["accessURI"].rpartition("/")[2] for row in rows["media"]}
    assert {(address[r["media_fk"]], r["event_fk"]) for r in rows["event-media"]} == {("1.jpg", "visit-2")}
    assert {(address[r["media_fk"]], r["occurrence_fk"]) for r in rows["occurrence-media"]} == {
        *(("2.jpg", "find-1"), ("4.jpg", "find-3"), ("5.jpg", "find-4"), ("7.jpg", "find-2")),
    }
    assert rows["event-assertion"] == []
    assert [(r["occurrence_fk"], r["assertionType"]) for r in rows["occurrence-assertion"]] == [
        (f"find-{n}", "classification score") for n in (1, 2, 3, 4)
    ]
    assert report.records["media"].written == len(rows["media"])


def test_counts_names_and_what_has_no_place(engine: Engine, tmp_path: Path) -> None:
    _, rows, report = export(tmp_path, source(engine))
    first = rows["occurrence"][1]
    assert (first["organismQuantity"], first["organismQuantityType"], first["occurrenceStatus"]) == (
        "2",
        "individuals",
        "present",
    )
    named = {r["occurrence_fk"]: r for r in rows["identification"]}
    assert named.keys() == {r["occurrence_pk"] for r in rows["occurrence"]}
    assert (named["find-1"]["scientificName"], named["find-1"]["specificEpithet"]) == ("Noctua pronuba", "pronuba")
    assert named["find-1"]["isAcceptedIdentification"] == "true"
    told = {f.record: f.message for f in report.findings if f.code == "TERM_WITHOUT_PLACE"}
    assert told["occurrence"].endswith(": basisOfRecord, parentNameUsageID.")
    assert "individualCount" not in told["occurrence"]


def test_a_status_that_nobody_states(engine: Engine, tmp_path: Path) -> None:
    given = source(engine)
    status = case((FINDS.c.id == 1, literal("absent")), (FINDS.c.id == 2, literal("")), else_=None).label(
        "occurrence_status"
    )
    count = case((FINDS.c.id == 3, 0), else_=1).label("individual_count")
    changed = select(
        *(
            FINDS.c.uid.label("occurrence_id"),
            literal("visit-2").label("event_id"),
            literal("Noctua").label("scientific_name"),
        ),
        *(status, count),
    )
    records = {**given.records, "occurrence": RecordSource(changed, key=FINDS.c.id)}
    _, rows, _ = export(tmp_path, source(engine, records=records))
    found = [r["occurrenceStatus"] for r in rows["occurrence"]]
    assert found[:4] == ["absent", "present", "absent", "present"]


def test_further_records(tmp_path: Path) -> None:
    given = sample_source("biodiversity", rows=12)
    options = {"extensions": ["humboldt", "identification", "relationship"]}
    _, rows, _ = export(tmp_path, given, options=options)
    assert rows.keys() == ALWAYS | {"resource-relationship"}
    assert rows["survey"][0]["surveyID"] == "survey-0"
    assert rows["survey"][0]["isAbsenceReported"] in ("true", "false")
    assert {r["identificationID"] for r in rows["identification"]} <= {f"identification-{n}" for n in range(12)}
    assert rows["resource-relationship"][0]["subjectResourceID"]
    assert rows["usage-policy"][0]["license"].startswith("http")
    assert rows["media"][0]["usagePolicy_fk"] == rows["usage-policy"][0]["usagePolicy_pk"]
    assert len(rows["event-assertion"]) > 0
    plain = export(tmp_path, given, "plain.zip")[1]
    assert {r["survey_pk"] for r in plain["survey"]} == {r["event_pk"] for r in plain["event"]}
    assert plain["survey"][0]["samplingProtocol"] == "sampling_protocol 0"


def test_what_was_asked_for_takes_the_place_of_what_follows_from_others(tmp_path: Path) -> None:
    """What events say of sampling, and occurrences of their taxon, has then no place, which is told."""
    given = sample_source("biodiversity", rows=12)
    lost = []
    for asked in ([], ["humboldt", "identification"]):
        report = export(tmp_path, given, options={"extensions": asked}, force=True)[2]
        lost.append({f.record: f.message for f in report.findings if f.code == "TERM_WITHOUT_PLACE"})
    assert ["samplingProtocol" in each["event"] for each in lost] == [False, True]
    assert ["kingdom" in each["occurrence"] for each in lost] == [False, True]
    assert "targetTaxonomicScope" in lost[1]["survey"]


def test_absences_are_determined_too(tmp_path: Path) -> None:
    _, rows, report = export(tmp_path, sample_source("biodiversity", rows=12), options={"absences": True})
    absent = [r["occurrence_pk"] for r in rows["occurrence"] if r["occurrenceStatus"] == "absent"]
    assert len(absent) == next(f.count for f in report.findings if f.code == "ABSENCES_WRITTEN") > 0
    assert set(absent) <= {r["occurrence_fk"] for r in rows["identification"]}


def test_the_descriptor(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    dataset = {
        **DATASET,
        "creators": [
            {"given_name": "Ada", "surname": "Lovelace", "email": "ada@example.org", "orcid": "0000-0002-1825-0097"}
        ],
        "keywords": ["moths", "light"],
        "coverage": {"geographic": {"description": "Fiji", "west": 177, "east": -179, "south": -20, "north": -16}},
    }
    told, _, _ = export(tmp_path, source(sqlite, documents={"dataset": dataset}))
    assert told["profile"] == "http://rs.tdwg.org/dwc-dp/1.0/dwc-dp-profile.json"
    assert told["created"] == "2024-06-01T21:30:00Z"
    assert (told["name"], told["title"], told["keywords"]) == ("traps", DATASET["title"], ["moths", "light"])
    assert told["contributors"][0] == {
        "title": "Ada Lovelace",
        "path": "https://orcid.org/0000-0002-1825-0097",
        "role": "author",
    }
    assert told["licenses"][0]["name"] == "CC0-1.0"
    assert told["temporal"] == {"start": "2024-06-01", "end": "2024-07-11"}
    assert told["spatial"]["type"] == "MultiPolygon"
    assert told["spatial"]["bbox"] == [177, -20, -179, -16]
    open_ = export(tmp_path, source(sqlite, documents={"dataset": dataset}), "open.zip", options={"include_emails": True})[0]
    assert open_["contributors"][0]["email"] == "ada@example.org"


def test_resources_are_as_the_profile_wants_them(sqlite: Engine, tmp_path: Path) -> None:
    told, _, _ = export(tmp_path, source(sqlite))
    with zipfile.ZipFile(tmp_path / "out.zip") as package:
        assert {*package.namelist()} == {"datapackage.json", "eml.xml", *(r["path"] for r in told["resources"])}
    for resource in told["resources"]:
        assert (resource["profile"], resource["mediatype"]) == ("tabular-data-resource", "text/csv")
        for field in resource["schema"]["fields"]:
            assert all(field[word] for word in ("name", "title", "description", "type", "format"))
            assert field["dcterms:isVersionOf"].startswith("http")
    event = next(r for r in told["resources"] if r["name"] == "event")["schema"]
    latitude = next(f for f in event["fields"] if f["name"] == "decimalLatitude")
    assert latitude["type"] == "number"
    assert latitude["constraints"] == {"minimum": -90, "maximum": 90}
    assert event["foreignKeys"] == [{"fields": "parentEvent_fk", "reference": {"resource": "", "fields": "event_pk"}}]


def test_a_folder_holds_the_same_files(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    export(tmp_path, source(sqlite))
    folder = tmp_path / "package"
    exporter.run(format="dwcdp", source=source(sqlite), output=folder, options={"packaging": "folder"})
    with zipfile.ZipFile(tmp_path / "out.zip") as package:
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == {n: package.read(n) for n in package.namelist()}
    assert exporter.check(folder) == exporter.check(tmp_path / "out.zip")


@pytest.mark.parametrize("precision", ["1", "withhold"])
def test_no_file_tells_the_place_of_a_sensitive_taxon(sqlite: Engine, tmp_path: Path, precision: str) -> None:
    nests.fill(sqlite)
    (tmp_path / "sensitive.csv").write_text(f"taxon,precision\nFalco peregrinus,{precision}\n", encoding="utf-8")
    told = []
    for options in ({}, {"generalize": tmp_path / "sensitive.csv"}):
        given = {**options, "extensions": ["humboldt", "identification", "relationship"]}
        export(tmp_path, nests.source(sqlite), options=given, force=True)
        with zipfile.ZipFile(tmp_path / "out.zip") as package:
            told.append("\n".join(package.read(name).decode() for name in package.namelist()).casefold())
    exposed, hidden = told
    assert sum(secret.casefold() in exposed for secret in nests.SECRETS) > 5  # the test would see what is not hidden
    assert [secret for secret in nests.SECRETS if secret.casefold() in hidden] == []
    assert "52.222222" in hidden


def test_values_are_looked_at_in_runs_and_checks(tmp_path: Path, sqlite: Engine) -> None:
    given = source(sqlite)
    strange = select(
        *(
            FINDS.c.uid.label("occurrence_id"),
            literal("visit-2").label("event_id"),
            literal("Noctua").label("scientific_name"),
        ),
        literal("several").label("occurrence_status"),
    )
    records = {**given.records, "occurrence": RecordSource(strange, key=FINDS.c.id)}
    _, _, report = export(tmp_path, source(sqlite, records=records))
    of_run = {(f.code, f.part, f.count) for f in report.findings if f.code == "OCCURRENCE_STATUS_UNPARSABLE"}
    of_check = {
        (f.code, f.part, f.count) for f in exporter.check(tmp_path / "out.zip") if f.code == "OCCURRENCE_STATUS_UNPARSABLE"
    }
    assert of_run == of_check == {("OCCURRENCE_STATUS_UNPARSABLE", "occurrence.tsv", 8)}


@pytest.mark.skipif(importlib.util.find_spec("frictionless") is None, reason="frictionless is not installed")
@pytest.mark.parametrize("kind", ["traps", "sample", "none"])
def test_frictionless(kind: str, sqlite: Engine, tmp_path: Path) -> None:
    """Schemas, types, bounds, keys and digests, as the field's own tool reads them; without the profile, which is on the net."""
    given = source(sqlite) if kind == "traps" else sample_source("biodiversity", rows=30 if kind == "sample" else 0)
    options = {"extensions": ["humboldt", "identification", "relationship"], "packaging": "folder"}
    exporter.run(format="dwc-dp", source=given, output=tmp_path / "package", options=options)
    ours = {f.code: f.count for f in exporter.check(tmp_path / "package") if f.code == "VALUE_NOT_AS_DECLARED"}
    assert bool(ours) == (kind == "sample")  # where an uncertainty is less than a metre
    assert problems(tmp_path / "package") == ["constraint-error"] * ours.get("VALUE_NOT_AS_DECLARED", 0)
    events = tmp_path / "package" / "event.tsv"
    if kind == "traps":
        events.write_text(
            events.read_text(encoding="utf-8").replace("visit-2\tvisit-2", "visit-9\tvisit-2"), encoding="utf-8"
        )
        assert {"foreign-key", "hash-count"} <= set(problems(tmp_path / "package"))


def problems(folder: Path) -> list[str]:
    """What frictionless finds, by its own codes; it runs by itself, since it warns where our tests take no warning."""
    path = folder / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["profile"] = "data-package"
    path.write_text(json.dumps(described), encoding="utf-8")
    words = [sys.executable, "-m", "frictionless", "validate", str(path), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    return [e["type"] for each in (found, *found["tasks"]) for e in each["errors"]]


def test_a_package_takes_the_place_of_one_in_the_other_form(sqlite: Engine, tmp_path: Path) -> None:
    for packaging in ("folder", "zip", "folder"):
        exporter.run(
            format="dwc-dp", source=source(sqlite), output=tmp_path / "out", options={"packaging": packaging}, force=True
        )
        assert (tmp_path / "out").is_dir() == (packaging == "folder")
        assert exporter.check(tmp_path / "out", "dwc-dp") == []
    assert {p.name for p in tmp_path.iterdir()} == {"out", "out.report.json", "traps.db"}
