"""What stands in a report, read back from the file."""

import json
import re
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from exporter.errors import InputError

from .host import PAGE, PROJECT, WALL, exported, findings, host, line, polygon

_SLAB = {"condition_id": 2, "name": "Slab", "measurement_type": "area", "colour": "#00aa00"}


def pages(path: Path) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(path).pages]


def text(path: Path) -> str:
    return "\n".join(pages(path))


def titles(path: Path) -> list[Any]:
    """The bookmarks, those below others as lists."""

    def shown(outline: Any) -> list[Any]:
        return [shown(each) if isinstance(each, list) else each.title for each in outline]

    return shown(PdfReader(path).outline)


def drawn(path: Path) -> bytes:
    """The operators of all pages."""
    return b"\n".join(page.get_contents().get_data() for page in PdfReader(path).pages)  # type: ignore[union-attr]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717277400")
    return tmp_path / "report.pdf"


def test_the_head_says_who_when_and_how_much(tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, [line(10.5), polygon(20, condition_id=2)], conditions=[WALL, _SLAB]), out)
    first = pages(out)[0]
    for words in ("Library", "City of Oslo", "A new wing", "01 June 2024", "2 of 2 conditions", "10.50 LF", "20.00 SF"):
        assert words in first
    assert "Filters All measurements are included" in first


def test_totals_are_those_of_what_the_filters_leave(tmp_path: Path, out: Path) -> None:
    wall = {**WALL, "total_quantity": 999, "measurement_count": 7}
    result = exported(
        host(tmp_path, [line(10), line(5.25, is_verified=0)], conditions=[wall]), out, include_unverified=False
    )
    found = text(out)
    assert "10.00 LF" in found
    assert "15.25" not in found
    assert "999" not in found
    assert "Verified measurements only" in found
    assert findings(result)["UNVERIFIED"] == 1


def test_each_page_says_which_of_how_many_it_is(tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, [line(n) for n in range(1, 201)]), out)
    found = pages(out)
    assert len(found) > 5
    assert all(f"Page {place} of {len(found)}" in page for place, page in enumerate(found, 1))
    assert all(page.startswith("Library") for page in found)


def test_headers_stand_on_each_page_of_a_table_and_the_sum_at_its_end(tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, [line(n) for n in range(1, 201)]), out, plans=False)
    tables = list(pages(out)[1:])
    assert len(tables) > 3
    assert all("Geometry" in page and "Verified" in page for page in tables)
    assert "Total 20,100.00" in tables[-1]
    assert not any("20,100.00" in page for page in tables[1:-1])


