"""Each feature of the workbook, read back with openpyxl and python-calamine."""

from __future__ import annotations

import datetime as dt
import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from exporter.errors import InputError
from exporter.testing import sample_source

from .takeoffs import PAGE, PROJECT, exported, found, host, made, workbook

CONDITIONS: list[dict[str, Any]] = [
    {"name": "Partition", "colour": "#ff0000", "material_unit_cost": 2.5, "labour_unit_cost": 1.5, "markup_percent": 10},
    {"name": "Base", "measurement_type": "linear", "unit": "LF", "category": "Trim", "unit_cost": 3},
    {"name": "Door", "measurement_type": "count", "unit": "EA", "category": "Trim"},
    {"name": "Empty", "category": ""},
]
MEASUREMENTS: list[dict[str, Any]] = [
    {"quantity": 10.125},
    {"quantity": -2.5, "is_verified": 0, "is_ai_generated": 1, "notes": "Opening\nto deduct"},
    {"condition_id": "c2", "quantity": 7.0, "page_id": None, "unit": "LF"},
    {"condition_id": "c3", "quantity": 1.0, "geometry_type": "point", "pixel_length": 0.0, "pixel_area": 12.5},
    {"condition_id": "c3", "quantity": 1.0, "geometry_type": "point"},
]


@pytest.fixture
def house(tmp_path: Path) -> Workbook:
    return made(host(tmp_path, CONDITIONS, MEASUREMENTS), tmp_path)


def rows(sheet: Worksheet) -> Iterator[dict[str, Any]]:
    """What stands below the headers, by header."""
    header = int(str(sheet.freeze_panes).lstrip("ABC")) - 1
    names = [cell.value for cell in sheet[header]]
    for row in sheet.iter_rows(min_row=header + 1, values_only=True):
        yield dict(zip(names, row, strict=True))


def cell(sheet: Worksheet, header: str, label: str, at: int = 2) -> Any:
    """The cell of a column in the row that has a label in another."""
    line = int(str(sheet.freeze_panes).lstrip("ABC")) - 1
    column = next(c.column for c in sheet[line] if c.value == header)
    row = next(r for r in range(line + 1, sheet.max_row + 1) if sheet.cell(r, at).value == label)
    return sheet.cell(row, column)


def test_the_order_of_sheets(house: Workbook) -> None:
    about = ["Summary", "By Category", "By Page", "Cost Summary", "Charts"]
    assert house.sheetnames == [*about, "Partition", "Base", "Door", "Empty"]
    assert house.active is house["Summary"]


def test_what_is_said_above_the_summary(house: Workbook) -> None:
    sheet = house["Summary"]
    said = {sheet.cell(r, 1).value: sheet.cell(r, 2).value for r in range(2, 6)}
    assert sheet["A1"].value == "Quantity takeoff"
    assert said["Project"] == "Harbour House"
    assert said["Client"] == "Nansen & Sons"
    assert said["Filters"] == "All measurements are included"
    assert said["Date"] == dt.datetime(2024, 6, 1)
    assert {"A1:L1", "B2:L2"} <= {str(each) for each in sheet.merged_cells.ranges}


def test_filters_are_told_in_words(tmp_path: Path) -> None:
    source = host(tmp_path, CONDITIONS, MEASUREMENTS)
    sheet = made(source, tmp_path, filters={"categories": ["Walls"]}, include_unverified=False)["Summary"]
    assert sheet["B5"].value == "Categories: Walls; Verified measurements only"


def test_totals_are_those_of_filtered_measurements(tmp_path: Path) -> None:
    conditions = [{**CONDITIONS[0], "total_quantity": 7.625, "measurement_count": 2}]
    source = host(tmp_path, conditions, MEASUREMENTS[:2])
    exported(source, tmp_path, filters={"verified": True})
    sheet = workbook(tmp_path, values=True)["Summary"]
    assert (cell(sheet, "Quantity", "Partition").value, cell(sheet, "Measurements", "Partition").value) == (10.125, 1)


def test_totals_are_formulas_that_refer_to_the_sheets(house: Workbook) -> None:
    sheet, below = house["Summary"], house["Partition"]
    assert cell(sheet, "Quantity", "Partition").value == "='Partition'!E6"
    assert cell(sheet, "Measurements", "Partition").value == "='Partition'!E7"
    assert [below["E6"].value, below["E7"].value, below["A6"].value] == ["=SUM(E4:E5)", "=ROWS(E4:E5)", "Total"]


