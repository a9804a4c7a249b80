"""What is wrong with a CSV, JSON or JSON Lines file as such; on any such file, not only ours.

Files are read line by line. A JSON document that is no array with a value on each line is read whole, up to a size.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import attrs
import orjson

from exporter.report import EXAMPLES, Finding, Level
from exporter_tabular.members import File

MOST_WHOLE = 64 << 20  # bytes of JSON that are parsed at once
MOST_IN_ROW = 64 << 20  # bytes of a row of CSV, before a quote counts as never closed
_DELIMITERS = (",", ";", "\t")
_QUOTED = re.compile(rb'"[^"]*"')
_BOM = b"\xef\xbb\xbf"
_UNCLOSED = "A quote is opened and never closed."


@attrs.define
class _Tally:
    """One kind of finding, with the lines where it was met."""

    level: Level
    code: str
    message: str
    file: File
    count: int = 0
    examples: list[str] = attrs.field(factory=list)

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{self.file.name}:{line}")

    def found(self) -> Iterator[Finding]:
        if self.count:
            yield Finding(self.level, self.code, self.message, self.count, self.examples, part=self.file.name)


def _finding(code: str, message: str, file: File, line: int = 1, level: Level = "error") -> Finding:
    return Finding(level, code, message, 1, [f"{file.name}:{line}"], part=file.name)


# --- CSV


def check_csv(file: File, delimiter: str = ",") -> Iterator[Finding]:
    """Whether it is UTF-8, its header is there and unique, and every row has as many columns as the header.

    :param delimiter: what to expect; where the header does not hold it, another usual one that it does hold.
    """
    with file.open() as lines:
        rows = _rows(lines)
        header = next(rows, (1, b""))[1]
        if header is None:
            yield _finding("CSV_QUOTE_NOT_CLOSED", _UNCLOSED, file)
            return
        header = header.removeprefix(_BOM)
        if not header.strip():
            yield _finding("CSV_HEADER_MISSING", "The first row names no columns.", file)
            return
        mark = _delimiter(header, delimiter)
        yield from _check_header(file, header, mark)
        yield from _check_rows(file, rows, _width(header, mark.encode()), mark.encode())


def _delimiter(header: bytes, expected: str) -> str:
    held = {mark: _width(header, mark.encode()) for mark in (expected, *_DELIMITERS)}
    return expected if held[expected] > 1 else max(held, key=lambda mark: held[mark])


def _check_header(file: File, header: bytes, delimiter: str) -> Iterator[Finding]:
    try:
        names = next(csv.reader([header.decode().rstrip("\r\n")], delimiter=delimiter))
    except UnicodeDecodeError:
        yield _finding("CSV_NOT_UTF8", "Rows hold bytes that are no UTF-8.", file)
        return
    except csv.Error as error:
        yield _finding("CSV_HEADER_MISSING", f"The header cannot be read: {error}.", file)
        return
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"The header names a column more than once: {', '.join(twice[:EXAMPLES])}."
        yield attrs.evolve(_finding("CSV_HEADER_NOT_UNIQUE", message, file), count=len(twice))


def _check_rows(file: File, rows: Iterator[tuple[int, bytes | None]], width: int, delimiter: bytes) -> Iterator[Finding]:
    uneven = _Tally("error", "CSV_COLUMN_MISMATCH", f"Rows with more or fewer than the {width} columns of the header.", file)
    broken = _Tally("error", "CSV_NOT_UTF8", "Rows hold bytes that are no UTF-8.", file)
    unclosed = _Tally("error", "CSV_QUOTE_NOT_CLOSED", _UNCLOSED, file)
    for line, row in rows:
        if row is None:
            unclosed.add(line)
            continue
        if row.strip(b"\r\n") and _width(row, delimiter) != width:
            uneven.add(line)
        if not _is_utf8(row):
            broken.add(line)
    for tally in (broken, uneven, unclosed):
        yield from tally.found()


def _rows(lines: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Each row with the line it begins on; None for one whose quote is never closed. A row goes on while a quote is open."""
    held: list[bytes] = []
    size = begin = quotes = 0
    for number, line in enumerate(lines, 1):
        begin = begin if held else number
        held.append(line)
        size += len(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield begin, b"".join(held)
            held, size, quotes = [], 0, 0
        elif size > MOST_IN_ROW:
            break
    if held:
        yield begin, None


def _width(row: bytes, delimiter: bytes) -> int:
    return (_QUOTED.sub(b"", row) if b'"' in row else row).count(delimiter) + 1


def _is_utf8(row: bytes) -> bool:
    try:
        row.decode()
    except UnicodeDecodeError:
        return False
    return True


# --- JSON


def check_jsonl(file: File) -> Iterator[Finding]:
    """Whether each line is a JSON object."""
    broken = _Tally("error", "JSON_INVALID", "Lines that are no JSON object.", file)
    with file.open() as lines:
        for number, line in enumerate(lines, 1):
            if not isinstance(_parsed(line), dict):
                broken.add(number)
    yield from broken.found()


def check_json(file: File) -> Iterator[Finding]:
    """Whether it is JSON: an array with a value on each line is read line by line, anything else whole."""
    with file.open() as lines:
        by_line = lines.readline().strip() == b"[" and _is_element(lines.readline())
    if by_line:
        yield from _check_elements(file)
    elif file.size > MOST_WHOLE:
        message = f"It is larger than {MOST_WHOLE >> 20} MB and not written a value a line, so it was not parsed."
        yield _finding("JSON_NOT_CHECKED", message, file, level="info")
    else:
        try:
            orjson.loads(_whole(file))
        except orjson.JSONDecodeError as error:
            yield _finding("JSON_INVALID", f"It is no JSON: {error.msg}.", file, error.lineno)


def _whole(file: File) -> bytes:
    with file.open() as opened:
        return opened.read()


def _is_element(line: bytes) -> bool:
    return line.strip() == b"]" or _parsed(line.rstrip().removesuffix(b",")) is not None


def _check_elements(file: File) -> Iterator[Finding]:
    """An array of which each line holds one value; a comma stands after each but the last."""
    broken = _Tally("error", "JSON_INVALID", "Lines that do not go on with the array that the first line begins.", file)
    before = b"["
    with file.open() as lines:
        for number, raw in enumerate(lines, 1):
            line = raw.strip()
            if number > 1 and not _follows(before, line):
                broken.add(number)
            before = line or before
    if before != b"]":
        broken.add(number)
    yield from broken.found()


def _follows(before: bytes, line: bytes) -> bool:
    """Whether a line may come after another one."""
    if not line:
        return True
    if before == b"]":
        return False
    if line == b"]":
        return not before.endswith(b",")
    return (before == b"[" or before.endswith(b",")) and _parsed(line.removesuffix(b",")) is not None


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