def test_bookmarks_and_links_lead_to_the_conditions(tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, [line(1), polygon(2, condition_id=2)], conditions=[WALL, _SLAB]), out)
    assert titles(out) == ["Summary", "Conditions", ["Wall", "Slab"], "Plans", ["A-101 Plan"]]
    reader = PdfReader(out)
    links = [each.get_object()["/Dest"] for each in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert links == ["c000001", "c000002"]
    assert [reader.get_destination_page_number(reader.named_destinations[name]) for name in links] == [1, 1]


def test_names_that_are_markup_show_as_they_are(tmp_path: Path, out: Path) -> None:
    name = "</para><b>A & B</b> (x) \\ %%EOF endstream"
    exported(host(tmp_path, [line(1, notes="<br/>&amp;")], conditions=[{**WALL, "name": name}]), out)
    assert text(out).count(name) >= 3
    assert "<br/>&amp;" in text(out)
    assert name in titles(out)[2]


def test_nothing_is_shown_as_the_text_none(tmp_path: Path, out: Path) -> None:
    empty = {"page_id": 1, "page_number": None, "sheet_number": None, "width": None}
    project = {"project_id": 1, "name": None}
    nameless = {"condition_id": 1, "name": None, "unit": None, "scope": None, "depth": None}
    rows = [line(None, page_id=None, notes=None, is_verified=None), line(3)]
    exported(host(tmp_path, rows, conditions=[nameless], pages=[empty], projects=[project]), out)
    assert not re.search(r"\bNone\b|\bnull\b|\bnan\b", text(out))


def test_groups_order_the_summary_and_the_sections(tmp_path: Path, out: Path) -> None:
    areas = ["North", "South", "North", ""]
    walls = [{**WALL, "condition_id": n, "name": f"Wall {n}", "area": area} for n, area in enumerate(areas, 1)]
    exported(
        host(tmp_path, [line(n, condition_id=n) for n in range(1, 5)], conditions=walls), out, group_by="area", plans=False
    )
    assert titles(out)[1:3] == [
        "Conditions",
        ["North", ["Wall 1", "Wall 3"], "South", ["Wall 2"], "Without area", ["Wall 4"]],
    ]
    first, *sections = pages(out)
    assert first.index("Wall 3") < first.index("Wall 2") < first.index("Wall 4")
    assert "Total of North 4.00" in first
    found = "\n".join(sections)
    assert found.index("Wall 1") < found.index("Wall 3") < found.index("Wall 2") < found.index("Wall 4")


def test_sections_of_groups_flow_and_groups_have_headings(tmp_path: Path, out: Path) -> None:
    """Once each group began on a new page, and conditions without measurements had a sheet of their own."""
    walls = [{**WALL, "condition_id": n, "name": f"Wall {n}", "scope": "ba"[n % 2]} for n in range(1, 9)]
    rows = [line(n + 0.25 * m, condition_id=n) for n in range(1, 8) for m in range(3)]
    source = host(tmp_path, rows, conditions=walls)
    exported(source, out, plans=False)
    alike = len(pages(out))
    exported(source, out, group_by="scope", plans=False)
    found = pages(out)
    assert len(found) <= alike + 1
    sections = "\n".join(found[1:])
    for n in range(1, 8):  # measurements stand below their own condition
        own = sections[sections.index(f"\nWall {n}\n") :]
        assert own.index(f" {n}.00 LF") < own.index(f" {n}.50 LF") < own.index("Total")
    places = [sections.index(f"\n{name}\n") for name in ("a", "Wall 1", "Wall 7", "b", "Wall 2", "Wall 8")]
    assert places == sorted(places)
    assert "No measurements." in next(page for page in found if "\nWall 6\n" in page)


def test_the_heading_of_a_group_stays_with_its_first_section(tmp_path: Path, out: Path) -> None:
    for many in range(30, 46):  # wherever the page ends
        walls = [
            {**WALL, "condition_id": n, "name": f"Wall {n}", "scope": scope} for n, scope in ((1, "First"), (2, "Second"))
        ]
        rows = [line(1) for _ in range(many)] + [line(2, condition_id=2) for _ in range(3)]
        exported(host(tmp_path, rows, conditions=walls), out, group_by="scope", plans=False)
        assert any("\nSecond\nWall 2\n" in page and "Total 6.00" in page for page in pages(out))


def test_plans_come_after_all_groups(tmp_path: Path, out: Path) -> None:
    walls = [{**WALL, "condition_id": n, "name": f"Wall {n}", "scope": scope} for n, scope in enumerate(["b", "a"], 1)]
    exported(host(tmp_path, [line(1), line(2, condition_id=2)], conditions=walls), out, group_by="scope")
    assert titles(out) == ["Summary", "Conditions", ["b", ["Wall 1"], "a", ["Wall 2"]], "Plans", ["A-101 Plan"]]
    assert "A-101 Plan" in pages(out)[-1]
    assert "Category" not in pages(out)[0]
    assert "Scope" not in pages(out)[0]  # the groups say it


def test_conditions_that_begin_alike_are_told_apart(tmp_path: Path, out: Path) -> None:
    walls = [
        {**WALL, "condition_id": n, "name": f"{'Concrete wall, cast in place, level 1 to 4':<42}no. {n}"}
        for n in range(1, 301)
    ]
    exported(host(tmp_path, [line(1, condition_id=n) for n in range(1, 301)], conditions=walls), out)
    assert titles(out)[2] == [wall["name"] for wall in walls]
    assert "300 of 300 conditions" in text(out)
    assert "the 20 largest of 300" in text(out)


def test_several_projects_stand_in_the_title_and_beside_their_conditions(tmp_path: Path, out: Path) -> None:
    projects = [{**PROJECT, "project_id": n, "name": f"House {n}"} for n in range(1, 8)]
    walls = [{**WALL, "condition_id": n, "project_id": n} for n in range(1, 8)]
    exported(host(tmp_path, [line(1)], conditions=walls, projects=projects), out)
    assert "House 1, House 2, House 3, House 4, House 5 and 2 more" in text(out).replace("\n", " ")
    assert "Project" in pages(out)[0]
    assert "House 7" in pages(out)[0]


@pytest.mark.parametrize("rows", [{"pages": None}, {"pages": []}, {"projects": None}, {"projects": []}])
def test_a_source_without_pages_or_projects(rows: dict[str, Any], tmp_path: Path, out: Path) -> None:
    result = exported(host(tmp_path, [line(4.5)], **rows), out)
    assert "4.50" in text(out)
    assert ("Plans" in titles(out)) == ("projects" in rows)
    assert not result.report.errors()


def test_nothing_at_all(tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, conditions=[]), out)
    assert "There are no conditions in this takeoff." in text(out)
    exported(host(tmp_path), out)
    assert "No measurements." in text(out)
    assert "0.00" in text(out)


