"""Values that break formats: what databases hold after ten years of forms, imports and people with ideas."""

from __future__ import annotations

import datetime as dt
from typing import Any

TEXTS: tuple[bytes, ...] = tuple(
    text if isinstance(text, bytes) else text.encode()
    for text in (
        "tab\there, line\nfeed, carriage\rreturn, both\r\n",
        "\"double\" 'single' `back` ; , | \\ \\N \\t",
        b"nul\x00 bell\x07 escape\x1b[31m delete\x7f",
        b"separators \x1c\x1d\x1e\x1f",
        "emoji \U0001f98b \U0001f469\u200d\U0001f52c, e\u0301 and \u00e9",
        "\u202eright to left \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627\u202c",
        "\u2028 \u2029 \u0085 \ufeff \ufffe \uffff \U0001ffff",
        b"a lone surrogate \xed\xa0\x80, and bytes that are no UTF-8 \xff\xfe\xc3(",
        '=HYPERLINK("https://example.org")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1:A9)",
        "</a> <script>alert(1)</script> & &amp; ]]> <!-- <?x?>",
        "{{ 7 * 7 }} {% raw %} ${HOME} %s %(x)s {0} :value ?1 --",
        "../../x",
        "/etc/passwd",
        "..\\..\\x",
        "C:\\x",
        "CON",
        "name. ",
        "",
        " ",
        "NULL",
        "NaN",
        "1e999",
        "long " * 4000,
    )
)
NUMBERS: tuple[Any, ...] = (
    0,
    -0.0,
    0.1 + 0.2,
    1e-7,
    1e308,
    float("inf"),
    float("-inf"),
    None,
    2**53 + 1,
    2**63 - 1,
    -1,
    "12 abc",
)
BOOLEANS: tuple[Any, ...] = (0, 1, None, 0)
MOMENTS: tuple[Any, ...] = (
    "2024-06-01 21:30:00.000000",
    "2024-06-01T21:30:00+02:00",
    "2024-06-01",
    "2024-02-30 25:61:00",
    "0000-00-00 00:00:00",
    "10000-01-01 00:00:00",
    "-0044-03-15",
    "yesterday",
    "",
    None,
    1717277400,
)


def hostile_value(kind: type[Any], number: int) -> Any:
    """A value for a field of this type, texts as bytes; numbers that follow each other go through all there are."""
    if kind is str:
        return TEXTS[number % len(TEXTS)]
    values: tuple[Any, ...] = BOOLEANS if kind is bool else MOMENTS if issubclass(kind, dt.date) else NUMBERS
    value = values[number % len(values)]
    return value.encode() if isinstance(value, str) else value
