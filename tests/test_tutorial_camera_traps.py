"""The tutorial of camera traps: its commands as the page has them, and the archive that they make, added up and read back."""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import pytest

from exporter.report import Finding

from .databases import database, missing, sample
from .tutorial import excerpts, run, steady, steps

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "tutorials" / "camera-traps"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
OURS, THEIRS = PAGE.split("\n## The same from PostgreSQL\n")
PAGE_URL = "postgresql+psycopg://localhost/traps"
DWC = "http://rs.tdwg.org/dwc/terms/"


@attrs.frozen
class Walk:
    """The folder in which the page's commands ran, what they printed, and what the page says they print."""

    folder: Path
    printed: list[str]
    expected: list[str]

    @property
    def archive(self) -> Path:
        return self.folder / "traps.zip"

    def report(self, archive: str = "traps.zip") -> Any:
        return json.loads((self.folder / f"{archive}.report.json").read_bytes())

    def rows(self, file: str) -> list[dict[str, str]]:
        with zipfile.ZipFile(self.archive) as archive:
            header, *lines = archive.read(file).decode().split("\n")[:-1]
        return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def walk(page: str, folder: Path, url: str = PAGE_URL) -> Walk:
    data = sample("camtrap-dp")
    work = folder / "camera-traps"
    shutil.copytree(FOLDER, work, ignore=shutil.ignore_patterns("camtrap-dp", "*.db", "*.zip", "*.json"))
    (work / "camtrap-dp").symlink_to(data)
    found = steps(page)
    printed = run([step.commands.replace(PAGE_URL, url) for step in found], work)
    return Walk(work, [steady(p) for p in printed], [steady(step.printed) for step in found])


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return walk(OURS, tmp_path_factory.mktemp("sqlite"))


