from __future__ import annotations

import contextlib
import csv
import itertools
import json
import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import exporter
from exporter.errors import InputError
from exporter.records.takeoff import FAMILY
from exporter_sample import source
from exporter_sample.house import build
from exporter_sample.house_queries import INTEGERS, RECORDS

from .databases import digest, drivers, one, values

SHAPES = {"line", "polyline", "polygon", "rectangle", "circle", "point"}


def drawn(db: sqlite3.Connection, where: str = "true") -> list[sqlite3.Row]:
    """Measurements with their conditions and pages."""
    db.row_factory = sqlite3.Row
    return db.execute(
        f"""select m.*, c.kind, c.depth, c.name, c.uom as condition_uom, p.width_px, p.height_px, p.px_per_unit, p.unit, p.sheet
        from measurements m join conditions c on c.id = m.condition_id join pages p on p.id = m.page_id
        where {where} order by m.id"""
    ).fetchall()


def rings(geometry: dict[str, Any]) -> list[list[complex]]:
    return [[complex(p["x"], p["y"]) for p in ring] for ring in (geometry["points"], *geometry.get("holes", ()))]


def enclosed(ring: list[complex]) -> float:
    return abs(sum((a.conjugate() * b).imag for a, b in itertools.pairwise([*ring, ring[0]]))) / 2


def lengths(points: list[complex]) -> float:
    return math.fsum(abs(b - a) for a, b in itertools.pairwise(points))


def measured(shape: str, geometry: dict[str, Any]) -> tuple[float | None, float | None]:
    """Length and area in pixels, by the words of the record alone."""
    match shape:
        case "line":
            return lengths([complex(geometry[end]["x"], geometry[end]["y"]) for end in ("start", "end")]), None
        case "polyline":
            return lengths(rings(geometry)[0]), None
        case "polygon":
            outline, *holes = rings(geometry)
            perimeter = sum(lengths([*ring, ring[0]]) for ring in (outline, *holes))
            return perimeter, enclosed(outline) - sum(map(enclosed, holes))
        case "rectangle":
            return 2 * geometry["width"] + 2 * geometry["height"], geometry["width"] * geometry["height"]
        case "circle":
            return math.tau * geometry["radius"], math.pi * geometry["radius"] ** 2
    return None, None


def corners(shape: str, geometry: dict[str, Any]) -> list[complex]:
    """What must lie on the page."""
    match shape:
        case "line":
            return [complex(geometry[end]["x"], geometry[end]["y"]) for end in ("start", "end")]
        case "polyline" | "polygon":
            return [p for ring in rings(geometry) for p in ring]
        case "circle":
            middle, radius = complex(geometry["center"]["x"], geometry["center"]["y"]), geometry["radius"]
            return [middle + radius * complex(a, b) for a in (-1, 1) for b in (-1, 1)]
        case "rectangle":
            half = complex(geometry["width"], geometry["height"]) / 2
            turn = math.radians(geometry.get("rotation", 0))
            around = [half, half.conjugate(), -half, -half.conjugate()]
            return [
                complex(geometry["x"], geometry["y"]) + half + p * complex(math.cos(turn), math.sin(turn)) for p in around
            ]
    return [complex(geometry["x"], geometry["y"])]


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers(each)
    else:
        yield value


# --- always the same, of any size


def test_same_arguments_same_rows(tmp_path: Path) -> None:
    a, b, c = (tmp_path / f"{n}.db" for n in "abc")
    build(a, measurements=400)
    build(b, measurements=400)
    build(c, measurements=400, seed=8)
    assert a.read_bytes() == b.read_bytes()
    assert digest(a) != digest(c)


def test_rows_are_the_same_on_every_machine(house_path: Path) -> None:
    assert digest(house_path) == "309d8df65bf87b930ebd9c43370d37bb7297ea5ebe9f80906874ddddeaa2332c"


@pytest.mark.parametrize(("size", "lots"), [(0, 1), (1, 1), (10, 1), (2999, 1), (3000, 1), (3001, 2), (6500, 3)])
@pytest.mark.parametrize("seed", [7, 8])
def test_any_size(tmp_path: Path, size: int, lots: int, seed: int) -> None:
    build(tmp_path / "a.db", measurements=size, seed=seed)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        assert values(db, "select id from measurements order by id") == list(range(1, size + 1))
        assert not db.execute("pragma foreign_key_check").fetchall()
        assert values(db, "select project_id from pages order by id") == [*[1] * 23, 2, 2] * lots
        assert one(db, "select count(*) from conditions") == 120
        for project in (1, 2):
            pages = values(db, f"select number from pages where project_id = {project} order by id")
            assert pages == list(range(1, len(pages) + 1))
            sheets = values(db, f"select sheet from pages where project_id = {project}")
            assert len(set(sheets)) == len(sheets)


