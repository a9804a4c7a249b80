"""A ring crosses itself where its edges meet, other than neighbours at their common end."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exporter.vision.geometry import crossing as module
from exporter.vision.geometry.crossing import crossing

Point = tuple[Fraction, Fraction]

SIMPLE = {
    "triangle": [0, 0, 4, 0, 0, 4],
    "square": [0, 0, 4, 0, 4, 4, 0, 4],
    "clockwise": [0, 4, 4, 4, 4, 0, 0, 0],
    "corner on a straight edge": [0, 0, 2, 0, 4, 0, 4, 4, 0, 4],
    "u": [0, 0, 9, 0, 9, 9, 6, 9, 6, 3, 3, 3, 3, 9, 0, 9],
    "spiral": [0, 0, 9, 0, 9, 9, 2, 9, 2, 4, 5, 4, 5, 6, 4, 6, 4, 8, 8, 8, 8, 1, 0, 1],
    "dart": [0, 0, 10, 5, 0, 10, 2, 5],
    "nearly touching": [0, 0, 9, 0, 9, 9, 4.5, 1e-12, 0, 9],
}
CROSSED = {
    "bow-tie": [0, 0, 4, 4, 4, 0, 0, 4],
    "point repeated": [0, 0, 4, 0, 4, 0, 4, 4, 0, 4],
    "point visited twice": [0, 0, 2, 2, 4, 0, 4, 4, 2, 2, 0, 4],
    "corner on another edge": [0, 0, 9, 0, 9, 9, 4.5, 0, 0, 9],
    "edge on another": [0, 0, 9, 0, 9, 4, 7, 0, 5, 0, 3, 4],
    "spike": [0, 0, 4, 0, 4, 4, 4, 9, 4, 4, 0, 4],
    "all on one line": [0, 0, 1, 1, 3, 3],
    "twice round": [0, 0, 4, 0, 4, 4, 0, 4, 0.5, 0.5, 3.5, 0.5, 3.5, 3.5, 0.5, 3.5],
    "pentagram": [n for k in range(5) for n in (math.cos(k * 4 * math.pi / 5), math.sin(k * 4 * math.pi / 5))],
    "slanted edge that a corner of thirds lies on": [0, 0, 3, 3, 3, 9, 1, 1, -3, 9],
}


@pytest.mark.parametrize("name", SIMPLE)
def test_simple(name: str) -> None:
    assert crossing([SIMPLE[name]]) == [False]


@pytest.mark.parametrize("name", CROSSED)
def test_crossed(name: str) -> None:
    assert crossing([CROSSED[name]]) == [True]


def test_many_at_once_are_judged_alone() -> None:
    rings = [ring for pair in zip(SIMPLE.values(), CROSSED.values(), strict=False) for ring in pair]
    assert crossing(rings) == [False, True] * min(len(SIMPLE), len(CROSSED))


def test_none() -> None:
    assert crossing([]) == []


def test_stars_are_proven_without_comparing_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    star = [n for k in range(12) for n in ((2 + k % 2) * math.cos(k * math.pi / 6), (2 + k % 2) * math.sin(k * math.pi / 6))]
    compared: list[object] = []
    monkeypatch.setattr(module._Edges, "cross", lambda edges: compared.append(edges))
    assert crossing([star, star[::-1], SIMPLE["square"]]) == [False] * 3
    assert compared == []


def test_pairs_are_compared_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rings = [*SIMPLE.values(), *CROSSED.values()] * 3
    expected = ([False] * len(SIMPLE) + [True] * len(CROSSED)) * 3
    for most in (1, 2, 7, 50):
        monkeypatch.setattr(module, "_AT_ONCE", most)
        assert crossing(rings) == expected


def test_a_long_ring() -> None:
    count = 20_000
    wave = [n for k in range(count) for n in (k, math.sin(k) * 3)] + [count, 9, 0, 9]
    assert crossing([wave, [*wave[:-2], count / 2, -9]]) == [False, True]


# --- the definition, in fractions


def side(a: Point, b: Point, c: Point) -> int:
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (turn > 0) - (turn < 0)


def lies_on(a: Point, b: Point, c: Point) -> bool:
    between = all(min(a[axis], b[axis]) <= c[axis] <= max(a[axis], b[axis]) for axis in (0, 1))
    return between and side(a, b, c) == 0


def meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    across = side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
    return across or lies_on(a, b, c) or lies_on(a, b, d) or lies_on(c, d, a) or lies_on(c, d, b)


def crosses(ring: list[float]) -> bool:
    points = [(Fraction(x), Fraction(y)) for x, y in zip(ring[0::2], ring[1::2], strict=True)]
    edges = list(zip(points, points[1:] + points[:1], strict=True))
    for at, (a, b) in enumerate(edges):
        c = edges[(at + 1) % len(edges)][1]
        if a == b or lies_on(a, b, c) or lies_on(b, c, a):
            return True
        others = edges[at + 2 : len(edges) - (at == 0)]
        if any(meet(a, b, *other) for other in others):
            return True
    return False


def of(values: st.SearchStrategy[float]) -> st.SearchStrategy[list[float]]:
    points = st.lists(st.tuples(values, values), min_size=3, max_size=9)
    return points.map(lambda drawn: [n for point in drawn for n in point])


tenths = st.integers(0, 6).map(lambda n: n * 0.1)
extremes = st.sampled_from([0.0, 1.0, 0.1, 0.3, 1e15, 1e-300, 5e-324, 1e200, -1e200, 1e308, -1e308])
round_a_point = st.lists(st.sampled_from([0.1, 0.5, 1.0]), min_size=3, max_size=12).map(
    lambda radii: [
        n
        for k, r in enumerate(radii)
        for n in (7 + r * math.cos(2 * math.pi * k / len(radii)), 3 + r * math.sin(2 * math.pi * k / len(radii)))
    ]
)
rings = of(st.integers(0, 4)) | of(st.integers(0, 30)) | of(tenths) | of(st.floats(-9, 9)) | of(extremes) | round_a_point


@given(st.lists(rings, min_size=1, max_size=8))
@example([[0.1, 0.4, 0.6, 0.8, 0.1, 0.3, 0.7, 0.9, 0.2, 0.6]])  # signs that doubles get wrong
@example([[0.3, 0.5, 0.3, 0.4, 0.6, 0.5, 0.1, 0.3, 0.7, 0.9]])
@settings(max_examples=400, deadline=None)
def test_as_exact_arithmetic_has_it(drawn: list[list[float]]) -> None:
    assert crossing(drawn) == [crosses(ring) for ring in drawn]
