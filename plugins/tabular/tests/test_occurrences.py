"""Layout `occurrences`: one row for each occurrence, on every database there is, against what was counted by hand."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, literal_column, select, text
from sqlalchemy import column as sql_column

import exporter
from exporter import HostFilter, RecordSource
from exporter.database import plan_sorts, statement
from exporter_tabular import flat, nested
from exporter_tabular.flat import COLUMNS

from .host import CALLS, FINDS, PICTURES, TAXA, VISITS, codes, export, read_csv, read_json, records, source

OCCURRENCES = {"layout": "occurrences"}
EMPTY = dict.fromkeys(COLUMNS, "")
EXPECTED = [
    EMPTY
    | {
        "id": "find-2",
        "event": "night-1",
        "deployment": "season",
        "project": "1",
        "determination": "Biston betularia",
        "determination_score": "0.5",
        "verification": "unverified",
        "best_machine_prediction": "Biston betularia",
        "best_machine_prediction_algorithm": "model 1",
        "agreement": "true",
        "detections_count": "0",
        "first_appearance": "2024-06-01T23:00:00",
        "last_appearance": "2024-06-02T01:00:00",
        "duration": "7200",
    },
    {
        "id": "find-1",
        "event": "night-1",
        "deployment": "season",
        "project": "1",
        "determination": "Noctua pronuba",
        "determination_score": "0.9125",
        "verification": "verified",
        "best_machine_prediction": "Noctua fimbriata",
        "best_machine_prediction_algorithm": "model 2",
        "best_machine_prediction_score": "0.92",
        "verified_by": "Bob",
        "agreement": "false",
        "detections_count": "3",
        "first_appearance": "2024-06-01T22:00:00",
        "last_appearance": "2024-06-01T22:01:30.500000",
        "duration": "90.5",
        "best_detection_url": "https://x/2.jpg",
        "bbox": "[10.5,-2.0,30.0,40.0]",
        "width": "640",
        "height": "480",
        "capture_url": "https://x/c2.jpg",
    },
    EMPTY
    | {
        "id": "find-3",
        "event": "night-2",
        "project": "2",
        "detections_count": "2",
        "first_appearance": "2024-06-03T21:00:00",
        "last_appearance": "2024-06-03T21:30:00",
        "duration": "1800",
        "best_detection_url": "https://x/4.jpg",
    },
    EMPTY
    | {
        "id": "find-4",
        "event": "gone",
        "project": "2",
        "determination": "'=cmd|' /C calc'!A0",
        "determination_score": "-0.25",
        "verification": "verified",
        "verified_by": "Cy",
        "detections_count": "0",
        "first_appearance": "2024-06-03T22:00:00",
    },
]


def test_the_columns_are_those_that_were_agreed() -> None:
    words = "id event deployment project determination determination_score verification best_machine_prediction"
    words += " best_machine_prediction_algorithm best_machine_prediction_score verified_by agreement detections_count"
    words += " first_appearance last_appearance duration best_detection_url bbox width height capture_url"
    assert tuple(words.split()) == COLUMNS


def test_flat(engine: Engine, tmp_path: Path) -> None:
    path, report = export(tmp_path, "csv", source(engine), options=OCCURRENCES)
    assert read_csv(path) == EXPECTED
    assert codes(report) == {"FORMULA_NEUTRALISED": 1}
    assert next(f for f in report.findings if f.code == "FORMULA_NEUTRALISED").examples == ["determination"]
    assert list(report.records) == ["occurrence"]
    assert report.records["occurrence"].written == report.parts[0]["rows"] == 4
    assert exporter.check(path) == []


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_nested(engine: Engine, tmp_path: Path, format: str) -> None:
    path, report = export(tmp_path, format, source(engine), options=OCCURRENCES)
    objects = read_json(path)
    assert [o["occurrence_id"] for o in objects] == ["find-2", "find-1", "find-3", "find-4"]
    assert codes(report) == {}
    assert list(report.records) == ["occurrence"]
    assert exporter.check(path) == []
    two, one, three, four = objects
    assert one == {
        "occurrence_id": "find-1",
        "event_id": "night-1",
        "scientific_name": "Noctua pronuba",
        "score": 0.9125,
        "verified": True,
        "identified_by": "Ada",
        "occurrence_start": "2024-06-01T22:00:00",
        "occurrence_end": "2024-06-01T22:01:30.500000",
        "occurrence_remarks": "plain",
        "event": {"event_id": "night-1", "parent_event_id": "season", "locality": "Meadow"},
        "detections": one["detections"],
        "identifications": one["identifications"],
    }
    assert [d["identifier"] for d in one["detections"]] == [f"https://x/{n}.jpg" for n in (1, 2, 3)]
    assert one["detections"][1]["bbox_y"] == -2
    assert one["detections"][2]["score"] is None
    assert type(one["detections"][0]["width"]) is int
    assert [i["identified_by"] for i in one["identifications"]] == ["model 1", "model 0", "model 2", "Ada", "Bob", "Eve"]
    assert [i["machine"] for i in one["identifications"]] == [True, True, True, False, False, False]
    assert one["identifications"][5] == {
        "identification_id": "6",
        "occurrence_id": "find-1",
        "scientific_name": "Noctua fimbriata",
        "machine": False,
        "score": None,
        "withdrawn": True,
        "identified_by": "Eve",
        "date_identified": "2024-06-06T09:00:00",
    }
    assert (two["detections"], two["event"]) == ([], one["event"])
    assert (three["verified"], three["scientific_name"], len(three["detections"])) == (None, None, 2)
    assert (four["event"], four["identifications"]) == (None, [])
    assert (four["event_id"], four["scientific_name"], four["score"]) == ("gone", "=cmd|' /C calc'!A0", -0.25)


def test_terms_name_nested_fields(sqlite: Engine, tmp_path: Path) -> None:
    path, _ = export(tmp_path, "json", source(sqlite), options=OCCURRENCES | {"headers": "terms"})
    one = read_json(path)[1]
    assert (one["occurrenceID"], one["event"]["eventID"], one["detections"][0]["identifier"]) == (
        "find-1",
        "night-1",
        "https://x/1.jpg",
    )
    assert one["score"] == 0.9125


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"project": 2}, ["find-3", "find-4"]),
        ({"filters": {"verified": True}}, ["find-1", "find-4"]),
        ({"filters": {"events": "night-1"}}, ["find-2", "find-1"]),
        ({"filters": {"min_score": 0.9}}, ["find-1"]),
        ({"filters": {"events": "none"}}, []),
    ],
)
def test_filters_narrow_as_usual(engine: Engine, tmp_path: Path, words: dict[str, Any], expected: list[str]) -> None:
    path, report = export(tmp_path, "csv", source(engine), options=OCCURRENCES, **words)
    rows = read_csv(path)
    assert [row["id"] for row in rows] == expected
    assert [row for row in EXPECTED if row["id"] in expected] == rows
    count = report.records["occurrence"]
    assert count.rows == count.written + count.filtered + count.left_out
    path, _ = export(tmp_path, "jsonl", source(engine), options=OCCURRENCES, **words)
    assert [o["occurrence_id"] for o in read_json(path)] == expected


def test_the_sources_own_filter(engine: Engine, tmp_path: Path) -> None:
    small = HostFilter(record="occurrence", help="Up to this key", type=int, where=lambda value: FINDS.c.id <= value)
    path, _ = export(tmp_path, "csv", source(engine, filters={"upto": small}), options=OCCURRENCES, filters={"upto": 10})
    assert read_csv(path) == EXPECTED[:2]


def test_what_the_source_lacks_is_empty(engine: Engine, tmp_path: Path) -> None:
    bare = RecordSource(select(FINDS.c.uid.label("occurrence_id")), key=FINDS.c.id)
    path, _ = export(tmp_path, "csv", source(engine, records={"occurrence": bare}), options=OCCURRENCES)
    assert read_csv(path) == [EMPTY | {"id": f"find-{n}"} for n in (2, 1, 3, 4)]
    path, _ = export(tmp_path, "json", source(engine, records={"occurrence": bare}), options=OCCURRENCES)
    assert read_json(path)[0] == {"occurrence_id": "find-2", "event": None, "detections": [], "identifications": []}


def test_deployment_and_project_from_the_event(engine: Engine, tmp_path: Path) -> None:
    given = records()
    event = RecordSource(
        select(VISITS.c.uid.label("event_id"), VISITS.c.site.label("locality")), key=VISITS.c.id, project=VISITS.c.project_id
    )
    given |= {"event": event, "occurrence": RecordSource(given["occurrence"].select, key=FINDS.c.id)}
    path, _ = export(tmp_path, "csv", source(engine, records=given), options=OCCURRENCES)
    rows = read_csv(path)
    assert [(row["deployment"], row["project"]) for row in rows] == [
        ("Meadow", "1"),
        ("Meadow", "1"),
        ("Forest", "2"),
        ("", ""),
    ]


def test_names_come_from_the_taxa_where_rows_have_their_identifier_only(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(TAXA.insert().values(id=11, name="Zz shares identifier 1"))
    taxon = select((TAXA.c.id % 10).label("taxon_id"), TAXA.c.name.label("scientific_name"))
    occurrence = select(FINDS.c.uid.label("occurrence_id"), FINDS.c.taxon_id.label("taxon_id"))
    identification = select(
        CALLS.c.id.label("identification_id"),
        CALLS.c.find_uid.label("occurrence_id"),
        CALLS.c.taxon_id.label("taxon_id"),
        CALLS.c.model.label("machine"),
        CALLS.c.withdrawn.label("withdrawn"),
        CALLS.c.score.label("score"),
    )
    given = source(
        engine,
        records={
            "taxon": RecordSource(taxon, key=TAXA.c.id),
            "occurrence": RecordSource(occurrence, key=FINDS.c.id),
            "identification": RecordSource(identification, key=CALLS.c.id),
        },
    )
    path, report = export(tmp_path, "csv", given, options=OCCURRENCES)
    found = [(r["determination"], r["best_machine_prediction"], r["agreement"]) for r in read_csv(path)]
    assert found == [
        ("Biston betularia", "Biston betularia", "true"),
        ("Noctua pronuba", "Noctua fimbriata", "false"),
        ("", "", ""),
        ("Noctua fimbriata", "", ""),
    ]
    assert report.records["occurrence"].written == 4
    path, _ = export(tmp_path, "json", given, options=OCCURRENCES)
    one = read_json(path)[1]
    assert (one["taxon_id"], one["scientific_name"]) == ("1", "Noctua pronuba")
    assert one["identifications"][2]["scientific_name"] == "Noctua fimbriata"


def test_records_that_are_texts_of_sql(sqlite: Engine, tmp_path: Path) -> None:
    known = ("taxon_id", "scientific_name", "occurrence_id")

    def record(sql: str) -> RecordSource:
        names = ["_key", *(word for word in sql.replace(",", " ").split() if word in known)]
        rows = text(sql).columns(*(sql_column(name) for name in names)).subquery("given")
        return RecordSource(select(*(rows.c[n] for n in names[1:])), key=rows.c["_key"])

    given = {
        "taxon": record("select id as _key, id as taxon_id, name as scientific_name from taxa"),
        "occurrence": record("select id as _key, uid as occurrence_id, taxon_id from finds"),
        "identification": record("select id as _key, find_uid as occurrence_id, taxon_id from calls"),
    }
    path, _ = export(tmp_path, "json", source(sqlite, records=given, namespace=uuid.uuid4()), options=OCCURRENCES)
    objects = read_json(path)
    assert [o["scientific_name"] for o in objects] == ["Biston betularia", "Noctua pronuba", None, "Noctua fimbriata"]
    assert [len(o["identifications"]) for o in objects] == [1, 6, 0, 0]
    assert objects[1]["identifications"][1]["scientific_name"] == "Biston betularia"


def test_two_events_of_one_identifier_are_named(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(VISITS.insert().values(id=7, uid="night-1", parent_uid="other", project_id=1, site="Lake"))
    path, report = export(tmp_path, "csv", source(engine), options=OCCURRENCES)
    assert read_csv(path) == EXPECTED
    assert codes(report) == {"FORMULA_NEUTRALISED": 1, "EVENT_AMBIGUOUS": 2}
    assert next(f for f in report.findings if f.code == "EVENT_AMBIGUOUS").examples == ["night-1"]
    path, report = export(tmp_path, "json", source(engine), options=OCCURRENCES | {"headers": "terms"})
    assert [o["event"] and o["event"]["locality"] for o in read_json(path)] == ["Meadow", "Meadow", "Forest", None]
    assert codes(report) == {"EVENT_AMBIGUOUS": 2}


def test_two_occurrences_of_one_identifier_both_have_what_belongs_to_them(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(FINDS.update().where(FINDS.c.id == 12).values(uid="find-1"))
    path, _ = export(tmp_path, "json", source(engine), options=OCCURRENCES)
    assert [len(o["detections"]) for o in read_json(path)] == [0, 3, 2, 3]


def test_keys_that_are_no_text(sqlite: Engine, tmp_path: Path) -> None:
    given = records()
    key: Any = literal_column("case finds.id when 9 then x'fc' when 10 then x'fd' when 11 then x'fe' else x'ff' end")
    given["occurrence"] = RecordSource(given["occurrence"].select, key=key)
    path, _ = export(tmp_path, "json", source(sqlite, records=given), options=OCCURRENCES)
    objects = read_json(path)
    assert {o["occurrence_id"]: len(o["detections"]) for o in objects} == {
        "find-1": 3,
        "find-2": 0,
        "find-3": 2,
        "find-4": 0,
    }


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_no_rows(engine: Engine, tmp_path: Path, format: str) -> None:
    with engine.begin() as connection:
        for table in (FINDS, CALLS, PICTURES, VISITS):
            connection.execute(table.delete())
    path, _ = export(tmp_path, format, source(engine), options=OCCURRENCES)
    expected = {"csv": ",".join(COLUMNS) + "\r\n", "json": "[\n]\n", "jsonl": ""}
    assert path.read_bytes().decode() == expected[format]
    assert exporter.check(path) == []


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_same_bytes_and_preview(engine: Engine, tmp_path: Path, format: str) -> None:
    first, report = export(tmp_path, format, source(engine), "first", options=OCCURRENCES)
    second, _ = export(tmp_path, format, source(engine), "second", options=OCCURRENCES)
    assert first.read_bytes() == second.read_bytes()
    seen = exporter.preview(format=format, source=source(engine), options=OCCURRENCES, full=True).report
    assert (seen.records, seen.findings) == (report.records, report.findings)


class _Plans:
    """Looks at the plans of the format's own statements before it leaves the answer to the format."""

    def __init__(self) -> None:
        self.sorted: dict[str, bool] = {}

    def exporter_query(self, ctx: Any, records: Any) -> None:
        for table in (*flat.tables(ctx, records), *nested.tables(ctx, records)):
            (query,) = table.queries
            columns = [v.expression.label(f"c{i}") for i, v in enumerate(query.values.values())]
            sql = statement(ctx.connection, query.query.with_only_columns(*columns, maintain_column_froms=True))
            self.sorted[table.name] = plan_sorts(ctx.connection, sql)


