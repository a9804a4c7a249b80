"""What people complain of in the trackers of annotation platforms, each as a test of what is written here."""

from __future__ import annotations

import json
import struct
import tracemalloc
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter import Source
from exporter.database import plan_sorts, query_plan
from exporter.pipeline import Result
from exporter.testing.annotated import annotated
from exporter.zipwriter import Counted, ZipWriter

JPEG = b"\xff\xd8\xff\xe0 not looked into \xff\xd9"
LABELS = [{"label_id": 4, "class_name": "car"}, {"label_id": 9, "class_name": "tree"}]
SQUARE = "[[10, 10], [20, 10], [20, 20], [10, 20]]"


def image(number: int, path: str = "", **more: Any) -> dict[str, Any]:
    return {"image_id": number, "path": path or f"{number}.jpg", "width": 100, "height": 80, **more}


def drawn(number: int, on: int = 1, geometry: str = SQUARE, **more: Any) -> dict[str, Any]:
    return {"annotation_id": number, "image_id": on, "label_id": 4, "geometry": geometry, **more}


def source(
    images: Sequence[Mapping[str, Any]],
    annotations: Sequence[Mapping[str, Any]],
    labels: Sequence[Mapping[str, Any]] = LABELS,
    size: int = 0,
) -> Source:
    files = {each["path"]: JPEG + bytes(size) for each in images}
    return annotated({"label": labels, "image": images, "annotation": annotations}, files)


def export(of: Source, output: Path, filters: Mapping[str, Any] | None = None, **options: Any) -> Result:
    return exporter.run(format="coco", source=of, output=output, options=options, filters=filters or {}, force=True)


def document(of: Source, folder: Path, filters: Mapping[str, Any] | None = None, **options: Any) -> Any:
    export(of, folder / "a.zip", filters, **options)
    with zipfile.ZipFile(folder / "a.zip") as archive:
        return json.loads(archive.read("annotations.json"))


def test_1_it_never_finishes(tmp_path: Path) -> None:
    """No row is looked for among all others: SQLite goes through the images once, and sorts nothing."""
    seen: list[tuple[bool, list[str]]] = []

    class Plans:
        def exporter_notify(self, ctx: Any, event: Any) -> None:
            if event.stage == "check":
                ctx.cancel.check()

        def exporter_inspect(self, ctx: Any, tables: Any) -> None:
            for table in tables:
                (query,) = table.queries
                values = [v.expression for v in query.values.values()]
                sql = ctx.reader.statement(query.ordered(), *values)
                seen.append((plan_sorts(ctx.connection, sql), [step for step, _ in query_plan(ctx.connection, sql)]))

    of = source([image(n) for n in range(1, 50)], [drawn(n, n % 49 + 1) for n in range(1, 200)])
    exporter.run(format="coco", source=of, output=tmp_path / "a.zip", plugins=[Plans()])
    assert len(seen) == 4
    assert not any(sorts for sorts, _ in seen)
    assert seen[-1][1] == ["SCAN image", "SEARCH annotation USING INDEX annotation_image_id (image_id=?)"]


def test_1_it_never_finishes_where_no_index_serves_the_key_of_an_image(tmp_path: Path) -> None:
    """A key without a type beside one of integers: SQLite cannot look it up, and sorts instead of going through all for each."""
    import sqlite3

    from sqlalchemy import column, select, table

    from exporter import RecordSource

    def fill(path: Path) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("create table image (image_id integer primary key, path, width, height)")
            connection.execute("create table annotation (annotation_id integer primary key, image_id, class_name, geometry)")
            connection.execute("create index annotation_image_id on annotation (image_id)")
            connection.executemany("insert into image values (?, ?, 100, 80)", ((n, f"{n}.jpg") for n in range(1, 9)))
            rows = ((n, n % 8 + 1, "car", SQUARE) for n in range(1, 41))
            connection.executemany("insert into annotation values (?, ?, ?, ?)", rows)

    def record(name: str, key: str, *fields: str) -> RecordSource:
        columns = table(name, column(key), *map(column, fields)).c
        return RecordSource(select(*columns), key=columns[key])

    records = {
        "image": record("image", "image_id", "path", "width", "height"),
        "annotation": record("annotation", "annotation_id", "image_id", "class_name", "geometry"),
    }
    steps: list[str] = []

    class Plans:
        def exporter_inspect(self, ctx: Any, tables: Any) -> None:
            (query,) = tables[-1].queries
            sql = ctx.reader.statement(query.ordered(), *(v.expression for v in query.values.values()))
            steps.extend(step for step, _ in query_plan(ctx.connection, sql))

    of = Source(name="untyped", family="vision", records=records, spool=fill)
    result = exporter.run(format="coco", source=of, output=tmp_path / "a.zip", plugins=[Plans()])
    assert result.report.records["annotation"].written == 40
    assert [step for step in steps if step.startswith("SCAN")][1:] == []
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        found = json.loads(archive.read("annotations.json"))["annotations"]
    assert [a["image_id"] for a in found] == sorted(a["image_id"] for a in found)


