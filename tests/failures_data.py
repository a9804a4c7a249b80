"""Data as it should not be: what is left out is counted, what is odd is told, and the rest is written."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from .databases import database
from .failures_kit import Desk, Outcome, provokes, server_schema

EVERY = ("event.txt", "occurrence.txt", "multimedia.txt")


def server(desk: Desk, name: str, *sql: str, toml: dict[str, str] | None = None) -> str:
    """The host's data on a server; the URL of its database."""
    url = desk.stack.enter_context(database(name))
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for script in (server_schema(), *sql):
            for statement in filter(None, map(str.strip, script.split(";"))):
                connection.exec_driver_sql(statement)
    engine.dispose()
    desk.config(toml, url=url)
    return url


def cell(outcome: Outcome, id: str, term: str, name: str = "occurrence.txt") -> str:
    """What stands in a cell of the archive."""
    key = "occurrenceID" if name == "occurrence.txt" else "id"
    return next(r[term] for r in outcome.rows(name) if r[key] == id)


@provokes("no-rows")
def _(desk: Desk) -> Outcome:
    desk.traps("delete from nights; delete from finds; delete from pictures")
    found = desk.run()
    assert [found.rows(name) for name in EVERY] == [[], [], []]
    return found


@provokes("no-rows-left")
def _(desk: Desk) -> Outcome:
    desk.traps()
    found = desk.run("--filter", "events=n9")
    assert found.rows("occurrence.txt") == []
    return found


@provokes("id-null")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set uid = null where id = 2; update finds set uid = '' where id = 3")
    found = desk.run()
    assert found.report["records"]["occurrence"]["left_out"] == 2
    return found


@provokes("id-duplicate")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set uid = 'f1' where id = 2")
    return desk.run()


@provokes("id-case")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set uid = 'F1' where id = 2")
    return desk.run()


@provokes("id-duplicate-kept-going")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set uid = 'f1' where id = 2")
    found = desk.run("--keep-going")
    assert [r["occurrenceID"] for r in found.rows("occurrence.txt")].count("f1") == 2
    return found


@provokes("event-not-given")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set night = null where id = 2")
    return desk.run()


@provokes("event-missing")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set night = 'n9' where id = 4")
    return desk.run()


@provokes("parent-missing")
def _(desk: Desk) -> Outcome:
    desk.traps("update nights set parent = 'n9' where id = 2")
    found = desk.run()
    assert found.report["records"]["event"]["written"] == 3
    return found


@provokes("occurrence-missing")
def _(desk: Desk) -> Outcome:
    desk.traps("update pictures set find = 'f9' where id = 1")
    return desk.run()


@provokes("medium-of-no-event")
def _(desk: Desk) -> Outcome:
    desk.traps("update pictures set night = null where id = 2")
    return desk.run()


@provokes("determination-missing")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set name = null where id = 1; update finds set name = '' where id = 2")
    return desk.run()


@provokes("withdrawn")
def _(desk: Desk) -> Outcome:
    desk.traps(toml={'identified_by = "person"': 'withdrawn = "checked"'})
    return desk.run()


@provokes("email")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set person = 'ada@example.org' where id = 1")
    found = desk.run()
    assert cell(found, "f1", "identifiedBy") == ""
    return found


@provokes("host-rule-of-level-error")
def _(desk: Desk) -> Outcome:
    desk.traps(more='[sources.traps.rules.UNCHECKED]\nrecord = "occurrence"\nwhere = "checked = 0"\nlevel = "error"\n')
    return desk.run()


@provokes("control-characters")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.put("note", "a\tb", "a\r\nb", "a\x1f\x1e\x1d\x7fb", "a\x0bb")
    found = desk.run()
    assert [r["occurrenceRemarks"] for r in found.rows("occurrence.txt")] == ["a b", "a  b", "a    b", "a b"]
    return found


@provokes("nul")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.put("note", "a\0b")
    desk.put("site", "a\0b", table="nights")
    desk.put("began", "2024-06-01 21:00:00\0x", table="nights")
    found = desk.run()
    assert cell(found, "f1", "occurrenceRemarks") == "a b"
    assert cell(found, "n1", "locationID", "event.txt") == "a b"
    return found


@provokes("not-utf8")
def _(desk: Desk) -> Outcome:
    desk.traps(
        "update finds set note = cast(x'61ff62' as text) where id = 1; update finds set note = x'61ff62' where id = 2"
    )
    found = desk.run()
    assert cell(found, "f1", "occurrenceRemarks") == "a\ufffdb"
    return found


@provokes("lone-surrogate")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set note = cast(x'61eda08062' as text), uid = cast(x'66eda080' as text) where id = 1")
    desk.sql("update pictures set find = null where id = 1")
    return desk.run()


@provokes("not-utf8-in-identifier")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set uid = cast(x'66ff' as text) where id = 1; update pictures set find = null")
    desk.sql("update finds set uid = cast(x'66fe' as text) where id = 2")
    return desk.run()


@provokes("utf16")
def _(desk: Desk) -> Outcome:
    with closing(sqlite3.connect(desk.database)) as connection:
        connection.execute("pragma encoding = 'UTF-16le'")
        connection.execute("create table first (a)")
    desk.traps()
    desk.put("note", "Zürich ꙮ 🦋")
    found = desk.run()
    assert cell(found, "f1", "occurrenceRemarks") == "Zürich ꙮ 🦋"
    return found


@provokes("huge-text")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set note = replace(hex(zeroblob(5000000)), '0', 'x') where id = 2")
    found = desk.run()
    assert cell(found, "f2", "occurrenceRemarks") == "x" * 10_000_000
    return found


