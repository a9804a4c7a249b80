"""Filters of takeoffs: every count here was made by hand, on each database, and by SQL of its own on sample:house."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import create_engine

import exporter
from exporter import Source
from exporter.errors import InputError
from exporter.lookup import find_source

from .estimators import DATABASES, takeoff, written


def condition(uid: str, **more: Any) -> dict[str, Any]:
    return {"condition_id": uid, "project_id": "h", "name": uid.upper(), "unit": "SF", **more}


def measurement(uid: str, page: str | None, quantity: float | None, **more: Any) -> dict[str, Any]:
    """The first letter of its identifier is that of its condition."""
    drawn = {"geometry_type": "point", "is_verified": False, "is_ai_generated": False}
    return {"measurement_id": uid, "condition_id": uid[0], "page_id": page, "quantity": quantity, **drawn, **more}


ROWS: dict[str, list[dict[str, Any]]] = {
    "project": [{"project_id": "h", "name": "House"}, {"project_id": "s", "name": "Shed"}],
    "page": [
        {"page_id": "p1", "project_id": "h", "page_number": 1, "sheet_number": "A-101"},
        {"page_id": "p2", "project_id": "h", "page_number": 2, "sheet_number": "A-102"},
        {"page_id": "p3", "project_id": "h", "page_number": 3, "sheet_number": "A-101"},  # the sheet goes on
        {"page_id": "2", "project_id": "s", "page_number": 1, "sheet_number": "S-1"},  # its identifier is another's number
    ],
    "condition": [
        condition("a", name="Slab", scope="Concrete", category="Floors", building="Main", area="East", elevation="L1"),
        condition("b", name="Wall", scope="Concrete", category="Walls", building="Main", area="West", elevation="L2"),
        condition("c", name="Slab", scope="Drywall", building="Garage", area="East", elevation="L1"),
        condition("d", name="Tree", project_id="s", scope="Site"),
    ],
    "measurement": [
        measurement("a1", "p1", 1.0, is_verified=True),
        measurement("a2", "p2", 2.0, is_ai_generated=True),
        measurement("a3", None, -4.0, is_verified=None, is_ai_generated=None),
        measurement("b1", "p1", 8.0, is_verified=True, is_ai_generated=True),
        measurement("b2", "p3", 0.0),
        measurement("c1", "p3", None),
        measurement("d1", "2", 16.0, is_verified=True),
    ],
}


@pytest.fixture(scope="module", params=DATABASES)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    with takeoff(request.param, tmp_path_factory.mktemp("takeoff"), ROWS) as made:
        yield made


@pytest.mark.parametrize(
    ("filters", "left", "totals"),
    [
        ({}, "a1 a2 a3 b1 b2 c1 d1", {"a": -1, "b": 8, "c": 0, "d": 16}),
        ({"conditions": ["a"]}, "a1 a2 a3", {"a": -1}),
        ({"conditions": ["Slab"]}, "a1 a2 a3 c1", {"a": -1, "c": 0}),
        ({"conditions": ["Slab", "d"]}, "a1 a2 a3 c1 d1", {"a": -1, "c": 0, "d": 16}),
        ({"scopes": ["Concrete"]}, "a1 a2 a3 b1 b2", {"a": -1, "b": 8}),
        ({"scopes": ["Concrete", "Site"], "categories": ["Walls"]}, "b1 b2", {"b": 8}),
        ({"buildings": ["Garage"]}, "c1", {"c": 0}),
        ({"areas": ["East"]}, "a1 a2 a3 c1", {"a": -1, "c": 0}),
        ({"elevations": ["L2"]}, "b1 b2", {"b": 8}),
        ({"areas": ["West"], "elevations": ["L1"]}, "", {}),
        ({"pages": ["p1"]}, "a1 b1", {"a": 1, "b": 8, "c": 0, "d": 0}),
        ({"pages": ["3"]}, "b2 c1", {"a": 0, "b": 0, "c": 0, "d": 0}),
        ({"pages": ["1"]}, "a1 b1 d1", {"a": 1, "b": 8, "c": 0, "d": 16}),
        ({"pages": ["2"]}, "d1", {"a": 0, "b": 0, "c": 0, "d": 16}),  # an identifier goes before a number
        ({"pages": ["p1", "p3"], "conditions": ["b"]}, "b1 b2", {"b": 8}),
        ({"sheets": ["A-101"]}, "a1 b1 b2 c1", {"a": 1, "b": 8, "c": 0, "d": 0}),
        ({"sheets": ["A-101"], "pages": ["p3"]}, "b2 c1", {"a": 0, "b": 0, "c": 0, "d": 0}),
        ({"sheets": ["A-102"], "scopes": ["Concrete"], "verified": False}, "a2", {"a": 2, "b": 0}),
        ({"verified": True}, "a1 b1 d1", {"a": 1, "b": 8, "c": 0, "d": 16}),
        ({"verified": False}, "a2 a3 b2 c1", {"a": -2, "b": 0, "c": 0, "d": 0}),
        ({"ai_generated": True}, "a2 b1", {"a": 2, "b": 8, "c": 0, "d": 0}),
        ({"ai_generated": False}, "a1 a3 b2 c1 d1", {"a": -3, "b": 0, "c": 0, "d": 16}),
        ({"verified": True, "ai_generated": True}, "b1", {"a": 0, "b": 8, "c": 0, "d": 0}),
        ({"zero_quantities": False}, "a1 a2 a3 b1 d1", {"a": -1, "b": 8, "c": 0, "d": 16}),
    ],
)
def test_what_filters_leave(
    source: Source, tmp_path: Path, filters: Mapping[str, Any], left: str, totals: Mapping[str, float]
) -> None:
    """Conditions that a filter on measurements leaves nothing of stay, with quantity 0."""
    found = written(source, tmp_path, filters=filters)
    assert found.ids == left.split()
    assert {uid: total for uid, (_, total, _) in found.conditions.items()} == totals
    assert {uid: count for uid, (_, _, count) in found.conditions.items()} == {
        uid: sum(each[0] == uid for each in left.split()) for uid in totals
    }


def test_a_filter_stays_within_its_project(source: Source, tmp_path: Path) -> None:
    found = written(source, tmp_path, project="h", filters={"verified": True})
    assert (found.ids, list(found.conditions)) == (["a1", "b1"], ["a", "b", "c"])
    assert written(source, tmp_path, project="h", filters={"pages": ["2"]}).ids == ["a2"]  # the other page is the shed's
    with pytest.raises(InputError, match=r"(?s)names 'Site'.*It has: Concrete, Drywall\."):
        written(source, tmp_path, project="h", filters={"scopes": ["Site"]})


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"conditions": ["Roof"]}, "names the condition 'Roof', which this source does not have.*It has: Slab, Tree, Wall"),
        ({"conditions": ["Slab", "Roof"]}, "names the condition 'Roof'"),
        ({"scopes": ["Carpentry"]}, "names 'Carpentry', which this source does not have.*It has: Concrete, Drywall, Site"),
        ({"categories": ["Roofs"]}, "names 'Roofs'.*It has: Floors, Walls"),
        ({"buildings": ["Shed"]}, "names 'Shed'.*It has: Garage, Main"),
        ({"areas": ["North"]}, "names 'North'.*It has: East, West"),
        ({"elevations": ["L3"]}, "names 'L3'.*It has: L1, L2"),
        ({"pages": ["9"]}, "names the page '9'.*It has: 1, 2, 3"),
        ({"sheets": ["A-1"]}, "names the sheet 'A-1'.*It has: A-101, A-102, S-1"),
        ({"verified": "maybe"}, "verified"),
        ({"rooms": ["1"]}, "no filter 'rooms'"),
    ],
)
def test_what_no_filter_takes(source: Source, tmp_path: Path, filters: Mapping[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"(?s){message}"):
        written(source, tmp_path, filters=filters)


# --- sample:house, against SQL that says the same in its own words

HOUSE: list[tuple[dict[str, Any], str, str]] = [
    ({"scopes": ["Concrete"]}, "true", "c.trade = 'Concrete'"),
    ({"buildings": ["Garage"]}, "true", "c.building = 'Garage'"),
    ({"sheets": ["A-101", "A-121"]}, "g.sheet in ('A-101', 'A-121')", "true"),
    ({"pages": ["3"]}, "g.id = 3", "true"),
    ({"pages": ["3"], "scopes": ["Concrete"]}, "g.id = 3", "c.trade = 'Concrete'"),
    ({"verified": True, "ai_generated": True}, "m.verified and m.by_model", "true"),
    ({"verified": False}, "not m.verified", "true"),
    ({"zero_quantities": False}, "m.quantity <> 0", "true"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("house") / "house.db"
    spool = find_source("sample:house", family="takeoff").spool
    assert spool is not None
    spool(path)
    return path


@pytest.mark.parametrize(("filters", "measurements", "conditions"), HOUSE, ids=lambda given: str(given)[:40])
def test_filters_of_the_house(
    house: Path, tmp_path: Path, filters: dict[str, Any], measurements: str, conditions: str
) -> None:
    lent = attrs.evolve(
        find_source("sample:house", family="takeoff"), spool=None, engine=create_engine(f"sqlite:///{house}")
    )
    found = written(lent, tmp_path, filters=filters)
    sql = f"""select c.id, count(k.id), total(k.quantity) from conditions c left join (
        select m.* from measurements m join pages g on g.id = m.page_id where {measurements}
        ) k on k.condition_id = c.id where {conditions} group by c.id order by c.id"""
    connection = sqlite3.connect(house)
    expected = {str(uid): (count, pytest.approx(total)) for uid, count, total in connection.execute(sql)}
    connection.close()
    assert {uid: (count, total) for uid, (_, total, count) in found.conditions.items()} == expected
    assert 0 < len(found.ids) == sum(count for count, _ in expected.values())
    counts = exporter.preview(format="csv", source=lent, filters=filters, options={"record": "measurement"}).report.records
    assert counts["measurement"].written == len(found.ids)
