"""`--compare`: what changed since an archive that was made before, in runs and checks."""

from __future__ import annotations

import csv
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

import exporter
from exporter.cli.main import main
from exporter.errors import FindingsError, InputError
from exporter_dwca import changelist

from .traps import FINDS, PICTURES, VISITS, source
from .versions import (
    EVENT,
    MEASUREMENT,
    MEDIA,
    OCCURRENCE,
    Dialect,
    Row,
    Table,
    archive,
    compared,
)

EVENTS = [{"id": "e1", "locality": "Meadow"}, {"id": "e2", "locality": "Forest"}]
FOUND = [
    {"id": "e1", "occurrenceID": "f1", "scientificName": "Noctua pronuba", "sex": "female", "modified": "2024"},
    {"id": "e1", "occurrenceID": "f2", "scientificName": "Noctua pronuba", "sex": "", "modified": "2024"},
    {"id": "e2", "occurrenceID": "f3", "scientificName": "Biston betularia", "sex": "", "modified": "2024"},
]
COLUMNS = ["id", "occurrenceID", "scientificName", "sex", "modified"]
IMAGES = [
    {"id": "e1", "occurrenceID": "f1", "identifier": "https://example.org/1.jpg", "title": "one"},
    {"id": "e2", "occurrenceID": "", "identifier": "https://example.org/2.jpg", "title": "two"},
]
SCORES = [{"id": "e1", "measurementID": "m1", "measurementValue": "0.5"}, {"id": "e2", "measurementID": "m2"}]


def events(rows: list[dict[str, str]] | None = None) -> Table:
    return Table(EVENT, ["id", "locality"], EVENTS if rows is None else rows, "event.txt")


def finds(rows: list[dict[str, str]] | None = None, columns: list[str] | None = None, **more: Any) -> Table:
    return Table(OCCURRENCE, columns or COLUMNS, FOUND if rows is None else rows, "occurrence.txt", **more)


def images(rows: list[dict[str, str]] | None = None) -> Table:
    columns = ["id", "occurrenceID", "identifier", "title"]
    return Table(MEDIA, columns, IMAGES if rows is None else rows, "multimedia.txt")


def scores(rows: list[dict[str, str]] | None = None) -> Table:
    columns = ["id", "measurementID", "measurementValue"]
    return Table(MEASUREMENT, columns, SCORES if rows is None else rows, "measurement.txt")


def mended(rows: list[dict[str, str]], changes: Mapping[int, dict[str, str] | None]) -> list[dict[str, str]]:
    """The rows with other cells, without those that are None, with those whose number is beyond the last."""
    found = [{**row, **(changes.get(n) or {})} for n, row in enumerate(rows) if changes.get(n, {}) is not None]
    return found + [row for n, row in changes.items() if n >= len(rows) and row is not None]


def told(tmp_path: Path, old: list[Table], new: list[Table], **options: Any) -> list[tuple[str, str, int, str]]:
    paths = [archive(tmp_path / f"{name}.zip", *tables) for name, tables in (("old", old), ("new", new))]
    findings = compared(paths[1], paths[0], **options)
    return [(f.level, f.code, f.count, f.message.replace(str(paths[0]), "old.zip")) for f in findings]


# --- every kind of change


