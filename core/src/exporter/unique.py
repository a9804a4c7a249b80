"""Duplicate identifiers, found in flat memory: exact ones, and those that differ in case only (the IPT compares so).

A pass keeps 64 bits of each identifier in a scratch file; what is equal there is looked up again, letter by letter. Sorting or
grouping in SQLite would hold every identifier in memory.
"""

from __future__ import annotations

import re
import string
import warnings
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    String,
    TableClause,
    cast,
    collate,
    func,
    inspect,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.exc import SAWarning

from exporter.context import ExportContext
from exporter.database import fetch, found_at_once, statement
from exporter.report import EXAMPLES, Finding
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, value

DUPLICATES = ("ID_DUPLICATE", "ID_DIFFERS_IN_CASE_ONLY")
_AT_ONCE = 250_000  # hashes in one set: some 20 MB
_READ = 1 << 17  # hashes read from the scratch file at once
_MOST = 100_000  # suspicious hashes that are looked up; beyond, the count is a lower bound
_WORTH = 8  # a look at an identifier in an index costs about an eighth of one at a row
_BLOCK = 1 << 20  # bytes of identifiers that are looked at together
_FIRST = 1_000  # identifiers in the first of these blocks, before it is known how long they are
_LETTERS = frozenset(string.ascii_letters.encode())
_NO_LETTERS = b"\n" + bytes({*range(0x20, 0x7F)} - _LETTERS)  # printable ASCII, and what stands between identifiers
_BLANKS = dict.fromkeys([*range(0x20), 0x7F], " ")


def note_duplicates(ctx: ExportContext, row: RecordRows) -> None:
    """Note the duplicate identifiers of a record, as findings of level error."""
    suspects = _suspects(ctx, row)
    if not suspects:
        return
    exact: Counter[str] = Counter()
    folded: Counter[str] = Counter()
    for text in _identifiers(ctx, row):
        if hash(text.casefold()) in suspects:
            exact[text] += 1
            folded[text.casefold()] += 1
    twice = [t for t, n in exact.items() if n > 1]
    field = row.bound.schema.fields[row.bound.schema.key].spelling
    if twice:
        count = sum(exact[t] for t in twice)
        message = f"Rows that share their {field} with another."
        ctx.report.add(Finding("error", DUPLICATES[0], message, count, twice[:EXAMPLES], row.name, action="kept"))
    spelt = Counter(t.casefold() for t in exact)
    alike = [t for t in exact if spelt[t.casefold()] > 1]
    if alike:
        message = f"Rows whose {field} differs from another in upper and lower case only."
        count = sum(exact[t] for t in alike)
        ctx.report.add(Finding("error", DUPLICATES[1], message, count, alike[:EXAMPLES], row.name, action="kept"))


def proven_unique(ctx: ExportContext, row: RecordRows) -> bool:
    """Whether a unique index of SQLite says it all: over whole numbers, or over plain texts that case cannot make alike."""
    column = _indexed_column(ctx, row)
    if column is None or not _worth_it(ctx, row, column):
        return False
    ends = [select(func.typeof(end(column))).scalar_subquery() for end in (func.min, func.max)]
    match fetch(ctx.connection, select(*ends))[0]:
        case ("text", "text"):  # and so is all between them: numbers sort before texts, and bytes after
            return _is_walked(ctx.connection, column) and _plain(ctx.connection, column)
        case ("integer", "integer"):
            return not fetch(ctx.connection, select(literal(1)).where(func.typeof(column) == "real").limit(1))
        case ("null", "null"):
            return True
        case _:
            return False


def _indexed_column(ctx: ExportContext, row: RecordRows) -> Any:
    """The table's column that holds the identifiers, or the keys they are made from, if it alone is under a unique index."""
    froms = row.bound.select.get_final_froms()
    column: Any = row.bound.select.selected_columns[row.bound.schema.key].element
    if ctx.connection.dialect.name != "sqlite" or len(froms) != 1 or not isinstance(froms[0], TableClause):
        return None
    if getattr(column, "table", None) is not froms[0] or not is_indexed_alone(ctx.connection, froms[0], column.name):
        return None
    return column


def _worth_it(ctx: ExportContext, row: RecordRows, column: Any) -> bool:
    """Whether the rows are a good part of the table, which is looked at as a whole."""
    counted = ctx.report.records.get(row.name)
    whole = select(func.count()).select_from(column.table)
    return counted is None or fetch(ctx.connection, whole)[0][0] <= counted.written * _WORTH


def is_indexed_alone(connection: Connection, table: TableClause, column: str) -> bool:
    """Whether a column alone is under a unique index."""
    inspector = inspect(connection)
    with warnings.catch_warnings(action="ignore", category=SAWarning):  # of indexes on expressions, which are none of ours
        indexes = [i for i in inspector.get_indexes(table.name, schema=table.schema) if i["unique"]]
        constraints = inspector.get_unique_constraints(table.name, schema=table.schema)
        primary = inspector.get_pk_constraint(table.name, schema=table.schema)["constrained_columns"]
    unique: list[Any] = [i["column_names"] for i in indexes if i.get("dialect_options", {}).get("sqlite_where") is None]
    return [column] in [primary, *unique, *(c["column_names"] for c in constraints)]


