"""What a spreadsheet would take for a formula.

It runs a cell that begins with one of = + - @ (or their full-width forms), and some skip what stands before it: blanks, tabs, line
breaks, marks that nobody sees. A number is no formula: -79.5 is left alone. Apostrophes in front make a text of any cell.
"""

from __future__ import annotations

import re

SIGNS = "=+-@＝＋－＠"
BREAKS = "\t\r\n"
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
_SKIPPED = rf"[\s\x00-\x20\x7f{_UNSEEN}]*"
_FORMULA = re.compile(rf"'*{_SKIPPED}[{re.escape(SIGNS)}{BREAKS}]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def begins_formula(text: str) -> bool:
    """Whether a text, behind any apostrophes, begins as formulas do; some numbers do, too."""
    return _FORMULA.match(text) is not None


def is_number(text: str) -> bool:
    """Whether a text is a number as a spreadsheet reads it."""
    return _NUMBER.fullmatch(text) is not None


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text as a formula."""
    return text[:1] != "'" and begins_formula(text) and not is_number(text)
