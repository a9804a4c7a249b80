"""`exporter map --family takeoff`: databases in the style of takeoff applications, and the rows that their drafts write."""

from __future__ import annotations

import csv
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

import exporter
from exporter.config import read_config
from exporter.errors import InputError
from exporter.mapping import draft

from .test_mapping import server as server  # the fixture

pytest.importorskip("exporter_tabular.format")

# The style of applications that keep measurements as JSON, with documents between pages and projects.
APP = """
create table projects (id text primary key, name text, description text, client_name text);
create table documents (id text primary key, project_id text references projects, filename text);
create table pages (
    id text primary key, document_id text references documents, page_number integer, width integer, height integer,
    sheet_number text, sheet_title text, scale_text text, scale_value real, scale_unit text, status text
);
create table conditions (
    id text primary key, project_id text references projects, name text, scope text, category text, measurement_type text,
    color text, unit text, depth real, total_quantity real, measurement_count integer, sort_order integer
);
create table measurements (
    id text primary key, condition_id text references conditions, page_id text references pages, geometry_type text,
    geometry_data text, quantity real, unit text, pixel_length real, pixel_area real, is_ai_generated integer,
    is_verified integer, notes text, ai_model text
);
insert into projects values ('p', 'House', 'Two storeys', 'Ms Ada');
insert into documents values ('d', 'p', 'plans.pdf');
insert into pages values ('g1', 'd', 1, 5400, 3600, 'A-101', 'First floor', '1/4" = 1''-0"', 37.5, 'foot', 'ready');
insert into conditions values
    ('c1', 'p', 'Slab', 'concrete', 'floors', 'area', '#3B82F6', 'SF', 4, 150, 2, 1),
    ('c2', 'p', 'Footing', 'concrete', null, 'count', '#ff0000', 'EA', null, 0, 0, 2);
insert into measurements values
    ('m1', 'c1', 'g1', 'polygon', '{"points": [{"x": 0, "y": 0}, {"x": 375, "y": 0}, {"x": 375, "y": 375}]}',
        50, 'SF', 1280.3, 70312.5, 1, 0, null, 'x'),
    ('m2', 'c1', 'g1', 'rectangle', '{"x": 0, "y": 0, "width": 375, "height": 375}',
        100, 'SF', 1500, 140625, 0, 1, 'slab on grade', null);
"""


def drafted(folder: Path, script: str) -> str:
    with sqlite3.connect(folder / "host.db") as connection:
        connection.executescript(script)
    connection.close()
    text = draft(f"sqlite:///{folder / 'host.db'}", "takeoff", name="host").text
    (folder / "exporter.toml").write_text(text, encoding="utf-8")
    return text


def rows(folder: Path, layout: str, **more: Any) -> list[dict[str, str]]:
    source = read_config(folder / "exporter.toml")["host"]()
    output = folder / "rows.csv"
    exporter.run(format="csv", source=source, output=output, options={"layout": layout}, force=True, **more)
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_measurements_as_json(tmp_path: Path) -> None:
    drafted(tmp_path, APP)
    (slab, footing) = rows(tmp_path, "conditions", project="p")
    assert (slab["Condition"], slab["Quantity"], slab["Unit"], slab["Measurements"]) == ("Slab", "150.0", "SF", "2")
    assert (slab["Colour"], slab["Depth"], slab["Scope"], slab["Project"]) == ("#3B82F6", "4.0", "concrete", "House")
    assert (footing["Quantity"], footing["Measurements"]) == ("0.0", "0")
    first, second = rows(tmp_path, "measurements")
    assert (first["Sheet Number"], first["Geometry Type"], first["AI Generated"]) == ("A-101", "polygon", "true")
    assert first["Coordinates"].startswith('{"points"')
    assert (second["Notes"], second["Pixel Area"], second["Verified"]) == ("slab on grade", "140625.0", "true")