def test_numbers_keep_their_digits_and_show_two(house: Workbook, tmp_path: Path) -> None:
    amount = house["Partition"]["E4"]
    assert (amount.value, amount.number_format) == (10.125, "#,##0.00;[Red]-#,##0.00")
    assert (
        made(host(tmp_path, CONDITIONS, MEASUREMENTS), tmp_path, decimals=0)["Partition"]["E4"].number_format
        == "#,##0;[Red]-#,##0"
    )
    assert workbook(tmp_path)["Partition"]["E4"].value == 10.125


def test_whole_pieces_are_shown_without_decimals(house: Workbook) -> None:
    assert house["Door"]["E4"].number_format == "#,##0;[Red]-#,##0"
    assert cell(house["Summary"], "Quantity", "Door").number_format == "#,##0;[Red]-#,##0"


def test_what_stands_in_a_row(house: Workbook) -> None:
    of = list(rows(house["Partition"]))[1]
    assert {**of, "ID": None} == {
        "Page": 1,
        "Sheet #": "A-101",
        "Sheet title": "Ground floor",
        "Geometry": "polygon",
        "Quantity": -2.5,
        "Unit": "SF",
        "Verified": "No",
        "AI": "Yes",
        "Notes": "Opening\nto deduct",
        "Length (px)": None,
        "Area (px)": None,
        "ID": None,
    }


def test_a_null_page_is_an_empty_cell(house: Workbook) -> None:
    assert next(rows(house["Base"]))["Page"] is None
    assert next(r for r in rows(house["By Page"]) if r["Condition"] == "Base")["Page"] == "(no page)"
    for sheet in house.worksheets:
        assert not any(value == "None" for row in sheet.iter_rows(values_only=True) for value in row)


def test_swatches_tabs_and_links(house: Workbook) -> None:
    sheet = house["Summary"]
    assert cell(sheet, "Colour", "Partition").fill.fgColor.rgb == "FFFF0000"
    assert house["Partition"].sheet_properties.tabColor.rgb == "FFFF0000"
    there, back = cell(sheet, "Condition", "Partition").hyperlink, house["Partition"]["A2"].hyperlink
    assert (there.location, back.location) == ("'Partition'!A1", "'Summary'!A1")


def test_headers_stay_in_sight_and_filter(house: Workbook) -> None:
    for name, frozen, filtered in (("Summary", "C7", "A6:L10"), ("Partition", "A4", "A3:L5"), ("By Page", "A3", "A2:G5")):
        assert (house[name].freeze_panes, house[name].auto_filter.ref) == (frozen, filtered)


def test_print_set_up(house: Workbook) -> None:
    for name, repeated in (("Summary", "$6:$6"), ("Partition", "$3:$3"), ("Cost Summary", "$2:$2")):
        sheet = house[name]
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
            "landscape",
            1,
            0,
        )
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == repeated
        assert sheet.oddFooter.right.text == "Page &P of &N"


def test_columns_are_as_wide_as_what_they_hold(tmp_path: Path) -> None:
    pages = [{**PAGE, "sheet_title": "Reflected ceiling plan of the whole second floor"}]
    widths = made(host(tmp_path, CONDITIONS, MEASUREMENTS, pages=pages), tmp_path)["Partition"].column_dimensions
    assert widths["C"].width > 45 > widths["F"].width > 5
    long = made(host(tmp_path, [{"name": "n" * 500}], [{"quantity": 1}]), tmp_path)["Summary"].column_dimensions
    assert long["B"].width == 60


def test_costs(house: Workbook, tmp_path: Path) -> None:
    values = workbook(tmp_path, values=True)
    sheet = values["Summary"]
    assert [cell(sheet, h, "Partition").value for h in ("Unit cost", "Cost", "Markup")] == [4.0, 30.5, 0.1]
    assert cell(sheet, "Cost with markup", "Partition").value == pytest.approx(33.55, rel=1e-12)
    assert cell(sheet, "Cost", "Door").value is None
    costs = values["Cost Summary"]
    assert cell(costs, "Material", "Partition", 1).value == 7.625 * 2.5
    assert cell(costs, "Not broken down", "Base", 1).value == 21.0
    assert cell(costs, "Cost with markup", "Total", 1).value == pytest.approx(54.55, rel=1e-12)
    assert cell(house["Cost Summary"], "Unit cost", "Partition", 1).value == "=SUM(D3:E3)"
    assert cell(house["Cost Summary"], "Unit cost", "Base", 1).value == 3


