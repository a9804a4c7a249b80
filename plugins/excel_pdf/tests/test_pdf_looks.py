"""Reports as people see them: pictures of their pages in build/looks, for looking at."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import exporter
from exporter.testing.prints import pages

from .host import PAGE, PROJECT, WALL, exported, host, line, polygon

LOOKS = Path(__file__).resolve().parents[3] / "build" / "looks"


def rendered(report: Path, first: int, last: int) -> list[Image.Image]:
    """Pages as pictures, which have a place in build/looks."""
    return [Image.open(path).convert("RGB") for path in pages(report, LOOKS, first=first, last=last)]


def share(picture: Image.Image, colour: tuple[int, int, int]) -> float:
    """How much of a picture has a colour, or nearly."""
    found = np.abs(np.asarray(picture, dtype=int) - colour).max(axis=2) < 12
    return float(found.mean())


@pytest.mark.usefixtures("pdftoppm")
def test_a_house(tmp_path: Path) -> None:
    report = tmp_path / "pdf-house.pdf"
    exporter.run(format="pdf", source="sample:house", output=report, options={"group_by": "scope"}, force=True)
    pictures = rendered(report, 1, 12)
    assert len(pictures) == 12
    assert all(0.5 < share(each, (255, 255, 255)) < 0.99 for each in pictures)  # neither empty nor black


@pytest.mark.usefixtures("pdftoppm")
def test_a_plan(tmp_path: Path) -> None:
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
    first, _, plan = rendered(report, 1, 9)
    assert share(first, (0x70, 0x30, 0xA0)) > 0.001  # the logo
    assert share(plan, (166, 229, 166)) > 0.03  # the room, green through which the paper shows
    assert share(plan, (255, 0, 0)) > 0.0003
