"""Delimited text as the database joins it: whole segments of bytes, checked before they are believed.

The database puts separators that text does not hold between cells and after rows. One pass over a block turns them into tabs and
line feeds and every other control character into a blank; counting them on the way shows a value that held one.

    SQLite       a segment in one statement where its key has ranges (`exporter.ranges`), else row by row
    PostgreSQL   COPY by psycopg, row by row
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, LargeBinary, Text, cast, func, literal
from sqlalchemy.sql.elements import ColumnElement

from exporter import cells
from exporter.cells import Cell
from exporter.database import ANY_BYTES
from exporter.report import EXAMPLES
from exporter.tables import Table, TableQuery

if TYPE_CHECKING:
    from exporter.rows import Reader

SEGMENT = 2_500  # rows: large enough that deflating each alone costs 0.3 %, small enough that memory stays flat
SEGMENT_BYTES = 4 << 20  # where rows are long, fewer of them make a segment
SAMPLE = 50  # rows that tell how long rows are
UNIT = b"\x1f"  # between cells; text does not hold it, and where it does, the row is written the other way
RECORD = b"\x1e"  # after a row
_CONTROLS = bytes([*range(0x20), 0x7F])
_NO_CONTROLS = bytes({*range(256)} - {*_CONTROLS})
_TSV = bytes({0x1F: 0x09, 0x1E: 0x0A}.get(b, 0x20 if b in _CONTROLS else b) for b in range(256))
_QUOTE = b"\x02"  # what COPY may put around a cell
_CONTROL_IN_BLOCK = re.compile(rb"[\x00-\x1d\x7f]")


class JoinInPython(Exception):
    """A block holds something that only Python can write."""


def rows_for(length: float) -> int:
    """How many rows of about this length, in bytes, make a segment."""
    return max(1, min(SEGMENT, int(SEGMENT_BYTES / max(length, 1))))


@attrs.frozen
class Segment:
    """Some rows as lines.

    :param replaced: control characters inside values that became blanks.
    :param examples: identifiers of the first rows that held one.
    """

    lines: bytes
    rows: int
    replaced: int = 0
    examples: tuple[str, ...] = ()


def segments(reader: Reader, table: Table, query: TableQuery) -> Generator[Segment]:
    """The rows of a query in segments of `SEGMENT` rows, or fewer where they are long.

    :raises JoinInPython: in place of a segment that the database cannot join; those before it are whole.
    """
    from exporter.ranges import ranged

    columns = reader.cells(table, query)
    at = reader.identified_at(table)
    dialect = reader.connection.dialect
    if dialect.name == "sqlite" and cells.utf16(reader.connection):
        raise JoinInPython("the database keeps its texts as UTF-16")
    if dialect.name == "sqlite":
        found = ranged(reader, table, query, columns)
        if found is not None:
            reader.report.ways.setdefault(table.name, reader.readers.way)
            yield from found
            return
        blocks = _blocks_of_sqlite(reader, table, query, columns)
    elif (dialect.name, dialect.driver) == ("postgresql", "psycopg"):
        blocks = _blocks_of_copy(reader, table, query, columns)
    else:
        raise JoinInPython(f"no other way with {dialect.name} by {dialect.driver}")
    reader.report.ways.setdefault(table.name, "joined by the database")
    with contextlib.closing(blocks):  # Python can only read when COPY no longer occupies the connection
        for block, rows in blocks:
            yield checked(block, rows, len(columns), at)


def checked(block: bytes, rows: int, width: int, at: int) -> Segment:
    """A block of joined rows as lines.

    :param at: where in a row its identifier is.
    :raises JoinInPython: for a block whose cells cannot be told apart, or that Python has to write.
    """
    replaced = _replaced(block, rows, width)
    if replaced:
        if block.count(UNIT) != rows * (width - 1) or block.count(RECORD) != rows:
            raise JoinInPython("a value holds a separator")
        if cells.SPECIAL_BYTE in block:
            raise JoinInPython("a column holds a number that only Python writes exactly")
    if not _is_utf8(block):
        raise JoinInPython("a value is no UTF-8")
    return _lines(block, rows, replaced, at)


def plain(lines: bytes, rows: int, width: int) -> Segment | None:
    """Lines that are finished: no cell holds a control character, and all is UTF-8. None for any others."""
    return Segment(lines, rows) if not _replaced(lines, rows, width) and _is_utf8(lines) else None


def segment(block: bytes, rows: int, width: int, at: int) -> Segment:
    """A block of joined rows, whose cells hold no separator, as lines."""
    return _lines(block, rows, _replaced(block, rows, width), at)


def _lines(block: bytes, rows: int, replaced: int, at: int) -> Segment:
    return Segment(block.translate(_TSV), rows, replaced, tuple(_examples(block, at)) if replaced else ())


def _replaced(block: bytes, rows: int, width: int) -> int:
    """How many control characters stand inside cells."""
    return len(block.translate(None, _NO_CONTROLS)) - rows * width


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _examples(block: bytes, at: int) -> list[str]:
    """The identifiers of the first rows that hold a control character."""
    lines = (line for line in block.split(RECORD) if _CONTROL_IN_BLOCK.search(line.replace(UNIT, b"")))
    return [line.split(UNIT)[at].decode("utf-8", "replace") for line in islice(lines, EXAMPLES)]


def joined_by_sqlite(
    connection: Connection, columns: list[Cell], between: str = UNIT.decode(), after: str = ""
) -> ColumnElement[Any]:
    """The texts of the columns with a separator between them and another after them, in SQLite's words."""
    newer = connection.dialect.dbapi.sqlite_version_info >= (3, 44)  # type: ignore[union-attr]
    parts: list[Any] = []
    for column in columns:
        assert column.joined is not None
        parts += [literal(between), column.joined if newer else func.ifnull(column.joined, "")]
    parts += [literal(after)] if after else []
    if newer:  # concat() takes NULL for the empty text
        return func.concat(*parts[1:])
    whole: ColumnElement[Any] = cast(parts[1], Text)
    for part in parts[2:]:
        whole = whole.concat(part)
    return whole


