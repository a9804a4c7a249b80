"""Geometry of measurements, held against formulas that have nothing to do with how it is measured."""

from __future__ import annotations

import cmath
import itertools
import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.takeoff.geometry import TYPES, Geometry, GeometryError, read

near = pytest.approx
coordinates = st.floats(-1e5, 1e5)
centres = st.builds(complex, coordinates, coordinates)
sizes = st.floats(0.01, 1e4)
angles = st.floats(-720, 720)


def polygon(points: list[complex], holes: list[list[complex]] | None = None) -> Geometry:
    rings = [[{"x": p.real, "y": p.imag} for p in ring] for ring in (points, *(holes or ()))]
    return read("polygon", json.dumps({"points": rings[0], "holes": rings[1:]}))


def regular(centre: complex, radius: float, corners: int, turned: float = 0.0) -> list[complex]:
    return [centre + cmath.rect(radius, turned + 2 * math.pi * n / corners) for n in range(corners)]


def parsed(wkt: str) -> tuple[str, list[list[complex]]]:
    """A well-known text by its grammar (OGC 06-103r4, 7.2): its kind, and its rings."""
    number = r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?"
    ring = rf"\({number} {number}(?:, {number} {number})*\)"
    assert re.fullmatch(rf"POINT \({number} {number}\)|LINESTRING {ring}|POLYGON \({ring}(?:, {ring})*\)", wkt), wkt
    kind, rest = wkt.split(" ", 1)
    rings = re.findall(r"\(([^()]+)\)", rest)
    return kind, [[complex(*map(float, pair.split())) for pair in found.split(", ")] for found in rings]


def enclosed(ring: list[complex]) -> float:
    """The area of a closed ring by Green's theorem, in trapezia over the x axis."""
    origin = ring[0]
    moved = [p - origin for p in ring]
    return abs(math.fsum((b.real - a.real) * (a.imag + b.imag) for a, b in itertools.pairwise(moved))) / 2


@given(centres, sizes, st.integers(3, 40), st.floats(0, 6))
def test_a_regular_polygon_has_the_size_of_the_formula(centre: complex, radius: float, corners: int, turned: float) -> None:
    found = polygon(regular(centre, radius, corners, turned))
    slack = 1e-9 * (1 + abs(centre)) * radius  # what rounding the corners does
    assert found.area() == near(corners / 2 * radius**2 * math.sin(2 * math.pi / corners), rel=1e-9, abs=slack)
    assert found.length() == near(2 * corners * radius * math.sin(math.pi / corners), rel=1e-9, abs=slack)


@given(st.tuples(centres, centres, centres))
def test_a_triangle_has_the_area_of_heron(corners: tuple[complex, complex, complex]) -> None:
    a, b, c = (abs(corners[i] - corners[i - 1]) for i in range(3))
    longest, middle, shortest = sorted((a, b, c), reverse=True)  # as Kahan orders it, so that thin ones lose no digits
    product = (longest + (middle + shortest)) * (shortest - (longest - middle)) * (shortest + (longest - middle))
    # Their squares are compared: of a thin triangle the root loses half the digits.
    squared = product * (longest + (middle - shortest)) / 16
    found = polygon(list(corners))
    size = 1 + max(map(abs, corners))  # sides are rounded to the size of the corners' coordinates
    assert found.area() ** 2 == near(squared, rel=1e-9, abs=1e-14 * longest**3 * (longest + size))
    assert found.length() == near(a + b + c)


@given(centres, sizes, st.integers(4, 12), st.integers(3, 9))
def test_holes_are_taken_from_the_area_alone(centre: complex, radius: float, corners: int, others: int) -> None:
    outer, inner = regular(centre, radius, corners), regular(centre, radius / 3, others)
    whole = polygon(outer)
    found = polygon(outer, [inner])
    assert found.area() == near(whole.area() - polygon(inner).area())
    assert found.length() == whole.length()
    assert found.outline() == whole.outline()


@given(coordinates, coordinates, sizes, sizes, angles)
def test_a_rectangle_keeps_its_size_and_centre_as_it_turns(
    x: float, y: float, width: float, height: float, angle: float
) -> None:
    found = read("rectangle", json.dumps({"x": x, "y": y, "width": width, "height": height, "rotation": angle}))
    assert (found.area(), found.length()) == (near(width * height), near(2 * (width + height)))
    corners = [complex(*corner) for corner in found.outline()]
    slack = 1e-9 * (1 + abs(x) + abs(y) + width + height)
    assert abs(sum(corners) / 4 - complex(x + width / 2, y + height / 2)) < slack
    assert abs(corners[1] - corners[0]) == near(width, abs=slack)
    assert abs(corners[3] - corners[0]) == near(height, abs=slack)
    edge = corners[1] - corners[0]
    assert edge == near(cmath.rect(width, math.radians(angle)), abs=slack)  # clockwise, as y goes downwards


