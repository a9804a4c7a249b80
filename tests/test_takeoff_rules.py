"""What is left out of a takeoff or flagged, counted by hand, on each database, with filters and without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import select

from exporter import Source
from exporter.errors import InputError

from .estimators import DATABASES, filled, previewed, previewed_report, takeoff, written
from .estimators import MEASUREMENTS as TABLE

CONDITIONS: list[dict[str, Any]] = [
    {"condition_id": "slab", "name": "Slab", "unit": "SF", "total_quantity": 109.0, "measurement_count": 3},
    {"condition_id": "wall", "name": "Wall", "measurement_type": "linear", "total_quantity": 5.0, "measurement_count": 9},
    {"condition_id": "door", "name": " ", "measurement_type": "count", "total_quantity": 0.0, "measurement_count": 0},
    {"condition_id": "roof", "name": None, "unit": "SQ", "total_quantity": None, "measurement_count": 1},
]
MEASUREMENTS: list[dict[str, Any]] = [
    {"measurement_id": "a", "condition_id": "slab", "unit": "SF", "quantity": 100.0, "page_id": "p1", "is_verified": True},
    {"measurement_id": "b", "condition_id": "slab", "unit": "SY", "quantity": 1.0, "page_id": "gone", "is_verified": False},
    {"measurement_id": "c", "condition_id": "slab", "unit": "LF", "quantity": 5.0, "page_id": None, "is_verified": True},
    {"measurement_id": "d", "condition_id": "wall", "unit": "ft.", "quantity": 7.0, "geometry_type": "arc"},
    {"measurement_id": "e", "condition_id": "wall", "unit": None, "quantity": None, "geometry_type": None},
    {"measurement_id": "f", "condition_id": "wall", "unit": "yd", "quantity": -2.0, "is_verified": True},
    {"measurement_id": "g", "condition_id": "roof", "unit": "m", "quantity": 1.0, "is_verified": True},
    {"measurement_id": "h", "condition_id": "none", "unit": "m", "quantity": 1.0},
]
PAGES = [{"page_id": "p1", "page_number": 1}]
ROWS = {
    "page": PAGES,
    "condition": CONDITIONS,
    "measurement": [{"geometry_type": "point", **row} for row in MEASUREMENTS],
}
ALL = {
    "CONDITION_MISSING": 1,  # h
    "UNIT_DIFFERS": 2,  # c, g
    "UNIT_CONVERTED": 2,  # b, f; d is in feet, which is LF by another name
    "QUANTITY_MISSING": 1,  # e
    "QUANTITY_NEGATIVE": 1,  # f
    "GEOMETRY_TYPE_UNKNOWN": 2,  # d, e
    "PAGE_MISSING": 1,  # b
    "NAME_MISSING": 2,  # door, roof
    "CONDITION_EMPTY": 2,  # door; roof, whose only measurement is left out
    "TOTAL_QUANTITY_DIFFERS": 1,  # wall
    "MEASUREMENT_COUNT_DIFFERS": 1,  # wall
}


@pytest.fixture(scope="module", params=DATABASES)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    with takeoff(request.param, tmp_path_factory.mktemp("takeoff"), ROWS) as made:
        yield made


def test_everything_is_counted_once(source: Source, tmp_path: Path) -> None:
    found = written(source, tmp_path)
    assert found.codes == ALL
    assert previewed(source) == ALL
    assert found.conditions == {
        "slab": ("SF", 109.0, 2),
        "wall": ("LF", 1.0, 3),
        "door": ("EA", 0.0, 0),
        "roof": ("SQ", 0.0, 0),
    }
    assert found.ids == ["a", "b", "d", "e", "f"]


@pytest.mark.parametrize(
    ("filters", "options", "changes", "conditions"),
    [
        (
            {},
            {"hide_empty": True},
            {"UNIT_DIFFERS": 1, "CONDITION_LEFT_OUT": 1, "NAME_MISSING": 0},  # g goes with the roof, which is empty without it
            {"slab": 2, "wall": 3},
        ),
        (
            {},
            {"include_unverified": False},
            {"UNVERIFIED": 3, "UNIT_CONVERTED": 1, "QUANTITY_MISSING": 0, "GEOMETRY_TYPE_UNKNOWN": 0, "PAGE_MISSING": 0},
            {"slab": 1, "wall": 1, "door": 0, "roof": 0},
        ),
        (
            {"verified": True},
            {},
            {
                "CONDITION_MISSING": 0, "UNIT_CONVERTED": 1, "QUANTITY_MISSING": 0, "GEOMETRY_TYPE_UNKNOWN": 0,
                "PAGE_MISSING": 0,
            },
            {"slab": 1, "wall": 1, "door": 0, "roof": 0},
        ),
        (
            {"conditions": ["slab", "door"]},
            {},
            {
                "CONDITION_MISSING": 0, "UNIT_DIFFERS": 1, "UNIT_CONVERTED": 1, "QUANTITY_MISSING": 0,
                "GEOMETRY_TYPE_UNKNOWN": 0, "NAME_MISSING": 1, "CONDITION_EMPTY": 1, "TOTAL_QUANTITY_DIFFERS": 0,
                "MEASUREMENT_COUNT_DIFFERS": 0, "QUANTITY_NEGATIVE": 0,
            },
            {"slab": 2, "door": 0},
        ),
        (
            {"zero_quantities": False},
            {"hide_empty": True},
            {
                "UNIT_DIFFERS": 1, "CONDITION_LEFT_OUT": 1, "NAME_MISSING": 0, "QUANTITY_MISSING": 0,
                "GEOMETRY_TYPE_UNKNOWN": 1,
            },
            {"slab": 2, "wall": 2},
        ),
    ],
)  # fmt: skip
def test_filters_and_options_narrow_what_is_counted(
    source: Source,
    tmp_path: Path,
    filters: Mapping[str, Any],
    options: Mapping[str, Any],
    changes: Mapping[str, int],
    conditions: Mapping[str, int],
) -> None:
    """Totals that the host keeps are held against all measurements whatever is filtered."""
    expected = {code: count for code, count in {**ALL, **changes}.items() if count}
    found = written(source, tmp_path, filters=filters, **options)
    assert found.codes == expected
    assert previewed(source, filters, **options) == expected
    assert {uid: count for uid, (_, _, count) in found.conditions.items()} == conditions


@pytest.mark.parametrize("server", DATABASES)
def test_totals_that_a_host_keeps_when_nothing_is_left_out(server: str, tmp_path: Path) -> None:
    """They are then compared while conditions are read."""
    conditions = [
        {"condition_id": f"c{n}", "name": "c", "unit": "SF", "total_quantity": total, "measurement_count": count}
        for n, (total, count) in enumerate([(10.0, 1), (10.00001, 1), (10.1, 1), (10.0, 2), (None, None), (3.0, 0)])
    ]
    measurements = [
        {"condition_id": f"c{n}", "measurement_id": n, "quantity": 10.0, "geometry_type": "point"} for n in range(5)
    ]
    with takeoff(server, tmp_path, {"condition": conditions, "measurement": measurements}) as source:
        found = written(source, tmp_path)
        expected = {"TOTAL_QUANTITY_DIFFERS": 2, "MEASUREMENT_COUNT_DIFFERS": 1, "CONDITION_EMPTY": 1}
        assert found.codes == previewed(source) == expected
        (total,) = (f for f in found.result.report.findings if f.code == "TOTAL_QUANTITY_DIFFERS")
        assert total.examples == ["c2: 10.1, but its measurements come to 10", "c5: 3, but its measurements come to 0"]
        (count,) = (f for f in found.result.report.findings if f.code == "MEASUREMENT_COUNT_DIFFERS")
        assert count.examples == ["c3: 2, but its measurements come to 1"]
        looked = previewed_report(source)
        assert {f.code: f.examples for f in looked.findings} == {f.code: f.examples for f in found.result.report.findings}
        narrowed = written(source, tmp_path, filters={"conditions": ["c1", "c2", "c3"]}).codes
        assert narrowed == {"TOTAL_QUANTITY_DIFFERS": 1, "MEASUREMENT_COUNT_DIFFERS": 1}


@pytest.mark.parametrize("server", DATABASES)
def test_quantities_that_deduct_or_are_nothing_are_counted(server: str, tmp_path: Path) -> None:
    quantities = [-2.5, -1e-9, 0.0, -0.0, 0.0, 4.0, None]
    rows = [
        {"measurement_id": n, "condition_id": "c", "quantity": q, "geometry_type": "point"} for n, q in enumerate(quantities)
    ]
    with takeoff(
        server, tmp_path, {"condition": [{"condition_id": "c", "name": "c", "unit": "SF"}], "measurement": rows}
    ) as source:
        found = written(source, tmp_path)
        assert found.codes == previewed(source) == {"QUANTITY_MISSING": 1, "QUANTITY_NEGATIVE": 2, "QUANTITY_ZERO": 3}
        assert {f.level for f in found.result.report.findings if f.code != "QUANTITY_MISSING"} == {"info"}
        assert found.conditions["c"] == ("SF", pytest.approx(1.5 - 1e-9), 7)


def test_whole_numbers_add_up_beyond_what_integers_hold(tmp_path: Path) -> None:
    """SQLite adds up integers as such, and ends where the sum is none."""
    rows = [{"measurement_id": n, "condition_id": "c", "quantity": 0.0, "geometry_type": "point"} for n in range(3)]
    conditions = [{"condition_id": "c", "name": "c", "unit": "EA", "total_quantity": 1.0}]
    with filled(f"sqlite:///{tmp_path / 'host.db'}", {"condition": conditions, "measurement": rows}) as source:
        assert source.engine is not None
        with source.engine.begin() as connection:
            connection.exec_driver_sql("drop table measurements")
            connection.exec_driver_sql(
                "create table measurements as select 1 as _key, 'm' as measurement_id, 'c' as condition_id, null as page_id, "
                "'point' as geometry_type, 'EA' as unit, null as geometry, 4611686018427387904 as quantity, true as is_verified, "
                "false as is_ai_generated"
            )
            for n in (2, 3):
                connection.exec_driver_sql(
                    f"insert into measurements select {n}, 'm{n}', condition_id, page_id, geometry_type, unit, geometry, "
                    "quantity, is_verified, is_ai_generated from measurements where _key = 1"
                )
        assert written(source, tmp_path).conditions == {"c": ("EA", 3 * 2.0**62, 3)}
        assert written(source, tmp_path, filters={"verified": True}).conditions == {"c": ("EA", 3 * 2.0**62, 3)}


def lacking(source: Source, field: str) -> Source:
    """A source whose measurements have no such field."""
    kept = [column for column in TABLE.columns if column.name not in ("_key", field)]
    record: Any = source.records["measurement"]
    return attrs.evolve(source, records={**source.records, "measurement": attrs.evolve(record, select=select(*kept))})


def test_what_a_source_does_not_say(tmp_path: Path) -> None:
    with filled(f"sqlite:///{tmp_path / 'host.db'}", ROWS) as source:
        assert written(lacking(source, "is_verified"), tmp_path).ids == ["a", "b", "d", "e", "f"]
        with pytest.raises(InputError, match="needs the field is_verified"):
            written(lacking(source, "is_verified"), tmp_path, include_unverified=False)
        assert written(lacking(source, "unit"), tmp_path).conditions["slab"] == ("SF", 106.0, 3)
        assert "QUANTITY_MISSING" in written(lacking(source, "quantity"), tmp_path).codes
        with pytest.raises(InputError, match="no field condition_id of record 'measurement'"):
            written(lacking(source, "condition_id"), tmp_path)
        without = {name: record for name, record in source.records.items() if name != "condition"}
        with pytest.raises(InputError, match="no records 'condition'"):
            written(attrs.evolve(source, records=without), tmp_path)