def test_geometry_that_cannot_be_drawn_is_counted_and_its_row_stays(tmp_path: Path, out: Path) -> None:
    wrong = [
        {"quantity": 1.01, "geometry_type": "line", "geometry": "{"},
        {"quantity": 1.02, "geometry_type": "polygon", "geometry": '{"points": []}'},
        {"quantity": 1.03, "geometry_type": "line", "geometry": None},
        {"quantity": 1.04, "geometry_type": "blob", "geometry": "{}"},
        line(1.05, (9000, 9000), (9100, 9000)),
        line(1.06, page_id=None),
        line(1.07, (0, 0), (1e200, 0)),
    ]
    found = findings(exported(host(tmp_path, wrong), out))
    assert {code: found[code] for code in found if code.startswith(("GEOMETRY", "PLAN"))} == {
        "GEOMETRY_TYPE_UNKNOWN": 1,
        "GEOMETRY_BROKEN": 2,
        "GEOMETRY_NOT_GIVEN": 1,
        "GEOMETRY_OUTSIDE": 2,
        "PLAN_NOT_SHOWN": 1,
    }
    assert all(f"1.0{n}" in text(out) for n in range(1, 8))
    assert "Plans" not in titles(out)


def test_what_no_plan_shows_is_named_so_that_it_is_found(tmp_path: Path, out: Path) -> None:
    """Once examples were names of sheets and conditions, the same one several times."""
    door = {"condition_id": 2, "name": "Doors", "measurement_type": "count"}
    wrong = [
        line(1),
        *({"quantity": 1, "geometry_type": "point", "geometry": None, "condition_id": 2} for _ in range(2)),
        *({"quantity": 1, "geometry_type": "line", "geometry": "{"} for _ in range(2)),
        *(line(1, (9000, 9000), (9100, 9000)) for _ in range(2)),
        *(line(1, page_id=None) for _ in range(7)),
    ]
    result = exported(host(tmp_path, wrong, conditions=[WALL, door]), out)
    named = {each.code: each.examples for each in result.report.findings if each.record == "measurement"}
    assert named["GEOMETRY_NOT_GIVEN"] == ["2", "3"]
    assert named["GEOMETRY_BROKEN"] == ["4", "5"]
    assert named["GEOMETRY_OUTSIDE"] == ["6", "7"]
    assert named["PLAN_NOT_SHOWN"] == ["8", "9", "10", "11", "12"]
    legend = pages(out)[-1]
    assert "2 EA (2 not drawn)" in legend
    assert "5.00 LF (4 not drawn)" in legend


def test_plans_show_each_kind_in_the_colour_of_its_condition(tmp_path: Path, out: Path) -> None:
    hole = [(200, 200), (300, 200), (300, 300)]
    circle = {"geometry_type": "circle", "geometry": json.dumps({"center": [500, 500], "radius": 50}), "quantity": 1}
    point = {"geometry_type": "point", "geometry": '{"x": 7, "y": 8}', "quantity": 1}
    exported(host(tmp_path, [line(1), line(-1), polygon(3, holes=[hole]), polygon(-3), circle, point]), out)
    operators = drawn(out).decode("latin-1")
    assert "1 0 0 RG 100.00 100.00 m 900.00 100.00 l S" in operators
    assert "200.00 200.00 m 300.00 200.00 l 300.00 300.00 l h B*" in operators
    assert "1 0 0 /Hatch scn 100.00 100.00 m" in operators  # deducted
    assert "7.00 8.00 m 7.00 8.00 l S" in operators
    assert "Hatched, dashed or square: deducted." in text(out)
    exported(host(tmp_path, [line(1)]), out, plans=False)
    assert "100.00 100.00 m" not in drawn(out).decode("latin-1")


