"""Terms that follow from others: what they should be, said again in Python, on whatever a column may hold."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, DateTime, Engine, Integer, MetaData, String, Table, insert, select

import exporter
from exporter import RecordSource

from .traps import read, source

TERMS = ("eventDate", "eventTime", "year", "month", "day")
many = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def dates_of(moment: str) -> bool:
    """Whether a text begins with a date, as far as its dashes tell."""
    return re.match(r"....-..-..([ T]|$)", moment, re.DOTALL) is not None and not moment.endswith(" BC")


def interval(begin: str, end: str) -> str:
    return begin if begin == end else f"{begin}/{end}"


def expected(begin: str | None, end: str | None) -> list[str]:
    """The terms of an event, from the texts of its two moments."""
    if not begin:
        whole = interval("", end or "") if begin is not None else ""
        return [whole, "", "", "", ""]
    end = end or begin
    if not (dates_of(begin) and dates_of(end)):
        return [interval(begin, end), "", "", "", ""]
    shared = [begin[a:b] if begin[:b] == end[:b] else "" for a, b in ((0, 4), (5, 7), (8, 10))]
    parts = [shared[0], *(p.removeprefix("0") if len(p) == 2 and p[0] == "0" else p for p in shared[1:])]
    return [interval(begin[:10], end[:10]), interval(begin[11:], end[11:]), *parts]


def of_sqlite(text: str | None) -> str | None:
    if text is None or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2} ", text):
        return text
    return text[:10] + "T" + (text[11:19] if text[19:] == ".000000" else text[11:])


def written(engine: Engine, folder: Path, kind: Any, rows: list[tuple[Any, Any]]) -> list[list[str]]:
    """The terms of events with these beginnings and ends."""
    days = Table("days", MetaData(), Column("id", Integer, primary_key=True), Column("begin", kind), Column("finish", kind))
    days.drop(engine, checkfirst=True)
    days.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(days), [{"begin": b, "finish": e} for b, e in rows])
    fields = select(days.c.id.label("event_id"), days.c.begin.label("event_start"), days.c.finish.label("event_end"))
    given = source(engine, records={"event": RecordSource(fields, key=days.c.id)})
    result = exporter.run(format="dwca", source=given, output=folder / "days.zip", force=True)
    assert result.artifact is not None
    return [[row[t] for t in TERMS] for row in read(result.artifact.path)["event.txt"]]


dates = st.from_regex("(2024|0004)-0[67]-[0-2][0-9]", fullmatch=True)
others = st.from_regex("[0-9]{4}-[0-9]{2}-[0-9a-]{1,3}", fullmatch=True)
times = st.sampled_from(
    ["", " 21:30:00.000000", " 05:30:00.000000", " 21:30:00", "T21:30:00", "T05:30:00Z", " 05:30:00.120000"]
)
tails = st.sampled_from(["", "", "", "+02:00", " BC", "é", ".000000"])
odd = st.sampled_from(["", "2024", "early June 2024", "0044-03-15 12:00:00 BC"])
moments = st.tuples(dates | others, times, tails).map("".join) | odd


def test_terms_of_any_text(sqlite: Engine, tmp_path: Path) -> None:
    @many
    @given(st.lists(st.tuples(st.none() | moments, st.none() | moments), min_size=1, max_size=200))
    def agree(rows: list[tuple[str | None, str | None]]) -> None:
        for row, found in zip(rows, written(sqlite, tmp_path, String(), rows), strict=True):
            assert found == expected(*map(of_sqlite, row)), row

    agree()


def test_terms_of_points_in_time_are_the_same_on_every_database(engine: Engine, tmp_path: Path) -> None:
    start = dt.datetime(2024, 6, 1, 21, 30)
    steps = [dt.timedelta(hours=h, microseconds=us) for h in (0, 1, 8, 24, 24 * 30, 24 * 365) for us in (0, 500_000)]
    rows = [(start, start + step) for step in steps] + [(start, None), (None, start), (None, None)]
    if engine.dialect.name != "mysql":  # its DATETIME has whole seconds
        rows.append((start.replace(microsecond=120_000), start))
    else:
        rows = [(b, e) for b, e in rows if e is None or not e.microsecond]
    found = written(engine, tmp_path, DateTime(), rows)
    assert found == [expected(*(m and m.isoformat() for m in row)) for row in rows]


EPITHETS = {
    "Noctua pronuba": "pronuba", "McNeillia saxi-fraga": "saxi-fraga", "Noctua -a": "-a",
    **dict.fromkeys([
        "Bombus", "Noctua p", "Noctua sp.", "Noctua cf. comes", "Noctua pronuba pronuba", "Noctua pronuba Linnaeus", "Noctua ",
        "Noctua pronuba (Linnaeus, 1758)", "Noctua Pronuba", "Noctua proNuba", "noctua pronuba", "Noctua2 pronuba", " pronuba",
        "Noctua  pronuba", "Noctua pronuba ", " Noctua pronuba", "Noctuä pronuba", "Noctua pronubä", "× Noctua pronuba", "N. comes",
        "Noctua × comes", "Noctua pro nuba", "BOLD:ACF1234", "Noctua\tpronuba", "Noctua pronuba\x0bL.", "Noctua-pronuba", "-a bc",
    ], ""),
}  # fmt: skip


def test_an_epithet_is_the_second_word_of_a_binomial(engine: Engine, tmp_path: Path) -> None:
    sightings = Table("sightings", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(80)))
    sightings.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(sightings), [{"name": n} for n in EPITHETS])
    fields = select(sightings.c.id.label("occurrence_id"), sightings.c.name.label("scientific_name"))
    given = source(engine, records={"occurrence": RecordSource(fields, key=sightings.c.id)})
    exporter.run(format="dwca", source=given, output=tmp_path / "names.zip", options={"core": "occurrence"})
    rows = read(tmp_path / "names.zip")["occurrence.txt"]
    assert {name: row["specificEpithet"] for name, row in zip(EPITHETS, rows, strict=True)} == EPITHETS
