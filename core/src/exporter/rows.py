"""Tables as streams: batches of texts for any format, and whole segments of bytes for delimited text.

Memory holds one segment at a time. A segment is a fixed number of rows, so that it depends on the data alone.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from itertools import groupby, islice
from typing import Any
from weakref import WeakSet

import attrs
from sqlalchemy import Connection, LargeBinary, Select, Text, cast, func, literal, literal_column
from sqlalchemy.sql.elements import ColumnElement

from exporter import cells
from exporter.cancel import Cancel
from exporter.cells import Cell
from exporter.database import ANY_BYTES, MANY_ROWS, plan_sorts, statement
from exporter.progress import Progress
from exporter.report import EXAMPLES, Finding, Level, Report
from exporter.source import Source
from exporter.tables import Table, TableQuery

SEGMENT = 5_000  # rows: large enough that deflating each alone costs 0.2 %, small enough that memory stays flat
BLOCK = 2_500  # rows fetched, cleaned and joined at once; a divisor of SEGMENT
UNIT = b"\x1f"  # between cells; text does not hold it, and where it does, the row is written the other way
RECORD = b"\x1e"  # after a row
_QUOTE = b"\x02"  # what COPY may put around a cell
_CONTROLS = bytes([*range(0x20), 0x7F])
_SURROGATES = re.compile("[\ud800-\udfff]+")
_CONTROL_IN_BLOCK = re.compile(rb"[\x00-\x1d\x7f]")
_TSV = bytes({0x1F: 0x09, 0x1E: 0x0A}.get(b, 0x20 if b in _CONTROLS else b) for b in range(256))


class _JoinInPython(Exception):
    """A block holds something that only Python can write."""


@attrs.frozen(eq=False)
class Reader:
    """What reading a table takes: the connection of the run and where to tell what was met on the way."""

    connection: Connection
    source: Source
    report: Report
    progress: Progress
    cancel: Cancel
    rows_by_table: Counter[str] = attrs.field(factory=Counter)
    _open: WeakSet[Generator[list[Any]]] = attrs.field(factory=WeakSet)

    def close(self) -> None:
        """End the streams that a plugin or an error left open, while the connection is there to end them on."""
        for rows in tuple(self._open):
            rows.close()

    def aside(self) -> Reader:
        """A reader whose findings nobody hears: for a look at cells that are told of when they are written."""
        return attrs.evolve(self, report=Report())

    def texts(self, table: Table) -> Iterator[list[tuple[str, ...]]]:
        """The table's rows as batches of texts, one text for each column; control characters are left as they are."""
        self.report.ways.setdefault(table.name, "joined by Python")
        for query in table.queries:
            for rows in self._texts(table, query, 0):
                self.rows_by_table[table.name] += len(rows)
                yield rows

    def lines(self, table: Table) -> Iterator[bytes]:
        """The table's rows as tab-separated lines in UTF-8, one segment of at most `SEGMENT` rows at a time.

        Control characters inside a value become blanks and are counted (Darwin Core text has no way to escape them).
        """
        for query in table.queries:
            done, before = 0, self.progress.done
            try:
                for segment, rows in self._joined(table, query):
                    yield segment
                    done += rows
                    self.rows_by_table[table.name] += rows
            except _JoinInPython as why:
                self.report.ways[table.name] = f"joined by Python from row {done + 1}: {why}"
                self.progress.done = before + done
                for segment, rows in self._lines_by_python(table, query, done):
                    yield segment
                    self.rows_by_table[table.name] += rows

    # --- cells and statements

    def cells(self, table: Table, query: TableQuery) -> list[Cell]:
        """How each column of the table becomes text in this query."""
        codes = self._type_codes(query)
        found = []
        for header, field in table.columns.items():
            given = query.values.get(header)
            expression = literal("") if given is None else given.expression
            text_only = given is None or given.text_only
            wanted = field if given is None or given.field is None else given.field
            made = cells.cell(self.connection, wanted, expression, type_code=codes.get(header), text_only=text_only)
            if given is not None and given.minted and self.source.namespace is not None:
                made = cells.minted(given.minted, self.source.namespace, made)
            found.append(attrs.evolve(made, name=header))
        return found

    def _type_codes(self, query: TableQuery) -> dict[str, Any]:
        if self.connection.dialect.name == "sqlite" or not query.values:
            return {}
        labelled = [v.expression.label(f"c{i}") for i, v in enumerate(query.values.values())]
        sql = statement(self.connection, query.query.with_only_columns(*labelled, maintain_column_froms=True).limit(0))
        result = self.connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        description = result.cursor.description if result.cursor is not None else ()
        codes = [d[1] for d in description or ()]
        result.close()
        return dict(zip(query.values, codes, strict=True))

    def _statement(self, query: Select[Any], *columns: ColumnElement[Any]) -> str:
        labelled = [c.label(f"c{i}") for i, c in enumerate(columns)]
        return statement(self.connection, query.with_only_columns(*labelled, maintain_column_froms=True))

    def stream(self, sql: str) -> Iterator[list[Any]]:
        """The rows of a statement in batches of `BLOCK`, never all at once."""
        return self._kept(self._batches(sql))

    def _kept(self, rows: Generator[list[Any]]) -> Generator[list[Any]]:
        self._open.add(rows)
        return rows

    def _batches(self, sql: str) -> Generator[list[Any]]:
        if self.connection.dialect.name == "sqlite":
            cursor = self.connection.connection.cursor()  # SQLAlchemy's own would convert every value
            try:
                cursor.execute(sql)
                while rows := list(cursor.fetchmany(BLOCK)):
                    self._advance(len(rows))
                    yield rows
            finally:
                cursor.close()
            return
        options = {"stream_results": True, "yield_per": BLOCK, "no_parameters": True}
        with self.connection.exec_driver_sql(sql, execution_options=options) as result:
            for part in result.partitions(BLOCK):
                self._advance(len(part))
                yield [*part]

    def _advance(self, rows: int) -> None:
        self.cancel.check()
        self.progress.advance(rows)

    # --- Python joins

    def _texts(self, table: Table, query: TableQuery, skip: int) -> Iterator[list[tuple[str, ...]]]:
        columns = self.cells(table, query)
        ordered = self._after(query.query, skip) if skip else query.query
        sql = self._statement(ordered, *(c.single for c in columns))
        self._note_sort(table, sql)
        at = self._identified_at(table)
        for rows in self.stream(sql):
            by_column = [
                self._column(table, cell, values, partial(_identifier, columns[at], at, rows))
                for cell, values in zip(columns, zip(*rows, strict=True), strict=True)
            ]
            yield list(zip(*by_column, strict=True))

    def _after(self, query: Select[Any], skip: int) -> Select[Any]:
        """The query without its first rows. SQLite wants a LIMIT for that, and SQLAlchemy's own would be a parameter."""
        unlimited = query.limit(literal_column("-1")) if self.connection.dialect.name == "sqlite" else query
        return unlimited.offset(skip)

    def _identified_at(self, table: Table) -> int:
        """Where in a row what identifies it stands: the record's identifier, else the first cell."""
        schema = self.source.family.records.get(table.record)
        key = schema.fields[schema.key] if schema is not None and schema.key else None
        return next((i for i, field in enumerate(table.columns.values()) if field == key), 0)

    def _column(self, table: Table, cell: Cell, values: tuple[Any, ...], identifier: Callable[[int], str]) -> list[str]:
        """The texts of one column.

        :param identifier: of the row at a place in `values`.
        """
        texts = list(map(cell.text, values))
        lost = [i for i, t in enumerate(texts) if t is None] if None in texts else []
        filled = ["" if t is None else t for t in texts]
        broken = [i for i, t in enumerate(filled) if not t.isascii() and _SURROGATES.search(t)]
        if broken:
            filled = [_SURROGATES.sub("\ufffd", t) for t in filled]
        for code, message, where in (
            ("NUMBER_NOT_FINITE", "NaN or infinity was left empty", lost),
            ("TEXT_NOT_UTF8", "Bytes that are no UTF-8 became U+FFFD", broken),
        ):
            if where:
                examples = [f"{identifier(i)} ({cell.name})" for i in where[:EXAMPLES]]
                self._find(table, "warning", code, message, len(where), examples)
        return filled

    def _find(self, table: Table, level: Level, code: str, message: str, count: int, examples: list[str]) -> None:
        record = table.record or table.name
        self.report.add(Finding(level, code, message + ".", count, examples, record, table.name, "replaced"))

    def _lines_by_python(self, table: Table, query: TableQuery, skip: int) -> Iterator[tuple[bytes, int]]:
        segment: list[bytes] = []
        held = 0
        at = self._identified_at(table)
        for rows in self._texts(table, query, skip):
            clean = [[t if t.isprintable() else self._separated(table, row[at], t) for t in row] for row in rows]
            block = "".join("\x1f".join(row) + "\x1e" for row in clean).encode()
            count = _controls(block, len(rows), len(table.columns))
            self._replaced(table, count, _examples(block, at) if count else [])
            segment.append(block.translate(_TSV))
            held += len(rows)
            if held == SEGMENT:
                yield b"".join(segment), held
                segment, held = [], 0
        if segment:
            yield b"".join(segment), held

    def _separated(self, table: Table, identifier: str, text: str) -> str:
        """A text without the two characters that join cells and rows."""
        held = text.count("\x1f") + text.count("\x1e")
        self._replaced(table, held, [identifier])
        return text.translate({0x1F: " ", 0x1E: " "}) if held else text

    def _replaced(self, table: Table, count: int, examples: list[str]) -> None:
        if count:
            message = "Tabs, line breaks and other control characters inside values became blanks"
            self._find(table, "info", "CONTROL_CHARACTERS_REPLACED", message, count, examples)

    # --- the database joins

    def _joined(self, table: Table, query: TableQuery) -> Iterator[tuple[bytes, int]]:
        columns = self.cells(table, query)
        dialect = self.connection.dialect
        if dialect.name == "sqlite" and cells.utf16(self.connection):
            raise _JoinInPython("the database keeps its texts as UTF-16")
        if dialect.name == "sqlite":
            blocks = self._blocks_of_sqlite(table, query, columns)
        elif (dialect.name, dialect.driver) == ("postgresql", "psycopg"):
            blocks = self._blocks_of_copy(table, query, columns)
        else:
            raise _JoinInPython(f"no other way with {dialect.name} by {dialect.driver}")
        self.report.ways.setdefault(table.name, "joined by the database")
        segment: list[bytes] = []
        found: list[tuple[int, list[str]]] = []  # told only when the segment is whole: Python may have to write it again
        held = 0
        at = self._identified_at(table)
        with contextlib.closing(blocks):  # Python can only read when COPY no longer occupies the connection
            for block, rows in blocks:
                found.append(_checked(block, rows, len(columns), at))
                segment.append(block.translate(_TSV))
                held += rows
                if held == SEGMENT:
                    self._tell(table, found)
                    yield b"".join(segment), held
                    segment, found, held = [], [], 0
        if segment:
            self._tell(table, found)
            yield b"".join(segment), held

    def _tell(self, table: Table, found: list[tuple[int, list[str]]]) -> None:
        for count, examples in found:
            self._replaced(table, count, examples)

    def _blocks_of_sqlite(self, table: Table, query: TableQuery, columns: list[Cell]) -> Generator[tuple[bytes, int]]:
        pieces = _pieces(columns)
        joined = [_concat(self.connection, piece) if isinstance(piece, list) else piece.single for piece in pieces]
        sql = self._statement(query.query, *joined)
        self._note_sort(table, sql)
        python = [None if isinstance(piece, list) else _encoder(piece) for piece in pieces]
        for rows in self.stream(sql):
            if len(pieces) == 1 and python[0] is None:
                yield RECORD.join([row[0] for row in rows]) + RECORD, len(rows)
                continue
            by_piece = [c if p is None else map(p, c) for p, c in zip(python, zip(*rows, strict=True), strict=True)]
            yield RECORD.join(map(UNIT.join, zip(*by_piece, strict=True))) + RECORD, len(rows)

    def _blocks_of_copy(self, table: Table, query: TableQuery, columns: list[Cell]) -> Generator[tuple[bytes, int]]:
        filled = (func.coalesce(c.single, "") for c in columns)  # any sign for NULL may stand in a value
        sql = self._statement(query.query, *filled, func.chr(30))
        self._note_sort(table, sql)
        python = {i: _encoder(c) for i, c in enumerate(columns) if c.joined is None}
        end = UNIT + RECORD + b"\n"
        encoding = "SQL_ASCII" if self.connection.info.get(ANY_BYTES) else "UTF8"
        words = f"format csv, encoding '{encoding}', delimiter E'\\x1f', quote E'\\x02', null E'\\x04'"
        for rows in self._kept(self._copy(f"copy ({sql}) to stdout ({words})")):
            block = b"".join(rows).replace(end, RECORD)
            if _QUOTE + _QUOTE in block:
                raise _JoinInPython("a value holds the character 0x02")
            yield self._unquoted(block, len(rows), len(columns), python), len(rows)

    def _copy(self, sql: str) -> Generator[list[bytes]]:
        """The messages of a COPY, one for each row, in batches. Leaving early cancels it, else the driver would read on."""
        driver: Any = self.connection.connection.driver_connection
        asked = sql.encode() if self.connection.info.get(ANY_BYTES) else sql
        with driver.cursor() as cursor, cursor.copy(asked) as copy:
            finished = False
            try:
                rows: list[bytes] = []
                for message in copy:
                    rows.append(bytes(message))
                    if len(rows) == BLOCK:
                        self._advance(BLOCK)
                        yield rows
                        rows = []
                finished = True
                if rows:
                    self._advance(len(rows))
                    yield rows
            finally:
                if not finished:
                    driver.cancel_safe(timeout=5.0)

    def _unquoted(self, block: bytes, rows: int, width: int, python: dict[int, Callable[[Any], bytes]]) -> bytes:
        plain = block.translate(None, _QUOTE)
        if not python:
            return plain
        if plain.count(UNIT) != rows * (width - 1) or plain.count(RECORD) != rows:
            raise _JoinInPython("a value holds a separator")
        lines = [line.split(UNIT) for line in plain.split(RECORD)[:-1]]
        for line in lines:
            for i, encode in python.items():
                line[i] = encode(line[i].decode() or None)
        return b"".join(UNIT.join(line) + RECORD for line in lines)

    def _note_sort(self, table: Table, sql: str) -> None:
        counted = self.report.records.get(table.record)
        if counted is not None and counted.written < MANY_ROWS:
            return
        if plan_sorts(self.connection, sql):
            message = (
                "No index serves the order of its rows, so the database sorts them all first; name a key that one serves."
            )
            self.report.add(Finding("info", "ROWS_SORTED", message, 1, [], table.record, table.name, "kept"))


