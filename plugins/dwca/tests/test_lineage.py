"""Events that are their own ancestors: held against a plain walk, in flat memory, however deep."""

from __future__ import annotations

import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import InputError
from exporter_dwca.flags import lineage
from exporter_dwca.flags.lineage import Lineage
from exporter_dwca.flags.look import EVENT, OCCURRENCE
from exporter_dwca.scan import Batch, Column, Layout

from .test_flags import check, meta, table

TERM = "http://rs.tdwg.org/dwc/terms/"


def layout(row_type: str = EVENT, *terms: str) -> Layout:
    columns = tuple(Column(TERM + t, n) for n, t in enumerate(terms or ("eventID", "parentEventID")))
    return Layout(row_type, ("event.txt",), "\t", "\n", "", "UTF-8", 1, 0, len(columns), columns)


def found(rows: list[tuple[str, str]], size: int = 1_000, of: Layout | None = None) -> list[tuple[int, list[str]]]:
    events = Lineage(of or layout())
    for begin in range(0, len(rows), size):
        some = [list(row) for row in rows[begin : begin + size]]
        events.look(Batch(range(begin + 1, begin + 1 + len(some)), some, 2, []), "event.txt")
    return [(f.count, f.examples) for f in events.findings()]


def plain_walk(rows: list[tuple[str, str]]) -> list[int]:
    """The rows whose ancestors come back to where they were."""
    parents = {event: parent for event, parent in rows if parent}
    wrong = []
    for number, (event, parent) in enumerate(rows, 1):
        seen, at = {event}, parent
        while at and at not in seen:
            seen.add(at)
            at = parents.get(at, "")
        if at:
            wrong.append(number)
    return wrong


@settings(max_examples=60, deadline=None)
@given(
    parents=st.lists(st.one_of(st.just(""), st.integers(0, 30).map(lambda n: f"e{n}")), max_size=25), size=st.integers(1, 30)
)
def test_against_a_plain_walk(parents: list[str], size: int) -> None:
    rows = [(f"e{n}", parent) for n, parent in enumerate(parents)]
    wrong = plain_walk(rows)
    assert found(rows, size) == ([(len(wrong), [f"event.txt:{n}" for n in wrong[:5]])] if wrong else [])


@pytest.mark.parametrize("deep", [1, 2, 3, 64, 5_000])
def test_deep_lineages(deep: int) -> None:
    chain = [(f"e{n}", f"e{n + 1}") for n in range(deep)]
    assert found([*chain, (f"e{deep}", "")]) == []
    assert found([*chain, (f"e{deep}", "elsewhere")]) == []
    assert found([*chain, (f"e{deep}", "e0")]) == [(deep + 1, [f"event.txt:{n}" for n in range(1, min(deep + 2, 6))])]


def test_what_is_no_lineage() -> None:
    assert found([("e1", "e1")]) == [(1, ["event.txt:1"])]
    assert found([("e1", " e1 "), ("null", "null")]) == [(1, ["event.txt:1"])]
    assert found([("e1", "e1")], of=layout(OCCURRENCE)) == []
    assert found([("e1", "e1")], of=layout(EVENT, "locality", "eventID")) == []
    assert found([("e1", "e1")], of=layout(EVENT, "locality", "parentEventID")) == [(1, ["event.txt:1"])]  # the id column


def test_through_the_check(tmp_path: Path) -> None:
    terms = ["eventID", "parentEventID"]
    rows = [{"eventID": e, "parentEventID": p} for e, p in (("a", "b"), ("b", "a"), ("c", "b"), ("d", ""), ("e", "d"))]
    description = meta(EVENT, terms).replace("rows.txt</location>", "rows.txt</location><location>more.txt</location>")
    more = table([{"eventID": "f", "parentEventID": "c"}], terms).replace("id0", "id9")
    (finding,) = check(tmp_path, {"meta.xml": description, "rows.txt": table(rows, terms), "more.txt": more})
    assert (finding.level, finding.code, finding.count) == ("warning", "PARENT_EVENT_INFINITE_LINEAGE", 4)
    assert finding.examples == ["rows.txt:2", "rows.txt:3", "rows.txt:4", "more.txt:2"]
    assert check(tmp_path, {"meta.xml": meta(EVENT, terms), "rows.txt": table(rows[3:], terms)}) == []


def test_memory_is_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "_HELD", 2_400)

    def peak(events: int) -> int:
        tracemalloc.start()
        try:
            of = Lineage(layout())
            for begin in range(0, events, 500):
                rows = [[f"e{n}", f"e{n // 3}"] for n in range(begin, begin + 500)]  # the first is its own parent, of all
                of.look(Batch(range(begin, begin + 500), rows, 2, []), "event.txt")
            (finding,) = of.findings()
            assert finding.count == events
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)
    assert peak(40_000) - peak(10_000) < 500_000  # as a dictionary they would take some 4,000,000


def test_a_scratch_file_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "_HELD", 1)
    nowhere: Any = str(tmp_path / "nowhere")
    monkeypatch.setattr(tempfile, "tempdir", nowhere)
    with pytest.raises(InputError, match="scratch files for events"):
        found([("e1", "e2")])
