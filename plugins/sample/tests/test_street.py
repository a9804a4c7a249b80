from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import sqlite3
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import exporter
from exporter.errors import InputError
from exporter.records.vision import FAMILY
from exporter_sample import source
from exporter_sample.street import build
from exporter_sample.street_plan import Image, Plan, image_at
from exporter_sample.street_queries import INTEGERS, RECORDS

from .databases import digest, drivers, one, values
from .streets import NEWEST, area, drawn, mask, points, rings

# --- always the same, of any size


def test_same_arguments_same_rows(tmp_path: Path) -> None:
    a, b, c = (tmp_path / f"{n}.db" for n in "abc")
    build(a, images=25)
    build(b, images=25)
    build(c, images=25, seed=8)
    assert a.read_bytes() == b.read_bytes()
    assert digest(a) != digest(c)


def test_rows_are_the_same_on_every_machine(street_path: Path) -> None:
    assert digest(street_path) == "2f65931387402098551a3bcde8ad873fb9538399f074840166b6ea5cbe8bad5c"


@pytest.mark.parametrize("size", [0, 1, 2, 19, 451])
def test_any_size(tmp_path: Path, size: int) -> None:
    build(tmp_path / "a.db", images=size)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        assert values(db, "select id from images order by id") == list(range(1, size + 1))
        assert not db.execute("pragma foreign_key_check").fetchall()
        assert one(db, "select count(*) from tasks where id not in (select task_id from images)") == 0
        assert values(db, "select id from annotations order by 1") == list(
            range(1, one(db, "select count(*) from annotations") + 1)
        )
        assert (one(db, "select count(*) from annotations") > 0) == (size > 0)


def test_an_image_is_the_same_however_many_there_are(tmp_path: Path, street: sqlite3.Connection) -> None:
    build(tmp_path / "a.db", images=13)
    about = "select id, path, width, height, size_bytes, exif_orientation, taken_at from images where id <= 13"
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as fewer:
        assert fewer.execute(about).fetchall() == [tuple(r) for r in street.execute(about)]


def test_a_negative_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        build(tmp_path / "a.db", images=-1)
    with pytest.raises(InputError, match="'sample:street' takes 0 or more, not -1"):
        source.street(images=-1)


