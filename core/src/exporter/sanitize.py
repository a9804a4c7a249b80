"""What texts of a database may not be in a file that other programs open: one policy for each kind of file, counted alike.

- Control characters that the kind of file has no room for become blanks; surrogates without their other half become U+FFFD.
- A text that a spreadsheet would run as a formula (`exporter.formulas`) gets an apostrophe in front where the file does not say
  what is text. So that nothing is lost, a text that has apostrophes before such a beginning gets one more: `desanitize` undoes it.
- A text that is longer than a cell holds is cut.
- A number that a program would round (a whole one beyond 2 to the 53rd) is a text where the file has numbers of its own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import attrs

from exporter.formulas import begins_formula, is_number
from exporter.report import EXAMPLES, Finding, Level

_HARMLESS = re.compile(r"[0-9A-Za-z\u00c0-\u024f\u0370-\u05ff(\[{\"#/]")  # what most texts begin with
_NUMBER = re.compile(r"-?(?:[0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NONCHARACTERS = (0xFFFE, 0xFFFF)
_EXACT = 2**53
_ELLIPSIS = "…"
_MESSAGES: dict[str, tuple[Level, str]] = {
    "CONTROL_CHARACTERS_REPLACED": ("info", "Control characters inside values became blanks."),
    "FORMULA_NEUTRALISED": (
        "info",
        "An apostrophe was put before texts that a spreadsheet would run as a formula (--no-sanitize leaves them).",
    ),
    "TEXT_CUT": ("warning", "Texts that are longer than a cell holds were cut; they end in an ellipsis."),
    "KEPT_AS_TEXT": ("warning", "Cells that are no number, or one that programs would round, were written as text."),
}


@attrs.frozen
class Policy:
    """What one kind of file does with texts.

    :param kept: control characters that stand in it as they are; :param xml: whether those go that XML 1.0 forbids (section 2.2).
    :param apostrophes: whether texts that look like formulas get an apostrophe.
    :param longest: how many UTF-16 units a cell holds; None for any number.
    """

    kept: str = "\t\n\r"
    xml: bool = True
    apostrophes: bool = False
    longest: int | None = None
    _replaced: dict[int, str] = attrs.field(init=False, repr=False, eq=False)
    _counted: dict[int, None] = attrs.field(init=False, repr=False, eq=False)

    @_replaced.default
    def _table(self) -> dict[int, str]:
        controls = (*range(0x20), 0x7F, *(_NONCHARACTERS if self.xml else ()))
        blanks = {code: " " for code in controls if chr(code) not in self.kept}
        return blanks | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")

    @_counted.default
    def _deleted(self) -> dict[int, None]:
        return dict.fromkeys(self._replaced)

    def controls(self, text: str) -> int:
        """How many characters of a text have no place in the file."""
        return 0 if text.isprintable() else len(text) - len(text.translate(self._counted))

    def replaced(self, text: str) -> str:
        """The text with blanks in place of these."""
        return text if text.isprintable() else text.translate(self._replaced)

    def is_long(self, text: str) -> bool:
        """Whether a cell has no room for a text."""
        return self.longest is not None and self.may_be_long(text) and _units(text) > self.longest

    def may_be_long(self, text: str) -> bool:
        """Whether a text is so long that it takes a closer look: no character has more than two units."""
        return self.longest is not None and len(text) * 2 > self.longest

    def cut(self, text: str) -> str:
        """As much of a text as a cell holds, and an ellipsis; no character is halved."""
        if not self.is_long(text):
            return text
        assert self.longest is not None
        kept = text.encode("utf-16-le", "surrogatepass")[: (self.longest - 1) * 2]
        return kept.decode("utf-16-le", "ignore") + _ELLIPSIS


CSV = Policy(xml=False, apostrophes=True)
CSV_AS_IT_IS = Policy(xml=False)
XLSX = Policy(
    kept="\t\n", longest=32_767
)  # ECMA-376 18.3.1.4 and Excel's limits; a carriage return would have to be escaped
XML = Policy()
PDF = Policy(kept="\n")


def sanitize(text: str) -> str:
    """The text, with one apostrophe more where a spreadsheet could take it for a formula."""
    if not begins_formula(text) or is_number(text):
        return text
    return "'" + text


def desanitize(text: str) -> str:
    """What `sanitize` was given: `desanitize(sanitize(text)) == text` for every text."""
    return text[1:] if text.startswith("'") and begins_formula(text) else text


def is_exact(text: str) -> bool:
    """Whether a text is a number that a program with doubles reads without rounding what stands before its point."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return False
    if match[1] is None and match[2] is None:
        return len(text) < 16 or abs(int(text)) <= _EXACT
    return math.isfinite(float(text))


@attrs.frozen(eq=False)
class Cleaner:
    """Texts made fit for a kind of file, and how many were changed in each column."""

    policy: Policy
    _found: dict[str, Counter[str]] = attrs.field(factory=dict, init=False)

    def text(self, name: str, text: str) -> str:
        """One text of a column."""
        return self.column(name, (text,))[0]

    def column(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        """The texts of a column."""
        policy = self.policy
        whole = "".join(texts)
        if controls := policy.controls(whole):
            self.note("CONTROL_CHARACTERS_REPLACED", name, controls)
            texts = [policy.replaced(text) for text in texts]
        if policy.may_be_long(max(texts, key=len, default="")) and (long := sum(map(policy.is_long, texts))):
            self.note("TEXT_CUT", name, long)
            texts = [policy.cut(text) for text in texts]
        return self._neutralised(name, texts) if policy.apostrophes else texts

    def rows(self, names: Sequence[str], batch: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
        """The rows of a batch, whose columns have these names."""
        columns = zip(names, zip(*batch, strict=True), strict=True)
        return zip(*[self.column(name, texts) for name, texts in columns], strict=True)

    def note(self, code: str, name: str, count: int = 1) -> None:
        """Count cells of a column that were changed."""
        self._found.setdefault(code, Counter())[name] += count

    def findings(self, record: str, part: str) -> Iterator[Finding]:
        """What was changed, with the names of the columns as examples."""
        for code, (level, message) in _MESSAGES.items():
            if found := self._found.get(code):
                yield Finding(level, code, message, found.total(), list(found)[:EXAMPLES], record, part, "replaced")

    def _neutralised(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        if all(_HARMLESS.match(first) for first in {text[:1] for text in texts} - {""}):
            return texts
        safe = [sanitize(text) for text in texts]
        if changed := sum(map(str.__ne__, texts, safe)):
            self.note("FORMULA_NEUTRALISED", name, changed)
        return safe


def _units(text: str) -> int:
    """UTF-16 units of a text."""
    return len(text) + sum(character > "\uffff" for character in text)
