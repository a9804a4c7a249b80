"""The rows of a data file, in batches: split into cells, so that each check looks at whole columns.

Rows end where GBIF's reader sees them end, whatever meta.xml says: at LF, CR LF or CR, but in quotes. Blank lines are no rows.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, zip_longest
from typing import Any

import attrs

_ROWS = 5_000  # rows in a batch of a file whose rows are not plain lines
_TEXT = 1 << 19  # bytes that are split together: some thousand rows
_MOST_IN_LINE = 12 << 20  # bytes or characters, before a file counts as one without line ends
_MOST_IN_CELL = 12 << 20  # characters, before a quote counts as never closed
_MOST_CELLS = 1 << 20  # in a row
_ENDLESS = f"a line is longer than {_MOST_IN_LINE:,}"
_MARKS = ((codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF16_LE, "UTF-16LE"), (codecs.BOM_UTF16_BE, "UTF-16BE"))
_NO_TEXT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})
_LINE_ENDS = frozenset({"\n", "\r", "\r\n"})


class Endless(Exception):
    """A row that does not end where any row would."""


@attrs.frozen
class Column:
    """A field of meta.xml.

    :param term: its URI.
    :param index: the column in which its values stand; None where every row has the default.
    :param default: the value of rows that have none.
    """

    term: str
    index: int | None
    default: str = ""


@attrs.frozen
class Layout:
    """A data file as meta.xml describes it.

    :param row_type: the URI of what a row is.
    :param id_index: the column of the core's identifier, or None where there is none.
    :param width: how many columns a row has at least: as many as are mapped.
    :param columns: the fields, in the order of meta.xml.
    """

    row_type: str
    locations: tuple[str, ...]
    delimiter: str
    line_end: str
    quote: str
    encoding: str
    header_lines: int
    id_index: int | None
    width: int
    columns: tuple[Column, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether rows are lines of UTF-8 and cells what stands between delimiters."""
        return not self.quote and self.line_end in _LINE_ENDS and bool(self.delimiter) and is_utf8(self.encoding)

    def column(self, name: str) -> Column | None:
        """The field of a term, by its local name."""
        return next((c for c in self.columns if c.term.rpartition("/")[2] == name), None)


@attrs.define
class Batch:
    """Some rows, at least one.

    :param numbers: the line numbers, from 1, or what else tells of a row.
    :param rows: the cells of each row; bytes that should be UTF-8 and are not stand there as lone surrogates.
    :param most: how many cells a row may have: as many as meta.xml maps or the first line has, be it a header or not.
    :param broken: the line numbers of rows with such bytes.
    :param nul: the line numbers of rows with NUL characters.
    """

    numbers: Sequence[Any]
    rows: list[list[str]]
    most: int
    broken: list[int]
    nul: list[int] = attrs.field(factory=list)
    widths: frozenset[int] = attrs.field(init=False)
    _columns: list[tuple[str, ...]] = attrs.field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.widths = frozenset(map(len, self.rows))

    def columns(self, width: int) -> list[tuple[str, ...]]:
        """The cells by column, at least so many; cells that a row lacks are empty."""
        if not self._columns:
            self._columns = list(
                zip(*self.rows, strict=True) if len(self.widths) == 1 else zip_longest(*self.rows, fillvalue="")
            )
        return self._columns + [("",) * len(self.rows)] * (width - len(self._columns))


def begun(blocks: Iterator[bytes]) -> tuple[str, Iterator[bytes]]:
    """The encoding that a byte order mark tells of, or an empty text; and the bytes without the mark."""
    first = next(blocks, b"")
    while len(first) < len(codecs.BOM_UTF8) and (more := next(blocks, b"")):
        first += more
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return encoding, chain([first[len(mark) :]], blocks)
    return "", chain([first], blocks)


def batches(blocks: Iterator[bytes], layout: Layout) -> Iterator[Batch]:
    """The rows of a file, without its header lines; at least one in each batch.

    :raises Endless: for a row that is larger than any row is.
    """
    found = _of_lines(blocks, layout) if layout.plain else _of_any(blocks, layout)
    return filter(None, map(_without_blank_rows, found))


def is_utf8(encoding: str) -> bool:
    """Whether it is one of the names of UTF-8."""
    return encoding.lower().replace("_", "-") in ("utf-8", "utf8")


def known_encoding(name: str) -> str:
    """Python's name of an encoding of texts, as Java reads it; empty for one that is none."""
    try:
        found = codecs.lookup(name).name
        "".encode(name)  # refuses what is an encoding of bytes
    except (LookupError, ValueError):
        return ""
    if found.replace("_", "-") in _NO_TEXT:
        return ""
    return "utf-16-be" if found == "utf-16" else found


def _without_blank_rows(batch: Batch) -> Batch | None:
    if 1 not in batch.widths:
        return batch
    kept = [(n, row) for n, row in zip(batch.numbers, batch.rows, strict=True) if len(row) > 1 or (row and row[0].strip())]
    if len(kept) == len(batch.rows):
        return batch
    return attrs.evolve(batch, numbers=[n for n, _ in kept], rows=[row for _, row in kept]) if kept else None


