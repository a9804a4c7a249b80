"""Objects of a PDF file, written one after the other as they are made: memory holds where they begin, and nothing of them.

The syntax is that of ISO 32000-1, section 7. A file library that keeps all pages until the end would grow with the measurements.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from typing import IO, NewType

import attrs

Ref = NewType("Ref", int)  # the number of an object
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # four bytes beyond ASCII say that the file is binary (section 7.5.2)


def number(value: float) -> str:
    """A number as PDF writes it: no exponent, and no digits that no printer shows."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def text_string(text: str) -> str:
    """A text for people: in a title, a bookmark, a description (section 7.9.2.2)."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


def dictionary(entries: Mapping[str, object]) -> str:
    """A dictionary of values that are PDF already; a `Ref` must have been made a text by `refer`."""
    return f"<<{' '.join(f'/{name} {value}' for name, value in entries.items())}>>"


def array(values: Iterable[object]) -> str:
    """An array of values that are PDF already."""
    return f"[{' '.join(map(str, values))}]"


def refer(ref: Ref) -> str:
    """A reference to an object."""
    return f"{ref} 0 R"


def moment(when: dt.datetime) -> str:
    """A date in UTC (section 7.9.4)."""
    return f"(D:{when.astimezone(dt.UTC):%Y%m%d%H%M%S}Z)"


@attrs.define(eq=False)
class Objects:
    """The objects of one file in the order in which they come."""

    _file: IO[bytes]
    _begins: list[int] = attrs.field(factory=list, init=False)
    _digest: hashlib._Hash = attrs.field(factory=hashlib.sha256, init=False)
    _at: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._write(_HEADER)

    def reserve(self) -> Ref:
        """The number of an object that is written later."""
        self._begins.append(0)
        return Ref(len(self._begins))

    def add(self, content: str, ref: Ref | None = None) -> Ref:
        """Write an object; :param ref: its number, where it was reserved."""
        return self._object(content.encode("latin-1"), ref)

    def stream(self, content: bytes, entries: Mapping[str, object] | None = None, ref: Ref | None = None) -> Ref:
        """Write a stream, deflated where that is not said of it already."""
        given = dict(entries or {})
        if "Filter" not in given:
            content, given["Filter"] = zlib.compress(content), "/FlateDecode"
        head = dictionary({**given, "Length": len(content)})
        return self._object(b"%s\nstream\n%s\nendstream" % (head.encode("latin-1"), content), ref)

    def finish(self, root: Ref, info: Ref) -> None:
        """Write where each object begins, and which are the first to be read. The file's identifier is that of its bytes."""
        start, count = self._at, len(self._begins) + 1
        identifier = f"<{self._digest.hexdigest()[:32]}>"
        trailer = {"Size": count, "Root": refer(root), "Info": refer(info), "ID": array([identifier, identifier])}
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for begin in self._begins:
            self._write(b"%010d 00000 n \n" % begin)
        self._write(f"trailer\n{dictionary(trailer)}\nstartxref\n{start}\n%%EOF\n".encode("latin-1"))

    def _object(self, content: bytes, ref: Ref | None) -> Ref:
        ref = self.reserve() if ref is None else ref
        self._begins[ref - 1] = self._at
        self._write(b"%d 0 obj\n%s\nendobj\n" % (ref, content))
        return ref

    def _write(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self._at += len(content)
