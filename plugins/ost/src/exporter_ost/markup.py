"""Texts and numbers of takeoffs as XML has them: columns at once, since almost no text holds anything that XML marks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from exporter.report import Finding
from exporter.sanitize import XML, Cleaner
from exporter_ost.findings import found_in_run

# A carriage return would be read back as a line feed (XML 1.0, 2.11), and in an attribute a line feed as a blank (3.3.3).
_IN_TEXT = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))
_IN_ATTRIBUTES = (*_IN_TEXT, ('"', "&quot;"), ("\t", "&#9;"), ("\n", "&#10;"))
_BETWEEN = "\0"  # no text holds one once it is clean
_BOOLEANS = frozenset(("", "true", "false"))


@attrs.frozen(eq=False)
class Markup:
    """What becomes of texts, and what was met on the way.

    :param unreadable: how many values of a column should have been numbers or booleans and were left out.
    """

    cleaner: Cleaner = attrs.field(factory=lambda: Cleaner(XML))
    unreadable: Counter[str] = attrs.field(factory=Counter)

    def texts(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        """A column as it stands between tags."""
        return self._escaped(name, texts, _IN_TEXT)

    def attributes(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        """A column as it stands in an attribute, between quotation marks."""
        return self._escaped(name, texts, _IN_ATTRIBUTES)

    def numbers(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        """A column of numbers; what is none, or infinite, is left empty and counted."""
        if _are_numbers(texts):
            return texts
        return [text if not text or _are_numbers((text,)) else self._unreadable(name) for text in texts]

    def booleans(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        """A column of true and false; what is neither is left empty and counted."""
        if _BOOLEANS.issuperset(texts):
            return texts
        return [text if text in _BOOLEANS else self._unreadable(name) for text in texts]

    def element(self, tag: str, text: str) -> str:
        """An element with a text; nothing where there is none."""
        return f"<{tag}>{self.texts(tag, (text,))[0]}</{tag}>\n" if text else ""

    def number(self, tag: str, number: float | None) -> str:
        """An element with a number; nothing where there is none that is finite."""
        return f"<{tag}>{number!r}</{tag}>\n" if number is not None and math.isfinite(number) else ""

    def attribute(self, name: str, text: str) -> str:
        """A text as it stands in an attribute."""
        return self.attributes(name, (text,))[0]

    def findings(self, part: str) -> Iterator[Finding]:
        """What was changed, and what was left out, with the names of the columns as examples."""
        yield from self.cleaner.findings("measurement", part)
        if self.unreadable:
            names = list(self.unreadable)
            yield found_in_run("VALUE_LEFT_OUT", self.unreadable.total(), names, "measurement", part, "replaced")

    def _escaped(self, name: str, texts: Sequence[str], marks: Iterable[tuple[str, str]]) -> Sequence[str]:
        whole = "".join(texts)
        if not whole.isprintable():
            texts = self.cleaner.column(name, texts)
            whole = "".join(texts)
        found = [mark for mark in marks if mark[0] in whole]
        if not found:
            return texts
        whole = _BETWEEN.join(texts)
        for mark, reference in found:
            whole = whole.replace(mark, reference)
        return whole.split(_BETWEEN)

    def _unreadable(self, name: str) -> str:
        self.unreadable[name] += 1
        return ""


def optional(tag: str, texts: Iterable[str]) -> list[str]:
    """Elements of a column, nothing where a text is empty."""
    begin, end = f"<{tag}>", f"</{tag}>"
    return [f"{begin}{text}{end}" if text else "" for text in texts]


def _are_numbers(texts: Iterable[str]) -> bool:
    """Whether all that are not empty are numbers as XML Schema writes a double; Python knows more ways."""
    given = [text for text in texts if text]
    whole = "".join(given)
    if not whole.isascii() or "_" in whole:
        return False
    try:
        return all(map(math.isfinite, map(float, given)))
    except ValueError:
        return False
