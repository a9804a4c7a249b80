"""Text that a spreadsheet would take for a formula, made harmless, and made what it was again.

A spreadsheet runs a cell that begins with one of = + - @ (or their full-width forms), and some skip what stands before it: blanks,
tabs, line breaks, marks that nobody sees. Such a text gets one apostrophe in front. So that nothing is lost, a text that has
apostrophes before such a beginning gets one more: take one apostrophe away from every cell that has any before such a beginning,
and each text is what it was. `desanitize` does that. A number is no formula: -79.5 stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SIGNS = "=+-@＝＋－＠"
BREAKS = "\t\r\n"
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
_SKIPPED = rf"[\s\x00-\x20\x7f{_UNSEEN}]*"
_FORMULA = re.compile(rf"'*{_SKIPPED}[{re.escape(SIGNS)}{BREAKS}]")
_HARMLESS = re.compile(r"[0-9A-Za-z\u00c0-\u024f\u0370-\u05ff(\[{\"#/]")  # what most texts begin with
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def sanitize(text: str) -> str:
    """The text, with one apostrophe more where a spreadsheet could take it for a formula."""
    if _FORMULA.match(text) is None or _NUMBER.fullmatch(text) is not None:
        return text
    return "'" + text


def desanitize(text: str) -> str:
    """What `sanitize` was given: `desanitize(sanitize(text)) == text` for every text."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) is not None else text


def sanitize_column(texts: Sequence[str]) -> tuple[Sequence[str], int]:
    """All texts of a column sanitized.

    :returns: the texts, and how many of them were changed.
    """
    if all(_HARMLESS.match(first) for first in {text[:1] for text in texts} - {""}):
        return texts, 0
    safe = [sanitize(text) for text in texts]
    return safe, sum(map(str.__ne__, texts, safe))