def table(name: str) -> list[dict[str, str]]:
    with (sample("camtrap-dp") / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def found(report: Any, code: str) -> Finding:
    return next(Finding(**f) for f in report["findings"] if f["code"] == code)


def test_the_commands_print_what_the_page_says(walked: Walk) -> None:
    assert walked.printed == walked.expected


def test_the_excerpts_are_in_the_files() -> None:
    toml = (FOLDER / "exporter.toml").read_text(encoding="utf-8")
    shown = excerpts(PAGE, "toml")
    assert len(shown) > 2
    assert [e for e in shown if e not in toml] == []


def test_postgresql_gives_the_same_bytes(tmp_path: Path) -> None:
    with database("postgresql") as url:
        both = walk(PAGE, tmp_path, url)
    assert both.printed == both.expected
    ours, theirs = both.report(), both.report("traps-postgresql.zip")
    assert (ours["sha256"], ours["records"], ours["findings"]) == (theirs["sha256"], theirs["records"], theirs["findings"])
    assert theirs["isolation"] == "REPEATABLE READ"


def test_every_row_is_in_a_file_or_in_a_finding(walked: Walk) -> None:
    report = walked.report()
    deployments, observations = table("deployments"), table("observations")
    levels = Counter(o["observationLevel"] for o in observations)
    assert sum(levels.values()) == levels["event"] + levels["media"]

    events = Counter(r["eventType"] for r in walked.rows("event.txt"))
    assert events == {"Deployment": len(deployments), "Sequence": len({o["eventID"] for o in observations})}

    codes = ("NO_ANIMAL", "DETERMINATION_MISSING", "MEDIA_NOT_PUBLIC")
    empty, nameless, private = (found(report, code) for code in codes)
    assert levels["event"] == len(walked.rows("occurrence.txt")) + empty.count + nameless.count
    assert levels["media"] == len(walked.rows("multimedia.txt")) + private.count

    for name, rows in {"event": len(events), "occurrence": levels["event"], "media": levels["media"]}.items():
        count = report["records"][name]
        assert count["rows"] == count["written"] + count["left_out"] + count["filtered"]
        assert name == "event" or count["rows"] == rows
    written = {p["name"]: p["rows"] for p in report["parts"]}
    assert all(written[n] == len(walked.rows(n)) for n in written if n.endswith(".txt"))


def test_every_picture_is_in_the_archive_or_not_public(walked: Walk) -> None:
    pictures = table("media")
    public = {p["filePath"] for p in pictures if p["filePublic"] == "true"}
    written = {r["identifier"] for r in walked.rows("multimedia.txt")}
    assert written == public
    assert len(pictures) == len(written) + found(walked.report(), "MEDIA_NOT_PUBLIC").count


def test_findings_are_of_the_data_alone(walked: Walk) -> None:
    nameless = [o for o in table("observations") if o["observationLevel"] == "event" and not o["scientificName"]]
    unknown = [o["observationID"] for o in nameless if o["observationType"] not in ("blank", "human", "vehicle")]
    public = [p for p in table("media") if p["filePublic"] == "true"]
    paths = [p for p in public if not p["filePath"].startswith("http")]
    report = walked.report()
    assert {(f["code"], f["level"], f["count"]) for f in report["findings"]} == {
        ("NO_ANIMAL", "info", len(nameless) - len(unknown)),
        ("DETERMINATION_MISSING", "warning", len(unknown)),
        ("MEDIA_NOT_PUBLIC", "info", sum(p["filePublic"] == "false" for p in table("media"))),
        ("MULTIMEDIA_URI_INVALID", "warning", len(paths)),
    }
    assert found(report, "DETERMINATION_MISSING").examples == unknown


def test_the_reader_finds_what_the_tables_hold(walked: Walk) -> None:
    from dwca.read import DwCAReader

    named = {
        o["observationID"]: o for o in table("observations") if o["observationLevel"] == "event" and o["scientificName"]
    }
    places = {d["deploymentID"]: d for d in table("deployments")}
    with DwCAReader(walked.archive) as archive:
        assert archive.descriptor is not None
        assert archive.descriptor.core.type == DWC + "Event"
        seen = {}
        for event in archive:
            for row in event.extensions:
                if row.rowtype == DWC + "Occurrence":
                    seen[row.data[DWC + "occurrenceID"]] = (event.data, row.data)
    assert seen.keys() == named.keys()
    for id, (event, occurrence) in seen.items():
        observation = named[id]
        place = places[observation["deploymentID"]]
        assert event[DWC + "eventID"] == observation["eventID"]
        assert event[DWC + "parentEventID"] == place["deploymentID"]
        assert float(event[DWC + "decimalLatitude"]) == float(place["latitude"])
        assert event[DWC + "eventDate"] == observation["eventStart"][:10]
        assert occurrence[DWC + "scientificName"] == observation["scientificName"]
        assert occurrence[DWC + "individualCount"] == observation["count"]
        assert occurrence[DWC + "dateIdentified"] == observation["classificationTimestamp"]


def test_the_archive_is_as_gbif_wants_it(walked: Walk) -> None:
    events, occurrences = walked.rows("event.txt"), walked.rows("occurrence.txt")
    for row in events:
        assert row["countryCode"] == "BE"
        assert row["geodeticDatum"] == "EPSG:4326"
        assert float(row["coordinateUncertaintyInMeters"]) > 0
        assert all(len(row[c].partition(".")[2]) <= 6 for c in ("decimalLatitude", "decimalLongitude"))
        assert row["eventDate"].startswith(row["year"])
    for row in occurrences:
        assert row["basisOfRecord"] == "MachineObservation"
        assert row["occurrenceStatus"] == "present"
        assert row["individualCount"].isdecimal()
    ids = [r["id"] for r in events]
    assert len({i.casefold() for i in ids}) == len(ids)
    assert {r["parentEventID"] for r in events} - {""} <= set(ids)
    shown = {r["occurrenceID"] for r in walked.rows("multimedia.txt")} - {""}
    assert shown <= {r["occurrenceID"] for r in occurrences}
    with zipfile.ZipFile(walked.archive) as archive:
        eml = archive.read("eml.xml")
    assert b"@" not in eml
    assert eml.count(b"<taxonRankName>species</taxonRankName>") == 7


def test_both_documents_are_valid(walked: Walk) -> None:
    schemas = _schemas()
    if not schemas.FOLDER.is_dir():
        missing("there is no ../shared/schemas")
    with zipfile.ZipFile(walked.archive) as archive:
        assert schemas.problems(archive.read("meta.xml"), schemas.META) == []
        eml = archive.read("eml.xml")
    assert schemas.problems(eml, schemas.EML) == []
    assert schemas.problems(eml, schemas.PLAIN_EML) == []


def _schemas() -> Any:
    path = ROOT / "plugins" / "dwca" / "tests" / "schemas.py"
    spec = importlib.util.spec_from_file_location("dwca_schemas", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("words", "occurrences"),
    [
        ('--filter "taxa=Anas platyrhynchos"', 15),
        ("--filter verified=false", 2),
        ("--filter date_from=2021-01-01", 3),
        ("--core occurrence", 29),
    ],
)
def test_the_filters_that_the_page_names(walked: Walk, words: str, occurrences: int) -> None:
    name = f"{occurrences}.zip"
    url = f"sqlite:///{walked.folder / 'traps.db'}"
    run([f"exporter run --format dwca {words} --output {name}", f"exporter check {name}"], walked.folder, TRAPS_URL=url)
    with zipfile.ZipFile(walked.folder / name) as archive:
        assert archive.read("occurrence.txt").count(b"\n") == occurrences + 1
    assert walked.report(name)["records"]["occurrence"]["written"] == occurrences