def _blocks_of_sqlite(reader: Reader, table: Table, query: TableQuery, columns: list[Cell]) -> Generator[tuple[bytes, int]]:
    pieces = _pieces(columns)
    joined = [cast(joined_by_sqlite(reader.connection, p), LargeBinary) if isinstance(p, list) else p.single for p in pieces]
    sql = reader.statement(query.ordered(), *joined)
    reader.note_sort(table, sql)
    python = [None if isinstance(piece, list) else _encoder(piece) for piece in pieces]
    for rows in reader.stream(sql):
        if len(pieces) == 1 and python[0] is None:
            yield RECORD.join([row[0] for row in rows]) + RECORD, len(rows)
            continue
        by_piece = [c if p is None else map(p, c) for p, c in zip(python, zip(*rows, strict=True), strict=True)]
        yield RECORD.join(map(UNIT.join, zip(*by_piece, strict=True))) + RECORD, len(rows)


def _pieces(columns: list[Cell]) -> list[list[Cell] | Cell]:
    """Neighbours that the database can join, together; the others alone."""
    pieces: list[list[Cell] | Cell] = []
    for joinable, group in groupby(columns, lambda c: c.joined is not None):
        found = list(group)
        pieces += [found] if joinable else found
    return pieces


def _encoder(cell: Cell) -> Callable[[Any], bytes]:
    def encode(value: Any) -> bytes:
        text = cell.text(value)
        if text is None:
            raise JoinInPython("a number is NaN or infinite")
        return text.encode("utf-8", "surrogateescape")

    return encode


def _blocks_of_copy(reader: Reader, table: Table, query: TableQuery, columns: list[Cell]) -> Generator[tuple[bytes, int]]:
    filled = (func.coalesce(c.single, "") for c in columns)  # any sign for NULL may stand in a value
    sql = reader.statement(query.ordered(), *filled, func.chr(30))
    reader.note_sort(table, sql)
    python = {i: _encoder(c) for i, c in enumerate(columns) if c.joined is None}
    end = UNIT + RECORD + b"\n"
    encoding = "SQL_ASCII" if reader.connection.info.get(ANY_BYTES) else "UTF8"
    words = f"format csv, encoding '{encoding}', delimiter E'\\x1f', quote E'\\x02', null E'\\x04'"
    for rows in reader.kept(_copy(reader, f"copy ({sql}) to stdout ({words})")):
        block = b"".join(rows).replace(end, RECORD)
        if _QUOTE + _QUOTE in block:
            raise JoinInPython("a value holds the character 0x02")
        yield _unquoted(block, len(rows), len(columns), python), len(rows)


def _copy(reader: Reader, sql: str) -> Generator[list[bytes]]:
    """The messages of a COPY, one for each row, in batches. Leaving early cancels it, else the driver would read on."""
    driver: Any = reader.connection.connection.driver_connection
    asked = sql.encode() if reader.connection.info.get(ANY_BYTES) else sql
    with driver.cursor() as cursor, cursor.copy(asked) as copy:
        finished = False
        try:
            rows: list[bytes] = []
            held = 0
            for message in copy:
                rows.append(bytes(message))
                held += len(rows[-1])
                if len(rows) == SEGMENT or held >= SEGMENT_BYTES:
                    reader.advance(len(rows))
                    yield rows
                    rows, held = [], 0
            finished = True
            if rows:
                reader.advance(len(rows))
                yield rows
        finally:
            if not finished:
                driver.cancel_safe(timeout=5.0)


def _unquoted(block: bytes, rows: int, width: int, python: dict[int, Callable[[Any], bytes]]) -> bytes:
    plain = block.translate(None, _QUOTE)
    if not python:
        return plain
    if plain.count(UNIT) != rows * (width - 1) or plain.count(RECORD) != rows:
        raise JoinInPython("a value holds a separator")
    lines = [line.split(UNIT) for line in plain.split(RECORD)[:-1]]
    for line in lines:
        for i, encode in python.items():
            line[i] = encode(line[i].decode() or None)
    return b"".join(UNIT.join(line) + RECORD for line in lines)
