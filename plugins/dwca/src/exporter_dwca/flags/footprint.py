"""Well-known text, as far as one can say that it is none (OGC 06-103r4; JTS, with which GBIF reads it)."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\s*+(?:([A-Za-z]+)|([-+]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?)|([(),]))", re.ASCII)
_RINGS, _LINE, _POINT = 2, 1, 0
_DEPTHS = {  # how deep the parentheses of coordinates lie, and what the coordinates of the innermost are
    "POINT": (1, _POINT),
    "LINESTRING": (1, _LINE),
    "LINEARRING": (1, _RINGS),
    "POLYGON": (2, _RINGS),
    "MULTIPOINT": (1, _POINT),
    "MULTILINESTRING": (2, _LINE),
    "MULTIPOLYGON": (3, _RINGS),
}
_DIMENSIONS = frozenset({"Z", "M", "ZM"})
_FEWEST = {_LINE: 2, _RINGS: 4}  # positions of what is not empty
_NOTHING = ("", "", "")

_Token = tuple[str, str, str]  # a word in capitals, a number, or a sign


class _Wrong(Exception):
    """This is no well-known text."""


def is_footprint(text: str) -> bool:
    """Whether a text begins with a geometry whose lines have two positions at least and whose rings are closed.

    JTS reads no further than to the end of the first geometry, and so does this.
    """
    reader = _Reader(text)
    try:
        reader.geometry()
    except _Wrong:
        return False
    return True


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._next = _NOTHING
        self._advance()

    def _advance(self) -> _Token:
        taken = self._next
        match = _TOKEN.match(self._text, self._place)
        self._next = ((match[1] or "").upper(), match[2] or "", match[3] or "") if match else _NOTHING
        self._place = match.end() if match else len(self._text)
        return taken

    def geometry(self) -> None:
        """Read one; collections, which may lie in each other, without recursion."""
        open_collections = 0
        while True:
            word = self._word()
            if word == "GEOMETRYCOLLECTION" and not self._is_empty():
                self._sign("(")
                open_collections += 1
                continue
            if word != "GEOMETRYCOLLECTION":
                self._shape(word)
            while open_collections and self._next[2] == ")":
                self._advance()
                open_collections -= 1
            if not open_collections:
                return
            self._sign(",")

    def _word(self) -> str:
        word = self._advance()[0]
        for suffix in ("ZM", "Z", "M"):
            if word.endswith(suffix) and word[: -len(suffix)] in (*_DEPTHS, "GEOMETRYCOLLECTION"):
                return word[: -len(suffix)]
        if self._next[0] in _DIMENSIONS:
            self._advance()
        return word

    def _is_empty(self) -> bool:
        if self._next[0] != "EMPTY":
            return False
        self._advance()
        return True

    def _sign(self, sign: str) -> None:
        if self._advance()[2] != sign:
            raise _Wrong

    def _shape(self, word: str) -> None:
        if word not in _DEPTHS:
            raise _Wrong
        depth, kind = _DEPTHS[word]
        self._nested(depth, kind, word == "MULTIPOINT")

    def _nested(self, depth: int, kind: int, wrapped: bool) -> None:
        if self._is_empty():
            return
        self._sign("(")
        if depth > 1:
            self._nested(depth - 1, kind, wrapped)
            while self._next[2] == ",":
                self._advance()
                self._nested(depth - 1, kind, wrapped)
        else:
            self._positions(kind, wrapped)
        self._sign(")")

    def _positions(self, kind: int, wrapped: bool) -> None:
        positions = [self._position(wrapped)]
        while self._next[2] == ",":
            self._advance()
            positions.append(self._position(wrapped))
        if (kind == _POINT and not wrapped and len(positions) > 1) or len(positions) < _FEWEST.get(kind, 1):
            raise _Wrong
        if kind == _RINGS and positions[0][:2] != positions[-1][:2]:
            raise _Wrong

    def _position(self, wrapped: bool) -> list[float]:
        bracket = wrapped and self._next[2] == "("
        if bracket:
            self._advance()
        elif wrapped and self._is_empty():
            return []
        found = []
        while self._next[1]:
            found.append(float(self._advance()[1]))
        if bracket:
            self._sign(")")
        if not 2 <= len(found) <= 4:
            raise _Wrong
        return found
