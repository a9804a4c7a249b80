"""`exporter map --family vision` on servers: UUIDs, JSON and enumerations where there are such."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from .drafting import BOX, drafted, only
from .test_mapping import server as server  # the fixture

pytest.importorskip("exporter_tabular.format")


ON_SERVERS = """
create table images (id {id} primary key, file_name varchar(99), width int, height int);
create table labels (id int primary key, name varchar(99));
create table tags (id int primary key, name varchar(99));
create table image_tags (image_id {id} references images (id), tag_id int references tags (id), primary key (image_id, tag_id));
create table detections (
    id {id} primary key, image_id {id} references images (id), label_id int references labels (id), bbox {json}, attributes {json},
    updated_at timestamp null, is_deleted boolean
);
create table polygons (
    id {id} primary key, image_id {id} references images (id), label_id int references labels (id), points {json}, type {type},
    score float
);
create table keypoints (id {id} primary key, image_id {id} references images (id), keypoints {json}, job_id int);
insert into images values ('{a}', 'a.jpg', 640, 480), ('{b}', 'b.jpg', 640, 480);
insert into labels values (1, 'car');
insert into tags values (5, 'rain');
insert into image_tags values ('{a}', 5), ('{b}', 5);
insert into detections values ('{a}', '{a}', 1, '[1, 2, 3.5, 4]', '{{"a": 1}}', null, false),
    ('{b}', '{b}', 1, '[600, 2, 3.5, 4]', null, '2024-01-01 10:00:00', true);
insert into polygons values ('{a}', '{a}', 1, '[[1, 1], [5, 1], [5, 5]]', 'multipolygon', 0.5);
insert into keypoints values ('{a}', '{b}', '[[1, 2, 2], [3, 4, 1]]', 7)
"""
SPELLED: Mapping[str, Mapping[str, str]] = {
    "postgresql": {
        "id": "uuid",
        "json": "jsonb",
        "type": "shape",
        "a": "00000000-0000-4000-8000-000000000001",
        "b": "00000000-0000-4000-8000-000000000002",
    },
    "mariadb": {"id": "varchar(36)", "json": "json", "type": "varchar(20)", "a": "one", "b": "two"},
}


@pytest.mark.parametrize("server", ["postgresql", "mariadb"], indirect=True)
def test_shapes_in_tables_of_their_own_on_a_server(server: str, tmp_path: Path) -> None:
    words = SPELLED["postgresql" if server.startswith("postgresql") else "mariadb"]
    engine = create_engine(server)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("create type shape as enum ('multipolygon')")
        for statement in ON_SERVERS.format(**words).split(";\n"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    made = drafted(server, tmp_path)
    a, b = words["a"], words["b"]
    rows = made.rows("annotation")
    assert only(rows, "annotation_id", "image_id", "label_id", "kind", *BOX, "score", "job_id") == [
        (f"detections-{a}", a, "1", "", "1.0", "2.0", "3.5", "4.0", "", ""),
        (f"keypoints-{a}", b, "", "", "", "", "", "", "", "7"),
        (f"polygons-{a}", a, "1", "polygon", "", "", "", "", "0.5", ""),
    ]
    assert only(rows, "geometry", "keypoints", "attributes") == [
        ("", "", '{"a": 1}'),
        ("", "[[1, 2, 2], [3, 4, 1]]", ""),
        ("[[1, 1], [5, 1], [5, 5]]", "", ""),
    ]
    assert only(made.rows("image_tag"), "image_id", "tag_id") == [(a, "5"), (b, "5")]
    assert made.reasons()["keypoints.label_id"] == "no column of keypoints was found that names rows of labels"
