"""The two ends of an eventDate (gbif/parsers: DelimiterUtils)."""

from __future__ import annotations

import re

_DAY = r"(?:3[01]|0[1-9]|[12]\d|[1-9])"
_MONTH = r"(?:1[0-2]|0[1-9]|[1-9])"
_SHORT = (  # the second end lacks what it shares with the first: 1990-01-02/15, 1990-01/12, 1990-01-02/09-15
    re.compile(rf"((\d{{4}}-{_MONTH}-){_DAY})/({_DAY})", re.ASCII),
    re.compile(rf"((\d{{4}}-){_MONTH})/({_MONTH})", re.ASCII),
    re.compile(rf"((\d{{4}}-){_MONTH}-{_DAY})/({_MONTH}-{_DAY})", re.ASCII),
)
_LONGEST_DATE = 7  # characters that are one date with a slash for GBIF, such as 1999/2


def split(text: str) -> tuple[str, str]:
    """The beginning and the end; twice the same where the text is one date."""
    for pattern in _SHORT:
        if match := pattern.fullmatch(text):
            return match[1], match[2] + match[3]
    if len(text) <= _LONGEST_DATE or text.count("/") != 1:
        return text, text
    first, _, last = text.partition("/")
    return first, last or first
