"""The layouts of takeoffs: what stands in each file, and what is said of what cannot be written."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import column, select, table

import exporter
from exporter import InputError, RecordSource, Source
from exporter.report import Report

SQUARE = (
    '{"points": [{"x": 0, "y": 0}, {"x": 10, "y": 0}, [10, 10], {"x": 0, "y": 10}], "holes": [[[2, 2], [4, 2], [4, 4]]]}'
)
COLUMNS = {
    "project": "id integer primary key, name, client",
    "page": "id integer primary key, project_id, page_number, sheet_number, sheet_title, scale",
    "condition": "id integer primary key, project_id, name, scope, measurement_type, unit, depth, total_quantity, unit_cost, "
    "markup_percent",
    "measurement": "id integer primary key, condition_id, page_id, geometry_type, geometry, quantity, unit, is_verified, notes",
}
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "project": [(1, "House & garage", "Ms Ada")],
    "page": [(1, 1, 1, "A-101", "First floor", 37.5), (2, 1, 2, None, None, None)],
    "condition": [
        (1, 1, "Slab", "concrete", "area", "SF", 4, 290, 2.5, 10),
        (2, 1, "Wall", "framing", "linear", None, None, None, None, None),
        (3, 1, "Empty", None, "count", "EA", None, None, None, None),
    ],
    "measurement": [
        (1, 1, 1, "polygon", SQUARE, 100.25, "SF", 1, "=1+1"),
        (2, 1, 1, "rectangle", '{"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 90}', -10, "SF", 0, None),
        (3, 1, None, "circle", '{"center": {"x": 5, "y": 5}, "radius": 2}', 2, "SY", 1, "-79.5"),
        (4, 2, 2, "polyline", '{"points": [[0, 0], [3, 4]]}', 12.5, None, 1, None),
        (5, 2, 2, "line", '{"start": {"x": 0, "y": 0}, "end": {"x": 1, "y": 1}}', 0, "LF", None, None),
    ],
}
FIELDS = {name: [c.split()[0] for c in columns.split(", ")] for name, columns in COLUMNS.items()}


def source(folder: Path, changed: Mapping[str, Sequence[tuple[Any, ...]]] = {}, without: tuple[str, ...] = ()) -> Source:
    path = folder / "takeoff.db"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, columns in COLUMNS.items():
            connection.execute(f"create table {name} ({columns})")
            for row in changed.get(name, ROWS[name]):
                connection.execute(f"insert into {name} values ({', '.join('?' * len(row))})", row)
        connection.execute("create index of_condition on measurement (condition_id)")
    made = {}
    for name in (each for each in COLUMNS if each not in without):
        found = table(name, *map(column, FIELDS[name])).c
        fields = [found[f].label(f"{name}_id" if f == "id" else f) for f in FIELDS[name]]
        made[name] = RecordSource(select(*fields), key=found["id"])
    return Source(name="takeoff", family="takeoff", url=f"sqlite:///{path}", records=made)


def export(folder: Path, given: Source, format: str = "csv", **options: Any) -> tuple[Path, Report]:
    filters = options.pop("filters", {})
    result = exporter.run(
        format=format, source=given, output=folder / "out", options=options, filters=filters, force=True, keep_going=True
    )
    assert result.artifact is not None
    return result.artifact.path, result.report


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def codes(report: Report) -> dict[str, int]:
    return {finding.code: finding.count for finding in report.findings}


def test_the_flat_list(tmp_path: Path) -> None:
    path, report = export(tmp_path, source(tmp_path))
    found = rows(path)
    assert list(found[0])[:10] == [
        *(
            "Condition",
            "Page",
            "Sheet Number",
            "Geometry Type",
            "Quantity",
            "Unit",
            "Coordinates",
            "Verified",
            "AI Generated",
        ),
        "Notes",
    ]
    assert [(r["Condition"], r["Quantity"], r["Unit"], r["Page"]) for r in found] == [
        ("Slab", "100.25", "SF", "1"),
        ("Slab", "-10", "SF", "1"),
        ("Slab", "18.0", "SF", ""),
        ("Wall", "12.5", "LF", "2"),
        ("Wall", "0", "LF", "2"),
    ]
    assert [r["Notes"] for r in found] == ["'=1+1", "", "-79.5", "", ""]
    assert [r["Verified"] for r in found] == ["true", "false", "true", "true", ""]
    assert json.loads(found[0]["Coordinates"]) == json.loads(SQUARE)
    assert {r["Project"] for r in found} == {"House & garage"}
    assert (report.options["layout"], report.options["geometry"]) == ("measurements", "json")
    assert codes(report) == {"UNIT_CONVERTED": 1, "FORMULA_NEUTRALISED": 1, "QUANTITY_NEGATIVE": 1, "QUANTITY_ZERO": 1}


def test_conditions_with_totals_of_what_is_left(tmp_path: Path) -> None:
    path, report = export(tmp_path, source(tmp_path), layout="conditions")
    slab, wall, empty = rows(path)
    assert (slab["Quantity"], slab["Measurements"], slab["Unit"]) == ("108.25", "3", "SF")
    assert (slab["Unit Cost"], slab["Cost"], slab["Cost With Markup"]) == ("2.5", "270.625", "297.6875")
    assert (wall["Quantity"], wall["Unit"], wall["Unit Cost"]) == ("12.5", "LF", "")
    assert (empty["Quantity"], empty["Measurements"]) == ("0.0", "0")
    quantities = {"QUANTITY_NEGATIVE": 1, "QUANTITY_ZERO": 1}
    assert codes(report) == {"TOTAL_QUANTITY_DIFFERS": 1, "CONDITION_EMPTY": 1, "UNIT_CONVERTED": 1, **quantities}
    path, report = export(tmp_path, source(tmp_path), layout="conditions", include_unverified=False, hide_empty=True)
    assert [(r["Condition"], r["Quantity"], r["Measurements"]) for r in rows(path)] == [
        ("Slab", "118.25", "2"),
        ("Wall", "12.5", "1"),
    ]
    path, _ = export(tmp_path, source(tmp_path), layout="conditions", include_costs=False)
    assert "Unit Cost" not in rows(path)[0]


def test_filters_narrow_the_totals(tmp_path: Path) -> None:
    given = source(tmp_path)
    path, _ = export(tmp_path, given, layout="conditions", filters={"sheets": ["A-101"], "scopes": ["concrete"]})
    assert [(r["Condition"], r["Quantity"]) for r in rows(path)] == [("Slab", "90.25")]
    path, report = export(tmp_path, given, layout="conditions", filters={"verified": "true"})
    assert [(r["Condition"], r["Quantity"]) for r in rows(path)] == [("Slab", "118.25"), ("Wall", "12.5"), ("Empty", "0.0")]
    assert (report.records["measurement"].written, report.records["measurement"].filtered) == (3, 2)
    path, report = export(tmp_path, given, filters={"zero_quantities": "false", "pages": ["2"]})
    assert [r["Quantity"] for r in rows(path)] == ["12.5"]
    assert report.records["measurement"].filtered == 4


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_all_there_is_in_one_zip(format: str, tmp_path: Path) -> None:
    path, report = export(tmp_path, source(tmp_path), format, layout="all")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [f"{name}.{format}" for name in ("projects", "pages", "conditions", "measurements")]
    assert [part["rows"] for part in report.parts] == [1, 2, 3, 5]
    assert exporter.check(path) == []
    (tmp_path / "cut.zip").write_bytes(path.read_bytes()[:-200])
    found = exporter.check(tmp_path / "cut.zip", format)
    assert [finding.code for finding in found] == ["ZIP_UNREADABLE"]


def test_json_has_numbers_and_geometry(tmp_path: Path) -> None:
    path, _ = export(tmp_path, source(tmp_path), "json")
    first, *_, last = json.loads(path.read_bytes())
    assert (first["quantity"], first["geometry"], first["depth"]) == (100.25, json.loads(SQUARE), 4)
    assert (last["page_number"], last["is_verified"], last["sheet_number"]) == (2, None, None)
    path, _ = export(tmp_path, source(tmp_path), "jsonl", layout="conditions")
    slab = json.loads(path.read_bytes().splitlines()[0])
    assert (slab["quantity"], slab["count"], slab["project"]) == (108.25, 3, "House & garage")


def test_well_known_text(tmp_path: Path) -> None:
    path, _ = export(tmp_path, source(tmp_path), geometry="wkt")
    square, turned, circle, bent, line = (r["Coordinates"] for r in rows(path))
    assert square == "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 4 2, 4 4, 2 2))"
    assert turned.startswith("POLYGON ((4.5 2.5, 4.5 5.5, ")
    assert circle.count(",") == 64
    assert (bent, line) == ("LINESTRING (0 0, 3 4)", "LINESTRING (0 0, 1 1)")
    path, _ = export(tmp_path, source(tmp_path), geometry="none")
    assert "Coordinates" not in rows(path)[0]


GEOMETRY = {
    "GEOMETRY_BROKEN": [
        ("polygon", "{"),
        ("polygon", '{"points": [[0, 0], [1, 1]]}'),
        ("line", '{"start": [0, 0]}'),
        ("circle", '{"center": [0, 0], "radius": -1}'),
        ("point", '{"x": "1", "y": 2}'),
        ("rectangle", "[1, 2, 3, 4]"),
        ("polyline", '{"points": [[0, NaN], [1, 1]]}'),
    ],
    "GEOMETRY_TYPE_UNKNOWN": [("spline", "{}"), ("", "{}")],
    "GEOMETRY_NOT_GIVEN": [("polygon", None), ("polygon", "")],
}


@pytest.mark.parametrize("code", GEOMETRY)
def test_quantities_without_geometry_are_kept(code: str, tmp_path: Path) -> None:
    given = [(n, 1, 1, kind, text, 1, "SF", 1, None) for n, (kind, text) in enumerate(GEOMETRY[code], 1)]
    path, report = export(tmp_path, source(tmp_path, {"measurement": given}))
    assert [(r["Quantity"], r["Coordinates"]) for r in rows(path)] == [("1", "")] * len(given)
    assert codes(report)[code] >= len(given)
    _, report = export(tmp_path, source(tmp_path, {"measurement": given}), layout="conditions")
    assert not report.errors()


def test_quantities_that_are_none(tmp_path: Path) -> None:
    given = [(n, 1, 1, "point", None, q, "SF", 1, None) for n, q in enumerate((1.5, None, "many", float("inf"), 2**60), 1)]
    path, report = export(tmp_path, source(tmp_path, {"measurement": given}), geometry="none")
    assert [r["Quantity"] for r in rows(path)] == ["1.5", "", "", "", str(2**60)]
    assert codes(report)["QUANTITY_MISSING"] == 3


def test_units_that_do_not_fit_are_left_out(tmp_path: Path) -> None:
    given = [
        (n, 1, 1, "point", None, 1, unit, 1, None) for n, unit in enumerate(("SF", "sq ft", "EA", "parsec", " ", None), 1)
    ]
    path, report = export(tmp_path, source(tmp_path, {"measurement": given}), geometry="none")
    assert [r["Measurement ID"] for r in rows(path)] == ["1", "2", "5", "6"]
    assert {r["Unit"] for r in rows(path)} == {"SF"}
    assert codes(report)["UNIT_DIFFERS"] == 2
    assert report.records["measurement"].left_out == 2


def test_measurements_of_nothing(tmp_path: Path) -> None:
    given = [
        (1, 99, 1, "point", None, 1, "SF", 1, None),
        (2, None, 1, "point", None, 1, "SF", 1, None),
        (3, 1, 99, *[None] * 6),
    ]
    path, report = export(tmp_path, source(tmp_path, {"measurement": given}), geometry="none")
    assert [(r["Measurement ID"], r["Page"], r["Page ID"]) for r in rows(path)] == [("3", "", "99")]
    assert {"CONDITION_MISSING", "CONDITION_NOT_GIVEN", "PAGE_MISSING"} <= codes(report).keys()


@pytest.mark.parametrize("layout", ["conditions", "measurements", "all"])
@pytest.mark.parametrize("without", [("project",), ("page",), ("project", "page")])
def test_sources_without_projects_or_pages(layout: str, without: tuple[str, ...], tmp_path: Path) -> None:
    path, report = export(tmp_path, source(tmp_path, without=without), layout=layout)
    assert path.stat().st_size
    assert not report.errors()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layout": "occurrences"}, "writes biodiversity; source 'takeoff' provides takeoff"),
        ({"layout": "conditions", "geometry": "wkt"}, "'geometry' would change nothing in the layout 'conditions'"),
        ({"layout": "measurements", "include_costs": False}, "'include_costs' would change nothing"),
        ({"record": "page", "hide_empty": True}, "'hide_empty' goes with the layouts of takeoffs"),
        ({"layout": "all", "record": "page"}, "'record' .* goes with the layout 'record'"),
        ({"layout": "all", "headers": "terms"}, "names of their own"),
    ],
)
def test_options_that_would_change_nothing(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        export(tmp_path, source(tmp_path), **options)


def test_a_record_as_it_is(tmp_path: Path) -> None:
    path, report = export(tmp_path, source(tmp_path), record="measurement")
    assert [r["unit"] for r in rows(path)] == ["SF", "SF", "SY", "", "LF"]
    assert report.options["layout"] == "record"