@pytest.mark.parametrize(
    ("changes", "code", "count", "message", "examples"),
    [
        ({3: {"id": "e2", "occurrenceID": "f4"}}, "ID_ADDED", 1, "1 occurrence added since old.zip.", ["f4"]),
        ({0: None, 2: None}, "ID_GONE", 2, "2 occurrences gone since old.zip.", ["f1", "f3"]),
        ({1: {"id": "e2"}}, "ID_MOVED", 1, "1 occurrence moved to another event.", ["f2: e1 -> e2"]),
        (
            {0: {"scientificName": "Noctua", "sex": "male"}, 2: {"sex": "male"}},
            "ID_CHANGED",
            2,
            "2 occurrences changed: sex 2, scientificName 1.",
            ["f1: scientificName, sex", "f3: sex"],
        ),
        ({1: {"modified": "2025"}}, "ID_CHANGED", 1, "1 occurrence changed: modified 1.", ["f2: modified"]),
        (
            {1: {"occurrenceID": "f1"}},
            "ID_REPEATED",
            1,
            "What became of 1 occurrence cannot be told: both archives have the occurrenceID, one of them more than once.",
            ["f1"],
        ),
        ({1: {"occurrenceID": ""}}, "ID_NOT_COMPARED", 1, "Occurrences without occurrenceID are not compared", []),
    ],
)
def test_occurrences(tmp_path: Path, changes: Any, code: str, count: int, message: str, examples: list[str]) -> None:
    old = archive(tmp_path / "old.zip", events(), finds())
    new = archive(tmp_path / "new.zip", events(), finds(mended(FOUND, changes)))
    (finding,) = [f for f in compared(new, old) if f.code == code]
    assert finding.level == ("warning" if code in ("ID_REPEATED", "ID_NOT_COMPARED") else "info")
    assert (finding.count, finding.examples) == (count, examples)
    assert finding.message.replace(str(old), "old.zip").startswith(message)
    assert (finding.record, finding.part) == ("occurrence", "occurrence.txt")


def test_moved_and_changed_are_two_things(tmp_path: Path) -> None:
    found = told(tmp_path, [events(), finds()], [events(), finds(mended(FOUND, {1: {"id": "e2", "sex": "male"}}))])
    assert found == [
        ("info", "ID_CHANGED", 1, "1 occurrence changed: sex 1."),
        ("info", "ID_MOVED", 1, "1 occurrence moved to another event."),
    ]


def test_events(tmp_path: Path) -> None:
    rows = mended(EVENTS, {0: {"locality": "Wood"}, 1: None, 2: {"id": "e3"}})
    assert told(tmp_path, [events(), finds()], [events(rows), finds()]) == [
        ("info", "ID_ADDED", 1, "1 event added since old.zip."),
        ("info", "ID_GONE", 1, "1 event gone since old.zip."),
        ("info", "ID_CHANGED", 1, "1 event changed: locality 1."),
    ]


def test_media_and_measurements(tmp_path: Path) -> None:
    old = [events(), finds(), images(), scores()]
    other = mended(IMAGES, {0: {"title": "new"}, 1: None, 2: {"id": "e2", "identifier": "https://example.org/3.jpg"}})
    new = [events(), finds(), images(other), scores(mended(SCORES, {0: {"measurementValue": "0.75"}, 1: None}))]
    assert told(tmp_path, old, new, fail_on=["gone", "added", "changed"]) == [  # which are about identifiers
        ("info", "ROW_ADDED", 1, "1 medium added since old.zip."),
        ("info", "ROW_GONE", 1, "1 medium gone since old.zip."),
        ("info", "ROW_CHANGED", 1, "1 medium changed: title 1."),
        ("info", "ROW_GONE", 1, "1 measurement gone since old.zip."),
        ("info", "ROW_CHANGED", 1, "1 measurement changed: measurementValue 1."),
    ]
    media = [f for f in compared(tmp_path / "new.zip", tmp_path / "old.zip") if f.part == "multimedia.txt"]
    assert [f.examples for f in media] == [
        ["https://example.org/3.jpg of e2"],
        ["https://example.org/2.jpg of e2"],
        ["https://example.org/1.jpg of f1: title"],
    ]


def test_rows_of_types_that_nobody_knows(tmp_path: Path) -> None:
    def others(*texts: str) -> Table:
        rows = [{"id": "e1", "remarks": text} for text in texts]
        return Table("http://example.org/terms/Weather", ["id", "remarks"], rows, "weather.txt")

    found = told(
        tmp_path, [events(), finds(), others("wet", "dry", "dry")], [events(), finds(), others("dry", "cold", "hot")]
    )
    assert found == [
        ("info", "ROW_ADDED", 2, "2 rows of Weather added since old.zip."),
        ("info", "ROW_GONE", 2, "2 rows of Weather gone since old.zip."),
    ]


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert told(tmp_path, [events(), finds(), images()], [events(), finds()]) == [
        ("info", "ROW_GONE", 2, "2 media gone since old.zip."),
    ]


