"""Many rows at a time give what each gives alone, whatever is in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.vision.geometry.plain import plain_polygons
from exporter.vision.geometry.read import read, read_all
from exporter.vision.geometry.shape import Given, Shape, ShapeError

Size = tuple[int | None, int | None]


def one_by_one(rows: Sequence[Given], sizes: Sequence[Size]) -> list[Shape | ShapeError]:
    found: list[Shape | ShapeError] = []
    for row, size in zip(rows, sizes, strict=True):
        try:
            found.append(read(row, *size))
        except ShapeError as error:
            found.append(error)
    return found


def written(shapes: Sequence[Shape | ShapeError]) -> list[str]:
    """What can be told apart: also 1 from 1.0, and 0.0 from -0.0."""
    return [f"{shape.code} {shape.message}" if isinstance(shape, ShapeError) else repr(shape) for shape in shapes]


# --- what hosts may have written

odd_numbers = st.sampled_from(
    [0, -0.0, 0.0, 1, 1e300, -1e300, 1e160, 5e-324, 2**53 - 1, 2**53, 2**53 + 1, -(2**63), 2**64 - 1, 2**70]
)
numbers = st.integers(-3, 12) | st.floats(-50, 700).map(lambda n: round(n, 2)) | st.floats(allow_nan=False) | odd_numbers
usual = st.integers(0, 9) | st.floats(0, 640).map(lambda n: round(n, 1))
anything = numbers | st.sampled_from(
    [True, False, None, "1", "", float("nan"), float("inf"), [], {}, [1, 2], {"x": 1, "y": 2}]
)


def rings(values: st.SearchStrategy[Any], least: int = 3) -> st.SearchStrategy[list[list[Any]]]:
    """Rings of pairs, some of which end where they began."""
    points = st.lists(st.tuples(values, values).map(list), min_size=least, max_size=9)
    return st.tuples(points, st.integers(0, 2)).map(lambda drawn: drawn[0] + drawn[0][:1] * drawn[1])


def flat(ring: list[list[Any]]) -> list[Any]:
    return [n for point in ring for n in point]


def as_wkt(parts: list[list[list[list[Any]]]]) -> str:
    inner = [
        "(" + ",".join("(" + ", ".join(" ".join(map(str, p)) for p in ring) + ")" for ring in part) + ")" for part in parts
    ]
    return f"POLYGON {inner[0]}" if len(inner) == 1 else f"MULTIPOLYGON ({','.join(inner)})"


usual_rings = rings(usual)
some_rings = rings(numbers, 0) | rings(usual, 2)
some_parts = st.lists(st.lists(some_rings, min_size=1, max_size=3), min_size=1, max_size=3)
masks = st.fixed_dictionaries(
    {
        "size": st.sampled_from([[2, 3], [3, 2], [0, 1], [2], "x"]),
        "counts": st.lists(st.integers(-1, 6), max_size=5) | st.text(max_size=4),
    }
)
values: st.SearchStrategy[Any] = (
    some_rings
    | some_rings.map(flat)
    | st.lists(some_rings.map(flat), max_size=3)
    | st.lists(some_rings, max_size=3)
    | some_parts
    | some_rings.map(lambda ring: [{"x": x, "y": y} for x, y in ring])
    | st.lists(usual_rings, min_size=1, max_size=2).map(lambda part: {"type": "Polygon", "coordinates": part})
    | st.lists(anything, max_size=8)
    | st.lists(st.lists(anything, max_size=3), max_size=5)
    | st.lists(st.lists(st.lists(anything, max_size=3), max_size=3), max_size=3)
    | masks
    | st.recursive(anything, lambda inner: st.lists(inner, max_size=3), max_leaves=8)
)
json_texts = st.tuples(values, st.sampled_from([None, (",", ":"), (" , ", " : ")])).map(
    lambda drawn: json.dumps(drawn[0], separators=drawn[1])
)
broken_texts = st.text(max_size=8) | st.tuples(json_texts, st.integers(0, 30)).map(lambda drawn: drawn[0][: drawn[1]])
spliced_texts = st.sampled_from(
    ["[1,2],[3,4]", "1,2],[3", "4]", "[[1,2],[3,4", "]", "[1,2,3,4,5,6]]", "[[1,2],[3,4],[5,7]],null", "[1,2\n,3,9,5,6] "]
)
geometries = json_texts | some_parts.map(as_wkt) | broken_texts | spliced_texts | st.just("")
plain_texts = (usual_rings | usual_rings.map(flat) | usual_rings.map(lambda ring: [flat(ring)])).map(json.dumps)
cells = st.sampled_from(["", "", "1", "2.5", "-0.0", "0", "x", "nan", "1e999", " 3 ", "1_0", "1e200"])
boxes = st.just(("", "", "", "")) | st.just(("1", "2", "3.5", "4e0")) | st.tuples(cells, cells, cells, cells)
kinds = st.sampled_from(["", "", "polygon", "polygon", "box", "rotated_box", "mask", "keypoints", "Polygon"])
turns = st.sampled_from(["", "0", "0.0", "-0", "30", "-90", "x", "nan"])
units = st.sampled_from(["", "", "pixel", "relative", "percent", "mile"])
point_texts = (
    st.just("")
    | st.lists(usual | anything, max_size=6).map(json.dumps)
    | st.sampled_from(["[1,2,2]", "[[1,2,2],[3,4,0]]", "["])
)
sizes = st.tuples(st.sampled_from([None, 0, 3, 640]), st.sampled_from([None, 2, 480]))

odd_rows = st.builds(
    lambda box, *rest: Given(rest[0], *box, *rest[1:]), boxes, kinds, turns, geometries, point_texts, units, cells
)
plain_rows = st.builds(
    lambda box, kind, turn, text, unit, area: Given(kind, *box, turn, text, "", unit, area),
    st.sampled_from([("", "", "", ""), ("1", "2", "3.5", "4e0"), ("-0.0", "-0", "1", "1")]),
    st.sampled_from(["", "polygon"]),
    st.sampled_from(["", "", "0", "30"]),
    plain_texts,
    st.sampled_from(["", "pixel"]),
    st.sampled_from(["", "12.5", "0"]),
)
rows_with_sizes = st.lists(st.tuples(odd_rows | plain_rows, sizes), max_size=12)


def examples(most: int) -> settings:
    return settings(
        max_examples=most, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )


@given(rows_with_sizes)
@examples(400)
def test_many_rows_give_what_each_gives_alone(drawn: list[tuple[Given, Size]]) -> None:
    rows, row_sizes = [row for row, _ in drawn], [size for _, size in drawn]
    assert written(read_all(rows, row_sizes)) == written(one_by_one(rows, row_sizes))


@given(st.lists(usual_rings, min_size=1, max_size=20))
@examples(100)
def test_box_and_area_are_what_python_computes(drawn: list[list[list[Any]]]) -> None:
    read_at_once = read_all([Given(geometry=json.dumps(ring)) for ring in drawn], [(None, None)] * len(drawn))
    for ring, shape in zip(drawn, read_at_once, strict=True):
        xs, ys = [p[0] for p in ring], [p[1] for p in ring]
        if isinstance(shape, ShapeError):
            assert len({*map(tuple, ring)}) < 3 or min(xs) == max(xs) or min(ys) == max(ys)
            continue
        twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
        assert shape.bbox == (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        assert shape.area == pytest.approx(abs(twice) / 2, abs=1e-6)


def test_plain_rows_take_the_short_way() -> None:
    texts = ["[0,0,4,0,0,4]", "[[0,0],[4,0],[0,4]]", "[[0,0,4,0,0,4,0,0]]", "[[0, 0], [4, 0], [0, 4], [0, 0]]"]
    assert all(plain_polygons([Given(geometry=text, area="9", bbox_x="0") for text in texts]))
    others = [
        "[[0,0,4,0,0,4],[1,1,2,2,3,9]]",
        "[1,2,3,4]",
        "[[[0,0],[4,0],[0,4]]]",
        "[0,0,4,0,0,true]",
        "POLYGON ((0 0,4 0,0 4))",
    ]
    assert plain_polygons([Given(geometry=text) for text in others]) == [None] * len(others)


def test_rows_are_independent_of_their_neighbours() -> None:
    rows = [
        Given(geometry=json.dumps([0.1 * k, 0.3, 7.7 + k, 0.2, 3.3, 9.1 * k + 1] * (1 + k % 40) + [0, 0]))
        for k in range(300)
    ]
    together = read_all(rows, [(None, None)] * len(rows))
    assert written(together) == written(one_by_one(rows, [(None, None)] * len(rows)))


def test_no_rows() -> None:
    assert read_all([], []) == []


def test_as_many_sizes_as_rows_are_wanted() -> None:
    with pytest.raises(ValueError, match="zip"):
        read_all([Given()], [])
