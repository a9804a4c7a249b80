"""Each problem of a bid file is found, and files of others are looked at as far as they are known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import exporter
from exporter_ost.bid.names import AFTER_BID, OF_BID, OF_PAGES

from .host import PAGE, SLAB, checked, exported, host
from .test_bid import WALL, drawn


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A bid of an area with a hole and a wall of two segments, on one page."""
    folder = tmp_path_factory.mktemp("sound")
    holes = {"points": [[0, 0], [9, 0], [9, 9]], "holes": [[[1, 1], [2, 1], [2, 2]]]}
    rows = [
        drawn("polygon", holes),
        drawn("polyline", {"points": [[0, 0], [1, 0], [1, 3]]}, condition_id="wall", quantity=4),
    ]
    source = host(folder, rows, pages=[{**PAGE, "scale": 12}], conditions=[{**SLAB, "building": "A"}, WALL])
    exported(source, folder, dialect="bid")
    return (folder / "out.xml").read_bytes()


def found(folder: Path, content: bytes) -> dict[str, int]:
    path = folder / "a.ost"
    path.write_bytes(content)
    codes = checked(path)
    assert codes.pop("BID_EXPERIMENTAL") == 1
    return codes


def test_a_bid_is_recognised_and_told_to_be_experimental(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "a.ost"
    path.write_bytes(sound)
    assert [(f.level, f.code) for f in exporter.check(path)] == [("info", "BID_EXPERIMENTAL")]


CHANGES = [
    ("BID_BYTES", b"<XML_ROOT>", b'<?xml version="1.0"?>\r\n<XML_ROOT>'),
    ("BID_BYTES", b"<XML_ROOT>", b"\xef\xbb\xbf<XML_ROOT>"),
    ("BID_BYTES", b"<XML_ROOT>\r\n", b"<XML_ROOT>\n"),
    ("BID_UID_BROKEN", b'<BidPage UID="1"', b'<BidPage UID="one"'),
    ("BID_UID_BROKEN", b'<BidTakeoff UID="4"', b'<BidTakeoff UID="-4"'),
    ("BID_UID_DUPLICATE", b'<BidTakeoff UID="4"', b'<BidTakeoff UID="3"'),
    ("BID_UID_DUPLICATE", b'<BidCondition UID="2"', b'<BidCondition UID="1"'),
    ("BID_KEY_ORPHAN", b'ParentUID="1" No', b'ParentUID="77" No'),
    ("BID_KEY_ORPHAN", b'ParentUID="1" No', b'ParentUID="x" No'),
    ("BID_KEY_ORPHAN", b'BidPageUID="1"', b'BidPageUID="2"'),
    ("BID_KEY_ORPHAN", b'BidConditionFolderUID="0"', b'BidConditionFolderUID="5"'),
    ("BID_KEY_ORPHAN", b'AreaUID="1" TypAreaUID="0" Q', b'AreaUID="9" TypAreaUID="0" Q'),
    ("BID_TYPE_UNKNOWN", b'Type="1"', b'Type="7"'),
    ("BID_POSITION_BROKEN", b'Position="0;0;9;0;9;9"', b'Position="0;0;9;0"'),
    ("BID_POSITION_BROKEN", b'Position="0;0;9;0;9;9"', b'Position="0;0;9;0;9;9;1"'),
    ("BID_POSITION_BROKEN", b'Position="0;0;9;0;9;9"', b'Position="0;0;9;0;9;nan"'),
    ("BID_POSITION_BROKEN", b'Position="0;0;9;0;9;9"', b'Position="0;0;9;0;9;9;"'),
    ("BID_POSITION_BROKEN", b'Position="0;0;1;0"', b'Position="0;0;1;0;1;0"'),
    ("BID_NUMBER_BROKEN", b'Quantity="100"', b'Quantity="many"'),
    ("BID_TOTAL_DIFFERS", b'Quantity="100"', b'Quantity="100.01"'),
    ("BID_TOTAL_DIFFERS", b'IsNegativeQuantity="0"', b'IsNegativeQuantity="1"'),
    ("BID_AREA_CONDITION_MISSING", b'BidAreaUID="1"', b'BidAreaUID="0"'),
    ("OST_UNREADABLE", b"</Bid>", b"</Bit>"),
    ("OST_UNREADABLE", b'Name="Slab"', b'Name="&slab;"'),
    *[("BID_CONTAINER_MISSING", f"<{tag}/>".encode(), b"") for tag in (*OF_BID, *OF_PAGES, *AFTER_BID)
      if tag not in ("BidAreas", "BidConditions", "BidPages", "BidTakeoffs")],
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new"), CHANGES)
def test_a_problem_is_found(tmp_path: Path, sound: bytes, code: str, old: bytes, new: bytes) -> None:
    assert old in sound
    assert code in found(tmp_path, sound.replace(old, new, 1))


def test_what_is_no_problem(tmp_path: Path, sound: bytes) -> None:
    """Curves are groups of seven numbers; a genuine file may have more than we write."""
    curve = sound.replace(b'Position="0;0;1;0"', b'Position="0;0;1;0;5;5;1;0;0;1;0;5;5;1"', 1)
    more = curve.replace(b"<Employees/>\r\n", b'<Employees>\r\n<Employee UID="1"/>\r\n</Employees>\r\n<PayClasses/>\r\n', 1)
    assert found(tmp_path, more) == {}


def test_a_bid_without_a_bid(tmp_path: Path) -> None:
    assert found(tmp_path, b"<XML_ROOT>\r\n</XML_ROOT>\r\n") == {"BID_CONTAINER_MISSING": 5}


def test_a_bid_with_a_doctype_is_not_read(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "a.ost"
    path.write_bytes(b'<!DOCTYPE XML_ROOT [<!ENTITY a "b">]>' + sound)
    assert checked(path) == {"OST_DOCTYPE": 1}


def test_the_manual_has_every_code_of_bids() -> None:
    from exporter_ost.findings import OF_BID_FILES, OF_BID_RUNS

    page = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    _, _, told = page.partition("## The dialect `bid`")
    of_runs, _, of_files = told.partition("### What a check finds in a bid")
    for problems, part in ((OF_BID_RUNS, of_runs), (OF_BID_FILES, of_files)):
        rows = [
            f"| `{code}` | {problem.level} | {problem.message} ({problem.source}) |" for code, problem in problems.items()
        ]
        assert [line for line in part.splitlines() if re.match(r"\| `[A-Z_]+` \|", line)] == rows
