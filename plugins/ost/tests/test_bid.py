"""Bid files: their structure, bytes, positions and amounts, held against numbers counted by hand."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from exporter.errors import InputError
from exporter_ost.bid.spool import Spool
from exporter_ost.bid.values import moment, number

from .host import PAGE, PROJECT, SLAB, checked, exported, findings, host, square

FOOT = {**PAGE, "scale": 2.0}  # a pixel is six inches
WALL = {"condition_id": "wall", "project_id": "p", "name": "Wall", "measurement_type": "linear", "unit": "LF"}
DOOR = {"condition_id": "door", "project_id": "p", "name": "Door", "measurement_type": "count", "unit": "EA"}
FILL = {"condition_id": "fill", "project_id": "p", "name": "Fill", "measurement_type": "volume", "unit": "CY"}
CONDITIONS = (SLAB, WALL, DOOR, FILL)
# What a public reimplementation of On-Screen Takeoff reads and writes, in its order: containers, and attributes of elements.
_TABLE = (Path(__file__).with_name("bid_reference.txt")).read_text(encoding="utf-8")
TABLE = {name: words.split() for name, words in re.findall(r"^(\w.*):\n((?:  .*\n)+)", _TABLE, re.MULTILINE)}
OF_BID, OF_PAGE = TABLE.pop("in Bid"), TABLE.pop("in BidPage")


def drawn(kind: str, shape: Any, **more: Any) -> dict[str, Any]:
    return {"geometry_type": kind, "geometry": json.dumps(shape), **more}


def bid(folder: Path, rows: Any, **given: Any) -> Any:
    """The root of a bid file, which its check accepts; on pages of which a pixel is six inches."""
    options = given.pop("options", {})
    source = host(folder, rows, **{"pages": [FOOT], "conditions": CONDITIONS, **given})
    exported(source, folder, dialect="bid", **options)
    assert checked(folder / "out.xml") == {"BID_EXPERIMENTAL": 1}
    return etree.parse(folder / "out.xml").getroot()


def takeoffs(root: Any, *names: str) -> list[tuple[str, ...]]:
    return [tuple(each.get(name) for name in names) for each in root.iter("BidTakeoff")]


def test_elements_and_attributes_are_those_of_the_reference(tmp_path: Path) -> None:
    root = bid(tmp_path, [{}], conditions=[{**SLAB, "building": "A"}])
    assert [each.tag for each in root] == ["OST", "Bid", "Employees", "CdnTypes", "JobStatuses"]
    assert root[0].attrib == {"Version": "3.2.0"}
    assert [each.tag for each in root[1]] == OF_BID
    assert [each.tag for each in root.find("Bid/BidPages/BidPage")] == OF_PAGE
    found = {each.tag: [*each.attrib] for each in root.iter() if each.attrib}
    assert found == TABLE
    for each in root.iter():
        keys = [name for name in each.attrib if name.endswith("UID") and name != "GUID"]
        assert "" not in [each.get(name) for name in keys]
        assert not (set(each.attrib.values()) & {"None", "True", "False", "NULL", "nan"})


def test_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735787045")
    root = bid(tmp_path, [{}], projects=[{**PROJECT, "name": 'Häuser & "Söhne" <1>\r\n\t\''}])
    written = (tmp_path / "out.xml").read_bytes()
    assert written.startswith(b'<XML_ROOT>\r\n<OST Version="3.2.0"/>\r\n<Bid UID="1" ')
    assert written.endswith(b"<JobStatuses/>\r\n</XML_ROOT>\r\n")
    assert written.count(b"\n") == written.count(b"\r") == written.count(b"\r\n")
    assert not re.search(rb"^\s|>[^\r]|\s/>|<\?", written, re.MULTILINE)
    assert "Häuser &amp; &quot;".encode() in written
    assert root.find("Bid").get("JobName") == 'Häuser & "Söhne" <1>\r\n\t\''
    assert root.find("Bid").get("CreateDateTime") == root.find("Bid").get("ModDateTime") == "2025 1 2 3 4 5"


def test_numbers() -> None:
    given = [0.0, -0.0, 12.0, 0.1 + 0.2, 1e-7, -2.5, 2.0**60, 1e22]
    assert [number(each) for each in given] == [
        *("0", "0", "12", "0.3", "0.0000001", "-2.5"),
        *("1152921504606850048", "10000000000000000000000"),
    ]
    assert "e" not in number(1.5e300) + number(5e-324)


def test_positions_are_inches_counted_by_hand(tmp_path: Path) -> None:
    shapes = [
        drawn("polygon", {"points": [[0, 0], [10, 0], [10, 20]]}, condition_id="slab"),
        drawn("rectangle", {"x": 1, "y": 2, "width": 3, "height": 4}, condition_id="slab"),
        drawn("rectangle", {"x": 0, "y": 0, "width": 4, "height": 2, "rotation": 90}, condition_id="slab"),
        drawn("line", {"start": [1, 2], "end": [3.5, 4]}, condition_id="wall"),
        drawn("point", {"x": -1, "y": 0.25}, condition_id="door"),
        drawn("rectangle", {"x": 2, "y": 4, "width": 2, "height": 6}, condition_id="door"),
    ]
    found = takeoffs(bid(tmp_path, shapes), "Position", "BidConditionUID", "BidPageUID", "ParentUID", "No", "UID")
    assert found == [
        ("0;0;60;0;60;120", "1", "1", "0", "1", "1"),
        ("6;12;24;12;24;36;6;36", "1", "1", "0", "2", "2"),
        ("18;-6;18;18;6;18;6;-6", "1", "1", "0", "3", "3"),
        ("6;12;21;24", "2", "1", "0", "1", "4"),
        ("-6;1.5", "3", "1", "0", "1", "5"),
        ("18;42", "3", "1", "0", "2", "6"),
    ]


def test_a_circle_is_a_polygon_of_its_area(tmp_path: Path) -> None:
    row = drawn("circle", {"center": [10, 20], "radius": 5}, condition_id="slab")
    ((position,),) = takeoffs(bid(tmp_path, [row]), "Position")
    numbers = [float(each) for each in position.split(";")]
    points = [*zip(numbers[::2], numbers[1::2], strict=True)]
    assert len(points) == 64
    area = sum(a * d - b * c for (a, b), (c, d) in zip(points, [*points[1:], points[0]], strict=True)) / 2
    assert area == pytest.approx(math.pi * 30**2, rel=1e-12)
    assert {round(math.dist(point, (60, 120)), 2) for point in points} == {30.02}


def test_segments_share_the_quantity(tmp_path: Path) -> None:
    rows = [
        drawn("polyline", {"points": [[0, 0], [10, 0], [10, 30]]}, condition_id="wall", quantity=20),
        drawn("rectangle", {"x": 0, "y": 0, "width": 3, "height": 1}, condition_id="wall", quantity=-4),
        drawn("line", {"start": [1, 1], "end": [1, 1]}, condition_id="wall", quantity=7),
    ]
    root = bid(tmp_path, rows)
    assert takeoffs(root, "Position", "Quantity", "IsNegativeQuantity", "No") == [
        ("0;0;60;0", "5", "0", "1"), ("60;0;60;180", "15", "0", "1"),
        ("0;0;18;0", "1.5", "1", "2"), ("18;0;18;6", "0.5", "1", "2"), ("18;6;0;6", "1.5", "1", "2"), ("0;6;0;0", "0.5", "1", "2"),
        ("6;6;6;6", "7", "0", "3"),
    ]  # fmt: skip
    assert root.find(".//BidCondition[@Name='Wall']//BidAreaCondition").get("Quantity1") == "23"


def test_holes_are_children(tmp_path: Path) -> None:
    ring = [[0, 0], [10, 0], [10, 10], [0, 10]]
    holes = [[[1, 1], [2, 1], [2, 2]], [[5, 5], [6, 5], [6, 6]]]
    root = bid(tmp_path, [{}, drawn("polygon", {"points": ring, "holes": holes}, quantity=99), {}])
    assert takeoffs(root, "UID", "ParentUID", "Position", "Quantity") == [
        ("1", "0", "0;0;60;0;60;60;0;60", "100"),
        ("2", "0", "0;0;60;0;60;60;0;60", "99"),
        ("3", "2", "6;6;12;6;12;12", "0"),
        ("4", "2", "30;30;36;30;36;36", "0"),
        ("5", "0", "0;0;60;0;60;60;0;60", "100"),
    ]
    assert root.find(".//BidAreaCondition").get("Quantity1") == "299"


def test_metric_pages_and_depths_become_inches(tmp_path: Path) -> None:
    metric = {**SLAB, "unit": "M2", "depth": 254, "thickness": 12.7}
    page = {**PAGE, "scale": 10, "scale_unit": "m"}
    root = bid(tmp_path, [{"unit": "M2"}], pages=[page], conditions=[metric])
    inch = 1000 / 25.4 / 10
    assert takeoffs(root, "Position") == [(";".join(number(n * inch) for n in (0, 0, 10, 0, 10, 10, 0, 10)),)]
    condition = root.find(".//BidCondition")
    assert [condition.get(name) for name in ("UOM1", "Depth", "Thickness")] == ["14", "10", "0.5"]
    assert root.find("Bid").get("MeasureBase") == "1"


@pytest.mark.parametrize(
    ("given", "shape", "codes"),
    [
        (SLAB, "polygon", ("1", "11", "5")),
        ({**SLAB, "unit": "SQ"}, "polygon", ("1", "11", "7")),
        (WALL, "line", ("0", "1", "2")),
        ({**WALL, "unit": "MM"}, "line", ("0", "1", "11")),
        (DOOR, "point", ("2", "23", "0")),
        (FILL, "polygon", ("1", "21", "9")),
        (FILL, "line", ("0", "20", "9")),
        (FILL, "point", ("2", "20", "9")),
        ({**SLAB, "measurement_type": None, "unit": "LF"}, "line", ("0", "1", "2")),
        ({**SLAB, "measurement_type": None, "unit": "each kind"}, "point", ("2", "23", "")),
    ],
)
def test_types_and_calculations(tmp_path: Path, given: dict[str, Any], shape: str, codes: tuple[str, ...]) -> None:
    shapes = {
        "line": {"start": [0, 0], "end": [1, 1]},
        "point": {"x": 1, "y": 2},
        "polygon": {"points": [[0, 0], [1, 0], [1, 1]]},
    }
    root = bid(tmp_path, [drawn(shape, shapes[shape], condition_id=given["condition_id"])], conditions=[given])
    condition = root.find(".//BidCondition")
    assert tuple(condition.get(name) for name in ("Type", "Quantity1", "UOM1")) == codes


def test_centimetres_are_added_up_and_then_converted(tmp_path: Path) -> None:
    rows = [
        drawn("line", {"start": [0, 0], "end": [1, 1]}, condition_id="wall", quantity=q, unit="CM") for q in (0.1, 0.2, 33)
    ]
    root = bid(tmp_path, rows, conditions=[{**WALL, "unit": "CM"}])
    assert takeoffs(root, "Quantity") == [("0.001",), ("0.002",), ("0.33",)]
    assert root.find(".//BidAreaCondition").get("Quantity1") == "0.333"


def test_places_are_areas_and_a_condition_without_takeoff_has_a_zero(tmp_path: Path) -> None:
    conditions = [{**SLAB, "building": "A", "elevation": "L1", "area": "East"}, {**WALL, "building": "A"}, DOOR]
    root = bid(tmp_path, [{}, {"quantity": -30.5}], conditions=conditions)
    areas = [(a.get("UID"), a.get("ParentUID"), a.get("Name")) for a in root.iter("BidArea")]
    assert areas == [("1", "0", "A"), ("2", "1", "L1"), ("3", "2", "East")]
    assert takeoffs(root, "BidAreaUID", "Quantity", "IsNegativeQuantity") == [("3", "100", "0"), ("3", "30.5", "1")]
    amounts = [(a.get("BidConditionUID"), a.get("AreaUID"), a.get("Quantity1")) for a in root.iter("BidAreaCondition")]
    assert amounts == [("1", "3", "69.5"), ("2", "0", "0"), ("3", "0", "0")]


def test_takeoffs_stand_on_their_pages_with_numbers_in_order(tmp_path: Path) -> None:
    pages = [FOOT, {**FOOT, "page_id": "s2", "page_number": 2}, {**FOOT, "page_id": "s3", "page_number": 3, "scale": None}]
    rows = [{"page_id": "s2"}, {}, {"page_id": "s2", "condition_id": "door", **drawn("point", {"x": 1, "y": 1})}]
    root = bid(tmp_path, rows, pages=pages)
    on = [[t.get("UID") for t in page.iter("BidTakeoff")] for page in root.iter("BidPage")]
    assert on == [["2"], ["1", "3"], []]
    assert [page.get("Name") for page in root.iter("BidPage")] == ["A-101"] * 3


def test_colours_and_costs(tmp_path: Path) -> None:
    condition = {**SLAB, "colour": "#0102ff", "material_unit_cost": 2.5, "labour_unit_cost": 3, "subcontract_unit_cost": 1}
    found = bid(tmp_path, [{}], conditions=[condition]).find(".//BidCondition")
    assert [found.get(name) for name in ("ColorLine", "ColorFill")] == [str(1 + 2 * 256 + 255 * 65536)] * 2
    assert [found.get(name) for name in ("MatAmount", "LabAmount", "SubAmount")] == ["2.5", "3", "1"]
    root = bid(tmp_path, [{}], conditions=[condition], options={"include_costs": False})
    assert root.find(".//BidCondition").get("MatAmount") == ""


def test_measured_pages_without_scale_are_refused(tmp_path: Path) -> None:
    pages = [FOOT, *({**FOOT, "page_id": f"n{n}", "sheet_number": f"S-{n}", "scale": None} for n in range(12))]
    pages[1] = {**pages[1], "scale": 2, "scale_unit": "EA"}
    source = host(tmp_path, [{"page_id": page["page_id"]} for page in pages], pages=pages)
    with pytest.raises(InputError, match=r"(?s)have no scale: S-0, S-1, .*S-9 and 2 more\..*--filter pages="):
        exported(source, tmp_path, dialect="bid")
    assert not (tmp_path / "out.xml").exists()
    exported(source, tmp_path, dialect="bid", filters={"sheets": ["A-101"]})
    assert checked(tmp_path / "out.xml") == {"BID_EXPERIMENTAL": 1}


def test_several_projects_are_refused(tmp_path: Path) -> None:
    conditions = [SLAB, {**WALL, "project_id": "q"}]
    source = host(tmp_path, [{}], conditions=conditions, projects=[PROJECT, {"project_id": "q", "name": "Shed"}])
    with pytest.raises(InputError, match="has 2: p"):
        exported(source, tmp_path, dialect="bid")


def test_what_a_bid_cannot_hold_is_left_out_and_counted(tmp_path: Path) -> None:
    rows = [
        {},
        {"page_id": None},
        {"page_id": "gone"},
        {"geometry": "{"},
        {"geometry": None},
        {"geometry_type": "spline"},
        drawn("line", {"start": [0, 0], "end": [1, 1]}),
        drawn("point", {"x": 1, "y": 2}, condition_id="wall"),
        drawn("line", {"start": [0, 0], "end": [1e308, 1e308]}, condition_id="wall"),
        drawn("polygon", {"points": [[0, 0], [1, 0], [1, 1]]}, condition_id="fill"),
        drawn("line", {"start": [0, 0], "end": [1, 1]}, condition_id="fill"),
    ]
    strange = {**SLAB, "condition_id": "strange", "measurement_type": "sound", "unit": "dB", "colour": "teal"}
    source = host(tmp_path, rows, pages=[FOOT], conditions=[*CONDITIONS, strange])
    result = exported(source, tmp_path, dialect="bid")
    assert findings(result) == {
        "BID_PAGE_MISSING": 2, "BID_SHAPE_UNREADABLE": 3, "BID_SHAPE_NOT_HELD": 4, "CONDITION_EMPTY": 2,
        "BID_EXPERIMENTAL": 1, "BID_KIND_ASSUMED": 1, "BID_UNIT_UNKNOWN": 1, "COLOUR_UNKNOWN": 1,
        "UNIT_UNKNOWN": 1,
    }  # fmt: skip
    counted = result.report.records["measurement"]
    assert (counted.rows, counted.written, counted.left_out) == (11, 2, 9)
    assert checked(tmp_path / "out.xml") == {"BID_EXPERIMENTAL": 1}
    root = etree.parse(tmp_path / "out.xml").getroot()
    assert [a.get("Quantity1") for a in root.iter("BidAreaCondition")] == ["100", "0", "0", "100", "0"]


def test_hostile_texts(tmp_path: Path) -> None:
    text = "a\0b \x1b \ufffe \U0001f3e0 <&>\"' ]]> \t\r\n"
    conditions = [{**SLAB, "name": text, "description": text, "building": text, "condition_id": text}]
    rows = [{"condition_id": text, "measurement_id": text}, {"condition_id": text, "measurement_id": text}]
    root = bid(tmp_path, rows, conditions=conditions, pages=[{**FOOT, "sheet_title": text}])
    clean = "a b     \U0001f3e0 <&>\"' ]]> \t\r\n"
    assert root.find(".//BidArea").get("Name") == root.find(".//BidCondition").get("Notes") == clean
    assert root.find(".//BidCondition").get("Name") == clean.strip()


def test_nothing_at_all(tmp_path: Path) -> None:
    root = bid(tmp_path, [], conditions=[], pages=[], projects=[])
    assert [len(root.find(f"Bid/{tag}")) for tag in OF_BID] == [0] * len(OF_BID)
    root = bid(tmp_path, [], without=("page", "project", "measurement"))
    assert len(root.findall(".//BidAreaCondition")) == len(CONDITIONS)


def test_moments() -> None:
    import datetime as dt

    assert moment(dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)) == "2026 1 2 3 4 5"


def test_the_spool_keeps_the_order_of_each_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter_ost.bid.spool._HELD", 5)
    spool = Spool(tmp_path / "spool")
    for n in range(20):
        spool.add(n % 3, f"{n};")
    assert [b"".join(spool.of(owner)).decode() for owner in range(4)] == [
        *("".join(f"{n};" for n in range(owner, 20, 3)) for owner in range(3)),
        "",
    ]
    spool.close()


def test_the_extension_follows_the_dialect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import exporter

    monkeypatch.chdir(tmp_path)
    result = exporter.run(format="ost", source=host(tmp_path, [square()], pages=[FOOT]), options={"dialect": "bid"})
    assert result.artifact is not None
    assert result.artifact.path.suffix == ".ost"
