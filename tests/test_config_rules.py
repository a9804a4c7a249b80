"""Rules in exporter.toml, from the file to the report; and conditions with an `or` in them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import create_engine, text

import exporter
from exporter.config import read_config
from exporter.errors import FindingsError, InputError, SourceError

SCHEMA = """
create table nights (id integer primary key, uid text, site text);
insert into nights values (1, 'n1', 'a'), (2, 'n2', 'b'), (3, 'n3', 'c');
create table finds (id integer primary key, uid text, night_uid text, name text, secret int, checked int);
insert into finds values (1, 'f1', 'n1', 'Noctua', 0, 1), (2, 'f2', 'n1', 'Noctua', 1, 1), (3, 'f3', 'n2', 'Noctua', null, 0),
    (4, 'f4', 'n3', null, 1, 0), (5, 'f5', 'n3', 'Noctua', 0, 1);
"""
TOML = """
[sources.finds]
url = "sqlite:///finds.db"
family = "biodiversity"
dataset.title = "Finds of three nights"
dataset.abstract = "Some finds, and some that are secret."
dataset.license = "CC0-1.0"
dataset.creators = [{ surname = "Reyes" }]
[sources.finds.records.event]
table = "nights"
columns = { eventID = "uid", locationID = "site" }
[sources.finds.records.occurrence]
table = "finds"
columns = { basisOfRecord = "'HumanObservation'", occurrenceID = "uid", eventID = "night_uid", scientificName = "name" }
"""


@pytest.fixture
def config(tmp_path: Path) -> Any:
    connection = sqlite3.connect(tmp_path / "finds.db")
    connection.executescript(SCHEMA)
    connection.close()

    def source(more: str) -> exporter.Source:
        path = tmp_path / "exporter.toml"
        path.write_text(TOML + more, encoding="utf-8")
        return read_config(path)["finds"]()

    return source


def preview(source: exporter.Source, **words: Any) -> Any:
    return exporter.preview(format="dwca", source=source, **words).report


def test_a_rule_leaves_rows_out_and_counts_them(config: Any) -> None:
    rule = '[sources.finds.rules.SECRET]\nrecord = "occurrence"\nwhere = "secret = 1 or 1 = 0"\nlevel = "info"\nmessage = "Secret."'
    report = preview(config(rule))
    count = report.records["occurrence"]
    assert (count.rows, count.left_out, count.written) == (5, 2, 3)
    shown = {f.code: (f.level, f.count, f.examples, f.message, f.action) for f in report.findings}
    assert shown == {"SECRET": ("info", 2, ["f2", "f4"], "Secret.", "dropped")}  # f4 has no name either, and is counted once


def test_a_rule_that_keeps_only_counts(config: Any) -> None:
    report = preview(config('[sources.finds.rules.UNCHECKED]\nrecord = "occurrence"\nwhere = "not checked"\nkeep = true'))
    assert report.records["occurrence"].written == 4
    found = next(f for f in report.findings if f.code == "UNCHECKED")
    assert (found.level, found.count, found.action) == ("warning", 2, "kept")
    assert "exporter.toml" in found.message


def test_a_rule_on_events_takes_their_occurrences_along(config: Any) -> None:
    report = preview(config('[sources.finds.rules.PRIVATE]\nrecord = "event"\nwhere = "site = \'a\'"'))
    assert report.records["event"].written == 2
    assert report.records["occurrence"].written == 2
    assert {f.code: f.count for f in report.findings} == {"PRIVATE": 1, "EVENT_LEFT_OUT": 2, "DETERMINATION_MISSING": 1}


def test_a_rule_of_level_error_stops_the_run(config: Any, tmp_path: Path) -> None:
    source = config('[sources.finds.rules.SECRET]\nrecord = "occurrence"\nwhere = "secret = 1"\nlevel = "error"')
    with pytest.raises(FindingsError, match="SECRET"):
        exporter.run(format="dwca", source=source, output=tmp_path / "finds.zip")
    assert not (tmp_path / "finds.zip").exists()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('record = "occurrences"\nwhere = "1"', "does not have. Did you mean 'occurrence'?"),
        ('record = "occurrence"', "The key 'where' is missing."),
        ('where = "1"', "The key 'record' is missing."),
        ('record = "occurrence"\nwhere = "1"\nlevel = "warn"', "Did you mean 'warning'?"),
        ('record = "occurrence"\nwhere = "1"\ndrop = true', "There is no key 'drop'."),
    ],
)
def test_what_is_wrong_with_a_rule(config: Any, rule: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        config(f"[sources.finds.rules.ODD]\n{rule}")
    assert words in caught.value.message
    assert "[sources.finds.rules.ODD]" in caught.value.message


def test_an_or_does_not_swallow_what_it_is_joined_to(config: Any) -> None:
    more = """where = "secret = 0 or secret is null or secret = 1"
    [sources.finds.filters.night]
    record = "occurrence"
    where = "night_uid = :value or night_uid = 'none'"
    """
    report = preview(config(more), filters={"night": "n2"})
    count = report.records["occurrence"]
    assert (count.rows, count.filtered, count.written) == (5, 4, 1)


@pytest.mark.parametrize("origin", ['table = "finds"', 'query = "select f.* from finds f"\nkey = "id"'])
def test_an_expression_with_a_missing_column_is_told_those_there_are(config: Any, origin: str) -> None:
    source = config("")
    path = Path(source.origin)
    path.write_text(path.read_text().replace('table = "finds"', origin).replace('"name" }', '"upper(nam)" }'))
    with pytest.raises(SourceError, match="no such column: nam") as caught:
        preview(read_config(path)["finds"]())
    assert "id, uid, night_uid, name, secret, checked" in caught.value.hint


def test_postgresql_tells_them_too(config: Any, postgresql: str) -> None:
    with pytest.raises(SourceError, match='"nam" does not exist') as caught:
        preview(on_postgresql(config(""), postgresql, ('"name" }', '"upper(nam)" }')))
    assert "id, uid, night_uid, name, secret, checked" in caught.value.hint


def on_postgresql(source: exporter.Source, url: str, *replaced: tuple[str, str]) -> exporter.Source:
    """The same source on a server, where the tables are made, with texts of its description replaced."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in SCHEMA.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    engine.dispose()
    path = Path(source.origin)
    toml = path.read_text()
    for old, new in [("sqlite:///finds.db", url), *replaced]:
        toml = toml.replace(old, new)
    path.write_text(toml)
    return read_config(path)["finds"]()