def test_what_is_not_of_the_field_is_left_with_the_reason(tmp_path: Path) -> None:
    text = drafted(tmp_path, APP.replace("'foot'", "'parsec'").replace("#ff0000", "bright red"))
    found = tomllib.loads(text)["sources"]["host"]["records"]
    assert "scale_unit" not in found["page"]["columns"]
    assert "colour" not in found["condition"]["columns"]
    assert "# scale_unit = \"scale_unit\"  # needed: no units of length: 'parsec'" in text
    assert "#   color: no colours as #rrggbb: 'bright red'" in text


def test_pages_lead_to_their_project_by_way_of_documents(tmp_path: Path) -> None:
    text = drafted(tmp_path, APP)
    page = tomllib.loads(text)["sources"]["host"]["records"]["page"]
    assert "join documents" in page["query"]
    assert page["columns"]["project_id"] == "document_project_id"


def test_no_measurements(tmp_path: Path) -> None:
    text = drafted(tmp_path, "create table conditions (id integer primary key, symptom text, patient_id integer);")
    assert "No table was found that holds measurements of conditions" in text


@pytest.mark.parametrize("layout", ["conditions", "measurements"])
def test_a_draft_of_the_sample_writes_what_the_sample_writes(layout: str, tmp_path: Path) -> None:
    house = pytest.importorskip("exporter_sample.house")
    house.build(tmp_path / "host.db", measurements=400)
    drafted(tmp_path, "")
    exporter.run(
        format="csv", source="sample:house?measurements=400", output=tmp_path / "sample.csv", options={"layout": layout}
    )
    made = rows(tmp_path, layout)
    with (tmp_path / "sample.csv").open(encoding="utf-8", newline="") as file:
        assert made == list(csv.DictReader(file))


# A host that keeps what it deletes, has a status for what is reviewed, and spells some words in its own way.
KEPT = """
create table jobs (id text primary key, job_name text, archived_at text);
create table sheets (id text primary key, job_id text references jobs, seq integer not null, img_width integer, img_height integer,
    is_deleted text);
create table line_items (
    id text primary key, job_id text references jobs, name text, measurement_type text, uom text, running_total real,
    unit_price_material real, unit_price_labor real, equipment_rate real, position integer, deleted_at text
);
create table takeoffs (
    id text primary key, line_item_id text references line_items, sheet_id text references sheets, kind text, geometry text,
    quantity real, uom text, status text, source text, removed integer
);
insert into jobs values ('j', 'Mill', null), ('k', 'Barn', '2024-01-01');
insert into sheets values ('s2', 'j', 1, 100, 50, 'no'), ('s1', 'j', 2, 100, 50, 'no'), ('s0', 'j', 3, 100, 50, 'yes');
insert into line_items values
    ('z', 'j', 'Slab', 'area', 'SY', 5, 1.5, 2, 0.5, 1, null), ('a', 'j', 'Doors', 'each', 'EA', 1, 1, 1, 1, 2, null),
    ('m', 'j', 'Old', 'area', 'SF', 1, 1, 1, 1, 3, '2024-01-01'), ('n', 'j', 'Base', 'linear', 'furlong', 1, 1, 1, 1, 4, null);
insert into takeoffs values
    ('t1', 'z', 's1', 'polygon', '{"points": [[0, 0], [9, 0], [9, 9]]}', 5, 'SY', 'approved', 'ai', 0),
    ('t2', 'a', 's1', 'count', '{"x": 1, "y": 2}', 1, 'EA', 'in_review', 'user', 0),
    ('t3', 'a', 's1', 'polygon', '{"points": [[0, 0], [9, 0], [9, 9]]}', 1, 'EA', 'Verified', 'user', 1),
    ('t4', 'z', 's2', 'Rectangle', '{"x": 1, "y": 2, "width": 3, "height": 4}', 2, 'furlong', null, 'user', null);
"""


def columns(text: str, record: str) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(text)["sources"]["host"]["records"][record]["columns"]
    return found