# --- rows that are lines


def _of_lines(blocks: Iterator[bytes], layout: Layout) -> Iterator[Batch]:
    skip, number, most = layout.header_lines, 1, layout.width
    for chunk in _whole_lines(blocks):
        text, sound = _decoded(chunk)
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        if len(chunk) > _TEXT * 2 and max(line.count(layout.delimiter) for line in lines) >= _MOST_CELLS:
            raise Endless(f"a row has more than {_MOST_CELLS:,} cells")
        if number == 1:
            most = max(most, *(line.count(layout.delimiter) + 1 for line in lines[: max(1, skip)]))
        first = number + min(skip, len(lines))
        number += len(lines)
        fresh, skip = lines[skip:] if skip else lines, max(0, skip - len(lines))
        if fresh:
            broken = [] if sound else [n for n, line in enumerate(fresh, first) if not _encodable(line)]
            nul = [n for n, line in enumerate(fresh, first) if "\0" in line] if "\0" in text else []
            yield Batch(range(first, number), [line.split(layout.delimiter) for line in fresh], most, broken, nul)


def _decoded(chunk: bytes) -> tuple[str, bool]:
    """The text, with line feeds alone at the ends of lines, and whether all of it is UTF-8."""
    if b"\r" in chunk:
        chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return chunk.decode(), True
    except UnicodeDecodeError:
        return chunk.decode(errors="surrogateescape"), False


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut after line ends, in larger pieces."""
    held: list[bytes] = []
    size = line = 0  # bytes that are held, and those of them after the last line end
    for block in blocks:
        held.append(block)
        size += len(block)
        end = max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1)) + 1  # what a CR at its end is, only the next byte tells
        line = len(block) - end if end else line + len(block)
        if line > _MOST_IN_LINE:
            raise Endless(_ENDLESS)
        if size - line and size >= _TEXT:
            whole = b"".join(held)
            yield whole[: size - line]
            held, size = [whole[size - line :]], line
    if last := b"".join(held):
        yield last


# --- rows in quotes, in other encodings, with other line ends


def _of_any(blocks: Iterator[bytes], layout: Layout) -> Iterator[Batch]:
    errors = "surrogateescape" if is_utf8(layout.encoding) else "replace"  # in any other encoding nobody can tell
    encoding = known_encoding(layout.encoding) or "utf-8"
    lines = _Lines(io.TextIOWrapper(io.BufferedReader(_Stream(blocks)), encoding, errors, ""), layout.delimiter)
    quoting: Any = {"quotechar": layout.quote} if layout.quote else {"quoting": csv.QUOTE_NONE}
    reader = csv.reader(lines, delimiter=layout.delimiter, **quoting)
    skip, most = layout.header_lines, layout.width
    first = True
    while rows := _some(reader, lines):
        if first:
            most, first = max(most, len(rows[0][1])), False
        fresh, skip = rows[skip:], max(0, skip - len(rows))
        if fresh := [row for row in fresh if row[1]]:
            yield _batch(fresh, most)


def _some(reader: Any, lines: _Lines) -> list[tuple[int, list[str]]]:
    """The next rows, with the number of the line in which each ends; a blank line is an empty row."""
    found: list[tuple[int, list[str]]] = []
    until = lines.taken + _TEXT
    before = csv.field_size_limit(_MOST_IN_CELL)  # it is the whole process's: it is put back before others run
    try:
        for row in reader:
            found.append((reader.line_num, row))
            lines.in_row = 0
            if len(found) >= _ROWS or lines.taken >= until:
                break
    except csv.Error as error:
        raise Endless(f"line {reader.line_num}: {error}") from None
    finally:
        csv.field_size_limit(before)
    return found


def _batch(rows: list[tuple[int, list[str]]], most: int) -> Batch:
    numbers, cells = [n for n, _ in rows], [row for _, row in rows]
    text = "".join(chain.from_iterable(cells))
    broken = [] if _encodable(text) else [n for n, row in rows if not _encodable("".join(row))]
    nul = [n for n, row in rows if "\0" in "".join(row)] if "\0" in text else []
    return Batch(numbers, cells, most, broken, nul)


class _Lines:
    """The lines of a text, none of which is longer than any is.

    `taken` are the characters of those that were given, `in_row` of those since a row ended: in quotes it may have many lines.
    """

    def __init__(self, text: io.TextIOWrapper, delimiter: str) -> None:
        self.taken = self.in_row = 0
        self._text = text
        self._delimiter = delimiter

    def __iter__(self) -> Iterator[str]:
        for line in iter(partial(self._text.readline, _MOST_IN_LINE), ""):
            self.taken += len(line)
            self.in_row += len(line)
            if len(line) >= _MOST_IN_LINE or self.in_row > _MOST_IN_LINE:
                raise Endless(_ENDLESS)
            if len(line) > _TEXT and line.count(self._delimiter) >= _MOST_CELLS:
                raise Endless(f"a row has more than {_MOST_CELLS:,} cells")
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