def test_without_costs_nothing_speaks_of_them(tmp_path: Path) -> None:
    book = made(host(tmp_path, CONDITIONS, MEASUREMENTS), tmp_path, include_costs=False)
    assert "Cost Summary" not in book.sheetnames
    assert "Cost" not in [c.value for c in book["Summary"][6]]


def test_quantities_are_added_by_unit(house: Workbook, tmp_path: Path) -> None:
    values = workbook(tmp_path, values=True)["Summary"]
    sums = {values.cell(r, 4).value: values.cell(r, 5).value for r in range(11, 15) if values.cell(r, 2).value == "Total"}
    assert sums == {"SF": 7.625, "LF": 7.0, "EA": 2.0}
    assert house["Summary"]["E11"].value == "=SUMPRODUCT(EXACT($D$7:$D$10,$D11)*1,E$7:E$10)"
    assert (values["B14"].value, values["E14"].value, values["F14"].value) == ("Total of all", None, 5)


def test_groups_have_headers_and_totals(tmp_path: Path) -> None:
    sheet = made(host(tmp_path, CONDITIONS, MEASUREMENTS), tmp_path, group_by="category")["Summary"]
    labels = [sheet.cell(r, 2).value for r in range(7, sheet.max_row + 1)]
    assert labels == [
        *("Walls", "Partition", "Total Walls (SF)"),
        *("Trim", "Base", "Door", "Total Trim, LF", "Total Trim, EA", "Total Trim"),
        *("Without category", "Empty", "Total Without category (SF)", "Total", "Total", "Total", "Total of all"),
    ]
    assert [sheet["E9"].value, sheet["E13"].value, sheet["E15"].value] == ["=SUM(E8:E8)", "=SUM(E11:E11)", None]
    assert sheet.row_dimensions[8].outlineLevel == 1


def test_a_group_that_the_source_lacks_is_refused(tmp_path: Path) -> None:
    source = host(tmp_path, CONDITIONS, MEASUREMENTS)
    with pytest.raises(InputError, match=r"'group_by' is 'elevation'.*not provide"):
        exported(source, tmp_path, group_by="elevation")


def test_empty_conditions_may_be_hidden(tmp_path: Path) -> None:
    result = exported(host(tmp_path, CONDITIONS, MEASUREMENTS), tmp_path, hide_empty=True)
    assert "Empty" not in workbook(tmp_path).sheetnames
    assert found(result)["CONDITION_EMPTY"] == 1


def test_by_category_adds_up_each_unit(house: Workbook, tmp_path: Path) -> None:
    values = [row[:5] for row in workbook(tmp_path, values=True)["By Category"].iter_rows(min_row=3, values_only=True)]
    assert values[2:6] == [
        ("Trim", "Base", "LF", 7, 1),
        ("Total Trim", None, "LF", 7, 1),
        ("Trim", "Door", "EA", 2, 2),
        ("Total Trim", None, "EA", 2, 2),
    ]
    assert house["By Category"]["D3"].value == "='Summary'!E7"


def test_by_page_adds_up_each_unit(house: Workbook, tmp_path: Path) -> None:
    values = list(rows(workbook(tmp_path, values=True)["By Page"]))
    assert [(r["Sheet #"], r["Condition"], r["Quantity"], r["Measurements"]) for r in values[:3]] == [
        ("A-101", "Partition", 7.625, 2),
        ("A-101", "Door", 2, 2),
        (None, "Base", 7, 1),
    ]
    assert [(r["Page"], r["Unit"], r["Quantity"]) for r in values[3:]] == [
        ("Total", "SF", 7.625),
        ("Total", "EA", 2),
        ("Total", "LF", 7),
    ]