def test_a_plan_has_the_proportions_of_its_page(tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, [line(1)]), out)
    (width, height) = re.findall(rb"([\d.]+) ([\d.]+) re W n", drawn(out))[0]
    assert float(width) / float(height) == pytest.approx(3600 / 2400, abs=1e-3)


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_plan_fills_a_page_that_is_turned_as_the_drawing_is(paper: str, tmp_path: Path, out: Path) -> None:
    """Once a drawing that is wider than high took less than half of a page."""
    sheets = [
        {"page_id": 1, "sheet_number": "A-1", "width": 3600, "height": 2400},
        {"page_id": 2, "sheet_number": "A-2", "width": 2400, "height": 3600},
        {"page_id": 3, "sheet_number": "A-3", "width": 5000, "height": 1000},
    ]
    many = [{**WALL, "condition_id": n, "name": f"Wall {n}"} for n in range(1, 301)]
    rows = [line(1, page_id=page) for page in (1, 2)] + [line(1, page_id=3, condition_id=n) for n in range(1, 301)]
    exported(host(tmp_path, rows, conditions=many, pages=sheets), out, page_size=paper)
    reader = PdfReader(out)
    found = [each for each in reader.pages if "re W n" in each.get_contents().get_data().decode("latin-1")]  # type: ignore[union-attr]
    assert len(found) == 3
    sizes = [(float(each.mediabox.width), float(each.mediabox.height)) for each in found]
    assert [width > height for width, height in sizes] == [True, False, True]
    assert {tuple(sorted(size)) for size in sizes} == {tuple(sorted(map(float, reader.pages[0].mediabox[2:])))}
    for each, size in zip(found[:2], sizes, strict=False):
        plan = re.search(r"([\d.]+) ([\d.]+) re W n", each.get_contents().get_data().decode("latin-1"))  # type: ignore[union-attr]
        assert plan is not None
        assert float(plan[1]) * float(plan[2]) > 0.55 * size[0] * size[1]
    places = [reader.get_destination_page_number(reader.named_destinations[f"p{n:06}"]) for n in range(3)]
    assert [reader.pages[place].mediabox for place in places] == [each.mediabox for each in found]
    assert all(f"Page {n} of {len(reader.pages)}" in each for n, each in enumerate(pages(out), 1))
    legend = "".join(pages(out)[places[2] :])
    assert all(f"Wall {n} " in legend for n in range(1, 301))


def test_numbers_are_shown_to_their_last_digit(tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, [line(2**60), line(0.125), line(-0.001), line("nonsense"), line(1e299)]), out, decimals=2)
    found = text(out).replace("\n", "")
    assert "1,152,921,504,606,846,976.00" in found
    assert "0.12" in found
    assert "-0.00" not in found
    assert "1.000000e+299" in found
    exported(host(tmp_path, [line(0.125)]), out, decimals=4)
    assert "0.1250" in text(out)


def test_pieces_have_no_decimals(tmp_path: Path, out: Path) -> None:
    door = {"condition_id": 1, "name": "Door", "measurement_type": "count"}
    exported(host(tmp_path, [{"quantity": 3, "geometry_type": "point"}], conditions=[door]), out)
    assert "3 EA" in text(out)
    assert "3.00" not in text(out)


def test_a_text_of_any_length_is_shown_to_its_end(tmp_path: Path, out: Path) -> None:
    words = " ".join(f"w{n}" for n in range(8000))
    exported(host(tmp_path, [line(1, notes=words), line(2, notes="x" * 40_000)]), out)
    found = text(out)
    assert set(words.split()) <= set(found.split())
    assert found.count("x") >= 40_000


def test_what_no_file_may_hold_is_replaced_and_counted(tmp_path: Path, out: Path) -> None:
    result = exported(host(tmp_path, [line(1, notes="a\x00b\x1bc"), line(2, notes="ok")]), out)
    assert findings(result)["CONTROL_CHARACTERS_REPLACED"] == 2
    assert "a b c" in text(out)


def test_costs_add_up(tmp_path: Path, out: Path) -> None:
    costs = {"material_unit_cost": 2, "labour_unit_cost": 3, "markup_percent": 10}
    source = host(
        tmp_path, [line(10), polygon(1, condition_id=2)], conditions=[{**WALL, **costs}, {**_SLAB, "unit_cost": 4}]
    )
    exported(source, out)
    found = text(out)
    assert all(words in found for words in ("Material", "Labour", "20.00", "30.00", "Markup", "55.00", "59.00"))
    assert "Equipment" not in found
    assert "Costs" in titles(out)
    exported(source, out, include_costs=False)
    assert "59.00" not in text(out)
    assert "Costs" not in titles(out)


