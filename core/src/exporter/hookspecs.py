"""The hooks, in the order of a run: source, filter, rules, query, inspect, serialize, package, check, figure, store, notify.

A plugin is any object with methods of these names; no marker is needed. It may take fewer parameters than a hook gives, by name.
Exactly one format is registered in a run, so no plugin asks whether a call is meant for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from exporter.events import Event
from exporter.parts import Part, Receipt
from exporter.report import Finding
from exporter.store import Artifact

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from exporter.context import ExportContext
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.tables import Table

hookspec = pluggy.HookspecMarker("exporter")


class Hooks:
    """The specifications. What a hook is for stands in its docstring: when it is called, then its parameters."""

    @hookspec
    def exporter_filter(self, ctx: ExportContext, record: str, columns: Mapping[str, Any]) -> ColumnElement[bool] | None:
        """Called once for each record, before anything is read: a further condition on its rows.

        All answers are joined by AND, so that none can widen another.

        :param ctx: the surroundings of the run.
        :param record: the record's name.
        :param columns: its columns, by field name.
        :returns: a SQLAlchemy condition, or None for no opinion; anything else is refused.
        """

    @hookspec
    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule] | None:
        """Called after the filters: what is left out of the artifact or flagged, under which code.

        The rules of all plugins are counted in one pass for each record, those of parents first.

        :param ctx: the surroundings of the run.
        :param records: the filtered rows of every record that the source has.
        :returns: rules, or None.
        """

    @hookspec
    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table] | None:
        """Called after the rules are counted: the tables that the format writes. The first answer counts.

        :param ctx: the surroundings of the run.
        :param records: the rows to write, of every record that the source has.
        :returns: tables, maybe none at all; None passes the question on.
        """

    @hookspec
    def exporter_inspect(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterable[Finding] | None:
        """Called after the query, before anything is written, and in a preview: what is flagged in the cells of the tables.

        Not called where nobody wants checks. What is looked at here is written all the same; what is left out is a rule's.

        :param ctx: the surroundings of the run.
        :param tables: what `exporter_query` gave.
        :returns: findings, or None.
        """

    @hookspec
    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part] | None:
        """Called once, after the query: the files of the artifact, in order. The first answer counts.

        Core reads a part to its end before it asks for the next, so that a later part may use `ctx.receipts` of those before;
        only parts that say `ahead` may be written later.

        :param ctx: the surroundings of the run.
        :param tables: what `exporter_query` gave.
        :returns: an iterator of parts; a generator is an answer.
        """

    @hookspec
    def exporter_package(self, ctx: ExportContext, parts: Iterable[Part]) -> Path | None:
        """Called once with all parts: writes them below `ctx.scratch`. The first answer counts; core makes a zip, folder or file.

        :param ctx: the surroundings of the run.
        :param parts: the parts; taking the next one closes the one before.
        :returns: the file or folder that was written, not yet published.
        """

    @hookspec
    def exporter_check(self, file: Path, options: Any, receipts: Mapping[str, Receipt]) -> Iterable[Finding] | None:
        """Called on the packaged file before it is published, and by `exporter check` on any file: what is wrong with its bytes.

        It needs no run and no database.

        :param file: the file or folder to look at.
        :param options: an instance of the format's Options; from `exporter check` those made with `option(check=True)` are set.
        :param receipts: of the run that has just written the file, by part name: what was proven of a part's rows on their way
            need not be read again. Empty for a file from elsewhere.
        :returns: findings, or None.
        """

    @hookspec
    def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str | None:
        """Called only when a figure was asked for: draws what the tables hold. The first answer counts.

        In a run it is called when all checks passed, before anything is published; in a preview once the rows are counted.

        :param ctx: the surroundings of the run; `ctx.output` is None in a preview.
        :param tables: what `exporter_query` gave.
        :param file: the picture to write, below `ctx.scratch`; its suffix is .png, .svg or .pdf. The same rows give the same bytes.
        :returns: what the picture shows, in words for people who cannot see it; None passes the question on.
        """

    @hookspec
    def exporter_store(self, ctx: ExportContext, file: Path) -> Artifact | None:
        """Called when all checks passed: puts the file where it belongs, whole or not at all. The first answer counts.

        :param ctx: the surroundings of the run.
        :param file: what `exporter_package` gave.
        :returns: the artifact; None passes the question on.
        """

    @hookspec
    def exporter_notify(self, ctx: ExportContext, event: Event) -> None:
        """Called at the start of each stage, at the end and on failure. What a plugin raises here is noted and goes no further.

        :param ctx: the surroundings of the run.
        :param event: what happened.
        """
