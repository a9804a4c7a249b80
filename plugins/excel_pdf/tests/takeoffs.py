"""Takeoffs as small as a test needs, and workbooks of them."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from sqlalchemy import column, create_engine, select, table

import exporter
from exporter import RecordSource, Source
from exporter.database import sqlite_module
from exporter.pipeline import Result
from exporter.records import family

Rows = Iterable[Mapping[str, Any]]
PROJECT = {"project_id": "p1", "name": "Harbour House", "client": "Nansen & Sons"}
PAGE = {"page_id": "s1", "project_id": "p1", "page_number": 1, "sheet_number": "A-101", "sheet_title": "Ground floor"}
CONDITION = {"project_id": "p1", "measurement_type": "area", "unit": "SF", "category": "Walls", "scope": "Drywall"}
MEASUREMENT = {"page_id": "s1", "geometry_type": "polygon", "is_verified": 1, "is_ai_generated": 0}


def host(
    folder: Path,
    conditions: Rows = (),
    measurements: Rows = (),
    *,
    projects: Rows = (PROJECT,),
    pages: Rows | None = (PAGE,),
) -> Source:
    """A source of these rows; conditions are called c1, c2 and so on, measurements are of c1 unless they say else."""
    rows = {
        "project": [*projects],
        "condition": [{"condition_id": f"c{n}", **CONDITION, **given} for n, given in enumerate(conditions, 1)],
        "measurement": [
            {"measurement_id": f"m{n}", "condition_id": "c1", **MEASUREMENT, **given}
            for n, given in enumerate(measurements, 1)
        ],
    }
    if pages is not None:
        rows["page"] = [*pages]
    path = folder / "host.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for name, found in rows.items():
        _fill(connection, name, found)
    connection.commit()
    connection.close()
    records = {name: _record(name, found) for name, found in rows.items()}
    return Source(
        name="host", family="takeoff", engine=create_engine(f"sqlite:///{path}", module=sqlite_module()), records=records
    )


def _columns(name: str, rows: Rows) -> list[str]:
    given = list(dict.fromkeys(field for row in rows for field in row))
    return given or [
        str(family("takeoff").records[name].key),
        *(["condition_id", "quantity"] if name == "measurement" else []),
    ]


def _fill(connection: sqlite3.Connection, name: str, rows: Rows) -> None:
    columns = _columns(name, rows)
    connection.execute(f"create table {name} (_key integer primary key, {', '.join(columns)})")
    places = ", ".join("?" * len(columns))
    connection.executemany(
        f"insert into {name} ({', '.join(columns)}) values ({places})", [[row.get(c) for c in columns] for row in rows]
    )


def _record(name: str, rows: Rows) -> RecordSource:
    fields = table(name, column("_key"), *map(column, _columns(name, rows))).c
    return RecordSource(select(*(fields[c] for c in _columns(name, rows))), key=fields["_key"])


def exported(source: Source | str, folder: Path, *, filters: Mapping[str, Any] | None = None, **more: Any) -> Result:
    """A workbook in the file `out.xlsx`."""
    words = {
        "project": more.pop("project", None),
        "checked": more.pop("checked", True),
        "clock": lambda: dt.datetime(2024, 6, 1, 23, 30, tzinfo=dt.UTC),
    }
    return exporter.run(
        format="excel", source=source, output=folder / "out.xlsx", options=more, filters=filters, force=True, **words
    )


def workbook(folder: Path, *, values: bool = False) -> Workbook:
    """The workbook as openpyxl reads it: formulas, or what they came to."""
    return load_workbook(folder / "out.xlsx", data_only=values)


def made(source: Source | str, folder: Path, **more: Any) -> Workbook:
    """The workbook of a source, as openpyxl reads it."""
    exported(source, folder, **more)
    return workbook(folder)


def found(result: Result) -> dict[str, int]:
    """What a run found, by code."""
    return {finding.code: finding.count for finding in result.report.findings}


def checked(path: Path) -> dict[str, int]:
    """What the check says of a file, by code."""
    return {finding.code: finding.count for finding in exporter.check(path, "excel")}


def rewritten(folder: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of the workbook in which files are others; None leaves one out."""
    path = folder / "changed.xlsx"
    with zipfile.ZipFile(folder / "out.xlsx") as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in given.namelist():
            content = change(name, given.read(name))
            if content is not None:
                changed.writestr(name, content)
    return path


def without_values(folder: Path) -> Path:
    """A copy in which no formula says what it comes to, so that who opens it has to reckon."""
    return rewritten(folder, lambda _, content: re.sub(rb"</f><v>[^<]*</v>", b"</f>", content))
