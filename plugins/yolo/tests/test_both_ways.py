"""Labels that exporter-native writes are those that Python writes, in the same files, with the same findings."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exporter
from exporter import compiled, native
from exporter.pipeline import Result
from exporter.testing.annotated import annotated

LABELS = [{"label_id": 30, "class_name": "car"}, {"label_id": 7, "class_name": "tree"}]
SIZES = {1: (100, 80), 2: (1920, 1080), 3: (7, 3), 4: (None, None)}
IMAGES = [
    {"image_id": i, "path": f"{i}.jpg", "width": w, "height": h, "split": "train" if i % 2 else "val"}
    for i, (w, h) in SIZES.items()
]

whole = st.integers(0, 110)
places = st.one_of(
    whole, st.floats(0, 110).map(lambda n: round(n, 2)), st.floats(0, 110), st.sampled_from([0.0005, 50, 960])
)
points = st.lists(st.tuples(places, places), min_size=2, max_size=12)
geometries = st.one_of(
    st.none(),
    st.sampled_from(["", "[10, 10, 20, 20]", "[[1, 1], [6, 1], [6, 2.5]]", "[0, 0, 100, 0, 100, 80, 0, 80]"]),
    st.builds(json.dumps, points),
    st.builds(lambda ps: json.dumps([n for p in ps for n in p]), points),
)
numbers = st.none() | places | st.just("7")
rows = st.lists(
    st.fixed_dictionaries(
        {
            "image_id": st.sampled_from(list(SIZES)),
            "label_id": st.sampled_from([30, 7, 8]),
            "geometry": geometries,
            "bbox_x": numbers,
            "bbox_y": numbers,
            "bbox_width": numbers,
            "bbox_height": numbers,
            "kind": st.sampled_from([None, "", "polygon", "box", "rotated_box"]),
            "rotation": st.sampled_from([None, 0, 30]),
            "iscrowd": st.sampled_from([None, 0, 0, 1]),
            "attributes": st.sampled_from([None, '{"a": 1}']),
        }
    ),
    min_size=1,
    max_size=20,
)


def written(folder: Path, found: list[dict[str, Any]], task: str) -> tuple[dict[str, bytes], dict[str, int]]:
    """The files of an export, and what was found."""
    of = annotated({"label": LABELS, "image": IMAGES, "annotation": found})
    options = {"task": task, "packaging": "folder"}
    result = exporter.run(format="yolo", source=of, output=folder / "out", options=options, force=True, keep_going=True)
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in (folder / "out").rglob("*") if p.is_file()}
    files.pop("out/metadata.json")
    return files, codes(result)


def codes(result: Result) -> dict[str, int]:
    return {f.code: f.count for f in result.report.findings}


@pytest.mark.parametrize("task", ["detect", "segment"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=rows)
def test_both_ways_write_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, found: list[dict[str, Any]]
) -> None:
    pytest.importorskip("exporter_native")
    monkeypatch.setattr(compiled, "_FEW", 0)
    both = []
    for load in (native.load, lambda driver: None):
        with monkeypatch.context() as patch:
            patch.setattr(native, "load", load)
            both.append(written(tmp_path, found, task))
    assert both[0] == both[1]


def test_a_sound_label_file_is_counted_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a check of the finished file finds is what the run found: rows that stand twice, classes that are rare."""
    pytest.importorskip("exporter_native")
    box = {"image_id": 2, "label_id": 30, "bbox_x": 5, "bbox_y": 5, "bbox_width": 9, "bbox_height": 9}
    found = [
        box,
        box,
        *({**box, "bbox_x": i} for i in range(6, 120)),
        {**box, "image_id": 3, "label_id": 7, "bbox_width": 1},
    ]
    found[-1] |= {"bbox_x": 1, "bbox_y": 1, "bbox_height": 1}
    read = []
    with monkeypatch.context() as patch:
        from exporter_yolo import labelfile

        patch.setattr(labelfile.LabelCheck, "read", lambda *given: read.append(given))
        _, run = written(tmp_path, found, "detect")
    checked = {f.code: f.count for f in exporter.check(tmp_path / "out", "yolo")}
    assert read == []
    assert run["ROW_DUPLICATE"] == checked["ROW_DUPLICATE"] == 1
    assert run["CLASS_IMBALANCE"] == checked["CLASS_IMBALANCE"] == 1
    assert checked.items() <= run.items()


def test_the_driver_has_the_functions() -> None:
    """Else the tests above compare Python with itself."""
    load = pytest.importorskip("exporter_native").load
    connection = sqlite3.connect(":memory:")
    if not hasattr(connection, "enable_load_extension"):
        from pysqlite3 import dbapi2

        connection = dbapi2.connect(":memory:")
    load(connection)
    sql = "select exporter_label('d', null, 10, 10, 20, 40, 100, 80)"
    assert connection.execute(sql).fetchone() == (" 0.2 0.375 0.2 0.5",)
    connection.close()
