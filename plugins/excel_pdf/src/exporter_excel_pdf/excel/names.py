"""Names of sheets: what Excel allows, and no two alike."""

from __future__ import annotations

import re
import unicodedata

import attrs

LONGEST = 31  # UTF-16 units
RESERVED = "history"  # Excel keeps the name for itself
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # some programs take it for an escaped character in a name, others do not


def cut(text: str, units: int) -> str:
    """As much of a text as so many UTF-16 units hold; no character is halved."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


def folded(name: str) -> str:
    """What two names have in common that Excel takes for one."""
    return unicodedata.normalize("NFC", name).casefold()


@attrs.define
class SheetNames:
    """The names of a workbook's sheets so far."""

    _taken: set[str] = attrs.field(factory=lambda: {RESERVED}, init=False)
    _last: dict[str, int] = attrs.field(factory=dict, init=False)

    def new(self, title: str) -> str:
        """A name as near to a title as may be; one that is taken gets a number.

        :param title: cleaned: without control characters and lone surrogates.
        """
        bare = _bare(title) or "Sheet"
        name = _bare(cut(bare, LONGEST))
        if folded(name) in self._taken:
            name = self._numbered(bare)
        self._taken.add(folded(name))
        return name

    def _numbered(self, bare: str) -> str:
        begin = folded(
            cut(bare, LONGEST - len(" (99999)"))
        )  # names that begin alike are counted together, lest each looks anew
        number = self._last.get(begin, 1)
        while True:
            number += 1
            end = f" ({number})"
            name = _bare(cut(bare, LONGEST - len(end))) + end
            if folded(name) not in self._taken:
                self._last[begin] = number
                return name


def _bare(title: str) -> str:
    """Without what Excel forbids, nor apostrophes and blanks at its ends."""
    return " ".join(_ESCAPE.sub(" ", FORBIDDEN.sub(" ", title)).split()).strip("' ")