def test_charts_show_the_largest_quantities_beside_their_cells(tmp_path: Path) -> None:
    many = [{"name": f"Wall {n}", "colour": "#00ff00"} for n in range(1, 21)]
    source = host(tmp_path, many, [{"condition_id": f"c{n}", "quantity": n} for n in range(1, 21)])
    sheet = made(source, tmp_path)["Charts"]
    assert sheet["A3"].value == "Quantities in SF (15 largest of 20 conditions)"
    assert [sheet["A5"].value, sheet["B5"].value, sheet["A19"].value] == ["Wall 20", "='Summary'!E26", "Wall 6"]
    (chart,) = sheet._charts
    assert chart.anchor._from.col >= 3, "It hides what it shows."
    series = chart.series[0]
    assert (series.cat.strRef.f, series.val.numRef.f) == ("'Charts'!$A$5:$A$19", "'Charts'!$B$5:$B$19")
    assert [float(point.v) for point in series.val.numRef.numCache.pt] == [float(n) for n in range(20, 5, -1)]
    assert series.dPt[0].spPr.solidFill.srgbClr == "00FF00"


def test_several_projects_and_one_of_them(tmp_path: Path) -> None:
    projects = [PROJECT, {"project_id": "p2", "name": "Boat house"}]
    conditions = [CONDITIONS[0], {"name": "Slip", "project_id": "p2"}]
    book = made(host(tmp_path, conditions, MEASUREMENTS[:2], projects=projects), tmp_path)
    assert book["Summary"]["B2"].value == "Harbour House, Boat house"
    assert [r["Project"] for r in rows(book["Summary"])][:2] == ["Harbour House", "Boat house"]
    assert "Project: Boat house" in book["Slip"]["C2"].value


def test_no_project_no_pages_no_measurements(tmp_path: Path) -> None:
    book = made(host(tmp_path, [{"name": "Wall"}], [], projects=(), pages=None), tmp_path)
    assert book.sheetnames == ["Summary", "By Category", "Wall"]
    assert [c.value for c in book["Wall"]["A"]][-2:] == ["Total", "Measurements"]


def test_no_conditions_at_all(tmp_path: Path) -> None:
    exported(sample_source("takeoff", rows=0), tmp_path)
    book = workbook(tmp_path)
    assert book.sheetnames == ["Summary"]
    assert "There are no conditions in this takeoff." in [c.value for c in book["Summary"]["B"]]


def test_properties_have_no_clock_but_the_run_s(house: Workbook) -> None:
    assert house.properties.title == "Quantity takeoff, Harbour House"
    assert house.properties.created == dt.datetime(2024, 6, 1, 23, 30)


def test_both_readers_see_the_same_cells(tmp_path: Path) -> None:
    exported("sample:house", tmp_path)
    ours, theirs = workbook(tmp_path, values=True), CalamineWorkbook.from_path(tmp_path / "out.xlsx")
    assert ours.sheetnames == theirs.sheet_names
    compared = 0
    for sheet in ours.worksheets:
        seen = theirs.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        for row, values in enumerate(sheet.iter_rows(values_only=True)):
            for column, value in enumerate(values):
                other = seen[row][column] if row < len(seen) and column < len(seen[row]) else ""
                assert other == _plain(value) or (value is None and other == ""), (sheet.title, row, column)
                compared += value is not None
    assert compared > 30_000


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, dt.datetime) else value


def test_files_are_in_an_order_that_readers_know(tmp_path: Path) -> None:
    exported(host(tmp_path, CONDITIONS, MEASUREMENTS), tmp_path)
    names = zipfile.ZipFile(tmp_path / "out.xlsx").namelist()
    assert names[0] == "_rels/.rels"
    assert names[-1] == "[Content_Types].xml"


def test_headers_above_numbers_stand_beside_the_buttons_of_the_filter(house: Workbook) -> None:
    """Once the buttons hid the ends of headers that stand at the right."""
    for name, number in (
        ("Summary", "Quantity"),
        ("By Page", "Quantity"),
        ("Cost Summary", "Cost with markup"),
        ("Base", "Quantity"),
    ):
        header = next(cell for row in house[name].iter_rows() for cell in row if cell.value == number)
        assert (header.alignment.horizontal, header.alignment.indent, header.alignment.vertical) == ("right", 2, "center")