def test_indexes_serve_the_order_of_every_stream(tmp_path: Path) -> None:
    plans = _Plans()
    export(tmp_path, "json", "sample:insects?occurrences=300", options=OCCURRENCES, plugins=[plans])
    names = ("event", "identifications", "detections", "occurrences.json")
    assert plans.sorted == dict.fromkeys(names, False)


def test_sample(tmp_path: Path) -> None:
    csv_path, report = export(tmp_path, "csv", "sample:insects?occurrences=300", options=OCCURRENCES)
    json_path, _ = export(tmp_path, "json", "sample:insects?occurrences=300", options=OCCURRENCES)
    rows, objects = read_csv(csv_path), read_json(json_path)
    assert [r["id"] for r in rows] == [o["occurrence_id"] for o in objects]
    assert len(rows) == 300
    for row, whole in zip(rows, objects, strict=True):
        machines = [i for i in whole["identifications"] if i["machine"] and not i["withdrawn"]]
        best = max(machines, key=lambda i: i["score"], default=None)
        assert row["best_machine_prediction"] == (best["scientific_name"] if best else "")
        assert row["detections_count"] == str(len(whole["detections"]))
        assert row["event"] == whole["event"]["event_id"]
        assert row["deployment"] == whole["event"]["parent_event_id"]
        crop = max(whole["detections"], key=lambda d: d["score"])
        assert row["best_detection_url"] == crop["identifier"]
        assert json.loads(row["bbox"]) == [crop[f"bbox_{side}"] for side in ("x", "y", "width", "height")]
        assert (row["verified_by"] != "") == whole["verified"]
    withdrawn = [o["occurrence_id"] for o in objects if o["withdrawn"]]
    assert codes(report) == ({"OCCURRENCE_WITHDRAWN": len(withdrawn)} if withdrawn else {})
    assert {row["agreement"] for row in rows} == {"true", "false", ""}
    assert {p.name for p in tmp_path.iterdir()} == {
        f"out.{n}" for n in ("csv", "csv.report.json", "json", "json.report.json")
    }