def _is_walked(connection: Connection, column: Any) -> bool:
    """Whether an index serves the order of the texts letter by letter; one in another collation sorts otherwise."""
    order = _exact(column)
    walked = select(order).where(order > literal("")).order_by(order).limit(1)
    return found_at_once(connection, statement(connection, walked))


def _exact(column: Any) -> ColumnElement[Any]:
    return collate(type_coerce(column, String), "BINARY")


def _plain(connection: Connection, column: Any) -> bool:
    """Whether all are printable ASCII, and no letter occurs both in upper and in lower case, but for what they all begin with."""
    begin: bytes | None = None
    seen: set[int] = set()
    for lines, count in _blocks(connection, column):
        begin = _beginning(lines) if begin is None else begin
        if any(lines.count(b"\n" + each) != count for each in {b"", begin}):
            return False
        rest = lines.replace(b"\n" + begin, b"\n") if begin else lines
        seen = _letters(rest, seen)
        if not seen <= _LETTERS or _clash(seen):
            return False
    return True


def _blocks(connection: Connection, column: Any) -> Iterator[tuple[bytes, int]]:
    """The texts of a column in the order of its index, each after a line feed, and how many they are; further while plain."""
    text_of = _exact(column)  # in the column's own collation a block might end among equals
    after: ColumnElement[bool] = text_of.is_not(None)
    size = _FIRST
    while True:  # SQLite joins what it gets, in the order in which the LIMIT gives it
        part = select(text_of.label("id")).where(after).order_by(text_of).limit(size).subquery("part")
        joined = cast(func.group_concat(part.c.id, "\n"), LargeBinary)
        text, count = fetch(connection, select(joined, func.count()))[0]
        if not count:
            return
        yield b"\n" + text, count
        after = text_of > literal(text[text.rfind(b"\n") + 1 :].decode("ascii"))
        size = max(1, _BLOCK * count // (len(text) + 1))


def _beginning(lines: bytes) -> bytes:
    """What identifiers begin with, up to a letter, where without it they would have letters in both cases: `urn:uuid:`."""
    if not _clash(_letters(lines, set())):
        return b""
    ids = lines[1:].split(b"\n")
    low, high = min(ids), max(ids)
    same = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    found = re.match(rb"[ -~]*[A-Za-z]", low[:same])
    return found[0] if found else b""


def _letters(lines: bytes, known: set[int]) -> set[int]:
    """The letters and odd bytes in a text, and those already known."""
    most = known | {*lines[:1000]}.difference(_NO_LETTERS)  # so that hardly anything is left to go through
    return most.union(lines.translate(None, _NO_LETTERS + bytes(most)))


def _clash(letters: set[int]) -> bool:
    return any(letter ^ 0x20 in letters for letter in letters)


def _identifiers(ctx: ExportContext, row: RecordRows) -> Iterator[str]:
    """The identifiers as an artifact may show them: control characters as blanks."""
    key = row.bound.schema.fields[row.bound.schema.key]
    query = TableQuery(row.select(), {"id": value(row, key.name)})
    table = Table(f"identifiers of {row.name}", row.name, {"id": key}, (query,))
    for batch in ctx.reader.aside().texts(table):
        yield from (text if text.isprintable() else text.translate(_BLANKS) for (text,) in batch)


def _suspects(ctx: ExportContext, row: RecordRows) -> set[int]:
    """Hashes that occur more than once."""
    path = ctx.scratch / "hashes"
    total = 0
    with path.open("wb") as file:
        chunk = array("q")
        for text in _identifiers(ctx, row):
            chunk.append(hash(text.casefold()))
            if len(chunk) == _READ:
                chunk.tofile(file)
                total += len(chunk)
                chunk = array("q")
        chunk.tofile(file)
        total += len(chunk)
    passes = total // _AT_ONCE + 1
    found: set[int] = set()
    for i in range(passes):
        found |= _twice(path, passes, i)
        if len(found) > _MOST:
            break
    path.unlink()
    return found


def _twice(path: Path, passes: int, which: int) -> set[int]:
    seen: set[int] = set()
    found: set[int] = set()
    for chunk in _chunks(path):
        part = [h for h in chunk if h % passes == which] if passes > 1 else list(chunk)
        fresh = set(part)
        if len(fresh) == len(part) and seen.isdisjoint(fresh):
            seen |= fresh
            continue
        for h in part:
            (found if h in seen else seen).add(h)
    return found


def _chunks(path: Path) -> Iterator[array[int]]:
    with path.open("rb") as file:
        while data := file.read(_READ * 8):
            chunk = array("q")
            chunk.frombytes(data)
            yield chunk
