"""`exporter map`: what a draft takes, what it leaves, and that it runs once the lines marked `# needed` are filled."""

from __future__ import annotations

import csv
import os
import re
import sqlite3
import tomllib
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import attrs
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url

import exporter
from exporter.cancel import Cancel
from exporter.cli.authoring import map_command
from exporter.config import read_config
from exporter.errors import InputError, SourceError
from exporter.mapping import draft
from exporter.moment import snapshot
from exporter.source import BoundRecord, bind

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
CAMERA_TRAPS = ("deployments", "media", "observations")
FILLED = {
    "title": "Muskrats and coypus",
    "abstract": "Camera traps along brooks, set up to find muskrats and coypus.",
    "license": "CC0-1.0",
    "given_name": "Ana",
    "surname": "Reyes",
}


def missing(reason: str) -> NoReturn:
    if os.environ.get("EXPORTER_REQUIRE_ALL") == "1":
        pytest.fail(f"EXPORTER_REQUIRE_ALL is set, but {reason}", pytrace=False)
    pytest.skip(reason)


@attrs.frozen
class Drafted:
    """A draft, what it says, and the file with its `# needed` lines filled."""

    text: str
    path: Path
    name: str

    @property
    def source(self) -> dict[str, Any]:
        found: dict[str, Any] = tomllib.loads(self.text)["sources"][self.name]
        return found

    def record(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.source["records"][name]
        return found

    def columns(self, name: str) -> dict[str, str]:
        found: dict[str, str] = self.record(name)["columns"]
        return found

    def needed(self) -> list[str]:
        return re.findall(r"^(?:# )?(\w+) = .*# needed", self.text, re.MULTILINE)

    def rows(self, tmp: Path) -> dict[str, list[dict[str, Any]]]:
        """The rows of each record, as the filled draft gives them."""
        source = read_config(self.path)[self.name]()
        with snapshot(source, tmp, Cancel()) as opened:
            bound = bind(source, opened.connection)
            return {n: _rows(opened.connection, b) for n, b in bound.items()}


def _rows(connection: Any, bound: BoundRecord) -> list[dict[str, Any]]:
    assert connection.execute(select(func.count()).select_from(bound.subquery("n"))).scalar() is not None
    return [dict(row) for row in connection.execute(bound.select.order_by(bound.key)).mappings()]


def fill(text: str) -> str:
    """Fill the lines marked `# needed`, and no other."""

    def filled(match: re.Match[str]) -> str:
        return f'{match[1]} = "{FILLED[match[1]]}"' if match[1] in FILLED else match[0]

    return re.sub(r'^(\w+) = ""  # needed.*$', filled, text, flags=re.MULTILINE)


def drafted(url: str, folder: Path, name: str = "made") -> Drafted:
    text = draft(url, "biodiversity", name=name).text
    path = folder / "exporter.toml"
    path.write_text(fill(text), encoding="utf-8")
    return Drafted(text, path, name)


def database(path: Path, script: str) -> str:
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    connection.close()
    return f"sqlite:///{path}"


# --- the camera-trap tables

NUMBERS = ("latitude", "longitude", "classificationProbability", "bboxX", "cameraHeight")
WHOLE = ("count", "coordinateUncertainty", "cameraTilt")
MOMENTS = ("deploymentStart", "deploymentEnd", "timestamp", "eventStart", "eventEnd", "classificationTimestamp")
YES_OR_NO = ("filePublic", "timestampIssues", "favorite")


def camera_traps(engine: Any, *, typed: bool) -> None:
    if not (SAMPLES / "camtrap-dp").is_dir():
        missing("there is no camtrap-dp in ../shared/samples")
    quote = engine.dialect.identifier_preparer.quote
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    with engine.begin() as connection:
        for table in CAMERA_TRAPS:
            with (SAMPLES / "camtrap-dp" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                header, *rows = csv.reader(file)
            parts = [f"{quote(c)} {_type(engine.dialect.name, c) if typed else 'text'}" for c in header]
            parts += _keys(table, header[0], quote) if typed else []
            connection.exec_driver_sql(f"create table {table} ({', '.join(parts)})")
            marks = ", ".join(mark for _ in header)
            values = [tuple((v or None) if typed else v for v in row) for row in rows]
            connection.exec_driver_sql(f"insert into {table} values ({marks})", values)
    engine.dispose()


def _type(dialect: str, column: str) -> str:
    if dialect == "sqlite" and column in YES_OR_NO:
        return "text"
    kinds = (NUMBERS, "double precision"), (WHOLE, "integer"), (YES_OR_NO, "boolean")
    moment = "timestamp with time zone" if dialect == "postgresql" else "datetime"
    return next((kind for names, kind in (*kinds, (MOMENTS, moment)) if column in names), "text")


def _keys(table: str, key: str, quote: Any) -> list[str]:
    keys = [f"primary key ({quote(key)})"]
    if table != "deployments":
        keys.append(f"foreign key ({quote('deploymentID')}) references deployments ({quote('deploymentID')})")
    if table == "observations":
        keys.append(f"foreign key ({quote('mediaID')}) references media ({quote('mediaID')})")
    return keys


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database on a server: its name is the parameter."""
    variable = {"postgresql": "EXPORTER_TEST_POSTGRESQL", "mariadb": "EXPORTER_TEST_MARIADB"}[request.param]
    if not os.environ.get(variable):
        missing(f"{variable} names no server")
    url = make_url(os.environ[variable])
    name = f"exporter_map_{uuid.uuid4().hex[:8]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"drop database {name}" + (" with (force)" if request.param == "postgresql" else ""))
    engine.dispose()


def named_as_terms(table: str) -> set[str]:
    return {
        "deployments": {"locationID", "habitat"},
        "observations": {"scientificName", "lifeStage", "sex", "behavior", "eventID"},
        "media": {"mediaID"},
    }[table]


def assert_camera_traps(made: Drafted, tmp: Path) -> None:
    """What every draft of these tables must say, whatever the database."""
    tables = {"event": "deployments", "media": "media", "occurrence": "observations"}
    assert set(made.source["records"]) == set(tables)
    for record, table in tables.items():
        taken = {*made.columns(record).values(), *made.record(record).get("dynamic", {}).values()}
        assert named_as_terms(table) <= {v.strip('"') for v in taken}
    event, occurrence, media = (made.columns(r) for r in ("event", "occurrence", "media"))
    assert event["event_id"] == occurrence["event_id"] == media["event_id"] == "deploymentID"
    assert {"event_start", "event_end", "decimal_latitude", "decimal_longitude", "locality", "event_remarks"} <= set(event)
    assert {"occurrence_id", "individual_count", "identified_by", "date_identified", "score", "verified"} <= set(occurrence)
    assert {"identifier", "format", "created", "type"} <= set(media)
    assert set(made.needed()) == set(FILLED)
    assert "eventID: 0 of its 34 values are found in deployments.deploymentID" in made.text
    assert_camera_trap_rows(made.rows(tmp))


def assert_camera_trap_rows(rows: Mapping[str, list[dict[str, Any]]]) -> None:
    assert {n: len(r) for n, r in rows.items()} == {"event": 4, "occurrence": 549, "media": 423}
    events = {r["event_id"]: r for r in rows["event"]}
    assert all(r["event_id"] in events for r in (*rows["occurrence"], *rows["media"]))
    assert float(events["00a2c20d"]["decimal_latitude"]) == 51.496
    by_id = {r["occurrence_id"]: r for r in rows["occurrence"]}
    first = by_id["705e6036"]
    assert (first["scientific_name"], int(first["individual_count"]), first["score"]) == ("Anas platyrhynchos", 1, None)
    assert (bool(first["verified"]), first["basis_of_record"]) == (True, "HumanObservation")
    assert first["dynamic_properties"].replace(" ", "") == '{"eventID":"4bb69c45"}'
    assert first["associated_media"] is None
    assert by_id["07840dcc_1"]["associated_media"].startswith("https://multimedia.agouti.eu/assets/07840dcc")
    assert {r["type"] for r in rows["media"]} == {"StillImage"}


def assert_runs(made: Drafted, tmp: Path) -> None:
    """The filled draft becomes an archive in which no camera-trap row is lost: written, or left out with a finding."""
    pytest.importorskip("exporter_dwca.format")
    source = read_config(made.path)[made.name]()
    result = exporter.run(format="dwca", source=source, output=tmp / "made.zip")
    counts = {name: (c.rows, c.left_out, c.written) for name, c in result.report.records.items()}
    assert counts == {"event": (4, 0, 4), "occurrence": (549, 150, 399), "media": (423, 0, 423)}
    assert [f.code for f in result.report.findings if f.level == "error"] == []
    with zipfile.ZipFile(tmp / "made.zip") as archive:
        assert len(archive.read("occurrence.txt").splitlines()) == 400


@pytest.mark.parametrize("typed", [False, True], ids=["text", "typed"])
def test_camera_traps_in_sqlite(tmp_path: Path, typed: bool) -> None:
    camera_traps(create_engine(f"sqlite:///{tmp_path / 'traps.db'}"), typed=typed)
    made = drafted(f"sqlite:///{tmp_path / 'traps.db'}", tmp_path)
    assert_camera_traps(made, tmp_path)
    assert_runs(made, tmp_path)


@pytest.mark.parametrize("typed", [False, True], ids=["text", "typed"])
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_camera_traps_in_postgresql(server: str, tmp_path: Path, typed: bool) -> None:
    camera_traps(create_engine(server), typed=typed)
    made = drafted(server, tmp_path)
    assert_camera_traps(made, tmp_path)
    assert made.record("event").get("key") == (None if typed else "deploymentID")
    assert_runs(made, tmp_path)


@pytest.mark.parametrize("server", ["mariadb"], indirect=True)
def test_camera_traps_in_mariadb(server: str, tmp_path: Path) -> None:
    camera_traps(create_engine(server), typed=False)
    made = drafted(server, tmp_path)
    assert_camera_traps(made, tmp_path)
    assert_runs(made, tmp_path)


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_tables_in_a_schema_of_their_own_are_found(server: str, tmp_path: Path) -> None:
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql("create schema wild")
        connection.exec_driver_sql(
            "create table wild.visits (id int primary key, start_time timestamp, lat float, lon float)"
        )
        connection.exec_driver_sql(
            "create table wild.sightings (id int primary key, visit_id int references wild.visits, scientific_name text)"
        )
        connection.exec_driver_sql("insert into wild.visits values (1, '2024-05-01 10:00', 50.5, 4.25)")
        connection.exec_driver_sql("insert into wild.sightings values (7, 1, 'Vulpes vulpes')")
    engine.dispose()
    made = drafted(server, tmp_path)
    assert made.record("event")["table"] == "wild.visits"
    rows = made.rows(tmp_path)
    assert rows["occurrence"][0]["event_id"] == rows["event"][0]["event_id"] == 1


# --- apps with keys of their own


def test_the_tables_of_an_app_are_joined_by_its_keys(tmp_path: Path) -> None:
    insects = pytest.importorskip("exporter_sample.insects")
    insects.build(tmp_path / "insects.db", occurrences=300)
    made = drafted(f"sqlite:///{tmp_path / 'insects.db'}", tmp_path)
    assert list(made.source["records"]) == ["taxon", "event", "occurrence", "identification", "media", "measurement"]
    assert {made.record(r).get("project") for r in made.source["records"]} == {"project_id", None}
    rows = made.rows(tmp_path)
    with sqlite3.connect(tmp_path / "insects.db") as connection:
        connection.row_factory = sqlite3.Row
        for record, table in {"event": "events", "occurrence": "occurrences", "media": "images", "taxon": "taxa"}.items():
            assert len(rows[record]) == connection.execute(f"select count(*) from {table}").fetchone()[0]
        wanted = connection.execute(
            "select o.uid occurrence_id, e.uid event_id, t.name scientific_name, lower(t.rank) taxon_rank, u.name identified_by,"
            " o.individual_count, o.determination_score score from occurrences o join events e on e.id = o.event_id"
            " left join taxa t on t.id = o.determination_id left join users u on u.id = o.determined_by_user_id order by o.id"
        ).fetchall()
        places = dict(
            connection.execute("select e.uid, s.latitude from events e join sites s on s.id = e.site_id").fetchall()
        )
    connection.close()
    assert [{k: row[k] for k in dict(one)} for row, one in zip(rows["occurrence"], map(dict, wanted), strict=True)] == [
        dict(one) for one in wanted
    ]
    assert {r["event_id"]: r["decimal_latitude"] for r in rows["event"]} == places
    assert "identifier" not in made.columns("media")  # relative names are no addresses
    assert "path: names of files, not addresses" in made.text


APP = """
create table places (id integer primary key, slug text, name text, lat real, lng real, country_code text);
create table observers (id integer primary key, name text, email text);
create table species (id integer primary key, latin_name text, common_name text);
create table visits (id integer primary key, place_id integer references places, started_at text, ended_at text, "group" text);
create table photos (id integer primary key, visit_id integer references visits, url text, captured_at text, mime_type text);
create table sightings (
    id integer primary key, photo_id integer references photos, species_id integer references species,
    observer_id integer references observers, count text, confidence integer, sex text, deleted integer
);
insert into places values (1, 'brook', 'At the brook', 50.5, 4.25, 'BE'), (2, 'pond', 'At the pond', 50.75, 4.5, 'BE');
insert into observers values (1, 'Ana Reyes', 'ana@example.org');
insert into species values (1, 'Vulpes vulpes', 'Red fox'), (2, 'Martes foina', 'Stone marten'), (3, 'Canis lupus', 'Wolf');
insert into visits values (1, 1, '2024-05-01 20:00:00', '2024-05-02 06:00:00', 'A'), (2, 2, '2024-05-03 20:00:00', null, 'B');
insert into photos values (1, 1, 'https://example.org/1.jpg', '2024-05-01 21:00:00', 'image/jpeg'),
    (2, 2, 'https://example.org/2.mp4', '2024-05-03 22:00:00', 'video/mp4');
insert into sightings values (1, 1, 1, 1, '1', 90, 'female', 0), (2, 2, 2, null, 'several', 55, null, 0);
"""


def test_an_app_with_no_public_identifiers(tmp_path: Path) -> None:
    made = drafted(database(tmp_path / "app.db", APP), tmp_path)
    assert "event_id" not in made.columns("event")
    rows = made.rows(tmp_path)
    first, second = rows["occurrence"]
    assert (first["event_id"], second["event_id"]) == (1, 2)  # by way of the photo; core makes identifiers of both alike
    assert (first["scientific_name"], first["vernacular_name"], first["recorded_by"]) == (
        "Vulpes vulpes",
        "Red fox",
        "Ana Reyes",
    )
    assert first["associated_media"] == "https://example.org/1.jpg"
    assert [r["type"] for r in rows["media"]] == ["StillImage", "MovingImage"]
    event = rows["event"][0]
    assert (event["decimal_latitude"], event["locality"], event["country_code"]) == (50.5, "At the brook", "BE")
    assert "ana@example.org" not in str(rows)


def test_an_app_with_no_public_identifiers_becomes_an_archive_with_no_orphan(tmp_path: Path) -> None:
    pytest.importorskip("exporter_dwca.format")
    made = drafted(database(tmp_path / "app.db", APP), tmp_path)
    result = exporter.run(format="dwca", source=read_config(made.path)["made"](), output=tmp_path / "app.zip")
    assert {n: c.written for n, c in result.report.records.items()} == {"event": 2, "occurrence": 2, "media": 2}
    with zipfile.ZipFile(tmp_path / "app.zip") as archive:
        ids = [
            [line.split("\t")[0] for line in archive.read(name).decode().splitlines()[1:]]
            for name in ("event.txt", "occurrence.txt", "multimedia.txt")
        ]
    assert ids[0] == ids[1] == ids[2]
    assert all(i.startswith("urn:uuid:") for i in ids[0])


def test_what_does_not_fit_its_name_is_left_and_said(tmp_path: Path) -> None:
    made = drafted(database(tmp_path / "app.db", APP), tmp_path)
    assert {"individual_count", "score"}.isdisjoint(made.columns("occurrence"))
    assert "#   count: not all are numbers: 'several'" in made.text
    assert "#   confidence: not all between 0 and 1: 90" in made.text
    assert "group" not in made.columns("event")
    assert "#   group: as a term it is about rock" in made.text
    assert re.search(r"^#   .*\bdeleted\b", made.text, re.MULTILINE)


def test_a_text_that_is_no_number_far_down_is_found(tmp_path: Path) -> None:
    url = database(tmp_path / "app.db", "create table sightings (id text, scientific_name text, individual_count text)")
    with sqlite3.connect(tmp_path / "app.db") as connection:
        rows = ((str(n), "Vulpes vulpes", "1" if n != 2500 else "two") for n in range(5000))
        connection.executemany("insert into sightings values (?, ?, ?)", rows)
    connection.close()
    made = drafted(url, tmp_path)
    assert "individual_count" not in made.columns("occurrence")
    assert "individual_count: not all are numbers" in made.text


def test_a_flat_table_of_terms_is_taken_whole(tmp_path: Path) -> None:
    header = ["gbifID", "OCCURRENCEID", "eventID", "basis_of_record", "scientificName", "eventDate", "decimalLatitude"]
    script = f"create table download ({', '.join(h + ' text' for h in header)});" + (
        "insert into download values ('1', 'a', 'e1', 'HumanObservation', 'Vulpes vulpes', '2024-05-01', '50.5')"
    )
    made = drafted(database(tmp_path / "flat.db", script), tmp_path)
    assert set(made.source["records"]) == {"occurrence"}
    assert len(made.columns("occurrence")) == len(header) - 1
    assert made.columns("occurrence")["event_id"] == "eventID"
    assert "--core occurrence" in made.text


# --- collisions, and what is about something else


def test_an_event_id_that_joins_is_taken(tmp_path: Path) -> None:
    script = """
    create table events (eventID text primary key, eventDate text, habitat text);
    create table occurrences (occurrenceID text primary key, eventID text, scientificName text);
    insert into events values ('e1', '2024-05-01', 'pond'), ('e2', '2024-05-02', 'pond');
    insert into occurrences values ('o1', 'e1', 'Vulpes vulpes'), ('o2', '', 'Vulpes vulpes');
    """
    made = drafted(database(tmp_path / "t.db", script), tmp_path)
    assert made.columns("occurrence")["event_id"] == "nullif(eventID, '')"
    assert [r["event_id"] for r in made.rows(tmp_path)["occurrence"]] == ["e1", None]


def test_an_event_that_nothing_names_is_not_taken(tmp_path: Path) -> None:
    script = """
    create table events (id integer primary key, title text, start text, "end" text);
    create table sightings (id integer primary key, scientific_name text, event text);
    insert into events values (1, 'Open day', '2024-05-01', '2024-05-02');
    insert into sightings values (1, 'Vulpes vulpes', 'evening walk');
    """
    made = drafted(database(tmp_path / "t.db", script), tmp_path)
    assert set(made.source["records"]) == {"occurrence"}


def test_an_identifier_that_stands_twice_is_none(tmp_path: Path) -> None:
    script = """
    create table occurrences (occurrenceID text, scientificName text);
    insert into occurrences values ('o1', 'Vulpes vulpes'), ('o1', 'Martes foina');
    """
    made = drafted(database(tmp_path / "t.db", script), tmp_path)
    assert "occurrence_id" not in made.columns("occurrence")
    assert "occurrenceID: not in every row, or twice" in made.text
    assert len(made.rows(tmp_path)["occurrence"]) == 2


def test_a_database_about_music_has_no_records(tmp_path: Path) -> None:
    path = SAMPLES / "chinook" / "chinook.sqlite"
    if not path.is_file():
        missing("there is no chinook in ../shared/samples")
    made = drafted(f"sqlite:///{path}", tmp_path)
    assert made.source["records"] == {}
    assert "No table was found that holds events or occurrences" in made.text


@pytest.mark.parametrize(
    "script",
    [
        """create table events (id integer primary key, title text, start text, "end" text, latitude real, longitude real);
        create table images (id integer primary key, event_id integer references events, url text);
        insert into events values (1, 'Concert', '2024-05-01', '2024-05-02', 50.5, 4.25)""",
        """create table species (id integer primary key, name text);
        create table records (id integer primary key, species text, name text, sex text);
        insert into species values (1, 'Dog'), (2, 'House cat'), (3, 'Golden hamster');
        insert into records values (1, 'Dog', 'Rex', 'm'), (2, 'House cat', 'Minka', 'f'), (3, 'Zebra finch', 'Pip', 'f')""",
        """create table visits (id integer primary key, url text, started_at text);
        create table samples (id integer primary key, date text, location text);
        create table observations (id integer primary key, patient_id integer, type text, value real, recorded_by text)""",
        "create table settings (id integer primary key)",
        "",
    ],
    ids=["calendar", "pets", "clinic", "other", "empty"],
)
def test_databases_about_other_things_have_no_records(tmp_path: Path, script: str) -> None:
    assert drafted(database(tmp_path / "other.db", script), tmp_path).source["records"] == {}


# --- what is nearly right, and why there is no table

NIGHTS = """
create table nights (id integer primary key, started_at text, ended_at text);
create table {finds} (id integer primary key, night_id integer references nights (id), {name} text, individuals int);
insert into nights values (1, {start}, '2024-06-02 05:00'), (2, '2024-06-02 21:00', '2024-06-03 05:00'),
    (3, '2024-06-03 21:00', '2024-06-04 05:00');
insert into {finds} values (1, 1, 'Noctua pronuba', 2), (2, 2, 'Biston betularia', 1), (3, 3, 'no moth', 1);
"""


def nights(folder: Path, *, finds: str = "sightings", name: str = "latin_name", start: str = "'2024-06-01 21:00'") -> str:
    return database(folder / "nights.db", NIGHTS.format(finds=finds, name=name, start=start))


def test_one_date_that_is_none_spoils_no_column(tmp_path: Path) -> None:
    made = drafted(nights(tmp_path, start="'early in June'"), tmp_path)
    assert made.columns("event") == {"event_start": "started_at", "event_end": "ended_at"}
    assert "# by its name and values, but not all are dates as ISO 8601 writes them: 'early in June'" in made.text
    assert "ISO 8601" not in next(line for line in made.text.splitlines() if line.startswith("event_end"))
    exporter.run(format="dwca", source=read_config(made.path)["made"](), output=tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as files:
        assert "early in June/2024-06-02" in files.read("event.txt").decode()


def test_a_table_that_occurrences_hang_on_is_the_event_whatever_its_dates_are(tmp_path: Path) -> None:
    url = nights(tmp_path)
    with sqlite3.connect(tmp_path / "nights.db") as connection:
        connection.execute("update nights set started_at = '01.06.2024', ended_at = '02.06.2024'")
    connection.close()
    made = drafted(url, tmp_path)
    assert made.record("event")["table"] == "nights"
    assert not {"event_start", "event_end", "event_date"} & set(made.record("event").get("columns", {}))
    assert "#   started_at: not all are dates as ISO 8601 writes them: '01.06.2024'" in made.text
    assert made.columns("occurrence")["event_id"] == "night_id"


@pytest.mark.parametrize("name", ["latin_name", "Latin name", "latin", "species_latin_name", "binomial", "sciname", "name"])
def test_names_of_scientific_names(tmp_path: Path, name: str) -> None:
    assert drafted(nights(tmp_path, name=f'"{name}"'), tmp_path).columns("occurrence")["scientific_name"] == name


@pytest.mark.parametrize("name", ["latin", "binomial", "name"])
def test_values_have_to_prove_them(tmp_path: Path, name: str) -> None:
    url = nights(tmp_path, name=name)
    with sqlite3.connect(tmp_path / "nights.db") as connection:
        connection.execute(f"update sightings set {name} = 'Peppered moth'")
    connection.close()
    assert draft(url, "biodiversity").missing["occurrence"] == (
        f"sightings has no scientific names, and names no taxon ({name}: not scientific names: 'Peppered moth')"
    )


@pytest.mark.parametrize(
    ("script", "record", "why"),
    [
        (
            "",
            "event",
            "no table is named as one (event, samplingevent, visit, checklist, survey, night, session, sample, deployment)",
        ),
        (
            NIGHTS,
            "occurrence",
            "moths has neither the name of one (occurrence, observation, sighting, specimen, detection, record) nor enough terms",
        ),
        (NIGHTS, "event", "nights has no occurrences, and too few terms to be known without them"),
        (
            "create table visits (id int); create table sightings (scientific_name text)",
            "event",
            "visits has no date and no place",
        ),
        (
            "create table visits (id int, date text); create table sightings (scientific_name text)",
            "event",
            "visits is named by no column of sightings",
        ),
        (
            "create table photos (url text); create table sightings (scientific_name text)",
            "media",
            "photos names no event and no occurrence",
        ),
        ("create table photos (id int); create table sightings (scientific_name text)", "media", "photos has no files"),
    ],
)
def test_why_no_table_was_found(tmp_path: Path, script: str, record: str, why: str) -> None:
    url = database(tmp_path / "t.db", script.format(finds="moths", name="latin_name", start="'2024-06-01'"))
    found = draft(url, "biodiversity")
    assert found.missing[record] == why
    assert f"No table was found for {record}: {why}." in re.sub(r"\n#  ", "", found.text)
    told = CliRunner().invoke(map_command, [url, "--family", "biodiversity"])
    assert f"No table was found for {record}: {why}.\n" in told.stderr
    assert "[sources.t.records" in told.stdout


def test_nothing_is_said_of_records_that_are_there_or_that_nobody_thought_of(tmp_path: Path) -> None:
    assert draft(nights(tmp_path), "biodiversity").missing == {}


# --- names, keys, addresses


def test_any_name_is_quoted_where_it_has_to_be(tmp_path: Path) -> None:
    script = """
    create table "field visits" (
        "Visit ID" text, "Start Time" text, "Decimal-Latitude" real, "decimalLongitude" real, "order" text
    );
    create table "my Sightings" (
        "Scientific Name" text, "VISIT-ID" text, "say ""it" text, "cover %" text, "a:b" text, "it's" text
    );
    insert into "field visits" values ('v-1', '2024-05-01', 50.5, 4.25, 'first');
    insert into "my Sightings" values ('Vulpes vulpes', 'v-1', 'x', '5', 'y', 'z');
    """
    made = drafted(database(tmp_path / "odd.db", script), tmp_path, name="my source")
    rows = made.rows(tmp_path)
    assert rows["event"] == [
        {"event_id": "v-1", "event_start": "2024-05-01", "decimal_latitude": 50.5, "decimal_longitude": 4.25, "_key": 1}
    ]
    assert rows["occurrence"] == [{"occurrence_id": 1, "event_id": "v-1", "scientific_name": "Vulpes vulpes", "_key": 1}]


def test_a_view_is_keyed_by_what_is_unique_in_it(tmp_path: Path) -> None:
    script = """
    create table raw (a text, b text);
    create view occurrences as select a as "occurrenceID", b as "scientificName" from raw;
    insert into raw values ('o2', 'Vulpes vulpes'), ('o1', 'Martes foina');
    """
    made = drafted(database(tmp_path / "t.db", script), tmp_path)
    assert made.record("occurrence")["key"] == "occurrenceID"
    assert [r["occurrence_id"] for r in made.rows(tmp_path)["occurrence"]] == ["o1", "o2"]


def test_a_composite_key_is_replaced_by_the_row_number(tmp_path: Path) -> None:
    script = """
    create table occurrences (project text, number integer, scientificName text, lifeStage text, primary key (project, number));
    insert into occurrences values ('a', 1, 'Vulpes vulpes', null), ('b', 1, 'Martes foina', 'adult');
    """
    made = drafted(database(tmp_path / "t.db", script), tmp_path)
    assert (made.record("occurrence")["key"], made.record("occurrence")["project"]) == ("(rowid)", "project")
    assert [r["_key"] for r in made.rows(tmp_path)["occurrence"]] == [1, 2]


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_table_that_nothing_identifies_asks_for_a_key(server: str, tmp_path: Path) -> None:
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table occurrences (scientific_name text)")
        connection.exec_driver_sql("insert into occurrences values ('Vulpes vulpes'), ('Vulpes vulpes')")
    engine.dispose()
    made = drafted(server, tmp_path)
    assert {"key", "basis_of_record"} <= set(made.needed())
    with pytest.raises(InputError, match="needs a `key`"):
        made.rows(tmp_path)


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_password_is_not_written(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = make_url(server).set(password="se/cr@et").render_as_string(hide_password=False)
    made = drafted(url, tmp_path)
    assert "cr@et" not in made.text
    assert "cr%40et" not in made.text
    assert "${EXPORTER_PASSWORD}@" in made.source["url"]
    monkeypatch.setenv("EXPORTER_PASSWORD", "se%2Fcr%40et")
    assert drafted(made.source["url"], tmp_path).source["url"] == made.source["url"]
    assert make_url(read_config(made.path)["made"]().url or "").password == "se/cr@et"


def test_a_relative_path_stays_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database(tmp_path / "my traps.db", APP)
    monkeypatch.chdir(tmp_path)
    made = Drafted(draft("sqlite:///my traps.db", "biodiversity").text, tmp_path / "exporter.toml", "my_traps")
    assert made.source["url"] == "sqlite:///my traps.db"
    uuid.UUID(made.source["namespace"])


def test_two_drafts_differ_in_nothing_but_the_namespace(tmp_path: Path) -> None:
    url = database(tmp_path / "app.db", APP)
    first, second = (re.sub(r"namespace = .*", "", draft(url, "biodiversity").text) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("sqlite:///nowhere.db", SourceError),
        ("not a url", InputError),
        ("nosuch://host/db", SourceError),
        ("sqlite:///${NOT_SET_X}", InputError),
    ],
)
def test_a_database_that_is_not_there_is_said(url: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        draft(url, "biodiversity")


def test_a_family_that_nobody_knows_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no family 'botany'"):
        draft(database(tmp_path / "t.db", APP), "botany")


def test_one_value_that_cannot_be_spoils_no_column(tmp_path: Path) -> None:
    """What is odd is told by the preview; a column that is not mapped is told by nobody."""
    cells = ["51.5, -4.7, 3"] * 8 + ["151, -4.7, -4", "51.5, -4.7, 'many'"]
    rows = ", ".join(f"('o{n}', 'Vulpes vulpes', {each})" for n, each in enumerate(cells))
    sql = f"""create table sightings (id text primary key, scientific_name text, latitude real, longitude real,
        individual_count integer);
        insert into sightings values {rows};"""
    made = drafted(database(tmp_path / "app.db", sql), tmp_path)
    assert {"decimal_latitude", "decimal_longitude", "individual_count"} <= set(made.columns("occurrence"))
    assert "but not all between -90 and 90: 151" in made.text
    assert "# not all are numbers: 'many'" in made.text
