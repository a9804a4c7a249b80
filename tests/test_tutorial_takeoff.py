"""The tutorial of takeoffs: its commands as the page has them, and what they make."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import zipfile
from math import fsum
from pathlib import Path

import pytest

from .tutorial import excerpts, run, steady, steps

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "tutorials" / "takeoff"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page's commands ran; what they printed is in `printed.json`."""
    work = tmp_path_factory.mktemp("tutorial") / "takeoff"
    work.mkdir()
    for name in ("load.py", "exporter.toml"):
        shutil.copy(FOLDER / name, work)
    printed = run([step.commands for step in steps(PAGE)], work)
    (work / "printed.json").write_text(json.dumps(printed))
    return work


def totals(folder: Path) -> dict[str, float]:
    """Sums by condition of the first project, in Python."""
    with sqlite3.connect(folder / "house.db") as connection:
        conditions = connection.execute("select id, name from conditions where project_id = 1 order by id").fetchall()
        rows = connection.execute("select condition_id, quantity from measurements").fetchall()
    return {name: fsum(quantity for own, quantity in rows if own == uid) for uid, name in conditions}


def test_the_commands_print_what_the_page_says(folder: Path) -> None:
    printed = json.loads((folder / "printed.json").read_text())
    assert [steady(text) for text in printed] == [steady(step.printed) for step in steps(PAGE)]


def test_the_draft_is_the_file(folder: Path) -> None:
    assert (folder / "draft.toml").read_text() == (folder / "exporter.toml").read_text()


def test_the_excerpts_are_in_the_file() -> None:
    toml = (FOLDER / "exporter.toml").read_text(encoding="utf-8")
    for excerpt in excerpts(PAGE, "toml"):
        assert excerpt in toml


def test_every_file_has_the_same_totals(folder: Path) -> None:
    """The flat list, the conditions in the zip, and what SQL and Python add up."""
    wanted = totals(folder)
    with (folder / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2919
    with zipfile.ZipFile(folder / "house.zip") as archive:
        conditions = json.loads(archive.read("conditions.json"))
    assert {each["condition"]: each["quantity"] for each in conditions} == pytest.approx(wanted, rel=1e-12)
    for name, total in wanted.items():
        assert fsum(float(row["Quantity"]) for row in rows if row["Condition"] == name) == pytest.approx(total, rel=1e-12)


def test_the_workbook_has_the_same_totals(folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    summary = openpyxl.load_workbook(folder / "house.xlsx", data_only=True)["Summary"]
    rows = [[cell.value for cell in row] for row in summary.iter_rows()]
    header = next(row for row in rows if "Condition" in row and "Quantity" in row)
    name, quantity = header.index("Condition"), header.index("Quantity")
    found = {row[name]: row[quantity] for row in rows[rows.index(header) + 1 :] if row[name]}
    wanted = totals(folder)
    assert {title: found[title] for title in wanted} == pytest.approx(wanted, rel=1e-12)


def test_the_xml_has_the_same_totals(folder: Path) -> None:
    reader = pytest.importorskip("exporter_ost.reader")
    read = list(reader.read(folder / "house.xml"))
    wanted = totals(folder)
    assert {each.name: each.total_quantity for each in read if type(each).__name__ == "Condition"} == pytest.approx(
        wanted, rel=1e-12
    )
    assert sum(type(each).__name__ == "Item" for each in read) == 2919


def test_the_report_has_a_bookmark_for_each_condition(folder: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    document = pypdf.PdfReader(folder / "house.pdf")

    def titles(outline: list[object]) -> list[str]:
        return [t for each in outline for t in (titles(each) if isinstance(each, list) else [str(each["/Title"])])]  # type: ignore[index]

    assert set(totals(folder)) <= set(titles(document.outline))
    assert document.metadata is not None
    assert "Garcia & O'Neill Residence" in str(document.metadata.title)
