"""CSV as RFC 4180 has it: UTF-8, CRLF, a header, quotes where they are needed.

Tabs and line breaks stand inside quotes; other control characters, which few readers take, become blanks and are counted.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from exporter.context import ExportContext
from exporter.parts import Part
from exporter.report import EXAMPLES, Finding
from exporter.tables import Table
from exporter_tabular import flat
from exporter_tabular.sanitize import sanitize_column

_KEPT = "\t\n\r"
_CONTROLS = {code: " " for code in (*range(0x20), 0x7F) if chr(code) not in _KEPT}
_COUNTED = str.maketrans("", "", "".join(map(chr, _CONTROLS)))


def parts(ctx: ExportContext, tables: Sequence[Table], delimiter: str) -> Iterator[Part]:
    """The one file."""
    main = tables[0]
    if ctx.options.layout == "record":
        yield Part(main.name, _chunks(ctx, main, list(main.columns), ctx.texts(main), delimiter))
        return
    written = ctx.report.records[main.record].written
    yield Part(main.name, _chunks(ctx, main, flat.COLUMNS, flat.rows(ctx, tables), delimiter), rows=written)


def _chunks(
    ctx: ExportContext, table: Table, names: Sequence[str], batches: Iterable[Sequence[tuple[str, ...]]], delimiter: str
) -> Iterator[bytes]:
    cleaner = _Cleaner(names, formulas=ctx.options.sanitize)
    yield _lines([tuple(names)], delimiter)
    for batch in batches:
        yield _lines(cleaner.clean(batch), delimiter)
    for finding in cleaner.findings(table):
        ctx.report.add(finding)


def _lines(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()


@attrs.frozen(eq=False)
class _Cleaner:
    """Cells as the file may hold them, and how many were changed in each column."""

    names: Sequence[str]
    formulas: bool = attrs.field(kw_only=True)
    _neutralised: Counter[str] = attrs.field(factory=Counter, init=False)
    _replaced: Counter[str] = attrs.field(factory=Counter, init=False)

    def clean(self, batch: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
        columns = zip(self.names, zip(*batch, strict=True), strict=True)
        return zip(*[self._column(name, texts) for name, texts in columns], strict=True)

    def _column(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        whole = "".join(texts)
        if not whole.isprintable() and (controls := len(whole) - len(whole.translate(_COUNTED))):
            self._replaced[name] += controls
            texts = [text.translate(_CONTROLS) for text in texts]
        if not self.formulas:
            return texts
        texts, changed = sanitize_column(texts)
        if changed:
            self._neutralised[name] += changed
        return texts

    def findings(self, table: Table) -> Iterator[Finding]:
        """What was changed, with the names of the columns as examples."""
        message = "An apostrophe was put before texts that a spreadsheet would run as a formula (--no-sanitize leaves them)."
        replaced = "Control characters inside values became blanks."
        for code, text, found in (
            ("FORMULA_NEUTRALISED", message, self._neutralised),
            ("CONTROL_CHARACTERS_REPLACED", replaced, self._replaced),
        ):
            if found:
                columns = [name for name in self.names if name in found][:EXAMPLES]
                yield Finding("info", code, text, found.total(), columns, table.record, table.name, "replaced")
