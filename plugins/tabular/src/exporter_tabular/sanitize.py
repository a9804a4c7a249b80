"""Text that a spreadsheet would take for a formula (`exporter.formulas`), made harmless, and made what it was again.

Such a text gets one apostrophe in front. So that nothing is lost, a text that has apostrophes before such a beginning gets one
more: take one apostrophe away from every cell that has any before such a beginning, and each text is what it was. `desanitize` does
that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporter.formulas import begins_formula, is_number

_HARMLESS = re.compile(r"[0-9A-Za-z\u00c0-\u024f\u0370-\u05ff(\[{\"#/]")  # what most texts begin with


def sanitize(text: str) -> str:
    """The text, with one apostrophe more where a spreadsheet could take it for a formula."""
    if not begins_formula(text) or is_number(text):
        return text
    return "'" + text


def desanitize(text: str) -> str:
    """What `sanitize` was given: `desanitize(sanitize(text)) == text` for every text."""
    return text[1:] if text.startswith("'") and begins_formula(text) else text


def sanitize_column(texts: Sequence[str]) -> tuple[Sequence[str], int]:
    """All texts of a column sanitized.

    :returns: the texts, and how many of them were changed.
    """
    if all(_HARMLESS.match(first) for first in {text[:1] for text in texts} - {""}):
        return texts, 0
    safe = [sanitize(text) for text in texts]
    return safe, sum(map(str.__ne__, texts, safe))
