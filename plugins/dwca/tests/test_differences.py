"""Changes between two archives, held against a plain comparison of dictionaries; in flat memory, in scratch that goes away."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter import containers
from exporter.errors import InputError
from exporter_dwca import differences, partitions
from exporter_dwca.differences import Change, Rows

from .versions import EVENT, MEDIA, OCCURRENCE, Dialect, Row, Table, archive, compared

IDS = st.sampled_from(["", "a", "b", "c", "A", "é", "longer-than-the-others", "a b", '"q"'])
TEXTS = st.sampled_from(["", "x", "y", 'a "quoted" text', "Zürich", " ", "0"])
EVENTS = st.sampled_from(["e1", "e2"])
FINDS = st.lists(
    st.fixed_dictionaries({"occurrenceID": IDS, "eventID": EVENTS, "sex": TEXTS, "modified": TEXTS}), max_size=12
)
PICTURES = st.lists(
    st.fixed_dictionaries({"id": EVENTS, "occurrenceID": IDS, "identifier": IDS, "title": TEXTS}), max_size=12
)
DIALECTS = st.sampled_from(
    [
        Dialect(),
        Dialect(delimiter=",", quote='"', end="\r\n"),
        Dialect(encoding="utf-16", quote='"'),
        Dialect(header=False, base="archive/"),
    ]
)
CORES = st.sampled_from(["event", "occurrence"])
ALWAYS = {
    "occurrenceID": "z",
    "eventID": "e1",
    "sex": "",
    "modified": "",
}  # an archive without identifiers is another matter
PICTURE = ("id", "occurrenceID", "identifier", "title")
Counts = dict[tuple[str, str], tuple[int, dict[str, int]]]


def finds(rows: Sequence[Row], core: str, order: Sequence[str]) -> list[Table]:
    """Occurrences as the core or as what hangs on events."""
    if core == "occurrence":
        return [Table(OCCURRENCE, ["id", *order], [{"id": r["occurrenceID"], **r} for r in rows], "finds.csv")]
    events = Table(EVENT, ["id"], [{"id": "e1"}, {"id": "e2"}], "event.txt")
    return [events, Table(OCCURRENCE, [*order, "id"], [{"id": r["eventID"], **r} for r in rows], "occurrence.txt")]


def plain_finds(old: Sequence[Row], new: Sequence[Row]) -> Counts:
    counts: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    sides: tuple[dict[str, list[Row]], dict[str, list[Row]]] = (defaultdict(list), defaultdict(list))
    for side, rows in zip(sides, (old, new), strict=True):
        for row in rows:
            side[row["occurrenceID"]].append(row)
    for id in {*sides[0], *sides[1]} - {""}:
        before, after = (sorted(tuple(row[n] for n in ALWAYS) for row in side.get(id, ())) for side in sides)
        if before == after:
            continue
        if not before or not after:
            counts["ID_GONE" if before else "ID_ADDED"] += 1
        elif len(before) == len(after) == 1:
            one, other = sides[0][id][0], sides[1][id][0]
            different = [name for name in ("sex", "modified") if one[name] != other[name]]
            counts["ID_MOVED"] += one["eventID"] != other["eventID"]
            counts["ID_CHANGED"] += bool(different)
            columns.update(different)
        else:
            counts["ID_REPEATED"] += 1
    counts["ID_NOT_COMPARED"] = sum(len(side.get("", ())) for side in sides)
    return {(code, "occurrence"): (n, dict(columns) if code == "ID_CHANGED" else {}) for code, n in counts.items() if n}


def plain_pictures(old: Sequence[Row], new: Sequence[Row]) -> Counts:
    def keyed(rows: Sequence[Row]) -> dict[Any, list[Any]]:
        found = defaultdict(list)
        for row in rows:
            values = tuple(row[name] for name in PICTURE)
            found[(row["identifier"], row["occurrenceID"] or row["id"]) if row["identifier"] else values].append(values)
        return found

    counts: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    names = ("eventID", "occurrenceID", "identifier", "title")
    before, after = keyed(old), keyed(new)
    for key in {*before, *after}:
        one, other = Counter(before.get(key, ())), Counter(after.get(key, ()))
        gone, added = list((one - other).elements()), list((other - one).elements())
        if len(gone) == len(added) == 1:
            counts["ROW_CHANGED"] += 1
            columns.update(n for n, a, b in zip(names, gone[0], added[0], strict=True) if a != b)
        else:
            counts["ROW_GONE"] += len(gone)
            counts["ROW_ADDED"] += len(added)
    return {(code, "media"): (n, dict(columns) if code == "ROW_CHANGED" else {}) for code, n in counts.items() if n}


def told(findings: Sequence[Any], record: str) -> Counts:
    found = {}
    for f in findings:
        if f.record == record and f.code != "COLUMNS_DIFFER":
            words = f.message.rstrip(".").partition("changed: ")[2]
            columns = dict(pair.rsplit(" ", 1) for pair in words.split(", ")) if words else {}
            found[(f.code, f.record)] = (f.count, {name: int(n) for name, n in columns.items()})
    return found


@pytest.fixture(params=[(1 << 17, 1 << 17, 8 << 20, 1 << 16), (2, 1, 300, 40)], ids=["in memory", "in scratch"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    pending, most, held, block = request.param
    monkeypatch.setattr(differences, "_PENDING", pending)
    monkeypatch.setattr(differences, "_MOST", most)
    monkeypatch.setattr(partitions, "_HELD", held)
    monkeypatch.setattr(containers, "BLOCK", block)


checked = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.usefixtures("small")
@checked
@given(old=FINDS, new=FINDS, cores=st.tuples(CORES, CORES), dialects=st.tuples(DIALECTS, DIALECTS), data=st.data())
def test_occurrences_against_dictionaries(
    tmp_path: Path, old: list[Row], new: list[Row], cores: Any, dialects: Any, data: Any
) -> None:
    old, new = [ALWAYS, *old], [*new, ALWAYS]
    orders = [data.draw(st.permutations(list(ALWAYS))) for _ in cores]
    paths = [
        archive(tmp_path / f"{name}.zip", *finds(rows, core, order), dialect=dialect)
        for name, rows, core, order, dialect in zip(("old", "new"), (old, new), cores, orders, dialects, strict=True)
    ]
    findings = compared(paths[1], paths[0])
    assert told(findings, "occurrence") == plain_finds(old, new)
    moved = (cores[0] == "event") - (cores[1] == "event")
    events = {0: {}, 1: {("ID_GONE", "event"): (2, {})}, -1: {("ID_ADDED", "event"): (2, {})}}[moved]
    assert told(findings, "event") == events
    nothing = not events and not any(code != "ID_NOT_COMPARED" for code, _ in plain_finds(old, new))
    assert ("NOTHING_CHANGED" in {f.code for f in findings}) == nothing


@pytest.mark.usefixtures("small")
@checked
@given(old=PICTURES, new=PICTURES)
def test_media_against_dictionaries(tmp_path: Path, old: list[Row], new: list[Row]) -> None:
    for name, rows in (("old", old), ("new", new)):
        tables = [*finds([ALWAYS], "event", list(ALWAYS)), Table(MEDIA, PICTURE, rows, "multimedia.txt")]
        archive(tmp_path / f"{name}.zip", *tables)
    assert told(compared(tmp_path / "new.zip", tmp_path / "old.zip"), "media") == plain_pictures(old, new)


# --- rows as such


def version(rows: Sequence[tuple[str, tuple[str, ...]]], size: int = 100) -> Any:
    def read() -> Iterator[Rows]:
        for first in range(0, len(rows), size):
            some = rows[first : first + size]
            yield Rows(first, [key for key, _ in some], lambda some=some: [cells for _, cells in some])  # type: ignore[misc]

    return read


def changes(old: Any, new: Any, **words: Any) -> list[Change]:
    return [change for found in differences.differences(old, new, **{"identified": True, **words}) for change in found]


def test_equal_versions_are_read_once() -> None:
    read = Counter[str]()

    def counting(name: str) -> Any:
        rows = version([("a", ("e", "x")), ("b", ("e", "y"))])

        def reading() -> Any:
            read[name] += 1
            return rows()

        return reading

    assert changes(counting("old"), counting("new")) == []
    assert read == {"old": 1, "new": 1}


def test_where_text_ends_makes_a_difference() -> None:
    one, other = [("a", ("e", "x", "yz"))], [("a", ("e", "xy", "z"))]
    assert changes(version(one), version(other)) == [Change("changed", 0, "a", (1, 2))]
    found = changes(version([("a", ("e", "x"))]), version([("ae", ("", "x"))]))
    assert sorted(found) == [Change("added", 0, "ae"), Change("gone", 0, "a")]


def numbered(count: int, change: int = -1) -> Any:
    def read() -> Iterator[Rows]:
        for first in range(0, count, 500):
            numbers = range(first, first + 500)
            keys = [f"occurrence-{n}" for n in numbers]
            yield Rows(first, keys, lambda numbers=numbers: [("e", f"{n + (n == change)}", "x" * 50) for n in numbers])  # type: ignore[misc]

    return read


def backwards(count: int) -> Any:
    def read() -> Iterator[Rows]:
        for first in range(0, count, 500):
            numbers = range(count - first - 1, count - first - 501, -1)
            keys = [f"occurrence-{n}" for n in numbers]
            yield Rows(first, keys, lambda numbers=numbers: [("e", str(n), "x" * 50) for n in numbers])  # type: ignore[misc]

    return read


def all_other(count: int) -> Any:
    def read() -> Iterator[Rows]:
        for rows in numbered(count)():
            yield Rows(rows.first, rows.keys, lambda rows=rows: [(e, n, "y") for e, n, _ in rows.cells()])  # type: ignore[misc]

    return read


@pytest.mark.parametrize("order", ["same", "backwards", "all changed"])
def test_memory_is_flat(monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    monkeypatch.setattr(differences, "_PENDING", 1_000)
    monkeypatch.setattr(differences, "_MOST", 1_000)
    monkeypatch.setattr(partitions, "_HELD", 1 << 18)

    def peak(count: int) -> int:
        other = {"same": numbered(count, 17), "backwards": backwards(count), "all changed": all_other(count)}[order]
        tracemalloc.start()
        try:
            found = sum(1 for some in differences.differences(numbered(count), other, identified=True) for _ in some)
            assert found == {"same": 1, "backwards": 0, "all changed": count}[order]
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)
    assert peak(25_000) - peak(5_000) < 600_000  # 20,000 rows of some 300 bytes are 6,000,000


# --- the scratch file


def test_partitions_give_back_what_they_got(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "_HELD", 2_000)
    kept: partitions.Partitions[tuple[int, str]] = partitions.Partitions()
    for n in range(5_000):
        kept.add(n * 7 - 9_999, (n, f"text \udcff {n}"))
    found = [list(kept.partition(number)) for number in range(partitions.PARTITIONS)]
    assert sorted(thing for some in found for thing in some) == [(n, f"text \udcff {n}") for n in range(5_000)]
    assert all(some == sorted(some) for some in found)


def test_no_room_for_scratch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "_HELD", 10)
    monkeypatch.setattr(differences, "_PENDING", 10)

    def full() -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(InputError, match="No space left") as caught:
        changes(numbered(500), backwards(500))
    assert "TMPDIR" in caught.value.hint
