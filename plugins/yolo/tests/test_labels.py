"""What becomes of each kind of shape in each task. The image is 100 by 50."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from exporter.vision.geometry import rle
from exporter.vision.geometry.shape import Mask, Part, Shape
from exporter_yolo.lines import numbers_text

from .host import IMAGE, box, exported, findings, host, rows

SQUARE = [[10, 10], [30, 10], [30, 30], [10, 30]]
HOLE = [[15, 15], [25, 15], [25, 25], [15, 25]]
FAR = [[60, 5], [90, 5], [90, 45], [60, 45]]


def polygon(*parts: Sequence[Sequence[Sequence[float]]], **more: Any) -> dict[str, Any]:
    return {"kind": "polygon", "geometry": orjson.dumps(parts).decode(), **more}


def mask(pixels: np.ndarray, **more: Any) -> dict[str, Any]:
    found = rle.encode(pixels)
    size = [found.height, found.width]
    return {"kind": "mask", "geometry": orjson.dumps({"size": size, "counts": list(found.counts)}).decode(), **more}


def drawn(shares: Sequence[float], width: int = 100, height: int = 50) -> Mask:
    """The pixels of an outline as a label file has it."""
    points = [share * (height if place % 2 else width) for place, share in enumerate(shares)]
    return rle.from_polygon(points, height, width)


def iou(one: Mask, other: Mask) -> float:
    either = rle.area(rle.union([one, other]))
    return (rle.area(one) + rle.area(other) - either) / either


def truth(*parts: Sequence[Sequence[Sequence[float]]]) -> Mask:
    flat: list[Part] = [tuple([float(n) for point in ring for n in point] for ring in part) for part in parts]
    return rle.from_parts(flat, 50, 100)


def written(folder: Path, *annotations: dict[str, Any], **options: Any) -> tuple[list[tuple[float, ...]], dict[str, int]]:
    """The rows of the one label file, and what the run found."""
    result = exported(host(folder, annotations), folder, **options)
    return rows(folder), findings(result)


# --- detect


def test_a_box_is_its_centre_and_size_as_shares_of_the_image(tmp_path: Path) -> None:
    assert written(tmp_path, box(10, 10, 20, 10))[0] == [(0, 0.2, 0.3, 0.2, 0.2)]


@pytest.mark.parametrize(
    "shape",
    [
        polygon([SQUARE, HOLE]),
        {"keypoints": "[10, 10, 2, 30, 30, 1, 0, 0, 0]"},
        box(10, 10, 20, 20, rotation=90),
        mask(np.pad(np.ones((20, 20)), ((10, 20), (10, 70)))),
    ],
    ids=["polygon", "key points", "rotated box", "mask"],
)
def test_detect_writes_the_box_around_any_shape(tmp_path: Path, shape: dict[str, Any]) -> None:
    ((index, *shares),) = written(tmp_path, shape)[0]
    assert index == 0
    assert shares == pytest.approx([0.2, 0.4, 0.2, 0.4])


def test_a_box_is_cut_at_its_image_and_counted(tmp_path: Path) -> None:
    found, codes = written(tmp_path, box(-10, 40, 20, 20), box(10, 10, 20, 10))
    assert found == [(0, 0.05, 0.9, 0.1, 0.2), (0, 0.2, 0.3, 0.2, 0.2)]
    assert codes["SHAPE_CLIPPED"] == 1
    assert "SHAPE_OUTSIDE_IMAGE" not in codes


@pytest.mark.parametrize("task", ["detect", "segment", "obb"])
@pytest.mark.parametrize("shape", [box(100, 10, 5, 5), polygon([[[-9, 1], [-1, 1], [-1, 9]]])], ids=["box", "polygon"])
def test_what_lies_outside_is_left_out_and_counted(tmp_path: Path, task: str, shape: dict[str, Any]) -> None:
    found, codes = written(tmp_path, shape, box(10, 10, 20, 10), task=task)
    assert len(found) == 1
    assert codes["SHAPE_OUTSIDE"] == 1


@pytest.mark.parametrize("task", ["detect", "segment", "obb"])
def test_a_rounding_beyond_the_image_is_no_cut(tmp_path: Path, task: str) -> None:
    found, codes = written(tmp_path, box(0, 0, 100.0000000001, 50.0000000001), task=task)
    assert max(found[0]) <= 1
    assert "SHAPE_CLIPPED" not in codes


def test_crowds_are_left_out_and_counted(tmp_path: Path) -> None:
    found, codes = written(tmp_path, box(1, 1, 2, 2, iscrowd=True), box(3, 3, 2, 2, iscrowd=False))
    assert len(found) == 1
    assert codes["CROWD"] == 1


@pytest.mark.parametrize("task", ["detect", "segment", "obb"])
def test_an_image_of_unknown_size_takes_no_annotation(tmp_path: Path, task: str) -> None:
    source = host(tmp_path, [box(1, 1, 2, 2)], images=[{**IMAGE, "width": None}])
    assert findings(exported(source, tmp_path, task=task))["IMAGE_SIZE_MISSING"] == 1
    assert rows(tmp_path) == []


@pytest.mark.parametrize(("orientation", "shares"), [(6, (0.3, 0.4, 0.2, 0.2)), (3, (0.15, 0.8, 0.1, 0.4))])
def test_in_the_frame_of_the_file_shares_are_those_of_the_files_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, orientation: int, shares: tuple[float, ...]
) -> None:
    turned = Shape("box", (10.0, 30.0, 10.0, 20.0), 200.0)
    monkeypatch.setattr("exporter.vision.annotations.to_stored", lambda *given: turned)
    source = host(tmp_path, [box(10, 10, 20, 10)], images=[{**IMAGE, "orientation": orientation}])
    exported(source, tmp_path, frame="stored")
    assert rows(tmp_path)[0][1:] == pytest.approx(shares)


# --- numbers


def test_numbers_are_not_rounded(tmp_path: Path) -> None:
    ((_, x, y, width, height),) = written(tmp_path, box(100 / 3, 0.1, 1e-5, 1 / 7))[0]
    assert (x * 100, y * 50, width * 100, height * 50) == pytest.approx(
        (100 / 3 + 5e-6, 0.1 + 1 / 14, 1e-5, 1 / 7), rel=1e-12
    )


def test_numbers_have_no_exponent_and_read_back() -> None:
    random = np.random.default_rng(1)
    for number in [0.0, 1.0, 0.5, 1e-5, 5e-324, *random.random(500), *(random.random(100) * 1e-9)]:
        text = numbers_text([float(number)])
        assert "e" not in text
        assert float(text) == number
    assert numbers_text([0.0, 1.0, 0.25, 1e-7, 10.0, 0.0625, 0, 1]) == "0 1 0.25 0.0000001 10 0.0625 0 1"


def test_decimals_round(tmp_path: Path) -> None:
    assert written(tmp_path, box(100 / 3, 10, 20, 10), decimals=2)[0] == [(0, 0.43, 0.3, 0.2, 0.2)]


@pytest.mark.parametrize(
    ("task", "shape"),
    [
        ("detect", box(10, 10, 0.1, 20)),
        ("segment", polygon([[[10, 10], [10.1, 10], [10, 10.1]]])),
        ("obb", box(9, 9, 0.1, 0.1)),
    ],
)
def test_what_is_rounded_away_is_left_out_and_counted(tmp_path: Path, task: str, shape: dict[str, Any]) -> None:
    found, codes = written(tmp_path, shape, box(10, 10, 20, 10), task=task, decimals=2)
    assert len(found) == 1
    assert codes["SHAPE_ROUNDED_AWAY"] == 1


# --- segment


def test_an_outline_is_its_points(tmp_path: Path) -> None:
    assert written(tmp_path, polygon([SQUARE]), task="segment")[0] == [(0, 0.1, 0.2, 0.3, 0.2, 0.3, 0.6, 0.1, 0.6)]


@pytest.mark.parametrize("shape", [box(10, 10, 20, 20), {"keypoints": "[10, 10, 2, 30, 30, 1]"}])
def test_what_has_no_outline_is_four_corners(tmp_path: Path, shape: dict[str, Any]) -> None:
    assert written(tmp_path, shape, task="segment")[0] == [(0, 0.1, 0.2, 0.3, 0.2, 0.3, 0.6, 0.1, 0.6)]


@pytest.mark.parametrize(
    "parts",
    [
        ([SQUARE, HOLE],),
        ([SQUARE], [FAR]),
        ([SQUARE, HOLE], [FAR]),
        ([SQUARE], [[[20, 20], [40, 20], [40, 40], [20, 40]]]),
        ([SQUARE], [SQUARE]),
        ([SQUARE, [[5, 15], [20, 15], [20, 25], [5, 25]]],),
    ],
    ids=["donut", "two parts", "donut and part", "parts that overlap", "a part twice", "a hole that leaves its part"],
)
def test_holes_and_parts_come_back_as_the_same_pixels(tmp_path: Path, parts: tuple[Any, ...]) -> None:
    ((_, *shares),) = written(tmp_path, polygon(*parts), task="segment")[0]
    assert iou(drawn(shares), truth(*parts)) > 0.99


def test_bridges_keep_points_that_are_no_whole_numbers(tmp_path: Path) -> None:
    shifted = [[x + 0.3, y + 0.7] for x, y in HOLE]
    ((_, *shares),) = written(tmp_path, polygon([SQUARE, shifted]), task="segment")[0]
    points = {(round(100 * x, 9), round(50 * y, 9)) for x, y in zip(shares[0::2], shares[1::2], strict=True)}
    assert points == {(float(x), float(y)) for x, y in SQUARE} | {(x, y) for x, y in shifted}


def test_a_mask_comes_back_to_the_pixel(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    for share in (0.02, 0.5, 0.95):
        pixels = random.random((50, 100)) < share
        ((_, *shares),) = written(tmp_path, mask(pixels), task="segment")[0]
        assert (rle.decode(drawn(shares)) == pixels).all()


def test_an_outline_is_cut_at_its_image_without_artefacts(tmp_path: Path) -> None:
    around = [[-20, 30], [10, 30], [-5, -5], [30, 10], [30, -20], [-20, -20]]
    ((_, *shares),), codes = written(tmp_path, polygon([around]), task="segment")
    assert codes["SHAPE_CLIPPED"] == 1
    assert all(0 <= share <= 1 for share in shares)
    whole = rle.decode(rle.from_polygon([n + 40 for point in around for n in point], 130, 180))[40:90, 40:140]
    assert iou(drawn(shares), rle.encode(whole)) > 0.97


# --- oriented boxes


def test_a_rotated_box_is_its_corners_clockwise(tmp_path: Path) -> None:
    ((_, *shares),) = written(tmp_path, box(40, 20, 20, 10, rotation=30), task="obb")[0]
    corners = [(share * 100, shares[i + 1] * 50) for i, share in enumerate(shares) if i % 2 == 0]
    across = (corners[1][0] - corners[0][0], corners[1][1] - corners[0][1])
    assert math.hypot(*across) == pytest.approx(20)
    assert math.degrees(math.atan2(across[1], across[0])) == pytest.approx(30)
    assert math.dist(corners[1], corners[2]) == pytest.approx(10)


def test_a_box_is_its_corners(tmp_path: Path) -> None:
    assert written(tmp_path, box(10, 10, 20, 20), task="obb")[0] == [(0, 0.1, 0.2, 0.3, 0.2, 0.3, 0.6, 0.1, 0.6)]


def test_an_outline_has_the_smallest_rectangle_around_it(tmp_path: Path) -> None:
    kite = [[50, 10], [60, 20], [50, 30], [40, 20], [50, 15]]
    ((_, *shares),) = written(tmp_path, polygon([kite]), task="obb")[0]
    points = sorted((round(100 * x), round(50 * y)) for x, y in zip(shares[0::2], shares[1::2], strict=True))
    assert points == [(40, 20), (50, 10), (50, 30), (60, 20)]


def test_a_mask_has_the_smallest_rectangle_around_its_pixels(tmp_path: Path) -> None:
    pixels = np.zeros((50, 100), bool)
    pixels[10:30, 10:30] = True
    assert written(tmp_path, mask(pixels), task="obb")[0] == [(0, 0.1, 0.2, 0.3, 0.2, 0.3, 0.6, 0.1, 0.6)]


def test_a_rotated_box_that_leaves_its_image_stays_turned_and_within(tmp_path: Path) -> None:
    ((_, *shares),), codes = written(tmp_path, box(70, 20, 50, 10, rotation=20), task="obb")
    assert codes["SHAPE_CLIPPED"] == 1
    assert all(0 <= share <= 1 for share in shares)
    sides = [
        math.degrees(math.atan2(50 * (shares[(i + 3) % 8] - shares[i + 1]), 100 * (shares[(i + 2) % 8] - shares[i])))
        for i in (0, 2, 4, 6)
    ]
    assert any(side % 180 == pytest.approx(20) for side in sides)


# --- pose

PERSON = {"label_id": 3, "class_name": "person", "keypoints": '["nose", "left_eye", "right_eye"]'}


def posed(folder: Path, *annotations: dict[str, Any], labels: Sequence[dict[str, Any]] = (PERSON,), **options: Any) -> Any:
    result = exported(host(folder, annotations, labels=labels), folder, task="pose", **options)
    return rows(folder), findings(result)


def test_a_pose_is_a_box_and_its_key_points(tmp_path: Path) -> None:
    found, _ = posed(tmp_path, box(10, 10, 20, 10, keypoints="[10, 10, 2, 20, 15, 1, 7, 7, 0]"))
    assert found == [(0, 0.2, 0.3, 0.2, 0.2, 0.1, 0.2, 2, 0.2, 0.3, 1, 0, 0, 0)]


def test_a_key_point_outside_is_not_there(tmp_path: Path) -> None:
    found, codes = posed(tmp_path, box(10, 10, 20, 10, keypoints="[10, 10, 2, 120, 15, 1, 20, -1, 2]"))
    assert found[0][5:] == (0.1, 0.2, 2, 0, 0, 0, 0, 0, 0)
    assert codes["SHAPE_CLIPPED"] == 1


def test_annotations_without_key_points_or_with_another_number_are_left_out(tmp_path: Path) -> None:
    dog = {"label_id": 5, "class_name": "dog", "keypoints": '["tail"]'}
    found, codes = posed(
        tmp_path,
        box(1, 1, 9, 9, keypoints="[2, 2, 2, 3, 3, 2, 4, 4, 2]"),
        box(1, 1, 9, 9),
        box(1, 1, 9, 9, keypoints="[2, 2, 2]"),
        box(1, 1, 9, 9, keypoints="[2, 2, 2]", label_id=5),
        labels=[PERSON, dog],
    )
    assert len(found) == 1
    assert (codes["NO_KEYPOINTS"], codes["KEYPOINTS_DIFFER"]) == (1, 2)


def test_where_no_class_has_key_points_the_first_annotation_says_how_many(tmp_path: Path) -> None:
    found, codes = posed(
        tmp_path,
        box(1, 1, 9, 9, keypoints="[2, 2, 2, 3, 3, 2]"),
        box(1, 1, 9, 9, keypoints="[2, 2, 2]"),
        labels=[{"label_id": 3, "class_name": "thing"}],
    )
    assert len(found) == 1
    assert codes["KEYPOINTS_DIFFER"] == 1


def test_key_points_are_rounded_too(tmp_path: Path) -> None:
    found, _ = posed(tmp_path, box(10, 10, 20, 10, keypoints="[33.333, 10, 2, 0, 0, 0, 0, 0, 0]"), decimals=2)
    assert found[0][5:8] == (0.33, 0.2, 2)