def _encoder(cell: Cell) -> Callable[[Any], bytes]:
    def encode(value: Any) -> bytes:
        text = cell.text(value)
        if text is None:
            raise _JoinInPython("a number is NaN or infinite")
        return text.encode("utf-8", "surrogateescape")

    return encode


def _identifier(cell: Cell, at: int, rows: Sequence[Sequence[Any]], row: int) -> str:
    return _SURROGATES.sub("\ufffd", cell.text(rows[row][at]) or "without identifier")


def _checked(block: bytes, rows: int, width: int, at: int) -> tuple[int, list[str]]:
    """How many control characters stand inside cells, with the identifiers of the first such rows.

    :param at: where in a row its identifier is.
    :raises _JoinInPython: for a block whose cells cannot be told apart, or that Python has to write.
    """
    count = _controls(block, rows, width)
    if count and (block.count(UNIT) != rows * (width - 1) or block.count(RECORD) != rows):
        raise _JoinInPython("a value holds a separator")
    if count and cells.SPECIAL_BYTE in block:
        raise _JoinInPython("a column holds a number that only Python writes exactly")
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError:
            raise _JoinInPython("a value is no UTF-8") from None
    return count, _examples(block, at) if count else []


def _controls(block: bytes, rows: int, width: int) -> int:
    return len(block) - len(block.translate(None, _CONTROLS)) - rows * width


