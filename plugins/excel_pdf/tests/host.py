"""A host with a few conditions and measurements, as small as a test needs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import column, create_engine, select, table

import exporter
from exporter import RecordSource, Source
from exporter.pipeline import Result

Rows = Iterable[Mapping[str, Any]]
PROJECT = {"project_id": 1, "name": "Library", "client": "City of Oslo", "description": "A new wing"}
PAGE = {"page_id": 1, "page_number": 1, "sheet_number": "A-101", "sheet_title": "Plan", "width": 3600, "height": 2400}
WALL = {"condition_id": 1, "name": "Wall", "measurement_type": "linear", "unit": "LF", "colour": "#ff0000"}


def host(
    folder: Path,
    measurements: Rows = (),
    *,
    conditions: Rows = (WALL,),
    pages: Rows | None = (PAGE,),
    projects: Rows | None = (PROJECT,),
) -> Source:
    """A source of these rows; measurements are numbered, and are of the first condition on the first page unless they say else.

    :param pages: None for a source that has no such record, and so of the projects.
    """
    first = {"condition_id": 1, "page_id": 1, "is_verified": 1}
    numbered = [{"measurement_id": n, **first, **given} for n, given in enumerate(measurements, 1)]
    rows: dict[str, Rows] = {"condition": [*conditions], "measurement": numbered}
    rows |= {name: [*given] for name, given in (("page", pages), ("project", projects)) if given is not None}
    path = folder / "host.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        for name, found in rows.items():
            _fill(connection, name, found)
    connection.close()
    records = {name: _record(name, found) for name, found in rows.items()}
    return Source(name="host", family="takeoff", engine=create_engine(f"sqlite:///{path}"), records=records)


def _columns(name: str, rows: Rows) -> list[str]:
    given = list(dict.fromkeys(field for row in rows for field in row))
    return given or {"measurement": ["measurement_id", "condition_id", "quantity"]}.get(name, [f"{name}_id"])


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


def exported(
    source: Source, output: Path, format: str = "pdf", *, filters: Mapping[str, Any] | None = None, **options: Any
) -> Result:
    """An export into a file."""
    return exporter.run(format=format, source=source, output=output, options=options, filters=filters, force=True)


def findings(result: Result) -> dict[str, int]:
    """What a run found, by code."""
    return {finding.code: finding.count for finding in result.report.findings}


def line(
    quantity: Any, start: tuple[float, float] = (100, 100), end: tuple[float, float] = (900, 100), **more: Any
) -> dict[str, Any]:
    """A measurement that is a line."""
    geometry = json.dumps({"start": start, "end": end})
    return {"quantity": quantity, "geometry_type": "line", "geometry": geometry, **more}


def polygon(quantity: Any, *points: tuple[float, float], holes: Any = (), **more: Any) -> dict[str, Any]:
    """A measurement that is a polygon; a square where no points are given."""
    corners = points or ((100, 100), (900, 100), (900, 900), (100, 900))
    geometry = json.dumps({"points": corners, "holes": holes})
    return {"quantity": quantity, "geometry_type": "polygon", "geometry": geometry, **more}