def test_what_nobody_has_priced_is_blank_in_sums_too(tmp_path: Path) -> None:
    """Once the total of a unit or category without any unit cost was 0.00, as if it were free."""
    priced = [{"name": "Wall", "unit_cost": 2}, {"name": "Lamp", "unit": "EA", "category": "Light", "scope": "Power"}]
    given = [{"condition_id": f"c{n}", "quantity": 3} for n in (1, 2)]
    exported(host(tmp_path, priced, given), tmp_path, group_by="scope")
    for values in (workbook(tmp_path), workbook(tmp_path, values=True)):
        for name, labels in (("Summary", ("Total Power (EA)",)), ("By Category", ("Total Light",))):
            rows = list(values[name].iter_rows())
            header = next(row for row in rows if any(cell.value == "Cost with markup" for cell in row))
            places = [n for n, cell in enumerate(header) if cell.value in ("Cost", "Cost with markup")]
            found = {str(cell.value): row for row in rows for cell in row[:2]}
            assert len(places) == 2
            assert [[found[label][n].value for n in places] for label in labels] == [[None, None]]
    rows = [[cell.value for cell in row] for row in workbook(tmp_path, values=True)["Summary"].iter_rows()]
    assert [row[-1] for row in rows if row[1] == "Total"] == [6, None]
    assert [row[-1] for row in rows if row[1] == "Total of all"] == [6]


def test_rows_without_costs_are_ruled_to_their_end(tmp_path: Path) -> None:
    made_ = made(host(tmp_path, [{"name": "Wall", "unit_cost": 2}, {"name": "Lamp"}], [{"quantity": 3}]), tmp_path)
    lamp = next(row for row in made_["Summary"].iter_rows() if row[1].value == "Lamp")
    assert [cell.value for cell in lamp[-4:]] == [None] * 4
    assert {cell.border.bottom.style for cell in lamp[-4:]} == {"thin"}


def test_columns_are_as_wide_as_their_letters_take(tmp_path: Path) -> None:
    names = ["Interior latex paint, two coats on primer: ceilings", "WALL W/ MMMM WWWW MMMM WWWW MMMM WWWW MMMM WWWW MMMM"]
    narrow, wide = (
        made(host(tmp_path, [{"name": name}], [{"quantity": 3}]), tmp_path)["Summary"].column_dimensions["B"].width
        for name in names
    )
    assert narrow < 50 < 55 < wide  # of 51 and 52 letters


def test_a_wide_sheet_prints_on_two_pages_with_its_names_on_both(tmp_path: Path) -> None:
    kinds = {f"{kind}_unit_cost": 123456.7 for kind in ("material", "labour", "equipment", "subcontract", "other")}
    for count, pages in ((1, 2), (0, 1)):
        costs = kinds if count else {"unit_cost": 1}
        sheet = made(host(tmp_path, [{"name": "Wall, " * 9, **costs}], [{"quantity": 987654}]), tmp_path)["Cost Summary"]
        assert sheet.page_setup.fitToWidth == pages
        assert sheet.print_title_cols == ("$A:$A" if count else None)
        assert sheet.print_title_rows == "$2:$2"


def test_headers_of_two_lines_have_the_room(tmp_path: Path) -> None:
    sheet = made(host(tmp_path, [{"name": "Oak", "unit_cost": 12.75}], [{"quantity": 4498.05}]), tmp_path)["By Category"]
    assert sheet["G2"].value == "Cost with markup"  # sixteen letters beside a button
    assert sheet.column_dimensions["G"].width < 13
    assert sheet.row_dimensions[2].height > 30
    narrow = made(host(tmp_path, [{"name": "Oak", "unit_cost": 1}], [{"quantity": 3}]), tmp_path)["By Category"]
    assert narrow.column_dimensions["G"].width < 13
    assert narrow.row_dimensions[2].height == 46  # a word on each of three


def test_rows_are_as_high_as_their_notes(tmp_path: Path) -> None:
    """Once LibreOffice printed the second line of a note over the row of the total."""
    notes = ["plain", "two\nlines", "word " * 25, "a\n\nb & c", None, "x" * 120]
    sheet = made(host(tmp_path, [{"name": "Wall"}], [{"quantity": 1, "notes": note} for note in notes]), tmp_path)["Wall"]
    heights = [sheet.row_dimensions[row].height for row in range(4, 11)]
    assert heights == [None, 31, 46, 46, None, 46, None]
    assert sheet["A10"].value == "Total"
    assert sheet.column_dimensions["I"].width == 60