def test_cost_is_without_markup_and_says_so_where_it_is_with(tmp_path: Path, out: Path) -> None:
    """Once "Cost" was with markup here, and without in workbooks and CSV."""
    source = host(tmp_path, [line(10)], conditions=[{**WALL, "unit_cost": 2, "markup_percent": 10}])
    exported(source, out)
    found = re.sub(" +", " ", text(out))
    assert "Cost 20.00\n" in re.sub(" *\n", "\n", found)
    assert re.search(r"Cost with markup\s+22\.00", found)
    assert "Unit cost: 2.00 · Cost: 20.00 · Cost with markup: 22.00" in found
    assert re.search(r"Unit cost Cost Markup cost Cost\s+with\s+markup", found)
    exported(host(tmp_path, [line(10)], conditions=[{**WALL, "unit_cost": 2}]), out)
    assert "arkup" not in text(out)


def test_a_currency_is_named_where_costs_stand(tmp_path: Path, out: Path) -> None:
    wall = {**WALL, "unit_cost": 2, "markup_percent": 10}
    source = host(tmp_path, [line(10), line(5, condition_id=2)], conditions=[wall, {**_SLAB, "unit": "LF"}])
    exported(source, out, currency=" EUR ")
    found = " ".join(text(out).split())
    assert "Cost 20.00 EUR" in found
    assert "Cost with markup 22.00 EUR" in found
    assert "Unit cost: 2.00 EUR · Cost: 20.00 EUR · Cost with markup: 22.00 EUR" in found
    assert "Count Cost (EUR) " in found
    assert found.count("(EUR)") == 2 + 4
    exported(source, out)
    assert "()" not in text(out)


def test_a_summary_alone_has_no_sections_and_no_plans(tmp_path: Path, out: Path) -> None:
    wall = {**WALL, "unit_cost": 2}
    source = host(tmp_path, [line(10), line(5, condition_id=2)], conditions=[wall, {**_SLAB, "unit": "LF"}])
    exported(source, out)
    first = pages(out)[0]
    result = exported(source, out, summary_only=True)
    assert [each.replace("of 1", "of 3") for each in pages(out)] == [first]
    assert titles(out) == ["Summary", "Costs"]
    assert "/Annots" not in PdfReader(out).pages[0]
    assert result.report.records["measurement"].written == 2


_DEAR = {
    **{f"{kind}_unit_cost": 1_234_567.5 for kind in ("material", "labour", "equipment", "subcontract", "other")},
    "markup_percent": 10,
}


def test_amounts_of_many_kinds_of_costs_are_not_broken(tmp_path: Path, out: Path) -> None:
    """Once a total in millions stood on two lines, since names took the room."""
    exported(host(tmp_path, [line(1)], conditions=[{**WALL, "name": "Wall of " * 20, **_DEAR}]), out)
    costs = text(out).partition("Unit cost Material")[2]
    assert "6,790,121.25" in next(each for each in costs.splitlines() if each.startswith("Total "))


def test_each_unit_has_its_own_cost_and_all_have_a_row_of_theirs(tmp_path: Path, out: Path) -> None:
    """Once the cost of all stood beside the quantity of the first unit."""
    slabs = [{**_SLAB, "unit_cost": 4}, {**_SLAB, "condition_id": 3, "name": "Door", "measurement_type": "count"}]
    rows = [line(10), polygon(1, condition_id=2), {"quantity": 2, "condition_id": 3, "geometry_type": "point"}]
    exported(host(tmp_path, rows, conditions=[{**WALL, "unit_cost": 5.5}, *slabs]), out)
    first = pages(out)[0]
    assert "Total 10.00 LF 1 55.00\n 1.00 SF 1 4.00\n 2 EA 1\nTotal, all units 3 59.00" in re.sub(r" *\n", "\n", first)


def test_kinds_of_costs_that_a_group_does_not_have_are_blank_in_its_sum(tmp_path: Path, out: Path) -> None:
    walls = [
        {**WALL, "scope": "a", "material_unit_cost": 2},
        {**WALL, "condition_id": 2, "scope": "b", "labour_unit_cost": 3},
    ]
    exported(host(tmp_path, [line(1), line(1, condition_id=2)], conditions=walls), out, group_by="scope")
    costs = re.sub(" +", " ", text(out).partition("Unit cost Material Labour")[2])
    assert "Total of a 2.00 2.00" in costs
    assert "Total of b 3.00 3.00" in costs


