from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formulas import BREAKS, SIGNS
from exporter_tabular.sanitize import desanitize, sanitize, sanitize_column

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
    safe, changed = sanitize_column(column)
    assert list(safe) == [sanitize(text) for text in column]
    assert changed == sum(sanitize(text) != text for text in column)
