"""What is written of each kind of annotation, and what is left out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exporter
from exporter import compiled, native
from exporter.errors import InputError
from exporter.testing.annotated import annotated
from exporter.vision.geometry import rle

from .documents import LABELS, SQUARE, codes, document, drawn, export, image, source

DONUT = "POLYGON ((10 10, 60 10, 60 60, 10 60, 10 10), (20 20, 20 40, 40 40, 40 20, 20 20))"
TWO_PARTS = "MULTIPOLYGON (((10 10, 20 10, 20 20, 10 20, 10 10)), ((40 10, 50 10, 50 30, 40 30, 40 10)))"
MASK = json.dumps({"size": [80, 100], "counts": [800, 10, 70, 10, 7110]})


def one(folder: Path, row: dict[str, Any], **options: Any) -> Any:
    found = document(folder, source([row]), **options)["annotations"]
    assert len(found) == 1
    return found[0]


@pytest.fixture(params=["native", "plain"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the functions of exporter-native and without them."""
    if request.param == "plain":
        monkeypatch.setattr(native, "load", lambda driver: None)
    else:
        pytest.importorskip("exporter_native")
    return str(request.param)


def test_a_polygon_is_as_the_host_has_it(tmp_path: Path, way: str) -> None:
    found = one(tmp_path, drawn(geometry="[10.25, 10, 20.5, 10, 20.50, 30.125, 10.25, 30]"))
    assert found["segmentation"] == [[10.25, 10, 20.5, 10, 20.5, 30.125, 10.25, 30]]
    assert found["bbox"] == [10.25, 10.0, 10.25, 20.125]
    assert found["area"] == pytest.approx(205.640625)
    assert (found["image_id"], found["category_id"], found["iscrowd"]) == (1, 3, 0)
    assert "uid" not in found


def test_box_and_area_are_the_hosts_where_it_has_them(tmp_path: Path, way: str) -> None:
    stored = {"bbox_x": 9.5, "bbox_y": 9, "bbox_width": 11.1, "bbox_height": 11.25, "area": 99.9}
    found = one(tmp_path, drawn(**stored))
    assert (found["bbox"], found["area"]) == ([9.5, 9.0, 11.1, 11.25], 99.9)


def test_a_donut_is_run_lengths_of_one_object(tmp_path: Path, way: str) -> None:
    found = one(tmp_path, drawn(geometry=DONUT))
    assert found["area"] == 50 * 50 - 20 * 20
    assert found["iscrowd"] == 0
    mask = rle.decode(rle.decompress(found["segmentation"]["counts"], *found["segmentation"]["size"]))
    assert mask.shape == (80, 100)
    assert (mask[15, 15], mask[30, 30], mask[50, 50], mask[70, 70]) == (True, False, True, False)
    assert int(mask.sum()) == 2100


def test_two_parts_are_two_rings_of_one_annotation(tmp_path: Path, way: str) -> None:
    found = one(tmp_path, drawn(geometry=TWO_PARTS))
    assert found["segmentation"] == [[10, 10, 20, 10, 20, 20, 10, 20], [40, 10, 50, 10, 50, 30, 40, 30]]
    assert (found["bbox"], found["area"]) == ([10, 10, 40, 20], 300)


def test_a_mask_and_a_crowd(tmp_path: Path, way: str) -> None:
    found = one(tmp_path, drawn(geometry=MASK, iscrowd=1))
    assert found["segmentation"]["size"] == [80, 100]
    assert (found["area"], found["iscrowd"], found["bbox"]) == (20, 1, [10, 0, 2, 10])


def test_a_rotated_box_keeps_its_angle(tmp_path: Path, way: str) -> None:
    row = drawn(geometry=None, kind="rotated_box", bbox_x=40, bbox_y=30, bbox_width=20, bbox_height=10, rotation=90)
    found = one(tmp_path, row)
    assert found["bbox"] == pytest.approx([45, 25, 10, 20])
    assert found["area"] == pytest.approx(200)
    assert found["attributes"] == {"rotation": 90}
    assert sorted(map(round, found["segmentation"][0])) == sorted([55, 25, 55, 45, 45, 45, 45, 25])


def test_key_points_are_counted_and_named(tmp_path: Path, way: str) -> None:
    labels = [{"label_id": 5, "class_name": "person", "keypoints": '["head", "hand"]', "skeleton": "[[1, 2]]"}]
    rows = {
        "label": labels,
        "image": [image()],
        "annotation": [drawn(geometry=None, label=5, keypoints="[20, 30, 2, 40, 60, 0]")],
    }
    found = document(tmp_path, annotated(rows))
    assert found["categories"][0]["keypoints"] == ["head", "hand"]
    assert found["categories"][0]["skeleton"] == [[1, 2]]
    assert [(a["bbox"], a["num_keypoints"]) for a in found["annotations"]] == [([20, 30, 0, 0], 1)]

    rows["annotation"] = [drawn(geometry=None, label=5, keypoints="[20, 30, 2, 40, 60, 1]")]
    (person,) = document(tmp_path, annotated(rows))["annotations"]
    assert (person["keypoints"], person["num_keypoints"], person["bbox"]) == ([20, 30, 2, 40, 60, 1], 2, [20, 30, 20, 30])