def test_2_it_reads_everything_into_memory(tmp_path: Path) -> None:
    of = source([image(n) for n in range(1, 5)], [drawn(1)], size=20_000_000)
    export(source([image(1)], [drawn(1)]), tmp_path / "first.zip", include_images=True)
    tracemalloc.start()
    try:
        export(of, tmp_path / "a.zip", include_images=True)
        opened = sum(len(JPEG) + 20_000_000 for _ in range(4))
        assert (tmp_path / "a.zip").stat().st_size > opened
        assert tracemalloc.get_traced_memory()[1] < 40_000_000  # one file is in memory here: the function gives it so
    finally:
        tracemalloc.stop()


def test_3_images_of_one_name_overwrite_each_other(tmp_path: Path) -> None:
    paths = ["a/1.jpg", "b/1.jpg", "A/1.JPG", "a/2.jpg", "a//1.jpg"]
    of = source([image(n, path) for n, path in enumerate(paths, 1)], [drawn(1)])
    export(of, tmp_path / "a.zip", include_images=True)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = [i["file_name"] for i in json.loads(archive.read("annotations.json"))["images"]]
        assert names == ["a/1-1.jpg", "b/1.jpg", "A/1-3.JPG", "a/2.jpg", "a/1-5.jpg"]
        assert {f"images/{name}" for name in names} <= set(archive.namelist())
    left = document(of, tmp_path, {"image_uids": ["1"]})["images"]
    assert left[0]["file_name"] == "a/1-1.jpg"


def test_4_ids_of_categories_move(tmp_path: Path) -> None:
    of = source([image(1)], [drawn(1), drawn(2, label_id=9)])
    assert [c["id"] for c in document(of, tmp_path)["categories"]] == [4, 9]
    assert [c["id"] for c in document(of, tmp_path, label_filter=["tree"])["categories"]] == [9]
    assert {a["category_id"] for a in document(of, tmp_path, {"labels": ["tree"]})["annotations"]} == {9}
    fewer = document(source([image(1)], [drawn(1)], labels=LABELS[:1]), tmp_path)
    assert [c["id"] for c in fewer["categories"]] == [4]
    named = [{"label_id": name, "class_name": name} for name in ("zebra", "ant")]
    texts = document(source([image(1)], [drawn(1, label_id="ant")], labels=named), tmp_path)
    assert [(c["id"], c["name"]) for c in texts["categories"]] == [(1, "zebra"), (2, "ant")]
    zero = [{"label_id": n, "class_name": str(n)} for n in (0, 1)]
    counted = document(source([image(1)], [drawn(1, label_id=0)], labels=zero), tmp_path)
    assert [c["id"] for c in counted["categories"]] == [1, 2]


def test_5_an_annotation_has_the_id_0(tmp_path: Path) -> None:
    found = document(source([image(1)], [drawn(0), drawn(7)]), tmp_path)["annotations"]
    assert [a["id"] for a in found] == [1, 2]
    assert [a["uid"] for a in found] == ["0", "7"]


def test_6_images_without_annotations_come_and_go(tmp_path: Path) -> None:
    of = source([image(1), image(2)], [drawn(1, on=2)])
    assert [i["id"] for i in document(of, tmp_path)["images"]] == [1, 2]
    assert [i["id"] for i in document(of, tmp_path, only_annotated=True)["images"]] == [2]


def test_7_parts_holes_and_masks_are_lost_and_all_is_a_crowd(tmp_path: Path) -> None:
    shapes = [
        "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0)), ((20 0, 29 0, 29 9, 20 9, 20 0)))",
        "POLYGON ((0 0, 60 0, 60 60, 0 60, 0 0), (20 20, 40 20, 40 40, 20 40, 20 20))",
        '{"size": [80, 100], "counts": [0, 160, 7840]}',
    ]
    found = document(source([image(1)], [drawn(n, geometry=shape) for n, shape in enumerate(shapes, 1)]), tmp_path)
    parts, donut, mask = found["annotations"]
    assert len(parts["segmentation"]) == 2
    assert donut["segmentation"].keys() == mask["segmentation"].keys() == {"size", "counts"}
    assert [a["iscrowd"] for a in found["annotations"]] == [0, 0, 0]
    assert [a["area"] for a in found["annotations"]] == [162, 3200, 160]


def test_8_box_and_area_are_wrong(tmp_path: Path) -> None:
    """Computed where the host has none; and where what it has does not fit the outline, a check tells."""
    right, wrong = drawn(1, bbox_x=None), drawn(2, bbox_x=40, bbox_y=40, bbox_width=5, bbox_height=5)
    rows = [{**right, "bbox_y": None, "bbox_width": None, "bbox_height": None}, wrong]
    output = tmp_path / "a.zip"
    found = document(source([image(1)], rows), tmp_path)["annotations"]
    assert (found[0]["bbox"], found[0]["area"]) == ([10, 10, 10, 10], 100)
    assert {f.code: f.count for f in exporter.check(output)}["BBOX_DIFFERS"] == 1


