"""Delimited text as the database joins it: whole segments of bytes, checked before they are believed.

The database puts separators that text does not hold between cells and after rows. One pass over a block turns them into tabs and
line feeds and every other control character into a blank; counting them on the way shows a value that held one.

    SQLite       a segment in one statement where its key has ranges (`exporter.ranges`), else row by row
    PostgreSQL   COPY by psycopg, row by row
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator, Mapping
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, LargeBinary, Text, cast, func, literal
from sqlalchemy.sql.elements import ColumnElement

from exporter import cells, native, sqlitetext
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
_QUOTE = b"\x02"  # what COPY puts around a cell that holds a tab, the end of a line or the quote itself
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
    if dialect.name == "sqlite" and sqlitetext.utf16(reader.connection):
        raise JoinInPython("the database keeps its texts as UTF-16")
    if dialect.name == "sqlite":
        found = ranged(reader, table, query, columns)
        if found is not None:
            reader.report.ways.setdefault(table.name, reader.readers.way)
        else:
            blocks = _blocks_of_sqlite(reader, table, query, columns)
            found = (checked(block, rows, len(columns), at) for block, rows in blocks)
    elif (dialect.name, dialect.driver) == ("postgresql", "psycopg"):
        found = _segments_of_copy(reader, table, query, columns)
    else:
        raise JoinInPython(f"no other way with {dialect.name} by {dialect.driver}")
    reader.report.ways.setdefault(table.name, "joined by the database")
    yield from found


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


def plain(lines: bytes, rows: int, width: int, *, told: bool) -> Segment | None:
    """Lines that are finished: no cell holds a control character, and all is UTF-8. None for any others.

    :param told: whether `clean_line` made them.
    """
    clean = cells.SPECIAL_BYTE not in lines if told else not _replaced(lines, rows, width) and _is_utf8(lines)
    return Segment(lines, rows) if clean else None


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
    compiled = _compiled(connection, columns)
    if compiled is not None:
        return func.exporter_line(literal(between), literal(after), *compiled)
    texts: list[Any] = []
    for column in columns:
        assert column.joined is not None
        texts.append(func.ifnull(column.joined, ""))
    if after:
        texts[-1] = texts[-1].concat(literal(after))
    if sqlitetext.newest(connection):  # concat_ws() leaves out NULL, so none may be left
        return func.concat_ws(literal(between), *texts)
    whole: ColumnElement[Any] = cast(texts[0], Text)
    for text in texts[1:]:
        whole = whole.concat(literal(between)).concat(text)
    return whole


def clean_line(connection: Connection, columns: list[Cell]) -> ColumnElement[Any] | None:
    """A finished line, with `SPECIAL` in or after it where it cannot be written as it is; None where SQLite alone cannot tell."""
    compiled = _compiled(connection, columns)
    return None if compiled is None else func.exporter_clean_line(literal("\t"), literal("\n"), *compiled)


def _compiled(connection: Connection, columns: list[Cell]) -> list[ColumnElement[Any]] | None:
    """What the functions of exporter-native take: the kinds of the cells, and their values."""
    given = [c.native for c in columns if c.native is not None]
    if len(given) < len(columns) or len(columns) > native.MOST_CELLS or not native.served(connection):
        return None
    return [literal("".join(kind for kind, _ in given)), *(value for _, value in given)]


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


def _segments_of_copy(reader: Reader, table: Table, query: TableQuery, columns: list[Cell]) -> Generator[Segment]:
    """COPY quotes what holds a tab or the end of a line: rows without a quote are finished lines."""
    filled = (func.coalesce(c.single, "") for c in columns)  # any sign for NULL may stand in a value
    sql = reader.statement(query.ordered(), *filled)
    reader.note_sort(table, sql)
    at, width = reader.identified_at(table), len(columns)
    python = {i: _encoder(c) for i, c in enumerate(columns) if c.joined is None}
    encoding = "SQL_ASCII" if reader.connection.info.get(ANY_BYTES) else "UTF8"
    words = f"format csv, encoding '{encoding}', delimiter E'\\t', quote E'\\x02', null E'\\x04'"
    with contextlib.closing(reader.kept(_copy(reader, f"copy ({sql}) to stdout ({words})"))) as batches:
        for rows in batches:  # Python can only read when COPY no longer occupies the connection
            lines = b"".join(rows)
            found = None if python or _QUOTE in lines else plain(lines, len(rows), width, told=False)
            yield found or checked(b"".join(_separated(bytes(row), width, python) for row in rows), len(rows), width, at)


def _separated(row: bytes, width: int, python: Mapping[int, Callable[[Any], bytes]]) -> bytes:
    """A row of COPY with the separators that text does not hold, and with the cells that only Python writes."""
    pieces = row[:-1].split(_QUOTE)  # every second one was quoted
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            doubled = not piece and 0 < i < len(pieces) - 1
            pieces[i] = _QUOTE if doubled else piece.replace(b"\t", UNIT)
    line = b"".join(pieces)
    if python:
        cells = line.split(UNIT)
        if len(cells) != width:
            raise JoinInPython("a value holds a separator")
        for i, encode in python.items():
            cells[i] = encode(cells[i].decode() or None)
        line = UNIT.join(cells)
    return line + RECORD


def _copy(reader: Reader, sql: str) -> Generator[list[bytes | bytearray | memoryview]]:
    """The messages of a COPY, one for each row, in batches. Leaving early cancels it, else the driver would read on."""
    driver: Any = reader.connection.connection.driver_connection
    asked = sql.encode() if reader.connection.info.get(ANY_BYTES) else sql
    with driver.cursor() as cursor, cursor.copy(asked) as copy:
        finished = False
        try:
            rows: list[bytes | bytearray | memoryview] = []
            held = 0
            for message in _messages(driver, copy):
                rows.append(message)
                held += len(message)
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


def _messages(driver: Any, copy: Any) -> Generator[bytes | bytearray | memoryview]:
    """The rows of a COPY. Those that have arrived already come without the driver's wait, which would take longer than they do."""
    arrived = driver.pgconn.get_copy_data
    while message := copy.read():
        yield message
        size, message = arrived(1)
        while size > 0:
            yield message
            size, message = arrived(1)
        if size < 0:
            _end(driver.pgconn)
            return


def _end(connection: Any) -> None:
    """Take what the server says after the last row, an error among it, as the driver itself would have done."""
    from psycopg.errors import error_from_result
    from psycopg.pq import ExecStatus

    while (result := connection.get_result()) is not None:
        if result.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(result)
