"""What a run finds in cells, with the database naming the suspects, is what the check finds that reads every row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    literal,
    select,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.types import UserDefinedType

import exporter
from exporter import RecordSource, Source
from exporter.records import family
from exporter_dwca import inspection
from exporter_dwca.flags import look
from exporter_dwca.flags.cells import flags

from .flag_rows import CASES, TODAY
from .traps import DATASET

RECORDS = {look.EVENT: "event", look.OCCURRENCE: "occurrence", look.MULTIMEDIA: "media"}
KEYS = {"event": "event_id", "occurrence": "occurrence_id", "media": "media_id", "measurement": "measurement_id"}
Rows = Sequence[dict[str, Any]]


class AnyValue(UserDefinedType[Any]):
    """A column of no type."""

    cache_ok = True

    def get_col_spec(self) -> str:
        return ""


def fields_of(record: str, rows: Rows) -> dict[str, str]:
    """The record's fields for the terms of some rows, by term."""
    known = {f.spelling: name for name, f in family("biodiversity").records[record].fields.items()}
    return {term: known[term] for term in dict.fromkeys(t for row in rows for t in row) if term in known}


def source(engine: Engine, records: dict[str, Rows], types: dict[str, Any] | None = None) -> Source:
    """Tables of these rows, each row in event `e0`, its columns named after terms."""
    made = {}
    for record, rows in records.items():
        fields = fields_of(record, rows)
        columns = [Column(term, (types or {}).get(term, String(500))) for term in fields]
        own = Table(f"rows_of_{record}", MetaData(), Column("id", Integer, primary_key=True, autoincrement=False), *columns)
        own.drop(engine, checkfirst=True)
        own.create(engine)
        with engine.begin() as connection:
            for i, row in enumerate(rows):
                connection.execute(insert(own), {"id": i, **{t: v for t, v in row.items() if t in fields and v != ""}})
        shown = [own.c[term].label(field) for term, field in fields.items() if field not in ("event_id", KEYS[record])]
        identified = [own.c.id.cast(String(20)).label(KEYS[record])]
        belongs = [] if record == "event" else [literal("0").label("event_id")]
        made[record] = RecordSource(select(*identified, *belongs, *shown).select_from(own), key=own.c.id)
    return Source(name="cells", family="biodiversity", engine=engine, records=made, documents={"dataset": DATASET})


def found_by_both(given: Source, folder: Path, **words: Any) -> tuple[dict[Any, int], dict[Any, int]]:
    """The counts of flags on cells by file and code: of a run, and of the check of its archive."""
    path = folder / "a.zip"
    report = exporter.run(
        format="dwca",
        source=given,
        output=path,
        force=True,
        keep_going=True,
        clock=lambda: dt.datetime.combine(TODAY, dt.time(12), dt.UTC),
        **words,
    ).report
    run = {(f.part, f.code): f.count for f in report.findings if f.code in flags() and f.action == "kept" and f.part}
    check = {(f.part, f.code): f.count for f in exporter.check(path, "dwca") if f.code in flags()}
    return run, check


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(dt.datetime.combine(TODAY, dt.time(12), dt.UTC).timestamp())))


def rows_of(row_type: str) -> list[dict[str, str]]:
    return [cells for case in CASES if case.row_type == row_type for cells in (case.raises, case.short)]


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_every_flag(engine: Engine, tmp_path: Path, core: str) -> None:
    records: dict[str, Rows] = {record: rows_of(row_type) for row_type, record in RECORDS.items()}
    run, check = found_by_both(source(engine, records), tmp_path, options={"core": core})
    assert run == check
    raised = {code for _, code in run}
    expected = {c.code for c in CASES if c.row_type in RECORDS}
    if core == "event":
        assert expected - raised <= NEVER_WRITTEN
        assert len(raised) > 30


NEVER_WRITTEN = {"COORDINATE_ROUNDED", "PARENT_EVENT_INFINITE_LINEAGE"}