def test_9_coordinates_are_rounded(tmp_path: Path) -> None:
    exact = [0.1 + 0.2, 1 / 3, 90.123456789012, 10.000000001, 50.5, 70.25]
    found = document(source([image(1)], [drawn(1, geometry=json.dumps(exact))]), tmp_path)["annotations"][0]
    assert found["segmentation"] == [exact]
    xs, ys = exact[::2], exact[1::2]
    assert found["bbox"] == [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def test_10_rotated_boxes_become_straight(tmp_path: Path) -> None:
    box = {
        "geometry": None,
        "kind": "rotated_box",
        "bbox_x": 40,
        "bbox_y": 30,
        "bbox_width": 20,
        "bbox_height": 10,
        "rotation": 45,
    }
    found = document(source([image(1)], [{**drawn(1), **box}]), tmp_path)["annotations"][0]
    assert found["attributes"]["rotation"] == 45
    assert found["area"] == pytest.approx(200)
    corners = found["segmentation"][0]
    sides = [((corners[i] - corners[i - 2]) ** 2 + (corners[i + 1] - corners[i - 1]) ** 2) ** 0.5 for i in range(0, 8, 2)]
    assert sorted(map(round, sides)) == [10, 10, 20, 20]


def test_11_images_that_exif_turns_have_their_shapes_elsewhere(tmp_path: Path) -> None:
    """Displayed 100 x 80, stored 80 x 100 and to be turned by a quarter clockwise: what is left above is stored left below."""
    of = source([image(1, orientation=6)], [drawn(1, geometry="[0, 0, 30, 0, 30, 10, 0, 10]")])
    displayed, stored = document(of, tmp_path), document(of, tmp_path, frame="stored")
    assert [(i["width"], i["height"]) for i in (displayed["images"][0], stored["images"][0])] == [(100, 80), (80, 100)]
    assert displayed["annotations"][0]["bbox"] == [0, 0, 30, 10]
    assert stored["annotations"][0]["bbox"] == [0, 70, 10, 30]
    assert (displayed["info"]["export"]["frame"], stored["info"]["export"]["frame"]) == ("displayed", "stored")


def test_12_one_bad_shape_kills_all(tmp_path: Path) -> None:
    bad = ["[1, 2]", "[NaN, 1, 2, 3, 4, 5]", "{", "", "[[]]", "POLYGON ((", "[" * 100_000]
    of = source([image(1)], [drawn(n, geometry=shape) for n, shape in enumerate([*bad, SQUARE], 1)])
    result = export(of, tmp_path / "a.zip")
    assert result.report.records["annotation"].left_out == len(bad)
    assert result.report.records["annotation"].written == 1
    assert sum(f.count for f in result.report.findings) == len(bad)


def test_13_names_with_other_letters_are_broken(tmp_path: Path) -> None:
    paths = ["Köln/straße.jpg", "東京/写真.jpg", "emoji 🦉.jpg"]
    of = source([image(n, path) for n, path in enumerate(paths, 1)], [drawn(1)])
    assert [i["file_name"] for i in document(of, tmp_path, include_images=True)["images"]] == paths
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for path in paths:
            assert archive.getinfo(f"images/{path}").flag_bits & 0x800  # APPNOTE.TXT, 4.4.4: the name is UTF-8


def test_14_paths_are_the_hosts_own(tmp_path: Path) -> None:
    paths = [
        "/data/media/1.jpg",
        r"C:\photos\2.jpg",
        "../../3.jpg",
        "s3://bucket/key/4.jpg",
        "a/./b/../5.jpg",
        "CON.jpg",
        "x/aux",
    ]
    of = source([image(n, path) for n, path in enumerate(paths, 1)], [drawn(1)])
    names = [i["file_name"] for i in document(of, tmp_path, include_images=True)["images"]]
    assert names == ["data/media/1.jpg", "photos/2.jpg", "3.jpg", "bucket/key/4.jpg", "a/b/5.jpg", "_CON.jpg", "x/_aux"]
    exporter.run(
        format="coco", source=of, output=tmp_path / "folder", options={"packaging": "folder", "include_images": True}
    )
    images = tmp_path / "folder" / "images"
    inside = {p.relative_to(images).as_posix() for p in images.rglob("*") if p.is_file()}
    assert inside == set(names)
    assert {p.name for p in tmp_path.iterdir()} == {"a.zip", "a.zip.report.json", "folder", "folder.report.json"}


def test_15_many_files_and_large_ones_break_the_zip(tmp_path: Path) -> None:
    many = tmp_path / "many.zip"
    with ZipWriter(many) as archive:
        for number in range(70_000):
            archive.add(f"{number}", Counted([b"x"]), stored=True)
    with zipfile.ZipFile(many) as found:
        assert len(found.namelist()) == 70_000
        assert found.read("69999") == b"x"
    assert struct.unpack("<H", many.read_bytes()[-12:-10]) == (0xFFFF,)  # the rest is in the directory of zip64
