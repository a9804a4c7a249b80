"""What `exporter check` says of Darwin Core Data Packages: of ours, spoilt, and of others that are written in another way."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import exporter
from exporter.errors import FindingsError
from exporter.report import Finding
from exporter_dwca.flags import of_packages

from .traps import source

Change = Callable[[dict[str, Any], dict[str, str]], None]


@pytest.fixture
def package(sqlite: Engine, tmp_path: Path) -> Path:
    """A package that is in order."""
    path = tmp_path / "package.zip"
    exporter.run(format="dwc-dp", source=source(sqlite), output=path)
    assert exporter.check(path) == []
    return path


def spoilt(package: Path, change: Change) -> list[Finding]:
    """The findings once the description and the files were changed; sizes and digests are left out unless the change tells them."""
    with zipfile.ZipFile(package) as whole:
        files = {name: whole.read(name).decode() for name in whole.namelist()}
    described = json.loads(files["datapackage.json"])
    for resource in described["resources"]:
        resource.pop("bytes")
        resource.pop("hash")
    change(described, files)
    if "datapackage.json" in files and files["datapackage.json"].startswith("{"):
        files["datapackage.json"] = json.dumps(described)
    path = package.with_name("spoilt.zip")
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return exporter.check(path, "dwc-dp")


def in_file(name: str, old: str, new: str) -> Change:
    def change(_: dict[str, Any], files: dict[str, str]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def told(change: Callable[[dict[str, Any]], Any]) -> Change:
    return lambda described, _: change(described)


def gone(name: str) -> Change:
    return lambda _, files: (files.pop(name), None)[1]


def resource(described: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in described["resources"] if r["name"] == name)
    return found


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (gone("datapackage.json"), "DATAPACKAGE_NOT_FOUND", "There is no datapackage.json"),
        (in_file("datapackage.json", "{", "[{"), "DATAPACKAGE_INVALID", "it is no JSON"),
        (told(lambda d: d.update(profile="data-package")), "DATAPACKAGE_INVALID", "no address of a dwc-dp profile"),
        (told(lambda d: d.update(resources=[])), "DATAPACKAGE_INVALID", "it names no resources"),
        (told(lambda d: resource(d, "event").pop("name")), "DATAPACKAGE_INVALID", "resource 1 has no name"),
        (told(lambda d: resource(d, "event").update(path="../event.tsv")), "DATAPACKAGE_INVALID", "no path inside"),
        (told(lambda d: resource(d, "event").pop("profile")), "DATAPACKAGE_INVALID", "has not the profile"),
        (told(lambda d: resource(d, "event").update(schema="event.json")), "DATAPACKAGE_INVALID", "no schema with fields"),
        (told(lambda d: resource(d, "event").update(dialect={"delimiter": "||"})), "DATAPACKAGE_INVALID", "dialect"),
        (told(lambda d: resource(d, "event")["schema"]["fields"][1].pop("type")), "DATAPACKAGE_INVALID", "eventID lacks type"),
        (told(lambda d: resource(d, "event")["schema"].update(primaryKey="id")), "DATAPACKAGE_INVALID", "primary key id"),
        (told(lambda d: resource(d, "media").update(name="medium")), "DATAPACKAGE_INVALID", "refers to media.media_pk"),
        (told(lambda d: d["resources"].append(d["resources"][0])), "DATAPACKAGE_INVALID", "two resources have the same name"),
        (gone("media.tsv"), "RESOURCE_NOT_FOUND", "media.tsv"),
        (told(lambda d: resource(d, "event").update(bytes=7)), "RESOURCE_CHANGED", "event.tsv has"),
        (told(lambda d: resource(d, "event").update(hash=f"sha256:{'0' * 64}")), "RESOURCE_CHANGED", "SHA-256"),
        (in_file("event.tsv", "eventDate", "date"), "HEADER_DIFFERS", "date instead of eventDate"),
        (in_file("event.tsv", "visit-4\tvisit-4\t\tsurvey", "visit-4\tvisit-4\t\t"), "REQUIRED_VALUE_MISSING", "required"),
        (in_file("event.tsv", "\t-4.774001\t", "\twest\t"), "VALUE_NOT_AS_DECLARED", "type of their field"),
        (in_file("event.tsv", "\t-4.774001\t", "\t-184.774001\t"), "VALUE_NOT_AS_DECLARED", "bounds"),
        (in_file("event.tsv", "visit-4\tvisit-4", "visit-3\tvisit-4"), "PRIMARY_KEY_DUPLICATE", "share their primary key"),
        (in_file("occurrence.tsv", "find-4\tfind-4\tvisit-4", "find-4\tfind-4\tvisit-5"), "FOREIGN_KEY_ORPHAN", "refer to a row"),
        (in_file("event.tsv", "\tvisit-1\tsurvey", "\tvisit-0\tsurvey"), "FOREIGN_KEY_ORPHAN", "refer to a row"),
        (in_file("event.tsv", "\tEPSG:4326", ""), "COLUMN_MISMATCH", "fewer"),
        (in_file("event.tsv", "2024-07-11", "2024-17-11"), "RECORDED_DATE_INVALID", "Dates"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(package: Path, change: Change, code: str, words: str) -> None:
    found = {f.code: f for f in spoilt(package, change)}
    assert words in found[code].message


def test_every_flag_is_provoked_here() -> None:
    provoked = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', Path(__file__).read_text(encoding="utf-8")))
    assert {flag.code for flag in of_packages.FLAGS} - {"TERM_WITHOUT_PLACE"} <= provoked


def test_findings_say_where(package: Path) -> None:
    found = spoilt(package, in_file("occurrence.tsv", "find-4\tfind-4\tvisit-4", "find-4\tfind-4\tvisit-5"))
    assert [(f.code, f.count, f.examples, f.part, f.level) for f in found] == [
        ("FOREIGN_KEY_ORPHAN", 1, ['occurrence.tsv:5 "visit-5"'], "occurrence.tsv", "error")
    ]


def test_a_package_of_others(package: Path) -> None:
    """Commas, quotes, another key column, no header, a resource that is no table."""

    def change(described: dict[str, Any], files: dict[str, str]) -> None:
        fields = [f for f in resource(described, "event")["schema"]["fields"] if f["name"] in ("event_pk", "eventCategory")]
        other = {"name": "event", "path": "all.csv", "profile": "tabular-data-resource", "schema": {"fields": fields}}
        other["schema"]["primaryKey"] = ["event_pk"]
        described["resources"] = [other, {"name": "photo", "path": "photo.jpg"}]
        files["all.csv"] = 'event_pk,eventCategory\r\n"a ""b"", c",survey\r\nd,"survey\r\nor not"\r\nd,survey\r\n'

    (finding,) = spoilt(package, change)
    assert (finding.code, finding.examples) == ("PRIMARY_KEY_DUPLICATE", ['all.csv:5 "d"'])


def test_keys_that_differ_in_case_are_two(package: Path) -> None:
    def change(described: dict[str, Any], files: dict[str, str]) -> None:
        files["event.tsv"] += files["event.tsv"].split("\n")[4].replace("visit-4", "VISIT-4") + "\n"

    assert spoilt(package, change) == []


def test_what_a_file_is_told_by_its_content(package: Path, sqlite: Engine, tmp_path: Path) -> None:
    from exporter.registry import format_of_file

    exporter.run(format="dwca", source=source(sqlite), output=tmp_path / "archive.zip")
    assert [format_of_file(p).name for p in (package, tmp_path / "archive.zip")] == ["dwc-dp", "dwca"]
    (tmp_path / "broken.zip").write_bytes(package.read_bytes()[:-30])
    assert format_of_file(tmp_path / "broken.zip").name == "dwca"
    assert [f.code for f in exporter.check(tmp_path / "broken.zip", "dwc-dp")] == ["DWCA_UNREADABLE"]


class _Doubling:
    """A host's plugin that writes each event twice."""

    def exporter_serialize(self, ctx: Any, tables: Any) -> Any:
        import attrs

        from exporter_dwca.datapackage import parts

        for part in parts(ctx, tables):
            if part.name != "event.tsv":
                yield part
                continue
            lines = b"".join(part.chunks)
            yield attrs.evolve(part, chunks=[lines, lines.partition(b"\n")[2]])


def test_a_run_publishes_nothing_that_is_wrong(sqlite: Engine, tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match="PRIMARY_KEY_DUPLICATE"):
        exporter.run(format="dwc-dp", source=source(sqlite), output=tmp_path / "out.zip", plugins=[_Doubling()])
    assert not (tmp_path / "out.zip").exists()
