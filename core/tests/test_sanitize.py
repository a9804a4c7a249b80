from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formulas import BREAKS, SIGNS
from exporter.sanitize import CSV, PDF, XLSX, XML, Cleaner, Policy, desanitize, is_exact, sanitize

SKIPPED = " \t\r\n\v\f\xa0\u2003\u3000\u200b\u200e\ufeff\u2066\x00"
texts = st.text() | st.text(alphabet="'" + SIGNS + SKIPPED + "12.eA", max_size=8)


@pytest.mark.parametrize("sign", [*SIGNS, *BREAKS])
@pytest.mark.parametrize("before", ["", " ", "\t ", "\ufeff", "\u200b", "\u202e", "\xa0", "\x00", "\u3000"])
def test_formulas_are_neutralised(sign: str, before: str) -> None:
    assert sanitize(f"{before}{sign}SUM(A1)") == f"'{before}{sign}SUM(A1)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Noctua pronuba",
        "a=b",
        "1+1",
        "'tis",
        "''",
        " plain",
        "(=1)",
        "79.5",
        "-79.5",
        "-5",
        "+5.25",
        "-.5",
        "-5.",
        "-1e-07",
        "−5",
        "ñ",
        "🦋",
    ],
)
def test_other_texts_and_numbers_stay(text: str) -> None:
    assert sanitize(text) == text == desanitize(text)


@pytest.mark.parametrize("text", ["-5-1", "+49 170 1", "-1,5", "--5", "-", "-٣", "-5\n", "-e", "-inf", "-0x10", "-1_000"])
def test_what_only_looks_like_a_number_is_neutralised(text: str) -> None:
    assert sanitize(text) == "'" + text


@pytest.mark.parametrize(
    ("text", "safe"), [("'=1", "''=1"), ("''-5", "'''-5"), ("'-5", "''-5"), ("' =1", "'' =1"), ("'a", "'a")]
)
def test_apostrophes_that_were_there_are_told_apart(text: str, safe: str) -> None:
    assert sanitize(text) == safe
    assert desanitize(safe) == text


@given(texts)
def test_round_trip(text: str) -> None:
    assert desanitize(sanitize(text)) == text


@given(texts)
def test_no_spreadsheet_sees_a_formula(text: str) -> None:
    safe = sanitize(text)
    seen = safe.lstrip(SKIPPED)
    assert seen[:1] not in tuple(SIGNS) or float(safe) == float(text)
    assert safe[:1] not in tuple(BREAKS)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_are_untouched(number: float) -> None:
    assert sanitize(repr(number)) == repr(number)
    assert math.isfinite(number)


@given(st.lists(texts))
def test_a_column_is_its_texts(column: list[str]) -> None:
    cleaner = Cleaner(Policy(kept="".join(map(chr, range(0x80))), xml=False, apostrophes=True))
    assert list(cleaner.column("name", column)) == [sanitize(text) for text in column]
    changed = sum(sanitize(text) != text for text in column)
    assert [each.count for each in cleaner.findings("", "")] == [changed] * bool(changed)


@pytest.mark.parametrize(
    ("policy", "text", "cleaned"),
    [
        (CSV, "a\tb\r\nc\x0bd\x7f", "a\tb\r\nc d "),
        (XLSX, "a\tb\r\nc\x00\ufffe", "a\tb \nc  "),
        (XML, "a\tb\r\nc\x1b\uffff", "a\tb\r\nc  "),
        (PDF, "a\tb\nc\x07", "a b\nc "),
        (XML, "half \ud83d of a pair", "half \ufffd of a pair"),
        (XLSX, "=1+1", "=1+1"),
        (XML, "\u2028 \u202e \x85 \U0001f98b", "\u2028 \u202e \x85 \U0001f98b"),
    ],
)
def test_each_kind_of_file_has_its_policy(policy: Policy, text: str, cleaned: str) -> None:
    cleaner = Cleaner(policy)
    assert cleaner.text("notes", text) == cleaned
    found = list(cleaner.findings("measurement", "x"))
    assert [(f.code, f.examples) for f in found] == [("CONTROL_CHARACTERS_REPLACED", ["notes"])] * (text != cleaned)
    assert sum(f.count for f in found) == sum(a != b for a, b in zip(text, cleaned, strict=True))


@pytest.mark.parametrize("character", ["a", "é", "🦋"])
def test_a_cell_of_a_workbook_holds_32767_utf16_units(character: str) -> None:
    cleaner = Cleaner(XLSX)
    units = len(character.encode("utf-16-le")) // 2
    fits = character * (32_767 // units)
    assert cleaner.column("notes", [fits, "short"]) == [fits, "short"]
    short, cut = cleaner.column("notes", ["short", fits + character])
    assert short == "short"
    assert cut.endswith("…")
    assert 32_765 < len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert [(f.code, f.count) for f in cleaner.findings("", "")] == [("TEXT_CUT", 1)]


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("0", True),
        ("-12.50", True),
        ("1e308", True),
        ("9007199254740992", True),
        ("-9007199254740992", True),
        ("9007199254740993", False),
        ("1152921504606846976", False),
        ("1e309", False),
        ("", False),
        ("NaN", False),
        ("inf", False),
        ("1_000", False),
        ("٣", False),
        ("+5", False),
        ("12 abc", False),
    ],
)
def test_numbers_that_doubles_hold(text: str, exact: bool) -> None:
    assert is_exact(text) is exact
