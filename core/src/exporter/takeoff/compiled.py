"""Measurements that an aggregate of exporter-native writes as they are to stand in a file, and those that it leaves to Python.

They are read by blocks of one condition each, several at once where there are several readers. A block of which a value takes a
closer look comes as texts.
"""

from __future__ import annotations

import contextlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

import attrs
from sqlalchemy import ColumnElement, LargeBinary, cast, column, func, literal, literal_column, null, select

from exporter import native
from exporter.cells import SPECIAL_BYTE
from exporter.database import fetch, ranges_served, statement
from exporter.joined import RECORD
from exporter.rows import Reader
from exporter.tables import Table, TableQuery
from exporter.takeoff.data import Condition, Row

BLOCK = 800  # rows: more only take more memory
_PATIENCE = 8  # blocks that Python has to write; then it is given all the rest, which takes one statement
_CONDITION: ColumnElement[Any] = literal_column(":condition")
_LOW: ColumnElement[Any] = literal_column(":low")
_HIGH: ColumnElement[Any] = literal_column(":high")
_OWN = ("CO-ROUTINE lines", "SCAN lines")


class Form(Protocol):
    """How rows are written: aggregates, whose parameters stand in them as `literal_column(":name")`.

    Parameters are not called condition, low or high.
    """

    @property
    def most(self) -> int:
        """Rows of a condition that are written so; one that has more is Python's."""
        ...

    def aggregates(self, cells: Callable[[str], ColumnElement[Any]]) -> Sequence[ColumnElement[Any]]:
        """What is made of the rows of a block, whose cells a function gives by header, NULL for those that the source lacks.

        The first gives bytes, or NULL for a block that Python has to write.
        """
        ...

    def given(self, condition: Condition, before: int) -> Mapping[str, Any]:
        """The parameters for a block of a condition that so many rows come before."""
        ...


@attrs.frozen
class Written:
    """A block of rows of a condition.

    :param content: what the first aggregate made of them; :param more: what the others did.
    :param pages: the page of each row; :param quantities: that of each row, 0 where it has none.
    """

    content: bytes
    more: Sequence[Any]
    pages: Sequence[str]
    quantities: Sequence[float]


Run = tuple[str, Written | list[Row]]


def runs(reader: Reader, table: Table, conditions: Sequence[Condition], form: Form) -> Iterator[Run] | None:
    """The measurements with the identifier of their condition, block by block; None where the functions cannot read them.

    :param table: of one query, in the order of conditions and then of a key; the condition's identifier is its first column.
    """
    (query,) = table.queries
    plain = all(value.minted is None for value in query.values.values())
    if query.order is None or query.then is None or not plain or not native.served(reader.connection):
        return None
    keys = [row[0] for row in fetch(reader.connection, select(query.order).order_by(query.order))]
    known = len(set(keys)) == len(conditions) == len(keys) and all(isinstance(key, int | str) for key in keys)
    if not conditions or not known:
        return None
    blocks = _Blocks(reader, table, query, query.order, query.then, list(zip(keys, conditions, strict=True)), form)
    return blocks.runs() if blocks.is_served() else None


@attrs.frozen
class _Block:
    """Rows to be read: those of a condition from the key `low` on, before `high`; None is no bound.

    :param key: of the condition. :param before: rows of the condition that come before.
    """

    key: Any
    condition: Condition
    before: int = 0
    low: Any = None
    high: Any = None


