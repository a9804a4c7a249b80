"""exporter.toml: what it can say, and what it is told when it is wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from exporter.config import read_config
from exporter.configfile import find_config
from exporter.database import fetch
from exporter.errors import InputError, SourceError
from exporter.lookup import find_source
from exporter.source import Source, bind, qualify

SCHEMA = """
create table deployments (id integer primary key, "deploymentID" text, latitude real, "order" text, camera text, project_id int);
insert into deployments values (7, 'd-7', 51.4961239, 'first', 'Reconyx', 1), (8, 'd-8', 50.1, null, null, 2);
create table captures (capture_id integer primary key, deployment_id int, collection text);
insert into captures values (1, 7, 'x'), (2, 7, 'y'), (3, 8, 'z');
create table collections (id integer primary key, name text);
insert into collections values (5, 'Night one');
create table collection_captures (capture_id int, collection_id int);
insert into collection_captures values (2, 5);
"""

TOML = """
[sources.traps]
url = "sqlite:///traps.db"
family = "biodiversity"
namespace = "6f0d2c9e-8c56-4a6b-9f0c-5a8a0f2b8d11"
[sources.traps.records.event]
table = "deployments"
project = "project_id"
[sources.traps.records.event.columns]
eventID = "DeploymentId"
decimal_latitude = "round(latitude, 2)"
eventRemarks = '"order"'
habitat = "'12:30 ' || camera"
[sources.traps.records.event.dynamic]
camera = "camera"
[sources.traps.records.occurrence]
query = "select c.*, d.\\"deploymentID\\" as uid from captures c join deployments d on d.id = c.deployment_id where 'a:b' = 'a:b'"
key = "capture_id"
columns = { event_id = "uid" }
[sources.traps.filters.collection_id]
type = "integer"
help = "Captures of this collection"
record = "occurrence"
where = "exists (select 1 from collection_captures c where c.capture_id = capture_id and c.collection_id = :value)"
label = "select name from collections where id = :value"
[sources.traps.dataset]
title = "Traps"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    connection = sqlite3.connect(tmp_path / "traps.db")
    connection.executescript(SCHEMA)
    connection.close()
    return tmp_path


def write(folder: Path, text: str = TOML) -> Path:
    path = folder / "exporter.toml"
    path.write_text(text, encoding="utf-8")
    return path


def rows(folder: Path, source: Source, record: str) -> list[dict[str, Any]]:
    with create_engine(f"sqlite:///{folder / 'traps.db'}").connect() as connection:
        bound = bind(source, connection, frozenset({"event", "occurrence"}))
        return [dict(row._mapping) for row in fetch(connection, bound[record].select)]


def test_columns_expressions_and_dynamic_properties(folder: Path) -> None:
    source = read_config(write(folder))["traps"]()
    first, second = rows(folder, source, "event")
    assert first == {
        "event_id": "d-7", "decimal_latitude": 51.5, "event_remarks": "first", "habitat": "12:30 Reconyx",
        "dynamic_properties": '{"camera":"Reconyx"}', "_key": 7, "_project": 1,
    }  # fmt: skip
    assert (second["event_remarks"], second["dynamic_properties"]) == (None, None)


def test_a_record_without_identifier_gets_its_key(folder: Path) -> None:
    source = read_config(write(folder))["traps"]()
    assert [(r["occurrence_id"], r["event_id"]) for r in rows(folder, source, "occurrence")] == [
        (1, "d-7"),
        (2, "d-7"),
        (3, "d-8"),
    ]
    text = TOML.replace('namespace = "6f0d2c9e-8c56-4a6b-9f0c-5a8a0f2b8d11"\n', "")
    with pytest.raises(InputError, match="occurrence_id") as error:
        rows(folder, read_config(write(folder, text))["traps"](), "occurrence")
    assert 'namespace = "' in error.value.hint


def test_a_hosts_filter_means_the_records_own_column(folder: Path) -> None:
    import exporter

    write(folder)
    seen = exporter.preview(format=Nothing(), source=find_source("traps", folder), filters={"collection_id": 5}).report
    assert (seen.records["occurrence"].written, seen.filters_in_words) == (1, ["collection_id: Night one"])
    with pytest.raises(InputError, match="99"):
        exporter.preview(format=Nothing(), source=find_source("traps", folder), filters={"collection_id": 99})