def _pieces(columns: list[Cell]) -> list[list[Cell] | Cell]:
    """Neighbours that the database can join, together; the others alone."""
    pieces: list[list[Cell] | Cell] = []
    for joinable, group in groupby(columns, lambda c: c.joined is not None):
        found = list(group)
        pieces += [found] if joinable else found
    return pieces


def _concat(connection: Connection, columns: list[Cell]) -> ColumnElement[Any]:
    """The texts of the columns with `UNIT` between them, as bytes, in SQLite's words."""
    parts: list[Any] = []
    newer = connection.dialect.dbapi.sqlite_version_info >= (3, 44)  # type: ignore[union-attr]
    for column in columns:
        assert column.joined is not None
        parts += [func.char(31), column.joined if newer else func.ifnull(column.joined, "")]
    if newer:  # concat() takes NULL for the empty text
        return cast(func.concat(*parts[1:]), LargeBinary)
    whole: ColumnElement[Any] = cast(parts[1], Text)
    for part in parts[2:]:
        whole = whole.concat(part)
    return cast(whole, LargeBinary)


def _examples(block: bytes, at: int) -> list[str]:
    """The identifiers of the first rows that hold a control character."""
    lines = (line for line in block.split(RECORD) if _CONTROL_IN_BLOCK.search(line.replace(UNIT, b"")))
    return [line.split(UNIT)[at].decode("utf-8", "replace") for line in islice(lines, EXAMPLES)]