def test_a_few_are_taken_from_all_sheets(tmp_path: Path) -> None:
    build(tmp_path / "a.db", measurements=100)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        assert one(db, "select count(distinct page_id) from measurements") >= 20
        assert set(values(db, "select shape from measurements")) == SHAPES


def test_a_lot_is_the_same_however_many_there_are(tmp_path: Path, house: sqlite3.Connection) -> None:
    build(tmp_path / "a.db", measurements=3600)
    of_first_lot = "select * from measurements where id <= 3000 order by id"
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as more:
        assert more.execute(of_first_lot).fetchall() == [tuple(r) for r in house.execute(of_first_lot)]
        assert one(more, "select sheet || title from pages where id = 26") == "C-101-L2Site plan, lot 2"
        second = "select geometry from measurements where page_id = {} limit 1"
        assert one(more, second.format(28)) != one(more, second.format(3)), "no two lots are alike"


def test_a_negative_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        build(tmp_path / "a.db", measurements=-1)
    with pytest.raises(InputError, match="'sample:house' takes 0 or more, not -1"):
        source.house(measurements=-1)


# --- what is there


def test_a_takeoff_is_as_large_as_formats_are_tried_with(house: sqlite3.Connection) -> None:
    pages = "select count(*) from pages where project_id = 1"
    assert one(house, pages) == 23
    assert one(house, f"{pages} and id in (select page_id from measurements)") == 23
    assert one(house, "select count(*) from conditions where project_id = 1") == 109
    assert one(house, "select count(*) from measurements") == 3000
    assert set(values(house, "select shape from measurements")) == SHAPES
    by_kind = {(r["kind"], r["uom"]) for r in drawn(house)}
    assert by_kind == {("linear", "LF"), ("area", "SF"), ("volume", "CY"), ("count", "EA"), ("linear", "M"), ("area", "M2")}
    assert one(house, "select count(*) from measurements where geometry like '%\"holes\"%'") == 15
    negative = Counter(values(house, "select shape from measurements where quantity < 0"))
    assert negative == {"rectangle": 83, "polygon": 39, "point": 3, "circle": 1}
    assert one(house, "select count(*) from measurements where geometry like '%\"rotation\"%'") == 16


def test_the_second_project_is_small(house: sqlite3.Connection) -> None:
    of_project = "select count(*) from measurements m join conditions c on c.id = m.condition_id where c.project_id = "
    assert one(house, of_project + "2") == 81
    foreign = (
        "select count(*) from measurements m join conditions c on c.id = m.condition_id join pages p on p.id = m.page_id "
    )
    assert one(house, foreign + "where c.project_id <> p.project_id") == 0
    assert values(house, "select count(*) from conditions group by project_id") == [109, 11]


def test_quantities_are_those_of_the_geometry(tmp_path: Path) -> None:
    build(tmp_path / "a.db", measurements=6000)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        rows = drawn(db)
        assert len(rows) == 6000
        for row in rows:
            length, area = measured(row["shape"], json.loads(row["geometry"]))
            for kept, expected in ((row["length_px"], length), (row["area_px"], area)):
                assert kept is expected is None or kept == pytest.approx(expected, rel=1e-9), dict(row)
            scale = row["px_per_unit"]
            match row["kind"]:
                case "linear":
                    expected = length / scale
                case "area":
                    expected = area / scale**2
                case "volume":
                    expected = area / scale**2 * row["depth"] / 12 / 27
                case _:
                    expected = 1
            assert abs(row["quantity"]) == pytest.approx(expected, rel=1e-9), dict(row)


def test_units_are_those_of_condition_and_page(house: sqlite3.Connection) -> None:
    for row in drawn(house):
        assert row["uom"] == row["condition_uom"]
        assert row["uom"] == "EA" or (row["uom"] in ("M", "M2")) == (row["unit"] == "m"), dict(row)
    scales = dict(house.execute("select distinct scale_label, px_per_unit from pages").fetchall())
    assert scales == {
        '1" = 20\'-0"': 7.5,
        '1/8" = 1\'-0"': 18.75,
        '3/16" = 1\'-0"': 28.125,
        '1/4" = 1\'-0"': 37.5,
        '1/2" = 1\'-0"': 75,
        "1:50": pytest.approx(118.1102362),
        "Not to scale": None,
    }


