"""Conditions, measurements and geometry as they should not be: what becomes of them, and that nothing goes without a word."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from .failures_kit import Desk, Outcome, provokes

FORMATS = ("csv", "excel", "pdf", "ost")
SCHEMA = """
create table projects (id integer primary key, name, client);
create table pages (id integer primary key, project, number, sheet, title, width, height, scale);
create table conditions (id integer primary key, project, name, scope, kind, unit, colour, depth, cost, total);
create table measurements (id integer primary key, condition, page, kind, shape, quantity, unit, verified, notes);
create index of_condition on measurements (condition);
insert into projects values (1, 'House', 'Ada');
insert into pages values (1, 1, 1, 'A-101', 'First floor', 3600, 2400, 37.5), (2, 1, 2, 'A-102', 'Second floor', 3600, 2400, 37.5);
insert into conditions values (1, 1, 'Slab', 'concrete', 'area', 'SF', '#3b82f6', 4, 2.5, null),
    (2, 1, 'Wall', 'framing', 'linear', 'LF', '#d97706', null, null, null);
insert into measurements values
    (1, 1, 1, 'rectangle', '{"x": 100, "y": 100, "width": 375, "height": 375}', 100, 'SF', 1, null),
    (2, 1, 2, 'circle', '{"center": {"x": 500, "y": 500}, "radius": 75}', 12.5, 'SF', 0, null),
    (3, 2, 1, 'line', '{"start": {"x": 0, "y": 0}, "end": {"x": 375, "y": 0}}', 10, 'LF', 1, 'north');