@given(centres, sizes)
def test_a_circle(centre: complex, radius: float) -> None:
    found = read("circle", json.dumps({"center": [centre.real, centre.imag], "radius": radius}))
    assert (found.area(), found.length()) == (near(math.pi * radius**2), near(math.tau * radius))
    outline = [complex(*point) for point in found.outline()]
    assert len(outline) == 64
    assert all(abs(point - centre) == near(radius, abs=1e-9 * (1 + abs(centre))) for point in outline)
    kind, (ring,) = parsed(found.wkt())
    assert (kind, ring) == ("POLYGON", [*outline, outline[0]])


@given(st.lists(centres, min_size=2, max_size=8))
def test_a_polyline_is_as_long_as_its_pieces(points: list[complex]) -> None:
    found = read("polyline", json.dumps({"points": [[p.real, p.imag] for p in points]}))
    assert found.length() == near(math.fsum(abs(b - a) for a, b in itertools.pairwise(points)))
    assert (found.area(), found.is_closed) == (0.0, False)
    assert parsed(found.wkt()) == ("LINESTRING", [points])


@given(st.lists(st.lists(centres, min_size=3, max_size=6, unique=True), min_size=1, max_size=3))
def test_polygons_read_back_from_well_known_text(rings: list[list[complex]]) -> None:
    found = polygon(rings[0], rings[1:])
    kind, (outer, *inner) = parsed(found.wkt())
    assert kind == "POLYGON"
    assert [ring[:-1] for ring in (outer, *inner)] == rings
    assert all(ring[0] == ring[-1] for ring in (outer, *inner))
    assert enclosed(outer) - sum(map(enclosed, inner)) == near(found.area(), rel=1e-6, abs=1e-3)


@given(centres, centres)
def test_lines_and_points(one: complex, other: complex) -> None:
    start, end = ({"x": p.real, "y": p.imag} for p in (one, other))
    line = read("line", json.dumps({"start": start, "end": end}))
    assert (line.length(), line.area()) == (near(abs(other - one)), 0.0)
    assert parsed(line.wkt()) == ("LINESTRING", [[one, other]])
    point = read("point", json.dumps(start))
    assert (point.length(), point.area(), point.outline()) == (0.0, 0.0, ((one.real, one.imag),))
    assert parsed(point.wkt()) == ("POINT", [[one]])


def test_a_polygon_that_is_closed_by_hand_loses_its_last_point() -> None:
    assert polygon([0j, 1 + 0j, 1 + 1j, 0j]).points == ((0, 0), (1, 0), (1, 1))
    assert polygon([0j, 1 + 0j, 0j]).area() == 0  # else it would have too few
    ring = [0j, 9 + 0j, 9 + 9j, 0j]
    assert polygon(ring, [[1 + 1j, 2 + 1j, 2 + 2j, 1 + 1j]]).holes == (((1, 1), (2, 1), (2, 2)),)
    assert len(read("polyline", '{"points": [[0, 0], [1, 1], [2, 0], [0, 0]]}').points) == 4


def test_numbers_stay_as_they_stand() -> None:
    assert read("point", '{"x": 9007199254740993, "y": 0.30000000000000004}').points == (
        (9007199254740993, 0.30000000000000004),
    )


PLAIN = {
    "line": {"start": [0, 0], "end": [1, 1]},
    "polyline": {"points": [[0, 0], [1, 1]]},
    "polygon": {"points": [[0, 0], [1, 0], [1, 1]]},
    "rectangle": {"x": 0, "y": 0, "width": 1, "height": 1},
    "circle": {"center": [0, 0], "radius": 1},
    "point": {"x": 0, "y": 0},
}
WRONG_POINTS: list[Any] = [
    None,
    7,
    "12",
    [],
    [1],
    [1, 2, 3],
    [1, "2"],
    [1, None],
    [True, 1],
    {"x": 1},
    {"x": 1, "y": "2"},
    [[1, 2]],
]
WRONG_RINGS: list[Any] = [None, 7, "ab", {}, {"a": 1}, [], [[0, 0]], [[0, 0], [1]], [[0, 0], 7]]


