"""Archives from a small host app, on every database there is, read back row by row."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import Engine, case, column, func, select, table

import exporter
from exporter import RecordSource

from .traps import DATASET, FINDS, PICTURES, TAXA, VISITS, orphans, read, source

FILES = {"event.txt", "occurrence.txt", "multimedia.txt", "extendedmeasurementorfact.txt"}


def export(tmp_path: Path, given: exporter.Source, name: str = "out.zip", **words: Any) -> tuple[dict[str, Any], Any]:
    result = exporter.run(format="dwca", source=given, output=tmp_path / name, **words)
    assert result.artifact is not None
    assert not [f for f in exporter.check(result.artifact.path, "dwca") if f.level == "error"]  # which reads every row
    return read(result.artifact.path), result.report


def ids(rows: list[dict[str, str]], field: str) -> list[str]:
    return [row[field] for row in rows]


def codes(report: Any) -> dict[tuple[str, str], int]:
    return {(f.record, f.code): f.count for f in report.findings}


def test_everything_is_written_or_named(engine: Engine, tmp_path: Path) -> None:
    files, report = export(tmp_path, source(engine))
    assert set(files) == FILES
    assert ids(files["event.txt"], "eventID") == ["visit-1", "visit-2", "visit-3", "visit-4"]
    assert ids(files["occurrence.txt"], "occurrenceID") == ["find-1", "find-2", "find-3", "find-4"]
    assert codes(report) == {
        ("occurrence", "EVENT_NOT_GIVEN"): 1,
        ("occurrence", "EVENT_MISSING"): 1,
        ("occurrence", "OCCURRENCE_WITHDRAWN"): 1,
        ("occurrence", "DETERMINATION_MISSING"): 1,
        ("occurrence", "EMAIL_HIDDEN"): 1,
        ("media", "OCCURRENCE_LEFT_OUT"): 1,
        ("media", "EVENT_NOT_GIVEN"): 1,
    }
    for count in report.records.values():
        assert count.rows == count.written + count.filtered + count.left_out
    assert not orphans(files, "event.txt")
    assert exporter.check(tmp_path / "out.zip") == []


def test_cells(engine: Engine, tmp_path: Path) -> None:
    files, _ = export(tmp_path, source(engine))
    night, evening = files["event.txt"][1:3]
    assert night["decimalLatitude"] == "53.496"
    assert night["decimalLongitude"] == "-4.774001"
    assert (night["eventDate"], night["eventTime"]) == ("2024-06-01/2024-06-02", "21:30:00/05:30:00")
    assert (night["year"], night["month"], night["day"]) == ("2024", "6", "")
    assert (evening["eventDate"], evening["day"]) == ("2024-06-02", "2")
    moth = files["occurrence.txt"][0]
    assert (moth["scientificName"], moth["specificEpithet"], moth["taxonRank"]) == ("Noctua pronuba", "pronuba", "species")
    assert (moth["basisOfRecord"], moth["occurrenceStatus"], moth["identifiedBy"]) == (
        "HumanObservation",
        "present",
        "Ada Lovelace",
    )
    assert files["occurrence.txt"][2]["identifiedBy"] == ""
    scores = files["extendedmeasurementorfact.txt"]
    assert ids(scores, "measurementValue") == ["0.912345678901", "0.5", "0.25", "0.75"]
    assert scores[0]["measurementID"] == "find-1:classification-score"


def test_a_filter_on_occurrences_keeps_their_events_and_ancestors(engine: Engine, tmp_path: Path) -> None:
    files, report = export(tmp_path, source(engine), filters={"taxa": ["Noctuidae"]})
    assert ids(files["occurrence.txt"], "occurrenceID") == ["find-1", "find-3"]
    assert ids(files["event.txt"], "eventID") == ["visit-1", "visit-2", "visit-3"]
    assert ids(files["multimedia.txt"], "identifier") == [f"https://example.org/{n}.jpg" for n in (1, 2, 4)]
    assert not orphans(files, "event.txt")
    assert report.records["event"].filtered == 1
    every, _ = export(tmp_path, source(engine), "all.zip", filters={"taxa": ["Noctuidae"]}, options={"events": "all"})
    assert len(every["event.txt"]) == 4
    lonely, _ = export(tmp_path, source(engine), "with.zip", options={"events": "with-occurrences"})
    assert ids(lonely["event.txt"], "eventID") == ["visit-1", "visit-2", "visit-3", "visit-4"]


@pytest.mark.parametrize(
    ("filters", "events", "finds"),
    [
        ({"date_from": "2024-06-11"}, ["visit-4"], ["find-4"]),
        ({"date_to": "2024-06-01"}, ["visit-1", "visit-2"], ["find-1", "find-2"]),
        (
            {"date_from": "2024-06-02", "date_to": "2024-06-02"},
            ["visit-1", "visit-2", "visit-3"],
            ["find-1", "find-2", "find-3"],
        ),
        ({"events": ["visit-3"]}, ["visit-1", "visit-3"], ["find-3"]),
        ({"sites": ["Forest"]}, ["visit-4"], ["find-4"]),
        ({"bounding_box": "-5,55,-4,56"}, ["visit-4"], ["find-4"]),
        ({"bounding_box": "170,55,-4,56"}, ["visit-4"], ["find-4"]),
        ({"verified": True}, ["visit-1", "visit-2", "visit-4"], ["find-1", "find-4"]),
        ({"verified": False}, ["visit-1", "visit-2", "visit-3"], ["find-2", "find-3"]),
        ({"min_score": 0.75}, ["visit-1", "visit-2", "visit-4"], ["find-1", "find-4"]),
        ({"taxa": ["5"]}, ["visit-1", "visit-2", "visit-4"], ["find-2", "find-4"]),
        ({"taxa": ["Lepidoptera"], "sites": ["Forest"]}, ["visit-4"], ["find-4"]),
    ],
)
def test_filters(engine: Engine, tmp_path: Path, filters: dict[str, Any], events: list[str], finds: list[str]) -> None:
    files, report = export(tmp_path, source(engine), filters=filters)
    assert ids(files["event.txt"], "eventID") == events
    assert ids(files["occurrence.txt"], "occurrenceID") == finds
    assert not orphans(files, "event.txt")
    for count in report.records.values():
        assert count.rows == count.written + count.filtered + count.left_out


def test_preview_counts_what_a_run_writes(engine: Engine, tmp_path: Path) -> None:
    _, report = export(tmp_path, source(engine), filters={"verified": True})
    for full in (False, True):
        seen = exporter.preview(format="dwca", source=source(engine), filters={"verified": True}, full=full).report
        assert seen.records == report.records
        assert [f.code for f in seen.findings] == [f.code for f in report.findings if full or f.code != "ROWS_SORTED"]
        assert seen.classes == {"Biston betularia": 1, "Noctua pronuba": 1}
    assert {p.name for p in tmp_path.iterdir()} <= {"out.zip", "out.zip.report.json", "traps.db"}


def test_project_is_a_wall(engine: Engine, tmp_path: Path) -> None:
    files, _ = export(tmp_path, source(engine), project=2, filters={"events": ["visit-2", "visit-4"]})
    assert ids(files["event.txt"], "eventID") == ["visit-4"]
    assert ids(files["occurrence.txt"], "occurrenceID") == ["find-4"]
    assert ids(files["multimedia.txt"], "identifier") == ["https://example.org/5.jpg"]
    single = source(engine, records={"event": RecordSource(select(VISITS.c.uid.label("event_id")), key=VISITS.c.id)})
    with pytest.raises(exporter.ExporterError, match="single-project"):
        export(tmp_path, single, "single.zip", project=1)


def test_occurrence_core(engine: Engine, tmp_path: Path) -> None:
    files, report = export(tmp_path, source(engine), options={"core": "occurrence"})
    assert set(files) == FILES - {"event.txt"}
    moth = files["occurrence.txt"][0]
    assert moth["id"] == moth["occurrenceID"] == "find-1"
    assert (moth["locality"], moth["decimalLatitude"], moth["eventDate"]) == ("Meadow", "53.496", "2024-06-01/2024-06-02")
    assert not orphans(files, "occurrence.txt")
    assert ids(files["multimedia.txt"], "id") == ["find-1", "find-3", "find-4", "find-2"]
    assert codes(report)[("media", "OCCURRENCE_NOT_GIVEN")] == 2
    assert exporter.check(tmp_path / "out.zip") == []


def test_made_identifiers_outlive_everything_but_their_rows(engine: Engine, tmp_path: Path) -> None:
    records = {
        "event": RecordSource(
            select(VISITS.c.parent_id.label("parent_event_id"), VISITS.c.site.label("locality")), key=VISITS.c.id
        ),
        "occurrence": RecordSource(
            select(FINDS.c.visit_id.label("event_id"), FINDS.c.person.label("scientific_name")).where(
                FINDS.c.person.is_not(None)
            ),
            key=FINDS.c.id,
        ),
    }
    given = source(engine, records=records, namespace=uuid.UUID("6f0d2c9e-8c56-4a6b-9f0c-5a8a0f2b8d11"))
    before, _ = export(tmp_path, given, "before.zip")
    expected = f"urn:uuid:{uuid.uuid5(given.namespace or uuid.NAMESPACE_DNS, 'event:2')}"
    assert before["event.txt"][1]["eventID"] == expected
    assert before["occurrence.txt"][0]["eventID"] == expected
    assert not orphans(before, "event.txt")
    with engine.begin() as connection:
        connection.execute(VISITS.update().values(site="Renamed"))
        connection.execute(FINDS.delete().where(FINDS.c.id == 2))
        connection.execute(FINDS.insert().values(id=9, uid="find-9", visit_id=3, person="Grace Hopper"))
    after, _ = export(tmp_path, given, "after.zip")
    assert ids(after["event.txt"], "eventID") == ids(before["event.txt"], "eventID")
    was, now = ({row["occurrenceID"]: row for row in f["occurrence.txt"]} for f in (before, after))
    assert len(was.keys() - now.keys()) == len(now.keys() - was.keys()) == 1
    assert all(was[k] == now[k] for k in was.keys() & now.keys())


def test_same_bytes(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name in ("a.zip", "b.zip"):
        export(tmp_path, source(engine), name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_fixed_set_of_files(sqlite: Engine, tmp_path: Path) -> None:
    given = source(sqlite, records={"event": source(sqlite).records["event"]})
    files, _ = export(tmp_path, given)
    assert {name: len(rows) for name, rows in files.items()} == {n: 4 if n == "event.txt" else 0 for n in FILES}


def test_emails_only_when_asked(sqlite: Engine, tmp_path: Path) -> None:
    agent = {"surname": "Lovelace", "email": "ada@example.org"}
    given = source(sqlite, documents={"dataset": DATASET | {"creators": [agent]}})
    export(tmp_path, given)
    export(tmp_path, given, "open.zip", options={"include_emails": True})
    assert read(tmp_path / "open.zip")["occurrence.txt"][2]["identifiedBy"] == "ada@example.org"

    def whole(name: str) -> bytes:
        import zipfile

        with zipfile.ZipFile(tmp_path / name) as archive:
            return b"".join(archive.read(n) for n in archive.namelist())

    assert b"ada@" not in whole("out.zip")
    assert whole("open.zip").count(b"ada@example.org") > 1


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ({}, "event.txt"),
        ({"filters": {"taxa": ["Noctuidae"]}}, "event.txt"),  # an ancestor of what was filtered: no rule has looked at it
        ({"options": {"core": "occurrence"}}, "occurrence.txt"),  # lent by an event that is not written itself
    ],
)
def test_no_email_of_an_event_is_shown(sqlite: Engine, tmp_path: Path, words: dict[str, Any], file: str) -> None:
    deployment = VISITS.c.id == 1 if file == "event.txt" else VISITS.c.id == 2
    holder = case((deployment, "ada@example.org"), else_="Trust").label("rights_holder")
    events = source(sqlite).records["event"]
    event = attrs.evolve(events, select=events.select.add_columns(holder))
    files, _ = export(tmp_path, source(sqlite, records=source(sqlite).records | {"event": event}), **words)
    assert "" in ids(files[file], "rightsHolder")
    assert set(ids(files[file], "rightsHolder")) <= {"", "Trust"}


def test_two_parents_of_one_identifier_double_no_row(sqlite: Engine, tmp_path: Path) -> None:
    with sqlite.begin() as connection:
        connection.execute(TAXA.insert().values(id=6, parent_id=2, name="Noctua pronuba, again", rank_="species"))
    of_taxa = select(func.min(TAXA.c.id, 3).label("taxon_id"), TAXA.c.name.label("scientific_name"))
    given = source(sqlite, records=source(sqlite).records | {"taxon": RecordSource(of_taxa, key=TAXA.c.id)})
    files, report = export(tmp_path, given)
    first = files["occurrence.txt"][0]
    assert (first["occurrenceID"], first["scientificName"]) == ("find-1", "Noctua pronuba")
    assert len(files["occurrence.txt"]) == 2
    assert codes(report)["occurrence", "TAXON_MISSING"] == 2  # the taxa past the third are gone
    with sqlite.begin() as connection:
        connection.exec_driver_sql("create table twins as select * from visits")
        connection.exec_driver_sql(
            "insert into twins select id + 100, uid, parent_id, project_id, site, began, ended, latitude, 9 from visits"
        )
    twins = table("twins", *(column(c.name) for c in VISITS.c))
    event = RecordSource(select(twins.c.uid.label("event_id"), twins.c.site.label("locality")), key=twins.c.id)
    with pytest.raises(exporter.ExporterError, match="ID_DUPLICATE"):
        export(
            tmp_path,
            source(sqlite, records=source(sqlite).records | {"event": event}),
            "b.zip",
            options={"core": "occurrence"},
        )


def test_what_a_rule_drops_is_not_lent(sqlite: Engine, tmp_path: Path) -> None:
    class Secret:
        def exporter_rules(self, records: Any) -> list[exporter.Rule]:
            event = records["event"].columns
            return [exporter.Rule("event", "SECRET", "A secret place.", where=event["locality"] == "Meadow")]

    files, report = export(tmp_path, source(sqlite), options={"core": "occurrence"}, plugins=[Secret()])
    assert {m["locality"] for m in files["occurrence.txt"]} == {"Forest"}
    assert "event" not in report.records


def test_rules_in_python(engine: Engine, tmp_path: Path) -> None:
    class Long:
        def exporter_rules(self) -> list[exporter.Rule]:
            def pairs(rows: Any) -> list[bool]:
                return [row["individual_count"] == "2" for row in rows]

            return [exporter.Rule("occurrence", "TWO", "Two of them.", check=pairs, fields=("individual_count",))]

    files, report = export(tmp_path, source(engine), plugins=[Long()])
    assert ids(files["occurrence.txt"], "occurrenceID") == ["find-1", "find-3", "find-4"]
    assert codes(report)[("occurrence", "TWO")] == 1
    assert not orphans(files, "event.txt")
    words: dict[str, Any] = {"format": "dwca", "source": source(engine), "plugins": [Long()]}
    assert exporter.preview(**words, full=True).report.records == report.records
    assert exporter.preview(**words).report.records["occurrence"].left_out == 4


def test_filters_compare_numbers_that_a_column_keeps_as_text(engine: Engine, tmp_path: Path) -> None:
    from sqlalchemy import String, cast

    as_text = {f"decimal_{n}": cast(VISITS.c[n], String(40)) for n in ("latitude", "longitude")}
    event = RecordSource(
        select(VISITS.c.uid.label("event_id"), *(c.label(n) for n, c in as_text.items())),
        key=VISITS.c.id,
        project=VISITS.c.project_id,
    )
    given = source(engine, records=source(engine).records | {"event": event})
    files, _ = export(tmp_path, given, filters={"bounding_box": "-5,9,-4,54.2"})
    assert ids(files["event.txt"], "eventID") == ["visit-1", "visit-2"]


def test_a_filter_that_the_source_has_no_field_for(sqlite: Engine, tmp_path: Path) -> None:
    given = source(sqlite, records={"event": RecordSource(select(VISITS.c.uid.label("event_id")), key=VISITS.c.id)})
    for filters in ({"date_from": "2024-01-01"}, {"bounding_box": "1,2,3,4"}, {"taxa": "x"}, {"verified": True}):
        with pytest.raises(exporter.ExporterError, match="does not provide"):
            export(tmp_path, given, filters=filters)
    lonely = source(sqlite, records={"media": source(sqlite).records["media"]})
    with pytest.raises(exporter.ExporterError, match="needs the record 'event'"):
        export(tmp_path, lonely)


def test_media_of_occurrences_only(sqlite: Engine, tmp_path: Path) -> None:
    own = select(FINDS.c.uid.label("occurrence_id"), PICTURES.c.url.label("identifier"))
    media = RecordSource(own.select_from(PICTURES.outerjoin(FINDS, FINDS.c.id == PICTURES.c.find_id)), key=PICTURES.c.id)
    files, report = export(tmp_path, source(sqlite, records=source(sqlite).records | {"media": media}))
    assert ids(files["multimedia.txt"], "id") == ["visit-2", "visit-3", "visit-4", "visit-2"]
    assert codes(report)[("media", "EVENT_NOT_GIVEN")] == 2
    assert not orphans(files, "event.txt")


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_scope_bounds_all_that_belongs_to_it(engine: Engine, tmp_path: Path, core: str) -> None:
    given = source(engine, scope={"event": VISITS.c.project_id == 2})
    files, report = export(tmp_path, given, options={"core": core})
    assert ids(files["occurrence.txt"], "occurrenceID") == ["find-4"]
    assert ids(files["multimedia.txt"], "identifier") == ["https://example.org/5.jpg"]
    assert report.records["occurrence"].rows == 1
    assert not [f for f in report.findings if f.code != "ROWS_SORTED"]
    both, _ = export(tmp_path, given, "both.zip", project=1)
    assert both["event.txt"] == both["occurrence.txt"] == []


def test_an_occurrence_of_a_taxon_that_is_not_there_is_left_out(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(FINDS.update().where(FINDS.c.id == 1).values(taxon_id=777))
    before = exporter.preview(format="dwca", source=source(engine)).report
    result = exporter.run(format="dwca", source=source(engine), output=tmp_path / "a.zip")
    assert [(f.count, f.action) for f in result.report.findings if f.code == "TAXON_MISSING"] == [(1, "dropped")]
    assert [f.count for f in before.findings if f.code == "TAXON_MISSING"] == [1]
    assert all(row["scientificName"] for row in read(tmp_path / "a.zip")["occurrence.txt"])


def test_what_belongs_to_a_dropped_taxon_is_left_out(sqlite: Engine, tmp_path: Path) -> None:
    class Secret:
        def exporter_rules(self, records: Any) -> list[exporter.Rule]:
            name = records["taxon"].columns["scientific_name"]
            return [exporter.Rule("taxon", "SECRET", "A protected species.", where=name == "Noctua pronuba")]

    files, report = export(tmp_path, source(sqlite), plugins=[Secret()])
    assert ids(files["occurrence.txt"], "occurrenceID") == ["find-2", "find-4"]
    assert codes(report)[("occurrence", "TAXON_LEFT_OUT")] == 3
    assert ids(files["multimedia.txt"], "identifier") == [f"https://example.org/{n}.jpg" for n in (1, 5, 7)]


@pytest.mark.parametrize(
    ("begin", "end", "date", "time", "parts"),
    [
        ("2024-06-01 07:30:00", None, "2024-06-01", "07:30:00", ("2024", "6", "1")),
        ("2024-06-01", "2024-07-02", "2024-06-01/2024-07-02", "", ("2024", "", "")),
        (
            "2024-06-01T22:00+02:00",
            "2024-06-02T05:00+02:00",
            "2024-06-01/2024-06-02",
            "22:00+02:00/05:00+02:00",
            ("2024", "6", ""),
        ),
        ("03.06.2024 07:30", "03.06.2024 12:00", "03.06.2024 07:30/03.06.2024 12:00", "", ("", "", "")),
        ("2024", None, "2024", "", ("", "", "")),
        (None, None, "", "", ("", "", "")),
    ],
)
def test_dates(
    sqlite: Engine, tmp_path: Path, begin: str | None, end: str | None, date: str, time: str, parts: tuple[str, ...]
) -> None:
    with sqlite.begin() as connection:
        connection.exec_driver_sql("create table days (id integer primary key, begin text, finish text)")
        connection.exec_driver_sql("insert into days values (1, ?, ?)", (begin, end))
    days = table("days", column("id"), column("begin"), column("finish"))
    event = RecordSource(
        select(days.c.id.label("event_id"), days.c.begin.label("event_start"), days.c.finish.label("event_end")),
        key=days.c.id,
    )
    (row,) = export(tmp_path, source(sqlite, records={"event": event}))[0]["event.txt"]
    assert (row["eventDate"], row["eventTime"], (row["year"], row["month"], row["day"])) == (date, time, parts)


def test_no_row_at_all_is_said(sqlite: Engine, tmp_path: Path) -> None:
    files, report = export(tmp_path, source(sqlite), project=9)
    assert files["event.txt"] == []
    assert codes(report) == {("", "NO_ROWS"): 1}


def test_a_missing_basis_of_record_is_said(sqlite: Engine, tmp_path: Path) -> None:
    plain = RecordSource(
        select(FINDS.c.uid.label("occurrence_id"), VISITS.c.uid.label("event_id"), FINDS.c.person.label("scientific_name"))
        .select_from(FINDS.join(VISITS, VISITS.c.id == FINDS.c.visit_id)),
        key=FINDS.c.id,
    )  # fmt: skip
    files, report = export(tmp_path, source(sqlite, records=source(sqlite).records | {"occurrence": plain}))
    assert {m["basisOfRecord"] for m in files["occurrence.txt"]} == {""}
    assert ("occurrence", "REQUIRED_TERM_MISSING") in codes(report)


def test_filters_by_made_identifiers_are_refused(sqlite: Engine, tmp_path: Path) -> None:
    event = RecordSource(select(VISITS.c.site.label("locality")), key=VISITS.c.id)
    given = source(sqlite, records={"event": event}, namespace="6f0d2c9e-8c56-4a6b-9f0c-5a8a0f2b8d11")
    files, _ = export(tmp_path, given, filters={"events": "4"})
    assert len(files["event.txt"]) == 1
    with pytest.raises(exporter.ExporterError, match="own keys"):
        export(tmp_path, given, "b.zip", filters={"events": files["event.txt"][0]["eventID"]})