def test_score_source_and_attributes(tmp_path: Path, way: str) -> None:
    found = one(tmp_path, drawn(score=0.7, source="detector 2.1", attributes='{"occluded": true}'))
    assert found["score"] == 0.7
    assert found["attributes"] == {"occluded": True, "source": "detector 2.1"}
    assert one(tmp_path, drawn(attributes="no JSON"))["attributes"] == {"value": "no JSON"}
    quoted = one(tmp_path, drawn(source='a "b" \\ ü'))
    assert quoted["attributes"] == {"source": 'a "b" \\ ü'}


def test_units_become_pixels(tmp_path: Path, way: str) -> None:
    found = one(tmp_path, drawn(geometry="[0.1, 0.25, 0.5, 0.25, 0.5, 0.5]", units="relative"))
    assert found["segmentation"] == [[10, 20, 50, 20, 50, 40]]


# --- modes


def test_detection_writes_boxes_of_all_shapes(tmp_path: Path, way: str) -> None:
    rows = [drawn(1), drawn(2, geometry=DONUT), drawn(3, geometry=None, bbox_x=1, bbox_y=2, bbox_width=3, bbox_height=4)]
    found = document(tmp_path, source(rows), export_mode="detection")["annotations"]
    assert [(a["bbox"], a["area"]) for a in found] == [([10, 10, 10, 10], 100), ([10, 10, 50, 50], 2500), ([1, 2, 3, 4], 12)]
    assert not any("segmentation" in a for a in found)


def test_detection_without_boxes_of_outlines(tmp_path: Path, way: str) -> None:
    rows = [drawn(1), drawn(2, geometry=None, bbox_x=1, bbox_y=2, bbox_width=3, bbox_height=4)]
    result = export(tmp_path, source(rows), export_mode="detection", include_bbox_from_segmentation=False)
    assert codes(result)["NOT_A_BOX"] == 1
    assert result.report.records["annotation"].written == 1


def test_segmentation_makes_boxes_outlines_or_leaves_them_out(tmp_path: Path, way: str) -> None:
    rows = [drawn(1), drawn(2, geometry=None, bbox_x=1, bbox_y=2, bbox_width=3, bbox_height=4)]
    found = document(tmp_path, source(rows))["annotations"]
    assert found[1]["segmentation"] == [[1, 2, 4, 2, 4, 6, 1, 6]]
    result = export(tmp_path, source(rows), convert_bbox_to_segmentation=False)
    assert codes(result)["BOX_ONLY"] == 1
    assert result.report.records["annotation"].written == 1


def test_segmentation_without_boxes_alongside(tmp_path: Path, way: str) -> None:
    assert "bbox" not in one(tmp_path, drawn(), include_bbox_alongside_segmentation=False)


def test_decimals_round_and_nothing_else_does(tmp_path: Path, way: str) -> None:
    row = drawn(geometry="[10.123456789, 10, 20.987654321, 10, 15.5, 20.00000001]")
    assert one(tmp_path, row)["segmentation"] == [[10.123456789, 10, 20.987654321, 10, 15.5, 20.00000001]]
    assert one(tmp_path, row, decimals=1)["segmentation"] == [[10.1, 10, 21.0, 10, 15.5, 20.0]]
    assert one(tmp_path, row, decimals=0)["bbox"] == [10, 10, 11, 10]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"export_mode": "detection", "convert_bbox_to_segmentation": False}, "is for export_mode segmentation"),
        ({"include_bbox_from_segmentation": False}, "is for export_mode detection"),
        ({"include_images": True}, "has no media folder"),
        ({"label_filter": ["bus"]}, "names the label 'bus'"),
        ({"layout": "splits"}, "has no splits"),
        ({"layout": "single", "split_by": "hash:1,0,0"}, "the layout is 'single'"),
        ({"split_by": "hash:1,1,1"}, "add up to 3"),
        ({"split_by": "hash:a"}, "takes a share"),
        ({"split_by": "missing.csv"}, "cannot be read"),
    ],
)
def test_what_is_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        export(
            tmp_path,
            source([drawn()]),
            layout=options.pop("layout", "splits" if "split_by" in options else "single"),
            **options,
        )