def wrong() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [
        (kind, {k: v for k, v in PLAIN[kind].items() if k != key}) for kind in TYPES for key in PLAIN[kind]
    ]
    found += [
        (kind, given)
        for kind in TYPES
        for given in (None, True, 7, "text", [], [1, 2, 3], {})
        if (kind, given) != ("point", [1, 2])
    ]
    found += [("line", {**PLAIN["line"], end: point}) for end in ("start", "end") for point in WRONG_POINTS]
    found += [("circle", {**PLAIN["circle"], "center": point}) for point in WRONG_POINTS]
    found += [(kind, {"points": ring}) for kind in ("polyline", "polygon") for ring in WRONG_RINGS]
    found += [
        ("polygon", {**PLAIN["polygon"], "holes": holes}) for holes in (7, "ab", [7], [[[0, 0], [1, 1]]], {"a": 1}, [None])
    ]
    found += [("polygon", {"points": [[0, 0], [1, 1]]}), ("circle", {**PLAIN["circle"], "radius": -1})]
    for key, value in (("width", -1), ("height", -0.5), ("width", None), ("x", "0"), ("rotation", "30"), ("rotation", [1])):
        found.append(("rectangle", {**PLAIN["rectangle"], key: value}))
    return found


@pytest.mark.parametrize(("kind", "given"), wrong(), ids=lambda value: json.dumps(value)[:40])
def test_every_wrong_form_is_broken(kind: str, given: Any) -> None:
    with pytest.raises(GeometryError) as error:
        read(kind, json.dumps(given))
    assert error.value.code == "GEOMETRY_BROKEN"


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", ["{", "nan", "null", " ", "{} {}", '{"x": NaN, "y": 1}', '{"x": 1e999, "y": 1}', "\ud800"])
def test_what_is_no_json_is_broken(kind: str, text: str) -> None:
    with pytest.raises(GeometryError) as error:
        read(kind, text)
    assert error.value.code == "GEOMETRY_BROKEN"


names = st.sampled_from(["x", "y", "points", "holes", "start", "end", "center", "radius", "width", "height"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner),
)


def code_of(kind: str, text: str) -> str | None:
    """Why a geometry cannot be read; None where it can, and is one."""
    try:
        found = read(kind, text)
    except GeometryError as error:
        return error.code
    parsed(found.wkt())
    return None


@given(st.sampled_from(TYPES), anything)
def test_whatever_stands_there_is_read_or_broken(kind: str, given: Any) -> None:
    assert code_of(kind, json.dumps(given)) in (None, "GEOMETRY_BROKEN")


def test_what_is_missing_and_what_is_not_known() -> None:
    for kind, text, code in (
        ("polygon", "", "GEOMETRY_NOT_GIVEN"),
        ("arc", "{}", "GEOMETRY_TYPE_UNKNOWN"),
        ("", "{}", "GEOMETRY_TYPE_UNKNOWN"),
    ):
        with pytest.raises(GeometryError) as error:
            read(kind, text)
        assert error.value.code == code


@pytest.mark.parametrize("text", ['{"points": [[1, 2]]}', '{"points": [{"x": 1, "y": 2}]}', '{"x": 1, "y": 2}', "[1, 2]"])
def test_a_point_may_be_kept_as_other_shapes_are(text: str) -> None:
    assert read("point", text) == Geometry("point", ((1, 2),))


@pytest.mark.parametrize("kind", ["line", "polyline"])
@pytest.mark.parametrize(
    "points", ["[[1, 2], [3, 4]]", '[{"x": 1, "y": 2}, {"x": 3, "y": 4}]', '[[1, 2], {"x": 3, "y": 4}]']
)
def test_lines_may_be_kept_as_points(kind: str, points: str) -> None:
    assert read(kind, f'{{"points": {points}}}') == Geometry(kind, ((1, 2), (3, 4)))


@pytest.mark.parametrize(
    ("kind", "points"),
    [("point", "[]"), ("point", "[[1, 2], [3, 4]]"), ("line", "[[1, 2]]"), ("line", "[[1, 2], [3, 4], [5, 6]]")],
)
def test_points_are_as_many_as_the_type_has(kind: str, points: str) -> None:
    with pytest.raises(GeometryError) as refused:
        read(kind, f'{{"points": {points}}}')
    assert refused.value.code == "GEOMETRY_BROKEN"
