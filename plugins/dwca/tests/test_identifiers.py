"""Identifiers of any archive, held against a plain count: of the core, of occurrences, of rows that refer to either."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exporter
from exporter import containers
from exporter_dwca import identifiers, scan

from .test_checks import archive

TERM = "http://rs.tdwg.org/dwc/terms/"
MEDIA = "http://rs.gbif.org/terms/1.0/Multimedia"
CODES = ("institutionCode", "collectionCode", "catalogNumber")
SHAPE = 'fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" encoding="UTF-8" ignoreHeaderLines="1"'


def described(tag: str, row_type: str, file: str, terms: list[str]) -> str:
    """A file whose first column is the id, and whose others are the terms."""
    id = "id" if tag == "core" else "coreid"
    fields = "".join(
        f'<field index="{i}" term="{TERM if ":" not in t else ""}{t}"/>'
        for i, t in enumerate(terms, 1)
        if t != "basisOfRecord"
    )
    basis = f'<field default="HumanObservation" term="{TERM}basisOfRecord"/>' if row_type.endswith("Occurrence") else ""
    head = f'<{tag} rowType="{row_type}" {SHAPE}><files><location>{file}</location></files><{id} index="0"/>'
    return head + fields + basis + f"</{tag}>"


def check(
    folder: Path, core: tuple[str, list[str], list[Any]], *extensions: tuple[str, list[str], list[Any]]
) -> dict[Any, Any]:
    """The findings by code and file, of files given by row type, terms and rows."""
    files: dict[str, str | bytes] = {"event.txt": "", "occurrence.txt": ""}
    meta = ""
    for n, (row_type, terms, rows) in enumerate((core, *extensions)):
        name = f"{row_type.rpartition('/')[2].lower()}{n}.txt"
        meta += described("extension" if n else "core", row_type, name, terms)
        lines = ["\t".join(["id", *terms]), *("\t".join(row) for row in rows)]
        files[name] = "".join(f"{line}\n" for line in lines)
    files["meta.xml"] = f'<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">{meta}</archive>'
    findings = [f for f in exporter.check(archive(folder, files), "dwca") if f.code != "UNKNOWN_TERM"]  # triplets of events
    return {(f.code, re.sub(r"\d\.txt$", "", f.part)): (f.count, f.examples) for f in findings}


OCCURRENCES = (f"{TERM}Occurrence", ["occurrenceID", *CODES])
EVENTS = (f"{TERM}Event", ["eventID", *CODES])


# --- held against a plain count

ID = st.sampled_from(["a", "A", "b", "c", "d", "", "null"])
CODE = st.sampled_from(["x", "x", "x", "y", ""])
EVENT = st.tuples(ID, st.sampled_from(["same", "same", "", "z"]), CODE, CODE, CODE)
FIND = st.tuples(
    ID, st.sampled_from(["o1", "o2", "o3", "o4", "O1", "", "\\N"]), CODE, CODE, st.sampled_from(["1", "2", "3", "", "4"])
)
PICTURE = st.tuples(ID, st.sampled_from(["o1", "o2", "o9", "O9", "", "NULL"]))


def there(cell: str) -> str:
    return "" if cell.strip().lower() in ("", "null", "\\n") else cell


def unique(counted: dict[Any, int], rows: list[Any], column: int, code: str, part: str) -> None:
    seen: set[str] = set()
    for row in rows:
        if value := there(row[column]):
            if value in seen:
                counted[code, part] = counted.get((code, part), 0) + 1
            elif value.lower() in {s.lower() for s in seen}:
                key = ("ID_DIFFERS_IN_CASE_ONLY", part)
                counted[key] = counted.get(key, 0) + 1
            seen.add(value)


def identified(finds: list[Any], events: list[Any] | None) -> bool:
    """As GBIF counts: gbif/gbif-api, OccurrenceValidationReport; a code that an occurrence lacks is its event's."""
    if events is not None:
        first: dict[str, Any] = {}
        for event in events:
            first.setdefault(there(event[0]), event)
        finds = [
            [*f[:2], *(a or b for a, b in zip(f[2:], first[f[0]][2:], strict=True))]
            for f in finds
            if there(f[0]) and f[0] in first
        ]
    ids = [there(f[1]) for f in finds if there(f[1])]
    triplets = [tuple(f[2:]) for f in finds if all(map(there, f[2:]))]
    good_triplets = (len(finds) - len(triplets)) <= 0.25 * len(finds) and len(set(triplets)) == len(triplets)
    return good_triplets or len(set(ids)) == len(finds)


