"""What hosts store of a shape is read as it was meant: every form of text, every kind, every unit."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from exporter.vision.geometry.read import read
from exporter.vision.geometry.shape import Given, Mask, Shape

SQUARE = [1, 1, 5, 1, 5, 5, 1, 5]
HOLE = [2, 2, 3, 2, 3, 3, 2, 3]
FAR = [10, 10, 14, 10, 14, 12.5, 10, 12.5]
DONUT = ((SQUARE, HOLE),)
TWO_PARTS = ((SQUARE,), (FAR,))


def pairs(ring: list[Any], *, closed: bool = False) -> list[list[Any]]:
    points = [list(point) for point in zip(ring[0::2], ring[1::2], strict=True)]
    return points + points[:1] if closed else points


def wkt_ring(ring: list[Any]) -> str:
    return "(" + ", ".join(f"{x} {y}" for x, y in pairs(ring, closed=True)) + ")"


def shape_of(geometry: Any, size: tuple[int | None, int | None] = (None, None), **cells: str) -> Shape:
    text = geometry if isinstance(geometry, str) else json.dumps(geometry)
    return read(Given(geometry=text, **cells), *size)


def box(kind: str = "", **cells: str) -> Shape:
    four = {"bbox_x": "10", "bbox_y": "20", "bbox_width": "30", "bbox_height": "5"}
    return read(Given(kind=kind, **{**four, **cells}), 200, 100)


# --- polygons


@pytest.mark.parametrize(
    "geometry",
    [
        SQUARE,
        [*SQUARE, 1, 1],
        [*SQUARE, 1, 1, 1, 1],
        pairs(SQUARE),
        pairs(SQUARE, closed=True),
        [{"x": x, "y": y, "id": "p"} for x, y in pairs(SQUARE)],
        [SQUARE],
        [pairs(SQUARE, closed=True)],
        [[pairs(SQUARE, closed=True)]],
        {"type": "Polygon", "coordinates": [pairs(SQUARE, closed=True)]},
        {"type": "MultiPolygon", "coordinates": [[pairs(SQUARE, closed=True)]]},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [pairs(SQUARE)]}},
        "POLYGON ((1 1, 5 1, 5 5, 1 5, 1 1))",
        "  polygon((1 1,5 1,5 5,1 5))  ",
        "MultiPolygon\n( ( ( 1 1,\t5 1, 5 5 , 1 5, 1.0 1e0 ) ) )",
    ],
)
@pytest.mark.parametrize("kind", ["", "polygon"])
def test_a_square_is_the_same_in_every_form(geometry: Any, kind: str) -> None:
    assert shape_of(geometry, kind=kind) == Shape("polygon", (1, 1, 4, 4), 16, ((SQUARE,),))


@pytest.mark.parametrize(
    "geometry",
    [
        [pairs(SQUARE), pairs(HOLE)],
        [[pairs(SQUARE), pairs(HOLE)]],
        {"type": "Polygon", "coordinates": [pairs(SQUARE, closed=True), pairs(HOLE, closed=True)]},
        f"POLYGON({wkt_ring(SQUARE)},{wkt_ring(HOLE)})",
        f"MULTIPOLYGON(({wkt_ring(SQUARE)} , {wkt_ring(HOLE)}))",
    ],
)
def test_a_donut_has_a_hole(geometry: Any) -> None:
    assert shape_of(geometry) == Shape("polygon", (1, 1, 4, 4), 15, DONUT)


@pytest.mark.parametrize(
    "geometry",
    [
        [SQUARE, FAR],
        [[pairs(SQUARE)], [pairs(FAR)]],
        {"type": "MultiPolygon", "coordinates": [[pairs(SQUARE, closed=True)], [pairs(FAR, closed=True)]]},
        f"multipolygon (({wkt_ring(SQUARE)}), ({wkt_ring(FAR)}))",
    ],
)
def test_two_parts_are_two_parts(geometry: Any) -> None:
    assert shape_of(geometry) == Shape("polygon", (1, 1, 13, 11.5), 26, TWO_PARTS)


def test_parts_have_holes_of_their_own() -> None:
    shape = shape_of([[pairs(FAR)], [pairs(SQUARE), pairs(HOLE)]])
    assert (shape.parts, shape.area) == (((FAR,), (SQUARE, HOLE)), 25)


def test_a_hole_does_not_widen_the_box() -> None:
    assert shape_of([pairs(SQUARE), [[2, 2], [9, 2], [2, 3]]]).bbox == (1, 1, 4, 4)


def test_flat_rings_are_parts_and_rings_of_pairs_are_one_part() -> None:
    assert shape_of([SQUARE, HOLE]).parts == ((SQUARE,), (HOLE,))
    assert shape_of([pairs(SQUARE), pairs(HOLE)]).parts == ((SQUARE, HOLE),)


def test_a_star_of_twelve_points() -> None:
    corners = [(math.cos(n * math.pi / 6) * r, math.sin(n * math.pi / 6) * r) for n, r in enumerate([4, 2] * 6)]
    shape = shape_of([list(corner) for corner in corners])
    assert shape.area == pytest.approx(12 * 0.5 * 4 * 2 * math.sin(math.pi / 6))
    assert shape.bbox == pytest.approx((-4, -2 * math.sqrt(3), 8, 4 * math.sqrt(3)))


def test_a_bow_tie_is_read_though_its_area_cancels() -> None:
    assert shape_of([0, 0, 4, 4, 4, 0, 0, 4]).area == 0


def test_numbers_are_never_rounded() -> None:
    ring = [0.1, 1e-7, 5.300000000000001, 123456.789012345, -2.5, 3]
    assert shape_of(ring).parts == ((ring,),)


def test_no_box_begins_at_minus_zero() -> None:
    texts = ["[-0.0,-0.0,4,-0.0,-0.0,4]", "[[-0.0,-0.0,4,-0.0,-0.0,4],[1,1,2,1,1,2]]", "[-0.0,-0.0,4,4]"]
    assert {repr(shape_of(text).bbox) for text in texts} == {"(0.0, 0.0, 4.0, 4.0)"}
    assert repr(box(bbox_x="-0.0", bbox_y="-0").bbox) == "(0.0, 0.0, 30.0, 5.0)"


def test_a_turned_box_with_a_geometry_is_a_rotated_box_but_not_where_the_kind_says_polygon() -> None:
    cells = {"bbox_x": "1", "bbox_y": "1", "bbox_width": "4", "bbox_height": "4", "rotation": "30"}
    assert shape_of(SQUARE, **cells).kind == "rotated_box"
    assert shape_of(SQUARE, kind="polygon", **cells) == Shape("polygon", (1, 1, 4, 4), 16, ((SQUARE,),))


def test_a_polygon_carries_key_points() -> None:
    shape = read(Given(geometry=json.dumps(SQUARE), keypoints="[0,0,0,2,3,2]"), None, None)
    assert (shape.kind, shape.area, shape.keypoints) == ("polygon", 16, [0, 0, 0, 2, 3, 2])


def test_box_and_area_of_the_host_are_taken() -> None:
    cells = {"bbox_x": "0.5", "bbox_y": "1", "bbox_width": "4.25", "bbox_height": "4", "area": "15.75"}
    shape = shape_of(SQUARE, **cells)
    assert (shape.kind, shape.bbox, shape.area) == ("polygon", (0.5, 1, 4.25, 4), 15.75)


@pytest.mark.parametrize("area", ["0", "-1", "NaN", "inf", "1e999", "many", ""])
def test_an_area_that_is_none_is_computed(area: str) -> None:
    assert shape_of(SQUARE, area=area).area == 16


def test_a_box_that_is_not_whole_is_computed() -> None:
    assert shape_of(SQUARE, bbox_x="0", bbox_y="0", bbox_width="99").bbox == (1, 1, 4, 4)


# --- boxes


@pytest.mark.parametrize("kind", ["", "box"])
def test_a_box_of_four_cells(kind: str) -> None:
    assert box(kind) == Shape("box", (10, 20, 30, 5), 150)


@pytest.mark.parametrize("kind", ["", "box"])
@pytest.mark.parametrize("nothing", ["", " ", "[]", "null"])
def test_a_box_of_four_numbers_or_cells_beside_nothing(kind: str, nothing: str) -> None:
    assert shape_of([10, 20, 30, 5], kind=kind) == box(kind, geometry=nothing) == Shape("box", (10, 20, 30, 5), 150)


def test_a_box_takes_the_area_of_the_host() -> None:
    assert box(area="99").area == 99


def test_a_box_may_carry_key_points_of_which_none_is_labelled() -> None:
    assert box(keypoints="[0,0,0]") == Shape("box", (10, 20, 30, 5), 150, keypoints=[0, 0, 0])


def test_a_box_turned_by_a_quarter_is_exact() -> None:
    assert box(rotation="90") == Shape(
        "rotated_box", (22.5, 7.5, 5, 30), 150, (([27.5, 7.5, 27.5, 37.5, 22.5, 37.5, 22.5, 7.5],),), rotation=90
    )


def test_no_quarter_of_a_turn_leaves_a_rest() -> None:
    around_zero = {"bbox_x": "-15", "bbox_y": "-2.5"}
    boxes = [box(rotation=turn, **around_zero).bbox for turn in ("90", "-90", "180", "270", "450")]
    assert boxes == [(-2.5, -15, 5, 30), (-2.5, -15, 5, 30), (-15, -2.5, 30, 5), (-2.5, -15, 5, 30), (-2.5, -15, 5, 30)]


@pytest.mark.parametrize("kind", ["", "box", "rotated_box"])
@pytest.mark.parametrize("geometry", ["", "[10, 20, 30, 5]"])
def test_a_box_is_turned_clockwise_about_its_centre(kind: str, geometry: str) -> None:
    shape = read(Given(kind=kind, geometry=geometry, rotation="30"), None, None) if geometry else box(kind, rotation="30")
    [[corners]] = shape.parts
    right_x, right_y = (corners[2] + corners[4]) / 2, (corners[3] + corners[5]) / 2
    cos, sin = math.cos(math.pi / 6), math.sin(math.pi / 6)
    assert (right_x, right_y) == pytest.approx((25 + 15 * cos, 22.5 + 15 * sin))
    assert shape.bbox[2:] == pytest.approx((30 * cos + 5 * sin, 30 * sin + 5 * cos))
    assert (shape.kind, shape.area, shape.rotation) == ("rotated_box", 150, 30)


def test_a_rotated_box_that_is_not_turned_has_its_corners() -> None:
    assert box("rotated_box") == Shape("rotated_box", (10, 20, 30, 5), 150, (([10, 20, 40, 20, 40, 25, 10, 25],),))


# --- masks

COUNTS = [4, 2, 1, 2, 3]  # of 4 rows and 3 columns


@pytest.mark.parametrize("counts", [COUNTS, "42102"])
@pytest.mark.parametrize("size", [(3, 4), (None, None), (3, None), (None, 4)])
def test_a_mask_with_run_lengths_or_their_text(counts: Any, size: tuple[int | None, int | None]) -> None:
    expected = Shape("mask", (1, 0, 2, 4), 4, mask=Mask(4, 3, (4, 2, 1, 2, 3)))
    assert shape_of({"size": [4, 3], "counts": counts}, size) == expected


def test_a_mask_takes_box_and_area_of_the_host_and_is_never_scaled() -> None:
    cells = {"bbox_x": "0.5", "bbox_y": "0", "bbox_width": "0.5", "bbox_height": "1", "area": "7", "units": "relative"}
    shape = shape_of({"size": [4, 3], "counts": COUNTS}, (3, 4), **cells)
    assert (shape.bbox, shape.area, shape.mask) == ((1.5, 0, 1.5, 4), 7, Mask(4, 3, tuple(COUNTS)))


# --- key points


@pytest.mark.parametrize("kind", ["", "keypoints"])
@pytest.mark.parametrize("text", ["[1, 2, 2, 0, 0, 0, 5.5, 9, 1]", "[[1, 2, 2], [0, 0, 0], [5.5, 9, 1.0]]"])
def test_key_points_alone_are_as_large_as_the_box_around_those_labelled(kind: str, text: str) -> None:
    shape = read(Given(kind=kind, keypoints=text, geometry="[]"), None, None)
    assert shape == Shape("keypoints", (1, 2, 4.5, 7), 31.5, keypoints=[1, 2, 2, 0, 0, 0, 5.5, 9, 1])


def test_key_points_take_the_box_of_the_host() -> None:
    shape = box("keypoints", keypoints="[12, 22, 2]")
    assert (shape.kind, shape.bbox, shape.area) == ("keypoints", (10, 20, 30, 5), 150)


def test_visibility_is_a_whole_number() -> None:
    assert str(read(Given(keypoints="[1.5, 2.0, 2.0]"), None, None).keypoints) == "[1.5, 2.0, 2]"


# --- units


@pytest.mark.parametrize(("units", "whole"), [("relative", 1), ("percent", 100)])
def test_relative_units_are_multiplied_by_the_size_of_the_image(units: str, whole: int) -> None:
    ring = [0.25 * whole, 0, 0.5 * whole, 0, 0.5 * whole, 0.5 * whole]
    shape = read(Given(geometry=json.dumps(ring), units=units, keypoints=json.dumps([0.125 * whole, whole, 1])), 200, 100)
    assert (shape.parts, shape.bbox, shape.area) == ((([50, 0, 100, 0, 100, 50],),), (50, 0, 50, 50), 1250)
    assert shape.keypoints == [25, 100, 1]


def test_a_box_in_percent() -> None:
    assert box(units="percent").bbox == (20, 20, 60, 5)


def test_a_box_in_percent_is_turned_in_pixels() -> None:
    assert box(units="percent", rotation="90").bbox == (47.5, -7.5, 5, 60)


def test_percents_are_rounded_no_more_than_one_division_must() -> None:
    given = Given(bbox_x="7", bbox_y="29", bbox_width="57", bbox_height="58", units="percent")
    assert read(given, 1920, 1080).bbox == (134.4, 313.2, 1094.4, 626.4)


def test_pixels_need_no_size() -> None:
    assert shape_of(SQUARE, units="pixel").bbox == (1, 1, 4, 4)


# --- long and deep texts


def test_ten_megabytes_of_points_are_read() -> None:
    count = 500_000
    ring = [n for k in range(count) for n in (k, 0)] + [0, 7]
    text = json.dumps([pairs(ring)])
    assert len(text) > 5_000_000
    assert read(Given(geometry=text), None, None).bbox == (0, 0, count - 1, 7)


def test_ten_megabytes_of_wkt_are_read() -> None:
    text = "MULTIPOLYGON (((" + ", ".join(f"{k}.25 {k % 7}" for k in range(900_000)) + ")))"
    assert len(text) > 10_000_000
    assert read(Given(geometry=text), None, None).bbox == (0.25, 0, 899_999, 6)
