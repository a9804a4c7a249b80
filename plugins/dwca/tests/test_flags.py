"""The checks of cells: each flag is raised and stays just short of it, alone and through `exporter check`; no text breaks them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import exporter
from exporter.report import Finding
from exporter_dwca import flags
from exporter_dwca.flags import of_archives, of_changes, of_packages, of_runs
from exporter_dwca.flags.cells import Cells, every_look, shown
from exporter_dwca.flags.look import BETWEEN, EVENT, OCCURRENCE, Look
from exporter_dwca.flags.moment import Moment, moment
from exporter_dwca.scan import Batch, Column, Layout

from .flag_rows import CASES, TODAY, Case
from .test_checks import EML

LOOKS = every_look(TODAY)
OF_CELLS = {
    flag.code
    for _, group in flags.catalogue()
    for flag in group
    if group not in (of_archives.FLAGS, of_changes.FLAGS, of_packages.FLAGS, of_runs.FLAGS)
}
OF_CELLS -= {"PARENT_EVENT_INFINITE_LINEAGE"}
PAGE = Path(__file__).resolve().parents[3] / "docs" / "checks.md"


def judged(row_type: str, cells: dict[str, str]) -> set[str]:
    """The codes that these cells raise, by the judges alone."""
    found = [k for k in LOOKS if row_type in k.row_types and (k.needed or {*k.terms}) & cells.keys()]
    return {code for k in found for code in k.judge(*(cells.get(term, "") for term in k.terms))}


def test_the_judges_alone() -> None:
    for case in CASES:
        assert case.code in judged(case.row_type, case.raises), case
        assert case.code not in judged(case.row_type, case.short), case


def test_every_flag_has_its_rows() -> None:
    assert {case.code for case in CASES} == OF_CELLS


# --- through the command


def meta(row_type: str, terms: list[str], **more: str) -> str:
    fields = "".join(f'<field index="{n}" term="http://rs.tdwg.org/dwc/terms/{t}"/>' for n, t in enumerate(terms, 1))
    defaults = "".join(f'<field default="{v}" term="http://rs.tdwg.org/dwc/terms/{t}"/>' for t, v in more.items())
    return f"""<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml"><core rowType="{row_type}"
fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" encoding="UTF-8" ignoreHeaderLines="1"><files>
<location>rows.txt</location></files><id index="0"/>{fields}{defaults}</core></archive>"""


def check(folder: Path, files: dict[str, str]) -> list[Finding]:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name, content in ({"eml.xml": EML} | files).items():
            out.writestr(name, content)
    return list(exporter.check(path, "dwca"))


def table(rows: list[dict[str, str]], terms: list[str]) -> str:
    lines = [[f"id{n}", *(row.get(t, "") for t in terms)] for n, row in enumerate(rows)]
    return "".join("\t".join(line) + "\n" for line in [["id", *terms], *lines])


@pytest.mark.parametrize(("code", "row_type"), sorted({(case.code, case.row_type) for case in CASES}))
def test_through_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, row_type: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1686830400")  # 2023-06-15T12:00:00Z
    cases = [case for case in CASES if (case.code, case.row_type) == (code, row_type)]
    terms = sorted({term for case in cases for term in case.raises.keys() | case.short.keys()})
    rows = table([cells for case in cases for cells in (case.short, case.raises)], terms)
    found = check(tmp_path, {"meta.xml": meta(row_type, terms), "rows.txt": rows})
    (finding,) = [f for f in found if f.code == code]
    values = [", ".join(f'"{v}"' for v in shown_cells(case)) for case in cases]
    expected = [f"rows.txt:{2 * n + 3} {v}".rstrip() for n, v in enumerate(values)]
    assert (finding.count, finding.examples, finding.part) == (len(cases), expected[:5], "rows.txt")
    assert finding.level in ("warning", "info")


def shown_cells(case: Case) -> Iterator[str]:
    """The cells that an example shows: of the look that raises the flag, those that are not empty."""
    look = next(
        k for k in LOOKS if case.row_type in k.row_types and case.code in k.judge(*(case.raises.get(t, "") for t in k.terms))
    )
    return (shown(case.raises[t]) for t in look.terms if case.raises.get(t))


# --- any text


HOSTILE = [
    "",
    "\0",
    "\ud800",
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "1" * 10_000,
    "(" * 10_000,
    "POLYGON " + "(" * 9_000,
    "é" * 10_000,
]
HOSTILE += [
    "GEOMETRYCOLLECTION(" * 2_000,
    "POINT(" + "1 " * 5_000,
    "/" * 10_000,
    "https://" + "a." * 5_000,
    "https://" + "a-" * 5_000,
]
HOSTILE += [
    "2023-06-14/" * 900,
    "9999-12-31",
    "0000-01-01",
    "0000-02-29",
    "١٢٣",
    "²",
    "1 - 2 m",
    "1" + " " * 9_999,
    "|" * 10_000,
    "\n\x1f\n",
]
HOSTILE += [
    "https://[::1]/",
    "https://[1]/",
    "https:///",
    "9" * 400,
    "1." * 5_000,
    ",;" * 5_000,
    "10000-01-01",
    "POINT(1 " + "2" * 10_000,
]
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.text(alphabet="0123456789-/:.TZ+ ", max_size=30),
    st.text(alphabet="-0123456789.,eEdm° '\"NSEW", max_size=20),
    st.text(alphabet="POINTLEYGMUZ(), 0123456789.-", max_size=60),
    st.text(alphabet="https:/%[].?#a1-_ é", max_size=40),
)


@pytest.mark.parametrize("look", LOOKS, ids=lambda k: f"{k.terms[0]}-{min(k.row_types).split('/')[-1]}")
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_text_breaks_a_judge(look: Look, data: st.DataObject) -> None:
    cells = [data.draw(TEXTS) for _ in look.terms]
    assert set(look.judge(*cells)) <= OF_CELLS


@pytest.mark.parametrize("look", LOOKS, ids=lambda k: f"{k.terms[0]}-{min(k.row_types).split('/')[-1]}")
def test_hostile_text_takes_no_time(look: Look) -> None:
    import time

    begun = time.process_time()
    for text in HOSTILE:
        assert set(look.judge(*[text] * len(look.terms))) <= OF_CELLS
    assert time.process_time() - begun < 2


USUAL = [k for k in LOOKS if k.usual]


@pytest.mark.parametrize("look", USUAL, ids=lambda k: f"{k.terms[0]}-{min(k.row_types).split('/')[-1]}")
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_what_is_usual_is_good(look: Look, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(re.compile(look.usual, re.ASCII), fullmatch=True))
    cells = text.split(BETWEEN)
    assert len(cells) == len(look.terms)
    assert look.judge(*cells) == ()


@pytest.mark.parametrize(
    "today", ["1969-01-01", "1970-06-01", "1971-01-01", "1999-12-31", "2000-01-01", "2030-02-28", "9999-12-31"]
)
def test_the_usual_dates_of_any_day(today: str) -> None:
    day = type(TODAY).fromisoformat(today)
    (look,) = [k for k in every_look(day) if k.terms == ("modified",)]
    for year in range(1960, 2040):
        text = f"{year}-01-31"
        if re.fullmatch(look.usual, text):
            assert look.judge(text) == ()
    assert not re.fullmatch(look.usual, f"{day.year}-12-31")
    assert look.judge("2031-01-01") == (() if day.year > 2030 else ("MODIFIED_DATE_UNLIKELY",))


# --- rows and columns


def layout(row_type: str, terms: list[str]) -> Layout:
    columns = tuple(Column(f"http://rs.tdwg.org/dwc/terms/{t}", n) for n, t in enumerate(terms))
    return Layout(row_type, ("a.txt",), "\t", "\n", "", "UTF-8", 0, None, len(terms), columns)


VALUES = st.sampled_from(
    ["2023-06-14", "2023-06-13", "2019", "june", "", "91", "a\x1fb", "x\ny", "10", "6", "null", "2030-01-01"]
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(*[VALUES] * 6), min_size=1, max_size=30), size=st.integers(1, 9))
@example(rows=[("june", "", "", "", "", "")] * 7, size=2)
def test_batches_are_judged_row_by_row(rows: list[tuple[str, ...]], size: int) -> None:
    terms = ["eventDate", "year", "modified", "decimalLatitude", "decimalLongitude", "individualCount"]
    cells = Cells(layout(OCCURRENCE, terms), "a.txt", TODAY)
    for begin in range(0, len(rows), size):
        some = [list(row) for row in rows[begin : begin + size]]
        cells.look(Batch(range(begin + 1, begin + 1 + len(some)), some, 6, []))
    plain: dict[str, list[int]] = {}
    for number, row in enumerate(rows, 1):
        for code in judged(OCCURRENCE, dict(zip(terms, row, strict=True))):
            plain.setdefault(code, []).append(number)
    found = {f.code: (f.count, [e.split()[0] for e in f.examples]) for f in cells.findings()}
    assert found == {code: (len(lines), [f"a.txt:{n}" for n in lines[:5]]) for code, lines in plain.items()}


def test_good_combinations_are_not_kept_without_end() -> None:
    cells = Cells(layout(OCCURRENCE, ["associatedMedia"]), "a.txt", TODAY)
    for begin in range(0, 20_000, 1_000):
        rows = [[f"http://x.org/{n}?b"] for n in range(begin, begin + 1_000)]
        cells.look(Batch(range(begin, begin + 1_000), rows, 1, []))
    (sight,) = cells._sights
    assert len(sight._good) <= 4_096
    assert list(cells.findings()) == []


def test_defaults_count_as_cells(tmp_path: Path) -> None:
    terms = ["decimalLatitude", "decimalLongitude"]
    rows = table([{"decimalLatitude": "9", "decimalLongitude": "8"}], terms)
    without = check(tmp_path, {"meta.xml": meta(EVENT, terms), "rows.txt": rows})
    assert [f.code for f in without] == ["GEODETIC_DATUM_ASSUMED_WGS84"]
    assert check(tmp_path, {"meta.xml": meta(EVENT, terms, geodeticDatum="WGS84"), "rows.txt": rows}) == []
    wrong = check(tmp_path, {"meta.xml": meta(EVENT, terms, geodeticDatum="flat"), "rows.txt": rows})
    assert [f.code for f in wrong] == ["GEODETIC_DATUM_ASSUMED_WGS84", "GEODETIC_DATUM_INVALID"]


def test_a_default_fills_empty_cells_only() -> None:
    date = Column("http://rs.tdwg.org/dwc/terms/eventDate", 0, "june")
    cells = Cells(Layout(EVENT, ("a",), "\t", "\n", "", "UTF-8", 0, None, 1, (date,)), "a", TODAY)
    cells.look(Batch(range(1, 4), [["2023"], [""], []], 1, []))
    assert [(f.count, f.examples) for f in cells.findings()] == [(2, ['a:2 "june"', 'a:3 "june"'])]


def test_an_occurrence_has_from_its_event_what_it_lacks() -> None:
    occurrences = layout(OCCURRENCE, ["decimalLatitude", "decimalLongitude", "geodeticDatum", "individualCount"])
    rows = [["9", "8", "", "1"], ["99", "99", "", ""], ["9", "8", "flat", "1"]]

    def codes(core: Layout | None) -> list[tuple[str, int]]:
        cells = Cells(occurrences, "a", TODAY, core)
        cells.look(Batch(range(3), rows, 4, []))
        return [(f.code, f.count) for f in cells.findings()]

    own = [("COORDINATE_OUT_OF_RANGE", 1), ("GEODETIC_DATUM_INVALID", 1)]
    inferred = [("OCCURRENCE_STATUS_INFERRED_FROM_INDIVIDUAL_COUNT", 2)]
    assert sorted(codes(layout(EVENT, ["geodeticDatum"]))) == sorted([*own, ("GEODETIC_DATUM_ASSUMED_WGS84", 1), *inferred])
    assert sorted(codes(layout(EVENT, ["eventDate"]))) == sorted([*own, ("GEODETIC_DATUM_ASSUMED_WGS84", 2), *inferred])
    assert sorted(codes(layout(OCCURRENCE, ["geodeticDatum"]))) == sorted(codes(None))


def test_what_is_shown_is_short_and_harmless() -> None:
    assert shown("a\x1b[31m\x9b\u202e\ud800") == "a\\u001b[31m\\u009b\\u202e\\ud800"
    assert shown("x" * 50) == "x" * 40 + "..."
    cells = Cells(layout(EVENT, ["modified"]), "a", TODAY)
    cells.look(Batch([7], [["\x1b]0;" + "y" * 100_000]], 1, []))
    (finding,) = cells.findings()
    assert finding.examples == ['a:7 "\\u001b]0;' + "y" * 36 + '..."']


def test_the_run_tells_no_lies_about_its_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"meta.xml": meta(EVENT, ["eventDate"]), "rows.txt": "id\teventDate\n1\t2023-06-17\n"}
    for second, codes in (("1686830400", ["RECORDED_DATE_UNLIKELY"]), ("1686873600", [])):  # noon and midnight of a day
        monkeypatch.setenv("SOURCE_DATE_EPOCH", second)
        assert [f.code for f in check(tmp_path, files)] == codes
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    with pytest.raises(exporter.ExporterError, match="SOURCE_DATE_EPOCH is 'today'"):
        check(tmp_path, files)


# --- dates


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023", Moment(2023)),
        ("2023-6", Moment(2023, 6)),
        ("2023.06.14", Moment(2023, 6, 14)),
        ("2023−6−4", Moment(2023, 6, 4)),
        ("2023/6/14", Moment(2023, 6, 14)),
        ("20230614", Moment(2023, 6, 14)),
        ("31122023", Moment(2023, 12, 31)),
        ("2023年6月14日", Moment(2023, 6, 14)),
        ("2023-165", Moment(2023, 6, 14)),
        ("14.6.2023", Moment(2023, 6, 14)),
        ("4.6.2023", Moment(2023, 6, 4)),
        ("6.14.2023", Moment(2023, 6, 14)),
        ("14/6/2023", Moment(2023, 6, 14)),
        ("6/6/2023", Moment(2023, 6, 6)),
        ("14_6_2023", Moment(2023, 6, 14)),
        ("14-6-2023 10:30", Moment(2023, 6, 14, (10, 30, 0, 0))),
        ("5 June 2023", Moment(2023, 6, 5)),
        ("June 5th, 2023", Moment(2023, 6, 5)),
        ("Sept 2023", Moment(2023, 9)),
        ("Tue, 3 Jun 2008 11:05:30 GMT", Moment(2008, 6, 3, (11, 5, 30, 0))),
        ("2023-06-14T21:30:00+02:00", Moment(2023, 6, 14, (21, 30, 0, 0), 7200)),
        ("2023-06-14 2130-0530", Moment(2023, 6, 14, (21, 30, 0, 0), -19800)),
        ("2023-06-14T21", Moment(2023, 6, 14, (21, 0, 0, 0))),
        ("2023-06-14T21:30:00.5Z", Moment(2023, 6, 14, (21, 30, 0, 500_000_000), 0)),
        ("2023-06-14/2023-06-15", Moment(2023, 6, 14)),
        *((text, None) for text in ("", "2023-06-14T21:60", "2023-06-14T21:30:00+19:00", "2023-W24", "23-06-14", "14.6.23")),
        *(
            (text, None)
            for text in ("2023-06-14Z", "2023-06-14T21:30 CET", "5 Brumaire 2023", "2023-06-31", "12023", "2023-6-")
        ),
    ],
)
def test_dates_that_gbif_reads(text: str, found: Moment | None) -> None:
    assert moment(text)[0] == found


def test_a_date_that_may_be_two() -> None:
    assert moment("5/4/2023") == (None, (Moment(2023, 4, 5), Moment(2023, 5, 4)))


# --- the catalogue and its page


def test_codes_are_told_once() -> None:
    codes = [flag.code for _, group in flags.catalogue() for flag in group]
    assert len(codes) == len(set(codes))
    for _, group in flags.catalogue():
        for flag in group:
            assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", flag.code)
            assert not flag.message.endswith(".")
            assert flag.rule.endswith(".")
            assert flag.source


def test_no_flag_on_cells_stops_a_run() -> None:
    assert {flag.level for _, group in flags.catalogue() for flag in group if flag.code in OF_CELLS} == {
        "warning",
        "info",
    }


def test_the_page_lists_every_flag() -> None:
    rows = dict(re.findall(r"^\| `([A-Z0-9_]+)` \| (error|warning|info) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == {flag.code: flag.level for _, group in flags.catalogue() for flag in group}


def test_every_code_that_a_finding_has_is_listed() -> None:
    source = Path(flags.__file__).parent.parent
    texts = [path.read_text(encoding="utf-8") for path in source.glob("*.py")]
    used = {code for text in texts for code in re.findall(r'"([A-Z]{3,}(?:_[A-Z0-9]+)+)"', text)}
    assert used <= {flag.code for _, group in flags.catalogue() for flag in group}