def test_print_leaves_out_what_nobody_reads_on_paper(tmp_path: Path) -> None:
    """Once identifiers made a sheet so wide that print was too small to be read."""
    rows = [{"quantity": n, "measurement_id": f"{n:036}"} for n in range(3)]
    book = made(host(tmp_path, [{"name": "Bob's wall", "description": "of brick"}, {"name": "None"}], rows), tmp_path)
    sheet = book["Bob's wall"]
    assert (sheet.print_area, sheet.print_title_rows) == ("'Bob''s wall'!$A$1:$I$9", "$4:$4")
    assert [cell.value for cell in sheet["L"][3:6]] == ["ID", f"{0:036}", f"{1:036}"]
    assert [sheet["A9"].value, sheet.max_row] == ["Measurements", 9]
    assert {str(each) for each in sheet.merged_cells.ranges} == {"A1:I1", "C2:I2", "C3:I3"}
    assert book["None"].print_area == "'None'!$A$1:$I$6"
    assert not book["Summary"].print_area


def test_the_foot_of_each_page_names_the_project(tmp_path: Path) -> None:
    name = "R&D &24 <Hall>\n" + "x" * 300
    book = made(host(tmp_path, CONDITIONS, MEASUREMENTS, projects=[{**PROJECT, "name": name}]), tmp_path)
    shown = ("R&&D &&24 <Hall> " + "x" * 300)[:82]
    with zipfile.ZipFile(tmp_path / "out.xlsx") as opened:  # openpyxl takes the escaped &24 for a size
        sheets = [name for name in opened.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(book.sheetnames)
        for each in sheets:
            (foot,) = re.findall("<oddFooter>(.*?)</oddFooter>", opened.read(each).decode())
            assert html.unescape(foot) == f"&L&A&C{shown}&RPage &P of &N"
    assert made(host(tmp_path, CONDITIONS, projects=()), tmp_path)["Summary"].oddFooter.center.text is None


def test_a_currency_stands_above_costs_alone(tmp_path: Path) -> None:
    book = made(host(tmp_path, CONDITIONS, MEASUREMENTS), tmp_path, currency=" kr \n")
    heads = {name: [cell.value for cell in book[name][line]] for name, line in (("Summary", 6), ("By Category", 2))}
    assert heads["Summary"][-4:] == ["Unit cost (kr)", "Cost (kr)", "Markup", "Cost with markup (kr)"]
    assert heads["By Category"][3:] == ["Quantity", "Measurements", "Cost (kr)", "Cost with markup (kr)"]
    costs = [cell.value for cell in book["Cost Summary"][2]]
    assert [each for each in costs if not str(each).endswith(" (kr)")] == ["Condition", "Unit", "Quantity", "Markup"]
    assert {"Material / unit (kr)", "Labour (kr)", "Not broken down (kr)", "Markup cost (kr)"} <= set(costs)
    assert cell(book["Summary"], "Cost (kr)", "Partition").number_format == "#,##0.00;[Red]-#,##0.00"
    plain = made(host(tmp_path, CONDITIONS, MEASUREMENTS), tmp_path)
    assert not any("(kr)" in str(each.value) for sheet in plain for row in sheet.iter_rows() for each in row)


@pytest.mark.parametrize("group_by", ["none", "category"])
def test_a_summary_alone_has_the_same_sums_over_plain_numbers(tmp_path: Path, group_by: str) -> None:
    source = host(tmp_path, CONDITIONS, [*MEASUREMENTS, {"quantity": "12.50"}])
    exported(source, tmp_path, group_by=group_by)
    whole = workbook(tmp_path, values=True)
    result = exported(source, tmp_path, group_by=group_by, summary_only=True)
    alone, formulas = workbook(tmp_path, values=True), workbook(tmp_path)
    assert alone.sheetnames == ["Summary", "By Category", "By Page", "Cost Summary", "Charts"]
    for name in alone.sheetnames:
        ours, theirs = ([*sheet[name].iter_rows(values_only=True)] for sheet in (alone, whole))
        assert ours == theirs
    summary = formulas["Summary"]
    assert [cell(summary, h, "Partition").value for h in ("Quantity", "Measurements")] == [20.125, 3]
    assert str(cell(summary, "Quantity", "Total").value).startswith("=SUMPRODUCT(")
    assert cell(summary, "Condition", "Partition").hyperlink is None
    assert found(result)["CONDITION_EMPTY"] == 1
    assert result.report.records["measurement"].written == 6
