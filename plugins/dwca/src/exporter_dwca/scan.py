"""The rows of a data file, in batches: as much of them as the checks of an archive look at, and no more."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any

import attrs

_ROWS = 5_000  # rows in a batch of a file whose rows are not plain lines
_MOST_IN_LINE = 32 << 20  # bytes or characters, before a file counts as one without line ends
_MOST_IN_CELL = 16 << 20  # characters, before a quote counts as never closed
_ENDLESS = f"a line is longer than {_MOST_IN_LINE:,}"


class Endless(Exception):
    """A row that does not end where any row would."""


@attrs.frozen
class Layout:
    """A data file as meta.xml describes it.

    :param id_index: the column of the core's identifier, or None where there is none.
    :param width: how many columns a row has at least: as many as are mapped.
    """

    locations: tuple[str, ...]
    delimiter: str
    line_end: str
    quote: str
    encoding: str
    header_lines: int
    id_index: int | None
    width: int

    @property
    def plain(self) -> bool:
        """Whether rows are lines of UTF-8 and cells what stands between one-character delimiters."""
        return not self.quote and self.line_end == "\n" and len(self.delimiter) == 1 and _is_utf8(self.encoding)


@attrs.frozen
class Batch:
    """Some rows.

    :param numbers: the line numbers, from 1.
    :param widths: how many cells each row has.
    :param most: how many a row may have: as many as meta.xml maps or the first line has, be it a header or not.
    :param ids: the cell of each row that names the core's row: in UTF-8, whatever the file is in.
    :param broken: the line numbers of rows that should be UTF-8 and are not.
    """

    numbers: Iterable[int]
    widths: list[int]
    most: int
    ids: list[bytes]
    broken: list[int]


def batches(blocks: Iterator[bytes], layout: Layout) -> Iterator[Batch]:
    """The rows of a file, without its header lines; at least one in each batch.

    :raises Endless: for a row that is larger than any row is.
    """
    return _of_lines(blocks, layout) if layout.plain else _of_any(blocks, layout)


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-") in ("utf-8", "utf8")


# --- rows that are lines


def _of_lines(blocks: Iterator[bytes], layout: Layout) -> Iterator[Batch]:
    """Rows as bytes: nothing is decoded, but to see whether it could be."""
    delimiter = layout.delimiter.encode()
    skip, number, most = layout.header_lines, 1, layout.width
    for chunk in _whole_lines(blocks):
        lines = chunk.split(b"\n")
        if not lines[-1]:
            lines.pop()
        if number == 1:
            most = max(most, *(line.count(delimiter) + 1 for line in lines[: max(1, skip)]))
        first = number + min(skip, len(lines))
        number += len(lines)
        fresh, skip = lines[skip:] if skip else lines, max(0, skip - len(lines))
        if fresh:
            broken = [] if _readable(chunk) else [n for n, line in enumerate(fresh, first) if not _readable(line)]
            widths = [line.count(delimiter) + 1 for line in fresh]
            yield Batch(range(first, number), widths, most, _cells(fresh, delimiter, layout.id_index or 0), broken)


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut after line ends."""
    rest: list[bytes] = []
    for block in blocks:
        end = block.rfind(b"\n") + 1
        if end:
            yield b"".join((*rest, block[:end]))
            rest = []
        rest.append(block[end:])
        if sum(map(len, rest)) > _MOST_IN_LINE:
            raise Endless(_ENDLESS)
    if last := b"".join(rest):
        yield last


def _readable(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _cells(lines: list[bytes], delimiter: bytes, index: int) -> list[bytes]:
    if index == 0:
        return [line.partition(delimiter)[0] for line in lines]
    return [(line.split(delimiter, index + 1)[index : index + 1] or [b""])[0] for line in lines]


# --- rows in quotes, in other encodings, with other line ends


def _of_any(blocks: Iterator[bytes], layout: Layout) -> Iterator[Batch]:
    # What should be UTF-8 and is not keeps its bytes; in any other encoding nobody can tell.
    errors, back = ("surrogateescape", "surrogateescape") if _is_utf8(layout.encoding) else ("replace", "surrogatepass")
    rows = _numbered(io.TextIOWrapper(io.BufferedReader(_Stream(blocks)), _known(layout.encoding), errors, ""), layout)
    first = next(rows, (0, []))
    most = max(layout.width, len(first[1]))
    fresh = (row for row in chain([first], rows) if row[0] > layout.header_lines)
    index = layout.id_index or 0
    while batch := list(islice(fresh, _ROWS)):
        ids = ["".join(row[index : index + 1]).encode("utf-8", back) for _, row in batch]
        broken = [n for n, row in batch if errors == "surrogateescape" and not _encodable("".join(row))]
        yield Batch([n for n, _ in batch], [len(row) for _, row in batch], most, ids, broken)


def _numbered(text: io.TextIOWrapper, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with the number of the line in which each ends."""
    csv.field_size_limit(_MOST_IN_CELL)
    delimiter, quote = layout.delimiter[:1] or ",", layout.quote[:1] or None
    reader = csv.reader(
        _short(text), delimiter=delimiter, quotechar=quote, quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    )
    try:
        yield from ((reader.line_num, row) for row in reader if row)
    except csv.Error as error:
        raise Endless(f"line {reader.line_num}: {error}") from None


def _short(text: io.TextIOWrapper) -> Iterator[str]:
    for line in iter(partial(text.readline, _MOST_IN_LINE), ""):
        if len(line) == _MOST_IN_LINE:
            raise Endless(_ENDLESS)
        yield line


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Stream(io.RawIOBase):
    """Blocks of bytes as a file that can be read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = b""

    def readable(self) -> bool:
        """It can."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As any file does it."""
        self._rest = self._rest or next(self._blocks, b"")
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _known(encoding: str) -> str:
    """The encoding, or UTF-8 for one that nobody knows."""
    try:
        "".encode(encoding)
    except LookupError:
        return "utf-8"
    return encoding
