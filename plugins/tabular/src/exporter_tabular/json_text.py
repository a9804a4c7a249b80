"""JSON, an object on each line: in one array, or with nothing around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.tables import Table
from exporter_tabular import nested
from exporter_tabular.typed import Typed


def parts(ctx: ExportContext, tables: Sequence[Table], *, array: bool) -> Iterator[Part]:
    """The one file."""
    write = _array if array else _lines
    main = tables[0]
    if ctx.options.layout == "record":
        yield Part(main.name, write(_records(ctx, main)))
    else:
        yield Part(main.name, write(nested.objects(ctx, tables)), rows=ctx.report.records[main.record].written)


def _records(ctx: ExportContext, table: Table) -> Iterator[Iterable[Mapping[str, Any]]]:
    typed = Typed(table)
    for batch in ctx.texts(table):
        yield typed.objects([batch])
    if (finding := typed.finding()) is not None:
        ctx.report.add(finding)


def _lines(batches: Iterable[Iterable[Mapping[str, Any]]]) -> Iterator[bytes]:
    for batch in batches:
        yield b"".join([orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in batch])


def _array(batches: Iterable[Iterable[Mapping[str, Any]]]) -> Iterator[bytes]:
    before = b"[\n"
    for batch in batches:
        yield before + b",\n".join(map(orjson.dumps, batch))
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[\n]\n"