@attrs.define(eq=False)
class _Blocks:
    """The blocks of a table.

    :param order: the key of the condition; :param then: that of the measurement.
    :param conditions: with their keys.
    """

    reader: Reader
    table: Table
    query: TableQuery
    order: ColumnElement[Any]
    then: ColumnElement[Any]
    conditions: Sequence[tuple[Any, Condition]]
    form: Form
    _statements: dict[tuple[bool, bool], str] = attrs.field(factory=dict)
    _keys: dict[bool, str] = attrs.field(factory=dict)

    def is_served(self) -> bool:
        """Whether an index serves what a block reads, and the order of its rows."""
        key, condition = self.conditions[0]
        sql, given = self._asked(_Block(key, condition, 0, 0, 0))
        return ranges_served(self.reader.connection, sql, given, _OWN)

    def runs(self) -> Iterator[Run]:
        """All rows, those of one condition after those of another."""
        self.reader.report.ways.setdefault(self.table.name, self.reader.readers.way)
        refused = done = 0
        with contextlib.closing(self.reader.readers.in_order(self._read, self._blocks())) as found:
            for block, written in found:
                if not block.before:
                    if refused > _PATIENCE:
                        break
                    done = 0
                if written is not None and done == block.before:
                    rows = len(written.quantities)
                    self.reader.advance(rows)
                    self.reader.rows_by_table[self.table.name] += rows
                    done += rows
                    yield block.condition.condition_id, written
                else:
                    refused += 1
                    for uid, texts in self._texts(*self._within(block)):
                        done += len(texts)
                        yield uid, texts
            else:
                return
        yield from self._texts(self.order >= literal(block.key))

    # --- blocks

    def _blocks(self) -> Iterator[_Block]:
        for key, condition in self.conditions:
            low, before = None, 0
            while condition.count <= self.form.most and condition.count - before > BLOCK:
                high = self._key_after(key, low)
                if high is None:
                    break
                yield _Block(key, condition, before, low, high)
                low, before = high, before + BLOCK
            if condition.count:
                yield _Block(key, condition, before, low)

    def _key_after(self, key: Any, low: Any) -> Any:
        """The first key after a block; None where no row comes after it."""
        begins = low is not None
        if begins not in self._keys:
            where = self._where(_CONDITION, _LOW if begins else None)
            query = self.query.query.where(*where).order_by(self.then).limit(literal_column("1"))
            self._keys[begins] = self.reader.statement(query.offset(literal_column(str(BLOCK))), self.then)
        driver: Any = self.reader.connection.connection.driver_connection
        row = driver.execute(self._keys[begins], {"condition": key, "low": low}).fetchone()
        return row[0] if row else None

    def _where(self, key: Any, low: Any = None, high: Any = None) -> list[ColumnElement[bool]]:
        bounds = [] if low is None else [self.then >= low]
        return [self.order == key, *bounds, *([] if high is None else [self.then < high])]

    # --- what writes them

    def _read(self, driver: Any, block: _Block) -> tuple[_Block, Written | None]:
        if block.condition.count > self.form.most:
            return block, None
        sql, given = self._asked(block)
        content, *more, rows, pages, quantities = driver.execute(sql, given).fetchone()
        if content is None or quantities is None or len(quantities) != 8 * rows:
            return block, None
        named = _texts_of(pages, rows)
        return block, None if named is None else Written(content, more, named, array("d", quantities))

    def _asked(self, block: _Block) -> tuple[str, dict[str, Any]]:
        """The statement for a block, and its parameters."""
        bounds = block.low is not None, block.high is not None
        if bounds not in self._statements:
            self._statements[bounds] = self._statement(*bounds)
        given = {"condition": block.key, "low": block.low, "high": block.high}
        return self._statements[bounds], {**given, **self.form.given(block.condition, block.before)}

    def _statement(self, begins: bool, ends: bool) -> str:
        asked: dict[str, ColumnElement[Any]] = {}

        def cell(header: str) -> ColumnElement[Any]:
            value = self.query.values.get(header)
            if value is None:
                return null()
            asked[header] = value.expression.label(header)
            return column(header)

        made = [
            *self.form.aggregates(cell),
            func.count(),
            self._pages(cell("page_id")),
            func.exporter_doubles(cell("quantity")),
        ]
        where = self._where(_CONDITION, _LOW if begins else None, _HIGH if ends else None)
        ordered = self.query.query.where(*where).order_by(self.then)
        lines = ordered.with_only_columns(*asked.values(), maintain_column_froms=True).subquery("lines")
        return statement(self.reader.connection, select(*made).select_from(lines))

    def _pages(self, page: ColumnElement[Any]) -> ColumnElement[Any]:
        text = func.exporter_line(literal(""), literal(RECORD.decode()), literal("t"), page)
        return cast(func.group_concat(text, literal("")), LargeBinary)

    # --- what Python writes

    def _texts(self, *where: ColumnElement[bool]) -> Iterator[tuple[str, list[Row]]]:
        query = attrs.evolve(self.query, query=self.query.query.where(*where))
        for batch in self.reader.texts(attrs.evolve(self.table, queries=(query,))):
            for uid, rows in groupby(batch, key=itemgetter(0)):
                yield uid, list(rows)

    def _within(self, block: _Block) -> list[ColumnElement[bool]]:
        bounds = (None if key is None else literal(key) for key in (block.low, block.high))
        return self._where(literal(block.key), *bounds)


def _texts_of(joined: bytes, rows: int) -> list[str] | None:
    """Texts, each with a separator after it; None where one holds it, or is none that SQLite writes."""
    try:
        texts = joined.decode().split(RECORD.decode())[:-1]
    except UnicodeDecodeError:
        return None
    return texts if len(texts) == rows and SPECIAL_BYTE not in joined else None