def test_texts_of_the_summary_stand_before_its_numbers(tmp_path: Path, out: Path) -> None:
    """Once categories stood close behind the costs that end at the right."""
    wall = {**WALL, "category": "Walls", "scope": "Framing", "unit_cost": 1}
    exported(host(tmp_path, [line(1)], conditions=[wall]), out)
    assert "Condition Type Category Scope Quantity Unit Count Cost" in text(out)


def test_lines_of_facts_end_in_facts(tmp_path: Path, out: Path) -> None:
    """Once a dot that parts facts stood at the end of a line."""
    wall = {**WALL, "depth": 6, "scope": "S" * 40, "category": "C" * 40, "building": "B" * 40, "unit_cost": 1}
    exported(host(tmp_path, [line(1)], conditions=[wall]), out)
    found = [each.strip() for each in text(out).splitlines() if "·" in each or each.startswith("Building: ")]
    assert len(found) > 1
    assert not [each for each in found if each.startswith("·") or each.endswith("·")]


@pytest.mark.parametrize(
    ("scale", "shown"), [("Not to scale", "Not to scale"), ("1:50", "Scale 1:50"), ("1/4\" = 1'", "Scale 1/4\" = 1'")]
)
def test_a_page_without_a_scale_says_so_in_plain_words(scale: str, shown: str, tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, [line(1)], pages=[{**PAGE, "scale_text": scale}]), out)
    assert f"Page 1 {shown}" in re.sub(" +", " ", pages(out)[-1])


def test_bars_say_their_unit_on_each_page_and_names_that_end_alike_differ(tmp_path: Path, out: Path) -> None:
    names = [f"Interior latex paint, two coats on primer: {end}" for end in ("walls", "ceilings")]
    names += [f"Room {n}" for n in range(17)]
    walls = [{**WALL, "condition_id": n, "name": name} for n, name in enumerate(names, 1)]
    exported(host(tmp_path, [line(1, condition_id=n) for n in range(1, 20)], conditions=walls), out, decimals=0)
    first, second, *_ = pages(out)
    assert second.index("LF, continued") < second.index("Room 16")
    bars = first[first.index("Quantities by condition") :]
    assert all(f"{name} 1" in bars for name in names[:2])


@pytest.mark.parametrize(
    ("page", "width"),
    [({"scale": 12, "scale_unit": "ft"}, 612), ({"scale": 12}, 612), ({"scale": 12, "scale_unit": "m"}, 595), ({}, 595)],
)
def test_the_paper_is_that_of_the_drawings(page: dict[str, Any], width: int, tmp_path: Path, out: Path) -> None:
    exported(host(tmp_path, [line(1)], pages=[{**PAGE, **page}]), out)
    assert int(PdfReader(out).pages[0].mediabox.width) == width


def test_filters_are_told(tmp_path: Path, out: Path) -> None:
    walls = [{**WALL, "scope": "Masonry"}, {**_SLAB, "scope": "Concrete"}]
    exported(host(tmp_path, [line(1)], conditions=walls), out, filters={"scopes": ["Masonry"]})
    assert "Scopes: Masonry" in pages(out)[0]
    assert "Slab" not in text(out)


def test_a_logo_or_font_that_is_none_is_refused_before_anything_is_read(tmp_path: Path, out: Path) -> None:
    wrong = tmp_path / "wrong.png"
    wrong.write_bytes(b"\x89PNG\r\n\x1a\n no picture")
    for option, value in (
        ("logo", wrong),
        ("logo", tmp_path / "none.png"),
        ("font", [wrong]),
        ("font", [tmp_path / "none.ttf"]),
    ):
        with pytest.raises(InputError, match=r"wrong\.png|none"):
            exported(host(tmp_path, [line(1)]), out, **{option: value})
    assert not out.exists()


def test_memory_does_not_grow_with_measurements(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.joined.SEGMENT", 250)
    peaks = []
    for count in (300, 300, 2400):
        source = host(tmp_path, [line(1.5, notes=f"note {n}") for n in range(count)])
        tracemalloc.start()
        exported(source, out)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < 600_000  # most of it are the drawing operators that wait to be written
