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
from exporter.tables import Table

Row = Mapping[str, Any]
Rows = Iterator[tuple[str, Row]]
Beside = tuple[tuple[str, ...], list[bytes | None]]


@attrs.frozen
class Belonging:
    """How the rows of a table become what is known of an occurrence.

    :param rows: the occurrence's key and a row, one after the other, from the table's batches of texts.
    :param fold: the rows of one occurrence, as anything that JSON can hold.
    """

    table: Table
    rows: Callable[[Iterable[Sequence[tuple[str, ...]]]], Rows]
    fold: Callable[[list[Row]], Any]


def side_by_side(ctx: ExportContext, main: Table, belonging: Sequence[Belonging]) -> Iterator[list[Beside]]:
    """The rows of the main table in batches, each with what was folded for it, as JSON; None where nothing belongs to it.

    :raises ExporterError: when the database gave the streams in different orders, which is a fault of ours.
    """
    with ExitStack() as stack:
        groups = [stack.enter_context(_groups(ctx, each)) for each in belonging]
        ctx.progress.begin(f"writing {main.name}", ctx.report.records[main.record].written)
        for batch in ctx.texts(main):
            yield [(row, [group.take(row[0]) for group in groups]) for row in batch]
        for group in groups:
            group.finish()


@contextmanager
def _groups(ctx: ExportContext, belonging: Belonging) -> Iterator[_Groups]:
    title = belonging.table.name
    ctx.progress.begin(f"reading {title}")
    path = ctx.scratch / f"{title}.groups"
    _write(path, belonging.rows(ctx.texts(belonging.table)), belonging.fold)
    try:
        with path.open("rb") as file:
            yield _Groups(title, file)
    finally:
        path.unlink()


def _write(path: Path, rows: Rows, fold: Callable[[list[Row]], Any]) -> None:
    """Two lines for each group: the key, and what was folded. JSON on one line holds no line feed."""
    with path.open("wb") as file:
        for key, group in groupby(rows, itemgetter(0)):
            folded = orjson.dumps(fold([row for _, row in group]))
            file.writelines((orjson.dumps(key), b"\n", folded, b"\n"))


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