MORE = """
[sources.finds.filters.secret]
record = "occurrence"
where = "secret = :value::int"
label = "select 'secret ' || :value::int"
[sources.finds.rules.ODD]
record = "occurrence"
where = "checked > 2"
"""


def test_a_value_may_be_cast(config: Any, postgresql: str) -> None:
    report = preview(on_postgresql(config(MORE), postgresql), filters={"secret": "1"})
    assert (report.records["occurrence"].written, report.filters_in_words) == (1, ["secret: secret 1"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "checked > 2",
            "name::int > 2",
            "[sources.finds.rules.ODD]: the database refuses its `where`: invalid input syntax",
        ),
        ("checked > 2", "chekced > 2", '[sources.finds.rules.ODD]: the database refuses its `where`: column "chekced"'),
        (
            "secret = ",
            "name::int = ",
            "[sources.finds.filters.secret]: the database refuses its `where`: invalid input syntax",
        ),
        (
            "select 'secret",
            "select 'x'::int || 'secret",
            "[sources.finds.filters.secret]: the database refuses its `label`: invalid",
        ),
    ],
)
def test_sql_that_fails_is_named_on_postgresql(config: Any, postgresql: str, old: str, new: str, words: str) -> None:
    source = on_postgresql(config(MORE), postgresql, (old, new))
    with pytest.raises(SourceError) as caught:
        preview(source, filters={"secret": "1"})
    assert words in caught.value.message


def test_a_filter_in_python_is_named_by_its_source(config: Any) -> None:
    source = config("")
    odd = exporter.HostFilter(record="event", where=lambda value: text("siet = 'a'"))  # type: ignore[arg-type,return-value]
    with pytest.raises(
        SourceError, match="Source 'finds', filter 'odd': the database refuses its `where`: no such column"
    ) as caught:
        preview(attrs.evolve(source, filters={"odd": odd}), filters={"odd": "a"})
    assert "nights: id, uid, site" in caught.value.hint
