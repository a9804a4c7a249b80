"""Draw the pictures of the manual: exports of the sample data as people see them, in docs/pictures.

LibreOffice (`soffice`) prints the workbooks and poppler's `pdftoppm` draws pages; both are programs of the machine. The data, the
clock and the fonts are always the same, so a picture changes only with what it shows, and with the programs that draw it.
"""
# ruff: noqa: T201 - a script speaks to whoever calls it

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageOps
from pypdf import PdfReader
from sqlalchemy import column, create_engine, select, table

import exporter
from exporter import RecordSource, Source
from exporter.testing.prints import absent, converted, pages

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MOST = 150_000  # bytes of a picture, which a test holds, too
CLOCK = "1750000000"  # 15 June 2025
WIDTH, DPI = 900, 200
COLOURS = (256, 128, 64, 32)  # as many as fit into the bytes
FOOT = 0.75  # inches of a page with the number of the page, which is left out where what is above ends early
EDGE = "#c9d1db"

# Calibri is on few machines that draw; what stands in for it is as narrow as it can be.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family"><string>Calibri</string></test>
    <edit name="family" mode="assign" binding="strong">
      <string>Carlito</string><string>DejaVu Sans Condensed</string>
    </edit>
  </match>
</fontconfig>
"""

SHEETS = {  # of the workbook of the shed, by picture
    "excel-summary": "Summary",
    "excel-by-page": "By Page",
    "excel-costs": "Cost Summary",
    "excel-charts": "Charts",
    "excel-condition": "T1-11 siding & paint",
}
PAGES = {  # of the report on a floor of the house, by picture: what their bookmarks say
    "pdf-summary": "Summary",
    "pdf-condition": 'White oak, ¾" × 5"',
    "pdf-plan": "A-101 First floor plan",
}
SCRIPTS = (  # name, type, unit, category, quantity
    ("بلاطة خرسانية 12 سم", "area", "M2", "خرسانة", 184.5),
    ("جدار طوب 20 × 40 (M)", "linear", "M", "مباني", 62.25),
    ("קיר בלוקים, 20 ס״מ", "area", "M2", "בנייה", 97.4),
    ("דלת כניסה", "count", "EA", "נגרות", 3),
    ("Στέγη με κεραμίδια", "area", "M2", "Στέγες", 141.0),
    ("Κιγκλίδωμα εξώστη", "linear", "M", "Μεταλλικά", 18.6),
    ("Стяжка пола, 50 мм", "area", "M2", "Полы", 176.2),
    ("Окно двустворчатое", "count", "EA", "Окна", 11),
    ("Fenêtre à deux vantaux, chêne", "count", "EA", "Menuiseries", 4),
    ("Đá ốp tường, Ø 8 × 12", "area", "M2", "Hoàn thiện", 33.75),
)


def main() -> None:
    """Draw all pictures anew; those that nobody draws any more are removed."""
    missing = absent()
    if missing:
        sys.exit(f"{' and '.join(missing)} not found (Debian: apt-get install libreoffice-calc poppler-utils)")
    os.environ["SOURCE_DATE_EPOCH"] = CLOCK
    PICTURES.mkdir(parents=True, exist_ok=True)
    drawn = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stem, picture in (*_workbook(folder), *_report(folder), *_scripts(folder), *_contact_sheet(folder)):
            drawn.add(_saved(stem, picture))
    for old in set(PICTURES.glob("*.png")) - drawn:
        old.unlink()


def _workbook(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Sheets of the workbook of the shed, which has few enough conditions for a picture."""
    file = folder / "shed.xlsx"
    exporter.run(format="excel", source="sample:house", project="2", output=file, options={"group_by": "scope"})
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS, encoding="utf-8")
    printed = converted(file, "pdf", folder, {"FONTCONFIG_FILE": str(fonts)})
    found = [page.extract_text() for page in PdfReader(printed).pages]
    for stem, sheet in SHEETS.items():
        number = next(n for n, text in enumerate(found, 1) if text.startswith(f"{sheet} Garden shed"))
        yield stem, _trimmed(_page(printed, number, folder))


