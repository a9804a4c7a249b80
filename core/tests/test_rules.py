"""Rules count a row once, and what an index proves absent is not counted at all."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, Select, column, create_engine, select, table
from sqlalchemy.pool import StaticPool

from exporter import rules, slices
from exporter.database import sqlite_module
from exporter.readers import Readers
from exporter.records import family
from exporter.report import Finding, Report
from exporter.rules import Rule, apply_rules, identity_rules
from exporter.selection import RecordRows, open_rows
from exporter.source import RecordSource, Source, bind

NIGHTS = table("nights", *map(column, ("id", "uid", "up", "site")))
FINDS = table("finds", *map(column, ("id", "uid", "night", "name")))
RECORDS = {
    "event": RecordSource(
        select(NIGHTS.c.uid.label("event_id"), NIGHTS.c.up.label("parent_event_id"), NIGHTS.c.site.label("locality")),
        key=NIGHTS.c.id,
    ),
    "occurrence": RecordSource(
        select(FINDS.c.uid.label("occurrence_id"), FINDS.c.night.label("event_id"), FINDS.c.name.label("scientific_name")),
        key=FINDS.c.id,
    ),
}
BIODIVERSITY = family("biodiversity")


@contextmanager
def opened(sql: str, nights: Sequence[tuple[Any, ...]], finds: Sequence[tuple[Any, ...]] = ()) -> Iterator[Any]:
    """A context with these rows: nights of (uid, up, site), finds of (uid, night, name)."""
    engine = create_engine("sqlite://", module=sqlite_module(), poolclass=StaticPool)
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.executescript(sql)  # type: ignore[attr-defined]
        cursor.executemany("insert into nights (uid, up, site) values (?, ?, ?)", nights)
        cursor.executemany("insert into finds (uid, night, name) values (?, ?, ?)", finds)
        source = Source(name="t", family=BIODIVERSITY, records=RECORDS, connection=connection)
        rows = open_rows(BIODIVERSITY, bind(source, connection), None)
        reader = SimpleNamespace(readers=Readers((connection,)))
        found = SimpleNamespace(
            connection=connection, source=source, report=Report(), rows=rows, checked=True, reader=reader
        )
        found.identified = ("event", "occurrence")
        found.beside = lambda: nullcontext(lambda ask: reader.readers._at_once(lambda _: ask(found)))
        yield found
    engine.dispose()


def schema(
    night: str = "", find: str = "", indexed: Sequence[str] = ("nights (uid)", "nights (up)", "finds (night)")
) -> str:
    """The tables, with the types of a night's identifier and of what names it in a find."""
    indexes = [f"create index i{i} on {columns};" for i, columns in enumerate(indexed)]
    return f"""create table nights (id integer primary key, uid {night}, up {night}, site);
        create table finds (id integer primary key, uid, night {find}, name); {"".join(indexes)}"""


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the database while rules are applied."""
    asked: list[str] = []
    fetch = rules.fetch

    def listening(connection: Connection, query: Select[Any]) -> list[Any]:
        asked.append(str(query))
        return fetch(connection, query)

    for module in (rules, slices):
        monkeypatch.setattr(module, "fetch", listening)
    return asked


def applied(context: Any, name: str, given: Sequence[Rule]) -> tuple[tuple[int, int], dict[str, Finding]]:
    counts = apply_rules(context, context.rows[name], given)
    return counts, {f.code: f for f in context.report.findings}


# --- several rules on one row


@pytest.mark.parametrize("seed", range(20))
def test_a_row_is_counted_under_the_first_rule_that_drops_it(seed: int) -> None:
    dice = random.Random(seed)
    sites = [dice.choice(["", "a", "ab", "abc", "bc", None]) for _ in range(dice.randint(0, 30))]
    letters = [("A", "a", dice.random() < 0.5), ("B", "b", dice.random() < 0.7), ("C", "c", True), ("Z", "z", True)]
    dice.shuffle(letters)
    with opened(schema(), [(f"n{i}", None, site) for i, site in enumerate(sites)]) as context:
        site = context.rows["event"].columns.locality
        given = [Rule("event", code, code, where=site.contains(letter), drop=drop) for code, letter, drop in letters]
        counts, found = applied(context, "event", given)
        left = [r[0] for r in context.connection.execute(context.rows["event"].select().with_only_columns(site))]
    wanted: dict[str, list[str]] = {}
    for i, text in enumerate(sites):
        for code, letter, drop in letters:
            if letter in (text or ""):
                wanted.setdefault(code, []).append(f"n{i}")
                if drop:
                    break
    assert {code: (f.count, f.examples) for code, f in found.items()} == {c: (len(r), r[:5]) for c, r in wanted.items()}
    drops = {letter for _, letter, drop in letters if drop}
    assert left == [s for s in sites if not any(letter in (s or "") for letter in drops)]
    assert counts == (len(sites), len(sites) - len(left))


def test_one_pass_counts_them_all(statements: list[str]) -> None:
    with opened(schema(), [("n1", None, "a"), ("n2", None, "b")]) as context:
        is_a = context.rows["event"].columns.locality == "a"
        flagged = Rule("event", "FLAGGED", "x", where=is_a, drop=False)
        dropped = Rule("event", "DROPPED", "x", where=is_a)
        late = Rule("event", "LATE", "x", where=is_a, drop=False)
        counts, found = applied(context, "event", [flagged, dropped, late])
    assert (counts, list(found)) == ((2, 1), ["FLAGGED", "DROPPED"])
    assert sum("count(" in s for s in statements) == 1


# --- what an index proves absent


def test_an_index_answers_simple_conditions(statements: list[str]) -> None:
    with opened(schema(), [("n1", None, "a")], [("f1", "n1", "x")]) as context:
        night = context.rows["occurrence"].columns.event_id
        _, found = applied(context, "occurrence", [Rule("occurrence", "LOST", "x", where=night.is_(None))])
        assert not found
        assert sum("count(" in s for s in statements) == 1
        assert "CASE" not in "".join(statements)


def test_filters_stand_in_the_way_of_no_index() -> None:
    with opened(schema(), [("n1", None, "a")], [("f1", None, "x"), ("f2", None, "y"), ("f3", "n1", "y")]) as context:
        row: RecordRows = context.rows["occurrence"]
        row.filters.append(row.columns.scientific_name == "y")
        rule = Rule("occurrence", "LOST", "x", where=row.columns.event_id.is_(None))
        counts, found = applied(context, "occurrence", [rule])
        assert counts == (2, 1)
        assert found["LOST"].examples == ["f2"]


# --- rows whose parent is not there


VALUES = [None, "n1", "N1", "n2", "N2", "n3", "", "1", 1, 1.0, "1.0", 2, b"n1", b"1", "\u00e9", "\u00c9"]


KINDS = ["", "text", "integer", "numeric", "text collate nocase", "blob"]


@pytest.mark.parametrize("find", KINDS)
@pytest.mark.parametrize("night", KINDS)
def test_a_probe_misses_no_orphan(night: str, find: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(night + find)

    def found() -> list[tuple[Any, ...]]:
        with opened(schema(night, find), nights, finds) as context:
            for name, row in context.rows.items():
                apply_rules(context, row, identity_rules(context, context.rows, name, frozenset()))
            return [(f.code, f.count, f.examples) for f in context.report.findings]

    for _ in range(6):
        few = dice.sample(VALUES, dice.randint(1, 5))
        nights = [(uid, dice.choice([None, *few]), "a") for uid in few]
        finds = [(f"f{i}", dice.choice([*few, *few, dice.choice(VALUES)]), "x") for i in range(dice.randint(0, 4))]
        with_probes = found()
        with monkeypatch.context() as patch:
            patch.setattr(rules, "_all_there", lambda *_: False)
            patch.setattr(rules, "_suspected", lambda *_: True)
            assert with_probes == found()


def counted(context: Any, name: str) -> set[str]:
    """The codes of core's rules that have to be counted; one whose probe finds nothing is not there."""
    return {r.code for r in identity_rules(context, context.rows, name, frozenset())}


