"""Streams laid side by side: each occurrence with the rows that belong to it.

A connection may hold one stream only, so that the streams are read one after the other. Those of the belonging rows go into a file
in scratch, group by group; then the occurrences are read, in the same order, and the files beside them. Memory holds a group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

import attrs
import orjson

from exporter.context import ExportContext
from exporter.errors import ExporterError
from exporter.report import EXAMPLES, Finding
from exporter.tables import Table

Row = Mapping[str, Any]
Rows = Iterator[tuple[str, Row]]
Batch = Sequence[tuple[str, ...]]
Beside = Iterator[list[bytes | None]]


@attrs.frozen
class Belonging:
    """How the rows of a table become what is known of an occurrence.

    :param rows: the occurrence's key and a row, one after the other, from the table's batches of texts.
    :param fold: the rows of one occurrence, as anything that JSON can hold.
    :param single: where an occurrence should have one row at most: the header of what names it.
    """

    table: Table
    rows: Callable[[Iterable[Batch]], Rows]
    fold: Callable[[list[Row]], Any]
    single: str = ""


def side_by_side(ctx: ExportContext, main: Table, belonging: Sequence[Belonging]) -> Iterator[tuple[Batch, Beside]]:
    """The main table in batches, and for each row what was folded for it, as JSON, or None; both are read to their ends.

    :raises ExporterError: when the database gave the streams in different orders, which is a fault of ours.
    """
    with ExitStack() as stack:
        groups = [stack.enter_context(_groups(ctx, each)) for each in belonging]
        ctx.progress.begin(f"writing {main.name}", ctx.report.records[main.record].written)
        for batch in ctx.texts(main):
            yield batch, ([group.take(row[-1]) for group in groups] for row in batch)
        for group in groups:
            group.finish()


@contextmanager
def _groups(ctx: ExportContext, belonging: Belonging) -> Iterator[_Groups]:
    title = belonging.table.name
    ctx.progress.begin(f"reading {title}")
    path = ctx.scratch / f"{title}.groups"
    try:
        _write(ctx, belonging, path)
        with path.open("rb") as file:
            yield _Groups(title, file)
    finally:
        path.unlink(missing_ok=True)


def _write(ctx: ExportContext, belonging: Belonging, path: Path) -> None:
    """Two lines for each group: the key, and what was folded. JSON on one line holds no line feed."""
    rows = belonging.rows(ctx.texts(belonging.table))
    several: list[str] = []
    count = 0
    with path.open("wb") as file:
        for key, pairs in groupby(rows, itemgetter(0)):
            group = [row for _, row in pairs]
            file.writelines((orjson.dumps(key), b"\n", orjson.dumps(belonging.fold(group)), b"\n"))
            if belonging.single and len(group) > 1:
                count += 1
                example = str(group[0][belonging.single])
                several += [example] if len(several) < EXAMPLES and example not in several else []
    if count:
        _note_several(ctx, belonging, count, several)


def _note_several(ctx: ExportContext, belonging: Belonging, count: int, examples: list[str]) -> None:
    record = belonging.table.record
    message = f"Occurrences whose {belonging.single} is that of several rows of {record}; the first by their key was taken."
    code = f"{record.upper()}_AMBIGUOUS"
    ctx.report.add(Finding("warning", code, message, count, examples, record, belonging.table.name, "kept"))


class _Groups:
    """The groups of one file, taken in the order of their keys."""

    def __init__(self, title: str, file: BinaryIO) -> None:
        self._title = title
        self._file = file
        self._next = self._key()

    def take(self, key: str) -> bytes | None:
        """What belongs to this key."""
        if key != self._next:
            return None
        found = self._file.readline()[:-1]
        self._next = self._key()
        return found

    def finish(self) -> None:
        """Hold that nothing is left."""
        if self._next is not None:
            raise ExporterError(f"The {self._title} came in another order than their occurrences; nothing was published.")

    def _key(self) -> str | None:
        line = self._file.readline()
        return orjson.loads(line) if line else None
