"""Each problem of a file is found, and a sound file of anybody has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import xmlschema

import exporter
from exporter_ost.prolog import root_of

from .host import PAGE, checked, exported, host

SCHEMA = Path(__file__).parents[1] / "src" / "exporter_ost" / "takeoff-1.0.xsd"
# As the system writes it that the dialect comes from: without all that is optional here.
PUBLIC = """<?xml version='1.0' encoding='utf-8'?>
<OSTProject version="1.0" name="House">
  <ProjectInfo>
    <Name>House</Name>
    <Description>Two storeys</Description>
    <Client>Ada</Client>
  </ProjectInfo>
  <Conditions>
    <Condition id="c1">
      <Name>Slab</Name>
      <Type>area</Type>
      <Unit>SF</Unit>
      <Color>#3B82F6</Color>
      <Description>4 inches</Description>
      <TotalQuantity>150.75</TotalQuantity>
      <TakeoffItems>
        <TakeoffItem id="m1">
          <PageNumber>1</PageNumber>
          <SheetNumber>A-101</SheetNumber>
          <GeometryType>polygon</GeometryType>
          <Quantity>100.5</Quantity>
          <Unit>SF</Unit>
          <Geometry>
            <Points>
              <Point><X>0</X><Y>0</Y></Point>
              <Point><X>10.05</X><Y>0</Y></Point>
              <Point><X>10.05</X><Y>10</Y></Point>
            </Points>
          </Geometry>
        </TakeoffItem>
        <TakeoffItem id="m2">
          <GeometryType>circle</GeometryType>
          <Quantity>50.25</Quantity>
          <Unit>SF</Unit>
          <Geometry><CenterX>5</CenterX><CenterY>5</CenterY><Radius>4</Radius></Geometry>
        </TakeoffItem>
      </TakeoffItems>
    </Condition>
    <Condition id="c2">
      <Name>Doors</Name><Type>count</Type><Unit>EA</Unit><Color>#3B82F6</Color><TotalQuantity>0</TotalQuantity><TakeoffItems/>
    </Condition>
  </Conditions>