"""
TOML = """[sources.takeoff]
url = "sqlite:///takeoff.db"
family = "takeoff"
[sources.takeoff.records.project]
table = "projects"
project = "id"
columns = { project_id = "id", name = "name", client = "client" }
[sources.takeoff.records.page]
table = "pages"
project = "project"
[sources.takeoff.records.page.columns]
page_id = "id"
project_id = "project"
page_number = "number"
sheet_number = "sheet"
sheet_title = "title"
width = "width"
height = "height"
scale = "scale"
[sources.takeoff.records.condition]
table = "conditions"
project = "project"
[sources.takeoff.records.condition.columns]
condition_id = "id"
project_id = "project"
name = "name"
scope = "scope"
measurement_type = "kind"
unit = "unit"
colour = "colour"
depth = "depth"
unit_cost = "cost"
total_quantity = "total"
[sources.takeoff.records.measurement]
table = "measurements"
[sources.takeoff.records.measurement.columns]
measurement_id = "id"
condition_id = "condition"
page_id = "page"
geometry_type = "kind"
geometry = "shape"
quantity = "quantity"
unit = "unit"
is_verified = "verified"
notes = "notes"
"""
HOSTILE = (
    *("=1+1", "@SUM(A1)", "<b>&amp;</b> ]]>", "tab\tline\nfeed\r\x00\x1b", "x" * 40_000),
    *("\u202eright to left שלום", "../../x", " "),
)


def takeoff(desk: Desk, *sql: str | tuple[str, Sequence[Any]], toml: Mapping[str, str] | None = None) -> None:
    """Two conditions on two pages, with three measurements.

    :param sql: scripts, or statements with values; :param toml: texts of exporter.toml to replace by others.
    """
    desk.provide("takeoff.db", SCHEMA, sql, TOML, toml or {})


def each(desk: Desk, *words: str, formats: Sequence[str] = FORMATS) -> list[Outcome]:
    """The same export for several formats; what each writes, its own check accepts."""
    found = []
    for name in formats:
        outcome = desk.run("--force", *words, format=name)
        if outcome.exit == 0:
            checked = desk.exporter("check", "out.zip", "--format", name)
            assert checked.exit == 0, checked.out + checked.err
        found.append(outcome)
    return found


def rows(desk: Desk) -> list[dict[str, str]]:
    """The flat list."""
    outcome = desk.run("--force", format="csv")
    assert outcome.output is not None
    return list(csv.DictReader(io.StringIO(outcome.output.read_text(encoding="utf-8"), newline="")))


def left_out(outcomes: Sequence[Outcome]) -> set[int]:
    return {outcome.report["records"]["measurement"]["left_out"] for outcome in outcomes}


# --- quantities and units


@provokes("unit-converted")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set unit = 'SY', quantity = 10 where id = 1")
    assert rows(desk)[0]["Quantity"] == "90.0"
    return each(desk)


@provokes("unit-of-another-kind")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set unit = 'EA' where id = 1")
    found = each(desk)
    assert left_out(found) == {1}
    return found


@provokes("unit-unknown")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set unit = 'bushel' where id = 3")
    found = each(desk)
    assert left_out(found) == {1}
    return found


@provokes("unit-of-condition-unknown")
def _(desk: Desk) -> list[Outcome]:
    takeoff(
        desk, "update conditions set unit = 'furlong' where id = 2; update measurements set unit = ' furlong' where id = 3"
    )
    assert [row["Unit"] for row in rows(desk)] == ["SF", "SF", "furlong"]
    found = each(desk)
    assert left_out(found) == {0}
    return found


@provokes("unit-spelt-otherwise")
def _(desk: Desk) -> list[Outcome]:
    takeoff(
        desk,
        "update conditions set unit = 'sq. ft' where id = 1; update conditions set unit = 'ft' where id = 2;"
        "update measurements set unit = 'sqft' where id = 2; update measurements set unit = 'lf' where id = 3",
        "insert into conditions values (3, 1, 'Door', 'doors', 'count', null, null, null, null, null);"
        "insert into measurements values (4, 3, 1, 'point', '{\"x\": 1, \"y\": 2}', 1, 'EACH', 1, null)",
    )
    assert [(row["Unit"], row["Quantity"]) for row in rows(desk)] == [
        ("SF", "100"),
        ("SF", "12.5"),
        ("LF", "10"),
        ("EA", "1"),
    ]
    return each(desk)


@provokes("quantity-without-unit")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set unit = null; update conditions set unit = null")
    assert {row["Unit"] for row in rows(desk)} == {"SF", "LF"}
    return each(desk)


@provokes("quantity-none")
def _(desk: Desk) -> list[Outcome]:
    takeoff(
        desk, "update measurements set quantity = null where id = 1; update measurements set quantity = 9e999 where id = 2"
    )
    assert [row["Quantity"] for row in rows(desk)] == ["", "", "10"]
    return each(desk)


@provokes("quantity-negative")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set quantity = -12.5 where id = 1")
    assert [row["Quantity"] for row in rows(desk)] == ["-12.5", "12.5", "10"]
    return each(desk)


@provokes("quantity-zero")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set quantity = 0 where id = 3")
    assert [row["Quantity"] for row in rows(desk)] == ["100", "12.5", "0"]
    return each(desk)


@provokes("quantity-huge")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, f"update measurements set quantity = {2**60} where id = 1")
    assert rows(desk)[0]["Quantity"] == str(2**60)
    return each(desk)


@provokes("total-stale")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update conditions set total = 99 where id = 1")
    return each(desk, formats=("excel", "pdf", "ost"))


# --- geometry


@provokes("measured-geometry-broken")
def _(desk: Desk) -> list[Outcome]:
    takeoff(
        desk,
        """update measurements set shape = '{"x": 1' where id = 1; update measurements set shape = '[1, 2]' where id = 2""",
    )
    return each(desk, formats=("csv", "pdf", "ost"))


@provokes("measured-geometry-unknown")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set kind = 'spline' where id = 1")
    found = [*each(desk), *each(desk, "--geometry", "wkt", formats=("csv",))]
    counts = [[f["count"] for f in o.report["findings"] if f["code"] == "GEOMETRY_TYPE_UNKNOWN"] for o in found]
    assert counts == [[1]] * len(found)
    return found


@provokes("measured-geometry-alike")
def _(desk: Desk) -> list[Outcome]:
    point, line = '{"points": [[100, 200]]}', '{"points": [{"x": 0, "y": 0}, {"x": 375, "y": 0}]}'
    takeoff(
        desk,
        ("update measurements set kind = 'point', shape = ? where id = 1", (point,)),
        ("update measurements set shape = ? where id = 3", (line,)),
    )
    outcome = desk.run("--force", "--geometry", "wkt", format="csv")
    assert outcome.output is not None
    written = list(csv.DictReader(io.StringIO(outcome.output.read_text(encoding="utf-8"), newline="")))
    assert [written[0]["Coordinates"], written[2]["Coordinates"]] == ["POINT (100 200)", "LINESTRING (0 0, 375 0)"]
    found = each(desk)
    assert not any(f["code"] == "GEOMETRY_BROKEN" for o in found for f in o.report["findings"])
    return found


@provokes("measured-geometry-missing")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set shape = null where id = 1; update measurements set shape = '' where id = 2")
    return each(desk, formats=("csv", "pdf", "ost"))


# --- conditions and pages


@provokes("condition-empty")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "delete from measurements where condition = 2")
    return each(desk, formats=("excel", "pdf", "ost"))


@provokes("condition-missing")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set condition = 77 where id = 3")
    found = each(desk)
    assert left_out(found) == {1}
    return found


@provokes("condition-name-missing")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update conditions set name = ' ' where id = 1")
    return each(desk, formats=("excel", "pdf", "ost"))


@provokes("condition-names-alike")
def _(desk: Desk) -> list[Outcome]:
    name = "Concrete slab on grade, four inches thick, "
    more = ", ".join(f"({n}, 1, '{name}{n}', 'concrete', 'area', 'SF', null, null, null, null)" for n in range(3, 303))
    takeoff(desk, f"insert into conditions values {more}")
    return each(desk)


@provokes("takeoff-hostile-texts")
def _(desk: Desk) -> list[Outcome]:
    condition = "insert into conditions values (?, 1, ?, ?, 'area', 'SF', ?, null, 1, null)"
    texts = [(condition, (number, text, text, text)) for number, text in enumerate(HOSTILE, 3)]
    notes = [
        ("insert into measurements values (?, ?, 1, 'point', ?, 1, 'SF', 1, ?)", (n + 3, n, '{"x": 1, "y": 2}', t))
        for n, t in enumerate(HOSTILE, 3)
    ]
    takeoff(desk, *texts, *notes)
    return each(desk)


@provokes("page-null")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set page = null; update pages set sheet = null, title = null, number = null")
    assert {row["Page"] + row["Sheet Number"] for row in rows(desk)} == {""}
    return each(desk)


@provokes("page-missing")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set page = 77 where id = 1")
    found = each(desk)
    assert left_out(found) == {0}
    return found


@provokes("page-none-at-all")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "delete from pages; update measurements set page = null")
    return each(desk)


def twice(desk: Desk, sql: str) -> list[Outcome]:
    """What is refused, after it was seen that who keeps going gets each measurement once."""
    takeoff(desk, *(f"create table {name} as select * from {table}; drop table {table}; alter table {name} rename to {table}"
        for name, table in (("p", "projects"), ("g", "pages"), ("c", "conditions"))), sql)  # fmt: skip
    for outcome in each(desk, "--keep-going", formats=("csv", "excel", "pdf")):
        assert outcome.report["records"]["measurement"]["written"] == 3
    (desk.folder / "out.zip").unlink()
    return each(desk)


@provokes("page-twice")
def _(desk: Desk) -> list[Outcome]:
    return [
        *twice(desk, "insert into projects values (1, 'Hut', null)"),
        *twice(desk, "insert into pages select * from pages where id = 1"),
    ]


@provokes("condition-twice")
def _(desk: Desk) -> list[Outcome]:
    return twice(desk, "insert into conditions select * from conditions where id = 1")


@provokes("page-without-scale")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update pages set scale = null, width = 0 where id = 1")
    return each(desk)


@provokes("takeoff-empty")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "delete from measurements; delete from conditions; delete from projects; delete from pages")
    return each(desk)


@provokes("takeoff-projects-several")
def _(desk: Desk) -> Outcome:
    takeoff(desk, "insert into projects values (2, 'Shed', null); update conditions set project = 2 where id = 2")
    return desk.run(format="ost")


# --- bid files


@provokes("bid-page-without-scale")
def _(desk: Desk) -> Outcome:
    takeoff(desk, "update pages set scale = null where id = 1")
    return desk.run("--dialect", "bid", format="ost")


@provokes("bid-shape-not-held")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set condition = 1, unit = 'SF' where id = 3")
    return bids(desk)


@provokes("bid-page-missing")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, "update measurements set page = null where id = 3")
    return bids(desk)


@provokes("bid-geometry-broken")
def _(desk: Desk) -> list[Outcome]:
    takeoff(desk, """update measurements set shape = '{"x": 1' where id = 3""")
    return bids(desk)


def bids(desk: Desk) -> list[Outcome]:
    """A bid, of which one measurement is left out."""
    found = each(desk, "--dialect", "bid", formats=("ost",))
    assert left_out(found) == {1}
    return found