def test_only_counts_are_measured_without_a_scale(house: sqlite3.Connection) -> None:
    rows = drawn(house, "p.px_per_unit is null")
    assert {r["sheet"] for r in rows} == {"S-501"}
    assert {r["kind"] for r in rows} == {"count"}


def test_shapes_lie_on_their_pages(tmp_path: Path) -> None:
    build(tmp_path / "a.db", measurements=30_000)  # ten lots, no two of a size
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        for row in drawn(db):
            geometry = json.loads(row["geometry"])
            assert all(
                0 <= p.real <= row["width_px"] and 0 <= p.imag <= row["height_px"] for p in corners(row["shape"], geometry)
            )
            assert all(round(n, 2) == n for n in numbers(geometry)), "to 1/100 pixel"


def test_holes_lie_within_their_outlines(house: sqlite3.Connection) -> None:
    for row in drawn(house, "m.geometry like '%\"holes\"%'"):
        outline, *holes = rings(json.loads(row["geometry"]))
        for hole in holes:
            assert enclosed(hole) > 0
            for part in ("real", "imag"):
                least, most = (f(getattr(p, part) for p in outline) for f in (min, max))
                assert all(least < getattr(p, part) < most for p in hole), dict(row)


def test_rooms_and_walls_fit_together(house: sqlite3.Connection) -> None:
    """On a floor plan the floors are all of the house, less the walls and the stairs."""
    for sheet, share in (("A-101", 0.9), ("A-102", 0.85)):
        rows = drawn(house, f"p.sheet = '{sheet}'")
        outer = [
            p
            for r in rows
            if "2x6 @ 16" in r["name"] and r["shape"] == "polyline"
            for p in rings(json.loads(r["geometry"]))[0]
        ]
        xs, ys = [p.real for p in outer], [p.imag for p in outer]
        whole = (max(xs) - min(xs)) * (max(ys) - min(ys))
        floors = sum(r["area_px"] for r in rows if r["shape"] == "polygon")
        assert share * whole < floors < whole
        doors = [r for r in rows if r["shape"] == "point" and re.search("door|opening", r["name"])]
        assert len({r["geometry"] for r in doors}) == len(doors) >= 12


def test_totals_are_right_but_one(house: sqlite3.Connection) -> None:
    stale = []
    for row in house.execute(
        """select c.name, c.total, c.drawn, count(m.id) as counted, total(m.quantity) as summed
        from conditions c left join measurements m on m.condition_id = c.id group by c.id"""
    ):
        if (row["total"], row["drawn"]) != (pytest.approx(row["summed"], rel=1e-9), row["counted"]):
            stale.append(row["name"])
            assert row["drawn"] == row["counted"] - 1
    assert stale == ['Fibre cement siding, 7" reveal']
    unused = "select name from conditions where drawn = 0 and total = 0 order by id"
    assert values(house, unused) == ["Alternate 1: standing seam roof", "Alternate 2: residential elevator"]


def test_conditions_stand_as_an_estimator_lists_them(house: sqlite3.Connection) -> None:
    trades = values(house, "select trade from conditions where project_id = 1 order by id")
    listed = [trade for trade, _ in itertools.groupby(trades)]
    assert listed[:6] == ["Sitework", "Landscape", "Concrete", "Masonry", "Metals", "Framing"]
    assert len(set(listed)) == len(listed) == 18
    for project in (1, 2):
        of_project = f"from conditions where project_id = {project}"
        for column in ("name", "colour"):
            found = values(house, f"select {column} {of_project}")
            assert len(set(found)) == len(found)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in values(house, "select colour from conditions"))
    names = " ".join(values(house, "select name from conditions"))
    assert all(sign in names for sign in ("&", '"', "'", "é", "½", "×"))
    shortened = Counter(name[:31] for name in values(house, "select name from conditions where project_id = 1"))
    assert [name for name, count in shortened.items() if count > 1] == ["Interior latex paint, two coats"]


def test_most_conditions_have_costs(house: sqlite3.Connection) -> None:
    assert one(house, "select count(*) from conditions where assembly_id is null") == 5
    used = "select assembly_id from conditions where assembly_id is not null"
    assert one(house, f"select count(*) from assemblies where id not in ({used})") == 0
    for kind in ("material", "labour", "equipment", "subcontract", "other", "markup_percent"):
        assert 0 < one(house, f"select count({kind}) from assemblies") <= one(house, "select count(*) from assemblies"), kind
    assert one(house, "select count(*) from assemblies where coalesce(material, labour, subcontract) is null") == 0


