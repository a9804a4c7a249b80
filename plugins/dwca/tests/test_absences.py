"""Absences: what was looked for in an event and not found there, claimed only where nothing is known to the contrary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import Boolean, Column, Engine, Integer, MetaData, String, Table, case, select

import exporter
from exporter import RecordSource
from exporter.errors import InputError

from .traps import FINDS, TAXA, VISITS, agree, orphans, read, source

TARGETS = Table(
    "targets",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("visit", String(40), index=True),
    Column("taxon_id", Integer),
    Column("name", String(80)),
    Column("everywhere", Boolean),
)
PRONUBA, BISTON, NOCTUIDAE = 3, 5, 2


def targets(engine: Engine, *rows: tuple[str | None, int | None, str | None, bool], **changes: Any) -> exporter.Source:
    """The traps, with what was looked for: visit, taxon, name, and whether in all parts of the visit."""
    TARGETS.drop(engine, checkfirst=True)
    TARGETS.create(engine)
    with engine.begin() as connection:
        for n, (visit, taxon, name, everywhere) in enumerate(rows, 1):
            row = {"id": n, "visit": visit, "taxon_id": taxon, "name": name, "everywhere": everywhere}
            connection.execute(TARGETS.insert(), row)
    record = RecordSource(
        select(
            TARGETS.c.visit.label("event_id"),
            TARGETS.c.taxon_id.label("taxon_id"),
            TARGETS.c.name.label("scientific_name"),
            TARGETS.c.everywhere.label("in_parts"),
        ),
        key=TARGETS.c.id,
    )
    plain = source(engine)
    return source(engine, **{"records": {**plain.records, "target": record}, **changes})


def export(folder: Path, given: exporter.Source, **words: Any) -> tuple[dict[str, Any], Any]:
    options = {"absences": True, **words.pop("options", {})}
    result = exporter.run(format="dwca", source=given, output=folder / "out.zip", force=True, options=options, **words)
    assert result.artifact is not None
    assert agree(result)
    return read(result.artifact.path), result.report


def absent(files: dict[str, Any]) -> list[tuple[str, str]]:
    return [(r["eventID"], r["scientificName"]) for r in files["occurrence.txt"] if r["occurrenceStatus"] == "absent"]


def counts(report: Any) -> dict[str, int]:
    return {f.code: f.count for f in report.findings if f.record == "target"}


EVERY = (("visit-2", PRONUBA, None, False), ("visit-3", PRONUBA, None, False), ("visit-3", BISTON, None, False))


def test_what_was_not_found_is_absent(engine: Engine, tmp_path: Path) -> None:
    files, report = export(tmp_path, targets(engine, *EVERY))
    assert absent(files) == [("visit-3", "Biston betularia")]
    (row,) = [r for r in files["occurrence.txt"] if r["occurrenceStatus"] == "absent"]
    assert (row["occurrenceID"], row["individualCount"], row["taxonID"]) == ("visit-3:absent:5", "0", "5")
    assert (row["taxonRank"], row["specificEpithet"], row["basisOfRecord"]) == ("species", "betularia", "MachineObservation")
    assert (row["identifiedBy"], row["id"]) == ("", "visit-3")
    assert counts(report) == {"TARGETS_FOUND": 2, "ABSENCES_WRITTEN": 1}
    assert not orphans(files, "event.txt")
    assert (report.records["target"].rows, report.records["target"].written) == (3, 3)
    present = [r["occurrenceID"] for r in files["occurrence.txt"] if r["occurrenceStatus"] == "present"]
    assert present == ["find-1", "find-2", "find-3", "find-4"]
    assert report.records["occurrence"].written == len(present)


def test_without_the_option_nothing_is_absent(sqlite: Engine, tmp_path: Path) -> None:
    files, report = export(tmp_path, targets(sqlite, *EVERY), options={"absences": False})
    assert absent(files) == []
    assert "target" not in report.records


@pytest.mark.parametrize(
    ("filters", "claimed", "hidden"),
    [
        ({"verified": True}, [], {"TARGETS_FOUND": 1}),  # visit-3 has no verified find, so it is not written
        ({"verified": False}, [("visit-3", "Biston betularia")], {"TARGETS_FOUND": 1, "ABSENCES_NOT_CLAIMED": 1}),
        ({"min_score": 0.9}, [], {"TARGETS_FOUND": 1}),
        ({"taxa": ["Noctuidae"]}, [], {"TARGETS_FOUND": 2}),
        ({"taxa": ["Geometridae"]}, [], {}),
    ],
)
def test_what_a_filter_hides_is_not_absent(
    engine: Engine, tmp_path: Path, filters: dict[str, Any], claimed: list[tuple[str, str]], hidden: dict[str, int]
) -> None:
    files, report = export(tmp_path, targets(engine, *EVERY), filters=filters)
    assert absent(files) == claimed
    found = counts(report)
    assert {c: n for c, n in found.items() if c in ("TARGETS_FOUND", "ABSENCES_NOT_CLAIMED")} == hidden
    target = report.records["target"]
    assert target.rows == 3 == target.filtered + target.left_out + target.written
    assert sum(found.values()) == target.written
    every, _ = export(tmp_path, targets(engine, *EVERY), filters=filters, options={"events": "all"})
    assert ("visit-2", "Noctua pronuba") not in absent(every)
    assert ("visit-3", "Noctua pronuba") not in absent(every)


def test_what_a_rule_leaves_out_is_not_absent(engine: Engine, tmp_path: Path) -> None:
    class Secret:
        def exporter_rules(self, records: Any) -> list[exporter.Rule]:
            one = records["occurrence"].columns["occurrence_id"] == "find-3"
            return [exporter.Rule("occurrence", "SECRET", "Not for all.", where=one)]

    with engine.begin() as connection:
        connection.execute(FINDS.update().where(FINDS.c.id == 1).values(withdrawn=True))
    files, report = export(tmp_path, targets(engine, *EVERY), plugins=[Secret()])
    assert absent(files) == [("visit-3", "Biston betularia")]
    assert counts(report) == {"ABSENCES_WRITTEN": 1, "ABSENCES_NOT_CLAIMED": 2}


def test_a_find_is_one_of_all_taxa_above(engine: Engine, tmp_path: Path) -> None:
    looked_for = [("visit-3", NOCTUIDAE, None, False), ("visit-3", 1, None, False), ("visit-3", 4, None, False)]
    assert absent(export(tmp_path, targets(engine, *looked_for))[0]) == [("visit-3", "Geometridae")]


def test_a_find_in_a_part_is_one_in_the_whole(engine: Engine, tmp_path: Path) -> None:
    looked_for = [("visit-1", BISTON, None, True), ("visit-1", PRONUBA, None, False), ("visit-4", PRONUBA, None, True)]
    files, _ = export(tmp_path, targets(engine, *looked_for))
    assert absent(files) == [("visit-3", "Biston betularia"), ("visit-4", "Noctua pronuba")]


def test_a_target_that_is_named_twice_is_absent_once(engine: Engine, tmp_path: Path) -> None:
    looked_for = [("visit-1", BISTON, None, True), ("visit-3", BISTON, None, False), ("visit-3", BISTON, None, True)]
    files, report = export(tmp_path, targets(engine, *looked_for))
    assert absent(files) == [("visit-3", "Biston betularia")]
    assert counts(report) == {"TARGETS_FOUND": 2, "ABSENCES_WRITTEN": 1}


def test_names_are_compared_where_there_are_no_taxa(engine: Engine, tmp_path: Path) -> None:
    names = ("Noctua pronuba", "Noctua", "Noctua comes", "Noctuidae", "Noct")
    given = targets(engine, *(("visit-3", None, name, False) for name in names))
    named = case((FINDS.c.taxon_id == PRONUBA, "Noctua pronuba (Linnaeus, 1758)"), else_="Biston betularia")
    occurrence = RecordSource(
        select(FINDS.c.uid.label("occurrence_id"), VISITS.c.uid.label("event_id"), named.label("scientific_name"),
               case((FINDS.c.taxon_id == PRONUBA, "Noctuidae")).label("family"))
        .select_from(FINDS.join(VISITS, VISITS.c.id == FINDS.c.visit_id)),
        key=FINDS.c.id,
    )  # fmt: skip
    records = {n: r for n, r in given.records.items() if n not in ("taxon", "media")}
    files, report = export(tmp_path, attrs.evolve(given, records={**records, "occurrence": occurrence}))
    assert absent(files) == [("visit-3", "Noctua comes"), ("visit-3", "Noct")]
    made = [r for r in files["occurrence.txt"] if r["occurrenceStatus"] == "absent"]
    assert [r["occurrenceID"] for r in made] == ["visit-3:absent:Noctua-comes", "visit-3:absent:Noct"]
    assert counts(report) == {"TARGETS_FOUND": 3, "ABSENCES_WRITTEN": 2}


def test_targets_that_mean_nothing_are_left_out_and_counted(engine: Engine, tmp_path: Path) -> None:
    odd = [
        ("visit-3", None, None, False),
        ("visit-3", 99, None, False),
        ("gone", BISTON, None, False),
        (None, 5, None, False),
    ]
    files, report = export(tmp_path, targets(engine, *odd))
    assert absent(files) == []
    assert counts(report) == {"TARGET_WITHOUT_NAME": 2, "EVENT_MISSING": 1, "EVENT_NOT_GIVEN": 1}
    assert report.records["target"].left_out == 4


def test_identifiers_outlive_all_other_rows(engine: Engine, tmp_path: Path) -> None:
    records = {
        "taxon": source(engine).records["taxon"],
        "event": RecordSource(select(VISITS.c.site.label("locality")), key=VISITS.c.id),
        "occurrence": RecordSource(
            select(FINDS.c.visit_id.label("event_id"), FINDS.c.taxon_id.label("taxon_id")), key=FINDS.c.id
        ),
        "target": RecordSource(
            select(VISITS.c.id.label("event_id"), TARGETS.c.taxon_id.label("taxon_id"))
            .select_from(TARGETS.join(VISITS, VISITS.c.uid == TARGETS.c.visit)),
            key=TARGETS.c.id,
        ),
    }  # fmt: skip
    words = {"namespace": "6f0d2c9e-8c56-4a6b-9f0c-5a8a0f2b8d11"}
    before, _ = export(tmp_path, attrs.evolve(targets(engine, *EVERY, **words), records=records))
    made = {r["eventID"]: r["occurrenceID"] for r in before["occurrence.txt"] if r["occurrenceStatus"] == "absent"}
    assert all(i.startswith("urn:uuid:") for i in made.values())
    with engine.begin() as connection:
        connection.execute(TAXA.update().values(name=TAXA.c.name.concat(" L.")))
        connection.execute(VISITS.update().values(site="Renamed"))
        connection.execute(FINDS.delete().where(FINDS.c.id == 3))
    fewer = (("visit-2", BISTON, None, False), ("visit-4", PRONUBA, None, False), *EVERY[1:])
    after, _ = export(tmp_path, attrs.evolve(targets(engine, *fewer, **words), records=records))
    now = {(r["eventID"], r["occurrenceID"]) for r in after["occurrence.txt"] if r["occurrenceStatus"] == "absent"}
    assert made.items() < now
    assert len({i.lower() for _, i in now}) == len(now) == 3


def test_with_an_occurrence_core_an_absence_has_the_terms_of_its_event(engine: Engine, tmp_path: Path) -> None:
    files, report = export(tmp_path, targets(engine, *EVERY), options={"core": "occurrence"})
    (row,) = [r for r in files["occurrence.txt"] if r["occurrenceStatus"] == "absent"]
    assert row["id"] == row["occurrenceID"] == "visit-3:absent:5"
    assert (row["locality"], row["eventDate"], row["datasetName"]) == (
        "Meadow",
        "2024-06-02",
        "Moths of a meadow and a forest",
    )
    assert counts(report)["ABSENCES_WRITTEN"] == 1


def test_an_absence_that_the_host_writes_is_not_written_again(sqlite: Engine, tmp_path: Path) -> None:
    given = targets(sqlite, ("visit-3", PRONUBA, None, False), ("visit-1", PRONUBA, None, False))
    found = source(sqlite).records["occurrence"]
    status = case((FINDS.c.id == 3, "Absent"), else_="present").label("occurrence_status")
    with sqlite.begin() as connection:
        connection.execute(FINDS.update().where(FINDS.c.id.in_([1, 5])).values(taxon_id=BISTON))
    records = {**given.records, "occurrence": attrs.evolve(found, select=found.select.add_columns(status))}
    files, report = export(tmp_path, attrs.evolve(given, records=records))
    assert absent(files) == [("visit-1", "Noctua pronuba")]
    assert [r["occurrenceID"] for r in files["occurrence.txt"] if r["occurrenceStatus"] == "Absent"] == ["find-3"]
    assert counts(report) == {"TARGETS_FOUND": 1, "ABSENCES_WRITTEN": 1}


def test_nobody_said_what_was_looked_for(sqlite: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no record 'target'"):
        export(tmp_path, source(sqlite))


def test_a_full_preview_counts_absences(sqlite: Engine, tmp_path: Path) -> None:
    given = targets(sqlite, *EVERY)
    report = exporter.preview(format="dwca", source=given, options={"absences": True}, full=True).report
    assert counts(report) == counts(export(tmp_path, given)[1])