def test_columns_that_one_archive_lacks_are_told_once(tmp_path: Path) -> None:
    old = finds(columns=["id", "occurrenceID", "scientificName", "sex"])
    new = finds(columns=["id", "occurrenceID", "modified", "scientificName"])
    assert told(tmp_path, [events(), old], [events(), new]) == [
        (
            "info",
            "COLUMNS_DIFFER",
            2,
            "Occurrences are compared by the columns that both archives have; this archive alone has modified and old.zip alone "
            "has sex.",
        ),
        ("info", "NOTHING_CHANGED", 1, "Nothing else changed since old.zip: 2 events and 3 occurrences."),
    ]


# --- what makes no difference

CORE = ["id", "occurrenceID", "eventID", "scientificName", "sex", "modified"]
AS_CORE = [{**row, "id": row["occurrenceID"], "eventID": row["id"]} for row in FOUND]
NOTHING = ("info", "NOTHING_CHANGED", 1, "Nothing changed since old.zip: 2 events and 3 occurrences.")


@pytest.mark.parametrize(
    "dialect",
    [
        Dialect(delimiter=",", quote='"'),
        Dialect(delimiter=";", quote="'", end="\r\n", encoding="utf-16"),
        Dialect(encoding="iso-8859-1", header=False),
        Dialect(base="my archive/"),
    ],
)
@pytest.mark.parametrize("name", ["old", "old.zip"])
def test_how_files_are_written(tmp_path: Path, dialect: Dialect, name: str) -> None:
    rows = mended(FOUND, {0: {"scientificName": "Zürich; a 'quoted' name, with commas"}})
    old = archive(tmp_path / name, events(), finds(rows), dialect=dialect)
    new = archive(tmp_path / "new.zip", events(), finds(rows, columns=[*reversed(COLUMNS)]))
    (finding,) = compared(new, old)
    assert finding.code == "NOTHING_CHANGED"


def test_names_and_order(tmp_path: Path) -> None:
    other = Table(OCCURRENCE, COLUMNS, FOUND[::-1], "finds.tsv")
    assert told(tmp_path, [events(EVENTS[::-1]), other], [events(), finds()]) == [NOTHING]


def test_defaults(tmp_path: Path) -> None:
    rows = [
        {**row, "sex": row["sex"].replace("female", "")} for row in mended(FOUND, {1: {"sex": "male"}, 2: {"sex": "male"}})
    ]
    constant = finds(rows, [c for c in COLUMNS if c != "modified"], default={"sex": "female"}, constant={"modified": "2024"})
    written = finds(mended(FOUND, {1: {"sex": "male"}, 2: {"sex": "male"}}))
    assert told(tmp_path, [events(), constant], [events(), written]) == [NOTHING]


def test_several_files_of_one_type(tmp_path: Path) -> None:
    old = archive(tmp_path / "old", events(), finds())
    meta = (
        (old / "meta.xml")
        .read_text()
        .replace("<location>occurrence.txt</location>", "<location>occurrence.txt</location><location>more.txt</location>")
    )
    lines = (old / "occurrence.txt").read_text().splitlines(keepends=True)
    (old / "meta.xml").write_text(meta)
    (old / "occurrence.txt").write_text("".join(lines[:2]))
    (old / "more.txt").write_text("".join([lines[0], *lines[2:]]))
    (finding,) = compared(archive(tmp_path / "new.zip", events(), finds()), old)
    assert finding.code == "NOTHING_CHANGED"


@pytest.mark.parametrize("now", ["event", "occurrence"])
def test_the_core(tmp_path: Path, now: str) -> None:
    versions = {"occurrence": [Table(OCCURRENCE, CORE, AS_CORE, "o.txt")], "event": [events(), finds()]}
    old = versions["event" if now == "occurrence" else "occurrence"]
    (finding,) = told(tmp_path, old, versions[now])
    assert finding == (
        ("info", "ID_ADDED", 2, "2 events added since old.zip.")
        if now == "event"
        else ("info", "ID_GONE", 2, "2 events gone since old.zip.")
    )
    moved = [*versions["event"][:1], finds(mended(FOUND, {0: {"id": "e2"}}))]
    assert "ID_MOVED" in {code for _, code, _, _ in told(tmp_path, versions["occurrence"], moved)}


