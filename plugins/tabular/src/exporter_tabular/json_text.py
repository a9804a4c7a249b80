"""JSON, an object on each line: in one array, or with nothing around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.tables import Table
from exporter_tabular import nested
from exporter_tabular.typed import Typed

_AT_ONCE = 100  # rows in a chunk: an occurrence with all its detections may be large


def parts(ctx: ExportContext, tables: Sequence[Table], *, array: bool) -> Iterator[Part]:
    """The one file."""
    write = _array if array else _lines
    main = tables[0]
    if ctx.options.layout == "record":
        yield Part(main.name, write(_records(ctx, main)))
    else:
        yield Part(main.name, write(nested.objects(ctx, tables)), rows=ctx.report.records[main.record].written)


def _records(ctx: ExportContext, table: Table) -> Iterator[Mapping[str, Any]]:
    typed = Typed(table)
    for batch in ctx.texts(table):
        yield from typed.objects(batch)
    if (finding := typed.finding()) is not None:
        ctx.report.add(finding)


def _lines(rows: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    while lines := [orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in islice(rows, _AT_ONCE)]:
        yield b"".join(lines)


def _array(rows: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    yield b"["
    before = b"\n"
    while lines := [orjson.dumps(row) for row in islice(rows, _AT_ONCE)]:
        yield before
        yield b",\n".join(lines)
        before = b",\n"
    yield b"\n]\n"
