"""`exporter map --family takeoff`: databases in the style of takeoff applications, and the rows that their drafts write."""

from __future__ import annotations

import csv
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter.config import read_config
from exporter.mapping import draft

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
    assert "#   scale_unit: no units of length: 'parsec'" in text
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
