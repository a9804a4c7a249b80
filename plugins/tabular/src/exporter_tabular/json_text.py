"""JSON, an object on each line: in one array, or with nothing around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.tables import Table
from exporter_tabular import nested, takeoff
from exporter_tabular.typed import Typed

_GEOMETRY = ("geometry",)  # JSON as it is, where it is not well-known text
_AT_ONCE = 100  # rows in a chunk: an occurrence with all its detections may be large


def parts(ctx: ExportContext, tables: Sequence[Table], *, array: bool) -> Iterator[Part]:
    """The one file, or those of the layout."""
    write = _array if array else _lines
    if ctx.options.layout not in ("record", "occurrences"):
        for sheet, batches in takeoff.sheets(ctx, tables, titled=False):
            rows = ctx.report.records[sheet.record].written
            yield Part(sheet.name, write(_typed(ctx, Typed(sheet, objects_in=_GEOMETRY), batches)), rows=rows)
        return
    main = tables[0]
    if ctx.options.layout == "record":
        yield Part(main.name, write(_typed(ctx, Typed(main), ctx.texts(main))))
    else:
        yield Part(main.name, write(nested.objects(ctx, tables)), rows=ctx.report.records[main.record].written)


def _typed(ctx: ExportContext, typed: Typed, batches: Iterable[Sequence[tuple[str, ...]]]) -> Iterator[Mapping[str, Any]]:
    for batch in batches:
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