def test_orphans_are_probed_through_an_index() -> None:
    wanted = {"ID_MISSING", "EVENT_NOT_GIVEN"}
    with opened(schema(), []) as context:
        assert counted(context, "event") == {"ID_MISSING"}
        assert counted(context, "occurrence") == wanted
        assert context.rows["occurrence"].exact == {"event_id"}
        context.rows["occurrence"].filters.append(context.rows["occurrence"].columns.scientific_name == "x")
        assert counted(context, "occurrence") == {*wanted, "EVENT_MISSING"}  # it would jump about in the table
    with opened(schema(indexed=["nights (uid)"]), []) as context:
        assert counted(context, "occurrence") == {*wanted, "EVENT_MISSING"}  # it would sort
        assert context.rows["occurrence"].exact == set()
    with opened(schema("text", "text collate nocase"), []) as context:
        assert counted(context, "occurrence") == {*wanted, "EVENT_MISSING"}  # the same
    with opened(schema(indexed=["finds (night)"]), []) as context:
        assert counted(context, "occurrence") == {*wanted, "EVENT_MISSING"}  # it would scan for each


@pytest.mark.parametrize(
    ("night", "finds", "exact"),
    [
        ("n1", ["n1"], True),
        ("n1", ["n1", None], True),
        ("n1", ["n1", "N1"], False),
        (1, [1, 1], True),
        (1, [1.0], False),
        (1, [1, 1.0], False),  # one value to DISTINCT
        (1, [1.0, 1], False),
        ("n1", [], True),
    ],
)
def test_references_are_exact_letter_by_letter(night: Any, finds: list[Any], exact: bool) -> None:
    rows = [(f"f{i}", find, "x") for i, find in enumerate(finds)]
    with opened(schema("collate nocase", ""), [(night, None, "a")], rows) as context:
        counted(context, "occurrence")
        assert context.rows["occurrence"].exact == ({"event_id"} if exact else set())
