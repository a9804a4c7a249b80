"""A host with a few conditions and measurements, written down row by row, and what an export of them holds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from sqlalchemy import column, create_engine, select, table

import exporter
from exporter import RecordSource, Source
from exporter.pipeline import Result

Rows = Iterable[Mapping[str, Any]]
PROJECT = {"project_id": "p", "name": "House"}
PAGE = {"page_id": "s1", "project_id": "p", "page_number": 1, "sheet_number": "A-101", "scale": 37.5, "scale_unit": "ft"}
SLAB = {"condition_id": "slab", "project_id": "p", "name": "Slab", "measurement_type": "area", "unit": "SF"}
SQUARE = {"points": [[0, 0], [10, 0], [10, 10], [0, 10]]}


def host(
    folder: Path,
    measurements: Rows = (),
    *,
    conditions: Rows = (SLAB,),
    pages: Rows = (PAGE,),
    projects: Rows = (PROJECT,),
    without: Sequence[str] = (),
) -> Source:
    """A source of these rows; measurements are numbered, and squares of the slab on the first page unless they say else.

    :param without: records that the source lacks.
    """
    numbered = [{**square(), "measurement_id": f"m{n}", **given} for n, given in enumerate(measurements, 1)]
    rows = {"project": [*projects], "page": [*pages], "condition": [*conditions], "measurement": numbered}
    path = folder / "host.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        for name, found in rows.items():
            _fill(connection, name, found)
        connection.execute("create index of_condition on measurement (condition_id, _key)")
    connection.close()
    return Source(
        name="host",
        family="takeoff",
        engine=create_engine(f"sqlite:///{path}"),
        records={name: _record(name, found) for name, found in rows.items() if name not in without},
    )


def square(**more: Any) -> dict[str, Any]:
    """A measurement of 100 SF of the slab."""
    drawn = {"geometry_type": "polygon", "geometry": json.dumps(SQUARE), "quantity": 100.0}
    return {"condition_id": "slab", "page_id": "s1", **drawn, **more}


def _columns(name: str, rows: Rows) -> list[str]:
    given = {"project": PROJECT, "page": PAGE, "condition": SLAB, "measurement": {"measurement_id": 1, **square()}}[name]
    return list(dict.fromkeys(field for row in (given, *rows) for field in row))


def _fill(connection: sqlite3.Connection, name: str, rows: Rows) -> None:
    columns = _columns(name, rows)
    connection.execute(f"create table {name} (_key integer primary key, {', '.join(columns)})")
    places = ", ".join("?" * len(columns))
    connection.executemany(
        f"insert into {name} ({', '.join(columns)}) values ({places})", [[row.get(c) for c in columns] for row in rows]
    )


def _record(name: str, rows: Rows) -> RecordSource:
    columns = _columns(name, rows)
    fields = table(name, column("_key"), *map(column, columns)).c
    project = fields["project_id"] if "project_id" in columns else None
    return RecordSource(select(*(fields[c] for c in columns)), key=fields["_key"], project=project)


def exported(source: Source, folder: Path, *, filters: Mapping[str, Any] | None = None, **more: Any) -> Result:
    """An export to `out.xml`; words that are no option of the format are those of a run."""
    run = {name: more.pop(name) for name in ("project", "checked", "keep_going") if name in more}
    return exporter.run(
        format="ost", source=source, output=folder / "out.xml", options=more, filters=filters, force=True, **run
    )


def written(source: Source, folder: Path, **more: Any) -> Any:
    """The root element of an export."""
    exported(source, folder, **more)
    return etree.parse(folder / "out.xml").getroot()


def findings(result: Result) -> dict[str, int]:
    """What a run found, by code."""
    return {finding.code: finding.count for finding in result.report.findings}


def checked(path: Path) -> dict[str, int]:
    """What a check finds, by code."""
    return {finding.code: finding.count for finding in exporter.check(path, "ost")}