def plain_count(events: list[Any], finds: list[Any], pictures: list[Any]) -> dict[Any, int]:
    """Codes by file, of an event core with occurrences and pictures."""
    counted: dict[Any, int] = {}
    unique(counted, events, 1, "RECORD_NOT_UNIQUELY_IDENTIFIED", "event")
    if any(there(e[0]) != there(e[1]) for e in events):  # else both columns say the same
        unique(counted, events, 0, "CORE_ID_DUPLICATE", "event")
    unique(counted, finds, 1, "OCCURRENCE_ID_DUPLICATE", "occurrence")
    ids, occurrences = {there(e[0]) for e in events}, {there(f[1]) for f in finds}
    for code, part, lost in (
        ("RECORD_REFERENTIAL_INTEGRITY_VIOLATION", "event", [e for e in events if not there(e[1])]),
        ("RECORD_REFERENTIAL_INTEGRITY_VIOLATION", "occurrence", [f for f in finds if not there(f[0])]),
        ("RECORD_REFERENTIAL_INTEGRITY_VIOLATION", "multimedia", [p for p in pictures if not there(p[0])]),
        ("EXTENSION_ROW_ORPHAN", "occurrence", [f for f in finds if there(f[0]) and f[0] not in ids]),
        ("EXTENSION_ROW_ORPHAN", "multimedia", [p for p in pictures if there(p[0]) and p[0] not in ids]),
        ("OCCURRENCE_ID_ORPHAN", "multimedia", [p for p in pictures if there(p[1]) and p[1] not in occurrences]),
        ("OCCURRENCE_NOT_UNIQUELY_IDENTIFIED", "occurrence", [] if identified(finds, events) else [1]),
    ):
        if lost:
            counted[code, part] = len(lost)
    return counted


def same(seen: dict[Any, Any], expected: dict[Any, int]) -> None:
    whole = {k: 1 if k[0].startswith("OCCURRENCE_NOT") else count for k, (count, _) in seen.items()}
    assert whole == expected
    assert all(0 < len(examples) <= min(count, 5) for count, examples in seen.values())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(EVENT, max_size=8), finds=st.lists(FIND, max_size=12), pictures=st.lists(PICTURE, max_size=8),
    held=st.sampled_from([1, 7, 1000]), few=st.sampled_from([0, 1000]),
)  # fmt: skip
def test_events_occurrences_and_pictures(
    tmp_path: Path, events: Any, finds: Any, pictures: Any, held: int, few: int
) -> None:
    events = [(e[0], e[0] if e[1] == "same" else e[1], *e[2:]) for e in events]
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in (
            (identifiers, "_HELD", held),
            (identifiers, "_FEW", few),
            (scan, "_TEXT", held),
            (containers, "BLOCK", 99),
        ):
            patch.setattr(module, name, value)
        seen = check(tmp_path, (*EVENTS, events), (*OCCURRENCES, finds), (MEDIA, ["occurrenceID"], pictures))
    same(seen, plain_count(events, finds, pictures))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(finds=st.lists(FIND, max_size=12))
def test_occurrences_as_the_core(tmp_path: Path, finds: Any) -> None:
    expected: dict[Any, int] = {}
    unique(expected, finds, 1, "OCCURRENCE_ID_DUPLICATE", "occurrence")
    if any(there(f[0]) != there(f[1]) for f in finds):
        unique(expected, finds, 0, "CORE_ID_DUPLICATE", "occurrence")
    if not identified(finds, None):
        expected["OCCURRENCE_NOT_UNIQUELY_IDENTIFIED", "occurrence"] = 1
    seen = check(tmp_path, (*OCCURRENCES, finds))
    case = ("ID_DIFFERS_IN_CASE_ONLY", "occurrence")
    if case in seen and case in expected:  # of the ids and of the occurrenceIDs: two findings under one code
        del seen[case], expected[case]
    same(seen, expected)


# --- one by one


def finds(*rows: tuple[str, ...]) -> tuple[str, list[str], list[Any]]:
    return (*OCCURRENCES, [(*row, *("",) * (5 - len(row))) for row in rows])


def event_core(*ids: str) -> tuple[str, list[str], list[Any]]:
    return (*EVENTS, [(i, i, "", "", "") for i in ids])


def test_triplets_of_which_a_quarter_is_missing(tmp_path: Path) -> None:
    good = [(f"i{n}", "o", "A", "B", str(n)) for n in range(9)]
    none = [("j0", "o", "A", "B", ""), ("j1", "o", "A", "B", ""), ("j2", "o", "A", "", "77")]
    seen = check(tmp_path, finds(*good, *none))
    assert seen == {("OCCURRENCE_ID_DUPLICATE", "occurrence"): (11, [f'occurrence0.txt:{n} "o"' for n in range(3, 8)])}
    code = ("OCCURRENCE_NOT_UNIQUELY_IDENTIFIED", "occurrence")
    assert code in check(tmp_path, finds(*good[1:], *none))  # 3 of 11 are more than 25 %
    assert code in check(tmp_path, finds(*good, *none, good[0]))  # two with one triplet
    assert code not in check(tmp_path, finds(*((a, a, *rest) for a, _, *rest in (*good, *none))))  # each has an occurrenceID


