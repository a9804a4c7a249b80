"""Both ways of writing a geometry give the same coordinates, or say the same of why there are none."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exporter.takeoff.geometry import TYPES, Geometry, GeometryError, read
from exporter_ost.reader import geometry_of
from exporter_ost.shapes import Shapes, element

numbers = st.one_of(
    st.integers(-20, 20),
    st.integers(-(2**70), 2**70),
    st.floats(0, 5000).map(lambda n: round(n, 2)),
    st.floats(),
    st.sampled_from([0, -0.0, 1e-7, 1e300]),
)
plain = st.fixed_dictionaries({"x": numbers, "y": numbers})
points = st.one_of(plain, st.lists(numbers, min_size=2, max_size=2), st.just({"y": 1, "x": 2.5}), st.just({"x1": 1, "y": 2}))
rings = st.lists(points, max_size=6).flatmap(lambda ps: st.sampled_from([ps, [*ps, *ps[:1]]]))
shapes = st.one_of(
    st.fixed_dictionaries({"points": rings}, optional={"holes": st.lists(rings, max_size=2), "label": st.text(max_size=5)}),
    st.fixed_dictionaries({"start": points, "end": points}),
    st.fixed_dictionaries({"end": points, "start": points}),
    st.fixed_dictionaries({"x": numbers, "y": numbers}),
    st.fixed_dictionaries({"x": numbers, "y": numbers, "width": numbers, "height": numbers}, optional={"rotation": numbers}),
    st.fixed_dictionaries({"center": points, "radius": numbers}),
    st.just({}),
)
spelt = st.sampled_from([{}, {"separators": (",", ":")}, {"indent": 1}])
texts = st.one_of(
    st.builds(lambda shape, words: json.dumps(shape, **words), shapes, spelt),
    st.text("{}[]:,\"\\ux0123456789.-+eE \n", max_size=20),
    st.sampled_from(["", "null", "[1, 2]", '{"x": 1e400, "y": 0}', '{"points": [[1, 2], [1-2, ]]}']),
    st.sampled_from(['{"points": [[1, 2], [01, 3]]}', '{"points": [[1, 2], [3, 4]], "points": [[5, 6], [7, 8]]}']),
)  # fmt: skip


def carefully(kind: str, text: str) -> Geometry | str:
    try:
        found = read(kind, text)
    except GeometryError as error:
        return error.code
    points, *holes = [tuple((float(x), float(y)) for x, y in ring) for ring in (found.points, *found.holes)]
    size = (float(found.size[0]), float(found.size[1]))
    return attrs.evolve(found, points=points, holes=tuple(holes), size=size, radius=float(found.radius))


def quickly(shapes: Shapes, kind: str, text: str) -> Geometry | str:
    before = shapes.unread.copy()
    (found,) = shapes.column([kind], [text], ["m1"])
    if not found:
        (code,) = shapes.unread - before
        return code
    return geometry_of(kind, etree.fromstring(found)) or "nothing that can be read"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*TYPES, "spline"]), texts, st.integers(1, 3)), max_size=12))
def test_both_ways_read_the_same(rows: list[tuple[str, str, int]]) -> None:
    made = Shapes()
    for kind, text, times in rows:
        for _ in range(times):  # the second time its form is known
            assert quickly(made, kind, text) == carefully(kind, text)


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("polygon", [[1, 2], [3, 4], [5, 6]], [[7.5, 0], [9, 10.25], [11, 12]]),
        ("polyline", [[1, 2], [3, 4]], [[1, 2], [1, 2]]),
    ],
)
def test_a_known_form_is_not_read_again(monkeypatch: pytest.MonkeyPatch, kind: str, first: Any, second: Any) -> None:
    """Else the test above compares one way with itself."""
    made = Shapes()
    made.column([kind], [json.dumps({"points": first})], ["m1"])
    with monkeypatch.context() as patch:
        patch.setattr("exporter_ost.shapes.read", lambda *given: pytest.fail("it was read again"))
        (found,) = made.column([kind], [json.dumps({"points": second})], ["m2"])
    assert found == element(read(kind, json.dumps({"points": second})))


@pytest.mark.parametrize(
    ("kind", "given", "written"),
    [
        (
            "line",
            {"start": {"x": 1, "y": 2}, "end": [3.5, 4]},
            "<Start><X>1</X><Y>2</Y></Start><End><X>3.5</X><Y>4</Y></End>",
        ),
        ("point", {"x": -1, "y": 2.25}, "<X>-1</X><Y>2.25</Y>"),
        ("circle", {"center": [1, 2], "radius": 3}, "<CenterX>1</CenterX><CenterY>2</CenterY><Radius>3</Radius>"),
        ("rectangle", {"x": 1, "y": 2, "width": 3, "height": 4}, "<X>1</X><Y>2</Y><Width>3</Width><Height>4</Height>"),
        (
            "rectangle",
            {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 30},
            "<X>1</X><Y>2</Y><Width>3</Width><Height>4</Height><Rotation>30</Rotation>",
        ),
        (
            "rectangle",
            {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0},
            "<X>1</X><Y>2</Y><Width>3</Width><Height>4</Height>",
        ),
        (
            "polyline",
            {"points": [[1, 2], [1, 2]]},
            "<Points><Point><X>1</X><Y>2</Y></Point><Point><X>1</X><Y>2</Y></Point></Points>",
        ),
        (
            "polygon",
            {"points": [[0, 0], [9, 0], [9, 9], [0, 0.0]], "holes": [[[1, 1], [2, 1], [2, 2]]]},
            "<Points><Point><X>0</X><Y>0</Y></Point><Point><X>9</X><Y>0</Y></Point><Point><X>9</X><Y>9</Y></Point></Points>"
            "<Holes><Hole><Point><X>1</X><Y>1</Y></Point><Point><X>2</X><Y>1</Y></Point><Point><X>2</X><Y>2</Y></Point></Hole>"
            "</Holes>",
        ),
    ],
)
def test_what_is_written(kind: str, given: Any, written: str) -> None:
    made = Shapes()
    for _ in range(2):
        assert made.column([kind], [json.dumps(given)], ["m"]) == [f"<Geometry>{written}</Geometry>"]
    assert not made.unread


def test_what_cannot_be_read_is_counted_by_code() -> None:
    made = Shapes()
    kinds = ["polygon", "polygon", "arc", "circle", "point"]
    texts = ["", "{", "{}", '{"center": [0, 0], "radius": -1}', '{"x": "1", "y": 2}']
    assert made.column(kinds, texts, list("abcde")) == [""] * 5
    assert made.unread == {"GEOMETRY_NOT_GIVEN": 1, "GEOMETRY_BROKEN": 3, "GEOMETRY_TYPE_UNKNOWN": 1}
    assert made.examples["GEOMETRY_BROKEN"] == ["b", "d", "e"]
