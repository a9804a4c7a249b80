"""The takeoff of sample:house, exported and read back: every field is what stands in the database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import create_engine

import exporter
from exporter import Source
from exporter.lookup import find_source
from exporter.takeoff.geometry import read as geometry
from exporter_ost import reader

_SAME = {"scope": "trade", "category": "category", "depth": "depth", "building": "building", "area": "zone"} | {
    "thickness": "thickness", "elevation": "level", "description": "details", "name": "name", "type": "kind", "unit": "uom",
}  # fmt: skip
_COSTS = ("material", "labour", "equipment", "subcontract", "other")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("house") / "house.db"
    source = find_source("sample:house", family="takeoff")
    assert source.spool is not None
    source.spool(path)
    return path


@pytest.fixture(scope="module")
def database(house: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(house)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def exported(house: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the file of the first project holds."""
    output = tmp_path_factory.mktemp("out") / "house.xml"
    exporter.run(format="ost", source=lent(house), output=output, project="1")
    assert {f.level for f in exporter.check(output)} <= {"info"}
    return list(reader.read(output))


def lent(house: Path) -> Source:
    source = find_source("sample:house", family="takeoff")
    return attrs.evolve(source, spool=None, engine=create_engine(f"sqlite:///{house}"))


def of(found: list[Any], kind: type[Any]) -> list[Any]:
    return [each for each in found if isinstance(each, kind)]


def test_project_and_pages(exported: list[Any], database: sqlite3.Connection) -> None:
    (project,) = of(exported, reader.Project)
    row = database.execute("select title, about, customer, id from projects where id = 1").fetchone()
    assert attrs.astuple(project) == (row[0], row[1], row[2], "1")
    sql = """select cast(id as text), cast(number as text), sheet, title, width_px, height_px, px_per_unit, unit, scale_label
        from pages where project_id = 1 order by id"""
    assert list(map(attrs.astuple, of(exported, reader.Page))) == [
        tuple(None if value == "" else value for value in row) for row in database.execute(sql)
    ]


def test_conditions(exported: list[Any], database: sqlite3.Connection) -> None:
    found = of(exported, reader.Condition)
    rows = database.execute("select * from conditions where project_id = 1 order by id").fetchall()
    assert [condition.id for condition in found] == [str(row["id"]) for row in rows]
    for condition, row in zip(found, rows, strict=True):
        assert {name: getattr(condition, name) for name in _SAME} == {name: row[column] for name, column in _SAME.items()}
        assert condition.colour == row["colour"].lower()
        count, total = database.execute(
            "select count(*), coalesce(sum(quantity), 0.0) from measurements where condition_id = ?", (row["id"],)
        ).fetchone()
        assert condition.measurement_count == count
        assert condition.total_quantity == pytest.approx(total, rel=1e-12)
        costs(condition, database.execute("select * from assemblies where id = ?", (row["assembly_id"],)).fetchone())


def costs(condition: reader.Condition, row: sqlite3.Row | None) -> None:
    known = {} if row is None else {kind: row[kind] for kind in _COSTS if row[kind] is not None}
    if not known:
        assert condition.costs is None
        return
    assert row is not None
    assert condition.costs is not None
    assert condition.costs.kinds == known
    assert condition.costs.markup_percent == row["markup_percent"]
    assert condition.costs.unit_cost == pytest.approx(sum(known.values()))
    marked_up = condition.total_quantity * sum(known.values()) * (1 + row["markup_percent"] / 100)
    assert condition.costs.total_cost == pytest.approx(marked_up)


def test_items(exported: list[Any], database: sqlite3.Connection) -> None:
    items = {item.id: item for item in of(exported, reader.Item)}
    sql = """select m.*, g.number, g.sheet, g.title from measurements m join pages g on g.id = m.page_id
        where m.condition_id in (select id from conditions where project_id = 1)"""
    rows = database.execute(sql).fetchall()
    assert len(items) == len(rows) > 2000
    for row in rows:
        item = items[str(row["id"])]
        assert item.condition.id == str(row["condition_id"])
        assert (item.page_id, item.page_number) == (str(row["page_id"]), str(row["number"]))
        assert (item.sheet_number, item.sheet_title) == (row["sheet"], row["title"])
        assert (item.geometry_type, item.geometry) == (row["shape"], geometry(row["shape"], row["geometry"]))
        assert (item.quantity, item.unit) == (row["quantity"], row["uom"])
        assert (item.pixel_length, item.pixel_area) == (row["length_px"], row["area_px"])
        assert (item.is_ai_generated, item.is_verified) == (bool(row["by_model"]), bool(row["verified"]))
        assert item.notes == (row["remark"] or None)


def test_filters_are_told_and_counted(house: Path, database: sqlite3.Connection, tmp_path: Path) -> None:
    filters = {"verified": True, "scopes": ["Concrete"]}
    exporter.run(format="ost", source=lent(house), output=tmp_path / "out.xml", project="1", filters=filters)
    found = list(reader.read(tmp_path / "out.xml"))
    (information,) = of(found, reader.Information)
    assert information.filters == ("Scopes: Concrete", "Verified measurements only")
    sql = """select c.id, count(m.id), coalesce(sum(m.quantity), 0) from conditions c
        left join measurements m on m.condition_id = c.id and m.verified where c.project_id = 1 and c.trade = 'Concrete'
        group by c.id order by c.id"""
    rows = [(str(uid), count, pytest.approx(total)) for uid, count, total in database.execute(sql)]
    assert [(c.id, c.measurement_count, c.total_quantity) for c in of(found, reader.Condition)] == rows


def test_the_manual_shows_what_comes_out(house: Path, tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "plugins" / "ost" / "README.md").read_text(encoding="utf-8")
    filters = {"conditions": ["Corrugated metal roofing"]}
    exporter.run(format="ost", source=lent(house), output=tmp_path / "roof.xml", project="2", filters=filters)
    written = (tmp_path / "roof.xml").read_text(encoding="utf-8")
    condition, item = re.findall(r"^```xml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert condition in written
    assert item.replace("\n", "") in written


def test_the_manual_reads_it_back(exported: list[Any], house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[1] / "plugins" / "ost" / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    exporter.run(format="ost", source=lent(house), output=tmp_path / "house.xml", project="1")
    monkeypatch.chdir(tmp_path)
    lines: list[tuple[Any, ...]] = []
    exec(compile(code, "README.md", "exec"), {"print": lambda *words: lines.append(words)})
    drawn = [item for item in of(exported, reader.Item) if item.geometry is not None]
    assert [line[:3] for line in lines] == [(item.condition.name, item.quantity, item.unit) for item in drawn]
