"""Rows as high as their notes: no program finds it out for itself as it prints rows that say nothing of it."""

from __future__ import annotations

import re

import attrs

from exporter_excel_pdf.excel.cells import unescaped, width_of
from exporter_excel_pdf.excel.sheet import height_of, room_in

_BLANK = 0.6  # digits that one between two words takes
_CELL = rb'<c r="%s[0-9]+" s="[0-9]+" t="inlineStr"><is><t[^>]*>([^<]*)</t>'


def height(note: str, room: float) -> float:
    """The height of a row, in points, for a note that is wrapped at so many digits; 0 where one line holds it."""
    if len(note) <= room and note.isascii() and "\n" not in note:  # as most are
        return 0
    return height_of(sum(_wrapped(line, room) for line in note.split("\n")))


def _wrapped(line: str, room: float) -> int:
    """How many lines a line of text becomes: words stay whole where they can."""
    if width_of(line) <= room:
        return 1
    lines, used = 1, 0.0
    for word in line.split(" "):
        wide = width_of(word)
        if used and used + _BLANK + wide > room:
            lines, used = lines + 1, wide
        else:
            used += wide + (_BLANK if used else 0)
        while used > room:
            lines, used = lines + 1, used - room
    return lines


@attrs.define(eq=False)
class Heights:
    """The heights of a sheet's rows.

    :param column: the letter of the notes; :param width: of their column.
    """

    column: str
    width: float
    _room: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._room = room_in(self.width)

    def attribute(self, note: str) -> str:
        """What follows the number in the tag of a row."""
        found = height(note, self._room)
        return f'" ht="{found:g}" customHeight="1' if found else ""

    def are_told(self, digits: float, *, lines: bool) -> bool:
        """Whether any of some notes needs more than a line.

        :param digits: how wide the widest is; :param lines: whether any has several.
        """
        return lines or digits > self._room

    def told(self, rows: bytes) -> bytes:
        """Rows that say nothing of it, as exporter-native writes them, with the heights that their notes need."""
        made: list[bytes] = []
        done = 0
        for found in re.finditer(_CELL % self.column.encode(), rows):
            note = found[1]
            if len(note) <= self._room and note.isascii() and b"\n" not in note:  # as most are
                continue
            if attribute := self.attribute(unescaped(note.decode())):
                end = rows.index(b'">', rows.rfind(b"<row ", done, found.start()))
                made += (rows[done:end], attribute.encode())
                done = end
        return b"".join((*made, rows[done:]))