class Nothing(__import__("exporter").Format):  # type: ignore[misc,name-defined]
    """A format that writes nothing."""

    name = "nothing"
    title = "Nothing"
    extension = "txt"

    def exporter_query(self) -> list[Any]:
        return []

    def exporter_serialize(self) -> list[Any]:
        return []


@pytest.mark.parametrize(
    ("condition", "meant"),
    [
        ("c.id = id", "c.id = t.id"),
        ("id=c.id and x", "t.id=c.id and x"),
        ("c.id = o.id", "c.id = o.id"),
        ("c.id = other", "c.id = other"),
        ("id in (select id from c)", "id in (select id from c)"),
        ("c.id = id_2", "c.id = id_2"),
        ("c.id = id(1)", "c.id = id(1)"),
    ],
)
def test_qualify(condition: str, meant: str) -> None:
    assert qualify(condition, "t") == meant


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"DeploymentId"', '"deployment"'), ["there is no column 'deployment'", "Did you mean 'deploymentID'", "camera"]),
        (('"round(latitude, 2)"', '"round(lattitude, 2)"'), ["no such column: lattitude", "deploymentID"]),
        (("\"'12:30 ' || camera\"", "'\"cammera\"'"), ["there is no column 'cammera'"]),
        (('table = "deployments"', 'table = "deployment"'), ["There is no table 'deployment'", "deployments"]),
        (("select c.*,", "select c.nothing,"), ["refuses the query", "nothing"]),
        (("eventID =", "evenID ="), ["'evenID'", "eventID", "records.event.dynamic"]),
        (('family = "biodiversity"', 'family = "biodivers"'), ["biodiversity"]),
        (('family = "biodiversity"\n', ""), ["'family' is missing"]),
        (("project =", "projekt ="), ["'projekt'", "project"]),
        (('key = "capture_id"\n', ""), ["needs a `key`"]),
        (('record = "occurrence"', 'record = "media"'), ["'media'"]),
        ((":value)", "5)"), [":value"]),
        (('type = "integer"', 'type = "int"'), ["no type 'int'"]),
        (("sqlite:///traps.db", "${EXPORTER_NO_SUCH}"), ["EXPORTER_NO_SUCH"]),
        (("sqlite:///traps.db", "sqlite:///gone.db"), ["gone.db"]),
        (("6f0d2c9e", "zzz"), ["no UUID"]),
        (("[sources.traps]", "[sources.traps"), ["cannot be read"]),
        (('title = "Traps"', 'tittle = "Traps"'), ["tittle", "title"]),
        (("[sources.traps.dataset]", "[sources.traps.datset]"), ["datset", "dataset"]),
    ],
)
def test_mistakes_are_named(folder: Path, change: tuple[str, str], words: list[str]) -> None:
    import exporter

    assert change[0] in TOML
    path = write(folder, TOML.replace(*change))
    with pytest.raises((InputError, SourceError)) as error:
        exporter.preview(format=Nothing(), source=find_source("traps", path.parent))
    for word in words:
        assert word in str(error.value)
    assert "Traceback" not in str(error.value)


def test_the_file_is_found_from_below_and_the_only_source_is_meant(folder: Path) -> None:
    path = write(folder)
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    assert find_config(below) == path
    assert find_source(None, below).name == "traps"
    write(folder, TOML + TOML.replace("sources.traps", "sources.other"))
    with pytest.raises(InputError, match="several sources"):
        find_source(None, below)
    with pytest.raises(InputError, match="traps"):
        find_source("trap", below)


def test_without_any_source_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        find_source(None, tmp_path)
    assert "exporter map" in error.value.hint


def test_environment_variables_fill_the_url(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAPS_DB", "traps.db")
    source = read_config(write(folder, TOML.replace("traps.db", "${TRAPS_DB}")))["traps"]()
    assert source.url == f"sqlite:///{folder / 'traps.db'}"