def test_an_identifier_that_only_the_core_has(tmp_path: Path) -> None:
    rows = [{**row, "id": row["occurrenceID"], "eventID": row["id"]} for row in FOUND]
    old = Table(OCCURRENCE, ["id", "eventID", *COLUMNS[2:]], rows, "occurrence.txt")
    assert ("info", "ID_ADDED", 2, "2 events added since old.zip.") in told(tmp_path, [old], [events(), finds()])
    assert not [
        code for _, code, _, m in told(tmp_path, [old], [events(), finds()]) if "occurrence" in m and code != "ID_ADDED"
    ]


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    for name in ("old", "new"):
        path = archive(tmp_path / name, events(), finds())
        (path / "occurrence.txt").write_bytes((path / "occurrence.txt").read_bytes().replace(b"f2", b"f\xff"))
    assert [f.code for f in compared(tmp_path / "new", tmp_path / "old")] == ["NOTHING_CHANGED"]
    (tmp_path / "new" / "occurrence.txt").write_bytes(b"\t".join([b"id"] * 5) + b"\n")
    findings = compared(tmp_path / "new", tmp_path / "old", changes=str(tmp_path / "list.csv"))
    assert findings[0].examples == ["f1", "f\ufffd", "f3"]
    assert "f\\udcff" in (tmp_path / "list.csv").read_text(encoding="utf-8")


# --- archives that cannot be compared

CHECKLIST = [Table("http://rs.tdwg.org/dwc/terms/Taxon", ["id", "scientificName"], [{"id": "1"}], "taxon.txt")]
UNNAMED = [events(), finds(columns=["id", "scientificName"])]
ALL_BLANK = [events(), finds([{**row, "occurrenceID": ""} for row in FOUND])]


def spoilt(path: Path, **files: bytes | None) -> Path:
    """An archive with other files; without those that are None."""
    whole = archive(path.with_name("whole.zip"), events(), finds())
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            given = files.get(name.split(".")[0], old.read(name))
            if given is not None:
                new.writestr(name, given)
    return path


def cut(path: Path) -> Path:
    spoilt(path)
    path.write_bytes(path.read_bytes()[:-60])
    return path


def flipped(path: Path) -> Path:
    spoilt(path)
    path.write_bytes(path.read_bytes().replace(b"Biston", b"Bisten"))
    return path


def text(path: Path) -> Path:
    path.write_text("id\tname\n")
    return path


