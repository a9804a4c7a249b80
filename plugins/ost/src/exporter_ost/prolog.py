"""What comes before the root element of an XML file, and the root's name, without a parser: nothing is expanded or loaded."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

_LONGEST = 1 << 16  # bytes that stand before a root element, at most
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_BEFORE = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<([^\s/>!?]+)")
DOCTYPE = "!DOCTYPE"


def root_of(file: Path) -> str:
    """The name of the root element; `DOCTYPE` where one stands before it; the empty text where there is no element soon."""
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        text = _decoded(opened.read(_LONGEST))
    at = 0
    while found := _BEFORE.match(text, at):
        at = found.end()
    if text.startswith(f"<{DOCTYPE}", at):
        return DOCTYPE
    root = _ROOT.match(text, at)
    return root[1] if root else ""


def _decoded(content: bytes) -> str:
    """The characters as far as markup goes, whatever the encoding."""
    for begin, encoding in _WIDE.items():
        if content.startswith(begin):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    return content.removeprefix(codecs.BOM_UTF8).decode("latin-1")
