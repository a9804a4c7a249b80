"""XML read as it comes, of which nothing is believed: no DOCTYPE, so no entities; no depth and no token without end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.parsers import expat

_DEEPEST = 100  # levels
_LONGEST = 4 << 20  # bytes that are held back for the end of one token


class BrokenXml(Exception):
    """Bytes that are no XML that a workbook may have; the text says why."""


def read(
    blocks: Iterable[bytes],
    start: Callable[[str, Mapping[str, str]], Any],
    end: Callable[[str], Any] | None = None,
    text: Callable[[str], Any] | None = None,
) -> None:
    """Call what is given for each element, by its name without prefix, and for texts.

    :raises BrokenXml: where it is none.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise BrokenXml(f"more than {_DEEPEST} levels")
        start(name.rpartition(":")[2], attributes)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name.rpartition(":")[2])

    def doctype(*_: object) -> None:
        raise BrokenXml("it has a DOCTYPE")

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    given = 0
    try:
        for block in blocks:
            parser.Parse(block, False)
            given += len(block)
            if given - parser.CurrentByteIndex > _LONGEST:
                raise BrokenXml("a tag or an attribute does not end")
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BrokenXml(str(error)) from None
