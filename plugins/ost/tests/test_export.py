"""What an export holds, whatever stands in the rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter.errors import InputError

from .host import PAGE, PROJECT, SLAB, checked, exported, findings, host, square, written

WALL = {"condition_id": "wall", "project_id": "p", "name": "Wall", "measurement_type": "linear"}


def texts(element: Any) -> dict[str, str]:
    return {child.tag: child.text or "" for child in element}


def test_elements_stand_in_the_order_of_the_public_system(tmp_path: Path) -> None:
    condition = {**SLAB, "description": "4 inches", "colour": "#1f77B4", "scope": "Concrete", "category": "Floors"}
    more = {"depth": 4, "thickness": 0.5, "building": "A", "area": "East", "elevation": "L1", "material_unit_cost": 2.5}
    project = {**PROJECT, "description": "A house", "client": "Ada"}
    one = square(unit="SF", pixel_length=40, pixel_area=100, is_ai_generated=1, is_verified=0, notes="by the door")
    page = {**PAGE, "sheet_title": "Ground floor"}
    root = written(host(tmp_path, [one], conditions=[{**condition, **more}], pages=[page], projects=[project]), tmp_path)
    assert root.attrib == {"version": "1.0", "name": "House"}
    assert [child.tag for child in root] == ["ProjectInfo", "Conditions", "Pages", "ExportInfo"]
    assert texts(root[0]) == {"Name": "House", "Description": "A house", "Client": "Ada", "ProjectId": "p"}
    (found,) = root[1]
    assert found.attrib == {"id": "slab"}
    assert list(texts(found).items())[:-2] == [
        ("Name", "Slab"), ("Type", "area"), ("Unit", "SF"), ("Color", "#1f77b4"), ("Description", "4 inches"),
        ("TotalQuantity", "100.0"), ("Scope", "Concrete"), ("Category", "Floors"), ("Depth", "4.0"), ("Thickness", "0.5"),
        ("Building", "A"), ("Area", "East"), ("Elevation", "L1"), ("MeasurementCount", "1"),
    ]  # fmt: skip
    costs = [("UnitCost", "2.5"), ("MaterialUnitCost", "2.5"), ("MarkupPercent", "0.0"), ("TotalCost", "250.0")]
    assert list(texts(found.find("Costs")).items()) == costs
    (item,) = found[-1]
    assert item.attrib == {"id": "m1"}
    assert list(texts(item).items()) == [
        ("PageNumber", "1"), ("SheetNumber", "A-101"), ("GeometryType", "polygon"), ("Quantity", "100.0"), ("Unit", "SF"),
        ("Geometry", ""), ("PageId", "s1"), ("SheetTitle", "Ground floor"), ("PixelLength", "40"), ("PixelArea", "100"),
        ("IsAIGenerated", "true"), ("IsVerified", "false"), ("Notes", "by the door"),
    ]  # fmt: skip
    assert checked(tmp_path / "out.xml") == {}


def test_costs_are_left_out_where_nobody_wants_them(tmp_path: Path) -> None:
    source = host(tmp_path, [{}], conditions=[{**SLAB, "unit_cost": 2, "markup_percent": 10}])
    assert written(source, tmp_path).findtext(".//TotalCost") == repr(100.0 * (2 * (1 + 10 / 100)))
    assert written(source, tmp_path, include_costs=False).find(".//Costs") is None


def test_totals_are_those_of_what_is_written(tmp_path: Path) -> None:
    condition = {**SLAB, "total_quantity": 999, "measurement_count": 7}
    rows = [{"is_verified": 1}, {"quantity": -30.5}, {"quantity": 0}, {"quantity": None, "is_verified": 1}]
    source = host(tmp_path, rows, conditions=[condition])
    root = written(source, tmp_path)
    assert (root.findtext(".//TotalQuantity"), root.findtext(".//MeasurementCount")) == ("69.5", "4")
    assert [q.text for q in root.iter("Quantity")] == ["100.0", "-30.5", "0", "0.0"]
    root = written(source, tmp_path, filters={"verified": True})
    assert (root.findtext(".//TotalQuantity"), root.findtext(".//MeasurementCount")) == ("100.0", "2")
    assert root.findtext("ExportInfo/Filter") == "Verified measurements only"
    codes = findings(exported(source, tmp_path))
    assert codes["QUANTITY_MISSING"] == codes["TOTAL_QUANTITY_DIFFERS"] == codes["MEASUREMENT_COUNT_DIFFERS"] == 1


def test_an_item_has_the_unit_of_its_condition(tmp_path: Path) -> None:
    rows = [{"unit": "SY", "quantity": 2}, {"unit": "CY"}, {"unit": None}]
    result = exported(source := host(tmp_path, rows), tmp_path)
    found = written(source, tmp_path)
    assert [(i.get("id"), i.findtext("Quantity"), i.findtext("Unit")) for i in found.iter("TakeoffItem")] == [
        ("m1", "18.0", "SF"),
        ("m3", "100.0", "SF"),
    ]
    assert found.findtext(".//TotalQuantity") == "118.0"
    assert findings(result) == {"UNIT_CONVERTED": 1, "UNIT_DIFFERS": 1}
    assert checked(tmp_path / "out.xml") == {}


def test_a_condition_without_unit_leaves_items_theirs(tmp_path: Path) -> None:
    condition = {**SLAB, "unit": None, "measurement_type": "?"}
    root = written(host(tmp_path, [{"unit": "SY"}, {"unit": None}], conditions=[condition]), tmp_path)
    assert [item.findtext("Unit") for item in root.iter("TakeoffItem")] == ["SY", ""]
    assert checked(tmp_path / "out.xml") == {"TYPE_UNKNOWN": 1, "UNIT_MISSING": 1}


def test_what_texts_hold_comes_back(tmp_path: Path) -> None:
    text = "a & b < c > d \"e\" 'f' ]]> \t tab \n line \r return \r\n both, \u4f60\u597d \u0645\u0631\u062d\u0628\u0627 \U0001f3e0"
    condition = {**SLAB, "condition_id": text, "name": f"<b>{text}", "scope": text}
    row = {"condition_id": text, "measurement_id": text, "notes": text}
    source = host(tmp_path, [row], conditions=[condition], projects=[{**PROJECT, "name": text}])
    root = written(source, tmp_path)
    (found,), (item,) = root.iter("Condition"), root.iter("TakeoffItem")
    assert root.get("name") == found.get("id") == item.get("id") == found.findtext("Scope") == item.findtext("Notes") == text
    assert found.findtext("Name") == f"<b>{text}"
    assert findings(exported(source, tmp_path)) == {}


def test_what_xml_cannot_hold_is_replaced_and_counted(tmp_path: Path) -> None:
    rows = [{"notes": "nul \0 bell \7 \ufffe"}, {"notes": "sound"}]
    source = host(tmp_path, rows, conditions=[{**SLAB, "name": "a\x1bb"}])
    root = written(source, tmp_path)
    assert [n.text for n in root.iter("Notes")] == ["nul   bell    ", "sound"]
    assert root.findtext(".//Condition/Name") == "a b"
    assert findings(exported(source, tmp_path)) == {"CONTROL_CHARACTERS_REPLACED": 4}


def test_numbers_are_written_as_they_are(tmp_path: Path) -> None:
    rows = [{"quantity": q} for q in (2**60, 0.1 + 0.2, 1e-7, float("nan"), float("inf"), "12.5")]
    root = written(host(tmp_path, rows), tmp_path)
    assert [q.text for q in root.iter("Quantity")] == [str(2**60), repr(0.1 + 0.2), "1e-07", "0.0", "0.0", "12.5"]
    assert checked(tmp_path / "out.xml") == {}


def test_values_that_are_no_numbers_are_left_out_and_counted(tmp_path: Path) -> None:
    row = {"pixel_length": "12 abc", "pixel_area": "1e999", "is_verified": 7, "is_ai_generated": "yes"}
    source = host(tmp_path, [row, {"pixel_length": "1_0"}], conditions=[{**SLAB, "depth": "1e999", "unit_cost": 1e308}])
    root = written(source, tmp_path)
    assert not [*root.iter("PixelLength", "PixelArea", "IsVerified", "IsAIGenerated", "Depth")]
    assert root.find(".//TotalCost") is None
    result = exported(source, tmp_path)
    assert findings(result)["VALUE_LEFT_OUT"] == 5
    assert checked(tmp_path / "out.xml") == {}


def test_a_geometry_that_cannot_be_read_leaves_its_item(tmp_path: Path) -> None:
    rows = [
        {"geometry": "{"},
        {"geometry": None},
        {"geometry": json.dumps({"points": []})},
        {"geometry_type": "spline"},
        {"geometry_type": "circle", "geometry": json.dumps({"center": [1, 2], "radius": 3})},
    ]
    source = host(tmp_path, rows)
    root = written(source, tmp_path)
    assert [item.find("Geometry") is not None for item in root.iter("TakeoffItem")] == [False] * 4 + [True]
    assert root.findtext(".//TotalQuantity") == "500.0"
    known = {"GEOMETRY_BROKEN": 2, "GEOMETRY_NOT_GIVEN": 1, "GEOMETRY_TYPE_UNKNOWN": 1}
    assert findings(exported(source, tmp_path)) == known
    assert findings(exported(source, tmp_path, checked=False)) == known
    assert checked(tmp_path / "out.xml") == {"GEOMETRY_MISSING": 3, "GEOMETRY_TYPE_UNKNOWN": 1}


@pytest.mark.parametrize("page", [None, "gone"])
def test_an_item_without_page(tmp_path: Path, page: str | None) -> None:
    root = written(host(tmp_path, [{"page_id": page}]), tmp_path)
    (item,) = root.iter("TakeoffItem")
    assert {"PageNumber", "SheetNumber", "PageId", "SheetTitle"} & texts(item).keys() == ({"PageId"} if page else set())
    assert "None" not in (tmp_path / "out.xml").read_text(encoding="utf-8")


def test_a_source_without_pages_and_projects(tmp_path: Path) -> None:
    root = written(host(tmp_path, [{}], without=("page", "project")), tmp_path)
    assert root.attrib == {"version": "1.0", "name": ""}
    assert root.find("Pages") is None
    assert root.findtext(".//PageId") == "s1"
    assert checked(tmp_path / "out.xml") == {}


def test_nothing_at_all(tmp_path: Path) -> None:
    source = host(tmp_path, conditions=[], pages=[], projects=[])
    root = written(source, tmp_path)
    assert len(root.find("Conditions")) == 0
    assert root.get("name") == ""
    assert checked(tmp_path / "out.xml") == {}


def test_a_condition_without_measurements(tmp_path: Path) -> None:
    source = host(tmp_path, [{}], conditions=[SLAB, WALL])
    root = written(source, tmp_path)
    assert [(c.get("id"), c.findtext("TotalQuantity"), len(c.find("TakeoffItems"))) for c in root.iter("Condition")] == [
        ("slab", "100.0", 1),
        ("wall", "0.0", 0),
    ]
    assert [c.findtext("Unit") for c in root.iter("Condition")] == ["SF", "LF"]
    assert [c.get("id") for c in written(source, tmp_path, hide_empty=True).iter("Condition")] == ["slab"]


def test_names_that_begin_alike(tmp_path: Path) -> None:
    conditions = [{**SLAB, "condition_id": n, "name": "x" * 40 + str(n)} for n in range(300)]
    root = written(host(tmp_path, [{"condition_id": n} for n in range(300)], conditions=conditions), tmp_path)
    assert [c.findtext("Name") for c in root.iter("Condition")] == ["x" * 40 + str(n) for n in range(300)]
    assert checked(tmp_path / "out.xml") == {}


def test_a_colour_that_nobody_can_read(tmp_path: Path) -> None:
    colours = ["#ABC", "teal", None, "#0072b2"]
    conditions = [{**SLAB, "condition_id": n, "colour": c} for n, c in enumerate(colours)]
    source = host(tmp_path, [{"condition_id": n} for n in range(4)], conditions=conditions)
    assert [c.text for c in written(source, tmp_path).iter("Color")] == ["#aabbcc", "#56b4e9", "#009e73", "#0072b2"]
    result = exported(source, tmp_path)
    assert findings(result) == {"COLOUR_UNKNOWN": 1}
    assert result.report.findings[0].examples == ["1"]


def test_several_projects_are_several_files(tmp_path: Path) -> None:
    projects = [PROJECT, {"project_id": "q", "name": "Shed"}, {"project_id": "r", "name": None}]
    conditions = [SLAB, {**SLAB, "condition_id": "roof", "project_id": "q"}]
    source = host(tmp_path, [{}, {"condition_id": "roof"}], conditions=conditions, projects=projects)
    with pytest.raises(InputError, match=r"(?s)source 'host' has 2: p \(House\), q \(Shed\)\..*--project"):
        exported(source, tmp_path)
    assert not (tmp_path / "out.xml").exists()
    for name, root in ((name, written(source, tmp_path, project=uid)) for uid, name in (("p", "House"), ("q", "Shed"))):
        assert (root.get("name"), len(root.find("Conditions"))) == (name, 1)
    assert written(source, tmp_path, filters={"conditions": ["roof"]}).get("name") == "Shed"
    with pytest.raises(InputError, match=r"has 3: p \(House\), q \(Shed\), r\."):
        exported(host(tmp_path, conditions=[], projects=projects), tmp_path)


def test_rows_come_by_an_index(tmp_path: Path) -> None:
    """The database sorts nothing before it gives the first measurement."""
    from exporter.database import plan_sorts
    from exporter.rows import Reader

    asked: list[tuple[bool, str]] = []

    class Watching:
        def exporter_inspect(self, ctx: Any, tables: Any) -> list[Any]:
            (table,) = [each for each in tables if each.name == "measurements"]
            (query,) = table.queries
            reader: Reader = ctx.reader
            sql = reader.statement(query.ordered(), *(c.single for c in reader.cells(table, query)))
            asked.append((plan_sorts(ctx.connection, sql), sql))
            return []

    source = host(tmp_path, [{}, {}])
    exporter.run(format="ost", source=source, output=tmp_path / "out.xml", plugins=[Watching()])
    ((sorts, sql),) = asked
    assert not sorts, sql