BAD: dict[str, tuple[Any, str]] = {
    "no archive": (lambda path: path, "There is no archive"),
    "no zip": (text, "cannot be read"),
    "truncated": (cut, "cannot be read"),
    "another CRC-32": (flipped, "cannot be read (occurrence.txt: "),
    "no meta.xml": (lambda path: spoilt(path, meta=None), "has no meta.xml that describes its files"),
    "no core": (lambda path: spoilt(path, meta=b"<archive/>"), "has no meta.xml that describes its files"),
    "no XML": (lambda path: spoilt(path, meta=b"<archive"), "has no meta.xml that describes its files"),
    "no file": (lambda path: spoilt(path, occurrence=None), "has no occurrence.txt, which its meta.xml names"),
    "a checklist": (lambda path: archive(path, *CHECKLIST), "has no occurrences (a row of its core is 'Taxon')"),
    "no identifiers": (lambda path: archive(path, *UNNAMED), "has no occurrenceID in occurrence.txt"),
    "blank identifiers": (lambda path: archive(path, *ALL_BLANK), "has occurrences without any occurrenceID"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_previous_archive_that_is_none(tmp_path: Path, what: str, sqlite: Engine) -> None:
    make, words = BAD[what]
    previous = make(tmp_path / "previous.zip")
    new = archive(tmp_path / "new.zip", events(), finds())
    with pytest.raises(InputError) as caught:
        compared(new, previous)
    assert words in caught.value.message
    assert "previous.zip" in caught.value.message
    with pytest.raises(InputError):
        exporter.run(format="dwca", source=source(sqlite), output=tmp_path / "out.zip", options={"compare": previous})
    assert not list(tmp_path.glob("out*"))
    assert not list(tmp_path.glob(".exporter*"))


@pytest.mark.parametrize("what", [what for what in BAD if what not in ("no archive", "no zip")])
def test_an_archive_that_is_none(tmp_path: Path, what: str) -> None:
    make, words = BAD[what]
    new = make(tmp_path / "new.zip")
    (finding,) = [f for f in compared(new, archive(tmp_path / "old.zip", events(), finds())) if f.code == "NOT_COMPARED"]
    assert finding.level == "error"
    assert finding.message.startswith("This archive " + words.removeprefix("This archive "))


def test_an_archive_and_itself(tmp_path: Path) -> None:
    new = archive(tmp_path / "new.zip", events(), finds())
    (tmp_path / "link.zip").symlink_to(new)
    with pytest.raises(InputError, match="compared with itself"):
        compared(new, tmp_path / "link.zip")


# --- runs


def export(
    engine: Engine, output: Path, *, force: bool = False, keep_going: bool = False, checked: bool = True, **options: Any
) -> Any:
    words = {"force": force, "keep_going": keep_going, "checked": checked}
    return exporter.run(format="dwca", source=source(engine), output=output, options=options, **words)


def codes(result: Any) -> dict[str, int]:
    found = [f for f in result.report.findings if f.code.startswith(("ID_", "NOTHING_")) and f.part]
    return {f"{f.code} {f.record}": f.count for f in found}


def test_a_run_compares_what_it_is_about_to_publish(engine: Engine, tmp_path: Path) -> None:
    old = tmp_path / "old.zip"
    export(engine, old)
    same = export(engine, tmp_path / "same.zip", compare=old)
    assert "NOTHING_CHANGED" in {f.code for f in same.report.findings}
    with engine.begin() as connection:
        connection.execute(FINDS.update().where(FINDS.c.id == 1).values(visit_id=3))
        connection.execute(FINDS.update().where(FINDS.c.id == 2).values(count_=9))
        connection.execute(FINDS.update().where(FINDS.c.id == 4).values(uid="find-40"))
        connection.execute(VISITS.update().where(VISITS.c.id == 4).values(site="Wood"))
        connection.execute(PICTURES.delete().where(PICTURES.c.id == 7))
    result = export(engine, tmp_path / "new.zip", compare=old)
    assert {n: c for n, c in codes(result).items() if n.endswith("occurrence")} == {
        "ID_ADDED occurrence": 1,
        "ID_GONE occurrence": 1,
        "ID_CHANGED occurrence": 1,
        "ID_MOVED occurrence": 1,
    }
    assert codes(result)["ID_CHANGED event"] == 1
    told = json.loads((tmp_path / "new.zip.report.json").read_bytes())
    assert told["options"]["compare"] == str(old)
    assert "1 occurrence changed: individualCount 1." in [f["message"] for f in told["findings"]]
    swapped = export(engine, tmp_path / "swapped.zip", compare=tmp_path / "new.zip", core="occurrence")
    assert {name.split()[1] for name in codes(swapped)} == {"event"}


def test_what_must_not_happen_stops_the_run(sqlite: Engine, tmp_path: Path) -> None:
    old = tmp_path / "out.zip"
    before = export(sqlite, old).report.sha256
    content = old.read_bytes()
    with sqlite.begin() as connection:
        connection.execute(FINDS.update().where(FINDS.c.id == 4).values(uid="find-40"))
    with pytest.raises(FindingsError) as caught:
        export(sqlite, old, force=True, compare=old, fail_on=["gone", "moved"], changes=tmp_path / "list.csv")
    assert [(f.code, f.level, f.examples) for f in caught.value.report.errors()] == [("ID_GONE", "error", ["find-4"])]
    assert "ID_ADDED" in {f.code for f in caught.value.report.findings if f.level == "info"}
    assert "find-4,,gone" in (tmp_path / "list.csv").read_text()
    assert {p.name for p in tmp_path.iterdir()} == {"traps.db", "out.zip", "out.zip.report.json", "list.csv"}
    assert old.read_bytes() == content
    result = export(sqlite, old, force=True, compare=old, fail_on=["gone"], keep_going=True)
    assert result.report.sha256 != before
    assert "PREVIOUS_REPLACED" in {f.code for f in result.report.findings}


def test_comparing_does_not_change_the_archive(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    digests = {export(sqlite, tmp_path / "old.zip").report.sha256}
    digests.add(export(sqlite, tmp_path / "new.zip", compare=tmp_path / "old.zip", fail_on=["gone"]).report.sha256)
    assert len(digests) == 1


def test_a_name_that_is_no_utf8(sqlite: Engine, tmp_path: Path) -> None:
    old = tmp_path / os.fsdecode(b"old\xff.zip")
    export(sqlite, old)
    result = export(sqlite, tmp_path / "new.zip", compare=old, changes=tmp_path / os.fsdecode(b"list\xff.csv"))
    told = json.loads((tmp_path / "new.zip.report.json").read_bytes())
    assert told["options"]["compare"] == str(tmp_path / "old\ufffd.zip")
    assert "old\ufffd.zip" in next(f.message for f in result.report.findings if f.code == "NOTHING_CHANGED")


def test_who_makes_no_check_refuses_what_is_for_checks(sqlite: Engine, tmp_path: Path) -> None:
    export(sqlite, tmp_path / "old.zip")
    with pytest.raises(InputError, match="'compare' says nothing to a preview"):
        exporter.preview(format="dwca", source=source(sqlite), options={"compare": tmp_path / "old.zip"})
    with pytest.raises(InputError, match="'compare' says nothing to a run without checks"):
        export(sqlite, tmp_path / "new.zip", compare=tmp_path / "old.zip", checked=False)
    assert not (tmp_path / "new.zip").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fail_on": ["gone"]}, "The option 'fail_on' is about changes"),
        ({"changes": "list.csv"}, "The option 'changes' is about changes"),
        ({"core": "event"}, "The option 'core' says nothing to a check"),
        ({"compare": "old.zip", "fail_on": ["lost"]}, "takes added|gone|changed|moved"),
    ],
)
def test_options_that_do_not_fit(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    new = archive(tmp_path / "new.zip", events(), finds())
    with pytest.raises(InputError) as caught:
        exporter.check(new, "dwca", options=options)
    assert words in caught.value.message


# --- the list


def listed(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_list_of_changes(tmp_path: Path) -> None:
    rows = mended(
        FOUND, {0: {"id": "e2", "sex": "male", "modified": "2025"}, 1: None, 3: {"id": "e1", "occurrenceID": "f4"}}
    )
    archive(tmp_path / "old.zip", events(), finds(), images())
    archive(tmp_path / "new.zip", events(), finds(rows), images(mended(IMAGES, {1: {"title": "other"}})))
    path = tmp_path / "list.csv"
    for _ in range(2):  # a list may be replaced
        compared(tmp_path / "new.zip", tmp_path / "old.zip", changes=str(path))
    blank = dict.fromkeys(("of", "columns", "from", "to"), "")
    assert listed(path) == [
        {**blank, "file": "occurrence.txt", "id": "f4", "what": "added"},
        {**blank, "file": "occurrence.txt", "id": "f2", "what": "gone"},
        {**blank, "file": "occurrence.txt", "id": "f1", "what": "changed", "columns": "sex modified"},
        {**blank, "file": "occurrence.txt", "id": "f1", "what": "moved", "columns": "eventID", "from": "e1", "to": "e2"},
        {
            **blank,
            "file": "multimedia.txt",
            "id": "https://example.org/2.jpg",
            "of": "e2",
            "what": "changed",
            "columns": "title",
        },
    ]
    assert {p.name for p in tmp_path.iterdir()} == {"old.zip", "new.zip", "list.csv"}


def test_the_list_is_in_the_order_of_the_rows(tmp_path: Path) -> None:
    rows = [{"id": "e1", "occurrenceID": f"f{n * 7919 % 5003}", "sex": str(n)} for n in range(3_000)]
    archive(tmp_path / "old.zip", events(), finds())
    archive(tmp_path / "new.zip", events(), finds(rows))
    compared(tmp_path / "new.zip", tmp_path / "old.zip", changes=str(tmp_path / "list.csv"))
    known = {row["occurrenceID"] for row in FOUND}
    assert [row["id"] for row in listed(tmp_path / "list.csv") if row["what"] == "added"] == [
        row["occurrenceID"] for row in rows if row["occurrenceID"] not in known
    ]


@pytest.mark.parametrize(
    "where", ["old.zip", "new.zip", "out.zip", "out.zip.report.json", "notes.txt", "folder", "none/list.csv"]
)
def test_places_where_no_list_goes(sqlite: Engine, tmp_path: Path, where: str) -> None:
    old = archive(tmp_path / "old.zip", events(), finds())
    new = archive(tmp_path / "new.zip", events(), finds())
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    options = {"compare": old, "changes": tmp_path / where}
    with pytest.raises(InputError) as caught:
        exporter.run(format="dwca", source=source(sqlite), output=tmp_path / "out.zip", options=options)
    assert where in caught.value.message
    if not where.startswith("out"):
        with pytest.raises(InputError, match="list"):
            exporter.check(new, "dwca", options={n: str(v) for n, v in options.items()})
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before


def test_a_list_that_cannot_be_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(tmp_path / "old.zip", events(), finds())
    archive(tmp_path / "new.zip", events(), finds(FOUND[:1]))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(changelist.os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        compared(tmp_path / "new.zip", tmp_path / "old.zip", changes=str(tmp_path / "list.csv"))
    assert {p.name for p in tmp_path.iterdir()} == {"old.zip", "new.zip"}


# --- the command line


def command(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(_Main(), [str(word) for word in words])  # type: ignore[arg-type]
    return done.exit_code, done.stdout, done.stderr


class _Main:
    """The command as a shell calls it, with its exit codes."""

    name = "exporter"

    def main(self, args: list[str], **_: Any) -> None:
        main(args)


def test_exit_codes(tmp_path: Path) -> None:
    old = archive(tmp_path / "old.zip", events(), finds())
    new = archive(tmp_path / "new.zip", events(), finds(FOUND[:2]))
    sound = exporter.check(new, "dwca")
    assert {f.level for f in sound} == {"error", "warning"}  # its eml.xml says next to nothing
    code, out, _ = command("check", "--compare", old, new, "--json")  # the format is found by the file's looks
    gone = next(f for f in json.loads(out)["findings"] if f["code"] == "ID_GONE")
    assert (code, gone["level"], gone["examples"]) == (2, "info", ["f3"])


def test_exit_codes_of_sound_archives(sqlite: Engine, tmp_path: Path) -> None:
    old, new = tmp_path / "old.zip", tmp_path / "new.zip"
    export(sqlite, old)
    with sqlite.begin() as connection:
        connection.execute(FINDS.delete().where(FINDS.c.id == 4))
    export(sqlite, new)
    assert command("check", new, "--compare", old)[0] == 0
    assert command("check", new, "--compare", old, "--fail-on", "moved")[0] == 0
    assert command("check", new, "--compare", old, "--fail-on", "moved", "--fail-on", "gone")[0] == 2
    assert command("check", old, "--compare", new, "--fail-on", "gone", "--format", "dwca")[0] == 0
    code, _, err = command("check", new, "--compare", tmp_path / "nothing.zip")
    assert (code, "There is no archive" in err) == (2, True)
    code, _, err = command("check", new, "--core", "event")
    assert (code, "No such option" in err) == (2, True)
    code, _, err = command("preview", "--format", "dwca", "--compare", old)
    assert (code, "No such option" in err) == (2, True)
    assert "--fail-on" in command("check", "--help")[1]