def test_sound_rows_are_not_read_one_by_one(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database alone proves that nothing is wrong; one odd cell among many costs a look at its row."""
    read: list[int] = []
    batches = inspection._batches

    def counting(*words: Any) -> Any:
        for batch in batches(*words):
            read.append(len(batch.rows))
            yield batch

    monkeypatch.setattr(inspection, "_batches", counting)
    night = {
        "event_start": dt.datetime(2023, 6, 1, 21),
        "event_end": dt.datetime(2023, 6, 2, 5),
        "modified": dt.datetime(2023, 6, 3),
    }
    place = {"decimalLatitude": 12.3456789, "decimalLongitude": -170.5, "geodeticDatum": "EPSG:4326", "countryCode": "DK"}
    find = {
        "basisOfRecord": "HumanObservation",
        "individualCount": 3,
        "sex": "male",
        "dateIdentified": dt.datetime(2023, 6, 9, 1),
    }
    picture = {"identifier": "https://example.org/a/b_1.jpg", "created": dt.datetime(2023, 6, 1, 22, 0, 0, 5)}
    types = {
        **dict.fromkeys(("event_start", "event_end", "modified", "dateIdentified", "created"), DateTime()),
        **dict.fromkeys(("decimalLatitude", "decimalLongitude"), Float(53)),
        "individualCount": Integer(),
    }
    records: dict[str, Rows] = {"event": [night | place] * 20, "occurrence": [find] * 30, "media": [picture] * 10}
    run, check = found_by_both(source(sqlite, records, types), tmp_path)
    assert run == check == {}
    assert read == []
    records["occurrence"] = [*records["occurrence"], find | {"individualCount": 0}]
    run, check = found_by_both(source(sqlite, records, types), tmp_path)
    assert run == check == {("occurrence.txt", "INDIVIDUAL_COUNT_CONFLICTS_WITH_OCCURRENCE_STATUS"): 1}
    assert read == [1]


TEXTS = st.sampled_from(
    ["", "0", "1", "-1", "91", "12.5", "45,3", "2023-02-29", "2020-02-29 12:00:00", "1900-02-29", "2000-02-29",
     "2023-06-31", "2023-06-01", "2023-06-01 24:30:00", "2023-06-01TT12:00", "19:30",
     "2023.5", "1999.12345", "2023-06-01 12:00:00.000000", "2023-06-01 12:00:00.12 UTC", "2023-06-01 12:00:00.12  Z",
     "2023-06-01T12:00:00z", "2023-06-01T12:00:00Z", "2023-06-01 12:00:00 +02:00", "2023-06-01T12:00:00+02:00",
     "2023-06-01 12:00:00.1234567890", "2023-06-01\0zz", "2023-06-14T23:59:60Z", "june", "present", "absent", "male",
     "HumanObservation", "EPSG:4326", "DK", "https://example.org/a", "https://example.org/a b", "https://example.org/a\0 b",
     "https://exa_mple.org/", "\tx", "é", "NULL", "1e-05", "\u2003", "\\N", "\x1c"]
)  # fmt: skip
VALUES = TEXTS | st.integers(-200, 3000) | st.floats(-200, 200) | st.floats(-1e-6, 1e-4)
GOOD: dict[str, dict[str, Any]] = {  # else each row of a table would be a suspect for what it lacks
    "event": {},
    "occurrence": {"basisOfRecord": "HumanObservation"},
    "media": {"identifier": "https://example.org/a.jpg"},
    "measurement": {},
}
TERMS = {
    "event": ["decimalLatitude", "decimalLongitude", "geodeticDatum", "event_start", "event_end", "modified", "countryCode",
              "coordinateUncertaintyInMeters", "coordinatePrecision", "minimumElevationInMeters", "maximumDepthInMeters"],
    "occurrence": ["decimalLatitude", "decimalLongitude", "individualCount", "basisOfRecord", "dateIdentified", "sex", "eventDate"],
    "media": ["identifier", "created", "references"],
    "measurement": ["measurementType", "measurementValue", "measurementDeterminedDate"],
}  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_values_in_sqlite(tmp_path: Path, data: st.DataObject) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'any.db'}", poolclass=NullPool)
    anything = AnyValue()
    records: dict[str, Rows] = {}
    for record, terms in TERMS.items():
        chosen = data.draw(st.lists(st.sampled_from(terms), min_size=1, max_size=len(terms), unique=True))
        hostile = st.fixed_dictionaries(dict.fromkeys(chosen, VALUES))
        records[record] = [GOOD[record] | row for row in data.draw(st.lists(hostile, min_size=1, max_size=12))]
    types = dict.fromkeys((t for terms in TERMS.values() for t in terms), anything)
    run, check = found_by_both(source(engine, records, types), tmp_path)
    assert run == check


def test_events_that_are_their_own_ancestors(engine: Engine, tmp_path: Path) -> None:
    parents = ["", "2", "1", "0", "3", "4", "6"]
    rows = [{"parentEventID": parent} for parent in parents]
    path = tmp_path / "a.zip"
    report = exporter.run(format="dwca", source=source(engine, {"event": rows}), output=path, keep_going=True).report
    (finding,) = (f for f in report.findings if f.code == "PARENT_EVENT_INFINITE_LINEAGE")
    assert (finding.count, finding.examples, finding.record) == (3, ["1", "2", "6"], "event")
    assert {f.code: f.count for f in exporter.check(path)}["PARENT_EVENT_INFINITE_LINEAGE"] == 3


def test_a_preview_finds_the_same(sqlite: Engine) -> None:
    given = source(sqlite, {"event": [{"decimalLatitude": "151", "decimalLongitude": "120", "geodeticDatum": "WGS84"}]})
    report = exporter.preview(format="dwca", source=given).report
    (finding,) = (f for f in report.findings if f.code == "COORDINATE_OUT_OF_RANGE")
    assert (finding.count, finding.record, finding.action) == (1, "event", "kept")
    assert finding.examples == ['0 "151", "120", "WGS84"']