</OSTProject>
"""


def found(folder: Path, text: str | bytes) -> dict[str, int]:
    path = folder / "a.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    codes = checked(path)
    codes.pop("CONDITION_EMPTY", None)
    return codes


def test_a_file_of_the_public_system_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(PUBLIC, encoding="utf-8")
    assert [(f.level, f.code, f.examples) for f in exporter.check(path)] == [("info", "CONDITION_EMPTY", ["c2"])]
    assert found(tmp_path, PUBLIC.replace("utf-8", "utf-16", 1).encode("utf-16")) == {}
    assert found(tmp_path, "\ufeff" + PUBLIC) == {}


def test_another_validator_agrees(tmp_path: Path) -> None:
    schema = xmlschema.XMLSchema(SCHEMA)
    rows = [
        {"geometry_type": "line", "geometry": '{"start": [0, 1], "end": [2, 3]}'},
        {"geometry_type": "rectangle", "geometry": '{"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 5}'},
        {"geometry": '{"points": [[0, 0], [9, 0], [9, 9]], "holes": [[[1, 1], [2, 1], [2, 2]]]}', "notes": "x"},
    ]
    exported(host(tmp_path, rows, pages=[{**PAGE, "width": 10, "scale_text": "1:50"}]), tmp_path)
    for path in (PUBLIC, str(tmp_path / "out.xml")):
        assert [str(error) for error in schema.iter_errors(path)] == []
    assert not schema.is_valid(PUBLIC.replace("<Unit>SF</Unit>", "", 1))


CHANGES = [
    ("SCHEMA", "<Quantity>100.5</Quantity>", "<Quantity>INF</Quantity>"),
    ("SCHEMA", "<Quantity>100.5</Quantity>", "<Quantity>many</Quantity>"),
    ("SCHEMA", "<Quantity>100.5</Quantity>", ""),
    ("SCHEMA", "#3B82F6", "blue"),
    ("SCHEMA", ' id="m1"', ""),
    ("SCHEMA", ' version="1.0" n', ' version="2.0" n'),
    ("SCHEMA", "<Conditions>", "<Conditions><Room/>"),
    ("SCHEMA", "<TotalQuantity>150.75</TotalQuantity>", "<TotalQuantity/>"),
    ("OST_ROOT", "<OSTProject ", '<OSTProject xmlns="urn:else" '),
    ("ID_DUPLICATE", 'id="c2"', 'id="c1"'),
    ("ITEM_ID_DUPLICATE", 'id="m2"', 'id="m1"'),
    ("NAME_MISSING", "<Name>Slab</Name>", "<Name> </Name>"),
    ("TYPE_UNKNOWN", "<Type>area</Type>", "<Type>surface</Type>"),
    ("UNIT_MISSING", "<Unit>EA</Unit>", "<Unit/>"),
    ("UNIT_DIFFERS", "<Quantity>50.25</Quantity>\n          <Unit>SF", "<Quantity>50.25</Quantity>\n          <Unit>SY"),
    ("TOTAL_DIFFERS", "150.75", "150.7500002"),
    ("COUNT_DIFFERS", "</TotalQuantity>", "</TotalQuantity><MeasurementCount>3</MeasurementCount>"),
    ("GEOMETRY_TYPE_UNKNOWN", "circle", "arc"),
    ("GEOMETRY_BROKEN", "circle", "point"),
    ("GEOMETRY_BROKEN", "<Point><X>0</X><Y>0</Y></Point>", ""),
    ("GEOMETRY_MISSING", "<Geometry><CenterX>5</CenterX><CenterY>5</CenterY><Radius>4</Radius></Geometry>", "<Geometry/>"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new"), CHANGES)
def test_a_problem_is_found(tmp_path: Path, code: str, old: str, new: str) -> None:
    assert old in PUBLIC
    assert code in found(tmp_path, PUBLIC.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"), [("150.75", "150.75000001"), ("<Unit>SF</Unit>", "<Unit>sq. ft</Unit>"), ("circle", "circle")]
)
def test_what_is_no_problem(tmp_path: Path, old: str, new: str) -> None:
    assert found(tmp_path, PUBLIC.replace(old, new)) == {}


BOMB = '<!DOCTYPE OSTProject [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("OST_UNREADABLE", ""),
        ("OST_UNREADABLE", "Name,Unit\nSlab,SF\n"),
        ("OST_UNREADABLE", PUBLIC[:-40]),
        ("OST_UNREADABLE", PUBLIC.replace("</Name>", "</Nam>", 1)),
        ("OST_UNREADABLE", PUBLIC.replace("Slab", "&slab;")),
        ("OST_DOCTYPE", BOMB + PUBLIC[PUBLIC.index("<OST") :]),
        (
            "OST_DOCTYPE",
            '<!-- > --><?a ?>\n<!DOCTYPE OSTProject SYSTEM "file:///etc/passwd">' + PUBLIC[PUBLIC.index("<OST") :],
        ),
        ("OST_ROOT", "<Project/>"),
    ],
)
def test_what_is_not_read(tmp_path: Path, code: str, text: str) -> None:
    assert code in found(tmp_path, text)


def test_a_file_is_recognised_by_its_root(tmp_path: Path) -> None:
    path = tmp_path / "takeoff.xml"
    for text, root in (
        (PUBLIC, "OSTProject"),
        ("<a:b/>", "a:b"),
        ("text", ""),
        (BOMB, "!DOCTYPE"),
        ("<!-- <OSTProject> -->", ""),
    ):
        path.write_text(text, encoding="utf-8")
        assert root_of(path) == root
    assert [f.code for f in exporter.check(path)] == ["OST_UNREADABLE"]
    assert root_of(tmp_path) == ""


def test_ids_are_counted_letter_by_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What two identifiers have in common by chance is looked up."""
    import exporter_ost.identifiers as module

    monkeypatch.setattr(module, "hash", lambda text: 7, raising=False)
    assert found(tmp_path, PUBLIC) == {}
    assert found(tmp_path, PUBLIC.replace('id="m2"', 'id="m1"')) == {"ITEM_ID_DUPLICATE": 1}


def test_the_manual_has_every_code_and_element() -> None:
    from exporter_ost.findings import OF_FILES, OF_RUNS

    page = (SCHEMA.parents[2] / "README.md").read_text(encoding="utf-8")
    _, _, told = page.partition("## The dialect `bid`")[0].partition("## What a run finds")
    of_runs, _, of_files = told.partition("## What a check finds")
    for problems, part in ((OF_RUNS, of_runs), (OF_FILES, of_files)):
        rows = [
            f"| `{code}` | {problem.level} | {problem.message} ({problem.source}) |" for code, problem in problems.items()
        ]
        assert [line for line in part.splitlines() if line.startswith("| `")] == rows
    elements = re.findall(r'<xs:element (?:name|ref)="(\w+)"', SCHEMA.read_text(encoding="utf-8"))
    assert [name for name in elements if f"`{name}`" not in page] == []
