"""Identifiers that are there twice: nothing is doubled, whatever shares them, and nobody is left in the dark."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter import Source
from exporter.errors import FindingsError

from .estimators import DATABASES, takeoff, written

PROJECTS = [{"project_id": "h", "name": "House"}, {"project_id": "s", "name": "Shed"}]
PAGES = [{"page_id": f"p{n}", "project_id": "h", "sheet_number": f"A-10{n}", "page_number": n} for n in (1, 2)]
CONDITIONS = [
    {"condition_id": "a", "project_id": "h", "name": "Slab", "unit": "SF", "unit_cost": 2.0},
    {"condition_id": "b", "project_id": "h", "name": "Wall", "unit": "LF"},
]
MEASUREMENTS = [
    {"measurement_id": f"m{n}", "condition_id": uid, "page_id": page, "quantity": quantity, "geometry_type": "point"}
    for n, (uid, page, quantity) in enumerate([("a", "p1", 1.0), ("a", "p2", 2.0), ("b", "p1", 4.0), ("b", None, 8.0)])
]
ROWS: dict[str, list[dict[str, Any]]] = {
    "project": PROJECTS,
    "page": PAGES,
    "condition": CONDITIONS,
    "measurement": MEASUREMENTS,
}
TWICE = {
    "project": {"project_id": "h", "name": "Hut"},
    "page": {"page_id": "p1", "project_id": "h", "sheet_number": "X-1", "page_number": 9},
    "condition": {"condition_id": "a", "project_id": "h", "name": "Again", "unit": "SF"},
}
FORMATS: list[tuple[str, dict[str, Any]]] = [
    ("csv", {"layout": "measurements"}),
    ("csv", {"layout": "conditions"}),
    ("csv", {"layout": "all"}),
    ("excel", {}),
    ("pdf", {}),
]


def exported(source: Source, folder: Path, format: str, options: dict[str, Any], **more: Any) -> bytes:
    output = folder / "out"
    exporter.run(format=format, source=source, output=output, options=options, force=True, **more)
    return output.read_bytes()


def rows(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written.decode(), newline="")))


@pytest.mark.parametrize("server", DATABASES)
@pytest.mark.parametrize("record", TWICE)
@pytest.mark.parametrize("uid", ["as it is", "in another case"])
def test_what_shares_an_identifier_is_an_error_and_doubles_nothing(
    server: str, record: str, uid: str, tmp_path: Path
) -> None:
    key = f"{record}_id"
    extra = dict(TWICE[record])
    if uid == "in another case":
        extra[key] = extra[key].upper()
    with takeoff(server, tmp_path, {**ROWS, record: [*ROWS[record], extra]}) as source:
        for format, options in FORMATS:
            with pytest.raises(FindingsError, match="ID_D"):
                exported(source, tmp_path, format, options)
        for more in ({"keep_going": True}, {"checked": False}):
            found = rows(exported(source, tmp_path, "csv", {}, **more))
            assert [(r["Measurement ID"], r["Sheet Number"]) for r in found] == [
                ("m0", "A-101"),
                ("m1", "A-102"),
                ("m2", "A-101"),
                ("m3", ""),
            ]
            totals = rows(exported(source, tmp_path, "csv", {"layout": "conditions"}, **more))
            assert [float(r["Quantity"]) for r in totals] == [3.0, 12.0, *([0.0] if record == "condition" else [])]
            assert {r["Project"] for r in totals} == {"House"}
            whole = exported(source, tmp_path, "csv", {"layout": "all"}, **more)
            assert zipfile.ZipFile(io.BytesIO(whole)).read("measurements.csv").count(b"\r\n") == 5
            for format in ("excel", "pdf"):
                exported(source, tmp_path, format, {}, **more)


@pytest.mark.parametrize("server", DATABASES)
def test_projects_may_use_the_same_identifiers(server: str, tmp_path: Path) -> None:
    """Conditions and pages of another project lend nothing to this one."""
    others = {
        "page": [*PAGES, {"page_id": "p1", "project_id": "s", "sheet_number": "S-1"}, {"page_id": "p3", "project_id": "s"}],
        "condition": [*CONDITIONS, {"condition_id": "a", "project_id": "s", "name": "Other", "unit": "EA"}],
        "measurement": [*MEASUREMENTS, {**MEASUREMENTS[0], "measurement_id": "m4", "page_id": "p3", "unit": "SF"}],
    }
    with takeoff(server, tmp_path, {**ROWS, **others}) as source:
        found = written(source, tmp_path, project="h")
        assert found.conditions == {"a": ("SF", 4.0, 3), "b": ("LF", 12.0, 2)}
        assert found.ids == ["m0", "m1", "m4", "m2", "m3"]
        assert found.codes == {"PAGE_MISSING": 1}


def test_a_page_is_the_one_that_the_database_means(tmp_path: Path) -> None:
    """MariaDB finds p1 for P1; its sums then stand under p1."""
    upper = [{**m, "page_id": m["page_id"] and m["page_id"].upper()} for m in MEASUREMENTS]
    with takeoff("mariadb", tmp_path, {**ROWS, "measurement": upper}) as source:
        found = rows(exported(source, tmp_path, "csv", {}))
        assert [(r["Page ID"], r["Sheet Number"]) for r in found][:3] == [("p1", "A-101"), ("p2", "A-102"), ("p1", "A-101")]
