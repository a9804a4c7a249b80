from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from exporter.testing.takeoff import TakeoffConformance
from exporter_excel_pdf.pdf.fontfiles import own_fonts


def _logo(folder: Path) -> Path:
    path = folder / "logo.png"
    Image.new("RGB", (40, 20), "#1f4e79").save(path)
    return path


def _font(_: Path) -> tuple[Path, ...]:
    return (own_fonts()[0].with_name("DejaVuSerif.ttf"),)


class TestPdf(TakeoffConformance):
    bytes_per_row = 1000  # conditions are kept by all formats; here each has a bookmark and a section, too
    rows_measured = (100, 400)  # of which a report makes hundreds of pages
    format = "pdf"
    option_values: ClassVar[Mapping[str, Any]] = {
        "include_costs": False,
        "page_size": "a4",
        "group_by": "category",
        "decimals": 5,
        "currency": "kr",
        "summary_only": True,
        "plans": False,
        "logo": _logo,
        "font": _font,
    }