@provokes("infinity")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set amount = 9e999 where id = 1; update nights set lat = -9e999 where id = 2")
    found = desk.run()
    assert cell(found, "f1", "organismQuantity") == ""
    assert cell(found, "n2", "decimalLatitude", "event.txt") == ""
    return found


@provokes("nan")
def _(desk: Desk) -> Outcome:
    server(desk, "postgresql", "update finds set amount = 'NaN' where id = 1; update nights set lon = 'NaN' where id = 3")
    found = desk.run()
    assert cell(found, "f1", "organismQuantity") == ""
    assert cell(found, "n3", "decimalLongitude", "event.txt") == ""
    return found


@provokes("years")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.put("began", "0000-01-01 00:00:00", "10000-01-01 12:00:00", "early June 2024", table="nights")
    desk.put("ended", None, None, None, table="nights")
    found = desk.run()
    dates = [(r["eventDate"], r["eventTime"], r["year"], r["month"]) for r in found.rows("event.txt")]
    assert dates[0] == ("0000-01-01", "00:00:00", "0000", "1")
    assert dates[1] == ("10000-01-01 12:00:00", "", "", "")
    assert dates[2] == ("early June 2024", "", "", "")
    return found


@provokes("years-postgresql")
def _(desk: Desk) -> Outcome:
    far = "'0044-03-15 12:00:00 BC'", "'10000-01-01 12:00:00'", "'infinity'"
    sql = ";".join(f"update nights set began = {day}, ended = null where id = {n}" for n, day in enumerate(far, 1))
    server(desk, "postgresql", sql)
    found = desk.run()
    dates = [(r["eventDate"], r["year"]) for r in found.rows("event.txt")]
    assert dates == [("0044-03-15 12:00:00 BC", ""), ("10000-01-01 12:00:00", ""), ("infinity", "")]
    return found


@provokes("zones")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.put("began", "2024-06-01T21:00:00Z", "2024-06-01 21:00:00", "2024-06-01T21:00:00+02:00", table="nights")
    desk.put("ended", None, "2024-06-01T23:00:00Z", None, table="nights")
    found = desk.run()
    times = [r["eventTime"] for r in found.rows("event.txt")]
    assert times == ["21:00:00Z", "21:00:00/23:00:00Z", "21:00:00+02:00"]
    return found


@provokes("large-integers")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.put("number", 2**53 + 1, 2**63 - 1, -(2**63))
    found = desk.run()
    counts = [r["individualCount"] for r in found.rows("occurrence.txt")]
    assert counts[:3] == [str(2**53 + 1), str(2**63 - 1), str(-(2**63))]
    return found


@provokes("mixed-types")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.put("note", 7, 0.1, b"bytes", None)
    desk.put("number", "two", 1.5, None, "3")
    desk.put("amount", "much", 3, None, 1e300)
    found = desk.run()
    rows = found.rows("occurrence.txt")
    assert [r["occurrenceRemarks"] for r in rows] == ["7", "0.1", "bytes", ""]
    assert [r["individualCount"] for r in rows] == ["two", "1.5", "", "3"]
    assert [r["organismQuantity"] for r in rows] == ["much", "3", "", "1e+300"]
    return found


@provokes("identifiers-of-mixed-types")
def _(desk: Desk) -> Outcome:
    desk.traps("update pictures set find = null")
    desk.put("uid", 1, "1", 1.5, "f4")
    return desk.run("--keep-going")


@provokes("id-duplicate-lent")
def _(desk: Desk) -> Outcome:
    desk.traps("update nights set uid = 'n1', parent = null where id = 2; update finds set night = 'n1' where night = 'n2'")
    found = desk.run("--core", "occurrence", "--keep-going")
    assert [r["id"] for r in found.rows("occurrence.txt")] == ["f1", "f2", "f3", "f4"]
    return found


@provokes("id-with-control-characters")
def _(desk: Desk) -> Outcome:
    desk.traps("drop index finds_night; create unique index finds_uid on finds (uid)")
    desk.put("uid", "f\t1", "f\n1")
    return desk.run()


@provokes("terminal-codes")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set name = null where id = 1", "update pictures set find = null")
    desk.put("uid", "f1\x1b[2J\x07\nError: all is lost")
    shown = desk.exporter("run", "--format", "dwca", "--output", "out.zip", writes=True)
    assert "\x1b" not in shown.out
    assert "\nError" not in shown.out
    assert "f1\ufffd[2J\ufffd\ufffdError: all is lost" in shown.out
    return desk.run("--force")


@provokes("real-as-date")
def _(desk: Desk) -> Outcome:
    desk.traps("update nights set began = 2460463.375 where id = 1", toml={'event_end = "ended"': 'modified = "began"'})
    found = desk.run()
    assert cell(found, "n1", "eventDate", "event.txt") == "2460463.375"
    assert cell(found, "n1", "modified", "event.txt") == "2460463.375"
    return found


@provokes("json-cannot-hold")
def _(desk: Desk) -> Outcome:
    desk.traps(more='[sources.traps.records.occurrence.dynamic]\nvalue = "amount"\n')
    desk.put("amount", 0.1 + 0.2, float("inf"), b"bytes", 2**60 + 1)
    found = desk.run()
    texts = ['{"value":0.30000000000000004}', '{"value":"Infinity"}', '{"value":"bytes"}', '{"value":1152921504606846977}']
    assert [r["dynamicProperties"] for r in found.rows("occurrence.txt")] == texts
    return found