# --- what is left out


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ("[[10, 10], [20, 20]]", "SHAPE_TOO_FEW_POINTS"),
        ("[10, 10, 20, 10, 20]", "SHAPE_ODD_LENGTH"),
        ("[10, 10, 20, 10, NaN, 20]", "SHAPE_NOT_FINITE"),
        ("[10, 10, 20, 10, 20", "SHAPE_UNREADABLE"),
        ("[]", "SHAPE_MISSING"),
        ("[[]]", "SHAPE_TOO_FEW_POINTS"),
        (None, "SHAPE_MISSING"),
        ("[10, 10, 10, 20, 10, 30]", "SHAPE_NO_AREA"),
        ('{"size": [10, 10], "counts": [100]}', "MASK_SIZE"),
        ('{"size": [80, 100], "counts": [5]}', "MASK_COUNTS"),
    ],
)
def test_a_shape_that_readers_choke_on_is_left_out(tmp_path: Path, way: str, geometry: str | None, code: str) -> None:
    result = export(tmp_path, source([drawn(1, geometry=geometry), drawn(2)]))
    assert codes(result) == {code: 1}
    count = result.report.records["annotation"]
    assert (count.rows, count.left_out, count.written) == (2, 1, 1)


def test_what_crosses_itself_or_leaves_its_image_is_told(tmp_path: Path, way: str) -> None:
    bow_tie, outside = "[10, 10, 30, 30, 30, 12, 10, 28]", "[90, 10, 110, 10, 110, 20]"
    result = export(tmp_path, source([drawn(1, geometry=bow_tie), drawn(2, geometry=outside), drawn(3)]))
    assert codes(result) == {"SHAPE_CROSSES_ITSELF": 1, "SHAPE_OUTSIDE_IMAGE": 1}
    assert result.report.records["annotation"].written == 3


def test_unknown_labels_and_images(tmp_path: Path, way: str) -> None:
    result = export(tmp_path, source([drawn(1, label=99), drawn(2, on=99), drawn(3)]))
    assert codes(result) == {"LABEL_MISSING": 1, "IMAGE_MISSING": 1}
    assert result.report.records["annotation"].written == 1


def test_annotations_of_unknown_images_are_counted_where_nobody_checks(tmp_path: Path, way: str) -> None:
    of = source([drawn(1), drawn(2, on=99), drawn(3)])
    result = exporter.run(format="coco", source=of, output=tmp_path / "o.zip", checked=False)
    assert codes(result) == {"IMAGE_MISSING": 1}
    counted = result.report.records["annotation"]
    assert (counted.rows, counted.left_out, counted.written) == (3, 1, 2)


def test_a_label_filter_that_matches_nothing_is_told(tmp_path: Path, way: str) -> None:
    result = export(tmp_path, source([drawn()]), label_filter=["tree"])
    assert codes(result) == {"LABEL_NOT_CHOSEN": 1, "NO_ANNOTATIONS": 1}


def test_hosts_without_labels_have_classes_by_name(tmp_path: Path, way: str) -> None:
    rows = [
        {"annotation_id": f"a{i}", "image_id": 1, "class_name": name, "geometry": SQUARE} for i, name in enumerate("cab")
    ]
    found = document(tmp_path, annotated({"image": [image()], "annotation": rows}))
    assert [(c["id"], c["name"]) for c in found["categories"]] == [(1, "a"), (2, "b"), (3, "c")]
    assert [(a["category_id"], a["uid"]) for a in found["annotations"]] == [(3, "a0"), (1, "a1"), (2, "a2")]


# --- two ways

points = st.lists(st.tuples(st.integers(0, 10000), st.integers(0, 8000)), min_size=2, max_size=40)
written = st.sampled_from([1, 10, 100, 3, 7.0])
geometries = st.one_of(
    st.builds(lambda ps, by: json.dumps([n / by for p in ps for n in p]), points, written),
    st.builds(lambda ps, by: json.dumps([[x / by, y / by] for x, y in ps]), points, written),
    st.builds(lambda ps: json.dumps([[n for p in ps for n in p]]), points),
    st.builds(lambda ps: json.dumps([n / 100 for p in [*ps, ps[0]] for n in p]), points),
    st.sampled_from(
        [
            DONUT, MASK, "[1e2, 10, 20, 10, 20, 20]", "[10.0, 10, 20, 10, 20, 20.]", "[010, 10, 20, 10, 20, 20]",
            " [10,10,20,10,20,20]", "[-0, 0, 20, 10, 20, 20]", "[10,10,20,10,20,20,]", "[[10,10],[20,10],20,20]",
            "[0.00001,10,20,10,20,20]", "[10,10,20,10,20,123456789.123456789]", None, "", " ", "[10, 10, 5, 5]",
        ]
    ),
)  # fmt: skip
numbers = (
    st.none() | st.integers(-5, 120) | st.floats(-5, 120).map(lambda v: round(v, 3)) | st.floats(0, 1e-3) | st.just("7")
)
cells = st.fixed_dictionaries(
    {
        "geometry": geometries,
        "bbox_x": numbers,
        "bbox_y": numbers,
        "bbox_width": numbers,
        "bbox_height": numbers,
        "area": numbers,
        "score": numbers,
        "source": st.sampled_from([None, "", "detector 2.1", 'a "b"', "ü"]),
        "attributes": st.sampled_from([None, "", "{}", '{"a": 1}']),
        "kind": st.sampled_from([None, "", "polygon", "box", "rotated_box"]),
        "rotation": st.sampled_from([None, 0, 0.0, "", 30]),
        "annotation_id": st.sampled_from([None, "x", "y-1", 'q"']),
    }
)


