"""CSV as RFC 4180 has it: UTF-8, CRLF, a header, quotes where they are needed.

Tabs and line breaks stand inside quotes; other control characters, which few readers take, become blanks and are counted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.sanitize import CSV, CSV_AS_IT_IS, Cleaner
from exporter.tables import Table
from exporter_tabular import flat, takeoff


def parts(ctx: ExportContext, tables: Sequence[Table], delimiter: str) -> Iterator[Part]:
    """The one file, or those of the layout."""
    if ctx.options.layout not in ("record", "occurrences"):
        for sheet, batches in takeoff.sheets(ctx, tables, titled=True):
            rows = ctx.report.records[sheet.record].written
            yield Part(sheet.name, _chunks(ctx, sheet, list(sheet.columns), batches, delimiter), rows=rows)
        return
    main = tables[0]
    if ctx.options.layout == "record":
        yield Part(main.name, _chunks(ctx, main, list(main.columns), ctx.texts(main), delimiter))
        return
    written = ctx.report.records[main.record].written
    yield Part(main.name, _chunks(ctx, main, flat.COLUMNS, flat.rows(ctx, tables), delimiter), rows=written)


def _chunks(
    ctx: ExportContext, table: Table, names: Sequence[str], batches: Iterable[Sequence[tuple[str, ...]]], delimiter: str
) -> Iterator[bytes]:
    cleaner = Cleaner(CSV if ctx.options.sanitize else CSV_AS_IT_IS)
    yield _lines([tuple(names)], delimiter)
    for batch in batches:
        yield _lines(cleaner.rows(names, batch), delimiter)
    for finding in cleaner.findings(table.record, table.name):
        ctx.report.add(finding)


def _lines(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()
