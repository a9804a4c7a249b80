"""A JSON object read in flat memory: the members of its arrays come one after the other (RFC 8259)."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

_MORE = 1 << 20  # characters that are decoded at once, at least
_MOST = 16 << 20  # characters of one value; those of the largest masks take a few million
_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = frozenset("0123456789+-.eE")


class Broken(Exception):
    """Bytes that are no JSON object; the text says what and where."""


class Members:
    """The members of one JSON object.

    :param blocks: its bytes, UTF-8.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("strict").decode
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Each name with its value; for an array, an iterator that has to be read before the next name is asked for.

        :raises Broken: at the place where it is none.
        """
        self._expect("{")
        if self._peek() == "}":
            self._at += 1
        else:
            while True:
                name = self._value()
                if not isinstance(name, str):
                    raise self._broken("a name in double quotes is missing")
                self._expect(":")
                if self._peek() == "[":
                    items = self._items()
                    yield name, items
                    for _ in items:
                        pass
                else:
                    yield name, self._value()
                if self._either(",", "}") == "}":
                    break
        if self._peek():
            raise self._broken("something follows the object")

    def _items(self) -> Iterator[Any]:
        self._expect("[")
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield self._value()
            if self._either(",", "]") == "]":
                return

    def _value(self) -> Any:
        """One value, whole; a number at the end of what was decoded may go on."""
        self._peek()
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except ValueError as error:
                if not self._fill():
                    raise self._broken(getattr(error, "msg", str(error))) from None
            except RecursionError:
                raise self._broken("it is nested too deeply") from None
            else:
                if end < len(self._text) or self._text[end - 1] not in _NUMBER or not self._fill():
                    self._at = end
                    return value

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._broken(f"'{sign}' is missing")
        self._at += 1

    def _either(self, one: str, other: str) -> str:
        found = self._peek()
        if found not in (one, other):
            raise self._broken(f"'{one}' or '{other}' is missing")
        self._at += 1
        return found

    def _peek(self) -> str:
        """The next sign that is no blank; nothing at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _fill(self) -> bool:
        """Decode more, at least as much again as is waiting, so that a long value is not scanned over and over."""
        if self._ended:
            return False
        kept = self._text[self._at :]
        if len(kept) > _MOST:
            raise self._broken(f"a value is longer than {_MOST:,} characters, or does not end")
        self._before += self._at
        self._at = 0
        parts, size = [kept], 0
        while size < max(_MORE, len(kept)) and not self._ended:
            block = next(self._blocks, None)
            self._ended = block is None
            try:
                parts.append(self._decode(block or b"", self._ended))
            except UnicodeDecodeError as error:
                raise Broken(f"it is no UTF-8 ({error.reason})") from None
            size += len(parts[-1])
        self._text = "".join(parts)
        return len(self._text) > len(kept)

    def _broken(self, why: str) -> Broken:
        return Broken(f"{why}, at character {self._before + self._at:,}")