def test_two_in_five_are_of_a_model_and_four_in_five_verified(tmp_path: Path) -> None:
    build(tmp_path / "a.db", measurements=20_000)
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as db:
        assert 0.38 < one(db, "select avg(by_model) from measurements") < 0.42
        assert 0.78 < one(db, "select avg(verified) from measurements") < 0.82
        assert 0.93 < one(db, "select avg(verified) from measurements where not by_model") < 0.97
        assert 0.01 < one(db, "select avg(remark is not null) from measurements") < 0.03


# --- queries


def test_only_text_fields_hold_text(house: sqlite3.Connection) -> None:
    for name, sql in RECORDS.items():
        labels = [c[0] for c in house.execute(f"{sql} limit 0").description]
        fields = FAMILY.record(name).fields
        assert labels[:2] == ["_key", "_project"]
        for label in labels[2:]:
            found = set(values(house, f"select distinct typeof({label}) from ({sql})")) - {"null"}
            as_number = label in INTEGERS or fields[label].type in (int, float, bool)
            assert found <= ({"integer", "real"} if as_number else {"text"}), (name, label)
            assert label not in INTEGERS or found == {"integer"}, (name, label)


def test_every_record_and_relation_is_served(house: sqlite3.Connection) -> None:
    assert set(RECORDS) == set(FAMILY.records)
    assert all(not text(sql).compile().params for sql in RECORDS.values())
    for r in FAMILY.relations:
        known = f"select {r.parent_field} from ({RECORDS[r.parent]})"
        assert one(house, f"select count(*) from ({RECORDS[r.child]}) where {r.field} not in ({known})") == 0, r


def test_foreign_keys_are_indexed(house: sqlite3.Connection) -> None:
    for table in values(house, "select name from sqlite_master where type = 'table'"):
        first = {
            one(house, f"select name from pragma_index_info('{r['name']}') where seqno = 0")
            for r in house.execute(f"pragma index_list({table})")
        }
        assert {r["from"] for r in house.execute(f"pragma foreign_key_list({table})")} <= first, table


JOINED = (
    "select c.name, m.quantity from ({condition}) c {join} ({measurement}) m on m.condition_id = c.condition_id "
    "{where} order by c._key, m._key"
)
ORDERED = [
    *(f"select * from ({{{n}}}) r {where} order by r._key" for n in RECORDS for where in ("", "where r._project = '1'")),
    *(
        JOINED.replace("{join}", join).replace("{where}", where)
        for join in ("join", "left join")
        for where in ("", "where c._project = 1")
    ),
]


@pytest.mark.parametrize("driver", drivers(), ids=lambda d: d.__name__)
@pytest.mark.parametrize("sql", ORDERED)
def test_rows_come_in_order_without_a_sort(house_path: Path, driver: Any, sql: str) -> None:
    with contextlib.closing(driver.connect(str(house_path))) as db:
        plan = "\n".join(r[3] for r in db.execute(f"explain query plan {sql.format(**RECORDS)}"))
    assert "TEMP B-TREE" not in plan
    assert "measurements_condition" in plan or "join" not in sql


# --- exports


def exported(tmp_path: Path, record: str, **words: Any) -> list[dict[str, str]]:
    output = tmp_path / "out.csv"
    exporter.run(format="csv", source="sample:house", output=output, options={"record": record}, force=True, **words)
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_measurements_are_exported(tmp_path: Path, house: sqlite3.Connection) -> None:
    rows = exported(tmp_path, "measurement")
    assert [float(r["quantity"]) for r in rows] == values(house, "select quantity from measurements")
    assert [json.loads(r["geometry"]) for r in rows[:50]] == [
        json.loads(g) for g in values(house, "select geometry from measurements limit 50")
    ]
    assert {r["geometry_type"] for r in rows} == SHAPES


def test_a_project_and_filters_narrow_them(tmp_path: Path, house: sqlite3.Connection) -> None:
    assert len(exported(tmp_path, "measurement", project=2)) == 81
    assert len(exported(tmp_path, "condition", project=1)) == 109
    on_sheet = one(house, "select count(*) from measurements m join pages p on p.id = m.page_id where p.sheet = 'A-101'")
    assert len(exported(tmp_path, "measurement", project=1, filters={"sheets": ["A-101"]})) == on_sheet > 100
    roofing = "select count(*) from measurements m join conditions c on c.id = m.condition_id where c.trade = 'Roofing'"
    found = exported(tmp_path, "measurement", project=1, filters={"scopes": ["Roofing"], "verified": True})
    assert len(found) == one(house, roofing + " and verified and c.project_id = 1") > 0