def _report(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Pages of the report on the first floor of the house."""
    file = folder / "floor.pdf"
    options = {"group_by": "scope", "hide_empty": True}
    exporter.run(
        format="pdf", source="sample:house", project="1", output=file, options=options, filters={"sheets": ["A-101"]}
    )
    reader = PdfReader(file)
    numbers = dict(_bookmarks(reader, reader.outline))
    for stem, title in PAGES.items():
        yield stem, ImageOps.expand(_page(file, numbers[title], folder), 2, EDGE)


def _bookmarks(reader: PdfReader, outline: Sequence[Any]) -> Iterator[tuple[str, int]]:
    """Titles of bookmarks, with the numbers of the pages that they lead to, from 1."""
    for each in outline:
        if isinstance(each, list):
            yield from _bookmarks(reader, each)
        else:
            yield str(each.title), (reader.get_destination_page_number(each) or 0) + 1


def _scripts(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """The first page of a report whose conditions have names in several scripts."""
    file = folder / "scripts.pdf"
    exporter.run(format="pdf", source=_host(folder / "host.db"), output=file, options={"page_size": "a4"})
    yield "pdf-scripts", _trimmed(_page(file, 1, folder))


def _host(path: Path) -> Source:
    """A database of a project, a page, and conditions with one measurement each."""
    names = ("name", "measurement_type", "unit", "category")
    conditions = [{"condition_id": n, **dict(zip(names, row, strict=False))} for n, row in enumerate(SCRIPTS, 1)]
    geometry = json.dumps({"x": 10, "y": 10})
    rows: dict[str, list[Mapping[str, Any]]] = {
        "project": [{"project_id": 1, "name": "Дом · Σπίτι · בית · بيت", "client": "شركة البناء الحديث"}],
        "condition": [*conditions],
        "measurement": [
            {"measurement_id": n, "condition_id": n, "quantity": row[-1], "geometry_type": "point", "geometry": geometry}
            for n, row in enumerate(SCRIPTS, 1)
        ],
    }
    with sqlite3.connect(path) as connection:
        for record, found in rows.items():
            fields = ", ".join(found[0])
            connection.execute(f"create table {record} ({fields})")
            places = ", ".join("?" * len(found[0]))
            connection.executemany(f"insert into {record} values ({places})", [tuple(each.values()) for each in found])
    connection.close()
    records = {}
    for record, found in rows.items():
        columns = table(record, *map(column, found[0])).c
        records[record] = RecordSource(select(*columns), key=columns[f"{record}_id"])
    return Source(name="host", family="takeoff", engine=create_engine(f"sqlite:///{path}"), records=records)


def _contact_sheet(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """What `--figure` draws of annotated pictures."""
    figure = folder / "street.png"
    exporter.run(format="coco", source="sample:street", project="1", output=folder / "street.zip", figure=figure)
    yield "annotations-figure", Image.open(figure).convert("RGB")


def _page(pdf: Path, number: int, folder: Path) -> Image.Image:
    (file,) = pages(pdf, folder, first=number, last=number, dpi=DPI)
    return Image.open(file).convert("RGB")


def _trimmed(page: Image.Image) -> Image.Image:
    """What stands on a page above its foot, without the paper around it."""
    body = page.crop((0, 0, page.width, page.height - round(FOOT * DPI)))
    left, top, right, bottom = ImageChops.difference(body, Image.new("RGB", body.size, "white")).getbbox() or (0, 0, 1, 1)
    around = DPI // 10
    edges = (max(left - around, 0), max(top - around, 0), min(right + around, body.width), min(bottom + around, body.height))
    return body.crop(edges)


def _saved(stem: str, picture: Image.Image) -> Path:
    """The picture as a file of a few colours, as large as pages show it."""
    file = PICTURES / f"{stem}.png"
    scaled = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    for colours in COLOURS:
        scaled.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size < MOST:
            break
    else:
        sys.exit(f"{file.name} is larger than {MOST} bytes")
    print(f"{file.relative_to(PICTURES.parent.parent)}  {scaled.width} × {scaled.height}  {file.stat().st_size:,} bytes")
    return file


if __name__ == "__main__":
    main()
