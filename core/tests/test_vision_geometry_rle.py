"""Masks have the pixels and the texts that COCO's reference implementation gives them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exporter.vision.geometry import raster, rle
from exporter.vision.geometry.read import read
from exporter.vision.geometry.shape import Given, Mask, ShapeError

# What pycocotools 2.0.11 makes of a ring: its compressed text, the pixels and the box around them.
REFERENCE = [
    ([2.3, 1.7, 17.2, 4.4, 6.1, 13.9], 16, 20, "b13=3M4M1NO1O1O1O1O2N100O1O1O]1", 84, (3, 2, 14, 12)),
    ([2, 2, 18, 12, 18, 2, 2, 12], 16, 20, "R1:7N2N101N101NQ10oN2O0O2O0O2N2m0", 80, (2, 2, 16, 10)),
    ([-8.4, -3, 9.7, 5.2, 30, 31.5, -2, 9], 16, 20, "1:6010O10O0100O10O001O1O2N1O1O2N1O1Oa0", 150, (0, 1, 18, 15)),
    ([1, 1, 1, 1, 9.5, 1, 9.5, 9.5, 9.5, 9.5, 1, 9.5], 12, 11, "=93000000000000000;", 81, (1, 1, 9, 9)),
    ([50, 50, 60, 50, 60, 60], 16, 20, "P:", 0, (0, 0, 0, 0)),
    ([0, 0, 11, 0, 11, 12, 0, 12], 12, 11, "0T4", 132, (0, 0, 11, 12)),
    ([3.1, 2, 3.3, 2, 3.3, 11, 3.1, 11], 12, 11, "T4", 0, (0, 0, 0, 0)),
    ([-1e6, -2e6, 3e6, 5e5, 1e4, 4e6], 300, 400, "0PVe3", 120_000, (0, 0, 400, 300)),
]  # fmt: skip


@pytest.mark.parametrize(("ring", "height", "width", "text", "pixels", "box"), REFERENCE)
def test_a_polygon_has_the_pixels_of_the_reference(
    ring: list[float], height: int, width: int, text: str, pixels: int, box: tuple[float, ...]
) -> None:
    mask = rle.from_polygon(ring, height, width)
    assert (rle.compress(mask), rle.area(mask), rle.bbox(mask)) == (text, pixels, box)
    assert rle.decompress(text, height, width) == mask


# --- the rule of the reference, said again as the walk that it is


def walk(ring: list[float]) -> list[tuple[int, int]]:
    """Every step of a walk in fifths of a pixel along the boundary, from the first corner back to it."""
    corners = [(math.trunc(5 * x + 0.5), math.trunc(5 * y + 0.5)) for x, y in zip(ring[0::2], ring[1::2], strict=True)]
    steps: list[tuple[int, int]] = []
    for here, there in zip(corners, corners[1:] + corners[:1], strict=True):
        axis = 0 if abs(there[0] - here[0]) >= abs(there[1] - here[1]) else 1
        low, high = sorted((here, there), key=lambda corner: corner[axis])
        run = high[axis] - low[axis]
        edge = []
        for step in range(run + 1):
            across = (
                math.trunc(low[1 - axis] + (high[1 - axis] - low[1 - axis]) / run * step + 0.5) if run else low[1 - axis]
            )
            edge.append((low[0] + step, across) if axis == 0 else (across, low[1] + step))
        steps += edge if low == here else edge[::-1]
    return steps


def walked(ring: list[float], height: int, width: int) -> list[list[bool]]:
    """Pixels, row by row: whether the walk passes an odd number of times above the centre of the pixel in its column."""
    passed = [[0] * (height + 1) for _ in range(width)]
    for (u, v), (next_u, next_v) in itertools.pairwise(walk(ring)):
        column, fifth = divmod(min(u, next_u), 5)
        if u != next_u and fifth == 2 and 0 <= column < width:
            passed[column][min(max(-((2 - min(v, next_v)) // 5), 0), height)] += 1
    sums = [list(itertools.accumulate(column)) for column in passed]
    return [[sums[column][row] % 2 == 1 for column in range(width)] for row in range(height)]


near = st.floats(-12, 40) | st.integers(-60, 200).map(lambda n: n / 5) | st.integers(-60, 200).map(lambda n: n / 10 + 1e-9)
far = st.sampled_from([-700.0, 900.5, 2000.1])
rings = st.lists(near | far, min_size=3, max_size=9).flatmap(
    lambda xs: st.lists(near | far, min_size=len(xs), max_size=len(xs)).map(
        lambda ys: [n for point in zip(xs, ys, strict=True) for n in point]
    )
)
lengths = st.integers(1, 30)


@given(rings, lengths, lengths)
@example([0.4, 3.6, 4.6, 9.6, 1.2, 11.2], 12, 12)  # slopes whose rounding makes a step too many
@example([2.0, 0.4, 5.0, 10.8, 0.4, 1.6], 12, 12)
@settings(max_examples=400, deadline=None)
def test_a_polygon_has_the_pixels_of_the_walk(ring: list[float], height: int, width: int) -> None:
    assert rle.decode(rle.from_polygon(ring, height, width)).tolist() == walked(ring, height, width)


def test_a_long_ring_is_looked_at_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = [n for k in range(200) for n in (15 + 14 * math.cos(k), 15 + 14 * math.sin(k * 1.7))]
    whole = rle.from_polygon(ring, 31, 30)
    monkeypatch.setattr(raster, "_AT_ONCE", 300)
    assert rle.from_polygon(ring, 31, 30) == whole
    assert 0 < rle.area(whole) < 31 * 30


@pytest.mark.parametrize("far", [1e9, 1e18, 1.7e308])
def test_a_polygon_beyond_all_measure_covers_the_image(far: float) -> None:
    assert rle.from_polygon([-far, -far, far, -far, far, far, -far, far], 3, 4) == Mask(3, 4, (0, 12))


# --- masks and arrays

arrays = st.tuples(st.integers(1, 7), st.integers(1, 7)).flatmap(
    lambda size: st.lists(
        st.lists(st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]), min_size=1, max_size=4
    ).map(lambda drawn: [np.array(pixels).reshape(size) for pixels in drawn])
)


@given(arrays)
@settings(deadline=None)
def test_masks_are_combined_as_their_pixels_are(drawn: list[np.ndarray]) -> None:
    masks = [rle.encode(array) for array in drawn]
    assert rle.union(masks) == rle.encode(np.any(drawn, axis=0))
    assert rle.difference(masks[0], masks[-1]) == rle.encode(drawn[0] & ~drawn[-1])


@given(arrays)
@settings(deadline=None)
def test_a_mask_says_what_its_array_does(drawn: list[np.ndarray]) -> None:
    array = drawn[0]
    mask = rle.encode(array)
    assert np.array_equal(rle.decode(mask), array)
    assert rle.area(mask) == array.sum()
    rows, columns = np.nonzero(array)
    box = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1) if len(rows) else (0, 0, 0, 0)
    assert rle.bbox(mask) == box
    assert rle.decompress(rle.compress(mask), *array.shape) == mask


def test_runs_go_down_the_columns_and_begin_outside() -> None:
    assert rle.encode(np.array([[1, 0, 0], [1, 1, 0]])) == Mask(2, 3, (0, 2, 1, 1, 2))


def test_runs_without_length_change_nothing() -> None:
    loose = Mask(3, 3, (1, 1, 0, 2, 5, 0))
    assert rle.bbox(loose) == (0, 0, 2, 3)
    assert rle.union([loose]) == Mask(3, 3, (1, 3, 5))
    assert rle.bbox(Mask(3, 3, (4, 0, 5))) == (0, 0, 0, 0)


@given(st.lists(st.integers(0, 2**31), min_size=1, max_size=12))
@settings(deadline=None)
def test_any_run_lengths_survive_compression(counts: list[int]) -> None:
    assert rle.decompress(rle.compress(Mask(1, sum(counts), tuple(counts))), 1, sum(counts)).counts == tuple(counts)


def test_masks_of_two_sizes_are_not_combined() -> None:
    with pytest.raises(ValueError, match="one size"):
        rle.union([Mask(2, 3, (6,)), Mask(3, 2, (6,))])
    with pytest.raises(ValueError, match="one size"):
        rle.union([])


def test_run_lengths_from_elsewhere_are_checked() -> None:
    assert rle.checked([1, 5], 2, 3) == Mask(2, 3, (1, 5))
    with pytest.raises(ShapeError):
        rle.checked([1, 4], 2, 3)


# --- parts and holes


def test_a_donut_has_no_pixels_in_its_hole() -> None:
    shape = read(Given(geometry="POLYGON ((0 0, 8 0, 8 8, 0 8, 0 0), (2 2, 6 2, 6 6, 2 6, 2 2))"), None, None)
    pixels = rle.decode(rle.from_parts(shape.parts, 10, 9))
    expected = np.zeros((10, 9), bool)
    expected[:8, :8] = True
    expected[2:6, 2:6] = False
    assert np.array_equal(pixels, expected)


def test_parts_that_overlap_are_joined_and_holes_are_their_own_parts() -> None:
    donut = ([0.0, 0, 8, 0, 8, 8, 0, 8], [2.0, 2, 6, 2, 6, 6, 2, 6], [3.0, 3, 7, 3, 7, 7, 3, 7])
    lid = ([3.0, 3, 10, 3, 10, 4, 3, 4],)
    alone, joined = rle.from_parts([donut], 10, 12), rle.from_parts([donut, lid], 10, 12)
    assert rle.area(alone) == 64 - 16 - 16 + 9
    assert rle.union([alone, rle.from_parts([lid], 10, 12)]) == joined
    assert rle.decode(joined)[3, 3:10].all()


def test_no_parts_are_no_pixels() -> None:
    assert rle.from_parts([], 4, 5) == Mask(4, 5, (20,))
