"""LibreOffice opens the workbook, reckons every formula anew, and prints it; the pictures are in build/looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from exporter.testing.prints import converted, pages

from .takeoffs import CONDITION, exported, host, without_values, workbook

LOOKS = Path(__file__).resolve().parents[3] / "build" / "looks"
HOSTILE = ['Bob\'s "5" <wall> & more!', "=1+1", "Größe 中文 🦋", "a_x0041_b", "x" * 60, "X" * 60]


def numbers(path: Path, folder: Path) -> dict[tuple[str, str], Any]:
    """What the formulas of our workbook come to, as another file of the same sheets has them."""
    formulas, values = workbook(folder), load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): values[sheet.title][cell.coordinate].value
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def _reckoned(folder: Path) -> Path:
    """The workbook as LibreOffice saves it, once it has reckoned what no cell told."""
    return converted(without_values(folder), "xlsx", folder / "made")


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("group_by", ["none", "category"])
def test_every_formula_comes_to_what_we_wrote(group_by: str, tmp_path: Path) -> None:
    conditions = [
        {**CONDITION, "name": name, "unit": ("SF", "LF", "", "EA")[n % 4], "category": f"c{n % 3}", "unit_cost": n / 7}
        for n, name in enumerate(HOSTILE)
    ]
    conditions[0] |= {"material_unit_cost": 1.25, "labour_unit_cost": 0.1, "unit_cost": None, "markup_percent": 12.5}
    given = [{"condition_id": f"c{1 + n % 5}", "quantity": (n - 3) / 7 if n != 9 else 2**60 + 1} for n in range(40)]
    exported(host(tmp_path, conditions, given), tmp_path, group_by=group_by)
    ours, theirs = numbers(tmp_path / "out.xlsx", tmp_path), numbers(_reckoned(tmp_path), tmp_path)
    assert len(ours) > 60
    assert theirs == {place: pytest.approx(value, rel=1e-9, abs=1e-9) for place, value in ours.items()}


@pytest.mark.usefixtures("libreoffice")
def test_a_house_as_libreoffice_reckons_and_prints_it(tmp_path: Path) -> None:
    exported("sample:house", tmp_path, project="2", group_by="category")
    other = _reckoned(tmp_path)
    ours, theirs = numbers(tmp_path / "out.xlsx", tmp_path), numbers(other, tmp_path)
    assert theirs == {place: pytest.approx(value, rel=1e-9, abs=1e-9) for place, value in ours.items()}
    assert load_workbook(other).sheetnames == workbook(tmp_path).sheetnames
    _drawn(converted(tmp_path / "out.xlsx", "pdf", tmp_path / "made"))


def _drawn(pdf: Path) -> None:
    """The first pages, which are the Summary and what follows it."""
    import numpy as np
    from PIL import Image

    made = pages(pdf, LOOKS, last=8, stem="excel")
    assert len(made) == 8
    for page in made:
        assert np.asarray(Image.open(page).convert("L")).std() > 5, f"{page.name} is empty."
