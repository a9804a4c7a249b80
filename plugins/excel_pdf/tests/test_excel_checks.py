"""The check of workbooks, ours and those of others, and of files that mean harm."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from exporter.registry import find_format
from exporter_excel_pdf.excel import checks
from exporter_excel_pdf.excel.findings import PROBLEMS

from .takeoffs import checked, exported, host, rewritten

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    exported(host(tmp_path, [{"name": "A", "unit_cost": 2}, {"name": "B"}], [{"quantity": 1}, {"quantity": 2}]), tmp_path)
    return tmp_path


def changed(folder: Path, file: str, old: str, new: str) -> dict[str, int]:
    """What the check says once a text of a file is another."""
    seen = []

    def change(name: str, content: bytes) -> bytes:
        if name == file:
            assert old.encode() in content
            seen.append(name)
            return content.replace(old.encode(), new.encode(), 1)
        return content

    path = rewritten(folder, change)
    assert seen == [file]
    return checked(path)


CASES: dict[str, tuple[str, str, str]] = {
    "XML_BROKEN": (SHEET, "</sheetData>", "</sheetDate>"),
    "SHEET_NAME_BROKEN": ("xl/workbook.xml", 'name="B"', f'name="{"B" * 32}"'),
    "SHEET_NAME_DUPLICATE": ("xl/workbook.xml", 'name="B"', 'name="a"'),
    "SHEET_LIMIT": (SHEET, '<row r="7">', '<row r="1048577">'),
    "CELL_ORDER": (SHEET, '<row r="5">', '<row r="4">'),
    "CELL_BROKEN": (SHEET, '<c r="E4"', '<c r="E9"'),
    "NUMBER_BROKEN": (SHEET, "<v>1</v>", "<v>one</v>"),
    "TEXT_TOO_LONG": (SHEET, "<t>Ground floor</t>", f"<t>{'x' * 32_768}</t>"),
    "STYLE_UNKNOWN": (SHEET, 's="1"', 's="999"'),
    "STRING_UNKNOWN": (SHEET, "<v>1</v>", '<v>1</v></c><c r="M4" t="s"><v>0</v>'),
    "FORMULA_TOO_LONG": (SHEET, "<f>SUM(E4:E5)</f>", f"<f>{'1+' * 4_100}1</f>"),
    "FORMULA_REFERENCE": (SHEET, "<f>SUM(E4:E5)</f>", "<f>SUM('It''s'!E4)</f>"),
    "FORMULA_ERROR": (SHEET, "<v>1</v>", '<v>1</v></c><c r="M4" t="e"><v>#DIV/0!</v>'),
    "MERGE_OVERLAP": (SHEET, 'ref="A1:I1"/>', 'ref="A1:I1"/><mergeCell ref="C1:C5"/>'),
    "CONTENT_TYPE_MISSING": ("[Content_Types].xml", 'Extension="xml"', 'Extension="txt"'),
    "XLSX_MISSING": ("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet99.xml"),
}


def test_ours_is_sound(written: Path) -> None:
    assert checked(written / "out.xlsx") == {}


@pytest.mark.parametrize("code", CASES)
def test_what_is_wrong_is_told(code: str, written: Path) -> None:
    assert code in changed(written, *CASES[code])


def test_a_workbook_without_sheets(written: Path) -> None:
    path = rewritten(written, lambda _, content: re.sub(b"<sheet [^>]*>", b"", content))
    assert "SHEETS_MISSING" in checked(path)


@pytest.mark.parametrize(
    ("formula", "wrong"),
    [
        ("'A'!E4+B!E4+Summary!A1", False),
        ("'A:B'!E4", False),
        ('"no sheet!"&amp;A!A1', False),
        ("[1]Other!A1+'[other.xlsx]Sheet'!A1", False),
        ("$A.B!E4", True),
        ("#REF!+1", True),
        ("SUM('A'!E4,'C'!E4)", True),
        ("'" * 8001, False),
        ("a" * 8000, False),
    ],
)
def test_sheets_that_formulas_name(formula: str, wrong: bool, written: Path) -> None:
    assert ("FORMULA_REFERENCE" in changed(written, SHEET, "<f>SUM(E4:E5)</f>", f"<f>{formula}</f>")) is wrong


def test_every_problem_has_a_test() -> None:
    assert {*CASES, "SHEETS_MISSING", "XLSX_UNREADABLE", "XLSX_TOO_LARGE"} == set(PROBLEMS)


def test_workbooks_of_others(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["text", 1.5, "=SUM(B1:B1)", True])
    book.active["A2"].font = Font(bold=True)
    book.create_sheet("It's")["A1"] = "='Sheet'!B1"
    book.save(tmp_path / "theirs.xlsx")
    assert checked(tmp_path / "theirs.xlsx") == {}
    book["It's"]["A2"] = "=Gone!A1"
    book.save(tmp_path / "theirs.xlsx")
    assert checked(tmp_path / "theirs.xlsx") == {"FORMULA_REFERENCE": 1}


def test_what_is_recognised(written: Path) -> None:
    excel = find_format("excel")[0]
    (written / "out.xlsx").rename(written / "no-name")
    assert excel.recognises(written / "no-name")
    (written / "empty.xlsx").touch()
    assert not excel.recognises(written / "empty.xlsx")
    assert excel.resembles(written / "empty.xlsx")
    assert checked(written / "empty.xlsx") == {"XLSX_UNREADABLE": 1}


def endless(kind: str) -> bytes:
    """A document that means harm."""
    texts: dict[str, Callable[[], bytes]] = {
        "entities": lambda: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>',
        "depth": lambda: b"<a>" * 100_000,
        "attribute": lambda: b'<worksheet a="' + b"x" * (32 << 20),
        "text": lambda: b"<worksheet><sheetData><row><c><is><t>" + b"x" * (32 << 20),
    }
    return texts[kind]()


@pytest.mark.parametrize("kind", ["entities", "depth", "attribute", "text"])
def test_documents_that_mean_harm(kind: str, written: Path) -> None:
    path = rewritten(written, lambda name, content: endless(kind) if name == SHEET else content)
    assert "XML_BROKEN" in checked(path)


def test_more_bytes_than_are_looked_at(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MOST_BYTES", 1000)
    assert checked(written / "out.xlsx") == {"XLSX_TOO_LARGE": 1}


def test_sheets_that_were_seen_are_not_read_again(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(checks.SheetCheck, "read", lambda self, blocks: read.append(self._name))
    source = host(written, [{"name": "A"}], [{"quantity": 1}])
    exported(source, written)
    assert read == []
    assert checked(written / "out.xlsx") == {}
    assert "A" in read


def test_styles_are_few_however_many_conditions(tmp_path: Path) -> None:
    exported(host(tmp_path, [{"name": f"A{n}", "colour": "#123456"} for n in range(50)], []), tmp_path)
    styles = zipfile.ZipFile(tmp_path / "out.xlsx").read("xl/styles.xml").decode()
    count = re.search(r'<cellXfs count="(\d+)"', styles)
    assert count is not None
    assert int(count[1]) < 40
    assert load_workbook(tmp_path / "out.xlsx")["Summary"]["A7"].fill.fgColor.rgb == "FF123456"


def test_the_manual_has_every_problem() -> None:
    page = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for code, problem in PROBLEMS.items():
        assert f"| `{code}` | {problem.level} | {problem.message} ({problem.source}) |" in page
