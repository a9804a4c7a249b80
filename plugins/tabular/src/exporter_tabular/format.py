"""The formats `csv`, `json` and `jsonl`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.errors import InputError
from exporter.format import Format
from exporter.options import option

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.source import Source
    from exporter.tables import Table

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


@attrs.frozen
class Options:
    """What all three formats can be told."""

    layout: str = option(
        default="record",
        choices=("record", "occurrences"),
        help="One row for each row of a record; or one for each occurrence, with what belongs to it (biodiversity)",
    )
    record: str | None = option(
        default=None,
        help="The record that the layout 'record' writes; by default the one that classes are counted by, or the only one",
    )
    headers: str = option(
        default="fields",
        choices=("fields", "terms"),
        help="How columns are named: by the record's fields (event_id), or by the standard's terms (eventID)",
    )


@attrs.frozen
class CsvOptions(Options):
    """What CSV can be told, too."""

    delimiter: str = option(default="comma", choices=tuple(DELIMITERS), help="What stands between two cells")
    sanitize: bool = option(
        default=True,
        help="Put an apostrophe before texts that a spreadsheet would run as a formula; numbers are left alone",
    )


class _Tabular(Format[Options]):
    """What the three formats share: the layouts, and which record they read."""

    packaging = "file"
    modes = ("record", "occurrences")

    def options_for(self, options: Options, source: Source) -> Options:
        """Settle the record; refuse options that would change nothing."""
        if options.layout == "occurrences":
            return _for_occurrences(options, source)
        return attrs.evolve(options, record=_record(options.record, source))

    def reads(self, options: Options) -> frozenset[str] | None:
        """The record whose rows are written; what else an occurrence shows only lends its values."""
        if options.layout == "occurrences":
            return frozenset({"occurrence"})
        return None if options.record is None else frozenset({options.record})

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """The table of the record, or of the occurrences and then of what belongs to them."""
        from exporter_tabular import flat, nested, tables

        if ctx.options.layout == "record":
            return [tables.record_table(ctx, records[ctx.options.record])]
        return flat.tables(ctx, records) if isinstance(self, Csv) else nested.tables(ctx, records)


def _for_occurrences(options: Options, source: Source) -> Options:
    if source.family.name != "biodiversity":
        raise InputError(
            f"The layout 'occurrences' writes biodiversity; source '{source.name}' provides {source.family.name}.",
            hint="The layout 'record' writes any record of any family.",
        )
    if options.record is not None:
        raise InputError(
            f"The option 'record' ('{options.record}') goes with the layout 'record'; this is the layout 'occurrences'.",
            hint="Leave one of the two out.",
        )
    if isinstance(options, CsvOptions) and options.headers != "fields":
        raise InputError(
            f"The columns of the layout 'occurrences' have names of their own; the option 'headers' ('{options.headers}') "
            "would change nothing.",
            hint="Leave it out.",
        )
    return options


def _record(given: str | None, source: Source) -> str:
    provided = [name for name in source.family.records if name in source.records]
    if given is not None:
        source.family.record(given)
        if given not in provided:
            raise InputError(f"Source '{source.name}' provides no record '{given}'; it provides: {', '.join(provided)}.")
        return given
    counted = source.family.counted_by
    if counted is not None and counted[0] in provided:
        return counted[0]
    if len(provided) != 1:
        raise InputError(
            f"Which record? Source '{source.name}' provides {', '.join(provided)}.", hint="Name one as `record`."
        )
    return provided[0]


class Csv(_Tabular):
    """Comma-separated values as RFC 4180 has them: UTF-8, CRLF, a header, quotes where they are needed."""

    name = "csv"
    title = "Comma-separated values"
    extension = "csv"
    media_type = "text/csv"
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"occurrences_simple_csv": {"layout": "occurrences"}}
    Options: ClassVar[type[Any]] = CsvOptions

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What the columns of an occurrence do not show is counted."""
        from exporter_tabular.flat import rules

        return rules(records) if ctx.options.layout == "occurrences" else []

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The one file."""
        from exporter_tabular.csv_text import parts

        return parts(ctx, tables, DELIMITERS[ctx.options.delimiter])

    def exporter_check(self, file: Path, options: Any) -> Iterable[Finding]:
        """Whether a reader finds the same columns in every row."""
        from exporter_tabular.checks import check_csv

        return check_csv(file, DELIMITERS[options.delimiter])


class Json(_Tabular):
    """One JSON array with an object on each line (RFC 8259)."""

    name = "json"
    title = "JSON"
    extension = "json"
    media_type = "application/json"
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"occurrences_api_json": {"layout": "occurrences"}}

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The one file."""
        from exporter_tabular.json_text import parts

        return parts(ctx, tables, array=True)

    def exporter_check(self, file: Path, options: Any) -> Iterable[Finding]:
        """Whether it is JSON."""
        from exporter_tabular.checks import check_json

        return check_json(file)


class JsonLines(_Tabular):
    """A JSON object on each line, with nothing around them (https://jsonlines.org)."""

    name = "jsonl"
    title = "JSON Lines"
    extension = "jsonl"
    media_type = "application/jsonl"

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The one file."""
        from exporter_tabular.json_text import parts

        return parts(ctx, tables, array=False)

    def exporter_check(self, file: Path, options: Any) -> Iterable[Finding]:
        """Whether each line is a JSON object."""
        from exporter_tabular.checks import check_jsonl

        return check_jsonl(file)
