"""PDF reports of takeoffs against ReportLab's own table for long lists, and what the memory does."""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from machine import script
from measure import MB, BenchmarkError, Way, interleaved, ratio, run_once, tell
from outcome import Demand, Outcome, at_most, most_mb, timings
from page import table
from ways import BUILD, MOMENT

PEER = Path(__file__).resolve().with_name("takeoff_pdf_peer.py")
OURS = "exporter run --format pdf"
HAND = "ReportLab, LongTable of plain strings"
CONDITIONS = 20
ROWS = 1_000  # of each condition
LIMIT, MEMORY = 1.3, 200
_TOML = """\
[sources.house]
url = "sqlite:///house.db"
family = "takeoff"

[sources.house.records.project]
table = "projects"
columns = { project_id = "id", name = "title", client = "customer", description = "about" }

[sources.house.records.page]
table = "pages"
columns = { page_id = "id", project_id = "project_id", page_number = "number", sheet_number = "sheet", sheet_title = "title", \
width = "width_px", height = "height_px", scale = "px_per_unit", scale_unit = "unit", scale_text = "scale_label" }

[sources.house.records.condition]
table = "conditions"
columns = { condition_id = "id", project_id = "project_id", name = "name", scope = "trade", category = "category", \
measurement_type = "kind", unit = "uom", colour = "colour" }

[sources.house.records.measurement]
table = "measurements"
columns = { measurement_id = "id", condition_id = "condition_id", page_id = "page_id", geometry_type = "shape", \
geometry = "geometry", quantity = "quantity", unit = "uom", is_ai_generated = "by_model", is_verified = "verified", \
notes = "remark" }
"""


def takeoff_pdf(words: argparse.Namespace) -> Outcome:
    """Ours with plans and without, against tables alone; and the memory of three times as many rows."""
    folder = prepared(ROWS)
    plain, whole = _ours(folder, "--no-plans"), _ours(folder)
    hand = Way(
        HAND, [sys.executable, str(PEER), str(folder / "house.db"), str(folder / "hand.pdf")], folder, (folder / "hand.pdf",)
    )
    ways = [plain, whole, hand]
    samples = interleaved(ways, words.rounds)
    for way in ways:
        check_pages(way)
    size = f"{CONDITIONS} conditions with {ROWS:,} measurements each"
    figures = f"{size}, rounds: {words.rounds}:\n\n{timings(ways, samples, HAND, 'ReportLab')}"
    demands = [at_most(f"{way.name} / {HAND}", ratio(samples, way.name, HAND), LIMIT) for way in (plain, whole)]
    for way in ways:
        way.remove()
    memory, peaks = _memory(words)
    return Outcome(f"{figures}\n\n{memory}", [*demands, *peaks])


def _memory(words: argparse.Namespace) -> tuple[str, list[Demand]]:
    peaks = {}
    for rows in (ROWS, ROWS * 3):
        way = _ours(prepared(rows))
        peaks[rows] = max(run_once(way).peak for _ in range(min(2, words.rounds))) / MB
        way.remove()
    named = {rows: f"{OURS}, {CONDITIONS} x {rows:,}" for rows in peaks}
    shown = table(("memory of the whole process", "peak MB"), [(named[rows], f"{peak:.1f}") for rows, peak in peaks.items()])
    return shown, [most_mb(f"Peak memory of {named[rows]}", peak, MEMORY) for rows, peak in peaks.items()]


def _ours(folder: Path, *flags: str) -> Way:
    output = folder / f"ours{''.join(flags)}.pdf"
    command = [script("exporter"), "run", "--format", "pdf", "--source", "house", *flags, "--output", str(output), "--force"]
    return Way(" ".join((OURS, *flags)), command, folder, (output,), environment={"SOURCE_DATE_EPOCH": MOMENT})


def prepared(rows: int) -> Path:
    """The folder of a house of which each of some conditions has so many measurements, made where it is not there yet."""
    folder = BUILD / f"{CONDITIONS}x{rows}-takeoff"
    if not (folder / "exporter.toml").exists():
        from exporter_sample.house import build

        tell(f"preparing {CONDITIONS} conditions with {rows:,} measurements each")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        build(folder / "house.db", measurements=CONDITIONS * rows)
        with closing(sqlite3.connect(folder / "house.db")) as connection, connection:
            _share_out(connection)
        (folder / "exporter.toml").write_text(_TOML, encoding="utf-8")
    return folder


def _share_out(connection: sqlite3.Connection) -> None:
    """Give every measurement to one of the first conditions of areas, in turn."""
    found = connection.execute("select id from conditions where uom = 'SF' order by id limit ?", (CONDITIONS,)).fetchall()
    chosen = [number for (number,) in found]
    numbers = [number for (number,) in connection.execute("select id from measurements order by id")]
    pairs = [(chosen[place % CONDITIONS], number) for place, number in enumerate(numbers)]
    connection.executemany("update measurements set condition_id = ?, uom = 'SF' where id = ?", pairs)
    connection.execute(f"delete from conditions where id not in ({', '.join(map(str, chosen))})")


def check_pages(way: Way) -> None:
    """Every measurement is on a page: of some 40 rows each, there must be enough pages.

    :raises BenchmarkError: when there are not.
    """
    from pypdf import PdfReader

    count = len(PdfReader(way.outputs[0]).pages)
    if count < CONDITIONS * ROWS / 60:
        raise BenchmarkError(f"{way.name} wrote {count:,} pages, which cannot hold {CONDITIONS * ROWS:,} rows.")
