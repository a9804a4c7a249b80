"""Reports as people see them: pictures of their pages in build/looks, for looking at."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import exporter

from .host import PAGE, PROJECT, WALL, exported, host, line, polygon

LOOKS = Path(__file__).resolve().parents[3] / "build" / "looks"


@pytest.fixture
def pdftoppm() -> str:
    found = shutil.which("pdftoppm")
    if found is None:
        if os.environ.get("EXPORTER_REQUIRE_ALL") == "1":
            pytest.fail("EXPORTER_REQUIRE_ALL is set, but pdftoppm (poppler-utils) is not installed", pytrace=False)
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    return found


def rendered(pdftoppm: str, report: Path, first: int, last: int) -> list[Image.Image]:
    """Pages as pictures, which have a place in build/looks."""
    LOOKS.mkdir(parents=True, exist_ok=True)
    for old in LOOKS.glob(f"{report.stem}-*.png"):
        old.unlink()
    words = ["-r", "80", "-png", "-f", str(first), "-l", str(last), str(report), str(LOOKS / report.stem)]
    done = subprocess.run([pdftoppm, *words], check=True, capture_output=True, text=True, timeout=60)
    assert not done.stderr  # syntax errors, fonts that are missing
    return [Image.open(path).convert("RGB") for path in sorted(LOOKS.glob(f"{report.stem}-*.png"))]


def share(picture: Image.Image, colour: tuple[int, int, int]) -> float:
    """How much of a picture has a colour, or nearly."""
    found = np.abs(np.asarray(picture, dtype=int) - colour).max(axis=2) < 12
    return float(found.mean())


def test_a_house(pdftoppm: str, tmp_path: Path) -> None:
    report = tmp_path / "pdf-house.pdf"
    exporter.run(format="pdf", source="sample:house", output=report, options={"group_by": "scope"}, force=True)
    pictures = rendered(pdftoppm, report, 1, 12)
    assert len(pictures) == 12
    assert all(0.5 < share(each, (255, 255, 255)) < 0.99 for each in pictures)  # neither empty nor black


def test_a_plan(pdftoppm: str, tmp_path: Path) -> None:
    logo = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    ImageDraw.Draw(logo).ellipse((10, 10, 290, 90), fill="#7030a0")
    logo.save(tmp_path / "logo.png")
    room = [(1200, 400), (2400, 400), (2400, 1600), (1200, 1600)]
    slab = {**WALL, "condition_id": 2, "name": "بلاطة خرسانية (LF) 12", "colour": "#00aa00"}
    rows = [line(80), line(-20, (100, 300), (900, 300)), polygon(1200, *room, condition_id=2), polygon(-64)]
    rows += [{"quantity": 1, "geometry_type": "point", "geometry": '{"x": 3000, "y": 2000}', "notes": "Στέγη, крыша, גג"}]
    project = {**PROJECT, "name": "Bücherei </para><b>& Søn"}
    report = tmp_path / "pdf-plan.pdf"
    exported(
        host(tmp_path, rows, conditions=[WALL, slab], pages=[PAGE], projects=[project]), report, logo=tmp_path / "logo.png"
    )
    first, _, plan = rendered(pdftoppm, report, 1, 9)
    assert share(first, (0x70, 0x30, 0xA0)) > 0.001  # the logo
    assert share(plan, (166, 229, 166)) > 0.03  # the room, green through which the paper shows
    assert share(plan, (255, 0, 0)) > 0.0003
