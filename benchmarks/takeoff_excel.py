"""The workbook of a takeoff, with all that is in it, against XlsxWriter writing its bare cells."""

from __future__ import annotations

import argparse
import re
import sys
import zipfile
from pathlib import Path

from machine import script
from measure import MB, BenchmarkError, Way, interleaved, ratio, tell
from outcome import Outcome, at_least, most_mb, timings
from ways import BUILD, MOMENT

PEER = Path(__file__).resolve().with_name("takeoff_excel_peer.py")
OURS = "exporter run --format excel"
THEIRS = "sqlite3, XlsxWriter constant_memory, bare cells"
FOR_A_MEASUREMENT = 10  # rows of other benchmarks
_AT_LEAST, _MOST_MB = 1.0, 100
_COUNT = re.compile(rb"<f>ROWS\([^<]*</f><v>([0-9]+)</v>")  # below the measurements of a condition
_RECORD = """\
[sources.house.records.{name}]
key = "_key"
project = "_project"
columns = {{ {columns} }}
query = '''{query}'''
"""


def takeoff_excel(words: argparse.Namespace) -> Outcome:
    """Ours with totals, charts, links and print set-up, on sheets of conditions; theirs with none, on one sheet."""
    count = max(1, words.rows // FOR_A_MEASUREMENT)
    folder = prepared(count)
    ways = [ours(folder), _theirs(folder)]
    samples = interleaved(ways, words.rounds)
    check_count(folder / "ours.xlsx", count)
    title = f"{count:,} measurements x 12 columns, rounds: {words.rounds}"
    figures = f"{title}:\n\n{timings(ways, samples, OURS, 'ours')}"
    peak = max(sample.peak for sample in samples[OURS]) / MB
    demands = [
        at_least(f"{THEIRS} / {OURS}, {count:,} measurements", ratio(samples, THEIRS, OURS), _AT_LEAST),
        most_mb(f"Peak memory of {OURS}, {count:,} measurements", peak, _MOST_MB),
    ]
    for way in ways:
        way.remove()
    return Outcome(figures, demands)


def ours(folder: Path) -> Way:
    output = folder / "ours.xlsx"
    command = [script("exporter"), "run", "--format", "excel", "--source", "house", "--output", str(output), "--force"]
    return Way(OURS, command, folder, (output,), environment={"SOURCE_DATE_EPOCH": MOMENT})


def _theirs(folder: Path) -> Way:
    output = folder / "theirs.xlsx"
    return Way(THEIRS, [sys.executable, str(PEER), str(folder / "house.db"), str(output)], folder, (output,))


def prepared(count: int) -> Path:
    """The folder with the database of sample:house and its exporter.toml, read once."""
    from exporter_sample.house import build
    from exporter_sample.house_queries import RECORDS

    tell(f"preparing {count:,} measurements")
    folder = BUILD / f"{count}-measurements"
    if not (folder / "exporter.toml").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "house.db").unlink(missing_ok=True)
        build(folder / "house.db", measurements=count)
        records = [_RECORD.format(name=name, query=query, columns=_columns(query)) for name, query in RECORDS.items()]
        source = '[sources.house]\nurl = "sqlite:///house.db"\nfamily = "takeoff"\n'
        (folder / "exporter.toml").write_text("\n".join((source, *records)), encoding="utf-8")
    with (folder / "house.db").open("rb") as file:
        while file.read(1 << 20):  # what this process holds counts as the peak of those that it starts
            pass
    return folder


def _columns(query: str) -> str:
    """The fields that a query of sample:house labels, each as its own column."""
    return ", ".join(f'{name} = "{name}"' for name in re.findall(r" as ([a-z]\w*)", query))


def check_count(path: Path, count: int) -> None:
    """Whether all measurements are in a workbook of ours.

    :raises BenchmarkError: where they are not.
    """
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        found = sum(int(n) for name in sheets for n in _COUNT.findall(archive.read(name)))
    if found != count:
        raise BenchmarkError(f"{OURS} wrote {found:,} rows; the database has {count:,} measurements.")
