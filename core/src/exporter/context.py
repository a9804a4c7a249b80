"""What every hook gets: one frozen context, made once after the transaction is open."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from exporter.cancel import Cancel
from exporter.clock import Clock
from exporter.digests import Digest
from exporter.parts import Receipt
from exporter.progress import Progress
from exporter.report import Report

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from exporter.format import Format
    from exporter.rows import Reader
    from exporter.source import Source
    from exporter.tables import Table

R = TypeVar("R")


@attrs.frozen(eq=False, kw_only=True)
class ExportContext:
    """The surroundings of one run. It never holds what a stage gave; a new need becomes a new field.

    :param format: the chosen format.
    :param options: an instance of the format's Options.
    :param source: where rows come from.
    :param project: the project that the run is limited to, or None.
    :param filters: an instance of the family's filters.
    :param host_filters: values of the source's own filters, by name.
    :param connection: the open read transaction.
    :param report: what is found out on the way; hooks add Findings.
    :param receipts: one for each part that is written, in order.
    :param digests: of files and folders below `scratch` that core has packaged, where they are known.
    :param progress: rows read so far.
    :param cancel: whether somebody asked to stop.
    :param clock: the time, in UTC; the only clock that may reach an artifact.
    :param scratch: a folder that is removed on every way out.
    :param output: where the artifact will be; None in a preview.
    :param force: whether it may replace what is there.
    :param workers: how many threads may work at once; where it is 1, all is done in turn.
    :param checked: whether values, identifiers and references are looked at; if not, nothing may be taken for proven.
    :param principal: for whom the run is made, as the host names them, or None.
    """

    format: Format[Any]
    options: Any
    source: Source
    project: str | None
    filters: Any
    host_filters: Mapping[str, Any]
    connection: Connection
    report: Report
    receipts: list[Receipt]
    digests: dict[Path, Digest]
    progress: Progress
    cancel: Cancel
    clock: Clock
    scratch: Path
    output: Path | None
    force: bool
    principal: str | None
    workers: int
    checked: bool
    reader: Reader

    @property
    def identified(self) -> tuple[str, ...]:
        """The records that others refer to by identifier in this run."""
        return self.format.identified_for(self.options)

    def texts(self, table: Table) -> Iterator[list[tuple[str, ...]]]:
        """The rows of a table in batches, each cell as text (`exporter.cells` says how)."""
        return self.reader.once(table, self.reader.texts(table))

    def columns(self, table: Table) -> Iterator[list[list[str]]]:
        """The same by column: for each batch a list of texts for each column of the table, none of them empty of rows."""
        return self.reader.once(table, self.reader.columns(table))

    def blocks(self, table: Table, line: ColumnElement[Any]) -> Iterator[bytes | list[tuple[str, ...]]]:
        """The rows of a table as an expression writes them, or as texts where it cannot (`exporter.compiled`)."""
        from exporter.compiled import blocks

        return self.reader.once(table, blocks(self.reader, table, line))

    def lines(self, table: Table) -> Iterator[bytes]:
        """The rows of a table as tab-separated lines in UTF-8, in segments: the fastest way there is."""
        return self.reader.once(table, self.reader.lines(table))

    @contextlib.contextmanager
    def beside(self) -> Iterator[Callable[[Callable[[ExportContext], R]], Future[R]]]:
        """A way to ask the database something while rows are read: a function that gets a context with a connection of its own.

        Where there is but one connection, it is asked at once. The block waits for what it began.
        """
        with self.reader.readers.beside() as ask:
            yield lambda question: ask(lambda connection: question(self._on(connection)))

    def _on(self, connection: Connection) -> ExportContext:
        return attrs.evolve(self, connection=connection, reader=self.reader.on(connection))

    def document(self, name: str) -> Any:
        """A document of the source, such as its `dataset`; an empty one where the source has none."""
        return self.source.document(name)
