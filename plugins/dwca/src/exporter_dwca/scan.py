"""The rows of a data file, in batches: as much of them as the checks of an archive look at, and no more."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

import attrs

_BLOCK = 1 << 18  # bytes read at once of a file whose rows are lines
_ROWS = 5_000  # rows in a batch of any other file


@attrs.frozen
class Layout:
    """A data file as meta.xml describes it."""

    locations: tuple[str, ...]
    row_type: str
    delimiter: str
    line_end: str
    quote: str
    encoding: str
    header_lines: int
    id_index: int | None
    width: int
    is_core: bool


@attrs.frozen
class Batch:
    """Some rows.

    :param numbers: the line numbers, from 1.
    :param widths: how many cells each row has.
    :param ids: the cell of each row that names the core's row: in UTF-8, whatever the file is in.
    """

    numbers: Iterable[int]
    widths: list[int]
    ids: list[bytes]


def batches(stream: BinaryIO, layout: Layout) -> Iterator[Batch]:
    """The rows of a file, without its header lines; at least one in each batch."""
    plain = not layout.quote and layout.line_end == "\n" and len(layout.delimiter) == 1 and _is_utf8(layout.encoding)
    return _of_lines(stream, layout) if plain else _of_any(stream, layout)


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-") in ("utf-8", "utf8")


def _of_lines(stream: BinaryIO, layout: Layout) -> Iterator[Batch]:
    """Rows that are lines, as bytes: nothing is decoded."""
    delimiter = layout.delimiter.encode()
    skip, number = layout.header_lines, 1
    for lines in _lines(stream):
        fresh = lines[skip:]
        first = number + min(skip, len(lines))
        number += len(lines)
        skip = max(0, skip - len(lines))
        if fresh:
            widths = [line.count(delimiter) + 1 for line in fresh]
            yield Batch(range(first, number), widths, _cells(fresh, delimiter, layout.id_index or 0))


def _lines(stream: BinaryIO) -> Iterator[list[bytes]]:
    rest: list[bytes] = []
    while block := stream.read(_BLOCK):
        *lines, last = block.split(b"\n")
        if not lines:
            rest.append(last)
            continue
        lines[0] = b"".join(rest) + lines[0]
        rest = [last]
        yield lines
    if last := b"".join(rest):
        yield [last]


def _cells(lines: list[bytes], delimiter: bytes, index: int) -> list[bytes]:
    if index == 0:
        return [line.partition(delimiter)[0] for line in lines]
    return [(line.split(delimiter, index + 1)[index : index + 1] or [b""])[0] for line in lines]


def _of_any(stream: BinaryIO, layout: Layout) -> Iterator[Batch]:
    """Rows in quotes, in other encodings, with other line ends."""
    text = io.TextIOWrapper(stream, encoding=_known(layout.encoding), errors="replace", newline="")
    csv.field_size_limit(1 << 30)
    delimiter = layout.delimiter[:1] or ","
    if layout.quote:
        reader = csv.reader(text, delimiter=delimiter, quotechar=layout.quote[:1])
    else:
        reader = csv.reader(text, delimiter=delimiter, quotechar=None, quoting=csv.QUOTE_NONE)
    rows = ((reader.line_num, row) for row in reader if reader.line_num > layout.header_lines and row)
    index = layout.id_index or 0
    while batch := list(islice(rows, _ROWS)):
        ids = ["".join(row[index : index + 1]).encode("utf-8", "surrogatepass") for _, row in batch]
        yield Batch([number for number, _ in batch], [len(row) for _, row in batch], ids)


def _known(encoding: str) -> str:
    """The encoding, or UTF-8 for one that nobody knows."""
    try:
        "".encode(encoding)
    except LookupError:
        return "utf-8"
    return encoding
