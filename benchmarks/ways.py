"""The ways from the database to the finished file, and what must hold for what they wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from dataset import TABLES, Database, database
from machine import script
from measure import BenchmarkError, Way, tell
from peers import shell_script

BUILD = Path(__file__).resolve().parent.parent / "build" / "bench"
PEERS = Path(__file__).resolve().with_name("peers.py")
OURS = "exporter run --format dwca"
PLAIN = f"{OURS}, without exporter-native"
CORE = "SQLAlchemy Core, csv, zipfile"
MOMENT = "1735689600"  # the clock of every export stands still: two files of the same rows are the same file
SHELL = "sqlite3 shell, uncompressed"
DRIVER = "sqlite3 of Python, uncompressed"  # where there is no shell


def prepared(rows: int, journal: str) -> Database:
    """The database, read once, so that the first way does not wait for the disk alone."""
    tell(f"preparing {rows:,} rows")
    made = database(BUILD, rows, journal)
    with made.path.open("rb") as file:
        while file.read(1 << 20):
            pass
    return made


def counts(made: Database) -> str:
    """The rows of all tables, in words."""
    return ", ".join(f"{n:,} {TABLES[r][0]}" for r, n in made.rows.items())


def ours(folder: Path, *flags: str) -> Way:
    """The export, in a folder whose exporter.toml names the source."""
    output = folder / f"ours{''.join(flags)}.zip"
    command = [script("exporter"), "run", "--format", "dwca", *flags, "--output", str(output), "--force"]
    return Way(" ".join((OURS, *flags)), command, folder, (output,), environment={"SOURCE_DATE_EPOCH": MOMENT})


def without_native(folder: Path, rounds: int) -> Way:
    """The export where exporter-native is not installed: SQLite writes the cells in its own words."""
    output = folder / "plain.zip"
    words = ["run", "--format", "dwca", "--output", str(output), "--force"]
    code = "import sys; sys.modules['exporter_native'] = None; from exporter.__main__ import main; sys.exit(main())"
    environment = {"SOURCE_DATE_EPOCH": MOMENT}
    return Way(PLAIN, [sys.executable, "-c", code, *words], folder, (output,), environment=environment, rounds=rounds)


def core(made: Database, rounds: int) -> Way:
    """What a careful script does; too slow for every round."""
    output = made.folder / "core.zip"
    command = [sys.executable, str(PEERS), "core", str(made.path), str(output)]
    return Way(CORE, command, made.folder, (output,), rounds=rounds)


def shell(made: Database) -> Way:
    """The sqlite3 shell; where there is none, Python's driver in its place, under another name."""
    output = made.folder / "shell.txt"
    found = shutil.which("sqlite3")
    if found is None:
        return Way(DRIVER, [sys.executable, str(PEERS), "driver", str(made.path), str(output)], made.folder, (output,))
    statements = made.folder / "shell.sql"
    statements.write_text(shell_script(output), encoding="utf-8")
    return Way(SHELL, [found, "-bail", "-readonly", str(made.path)], made.folder, (output,), statements)


def check_sound(way: Way) -> None:
    """One run of ours, not measured, that finds nothing: no row of the data is left out, changed or worth a word.

    :raises BenchmarkError: when it fails, or reports a finding.
    """
    tell(f"checking {way.name}")
    command, environment = [*way.command, "--json"], os.environ | dict(way.environment)
    done = subprocess.run(command, cwd=way.folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"{way.name} ended with {done.returncode}:\n{done.stderr}")
    if codes := [f["code"] for f in json.loads(done.stdout)["findings"]]:
        raise BenchmarkError(f"{way.name} found {', '.join(codes)}; there should be nothing to find in the data.")


def check_rows(ways: Sequence[Way], rows: dict[str, int], headers: int = len(TABLES)) -> None:
    """Every row of the database is in what each way wrote.

    :param headers: lines that are no rows, in all text files of a way together.
    :raises BenchmarkError: when one is missing or too many.
    """
    for way in ways:
        if zipfile.is_zipfile(way.outputs[0]):
            with zipfile.ZipFile(way.outputs[0]) as archive:
                found = {r: _rows_of(archive, file) for r, (_, file, _) in TABLES.items()}
        else:
            found = {"all": sum(_lines(o) for o in way.outputs) - headers}
        demanded = rows if len(found) > 1 else {"all": sum(rows.values())}
        if found != demanded:
            raise BenchmarkError(f"{way.name} wrote {found}; the database has {demanded}.")


def _rows_of(archive: zipfile.ZipFile, name: str) -> int:
    with archive.open(name) as file:
        return _line_ends(file) - 1


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return _line_ends(file)


def _line_ends(file: IO[bytes]) -> int:
    return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
