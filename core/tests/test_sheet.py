"""Parts of the figure of images that can be told in numbers: what is chosen, where it goes, which pixels a mask has."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from exporter.colours import ink_on
from exporter.vision.geometry import rle
from exporter.vision.labels import Category
from exporter.vision.sheet.colours import colour
from exporter.vision.sheet.gallery import CAPTION, GAP, bottom, places
from exporter.vision.sheet.shapes import sampled
from exporter.vision.sheet.spread import Spread

ROOM = 1064.0


def spread(many: int, number: int, kept: int = 600) -> list[int]:
    found: Spread[int] = Spread(kept)
    for i in range(many):
        found.add(i)
    return found.chosen(number)


@pytest.mark.parametrize("many", [0, 1, 11, 12])
def test_few_are_all_chosen(many: int) -> None:
    assert spread(many, 12) == list(range(many))


@pytest.mark.parametrize("many", [13, 24, 599, 1200, 1201, 5000, 100_003])
def test_of_many_the_first_the_last_and_those_evenly_between_are_chosen(many: int) -> None:
    found = spread(many, 12)
    assert (found[0], found[-1], len(set(found))) == (0, many - 1, 12)
    apart = (many - 1) / 11
    assert all(abs(b - a - apart) <= max(1, 2 * many / 600) for a, b in pairwise(found))


def test_no_more_are_kept_than_are_needed() -> None:
    found: Spread[int] = Spread(50)
    for i in range(100_000):
        found.add(i)
    assert len(found._kept) < 100


def test_rows_fill_the_width_and_nothing_overlaps() -> None:
    chosen = random.Random(3)
    for number in range(1, 13):
        shapes = [chosen.choice([0.1, 0.56, 0.75, 1.0, 1.5, 1.78, 9.0]) for _ in range(number)]
        found = places(shapes, ROOM)
        rows = [[p for p in found if p.top == top] for top in dict.fromkeys(p.top for p in found)]
        assert [p for row in rows for p in row] == found
        for row in rows:
            assert all(b.left - a.left - a.width == pytest.approx(GAP) for a, b in pairwise(row))
            right = row[-1].left + row[-1].width
            assert right == pytest.approx(ROOM) or (right < ROOM and row[0].height == pytest.approx(380))
        assert all(
            below[0].top - row[0].top - row[0].height == pytest.approx(CAPTION + GAP) for row, below in pairwise(rows)
        )
        assert bottom(found) == pytest.approx(rows[-1][0].top + rows[-1][0].height + CAPTION)


def test_twelve_images_of_a_camera_are_four_by_three() -> None:
    for shape in (4 / 3, 3 / 2, 16 / 9):
        assert len({p.top for p in places([shape] * 12, ROOM)}) == 3
    assert places([], ROOM) == []


def test_a_mask_is_sampled_as_it_is_decoded() -> None:
    pixels = np.random.default_rng(5).random((30, 40)) > 0.5
    mask = rle.encode(pixels)
    assert (sampled(mask, 40, 30) == pixels).all()
    assert (sampled(mask, 80, 60) == pixels.repeat(2, 0).repeat(2, 1)).all()
    assert (sampled(mask, 20, 15) == pixels[1::2, 1::2]).all()


@pytest.mark.parametrize(
    ("given", "number", "seen"),
    [
        ("#A0b1C2", 1, "#a0b1c2"),
        ("#0aF", 1, "#00aaff"),
        ("red", 1, "#e69f00"),
        ("", 9, "#56b4e9"),
        (" #112233 ", 1, "#112233"),
    ],
)
def test_a_class_has_the_colour_of_its_label_or_one_by_its_number(given: str, number: int, seen: str) -> None:
    assert colour(Category(number, "1", "a", colour=given)) == seen


def test_ink_can_be_read() -> None:
    assert [ink_on(c) for c in ("#000000", "#ffffff", "#f0e442", "#0072b2", "#3d5a80")] == [
        "#ffffff", "#000000", "#000000", "#ffffff", "#ffffff",
    ]  # fmt: skip