options = st.sampled_from(
    [
        {},
        {"include_bbox_alongside_segmentation": False},
        {"convert_bbox_to_segmentation": False},
        {"export_mode": "detection"},
        {"export_mode": "detection", "include_bbox_from_segmentation": False},
    ]
)


@settings(max_examples=90, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, min_size=1, max_size=12), options=options)
def test_both_ways_write_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]], options: dict[str, Any]
) -> None:
    """Rows that only Python writes stand among those that it does not."""
    pytest.importorskip("exporter_native")
    monkeypatch.setattr(compiled, "_FEW", 0)
    of = annotated(
        {"label": LABELS, "image": [image()], "annotation": [{"image_id": 1, "label_id": 3, **row} for row in rows]}
    )
    found = []
    for load in (native.load, lambda driver: None):
        with monkeypatch.context() as patch:
            patch.setattr(native, "load", load)
            result = export(tmp_path, of, **options)
            text = subprocess.run(
                ["unzip", "-p", tmp_path / "coco.zip", "annotations.json"], capture_output=True, check=True
            ).stdout
            found.append((text.partition(b'"info"')[0], codes(result)))
    assert found[0] == found[1]


def test_a_stored_box_that_is_another_is_told(tmp_path: Path, way: str) -> None:
    near = {"bbox_x": 9, "bbox_y": 11, "bbox_width": 11, "bbox_height": 9}
    assert codes(export(tmp_path, source([drawn(**near)]))) == {}
    assert codes(export(tmp_path, source([drawn(**{**near, "bbox_x": 8.9})]))) == {"BBOX_DIFFERS": 1}


def test_a_run_finds_what_its_check_would(tmp_path: Path, way: str) -> None:
    """Key points that are not the category's, classes of one name, images of unknown size: the file is read again."""
    labels = [{"label_id": 5, "class_name": "a", "keypoints": '["head", "hand"]'}, {"label_id": 6, "class_name": "A"}]
    rows = {"label": labels, "image": [{**image(), "width": None}], "annotation": [drawn(label=5, keypoints="[1, 2, 2]")]}
    result = exporter.run(format="coco", source=annotated(rows), output=tmp_path / "a.zip", keep_going=True)
    assert codes(result).keys() >= {"KEYPOINTS_BROKEN", "CATEGORY_NAME_DUPLICATE", "IMAGE_SIZE_MISSING"}


@pytest.mark.parametrize("column", ["source", "annotation_id"])
@pytest.mark.parametrize("text", ["a\0b", 'a\0"b', "\0", 1e300, -0.0, 2.0])
def test_no_text_breaks_the_json(tmp_path: Path, way: str, column: str, text: Any) -> None:
    found = document(tmp_path, source([{**drawn(), column: text}]))
    (annotation,) = found["annotations"]
    told = annotation["uid"] if column == "annotation_id" else annotation["attributes"]["source"]
    assert told == (text if isinstance(text, str) else repr(text))


def test_labels_that_are_kept_as_doubles_are_labels(tmp_path: Path, way: str) -> None:
    """As where a table was written by way of a data frame, and some are NULL."""
    found = document(tmp_path, source([drawn(1, label=3.0), drawn(2, label=7), drawn(3, label=3.5)]))
    assert [a["category_id"] for a in found["annotations"]] == [3, 7]


@pytest.mark.parametrize("size", [10**30, 1e300, "9" * 5000, 2_000_000_000])
def test_a_size_that_no_image_has_is_unknown(tmp_path: Path, way: str, size: Any) -> None:
    size = str(size) if isinstance(size, int) and size > 2**63 else size
    result = export(tmp_path, source([drawn(), drawn(2, geometry=DONUT)], [image(width=size)]))
    assert codes(result)["IMAGE_SIZE_MISSING"] >= 1


@pytest.mark.parametrize("depth", [100, 300, 1000, 5000])
def test_attributes_however_deep_are_kept(tmp_path: Path, way: str, depth: int) -> None:
    given = "[" * depth + "]" * depth
    text = f'{{"a": {given}}}'
    (annotation,) = document(tmp_path, source([drawn(attributes=text)]))["annotations"]
    assert annotation["attributes"] in ({"value": text}, {"a": json.loads(given) if depth < 300 else None})
