"""What outlines become where a format has no room for them as they are: cut at their image, joined to one, boxed in."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from exporter.vision.geometry import rle
from exporter.vision.geometry.bridges import joined
from exporter.vision.geometry.clipping import clipped
from exporter.vision.geometry.outline import turned_corners
from exporter.vision.geometry.rectangles import smallest_rectangle
from exporter.vision.geometry.shape import Ring, ShapeError

SQUARE = [0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0]
HOLE = [3.0, 3.0, 7.0, 3.0, 7.0, 7.0, 3.0, 7.0]
FAR = [20.0, 0.0, 25.0, 0.0, 25.0, 10.0, 20.0, 10.0]


def inside(rings: Sequence[Ring], points: np.ndarray) -> np.ndarray:
    """Whether points are inside an odd number of rings, by the edges to their right."""
    odd = np.zeros(len(points), bool)
    for ring in rings:
        corners = np.array(ring).reshape(-1, 2)
        for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            beside = (y1 > points[:, 1]) != (y2 > points[:, 1])
            slope = (x2 - x1) / (y2 - y1) if y1 != y2 else 0.0
            odd ^= beside & (points[:, 0] < slope * (points[:, 1] - y1) + x1)
    return odd


def some_rings(random: np.random.Generator) -> list[Ring]:
    """Up to three rings that cross themselves and the edges of an image of 40 by 40; half of them on its edges."""
    sizes = random.integers(3, 9, random.integers(1, 4))
    step = random.choice([0, 10])
    rings = [random.uniform(-30, 70, 2 * size) for size in sizes]
    return [(np.round(ring / step) * step if step else ring).tolist() for ring in rings]


# --- cut


def test_what_stays_inside_is_given_back_as_it_is() -> None:
    assert clipped([SQUARE], 10, 10) == [SQUARE]


def test_what_lies_outside_or_touches_is_nothing() -> None:
    assert clipped([FAR], 20, 20) == []
    assert clipped([[-5.0, 0.0, 0.0, 5.0, -5.0, 10.0]], 20, 20) == []
    assert clipped([[0.0, 2.0, 0.0, 4.0, 0.0, 6.0, -5.0, 4.0]], 20, 20) == []


def test_an_image_within_a_shape_is_cut_out() -> None:
    (ring,) = clipped([[-5.0, -5.0, 50.0, -5.0, 50.0, 50.0, -5.0, 50.0]], 20, 10)
    assert set(zip(ring[0::2], ring[1::2], strict=True)) == {(0, 0), (20, 0), (20, 10), (0, 10)}


def test_a_shape_that_comes_in_twice_is_two_pieces() -> None:
    u_shape = [-9.0, 2.0, 5.0, 2.0, 5.0, 4.0, -5.0, 4.0, -5.0, 6.0, 5.0, 6.0, 5.0, 8.0, -9.0, 8.0]
    pieces = clipped([u_shape], 20, 20)
    assert sorted((min(p[1::2]), max(p[1::2])) for p in pieces) == [(2, 4), (6, 8)]


def test_a_corner_that_is_not_of_the_shape_is_not_of_a_piece() -> None:
    around = [-9.0, 12.0, 5.0, 15.0, -9.0, 18.0, -9.0, -9.0, 18.0, -9.0, 15.0, 5.0, 12.0, -9.0, -9.0, -9.0]
    points = {point for p in clipped([around], 20, 20) for point in zip(p[0::2], p[1::2], strict=True)}
    assert (5, 15) in points
    assert (15, 5) in points
    assert (0, 0) not in points


def test_a_cut_leaves_every_point_inside_or_outside() -> None:
    random = np.random.default_rng(3)
    points = random.uniform(0, 40, (300, 2))
    for _ in range(300):
        rings = some_rings(random)
        pieces = clipped(rings, 40, 40)
        assert all(0 <= n <= 40 for piece in pieces for n in piece)
        assert (inside(pieces, points) == inside(rings, points)).all()


# --- joined


def test_one_ring_stays_as_it_is() -> None:
    assert joined([SQUARE]) == SQUARE


def test_a_bridge_joins_the_nearest_corners() -> None:
    ring = joined([SQUARE, FAR])
    assert len(ring) == 8 + 8 + 4
    assert ring[2:6] == [10, 0, 20, 0]
    assert ring.count(20) == 3  # two corners, one of them twice


@pytest.mark.parametrize("rings", [[SQUARE, HOLE], [SQUARE, FAR], [SQUARE, FAR, HOLE]])
def test_a_joined_outline_has_the_pixels_of_its_rings(rings: list[Ring]) -> None:
    parts = ((SQUARE, HOLE) if HOLE in rings else (SQUARE,), *([(FAR,)] if FAR in rings else []))
    assert rle.from_polygon(joined(rings), 12, 30) == rle.from_parts(parts, 12, 30)


def test_joining_changes_no_point_inside_or_outside() -> None:
    random = np.random.default_rng(4)
    points = random.uniform(0, 40, (300, 2))
    for _ in range(200):
        rings = some_rings(random)
        assert (inside([joined(rings)], points) == inside(rings, points)).all()


# --- boxed in


def test_the_rectangle_around_a_rectangle_is_itself() -> None:
    assert smallest_rectangle([4.0, 2.0, 0.0, 2.0, 0.0, 0.0, 4.0, 0.0]) == [0, 0, 4, 0, 4, 2, 0, 2]


def test_the_rectangle_around_a_turned_box_is_that_box() -> None:
    corners = turned_corners((10.0, 20.0, 30.0, 8.0), 25.0)
    found = smallest_rectangle(corners)
    assert all(min(math.dist(found[i : i + 2], corners[j : j + 2]) for j in (0, 2, 4, 6)) < 1e-9 for i in (0, 2, 4, 6))


def test_points_on_a_line_have_no_rectangle() -> None:
    with pytest.raises(ShapeError) as caught:
        smallest_rectangle([0.0, 0.0, 1.0, 1.0, 3.0, 3.0])
    assert caught.value.code == "SHAPE_NO_AREA"


def test_no_turn_gives_a_smaller_rectangle_and_every_point_is_in_it() -> None:
    random = np.random.default_rng(5)
    for number in range(200):
        points = random.uniform(0, 100, (random.integers(3, 30), 2))
        points = np.round(points / 20) * 20 if number % 3 == 0 else points
        try:
            corners = np.array(smallest_rectangle(points.ravel().tolist())).reshape(4, 2)
        except ShapeError:
            assert np.linalg.matrix_rank(points - points[0]) < 2
            continue
        along, across = corners[1] - corners[0], corners[2] - corners[1]
        area = float(np.hypot(*along) * np.hypot(*across))
        assert along[0] * across[1] - along[1] * across[0] == pytest.approx(area)  # clockwise, with right angles
        angles = np.linspace(0, np.pi / 2, 721)
        boxes = [np.ptp(points @ [math.cos(a), math.sin(a)]) * np.ptp(points @ [-math.sin(a), math.cos(a)]) for a in angles]
        assert area <= min(boxes) * (1 + 1e-9)
        for way in (along, across):
            reach = (points - corners[0]) @ way / (way @ way)
            assert reach.min() > -1e-9
            assert reach.max() < 1 + 1e-9