def test_a_column_is_taken_for_what_most_of_its_values_are(tmp_path: Path) -> None:
    text = drafted(tmp_path, KEPT)
    assert columns(text, "condition")["unit"] == columns(text, "measurement")["unit"] == "uom"
    assert """unit = "uom"  # by its name and values, but look: 'furlong' is no unit""" in text
    (slab, doors, base) = rows(tmp_path, "conditions")
    assert (slab["Unit"], doors["Unit"], base["Unit"]) == ("SY", "EA", "furlong")
    assert (doors["Measurement Type"], base["Measurement Type"]) == ("count", "linear")
    written = {row["Measurement ID"]: row["Geometry Type"] for row in rows(tmp_path, "measurements")}
    assert written == {"t1": "polygon", "t2": "point"}
    assert "# 'count' is taken for point" in text


@pytest.mark.parametrize(("column", "value"), [("uom", "parsec"), ("quantity", "n/a"), ("geometry", "POINT (1 2)")])
def test_a_column_that_is_named_as_what_cannot_be_missed_is_asked_for(column: str, value: str, tmp_path: Path) -> None:
    drafted(tmp_path, KEPT)
    text = drafted(tmp_path, f"update takeoffs set {column} = '{value}';")
    field = "unit" if column == "uom" else column
    assert field not in columns(text, "measurement")
    (line,) = [line for line in text.splitlines() if line.startswith(f'# {field} = "{column}"  # needed: ')]
    assert repr(value) in line
    assert f"#   {column}: " not in text


def test_deleted_rows_are_none(tmp_path: Path) -> None:
    text = drafted(tmp_path, KEPT)
    found = tomllib.loads(text)["sources"]["host"]["records"]
    assert {record: spec["where"] for record, spec in found.items()} == {
        "project": "archived_at is null",
        "page": "(is_deleted in ('yes')) is not true",
        "condition": "deleted_at is null",
        "measurement": "removed is not true",
    }
    assert "# rows that deleted_at says were deleted are none, and nowhere counted" in text
    assert [row["Condition"] for row in rows(tmp_path, "conditions")] == ["Slab", "Doors", "Base"]
    assert "t3" not in {row["Measurement ID"] for row in rows(tmp_path, "measurements")}


def test_a_status_says_what_is_deleted(tmp_path: Path) -> None:
    drafted(tmp_path, KEPT)
    text = drafted(tmp_path, "update takeoffs set status = 'Deleted' where id = 't2';")
    where = tomllib.loads(text)["sources"]["host"]["records"]["measurement"]["where"]
    assert where == "removed is not true and (status in ('Deleted')) is not true"
    assert columns(text, "measurement")["is_verified"] == "status in ('approved', 'Verified')"
    assert {row["Measurement ID"] for row in rows(tmp_path, "measurements")} == {"t1"}


def test_a_status_says_what_is_verified(tmp_path: Path) -> None:
    text = drafted(tmp_path, KEPT)
    found = columns(text, "measurement")
    assert found["is_verified"] == "status in ('approved', 'Verified')"
    assert found["is_ai_generated"] == "source = 'ai'"
    assert "look: 'approved', 'Verified' say yes, 'in_review' no" in text
    written = {row["Measurement ID"]: row for row in rows(tmp_path, "measurements")}
    assert (written["t1"]["Verified"], written["t1"]["AI Generated"]) == ("true", "true")
    assert (written["t2"]["Verified"], written["t2"]["AI Generated"]) == ("false", "false")


def test_a_status_in_the_place_of_a_boolean(tmp_path: Path) -> None:
    text = drafted(tmp_path, KEPT.replace("status text", "is_verified text").replace("'Verified'", "'draft'"))
    assert columns(text, "measurement")["is_verified"] == "is_verified = 'approved'"


