from __future__ import annotations

import datetime as dt
import hashlib
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from exporter.records.biodiversity import FAMILY
from exporter.records.biodiversity.dataset import structure_dataset
from exporter_sample.insects import build
from exporter_sample.insects_plan import Plan
from exporter_sample.insects_queries import DATASET, FILTERS, RECORDS
from exporter_sample.taxa import RANKS, backbone

from .databases import drivers, one, values

OCCURRENCES = 2000
KEYED = {"events": "uid", "occurrences": "uid"}
COUNTRIES = {  # south, north, west, east: well inside the country
    "PA": (8.5, 9.3, -82.5, -79.3),
    "US": (43.0, 44.9, -73.3, -72.0),
    "CA": (45.1, 46.0, -79.0, -72.0),
    "DK": (55.5, 57.0, 9.0, 12.5),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("insects") / "insects.db"
    build(made, occurrences=OCCURRENCES)
    return made


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def tables(db: sqlite3.Connection) -> list[str]:
    return [r[0] for r in db.execute("select name from sqlite_master where type = 'table' order by name")]


def digest(path: Path) -> str:
    db = sqlite3.connect(path)
    found = hashlib.sha256()
    for table in tables(db):
        for row in db.execute(f"select * from {table} order by 1, 2"):
            found.update(repr(row).encode())
    db.close()
    return found.hexdigest()


def test_same_arguments_same_rows(tmp_path: Path) -> None:
    a, b, c = (tmp_path / f"{n}.db" for n in "abc")
    build(a, occurrences=300)
    build(b, occurrences=300)
    build(c, occurrences=300, seed=8)
    assert a.read_bytes() == b.read_bytes()
    assert digest(a) != digest(c)


def test_rows_are_the_same_on_every_machine(tmp_path: Path) -> None:
    build(tmp_path / "a.db", occurrences=300)
    assert digest(tmp_path / "a.db") == "69bde44671bbc28d9e4c114c11b8056173f5ecfdc4c14156fdc4729470bd3362"


@pytest.mark.parametrize("size", [0, 1, 11, 39, 480, 1234])
def test_any_size(tmp_path: Path, size: int) -> None:
    build(tmp_path / "a.db", occurrences=size)
    db = sqlite3.connect(tmp_path / "a.db")
    assert values(db, "select id from occurrences order by id") == list(range(1, size + 1))
    assert one(db, "select count(*) from events where kind = 'night'") == max(12, size // 40)
    assert not db.execute("pragma foreign_key_check").fetchall()
    db.close()


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    made = tmp_path / "a.db"
    build(made, occurrences=100)
    (tmp_path / "a.db-wal").write_bytes(b"left by a crash")
    build(made, occurrences=50)
    assert [p.name for p in tmp_path.iterdir()] == ["a.db"]
    db = sqlite3.connect(made)
    assert one(db, "select count(*) from occurrences") == 50
    db.close()


def test_a_negative_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        build(tmp_path / "a.db", occurrences=-1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [0, 1, 999, 2000, 500_000, 5_000_000])
def test_a_plan_adds_up(size: int) -> None:
    plan = Plan(size)
    middle = plan.nights // 2
    for number in (0, 1, middle, plan.nights - 2):
        assert plan.night(number).last == plan.night(number + 1).first
    assert plan.night(0).first == 0
    assert plan.night(plan.nights - 2).last == size
    assert plan.night(plan.nights - 1).first == plan.night(plan.nights - 1).last
    assert sum(len(plan.nights_of(d)) for d in range(plan.deployments)) == plan.nights
    assert all(plan.nights_of(d) for d in range(plan.deployments))


def test_it_is_fast(tmp_path: Path) -> None:
    begin = time.process_time()
    build(tmp_path / "a.db", occurrences=20_000)
    assert time.process_time() - begin < 5  # about half a second; the bound is for slow machines


def test_foreign_keys_hold_and_are_indexed(db: sqlite3.Connection) -> None:
    assert not db.execute("pragma foreign_key_check").fetchall()
    for table in tables(db):
        first = {
            one(db, f"select name from pragma_index_info('{r['name']}') where seqno = 0")
            for r in db.execute(f"pragma index_list({table})")
        }
        assert {r["from"] for r in db.execute(f"pragma foreign_key_list({table})")} <= first, table


def test_proportions(db: sqlite3.Connection) -> None:
    count = {t: one(db, f"select count(*) from {t}") for t in tables(db)}
    crops = one(db, "select count(*) from images where kind = 'crop'")
    assert count["occurrences"] == OCCURRENCES
    assert 1.2 < crops / OCCURRENCES < 1.4
    assert 1.1 < count["identifications"] / OCCURRENCES < 1.5
    assert 0.18 < (count["images"] - crops) / OCCURRENCES < 0.25
    assert count["targets"] == 4 * one(db, "select count(*) from events where kind = 'deployment'")
    assert 0 < count["relationships"] <= OCCURRENCES / 100
    assert values(db, "select country_code from sites group by 1") == sorted(COUNTRIES)
    assert one(db, "select count(distinct project_id) from occurrences") == count["projects"] == 3


def test_what_a_report_should_show(db: sqlite3.Connection) -> None:
    assert one(db, "select count(*) from occurrences where determination_id is null") == OCCURRENCES * 0.005
    assert one(db, "select count(*) from occurrences where withdrawn") == OCCURRENCES * 0.002
    empty = "select id from events where kind = 'night' and id not in (select event_id from occurrences)"
    assert len(values(db, empty)) == 1


def test_ids_are_unique_ignoring_case(db: sqlite3.Connection) -> None:
    for name, sql in RECORDS.items():
        key = FAMILY.record(name).key
        found = values(db, f"select {key} from ({sql})")
        assert len({i.lower() for i in found}) == len(found), name
    uuids = [u for t, c in KEYED.items() for u in values(db, f"select {c} from {t}")]
    pattern = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(pattern.fullmatch(u) for u in uuids)
    assert len(set(uuids)) == len(uuids)


def test_scores(db: sqlite3.Connection) -> None:
    for table, column in (("occurrences", "determination_score"), ("images", "score"), ("identifications", "score")):
        found = [s for s in values(db, f"select {column} from {table}") if s is not None]
        assert found
        assert all(0 <= s <= 1 and round(s, 4) == s for s in found)


def test_places(db: sqlite3.Connection) -> None:
    for row in db.execute("select * from sites"):
        south, north, west, east = COUNTRIES[row["country_code"]]
        assert south < row["latitude"] < north
        assert west < row["longitude"] < east
        assert round(row["latitude"], 6) == row["latitude"]
        assert row["uncertainty_m"] > 0


def test_times(db: sqlite3.Connection) -> None:
    for row in db.execute("select kind, start_at, end_at from events"):
        start, end = (dt.datetime.fromisoformat(row[c]) for c in ("start_at", "end_at"))
        assert start.tzinfo is not None
        assert start < end < dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
        assert row["kind"] == "deployment" or start.date() + dt.timedelta(days=1) == end.date()
    inside = """select count(*) from images i join events e on e.id = i.event_id
        where datetime(i.taken_at) not between datetime(e.start_at) and datetime(e.end_at)"""
    assert one(db, inside) == 0
    late = """select count(*) from occurrences o join events e on e.id = o.event_id
        where datetime(o.created_at) <= datetime(e.end_at) or o.updated_at < o.created_at or o.updated_at > '2025'
        or o.last_seen_at < o.first_seen_at"""
    assert one(db, late) == 0


def test_nights_of_a_deployment_do_not_overlap(db: sqlite3.Connection) -> None:
    overlap = """select count(*) from events a join events b on a.parent_id = b.parent_id and a.id < b.id
        where datetime(a.end_at) > datetime(b.start_at)"""
    assert one(db, overlap) == 0
    outside = """select count(*) from events n join events d on d.id = n.parent_id
        where datetime(n.start_at) < datetime(d.start_at) or datetime(n.end_at) > datetime(d.end_at)"""
    assert one(db, outside) == 0


def test_counts_kept_agree_with_rows(db: sqlite3.Connection) -> None:
    wrong = """select count(*) from events e where kind = 'night' and captures_count
        <> (select count(*) from images i where i.event_id = e.id and i.kind = 'capture')"""
    assert one(db, wrong) == 0
    deployments = """select count(*) from events d where kind = 'deployment' and captures_count
        <> (select sum(captures_count) from events n where n.parent_id = d.id)"""
    assert one(db, deployments) == 0


def test_crops_lie_inside_their_capture_and_night(db: sqlite3.Connection) -> None:
    wrong = """select count(*) from images i join images c on c.id = i.parent_id join occurrences o on o.id = i.occurrence_id
        where i.bbox_x < 0 or i.bbox_y < 0 or i.bbox_x + i.bbox_width > c.width or i.bbox_y + i.bbox_height > c.height
        or c.kind <> 'capture' or c.event_id <> i.event_id or o.event_id <> i.event_id or c.taken_at <> i.taken_at"""
    assert one(db, wrong) == 0
    unseen = "select count(*) from occurrences where id not in (select occurrence_id from images where kind = 'crop')"
    assert one(db, unseen) == 0


def test_the_determination_is_the_best_identification(db: sqlite3.Connection) -> None:
    best = """select count(*) from occurrences o where determination_id is not
        (select taxon_id from identifications i where i.occurrence_id = o.id and not withdrawn
         order by user_id is null, algorithm_id limit 1)"""
    assert one(db, best) == 0


def test_the_backbone_is_whole() -> None:
    taxa = {t.id: t for t in backbone()}
    for taxon in taxa.values():
        above = taxa[taxon.parent_id] if taxon.parent_id is not None else None
        expected = (*RANKS, "SPECIES").index(taxon.rank)
        assert (above is None) == (taxon.rank == "KINGDOM")
        assert above is None or (*RANKS, "SPECIES").index(above.rank) == expected - 1
        assert taxon.rank == "SPECIES" or taxon.lineage[expected] == taxon.name
    species = [t for t in taxa.values() if t.rank == "SPECIES"]
    assert len(species) > 60
    assert len({t.name for t in taxa.values()}) == len(taxa)
    assert all(set(t.countries) <= set(COUNTRIES) and t.countries for t in species)


@pytest.mark.parametrize("name", RECORDS)
def test_labels_are_fields(db: sqlite3.Connection, name: str) -> None:
    schema = FAMILY.record(name)
    declared = list(schema.fields)[: schema.declared]
    labels = [c[0] for c in db.execute(f"{RECORDS[name]} limit 0").description]
    hidden = ["_key"] if name == "taxon" else ["_key", "_project"]
    assert labels[: len(hidden)] == hidden
    assert set(labels[len(hidden) :]) <= set(declared)
    assert len(set(labels)) == len(labels)
    assert schema.key in labels


def test_every_relation_holds(db: sqlite3.Connection) -> None:
    for r in FAMILY.relations:
        orphans = f"""select count(*) from ({RECORDS[r.child]}) c where c.{r.field} is not null
            and c.{r.field} not in (select p.{r.parent_field} from ({RECORDS[r.parent]}) p)"""
        assert one(db, orphans) == 0, r
        missing = f"select count(*) from ({RECORDS[r.child]}) where {r.field} is null"
        assert not r.required or one(db, missing) == 0, r


@pytest.mark.parametrize("name", RECORDS)
def test_values_have_the_types_of_their_fields(db: sqlite3.Connection, name: str) -> None:
    allowed = {str: {"text"}, float: {"real", "integer"}, int: {"integer"}, bool: {"integer"}, dt.datetime: {"text"}}
    fields = FAMILY.record(name).fields
    for column in db.execute(f"{RECORDS[name]} limit 0").description:
        label = column[0]
        found = set(values(db, f"""select distinct typeof("{label}") from ({RECORDS[name]})""")) - {"null"}
        assert found <= (allowed[fields[label].type] if label in fields else {"integer"}), label


def test_occurrences_fill_twenty_terms(db: sqlite3.Connection) -> None:
    schema = FAMILY.record("occurrence")
    rows = db.execute(RECORDS["occurrence"]).fetchall()
    species = [r for r in rows if r["taxon_rank"] == "species"]
    terms = [f.name for f in schema.fields.values() if f.term and f.name in rows[0].keys()]  # noqa: SIM118 - a Row is no dict
    always = [t for t in terms if all(r[t] not in (None, "") for r in species)]
    assert len(always) >= 20
    assert {r["basis_of_record"] for r in rows} == {"MachineObservation", "HumanObservation"}
    assert not any("@" in (r["identified_by"] or "") for r in rows)
    assert {r["taxon_rank"] for r in rows} == {"species", "genus", "family", None}


WRAPPED = (
    "{sql} order by _key",
    "select * from ({sql}) as r order by r._key",
    "select * from ({sql}) as r where r._key > 5 and r._key <= 100 order by r._key",
)
IN_EVENTS = """select * from ({sql}) as r
    where r.event_id in (select e.event_id from ({event}) as e where e.event_end > '2024') order by r._key"""


def plan(driver: Any, path: Path, sql: str) -> str:
    db = driver.connect(str(path))
    found = "\n".join(r[3] for r in db.execute(f"explain query plan {sql}", {"value": 1}))
    db.close()
    return found


@pytest.mark.parametrize("driver", drivers(), ids=lambda d: d.__name__)
@pytest.mark.parametrize("name", RECORDS)
def test_rows_come_in_order_without_a_sort(path: Path, driver: Any, name: str) -> None:
    wrapped = [*WRAPPED]
    if name != "taxon":
        wrapped.append("select * from ({sql}) as r where r._project = 1 order by r._key")
    if name in ("occurrence", "media", "measurement"):
        wrapped.append(IN_EVENTS)
    for pattern in wrapped:
        found = plan(driver, path, pattern.format(sql=RECORDS[name], event=RECORDS["event"]))
        assert "TEMP B-TREE" not in found, found


@pytest.mark.parametrize("driver", drivers(), ids=lambda d: d.__name__)
def test_the_filter_needs_no_sort(path: Path, driver: Any) -> None:
    where = FILTERS["collection_id"]["where"]
    found = plan(driver, path, f"select * from ({RECORDS['occurrence']}) as r where {where} order by r._key")
    assert "TEMP B-TREE" not in found
    assert "images_parent" in found


def test_the_filter_narrows(db: sqlite3.Connection) -> None:
    chosen = FILTERS["collection_id"]
    sql = f"select * from ({RECORDS['occurrence']}) where {chosen['where']}"
    rows = db.execute(sql, {"value": 1}).fetchall()
    assert 0 < len(rows) < one(db, "select count(*) from occurrences where project_id = 1")
    assert {r["_project"] for r in rows} == {1}
    assert db.execute(chosen["label"], {"value": 1}).fetchone()[0] == "Panama Canopy Moths: every fifth capture"
    assert db.execute(chosen["label"], {"value": 99}).fetchone() is None


def test_only_filters_have_parameters() -> None:
    assert all(not text(sql).compile().params for sql in RECORDS.values())
    assert all(set(text(f[k]).compile().params) == {"value"} for f in FILTERS.values() for k in ("where", "label"))
    assert all(f["record"] in RECORDS for f in FILTERS.values())


def test_the_data_set_says_that_it_is_a_sample() -> None:
    dataset = structure_dataset(DATASET)
    assert len(dataset.title) >= 10
    assert len(dataset.abstract) >= 25
    assert "made-up" in dataset.abstract.lower()
    assert dataset.license == "CC0-1.0"
    assert all((dataset.keywords, dataset.creators, dataset.contacts, dataset.metadata_providers, dataset.methods))
