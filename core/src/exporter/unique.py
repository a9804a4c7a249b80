"""Duplicate identifiers, found in flat memory: exact ones, and those that differ in case only (the IPT compares so).

A pass keeps 64 bits of each identifier in a scratch file; what is equal there is looked up again, letter by letter. Sorting or
grouping in SQLite would hold every identifier in memory.
"""

from __future__ import annotations

import warnings
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, TableClause, func, inspect, literal, or_
from sqlalchemy.exc import SAWarning

from exporter.context import ExportContext
from exporter.database import fetch
from exporter.report import EXAMPLES, Finding
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, value

_AT_ONCE = 250_000  # hashes in one set: some 20 MB
_READ = 1 << 17  # hashes read from the scratch file at once
_MOST = 100_000  # suspicious hashes that are looked up; beyond, the count is a lower bound
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
        ctx.report.add(Finding("error", "ID_DUPLICATE", message, count, twice[:EXAMPLES], row.name, action="kept"))
    spelt = Counter(t.casefold() for t in exact)
    alike = [t for t in exact if spelt[t.casefold()] > 1]
    if alike:
        message = f"Rows whose {field} differs from another in upper and lower case only."
        count = sum(exact[t] for t in alike)
        ctx.report.add(
            Finding("error", "ID_DIFFERS_IN_CASE_ONLY", message, count, alike[:EXAMPLES], row.name, action="kept")
        )


def proven_unique(ctx: ExportContext, row: RecordRows) -> bool:
    """Whether a unique index says it all: of plain lower-case texts in one table, on SQLite."""
    froms = row.bound.select.get_final_froms()
    key = row.bound.schema.key
    column: Any = row.bound.select.selected_columns[key].element
    if ctx.connection.dialect.name != "sqlite" or len(froms) != 1 or not isinstance(froms[0], TableClause):
        return False
    if getattr(column, "table", None) is not froms[0] or not _indexed(ctx.connection, froms[0], column.name):
        return False
    shown = row.columns[key]
    odd = or_(func.typeof(shown) != "text", shown != func.lower(shown), shown.bool_op("glob")(literal("*[^ -~]*")))
    count = row.select().where(shown.is_not(None), odd).with_only_columns(func.count(), maintain_column_froms=True)
    return not fetch(ctx.connection, count)[0][0]


def _indexed(connection: Connection, table: TableClause, column: str) -> bool:
    """Whether a column alone is under a unique index."""
    inspector = inspect(connection)
    with warnings.catch_warnings(action="ignore", category=SAWarning):  # of indexes on expressions, which are none of ours
        indexes = [i for i in inspector.get_indexes(table.name, schema=table.schema) if i["unique"]]
        constraints = inspector.get_unique_constraints(table.name, schema=table.schema)
    unique: list[Any] = [i["column_names"] for i in indexes if i.get("dialect_options", {}).get("sqlite_where") is None]
    return [column] in [*unique, *(c["column_names"] for c in constraints)]


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
