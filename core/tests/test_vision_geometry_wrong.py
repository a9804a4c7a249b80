"""What no reader could use is refused under its code, and what is nearly so is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exporter.vision.geometry import shape
from exporter.vision.geometry.read import read, read_all
from exporter.vision.geometry.rle import compress
from exporter.vision.geometry.shape import MESSAGES, Given, Mask, Shape, ShapeError

TRIANGLE = [0, 0, 4, 0, 0, 4]
# There and back so often that rounding makes an area of it.
TWO_POINTS = [n for c in "AAABBBABBABAABBBBAAABBBBABBBBABBB" for n in ((94.1, 593.2) if c == "A" else (534.6, 178.5))]


def outcome(given: Given, width: int | None = None, height: int | None = None) -> str:
    """The code, or the kind of what was read; the same of one and of many."""
    [many] = read_all([given], [(width, height)])
    if isinstance(many, Shape):
        assert read(given, width, height) == many
        return many.kind
    with pytest.raises(ShapeError) as raised:
        read(given, width, height)
    assert (raised.value.code, raised.value.message) == (many.code, many.message)
    return many.code


def of(geometry: Any, **cells: str) -> str:
    return outcome(Given(geometry=geometry if isinstance(geometry, str) else json.dumps(geometry), **cells), 640, 480)


def box(x: str = "1", y: str = "2", width: str = "3", height: str = "4", **cells: str) -> str:
    return outcome(Given(bbox_x=x, bbox_y=y, bbox_width=width, bbox_height=height, **cells))


def test_every_code_has_a_message() -> None:
    codes = {value for name, value in vars(shape).items() if name.isupper() and name == value}
    assert codes == set(MESSAGES)
    assert all(ShapeError(code).message == str(ShapeError(code)) == MESSAGES[code] for code in codes)


@pytest.mark.parametrize(
    "given",
    [
        Given(),
        Given(geometry="[]"),
        Given(geometry=" null "),
        Given(geometry="POLYGON EMPTY"),
        Given(geometry="multipolygon  empty "),
        Given(geometry='{"type": "Polygon", "coordinates": []}'),
        Given(geometry='{"type": "Feature", "geometry": null}'),
        Given(keypoints="[]"),
        Given(bbox_x="1", bbox_y="2", bbox_width="3"),
        Given(kind="polygon", bbox_x="1", bbox_y="2", bbox_width="3", bbox_height="4"),
        Given(kind="mask", keypoints="[1,2,2]"),
        Given(kind="box", keypoints="[1,2,2]"),
        Given(kind="keypoints", geometry="[0,0,4,0,0,4]"),
        Given(rotation="30", area="7", units="pixel"),
    ],
)
def test_nothing_given(given: Given) -> None:
    assert outcome(given) == "SHAPE_MISSING"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1,2",
        "[1,2,3,4,5,6]]",
        "[1,2],[3,4]",
        "polygon",
        "circle",
        '"text"',
        "7",
        "true",
        "{}",
        "[0,0,4,0,0,true]",
        "[0,0,4,0,0,null]",
        "[false,0,4,0,0,4]",
        "[[0,0],[4,null],[0,4]]",
        "[[0,0],[4,true],[0,4]]",
        '["0","0","4","0","0","4"]',
        '[[0,0],["4",0],[0,4]]',
        "[0,0,4,0,[0],4]",
        "[0,[0,4],0,0,4]",
        "[[0,0],[4,0],0,4]",
        "[[0,0],4,[0,4]]",
        "[[[0,0],[4,0],[0,4,9]]]",
        "[[[0,0],[4,0],[0,[4]]]]",
        "[[[[[0,0],[4,0],[0,4]]]]]",
        '[{"x":0,"y":0},{"x":4},{"x":0,"y":4}]',
        '[{"x":0,"y":0},{"x":"4","y":0},{"x":0,"y":4}]',
        '{"type":"Point","coordinates":[1,2]}',
        '{"type":"Polygon"}',
        '{"type":"Polygon","coordinates":false}',
        '{"type":"Polygon","coordinates":[0,0,4,0,0,4]}',
        '{"type":"Polygon","coordinates":[[[0,0,1],[4,0,1],[0,4,1]]]}',
        '{"type":"Feature","geometry":7}',
        '{"type":"Feature","geometry":{"type":"Feature","geometry":null}}',
        '{"counts":[1]}',
        '{"size":[2],"counts":[4]}',
        '{"size":[2,true],"counts":[2]}',
        '{"size":[2,0],"counts":[0]}',
        '{"size":[2,2],"counts":[4.0]}',
        '{"size":[2,2],"counts":[true,3]}',
        '{"size":[2,2],"counts":4}',
        "POLYGON",
        "POLYGON ()",
        "POLYGON (())",
        "POLYGON (0 0, 4 0, 0 4)",
        "POLYGON ((0 0, 4 0, 0 4)",
        "POLYGON ((0 0, 4 0, 0 4)))",
        "POLYGON ((0 0, 4 0, 0 4),)",
        "POLYGON ((0 0, 4 0, 0 4)) x",
        "POLYGON ((0 0, 4 0,, 0 4))",
        "POLYGON ((0 0, 4 x, 0 4))",
        "POLYGON ((0 0, 4 0x1, 0 4))",
        "POLYGON ((0 0, 1_0 0, 0 4))",
        "POLYGON EMPTY x",
        "POLYGONEMPTY",
        "POLYGON Z ((0 0 1, 4 0 1, 0 4 1))",
        "POLYGON ((0 0 1, 4 0 1, 0 4 1))",
        "MULTIPOLYGON (((0 0, 4 0, 0 4))) x",
        "MULTIPOLYGON ((0 0, 4 0, 0 4))",
        "MULTIPOLYGON (((0 0, 4 0, 0 4)) ((0 0, 4 0, 0 4)))",
        "POINT (1 2)",
        "\ud800",
        "[\ud800]",
        '{"x":"\ud800"}',
        "[[0,0],[4,0],[0,4]]\ud800",
        "POLYGON ((0 0, 4 0, 0 \ud800))",
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000,
        "POLYGON " + "(" * 100_000,
        "[0,0," * 2_000_000,
        "x" * 10_000_000,
        "POLYGON (" + "(0 0)," * 1_000_000,
    ],
    ids=lambda text: ascii(text[:40]),
)
@pytest.mark.parametrize("kind", ["", "polygon"])
def test_a_text_that_is_no_shape(text: str, kind: str) -> None:
    assert of(text, kind=kind) == "SHAPE_UNREADABLE"


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [
        ("box", TRIANGLE),
        ("rotated_box", [[0, 0], [4, 0], [4, 4], [0, 4]]),
        ("box", {"size": [2, 2], "counts": [0, 4]}),
        ("polygon", {"size": [2, 2], "counts": [0, 4]}),
        ("mask", TRIANGLE),
        ("mask", [1, 2, 3, 4]),
    ],
)
def test_a_geometry_of_another_kind_than_the_row_names(kind: str, geometry: Any) -> None:
    given = Given(kind=kind, geometry=json.dumps(geometry))
    assert outcome(given) == "SHAPE_UNREADABLE"
    assert outcome(Given(geometry=given.geometry)) in ("box", "polygon", "mask")


@pytest.mark.parametrize(
    "cells", [("a", "2", "3", "4"), ("1", "0x2", "3", "4"), ("1", "2", "1_0", "4"), ("1", "2", "3", " ")]
)
def test_a_box_of_words(cells: tuple[str, str, str, str]) -> None:
    assert box(*cells) == "SHAPE_UNREADABLE"
    assert box(*cells, geometry="[0,0,4,0,0,4]") == "SHAPE_UNREADABLE"


def test_a_rotation_that_is_a_word() -> None:
    assert box(rotation="left") == "SHAPE_UNREADABLE"
    assert box(rotation="-0.5") == "rotated_box"
    assert of(TRIANGLE, rotation="left") == "polygon"


def test_units_that_nobody_knows() -> None:
    assert of(TRIANGLE, units="inch") == "SHAPE_UNREADABLE"


@pytest.mark.parametrize("size", [(None, None), (640, None), (None, 480), (0, 480)])
def test_relative_units_in_an_image_without_a_size(size: tuple[int | None, int | None]) -> None:
    with pytest.raises(ShapeError, match="width or height is not known") as raised:
        read(Given(geometry=json.dumps(TRIANGLE), units="percent"), *size)
    assert raised.value.code == "SHAPE_UNREADABLE"
    with pytest.raises(ShapeError, match="width or height is not known"):
        read(Given(keypoints="[0.5, 0.5, 1]", units="relative"), *size)


@pytest.mark.parametrize("kind", ["Box", "bbox", "rectangle", " polygon", "\ud800"])
def test_an_unknown_kind(kind: str) -> None:
    assert of(TRIANGLE, kind=kind) == "SHAPE_UNKNOWN_KIND"


@pytest.mark.parametrize(
    "geometry",
    [
        [1, 2],
        [[1, 2]],
        [[1, 2], [3, 4]],
        [[1, 2, 3, 4]],
        [[]],
        [[[]]],
        [[[[1, 2], [3, 4], [5, 9]], []]],
        [[[[1, 2], [3, 4], [5, 9]]], []],
        [TRIANGLE, []],
        [TRIANGLE, [1, 2, 3, 4]],
        [[1, 2], [1, 2, 3, 4, 5, 9]],
        [1, 2, 3, 4, 1, 2],
        [1, 2, 3, 4, 3, 4],
        [1, 2, 3, 4] * 50,
        TWO_POINTS,
        [1, 2, 1, 2, 1, 2, 1, 2],
        [[[0, 0], [9, 0], [0, 9]], [[1, 1], [2, 2], [1, 1]]],
        "POLYGON ((1 2, 3 4, 1 2))",
        {"type": "Polygon", "coordinates": [[]]},
    ],
    ids=lambda geometry: str(geometry)[:40],
)
def test_fewer_than_three_points(geometry: Any) -> None:
    assert of(geometry) == of(geometry, kind="polygon") == "SHAPE_TOO_FEW_POINTS"


def test_four_numbers_are_no_polygon() -> None:
    assert of([1, 2, 3, 4], kind="polygon") == "SHAPE_TOO_FEW_POINTS"
    assert of([1, 2, 3, 4]) == "box"


def test_three_different_points_are_enough() -> None:
    assert of([1, 2, 3, 4, 1, 2, 5, 9]) == "polygon"
    assert of([1, 2, 3, 4, 5, 6]) == "polygon"  # on one line, yet its box has an area


@pytest.mark.parametrize(
    "geometry", [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7], [1], [[1, 2, 3, 4, 5, 6, 7]], [TRIANGLE, [1, 2, 9]]]
)
def test_an_odd_number_of_coordinates(geometry: Any) -> None:
    assert of(geometry) == "SHAPE_ODD_LENGTH"


FORMS = ["[0,0,{0},0,{0},4]", "[[0,0],[{0},0],[4,{0}]]", '[{{"x":0,"y":0}},{{"x":4,"y":{0}}},{{"x":{0},"y":4}}]']


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 400], ids=lambda number: number[:9]
)
@pytest.mark.parametrize("form", FORMS)
def test_a_coordinate_that_is_not_finite(number: str, form: str) -> None:
    assert of(form.format(number)) == "SHAPE_NOT_FINITE"
    assert of(form.format("1e100")) == "polygon"


def test_coordinates_whose_area_is_not_finite() -> None:
    assert of([0, 0, 1e200, 0, 0, 1e200]) == of([[0, 0], [1e200, 0], [0, 1e200]]) == "SHAPE_NOT_FINITE"
    assert of([-1.7e308, 0, 1.7e308, 0, 0, 1e-9]) == "SHAPE_NOT_FINITE"
    assert of([0, 0, 1e200, 0, 0, 1e100]) == "polygon"


@pytest.mark.parametrize("number", ["nan", "inf", "-Infinity", "1e999"])
def test_a_cell_that_is_not_finite(number: str) -> None:
    assert {box(x=number), box(height=number), box(rotation=number)} == {"SHAPE_NOT_FINITE"}
    assert box(x=number, geometry="[0,0,4,0,0,4]") == "SHAPE_NOT_FINITE"
    assert of(f"POLYGON ((0 0, 4 {number}, 0 4))") == "SHAPE_NOT_FINITE"
    assert of(TRIANGLE, area=number) == "polygon"


def test_numbers_that_are_not_finite_in_pixels() -> None:
    cells = {"bbox_x": "1e307", "bbox_y": "0", "bbox_width": "1", "bbox_height": "1", "units": "relative"}
    assert of([0, 0, 1, 0, 0, 1], **cells) == of({"size": [480, 640], "counts": [0, 307_200]}, **cells) == "SHAPE_NOT_FINITE"
    assert of([0, 0, 1e307, 0, 0, 1], units="relative") == "SHAPE_NOT_FINITE"
    assert of([0, 0, 1, 0, 0, 1], units="relative") == "polygon"


def test_a_box_whose_area_is_not_finite() -> None:
    assert box(width="1e200", height="1e200") == "SHAPE_NOT_FINITE"
    assert box(width="1e200", height="1e100") == "box"
    assert box(x="1e308", width="1e308", height="1", rotation="45") == "SHAPE_NOT_FINITE"


@pytest.mark.parametrize(("width", "height"), [("0", "4"), ("3", "0"), ("-3", "4"), ("3", "-0.5"), ("-0.0", "4")])
def test_a_box_without_area(width: str, height: str) -> None:
    assert box(width=width, height=height) == "SHAPE_NO_AREA"
    assert of([1, 2, float(width), float(height)]) == "SHAPE_NO_AREA"
    assert box(width=width, height=height, geometry="[0,0,4,0,0,4]") == "SHAPE_NO_AREA"
    assert box(width="5e-324", height="4") == "box"


@pytest.mark.parametrize(
    "geometry", [[0, 5, 4, 5, 9, 5], [5, 0, 5, 4, 5, 9], [[[0, 0], [4, 0], [0, 4]]] * 2, {"size": [2, 2], "counts": [4]}]
)
def test_a_shape_without_area(geometry: Any) -> None:
    assert of(geometry) in ("SHAPE_NO_AREA", "MASK_SIZE")
    assert outcome(Given(geometry=json.dumps(geometry))) == "SHAPE_NO_AREA"


def test_a_part_may_be_flat_where_the_whole_is_not() -> None:
    assert of([[0, 5, 4, 5, 9, 5], TRIANGLE]) == "polygon"


@pytest.mark.parametrize(
    ("width", "height", "expected"), [(2, 3, "mask"), (3, 2, "MASK_SIZE"), (None, 2, "MASK_SIZE"), (2, None, "mask")]
)
def test_a_mask_of_another_size_than_the_image(width: int | None, height: int | None, expected: str) -> None:
    assert outcome(Given(geometry='{"size":[3,2],"counts":[1,5]}'), width, height) == expected


def test_a_mask_of_more_pixels_than_can_be_counted() -> None:
    most = 1 << 31
    assert outcome(Given(geometry=json.dumps({"size": [most, 2], "counts": [1, 2 * most - 1]}))) == "MASK_SIZE"
    assert outcome(Given(geometry=json.dumps({"size": [most, 1], "counts": [1, most - 1]}))) == "mask"


@pytest.mark.parametrize(
    "counts",
    [
        [1, 2],
        [1, 6],
        [],
        [7, -1],
        [-1, 7],
        [10**18],
        "",
        " ",
        "1",
        "15 ",
        "é",
        "\x00",
        "\ud800",
        "P" * 9,
        "oooooooo0",
        "ooooooo0" * 3,
        "`",
    ],
    ids=ascii,
)
def test_run_lengths_that_are_broken(counts: Any) -> None:
    assert outcome(Given(geometry=json.dumps({"size": [3, 2], "counts": counts}))) == "MASK_COUNTS"


def test_a_compressed_number_has_at_most_seven_characters() -> None:
    assert outcome(Given(geometry=json.dumps({"size": [3, 2], "counts": "0V" + "P" * 5 + "0"}))) == "mask"
    assert outcome(Given(geometry=json.dumps({"size": [3, 2], "counts": "0V" + "P" * 6 + "0"}))) == "MASK_COUNTS"


def test_a_compressed_text_of_negative_runs() -> None:
    broken = compress(Mask(3, 2, (4, -1, 3)))
    assert outcome(Given(geometry=json.dumps({"size": [3, 2], "counts": broken}))) == "MASK_COUNTS"
    sound = compress(Mask(3, 2, (4, 1, 1)))
    assert outcome(Given(geometry=json.dumps({"size": [3, 2], "counts": sound}))) == "mask"


@pytest.mark.parametrize(
    "text", ["[1]", "[1,2]", "[1,2,3]", "[1,2,-1]", "[1,2,0.5]", "[1,2,2,3]", "[[1,2]]", "[[1,2,2],[3,4]]"]
)
def test_key_points_that_are_broken(text: str) -> None:
    assert outcome(Given(keypoints=text)) == box(keypoints=text) == of(TRIANGLE, keypoints=text) == "KEYPOINTS_BROKEN"


def test_key_points_of_which_none_is_labelled() -> None:
    assert outcome(Given(keypoints="[1,2,0,3,4,0]")) == "KEYPOINTS_BROKEN"
    assert outcome(Given(keypoints="[1,2,0,3,4,1]")) == "keypoints"
    assert of(TRIANGLE, keypoints="[1,2,0]") == "polygon"


@pytest.mark.parametrize(
    "text",
    ["{", "{}", '"a"', "7", '["1",2,2]', "[1,2,true]", "[1,null,2]", "[[1,2,2],3]", "[3,[1,2,2]]", "\ud800", "[" * 100_000],
)
def test_key_points_that_cannot_be_read(text: str) -> None:
    assert outcome(Given(keypoints=text)) == of(TRIANGLE, keypoints=text) == "SHAPE_UNREADABLE"


def test_key_points_that_are_not_finite() -> None:
    assert box(keypoints="[1,NaN,2]") == of(TRIANGLE, keypoints="[1,NaN,2]") == "SHAPE_NOT_FINITE"
    assert outcome(Given(keypoints="[NaN,2,2]")) == outcome(Given(keypoints="[1,1e999,2]")) == "SHAPE_NOT_FINITE"
    assert outcome(Given(keypoints="[-1e200,-1e200,2,1e200,1e200,2]")) == "SHAPE_NOT_FINITE"


def test_one_broken_row_harms_no_other() -> None:
    rows = [
        Given(geometry="[0,0,4,0,0,4]"),
        Given(geometry="[1,2],[3"),
        Given(geometry="4]"),
        Given(geometry="[0,0,9,0,0,9]"),
    ]
    shapes = read_all(rows, [(None, None)] * 4)
    assert [shape.code if isinstance(shape, ShapeError) else shape.area for shape in shapes] == [
        8, "SHAPE_UNREADABLE", "SHAPE_UNREADABLE", 40.5,
    ]  # fmt: skip


@pytest.mark.parametrize("number", [2**53 + 1, 2**60 + 1, -(2**60) - 1])
def test_whole_numbers_that_doubles_do_not_hold_become_doubles(number: int) -> None:
    [far] = read_all([Given(geometry=f"[0,0,{number},0,0,4]")], [(None, None)])
    assert isinstance(far, Shape)
    assert repr(far.parts[0][0][2]) == repr(float(number))
