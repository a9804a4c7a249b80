"""What databases hold that workbooks cannot: each was a bug of some export."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from exporter.errors import InputError
from exporter.sanitize import XLSX
from exporter_excel_pdf.excel import conditions as sheets
from exporter_excel_pdf.excel import pages as by_page
from exporter_excel_pdf.excel import workbook as parts
from exporter_excel_pdf.excel.names import FORBIDDEN, SheetNames, folded

from .takeoffs import PAGE, PROJECT, checked, exported, found, host, made, workbook

FORMULAS = ('=HYPERLINK("http://example.org","x")', "@SUM(A1)", "+1+1", "-2+3", "\t=1+1", "\r=1+1", "\n=1+1", "'=1")


def notes(folder: Path) -> list[Any]:
    """The notes on the first sheet of conditions."""
    sheet = next(s for s in workbook(folder).worksheets if s["A2"].value == "← Summary")
    header = int(sheet.freeze_panes[1:]) - 1
    place = next(c.column for c in sheet[header] if c.value == "Notes")
    return [sheet.cell(r, place) for r in range(header + 1, sheet.max_row - 1)]


def test_texts_that_look_like_formulas_are_texts(tmp_path: Path) -> None:
    exported(host(tmp_path, [{"name": "=1+1"}], [{"quantity": 1, "notes": text} for text in FORMULAS]), tmp_path)
    cells = notes(tmp_path)
    assert [c.data_type for c in cells] == ["inlineStr" if c.value is None else "s" for c in cells]
    assert [c.value for c in cells] == [text.replace("\r", " ") for text in FORMULAS]
    written = zipfile.ZipFile(tmp_path / "out.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert re.findall("<f>([^<]*)</f>", written) == ["SUM(E4:E11)", "ROWS(E4:E11)"]


def test_markup_and_blanks_come_through(tmp_path: Path) -> None:
    texts = ['<b>&amp;</b> ]]> "q"', "  two  blanks ", "line\nfeed\ttab", "中文 العربية é 🦋", "a_x0041_b"]
    source = host(tmp_path, [{"name": texts[0], "scope": texts[0]}], [{"quantity": 1, "notes": each} for each in texts])
    exported(source, tmp_path)
    assert [c.value for c in notes(tmp_path)][:4] == texts[:4]
    assert b"a_x005F_x0041_b" in zipfile.ZipFile(tmp_path / "out.xlsx").read("xl/worksheets/sheet1.xml")
    assert checked(tmp_path / "out.xlsx") == {}


def test_control_characters_long_texts_and_surrogates_are_counted(tmp_path: Path) -> None:
    given = ["bell\x07 \x00", "x" * 40_000, "🦋" * 20_000]
    result = exported(host(tmp_path, [{"name": "A"}], [{"quantity": 1, "notes": each} for each in given]), tmp_path)
    written = [c.value for c in notes(tmp_path)]
    assert written[0] == "bell   "
    assert [len(text.encode("utf-16-le")) // 2 for text in written[1:]] == [32_767, 32_767]
    assert written[1].endswith("x…")
    assert (found(result)["CONTROL_CHARACTERS_REPLACED"], found(result)["TEXT_CUT"]) == (2, 2)
    assert checked(tmp_path / "out.xlsx") == {}


def test_a_number_that_would_be_rounded_is_a_text_and_counts_in_totals(tmp_path: Path) -> None:
    result = exported(host(tmp_path, [{"name": "A"}], [{"quantity": 2**60 + 1}, {"quantity": 3}]), tmp_path)
    book = workbook(tmp_path)
    assert [book["A"]["E4"].value, book["A"]["E5"].value] == [str(2**60 + 1), 3]
    assert book["A"]["E6"].value == f"=SUM(E4:E5)+{float(2**60 + 1)!r}"
    assert workbook(tmp_path, values=True)["Summary"]["E7"].value == pytest.approx(2**60 + 4, rel=1e-15)
    assert found(result)["KEPT_AS_TEXT"] == 1


def test_what_is_no_number_is_empty_and_counted(tmp_path: Path) -> None:
    values = ((None, 1.5), ("12 abc", "12 abc"), (float("inf"), 0), (0, -0.0), (1e-7, 1e300))
    given = [{"quantity": quantity, "pixel_area": area} for quantity, area in values]
    result = exported(host(tmp_path, [{"name": "A"}], given), tmp_path)
    sheet = workbook(tmp_path)["A"]
    assert [sheet.cell(r, 5).value for r in range(4, 9)] == [None, None, None, 0, 1e-7]
    assert [sheet.cell(r, 11).value for r in range(4, 9)] == [1.5, "12 abc", 0, 0, 1e300]
    assert found(result)["QUANTITY_MISSING"] == 3
    assert found(result)["KEPT_AS_TEXT"] == 1
    assert checked(tmp_path / "out.xlsx") == {}


def test_units_that_differ(tmp_path: Path) -> None:
    conditions = [{"name": "A", "unit": "LF", "measurement_type": "linear"}]
    result = exported(host(tmp_path, conditions, [{"quantity": 2, "unit": "YD"}, {"quantity": 5, "unit": "SF"}]), tmp_path)
    assert workbook(tmp_path, values=True)["Summary"]["E7"].value == 6
    assert (found(result)["UNIT_CONVERTED"], found(result)["UNIT_DIFFERS"]) == (1, 1)


def test_costs_that_no_cell_holds_are_left_out(tmp_path: Path) -> None:
    conditions = [{"name": "A", "unit_cost": 1e308}, {"name": "B", "unit_cost": 2}]
    result = exported(host(tmp_path, conditions, [{"quantity": 1e10}]), tmp_path)
    assert found(result)["COST_NOT_FINITE"] == 1
    assert [c.value for c in workbook(tmp_path)["Cost Summary"]["A"]] == ["Cost Summary", "Condition", "B", "Total"]


def test_names_of_sheets_that_collide(tmp_path: Path) -> None:
    same = "Partition type A, 2x4 at 16 inches, "
    titles = [f"{same}{n}" for n in range(300)]
    book = made(host(tmp_path, [{"name": title} for title in titles], [{"quantity": 1}]), tmp_path)
    names = book.sheetnames[4:]
    assert len({name.casefold() for name in names}) == 300
    assert max(map(len, book.sheetnames)) == 31
    assert names[:2] == ["Partition type A, 2x4 at 16 inc", "Partition type A, 2x4 at 16 (2)"]
    assert [book["Summary"].cell(7 + n, 2).value for n in range(300)] == titles
    assert checked(tmp_path / "out.xlsx") == {}


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), max_size=12))
def test_any_title_gives_a_name_that_excel_takes(titles: list[str]) -> None:
    names = SheetNames()
    given = [names.new(XLSX.replaced(title)) for title in [*titles, "Summary", "history", "summary", "'", "[]"]]
    assert len(set(map(folded, given))) == len(given)
    for name in given:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert FORBIDDEN.search(name) is None
        assert name.strip("'") == name
        assert name.casefold() != "history"
        assert not any(unicodedata.category(c) == "Cc" and ord(c) < 32 for c in name)


def test_names_in_formulas_are_quoted(tmp_path: Path) -> None:
    book = made(host(tmp_path, [{"name": "Bob's 5\" <wall> & more!"}], [{"quantity": 1}]), tmp_path)
    assert book["Summary"]["E7"].value == "='Bob''s 5\" <wall> & more!'!E5"
    assert checked(tmp_path / "out.xlsx") == {}


def test_a_condition_goes_on_in_further_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    source = host(tmp_path, [{"name": "A"}, {"name": "B"}], [{"quantity": n} for n in range(1, 13)])
    parts = exported(source, tmp_path).report.parts
    assert {part["title"]: part["rows"] for part in parts if part["title"]} == {
        "A": 5,
        "A (2)": 5,
        "A (3)": 2,
        "B": 0,
        **dict.fromkeys(["Summary", "By Category", "By Page", "Charts"], 0),
    }
    book = workbook(tmp_path)
    assert book.sheetnames[4:] == ["A", "A (2)", "A (3)", "B"]
    assert [book[name].max_row for name in ("A", "A (2)", "A (3)")] == [10, 10, 7]
    assert book["Summary"]["E7"].value == "='A'!E9+'A (2)'!E9+'A (3)'!E6"
    assert workbook(tmp_path, values=True)["Summary"]["E7"].value == sum(range(1, 13))
    assert checked(tmp_path / "out.xlsx") == {}


def test_by_page_goes_on_in_further_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_page, "MOST_ROWS", 6)
    pages = [{**PAGE, "page_id": f"s{n}", "page_number": n} for n in range(1, 6)]
    book = made(
        host(tmp_path, [{"name": "A"}], [{"quantity": n, "page_id": f"s{n}"} for n in range(1, 6)], pages=pages), tmp_path
    )
    assert [name for name in book.sheetnames if "Page" in name] == ["By Page", "By Page (2)"]
    assert [book["By Page (2)"].cell(r, 6).value for r in (3, 4)] == [4, 5]


def test_more_conditions_than_sheets_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_SHEETS", 52)
    source = host(tmp_path, [{"name": "A"}, {"name": "B"}, {"name": "C"}], [{"quantity": 1}])
    with pytest.raises(InputError, match="3 conditions; programs open no more than 52 sheets"):
        exported(source, tmp_path)
    assert not (tmp_path / "out.xlsx").exists()
    monkeypatch.setattr(parts, "MOST_SHEETS", 100)
    monkeypatch.setattr(parts, "_MANY_SHEETS", 2)
    assert found(exported(source, tmp_path))["SHEETS_MANY"] == 3


def test_many_projects_are_not_all_named(tmp_path: Path) -> None:
    projects = [{**PROJECT, "project_id": f"p{n}", "name": f"House {n}"} for n in range(1, 9)]
    book = made(host(tmp_path, [{"name": "A"}], [{"quantity": 1}], projects=projects), tmp_path)
    assert book["Summary"]["B2"].value == "8: House 1, House 2, House 3, House 4, House 5, …"


def test_a_name_that_is_markup_stays_inside_the_chart(tmp_path: Path) -> None:
    exported(host(tmp_path, [{"name": "<a>&</a>", "unit": "S&F"}], [{"quantity": 1, "unit": "S&F"}]), tmp_path)
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "&lt;a&gt;&amp;&lt;/a&gt;" in chart
    assert "Quantities in S&amp;F (1 condition)" in chart
    assert CalamineWorkbook.from_path(tmp_path / "out.xlsx").sheet_names[-1] == "<a>&< a>"


def test_an_unchecked_run_writes_the_same_workbook(tmp_path: Path) -> None:
    source = host(tmp_path, [{"name": "A"}], [{"quantity": 1}, {"quantity": 2}])
    first = exported(source, tmp_path).report.sha256
    assert exported(source, tmp_path, checked=False).report.sha256 == first