def test_a_mistyped_field_is_not_sent_where_there_is_no_place_for_it(tmp_path: Path) -> None:
    text = drafted(tmp_path, KEPT)
    (tmp_path / "exporter.toml").write_text(
        text.replace('quantity = "quantity"', 'quantitty = "quantity"'), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_config(tmp_path / "exporter.toml")["host"]()
    assert "Did you mean 'quantity'" in caught.value.hint
    assert "dynamic" not in caught.value.hint


def test_names_that_applications_have(tmp_path: Path) -> None:
    text = drafted(tmp_path, KEPT)
    assert columns(text, "project")["name"] == "job_name"
    assert (columns(text, "page")["width"], columns(text, "page")["height"]) == ("img_width", "img_height")
    assert (
        columns(text, "condition").items()
        >= {
            "total_quantity": "running_total",
            "material_unit_cost": "unit_price_material",
            "labour_unit_cost": "unit_price_labor",
            "equipment_unit_cost": "equipment_rate",
        }.items()
    )


def test_rows_come_in_the_order_that_the_host_keeps(tmp_path: Path) -> None:
    found = tomllib.loads(drafted(tmp_path, KEPT))["sources"]["host"]["records"]
    assert (found["condition"]["key"], found["page"]["key"]) == ("position", "seq")
    twice = tomllib.loads(drafted(tmp_path, "update line_items set position = 1;"))["sources"]["host"]["records"]
    assert "key" not in twice["condition"]
    missing = tomllib.loads(drafted(tmp_path, "update line_items set position = null where id = 'z';"))["sources"]["host"][
        "records"
    ]
    assert "key" not in missing["condition"]


ON_SERVERS = """
create table jobs (id {id} primary key, job_name varchar(99), archived_at timestamp null);
create table line_items (
    id {id} primary key, job_id {id} references jobs (id), name varchar(99), uom varchar(9), position int unique, is_deleted boolean
);
create table takeoffs (
    id {id} primary key, line_item_id {id} references line_items (id), kind {kind}, geometry {json}, quantity float, uom varchar(9),
    status {status}, verified_at timestamp null, deleted_at timestamp null
);
insert into jobs values ('{a}', 'Mill', null), ('{b}', 'Barn', '2024-01-01 10:00:00');
insert into line_items values
    ('{b}', '{a}', 'Slab', 'SY', 1, false), ('{a}', '{a}', 'Doors', 'EA', 2, null), ('{c}', '{a}', 'Old', 'furlong', 3, true);
insert into takeoffs values
    ('{a}', '{b}', 'polygon', '{{"points": [[0, 0], [9, 0], [9, 9]]}}', 5, 'SY', 'approved', null, null),
    ('{b}', '{a}', 'count', '{{"x": 1, "y": 2}}', 1, 'EA', 'in_review', null, null),
    ('{c}', '{b}', 'polygon', '{{"points": [[0, 0], [9, 0], [9, 9]]}}', 7, 'furlong', 'draft', null, '2024-01-01 10:00:00')
"""


@pytest.mark.parametrize("server", ["postgresql", "mariadb"], indirect=True)
def test_words_and_deletions_on_a_server(server: str, tmp_path: Path) -> None:
    ids = {letter: f"00000000-0000-4000-8000-00000000000{letter}" for letter in "abc"}
    words = {"id": "varchar(36)", "kind": "varchar(9)", "status": "varchar(9)", "json": "json", **ids}
    engine = create_engine(server)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("create type kind as enum ('polygon', 'count')")
            connection.exec_driver_sql("create type status as enum ('approved', 'in_review', 'draft')")
            words |= {"id": "uuid", "kind": "kind", "status": "status", "json": "jsonb"}
        for statement in ON_SERVERS.format(**words).split(";\n"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    (tmp_path / "exporter.toml").write_text(draft(server, "takeoff", name="host").text, encoding="utf-8")
    found = [(row["Condition"], row["Quantity"], row["Unit"]) for row in rows(tmp_path, "conditions", project="Mill")]
    assert found == [("Slab", "5.0", "SY"), ("Doors", "1.0", "EA")]
    written = [(row["Geometry Type"], row["Verified"]) for row in rows(tmp_path, "measurements")]
    assert written == [("polygon", "true"), ("point", "false")]
