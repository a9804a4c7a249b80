"""Sensitive taxa: nothing that an export leaves behind tells where they were found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

import exporter
from exporter import RecordSource
from exporter.errors import FindingsError, InputError
from exporter_dwca import places
from exporter_dwca.generalize import SAFE, hidden_metres
from exporter_dwca.sensitive import WITHHOLD, bare, read_sensitive

from . import nests, traps
from .nests import ONLY_OF_EVENTS, PLAIN, SECRETS, VISITS, everything
from .traps import read


@pytest.fixture
def nest(engine: Engine) -> Engine:
    """The nests on every database there is."""
    nests.fill(engine)
    return engine


@pytest.fixture
def nest_sqlite(sqlite: Engine) -> Engine:
    """The nests in SQLite."""
    nests.fill(sqlite)
    return sqlite


def listed(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "sensitive.csv"
    path.write_text("\n".join(["taxon,precision", *lines, ""]), encoding="utf-8")
    return path


def export(tmp_path: Path, source: exporter.Source, *lines: str, **words: Any) -> tuple[dict[str, Any], Any, str]:
    """The rows, the report, and all that was left behind."""
    options = {"generalize": listed(tmp_path, *lines), **words.pop("options", {})}
    path = tmp_path / "out.zip"
    result = exporter.run(format="dwca", source=source, output=path, options=options, force=True, **words)
    assert not [f for f in exporter.check(path, "dwca") if f.level == "error"]
    return read(path), result.report, everything(path)


def counts(report: Any) -> dict[tuple[str, str], int]:
    return {(f.record, f.code): f.count for f in report.findings}


@pytest.mark.parametrize("core", ["event", "occurrence"])
@pytest.mark.parametrize("precision", ["0", "1", "withhold"])
def test_no_file_tells_the_place(nest: Engine, tmp_path: Path, core: str, precision: str) -> None:
    line = f"Falco peregrinus,{precision}"
    files, report, text = export(tmp_path, nests.source(nest), line, options={"core": core})
    assert [secret for secret in SECRETS if secret.casefold() in text.casefold()] == []
    told = PLAIN if core == "event" else [p for p in PLAIN if p not in ("52.2222", "on the moor")]
    assert [plain for plain in told if plain not in text] == []
    exposed = tmp_path / "exposed.zip"
    exporter.run(format="dwca", source=nests.source(nest), output=exposed, options={"core": core})
    hidden = everything(exposed)
    lost = {s for s in SECRETS if s not in hidden}
    assert lost <= (ONLY_OF_EVENTS if core == "occurrence" else set())  # the test would see what is not hidden
    assert report.records["occurrence"].written == 5
    code = "PLACE_WITHHELD" if precision == "withhold" else "COORDINATES_GENERALIZED"
    assert counts(report)["occurrence", code] == 3
    assert len(files[f"{core}.txt"]) == (8 if core == "event" else 5)


def test_cells(nest: Engine, tmp_path: Path) -> None:
    files, report, _ = export(tmp_path, nests.source(nest), "Falco peregrinus,1")
    events = {row["id"]: row for row in files["event.txt"]}
    deployment = events["deployment"]
    assert (deployment["decimalLatitude"], deployment["decimalLongitude"]) == ("51.1", "-4.7")
    assert float(deployment["coordinateUncertaintyInMeters"]) == 12 + hidden_metres(1, 50)
    assert float(events["night"]["coordinateUncertaintyInMeters"]) == 30 + hidden_metres(1, 50)
    assert deployment["dataGeneralizations"] == "Coordinates rounded to 0.1 degrees"
    assert deployment["informationWithheld"].startswith("Exact place")
    assert deployment["countryCode"] == "GB"
    assert deployment["county"] == deployment["eventRemarks"] == deployment["locationID"] == ""
    assert (events["no-place"]["decimalLatitude"], events["no-place"]["coordinateUncertaintyInMeters"]) == ("", "")
    assert {id for id, row in events.items() if row["dataGeneralizations"]} == set(events) - {"far", "farther"}
    assert deployment["samplingProtocol"] == ""  # it named the place
    far = events["far"]
    assert far["samplingProtocol"] == "Far moor protocol"
    assert (far["decimalLatitude"], far["locality"], far["habitat"]) == ("52.222222", "Far moor", "by the road")
    assert (far["coordinateUncertaintyInMeters"], far["informationWithheld"]) == ("20.0", "by the road")
    assert counts(report)["event", "COORDINATES_GENERALIZED"] == 6
    assert counts(report)["media", "MEDIA_WITHHELD"] == 3
    assert counts(report)["measurement", "MEASUREMENT_WITHHELD"] == 3
    kept = {row["measurementID"]: row for row in files["extendedmeasurementorfact.txt"]}
    assert (kept["m-wind"]["measurementValue"], kept["m-wind"]["measurementRemarks"]) == ("3.5", "")
    assert kept["m-far"]["measurementRemarks"] == "on the moor"


def test_withheld_places_have_no_term_of_place(nest: Engine, tmp_path: Path) -> None:
    files, report, text = export(tmp_path, nests.source(nest), "Falco,withhold")
    night = next(row for row in files["event.txt"] if row["id"] == "night")
    assert {header for header, cell in night.items() if cell} == {
        "id", "eventID", "parentEventID", "informationWithheld", "license", "datasetName",
    }  # fmt: skip
    assert night["informationWithheld"].startswith("Coordinates, all other terms")
    assert "<westBoundingCoordinate>-3.555555<" in text
    assert counts(report)["event", "PLACE_WITHHELD"] == 6


def test_the_box_is_that_of_what_is_shown(nest: Engine, tmp_path: Path) -> None:
    _, _, text = export(tmp_path, nests.source(nest), "Falco peregrinus,1")
    assert "<westBoundingCoordinate>-5<" in text
    assert "<southBoundingCoordinate>51.1<" in text


def test_rows_that_are_not_concerned_are_as_without_the_option(nest: Engine, tmp_path: Path) -> None:
    for core in ("event", "occurrence"):
        files, _, _ = export(tmp_path, nests.source(nest), "Falco peregrinus,1", options={"core": core})
        plain = tmp_path / "plain.zip"
        exporter.run(format="dwca", source=nests.source(nest), output=plain, options={"core": core}, force=True)
        for name, rows in read(plain).items():
            shown = {tuple(sorted((h, c) for h, c in row.items() if c)) for row in files[name]}
            for row in rows:
                if "far" in (row["id"], row.get("eventID")) or "find-robin" in row.values():
                    assert tuple(sorted((h, c) for h, c in row.items() if c)) in shown


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_remarks_elsewhere_hold_no_coordinates_and_names_are_told(nest: Engine, tmp_path: Path, core: str) -> None:
    with nest.begin() as connection:
        finds, visits, readings = nests.FINDS, nests.VISITS, nests.READINGS
        connection.execute(finds.update().where(finds.c.uid == "find-robin").values(remarks="as at 51,123456 -4.654321"))
        connection.execute(finds.update().where(finds.c.uid == "find-heron").values(remarks="as at the Crag of the Eyrie"))
        connection.execute(visits.update().where(visits.c.uid == "far").values(words="seen from N51.1234 W4.6543"))
        connection.execute(readings.update().where(readings.c.uid == "m-far").values(remarks="not at 4.654321"))
    files, report, text = export(tmp_path, nests.source(nest), "Falco peregrinus,1", options={"core": core})
    assert not [figure for figure in ("51,1234", "51.1234", "4.6543") if figure in text]
    shown = {row["occurrenceID"]: row["occurrenceRemarks"] for row in files["occurrence.txt"]}
    assert shown["find-robin"] == ""
    assert shown["find-heron"] == "as at the Crag of the Eyrie"
    found = counts(report)
    assert found["occurrence", "PLACE_IN_REMARKS"] == 1
    if core == "event":  # else events only lend, and have no measurements of their own
        assert found["event", "PLACE_IN_REMARKS"] == found["measurement", "PLACE_IN_REMARKS"] == 1
    assert found["occurrence", "PLACE_NAMED_IN_REMARKS"] == 2  # that of the robin has the figures, too


@pytest.mark.parametrize(
    "rule",
    ["falco peregrinus", "Falco Peregrinus (Tunstall, 1771)", "FALCO", "Falco peregrinus subsp. brookei", "Falconidae",
     "Falco peregrinus brookei Sharpe, 1873", " Falco  peregrinus "],
)  # fmt: skip
def test_a_taxon_is_known_by_name_genus_or_family(nest_sqlite: Engine, tmp_path: Path, rule: str) -> None:
    _, report, text = export(tmp_path, nests.source(nest_sqlite), f'"{rule}",2')
    assert counts(report)["occurrence", "COORDINATES_GENERALIZED"] == 3
    assert "51.1234" not in text


@pytest.mark.parametrize(
    "name",
    ["Falco cf. peregrinus", "cf. Falco peregrinus", "Falco (Hierofalco) peregrinus", "falco_peregrinus", "FALCO PEREGRINUS",
     "Falco peregrinus ssp. brookei", "Falco\u00a0peregrinus Tunstall", "Falco × peregrinus"],
)  # fmt: skip
def test_a_name_is_protected_however_it_is_written(nest_sqlite: Engine, tmp_path: Path, name: str) -> None:
    with nest_sqlite.begin() as connection:
        connection.execute(nests.FINDS.update().where(nests.FINDS.c.id == 1).values(name=name))
    _, report, _ = export(tmp_path, nests.source(nest_sqlite), "Falco peregrinus,2")
    assert counts(report)["occurrence", "COORDINATES_GENERALIZED"] == 3


@pytest.mark.parametrize("rule", ["Noctuidae", "Lepidoptera", "3", "Noctua pronuba"])
def test_descendants_by_the_taxon_tree(engine: Engine, tmp_path: Path, rule: str) -> None:
    files, report, _ = export(tmp_path, traps.source(engine), f"{rule},2")
    rounded = {row["occurrenceID"] for row in files["occurrence.txt"] if row["dataGeneralizations"]}
    assert rounded == ({"find-1", "find-2", "find-3", "find-4"} if rule == "Lepidoptera" else {"find-1", "find-2", "find-3"})
    assert ("", "SENSITIVE_TAXON_UNKNOWN") not in counts(report)


def test_the_strictest_rule_goes_first(nest: Engine, tmp_path: Path) -> None:
    files, report, _ = export(tmp_path, nests.source(nest), "Corvus corone,withhold", "Falco peregrinus,3", "Erithacus,3")
    events = {row["id"]: row for row in files["event.txt"]}
    assert events["night"]["decimalLatitude"] == events["deployment"]["decimalLatitude"] == ""
    assert (events["far"]["decimalLatitude"], events["far"]["dataGeneralizations"]) == (
        "52.222",
        "Coordinates rounded to 0.001 degrees",
    )
    assert (counts(report)["event", "PLACE_WITHHELD"], counts(report)["event", "COORDINATES_GENERALIZED"]) == (6, 1)


@pytest.mark.parametrize(("given", "digits", "shown"), [
    (-0.04, 1, "0.0"), (0.05, 1, "0.1"), (-4.65, 1, "-4.7"), (53.45, 1, "53.5"), (0.35, 1, "0.4"), (51.5, 0, "52"),
    (-179.9999, 2, "-180.00"), (51.4996, 3, "51.500"),
])  # fmt: skip
def test_rounding(nest: Engine, tmp_path: Path, given: float, digits: int, shown: str) -> None:
    with nest.begin() as connection:
        connection.execute(VISITS.update().where(VISITS.c.id == 7).values(longitude=given))
    files, _, _ = export(tmp_path, nests.source(nest), f"Erithacus rubecula,{digits}")
    assert next(row["decimalLongitude"] for row in files["event.txt"] if row["id"] == "far") == shown


def test_what_filters_leave_out_still_protects(nest: Engine, tmp_path: Path) -> None:
    files, _, text = export(
        tmp_path, nests.source(nest), "Falco peregrinus,1", filters={"taxa": ["Corvus corone", "Erithacus rubecula"]}
    )
    assert [row["occurrenceID"] for row in files["occurrence.txt"]] == ["find-crow", "find-robin"]
    assert [secret for secret in SECRETS if secret.casefold() in text.casefold()] == []


def test_a_misspelt_taxon_is_told(nest: Engine, tmp_path: Path) -> None:
    _, report, text = export(tmp_path, nests.source(nest), "Falco perigrinus,1", "Ardea cinerea,1", "Felis silvestris,2")
    found = next(f for f in report.findings if f.code == "SENSITIVE_TAXON_UNKNOWN")
    assert (found.level, found.count, found.examples) == ("warning", 2, ["Falco perigrinus", "Felis silvestris"])
    assert "51.1234" in text
    assert "53.4444" not in text


def test_a_list_that_covers_nothing_changes_nothing(nest_sqlite: Engine, tmp_path: Path) -> None:
    files, report, _ = export(tmp_path, nests.source(nest_sqlite), "Felis silvestris,1")
    assert counts(report)["", "SENSITIVE_TAXON_UNKNOWN"] == 1
    assert "dataGeneralizations" not in files["event.txt"][0]


def test_preview_counts_the_same(nest: Engine, tmp_path: Path) -> None:
    _, report, _ = export(tmp_path, nests.source(nest), "Falco peregrinus,1")
    options = {"generalize": tmp_path / "sensitive.csv"}
    for full in (False, True):
        seen = exporter.preview(format="dwca", source=nests.source(nest), options=options, full=full).report
        assert counts(seen) == counts(report)
        assert seen.records == report.records


@pytest.mark.parametrize(
    ("uid", "place"),
    [
        ("51.12346_-4.65432", True),
        ("at-51,12", True),
        ("crag of the eyrie/1", True),
        ("visit-51", False),
        ("l-secret/1", False),
        ("51.1", False),
    ],
)
@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_an_identifier_that_holds_the_place_is_refused(
    nest: Engine, tmp_path: Path, uid: str, place: bool, core: str
) -> None:
    with nest.begin() as connection:
        connection.execute(VISITS.update().where(VISITS.c.uid == "deployment").values(uid=uid))
        connection.execute(VISITS.update().where(VISITS.c.parent == "deployment").values(parent=uid))
        connection.execute(nests.FINDS.update().where(nests.FINDS.c.id == 1).values(visit=uid))
    if not place:
        export(tmp_path, nests.source(nest), "Falco peregrinus,1", options={"core": core})
        return
    with pytest.raises(FindingsError, match="PLACE_IN_IDENTIFIER") as caught:
        export(tmp_path, nests.source(nest), "Falco peregrinus,1", options={"core": core})
    assert not (tmp_path / "out.zip").exists()
    assert any(f.code == "PLACE_IN_IDENTIFIER" and f.level == "error" for f in caught.value.report.findings)


def test_a_data_set_that_tells_the_place_is_told(nest: Engine, tmp_path: Path) -> None:
    told = {"coverage": {"geographic": {"description": "A crag", "west": -4.654321, "south": 51, "east": -4, "north": 52}}}
    given = nests.source(nest, documents={"dataset": nests.DATASET | told})
    result = exporter.preview(format="dwca", source=given, options={"generalize": listed(tmp_path, "Falco peregrinus,1")})
    assert counts(result.report)["", "PLACE_IN_METADATA"] >= 1
    plain = exporter.preview(format="dwca", source=nests.source(nest), options={"generalize": tmp_path / "sensitive.csv"})
    assert ("", "PLACE_IN_METADATA") not in counts(plain.report)


@pytest.mark.parametrize("known", [True, False])
def test_occurrences_with_places_of_their_own(nest: Engine, tmp_path: Path, known: bool) -> None:
    f = nests.FINDS
    v = VISITS
    own = (v.c.latitude.label("decimal_latitude"), v.c.longitude.label("decimal_longitude"), v.c.site.label("locality"),
           v.c.words.label("habitat"))  # fmt: skip
    names = (f.c.uid.label("occurrence_id"), f.c.name.label("scientific_name"))
    event = (f.c.visit.label("event_id"),) if known else ()
    rows = select(*names, *event, *own).join_from(f, v, v.c.uid == f.c.visit)
    records = {"occurrence": RecordSource(rows, key=f.c.id)} | ({"event": nests.event()} if known else {})
    with nest.begin() as connection:
        connection.execute(f.update().where(f.c.id == 5).values(visit="gps-fix"))
    files, _, text = export(
        tmp_path, nests.source(nest, records=records), "Falco peregrinus,1", options={"core": "occurrence"}
    )
    rounded = {row["occurrenceID"] for row in files["occurrence.txt"] if row["dataGeneralizations"]}
    # without events nothing ties the wren of another year to the nest: its place has neither a locality nor an identifier
    assert rounded == {"find-falcon", "find-crow", "find-heron"} | ({"find-wren"} if known else set())
    gone = [s for s in SECRETS if known or s not in ("51.98765", "4.98765", "Eyrie")]
    assert [secret for secret in gone if secret.casefold() in text.casefold()] == []


def test_coordinates_as_text(nest_sqlite: Engine, tmp_path: Path) -> None:
    with nest_sqlite.begin() as connection:
        connection.exec_driver_sql("update nest_visits set latitude = '51.123456N' where id = 2")
        connection.exec_driver_sql("update nest_visits set longitude = cast('-4.654321' as blob) where id = 1")
    files, _, text = export(tmp_path, nests.source(nest_sqlite), "Falco peregrinus,1")
    events = {row["id"]: row for row in files["event.txt"]}
    assert events["night"]["decimalLatitude"] == events["night"]["coordinateUncertaintyInMeters"] == ""
    assert "51.1234" not in text


def test_sources_without_names_of_taxa_are_refused(nest_sqlite: Engine, tmp_path: Path) -> None:
    records = {"event": nests.event()}
    with pytest.raises(InputError, match="--generalize needs the taxa of occurrences"):
        export(tmp_path, nests.source(nest_sqlite, records=records), "Falco peregrinus,1")


def test_no_term_of_place_is_safe() -> None:
    places = (
        "ocality",
        "oordinate",
        "levation",
        "ocation",
        "epth",
        "footprint",
        "georef",
        "unty",
        "emarks",
        "island",
        "otes",
    )
    assert not {term for terms in SAFE.values() for term in terms if any(word in term for word in places)}


def test_uncertainty_is_half_the_diagonal() -> None:
    assert hidden_metres(1, 0) == pytest.approx(
        7845, abs=2
    )  # the table of Chapman & Wieczorek (2020) has 15,691 for both ends
    assert hidden_metres(0, 0) == pytest.approx(10 * hidden_metres(1, 0), abs=10)
    assert hidden_metres(1, 60) == pytest.approx(6235, abs=40)
    assert hidden_metres(3, 85) < hidden_metres(3, 0)


@pytest.mark.parametrize("core", ["event", "occurrence"])
def test_many_rows_are_not_listed(nest: Engine, tmp_path: Path, core: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond some number, statements work out what is covered instead of listing it: with the same result."""
    files, report, _ = export(tmp_path, nests.source(nest), "Falco peregrinus,1", "Ardea,3", options={"core": core})
    monkeypatch.setattr(places, "_LISTED", 0)
    worked_out, again, _ = export(tmp_path, nests.source(nest), "Falco peregrinus,1", "Ardea,3", options={"core": core})
    assert worked_out == files
    assert counts(again) == counts(report)


@pytest.mark.parametrize("words", ["(Linnaeus, 1758)", "L.", "de Vries", ""])
def test_authors_are_no_part_of_a_name(words: str) -> None:
    assert bare(f"Lutra lutra {words}") == bare(f"lutra_LUTRA {words}".replace("LUTRA", "lutra")) == "lutra lutra"


def test_a_list_names_each_taxon_once(tmp_path: Path) -> None:
    author = '"Lutra lutra (Linnaeus, 1758)",0.1'
    found = read_sensitive(listed(tmp_path, "Lutra lutra,1", "lutra lutra,1", author, "", "Falco,withhold"))
    assert [(each.taxon, each.digits, each.line) for each in found] == [
        ("Lutra lutra", 1, 2),
        ("Lutra lutra (Linnaeus, 1758)", 1, 4),
        ("Falco", WITHHOLD, 6),
    ]
