"""Outlines of masks, along the edges of their pixels."""

from __future__ import annotations

import numpy as np
import pytest

from exporter.vision.geometry import rle
from exporter.vision.geometry.contours import contours
from exporter.vision.geometry.shape import Mask, Parts


def mask(*rows: str) -> Mask:
    return rle.encode(np.array([[sign == "#" for sign in row] for row in rows]))


def drawn(parts: Parts, height: int, width: int) -> np.ndarray:
    """The pixels of an odd number of rings."""
    pixels = np.zeros((height, width), bool)
    for ring in (ring for part in parts for ring in part):
        pixels ^= rle.decode(rle.from_polygon(ring, height, width))
    return pixels


def test_a_rectangle_has_four_corners() -> None:
    assert contours(mask("....", ".##.", ".##.")) == (([1, 1, 3, 1, 3, 3, 1, 3],),)


def test_no_pixel_has_no_outline() -> None:
    assert contours(mask("...", "...")) == ()


def test_a_donut_is_one_part_with_a_hole() -> None:
    ((outer, hole),) = contours(mask("###", "#.#", "###"))
    assert outer == [0, 0, 3, 0, 3, 3, 0, 3]
    assert hole == [1, 1, 2, 1, 2, 2, 1, 2]


def test_a_part_in_a_hole_is_a_part_of_its_own() -> None:
    parts = contours(mask("#####", "#...#", "#.#.#", "#...#", "#####"))
    assert [len(part) for part in parts] == [2, 1]
    assert parts[1][0] == [2, 2, 3, 2, 3, 3, 2, 3]


def test_a_hole_below_another_belongs_to_the_same_part() -> None:
    assert [len(part) for part in contours(mask("###", "#.#", "###", "#.#", "###"))] == [3]


def test_pixels_that_touch_at_a_corner_are_two_parts() -> None:
    for rows in (("#.", ".#"), (".#", "#.")):
        assert [len(ring) for part in contours(mask(*rows)) for ring in part] == [8, 8]


def test_runs_that_touch_are_one() -> None:
    assert contours(Mask(4, 1, (1, 1, 0, 1, 1))) == (([0, 1, 1, 1, 1, 3, 0, 3],),)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_any_mask_comes_back_to_the_pixel(share: float) -> None:
    random = np.random.default_rng(round(10 * share))
    for _ in range(150):
        height, width = random.integers(1, 14, 2)
        pixels = random.random((height, width)) < share
        parts = contours(rle.encode(pixels))
        assert (drawn(parts, height, width) == pixels).all()
        assert (rle.decode(rle.from_parts(parts, height, width)) == pixels).all()
