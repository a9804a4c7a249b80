"""Tables as streams: batches of texts for any format, and whole segments of bytes for delimited text.

Memory holds a few segments at a time. A segment is a fixed number of rows, so that it depends on the data alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar, cast
from weakref import WeakSet

import attrs
from sqlalchemy import Connection, Select, literal, literal_column
from sqlalchemy.sql.elements import ColumnElement

from exporter import cells, joined
from exporter.cancel import Cancel
from exporter.cells import Cell
from exporter.database import MANY_ROWS, plan_sorts, statement
from exporter.errors import ReadAgainError
from exporter.joined import JoinInPython, Segment
from exporter.progress import Progress
from exporter.readers import Readers
from exporter.report import EXAMPLES, Finding, Level, Report
from exporter.source import Source
from exporter.tables import Table, TableQuery

T = TypeVar("T")
_SURROGATES = re.compile("[\ud800-\udfff]+")


@attrs.frozen(eq=False)
class Reader:
    """What reading a table takes: the connection of the run and where to tell what was met on the way.

    :param counts: whether the rows that it reads are those of the artifact.
    """

    connection: Connection
    source: Source
    report: Report
    progress: Progress
    cancel: Cancel
    readers: Readers
    rows_by_table: Counter[str] = attrs.field(factory=Counter)
    _open: WeakSet[Generator[Any]] = attrs.field(factory=WeakSet)
    counts: bool = True
    _begun: set[Table] = attrs.field(factory=set)
    _ended: set[Table] = attrs.field(factory=set)

    def close(self) -> None:
        """End the streams that a plugin or an error left open, while the connection is there to end them on."""
        for rows in tuple(self._open):
            rows.close()
        self.readers.close()

    def aside(self) -> Reader:
        """A reader for a look at cells before they are written: nobody hears its findings, and its rows do not count."""
        return attrs.evolve(self, report=Report(), rows_by_table=Counter(), counts=False)

    def on(self, connection: Connection) -> Reader:
        """A reader that reads with one connection alone, in whatever thread; its rows are not those of the artifact."""
        return attrs.evolve(
            self, connection=connection, readers=Readers((connection,)), rows_by_table=Counter(), counts=False
        )

    def once(self, table: Table, rows: Iterator[T]) -> Iterator[T]:
        """The rows of a table that are held against what was counted; of any other table as often as anybody likes.

        :raises ReadAgainError: when somebody has begun to read it before.
        """
        if self.counts and table.is_counted:
            if table in self._begun:
                raise ReadAgainError(
                    f"The table '{table.name}' was read a second time.",
                    hint="Rows count as they are read, so a run reads a table once. Keep below ctx.scratch what is needed again; "
                    "`ctx.reader.aside().texts(table)` reads rows that do not count.",
                )
            self._begun.add(table)
        yield from rows
        if self.counts:
            self._ended.add(table)

    def was_read(self, table: Table) -> bool:
        """Whether somebody has read a table to its end."""
        return table in self._ended

    def texts(self, table: Table) -> Iterator[list[tuple[str, ...]]]:
        """The table's rows as batches of texts, one text for each column; control characters are left as they are."""
        for columns in self.columns(table):
            yield list(zip(*columns, strict=True))

    def columns(self, table: Table) -> Iterator[list[list[str]]]:
        """The same, by column: for each batch a list of texts for each column, in the table's order."""
        self.report.ways.setdefault(table.name, "joined by Python")
        for query in table.queries:
            for columns in self._columns(table, query, 0):
                self.rows_by_table[table.name] += len(columns[0])
                yield columns

    def lines(self, table: Table) -> Iterator[bytes]:
        """The table's rows as tab-separated lines in UTF-8, one segment of at most `joined.SEGMENT` rows at a time.

        Control characters inside a value become blanks and are counted (Darwin Core text has no way to escape them).
        """
        for query in table.queries:
            for segment in self._segments(table, query):
                self.rows_by_table[table.name] += segment.rows
                self._replaced(table, segment.replaced, segment.examples)
                yield segment.lines

    def _segments(self, table: Table, query: TableQuery) -> Iterator[Segment]:
        done, before = 0, self.progress.done
        try:
            given = joined.segments(self, table, query)
            self._open.add(given)
            for segment in given:
                yield segment
                done += segment.rows
        except JoinInPython as why:
            self.report.ways[table.name] = f"joined by Python from row {done + 1}: {why}"
            self.progress.done = before + done
            yield from self._segments_by_python(table, query, done)

    # --- cells and statements

    def cells(self, table: Table, query: TableQuery) -> list[Cell]:
        """How each column of the table becomes text in this query."""
        codes = self.type_codes(query)
        found = []
        for header, field in table.columns.items():
            given = query.values.get(header)
            expression = literal("") if given is None else given.expression
            text_only = given is None or given.text_only
            wanted = field if given is None or given.field is None else given.field
            made = cells.cell(self.connection, wanted, expression, type_code=codes.get(header), text_only=text_only)
            if given is not None and given.number_only and self.connection.dialect.name == "sqlite":
                made = attrs.evolve(made, single=expression)  # there is no text to be taken as bytes
            if given is not None and given.minted and self.source.namespace is not None:
                made = cells.minted(given.minted, self.source.namespace, made)
            found.append(attrs.evolve(made, name=header))
        return found

    def type_codes(self, query: TableQuery) -> dict[str, Any]:
        """The driver's code of each value's type, by header; nothing on SQLite, where a value has its own."""
        if self.connection.dialect.name == "sqlite" or not query.values:
            return {}
        labelled = [v.expression.label(f"c{i}") for i, v in enumerate(query.values.values())]
        sql = statement(self.connection, query.query.with_only_columns(*labelled, maintain_column_froms=True).limit(0))
        result = self.connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
        description = result.cursor.description if result.cursor is not None else ()
        codes = [d[1] for d in description or ()]
        result.close()
        return dict(zip(query.values, codes, strict=True))

    def statement(self, query: Select[Any], *columns: ColumnElement[Any]) -> str:
        """The query with these columns, as one text."""
        labelled = [c.label(f"c{i}") for i, c in enumerate(columns)]
        return statement(self.connection, query.with_only_columns(*labelled, maintain_column_froms=True))

    def stream(self, sql: str) -> Iterator[list[Any]]:
        """The rows of a statement in batches of `joined.SEGMENT` or fewer, never all at once."""
        return self.kept(self._batches(sql))

    def kept(self, rows: Generator[list[Any]]) -> Generator[list[Any]]:
        """The same, to be closed with the reader."""
        self._open.add(rows)
        return rows

    def _batches(self, sql: str) -> Generator[list[Any]]:
        if self.connection.dialect.name == "sqlite":
            cursor = self.connection.connection.cursor()  # SQLAlchemy's own would convert every value
            try:
                cursor.execute(sql)
                wanted = min(joined.SAMPLE, joined.SEGMENT)
                while rows := list(cursor.fetchmany(wanted)):
                    self.advance(len(rows))
                    yield rows
                    wanted = joined.rows_for(_length(rows))
            finally:
                cursor.close()
            return
        options = {"stream_results": True, "yield_per": joined.SEGMENT, "no_parameters": True}
        with self.connection.exec_driver_sql(sql, execution_options=options) as result:
            for part in result.partitions(joined.SEGMENT):
                self.advance(len(part))
                yield [*part]

    def advance(self, rows: int) -> None:
        """So many rows more were read.

        :raises Cancelled: when somebody asked to stop.
        """
        self.cancel.check()
        self.progress.advance(rows)

    # --- Python joins

    def _columns(self, table: Table, query: TableQuery, skip: int) -> Iterator[list[list[str]]]:
        columns = self.cells(table, query)
        ordered = self._after(query.ordered(), skip) if skip else query.ordered()
        sql = self.statement(ordered, *(c.single for c in columns))
        self.note_sort(table, sql)
        at = self.identified_at(table)
        for rows in self.stream(sql):
            yield [
                self._column(table, cell, values, partial(_identifier, columns[at], at, rows))
                for cell, values in zip(columns, zip(*rows, strict=True), strict=True)
            ]

    def _after(self, query: Select[Any], skip: int) -> Select[Any]:
        """The query without its first rows. SQLite wants a LIMIT for that, and SQLAlchemy's own would be a parameter."""
        unlimited = query.limit(literal_column("-1")) if self.connection.dialect.name == "sqlite" else query
        return unlimited.offset(skip)

    def identified_at(self, table: Table) -> int:
        """Where in a row what identifies it stands: the record's identifier, else the first cell."""
        schema = self.source.family.records.get(table.record)
        key = schema.fields[schema.key] if schema is not None and schema.key else None
        return next((i for i, field in enumerate(table.columns.values()) if field == key), 0)

    def _column(self, table: Table, cell: Cell, values: tuple[Any, ...], identifier: Callable[[int], str]) -> list[str]:
        """The texts of one column.

        :param identifier: of the row at a place in `values`.
        """
        texts = cell.texts(values)
        lost = [i for i, t in enumerate(texts) if t is None] if None in texts else []
        filled = ["" if t is None else t for t in texts] if lost else cast("list[str]", texts)
        broken = [] if all(map(str.isascii, filled)) else [i for i, t in enumerate(filled) if _SURROGATES.search(t)]
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

    def _segments_by_python(self, table: Table, query: TableQuery, skip: int) -> Iterator[Segment]:
        at = self.identified_at(table)
        for columns in self._columns(table, query, skip):
            yield self._segment(table, [*zip(*columns, strict=True)], at)

    def _segment(self, table: Table, rows: Sequence[Sequence[str]], at: int) -> Segment:
        clean = [[t if t.isprintable() else self._separated(table, row[at], t) for t in row] for row in rows]
        block = "".join("\x1f".join(row) + "\x1e" for row in clean).encode()
        return joined.segment(block, len(rows), len(table.columns), at)

    def _separated(self, table: Table, identifier: str, text: str) -> str:
        """A text without the two characters that join cells and rows."""
        held = text.count("\x1f") + text.count("\x1e")
        self._replaced(table, held, [identifier])
        return text.translate({0x1F: " ", 0x1E: " "}) if held else text

    def _replaced(self, table: Table, count: int, examples: Iterable[str]) -> None:
        if count:
            message = "Tabs, line breaks and other control characters inside values became blanks"
            self._find(table, "info", "CONTROL_CHARACTERS_REPLACED", message, count, [*examples])

    def note_sort(self, table: Table, sql: str) -> None:
        """Say so when the database sorts a large table before it gives the first row."""
        counted = self.report.records.get(table.record)
        if counted is not None and counted.written < MANY_ROWS:
            return
        if plan_sorts(self.connection, sql):
            message = (
                "No index serves the order of its rows, so the database sorts them all first; name a key that one serves."
            )
            self.report.add(Finding("info", "ROWS_SORTED", message, 1, [], table.record, table.name, "kept"))


def _length(rows: Sequence[Sequence[Any]]) -> float:
    """The length of a row, in bytes or characters, as a few of them have it."""
    sample = rows[:: len(rows) // joined.SAMPLE + 1]
    return sum(len(v) for row in sample for v in row if isinstance(v, str | bytes)) / len(sample)


def _identifier(cell: Cell, at: int, rows: Sequence[Sequence[Any]], row: int) -> str:
    return _SURROGATES.sub("\ufffd", cell.text(rows[row][at]) or "without identifier")
