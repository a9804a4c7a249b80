"""`exporter map --family vision`: how boxes, outlines and key points are kept, and why some are not taken."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from exporter.mapping import draft

from .drafting import BOX, annotations, only

pytest.importorskip("exporter_tabular.format")

# --- four columns


@pytest.mark.parametrize(
    "columns",
    [
        "bbox_x, bbox_y, bbox_width, bbox_height",
        "x, y, w, h",
        '"left", top, width, height',
        "x_min, y_min, x_max, y_max",
        "box_x1, box_y1, box_x2, box_y2",
        "x0, y0, x1, y1",
        "bboxXmin, bboxYmin, bboxXmax, bboxYmax",
        "cx, cy, w, h",
        "center_x, center_y, width, height",
        '"X Center", "Y Center", "Width", "Height"',
    ],
)
def test_names_of_boxes(tmp_path: Path, columns: str) -> None:
    cells = {"x_min": "10, 20, 40, 60", "box": "10, 20, 40, 60", "x0": "10, 20, 40, 60", "bboxXmin": "10, 20, 40, 60"}
    cells |= {"cx": "25, 40, 30, 40", "center": "25, 40, 30, 40", '"X': "25, 40, 30, 40"}
    row = next((c for start, c in cells.items() if columns.startswith(start)), "10, 20, 30, 40")
    made = annotations(tmp_path, ", ".join(f"{c} real" for c in columns.split(", ")), row, "0, 0, 5, 5")
    assert only(made.rows("annotation"), *BOX)[0] == ("10.0", "20.0", "30.0", "40.0")
    assert "units" not in made.columns("annotation")


def test_numbers_as_text_are_cast(tmp_path: Path) -> None:
    made = annotations(tmp_path, "xmin text, ymin text, xmax text, ymax text", "'1', '2', '3.5', '4'", "'', '', '', ''")
    assert only(made.rows("annotation"), *BOX) == [("1", "2", "2.5", "2"), ("", "", "", "")]


def test_shares_that_leave_the_image_as_corners_are_centres(tmp_path: Path) -> None:
    made = annotations(tmp_path, "x real, y real, w real, h real", "0.875, 0.5, 0.25, 0.25", "0.25, 0.25, 0.25, 0.25")
    assert only(made.rows("annotation"), *BOX)[0] == ("0.75", "0.375", "0.25", "0.25")
    assert "as x, y, width and height some would leave their images" in made.text


def test_shares_that_leave_the_image_as_centres_are_corners(tmp_path: Path) -> None:
    made = annotations(tmp_path, "x real, y real, w real, h real", "0.0, 0.5, 0.25, 0.25", "0.25, 0.25, 0.25, 0.25")
    assert only(made.rows("annotation"), *BOX)[0] == ("0.0", "0.5", "0.25", "0.25")


def test_one_number_beyond_1_among_many_shares_is_said(tmp_path: Path) -> None:
    made = annotations(
        tmp_path, "x1 real, y1 real, x2 real, y2 real", *["0.25, 0.25, 0.5, 0.5"] * 10, "0.25, 0.25, 0.5, 1.5"
    )
    assert "units" not in made.columns("annotation")
    assert "# from two corners; nearly all are shares: if all are meant so, map units" in made.text


def test_what_nothing_decides_is_said(tmp_path: Path) -> None:
    made = annotations(tmp_path, "x real, y real, w real, h real", "0.5, 0.5, 0.25, 0.25")
    assert "nothing shows that they are not the centre, width and height" in made.text


def test_boxes_within_the_first_hundred_of_large_images_are_doubted(tmp_path: Path) -> None:
    made = annotations(tmp_path, "x_min real, y_min real, x_max real, y_max real", "10, 10, 99, 50")
    assert "none is beyond 100: if they are percent, map units" in made.text


def test_boxes_beyond_the_first_hundred_are_not(tmp_path: Path) -> None:
    made = annotations(tmp_path, "x_min real, y_min real, x_max real, y_max real", "10, 10, 101, 50")
    assert "percent" not in made.text


@pytest.mark.parametrize(
    ("columns", "row", "why"),
    [
        (
            "x_min real, y_min real, x_max real, y_max real",
            "5, 5, 1, 1",
            "two corners, by their names, but with a size below 0",
        ),
        ("x_min text, y_min text, x_max text, y_max text", "'a', 'b', 'c', 'd'", "not all are numbers: 'a'"),
        ("bbox_x real, bbox_y real", "1, 2", "a part of a box, and nothing gives the others"),
    ],
)
def test_why_columns_are_no_box(tmp_path: Path, columns: str, row: str, why: str) -> None:
    made = annotations(tmp_path, f"{columns}, polygon text", f"{row}, '[1, 1, 5, 1, 5, 5]'")
    assert set(BOX).isdisjoint(made.columns("annotation"))
    assert why in made.reasons().values()


# --- boxes and outlines as text


@pytest.mark.parametrize(
    "given",
    [
        "[10, 20, 30, 40]",
        '{"x": 10, "y": 20, "width": 30, "height": 40}',
        '{"xmin": 10, "ymin": 20, "xmax": 40, "ymax": 60}',
        '{"x-min": 10, "y-min": 20, "x-max": 40, "y-max": 60}',
        "10,20,30,40",
    ],
)
def test_a_box_as_text(tmp_path: Path, given: str) -> None:
    made = annotations(tmp_path, "bbox text", f"'{given}'")
    assert only(made.rows("annotation"), *BOX) == [("10", "20", "30", "40")]


def test_four_numbers_that_leave_the_image_as_a_size_are_corners(tmp_path: Path) -> None:
    made = annotations(tmp_path, "bbox text", "'[300, 200, 390, 290]'", "'[0, 0, 50, 50]'")
    assert only(made.rows("annotation"), *BOX) == [("300", "200", "90", "90"), ("0", "0", "50", "50")]


def test_four_numbers_are_what_the_area_says(tmp_path: Path) -> None:
    made = annotations(tmp_path, "bbox text, area real", "'[10, 10, 50, 60]', 2000")
    assert only(made.rows("annotation"), *BOX, "area") == [("10", "10", "40", "50", "2000.0")]
    assert "so the area says" in made.text


def test_four_numbers_that_may_be_both_are_as_coco_has_them_and_said(tmp_path: Path) -> None:
    made = annotations(tmp_path, "bbox text", "'[10, 10, 50, 60]'")
    assert only(made.rows("annotation"), *BOX) == [("10", "10", "50", "60")]
    assert "nothing shows that they are not two corners" in made.text


LONG = json.dumps([[i * 1.25, i * 2.5] for i in range(60)])


@pytest.mark.parametrize(
    "given",
    [
        "[1, 1, 5, 1, 5, 5]",
        "[[1, 1], [5, 1], [5, 5]]",
        '[{"x": 1, "y": 1}, {"x": 5, "y": 1}, {"x": 5, "y": 5}]',
        "[[[1, 1], [5, 1], [5, 5]]]",
        "POLYGON ((1 1, 5 1, 5 5, 1 1))",
        '{"type": "Polygon", "coordinates": [[[1, 1], [5, 1], [5, 5], [1, 1]]]}',
        '{"size": [300, 400], "counts": "abc"}',
        LONG,
        f"[{LONG}]",
        '{"type": "Polygon", "coordinates": [' + LONG + "]}",
        '{"counts": "' + "a" * 300 + '", "size": [300, 400]}',
    ],
    ids=range(11),
)
@pytest.mark.parametrize("name", ["segmentation", "shape"])
def test_an_outline_is_taken_as_it_stands(tmp_path: Path, given: str, name: str) -> None:
    made = annotations(tmp_path, f"{name} text", f"'{given}'")
    assert only(made.rows("annotation"), "geometry") == [(given,)]


def test_points_without_brackets_get_them(tmp_path: Path) -> None:
    made = annotations(tmp_path, "points text", "'1,1,5,1,5,5'", f"'{','.join(['1.5'] * 200)}'")
    assert made.rows("annotation")[0]["geometry"] == "[1,1,5,1,5,5]"


def test_arrays_with_and_without_brackets_are_told(tmp_path: Path) -> None:
    made = annotations(
        tmp_path, "points text, x int, y int, w int, h int", "'1,1,5,1,5,5', 1, 2, 3, 4", "'[1,1,5,1,5,5]', 1, 2, 3, 4"
    )
    assert made.reasons()["points"] == "some arrays have brackets, some have none"


def test_boxes_among_outlines_need_a_kind(tmp_path: Path) -> None:
    rows = ("'[1, 1, 5, 1, 5, 5]', 'polygon'", "'[1, 1, 5, 6]', 'rect'", "'[[1, 1], [5, 1], [5, 5]]', 'polygon'")
    made = annotations(tmp_path, "points text, shape_type text", *rows)
    assert only(made.rows("annotation"), "geometry", *BOX) == [
        ("[1, 1, 5, 1, 5, 5]", "", "", "", ""),
        ("", "1", "1", "4", "5"),
        ("[[1, 1], [5, 1], [5, 5]]", "", "", "", ""),
    ]


def test_a_polygon_of_two_points_is_none_whatever_its_kind_says(tmp_path: Path) -> None:
    made = annotations(tmp_path, "points text, type text", "'[1, 1, 5, 5]', 'polygon'")
    assert "points: no outline: too few numbers" in made.text.replace("\n#  ", "")


def test_boxes_among_outlines_without_a_kind_are_left(tmp_path: Path) -> None:
    made = annotations(tmp_path, "points text", "'[1, 1, 5, 1, 5, 5]'", "'[1, 1, 5, 6]'")
    assert "four numbers in some rows, and nothing says whether they are corners" in made.text.replace("\n#  ", "")


def test_of_two_outlines_the_first_goes_before_the_second(tmp_path: Path) -> None:
    rows = ("'[1, 1, 5, 1, 5, 5]', null", 'null, \'{"size": [1, 1], "counts": [1]}\'')
    made = annotations(tmp_path, "polygon text, rle text", *rows)
    assert [row["geometry"][:2] for row in made.rows("annotation")] == ["[1", '{"']


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("polygon", "[1, 1, 5, 1, 5]", "no outline: too few numbers, an odd number of them, or three to a point"),
        ("polygon", "", "empty, so nothing shows what it holds"),
        ("polygon", "[]", "empty, so nothing shows what it holds"),
        ("mask", "masks/1.png", "no box, outline or mask in a known way: 'masks/1.png'"),
        ("mask", '{"counts": [1, 2]}', "run lengths without the size of the mask"),
        ("rle", "[1, 5, 6, 7, 8, 9]", "run lengths without the size of the mask"),
        ("shape", "circle", "no box, outline or mask in a known way: 'circle'"),
        ("geometry", '[{"type": "rect", "value": {}}]', "several shapes in one text, and a row is one shape"),
        ("keypoints", "[[1, 2], [3, 4]]", "no x, y and visibility of each point"),
        ("keypoints", "[1, 2, 3]", "no x, y and visibility of each point"),
        ("keypoints", '[{"x": 1, "y": 2, "v": 2}]', "points as objects, where x, y and visibility in one array are wanted"),
    ],
)
def test_why_a_text_is_no_shape(tmp_path: Path, name: str, given: str, why: str) -> None:
    made = annotations(tmp_path, f"{name} text, x int, y int, w int, h int", f"'{given}', 1, 2, 3, 4")
    assert {"geometry", "keypoints"}.isdisjoint(made.columns("annotation"))
    assert made.reasons()[name].startswith(why)


def test_two_points_are_corners_or_nothing(tmp_path: Path) -> None:
    made = annotations(tmp_path, "points text", "'[[5, 5], [2, 2]]'")
    assert "points: four numbers, but as two corners they have a size below 0" in made.text.replace("\n#  ", "")


def test_corners_that_were_dragged_from_below_are_put_in_order(tmp_path: Path) -> None:
    rows = [f"'[[{n}, 10], [{n + 5}, 20]]'" for n in range(20)] + ["'[[90, 90], [30, 40]]'"]
    made = annotations(tmp_path, "points text", *rows)
    assert only(made.rows("annotation"), *BOX)[-2:] == [("19", "10", "5", "10"), ("30", "40", "60", "50")]


def test_one_broken_outline_spoils_no_column(tmp_path: Path) -> None:
    made = annotations(tmp_path, "polygon text", *["'[1, 1, 5, 1, 5, 5]'"] * 2, "'lost'")
    assert made.columns("annotation")["geometry"] == "polygon"


def test_coordinates_in_other_units_than_the_rest_are_left(tmp_path: Path) -> None:
    made = annotations(
        tmp_path, "polygon text, x real, y real, w real, h real", "'[1, 1, 50, 1, 50, 50]', 0.5, 0.25, 0.25, 0.25"
    )
    assert set(BOX).isdisjoint(made.columns("annotation"))
    assert made.reasons()["x"] == "shares, where other coordinates are in pixels"


def test_key_points_ride_with_a_box(tmp_path: Path) -> None:
    made = annotations(tmp_path, "keypoints text, x int, y int, w int, h int", "'[[1, 2, 2], [3, 4, 0]]', 1, 2, 30, 40")
    assert only(made.rows("annotation"), "bbox_x", "keypoints") == [("1", "[[1, 2, 2], [3, 4, 0]]")]


def test_a_thousand_rows_are_not_enough_to_say_that_all_are_shares(tmp_path: Path) -> None:
    annotations(tmp_path, "x_min real, y_min real, x_max real, y_max real", table="boxes")
    with sqlite3.connect(tmp_path / "host.db") as connection:
        rows = ((n, 1, "car", 0.25, 0.25, 0.5, 0.5 if n != 2500 else 2.0) for n in range(1, 5001))
        connection.executemany("insert into boxes values (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.close()
    assert "\nunits =" not in draft(f"sqlite:///{tmp_path / 'host.db'}", "vision").text