def test_codes_of_the_event_identify_its_occurrences(tmp_path: Path) -> None:
    events = (*EVENTS, [("e1", "e1", "A", "B", ""), ("e2", "e2", "A", "", "")])
    code = ("OCCURRENCE_NOT_UNIQUELY_IDENTIFIED", "occurrence")
    assert code not in check(tmp_path, events, finds(*(("e1", "", "", "", str(n)) for n in range(4))))
    assert code in check(tmp_path, events, finds(*(("e2", "", "", "", str(n)) for n in range(4))))
    assert code not in check(tmp_path, events, finds(*(("e2", "", "", "C", str(n)) for n in range(4))))
    lost = check(tmp_path, events, finds(("e1", "o", "", "", "1"), ("e9", "o", "", "", "1")))
    assert code not in lost  # the second hangs on nothing, and GBIF does not see it
    assert ("EXTENSION_ROW_ORPHAN", "occurrence") in lost


def test_a_default_is_a_value(tmp_path: Path) -> None:
    files = check(tmp_path, event_core("e1", "e2"), finds(("e1", "o1"), ("e2", "o2")))
    assert files == {}
    assert check(tmp_path, event_core("e1"), (f"{TERM}Occurrence", [], [("e1",), ("e1",)])) == {
        ("OCCURRENCE_NOT_UNIQUELY_IDENTIFIED", "occurrence"): (2, ["occurrence1.txt:2", "occurrence1.txt:3"]),
        ("REQUIRED_TERM_MISSING", "occurrence"): (1, [f"occurrence1.txt: {TERM}occurrenceID"]),
    }


def test_what_the_core_is_identified_by(tmp_path: Path) -> None:
    one = check(tmp_path, (*EVENTS, [("i1", "e1", "", "", ""), ("i2", "e1", "", "", "")]))
    assert one == {("RECORD_NOT_UNIQUELY_IDENTIFIED", "event"): (1, ['event0.txt:3 "e1"'])}
    two = check(tmp_path, (*EVENTS, [("i1", "e1", "", "", ""), ("i1", "e2", "", "", "")]))
    assert two == {("CORE_ID_DUPLICATE", "event"): (1, ['event0.txt:3 "i1"'])}
    same = check(tmp_path, (*EVENTS, [("e1", "e1", "", "", ""), ("e1", "e1", "", "", "")]))
    assert same == {("RECORD_NOT_UNIQUELY_IDENTIFIED", "event"): (1, ['event0.txt:3 "e1"'])}
    bare = check(tmp_path, (f"{TERM}Taxon", ["kingdom"], [("t1", ""), ("t1", ""), ("T1", "")]))
    assert bare["RECORD_NOT_UNIQUELY_IDENTIFIED", "taxon"] == (1, ['taxon0.txt:3 "t1"'])
    assert bare["ID_DIFFERS_IN_CASE_ONLY", "taxon"] == (1, ['taxon0.txt:4 "T1"'])
    taxa = check(tmp_path, (f"{TERM}Taxon", ["taxonID"], [("t1", "a"), ("t2", "a"), ("t3", "")]))
    assert {code for code, _ in taxa} == {"RECORD_NOT_UNIQUELY_IDENTIFIED", "RECORD_REFERENTIAL_INTEGRITY_VIOLATION"}


def test_an_empty_id_of_occurrences_alone_harms_nobody(tmp_path: Path) -> None:
    assert check(tmp_path, finds(("", "o1"), ("", "o2"))) == {}
    seen = check(tmp_path, finds(("", "o1"), ("i", "o2")), (MEDIA, ["occurrenceID"], [("i", "o1")]))
    assert seen == {("RECORD_REFERENTIAL_INTEGRITY_VIOLATION", "occurrence"): (1, ["occurrence0.txt:2"])}


def test_occurrence_ids_that_extensions_name(tmp_path: Path) -> None:
    seen = check(
        tmp_path, event_core("e"), finds(("e", "o1")), (MEDIA, ["occurrenceID"], [("e", "o1"), ("e", ""), ("e", "O1")])
    )
    assert seen == {("OCCURRENCE_ID_ORPHAN", "multimedia"): (1, ['multimedia2.txt:4 "O1"'])}
    assert (
        check(tmp_path, event_core("e"), (MEDIA, ["occurrenceID"], [("e", "o1")])) == {}
    )  # there are no occurrences to look at
    first = check(tmp_path, event_core("e"), (MEDIA, ["occurrenceID"], [("e", "o1")]), finds(("e", "o1")))
    assert first == {}  # the occurrences come later


def test_values_in_examples_are_harmless_and_short(tmp_path: Path) -> None:
    wild = "\x1b[31m\u202e" + "x" * 500
    seen = check(tmp_path, event_core(wild, wild, "Zürich 1", "Zürich 1"))
    examples = seen["RECORD_NOT_UNIQUELY_IDENTIFIED", "event"][1]
    assert examples[0].startswith('event0.txt:3 "\\x1b[31m\\u202exxx')
    assert examples[0].endswith('x..."')
    assert examples[1] == 'event0.txt:5 "Zürich 1"'


def test_no_room_for_the_scratch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers, "_HELD", 1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(exporter.ExporterError, match="scratch file"):
        check(tmp_path, event_core("a"))