@pytest.mark.parametrize("size", [0, 1, 5, 60, 4999, 1_000_000])
def test_a_plan_adds_up(size: int) -> None:
    plan = Plan(size)
    tasks = list(plan.tasks())
    assert len({t.id for t in tasks}) == len(tasks) <= max(4, size)
    assert not size or {plan.task_of(Image(n)).id for n in (0, size // 2, size - 1)} <= {t.id for t in tasks}
    assert all(image_at(Image(n).path) == Image(n) for n in range(0, size, size // 7 + 1))


# --- what is there


def test_every_kind_is_there_in_both_projects(street: sqlite3.Connection) -> None:
    for project in (1, 2):
        rows = drawn(street, f"{NEWEST} and a.deleted_at is null and d.project_id = {project}")
        kinds = Counter((r["shape_type"], r["angle"] is not None, bool(r["is_crowd"])) for r in rows)
        expected = {("rectangle", False), ("rectangle", True), ("polygon", False), ("mask", False), ("skeleton", False)}
        assert {k[:2] for k in kinds} == expected
        assert kinds["mask", False, True] > 0
        shapes = [r["shape"] for r in rows if r["shape_type"] == "polygon"]
        assert any(re.fullmatch(r"POLYGON \(\([^()]+\), \([^()]+\)\)", s) for s in shapes)
        assert any(re.fullmatch(r"MULTIPOLYGON \(\(\([^()]+\)\), \(\([^()]+\)\)\)", s) for s in shapes)
        pairs = [s.startswith("[[") for s in shapes if s.startswith("[")]
        assert pairs == [project == 1] * len(pairs) != []
    people = [json.loads(k) for k in values(street, "select keypoints from annotations where keypoints is not null")]
    assert {v for k in people for v in k[2::3]} == {0, 1, 2}
    assert {len(k) for k in people} == {27}


def test_labels_and_tags_are_each_projects_own(street: sqlite3.Connection) -> None:
    ids = values(street, "select id from labels order by id")
    assert ids[-1] > len(ids), "there are gaps"
    foreign = "select count(*) from annotations a join images i on i.id = a.image_id join datasets d on d.id = i.dataset_id "
    assert one(street, foreign + "join labels l on l.id = a.label_id where l.project_id <> d.project_id") == 0
    foreign = "select count(*) from image_tags f join images i on i.id = f.image_id join datasets d on d.id = i.dataset_id "
    tags = "join tags t on t.id = f.tag_id join tag_categories c on c.id = t.category_id where c.project_id <> d.project_id"
    assert one(street, foreign + tags) == 0
    names, skeleton = map(
        json.loads, street.execute("select keypoints, skeleton from labels where name = 'person'").fetchone()
    )
    assert len(names) == 9
    assert {n for pair in skeleton for n in pair} == set(range(1, 10))


def test_what_a_report_should_show(street: sqlite3.Connection) -> None:
    assert one(street, "select count(*) from images where id not in (select image_id from annotations)") == 5
    assert one(street, "select count(*) from images where id not in (select image_id from image_tags)") == 7
    twice = (
        "select image_id from image_tags f join tags t on t.id = f.tag_id group by image_id, category_id having count(*) > 1"
    )
    assert len(values(street, twice)) == 4
    assert values(street, "select split from tasks group by 1") == ["none", "test", "train", "val"]
    assert one(street, "select count(*) from tasks where split = 'none'") == 1
    assert values(street, "select distinct split from tasks where project_id = 1 order by 1") == ["test", "train", "val"]
    assert (
        0
        < one(street, "select count(*) from annotations where score is null")
        < one(street, "select count(*) from annotations")
    )
    assert one(street, "select count(*) from annotations where (score is null) <> (created_by <> 'detector 2.1')") == 0


def test_box_and_area_are_there_for_a_part_of_the_rows(street: sqlite3.Connection) -> None:
    for kind in ("polygon", "mask"):
        known = f"select count(*) from annotations where shape_type = '{kind}' and"
        for column in "xywh":
            assert one(street, f"{known} {column} is null") == one(street, f"{known} x is null") > 0
        assert one(street, f"{known} x is not null and area is null") > 0
        assert one(street, f"{known} x is not null and area is not null") > 0


def test_what_is_measured_is_right(street: sqlite3.Connection) -> None:
    for row in drawn(street, "a.area is not null or a.shape is not null"):
        if row["shape"] and row["x"] is not None:
            xs, ys = zip(*points(row), strict=True)
            box = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
            assert tuple(row[c] for c in "xywh") == pytest.approx(box)
        if row["area"] is not None:
            match row["shape_type"]:
                case "polygon":
                    outline, *others = map(area, rings(row))
                    sign = 1 if row["shape"].startswith("MULTI") else -1
                    assert row["area"] == pytest.approx(outline + sign * sum(others), abs=0.01)
                case "mask":
                    assert row["area"] == len(mask(row))
                case _:
                    assert row["area"] == pytest.approx(row["w"] * row["h"])


def test_shapes_lie_inside_their_images(tmp_path: Path) -> None:
    build(tmp_path / "a.db", images=600)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        db.row_factory = sqlite3.Row
        for row in drawn(db):
            assert all(0 <= x <= row["width"] and 0 <= y <= row["height"] for x, y in points(row)), dict(row)


def test_every_label_but_one_is_used(tmp_path: Path) -> None:
    build(tmp_path / "a.db", images=300)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        unused = "select name from labels where id not in (select label_id from annotations) order by id"
        assert values(db, unused) == ["tram", "sporvogn"]


# --- versions


def test_versions_meet_exactly(street: sqlite3.Connection) -> None:
    rows = street.execute(
        "select a.*, j.started_at from annotations a join jobs j on j.id = a.job_id order by uid, version"
    ).fetchall()
    for before, row in pairwise(rows):
        if before["uid"] == row["uid"]:
            assert before["version"] + 1 == row["version"]
            assert before["valid_to"] == row["valid_from"] > before["valid_from"]
            assert (before["deleted_at"], before["image_id"]) == (None, row["image_id"])
            assert before["job_id"] < row["job_id"]
        else:
            assert (before["valid_to"], row["version"]) == (None, 1)
    assert all(r["started_at"] <= r["valid_from"] for r in rows)
    assert all(r["deleted_at"] > r["valid_from"] for r in rows if r["deleted_at"])
    moments = {r[c] for r in rows for c in ("valid_from", "valid_to", "deleted_at")} - {None}
    assert all(dt.datetime.fromisoformat(m).utcoffset() == dt.timedelta() for m in moments)


def test_one_in_eight_was_edited_and_one_in_twenty_deleted(tmp_path: Path) -> None:
    build(tmp_path / "a.db", images=600)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        versions = Counter(values(db, "select max(version) from annotations group by uid"))
        total = sum(versions.values())
        assert set(versions) == {1, 2, 3}
        assert 0.10 < (versions[2] + versions[3]) / total < 0.15
        assert 0.035 < one(db, "select count(deleted_at) from annotations") / total < 0.065
        assert 5 < total / 600 < 7


def test_ids_do_not_follow_the_images(street: sqlite3.Connection) -> None:
    assert values(street, "select image_id from annotations order by id") != values(
        street, "select image_id from annotations order by 1"
    )


# --- queries


def test_only_text_fields_hold_text(street: sqlite3.Connection) -> None:
    for name, sql in RECORDS.items():
        labels = [c[0] for c in street.execute(f"{sql} limit 0").description]
        fields = FAMILY.record(name).fields
        assert labels[:2] == ["_key", "_project"]
        for label in labels[2:]:
            found = set(values(street, f"select distinct typeof({label}) from ({sql})")) - {"null"}
            numbers = label in INTEGERS or fields[label].type in (int, float, bool)
            assert found <= ({"integer", "real"} if numbers else {"text"}), (name, label)
            assert label not in INTEGERS or found == {"integer"}, (name, label)


def test_every_record_and_relation_is_served(street: sqlite3.Connection) -> None:
    assert set(RECORDS) == set(FAMILY.records)
    assert all(not text(sql).compile().params for sql in RECORDS.values())
    for r in FAMILY.relations:
        known = f"select {r.parent_field} from ({RECORDS[r.parent]})"
        assert one(street, f"select count(*) from ({RECORDS[r.child]}) where {r.field} not in ({known})") == 0, r


def test_foreign_keys_are_indexed(street: sqlite3.Connection) -> None:
    for table in values(street, "select name from sqlite_master where type = 'table'"):
        first = {
            one(street, f"select name from pragma_index_info('{r['name']}') where seqno = 0")
            for r in street.execute(f"pragma index_list({table})")
        }
        assert {r["from"] for r in street.execute(f"pragma foreign_key_list({table})")} <= first, table


JOINED = (
    "select i.path, a.geometry from ({image}) i {join} ({annotation}) a on a.image_id = i.image_id order by i._key, a._key"
)
ORDERED = [
    *(f"select * from ({{{n}}}) r {where} order by r._key" for n in RECORDS for where in ("", "where r._project = '1'")),
    *(JOINED.replace("{join}", join) for join in ("join", "left join")),
]


@pytest.mark.parametrize("driver", drivers(), ids=lambda d: d.__name__)
@pytest.mark.parametrize("sql", ORDERED)
def test_rows_come_in_order_without_a_sort(street_path: Path, driver: Any, sql: str) -> None:
    with contextlib.closing(driver.connect(str(street_path))) as db:
        plan = "\n".join(r[3] for r in db.execute(f"explain query plan {sql.format(**RECORDS)}"))
    assert "TEMP B-TREE" not in plan
    assert "annotations_image" in plan or "join" not in sql


# --- exports


def exported(tmp_path: Path, record: str, **words: Any) -> list[str]:
    output = tmp_path / "out.csv"
    exporter.run(format="csv", source="sample:street", output=output, options={"record": record}, force=True, **words)
    return output.read_text(encoding="utf-8").splitlines()


def test_annotations_are_exported(tmp_path: Path, street: sqlite3.Connection) -> None:
    header, *lines = exported(tmp_path, "annotation")
    assert header.startswith("annotation_id,image_id,label_id,kind,")
    assert len(lines) == one(street, f"select count(*) from annotations a where {NEWEST} and deleted_at is null")
    kinds = Counter(line.split(",")[3] for line in lines)
    assert set(kinds) == {"box", "rotated_box", "polygon", "mask", "keypoints"}


def test_a_project_and_a_filter_narrow_the_images(tmp_path: Path, street: sqlite3.Connection) -> None:
    lines = exported(tmp_path, "image", project=2, filters={"filepath_paths": ["cam-ø"]})[1:]
    assert len(lines) == 12
    assert all(",cam-østerbro/" in line for line in lines)
    assert exported(tmp_path, "image", project=1, filters={"filepath_paths": ["cam-ø"]})[1:] == []
