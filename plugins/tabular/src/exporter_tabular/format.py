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


LAYOUTS = ("record", "occurrences", "conditions", "measurements", "all")
_OF_FAMILY = {"occurrences": "biodiversity", "conditions": "takeoff", "measurements": "takeoff", "all": "takeoff"}
_OF_TAKEOFF: Mapping[str, Any] = {
    "geometry": "json",
    "include_unverified": True,
    "include_costs": True,
    "hide_empty": False,
}  # and their defaults


@attrs.frozen
class Options:
    """What all three formats can be told."""

    layout: str | None = option(
        default=None,
        choices=LAYOUTS,
        help="record: one row for each row of a record; occurrences: one for each occurrence, with what belongs to it "
        "(biodiversity); measurements: one flat list, the default of takeoffs; conditions: with their totals (takeoff); all: "
        "both in a zip, with projects and pages (takeoff)",
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
    geometry: str | None = option(
        default=None,
        choices=("json", "wkt", "none"),
        help="How measurements of takeoffs show their geometry: as the JSON that it is, the default, as well-known text, or not",
    )
    include_unverified: bool | None = option(
        default=None, help="Write measurements of takeoffs that nobody has verified, the default"
    )
    include_costs: bool | None = option(default=None, help="Write costs of conditions of takeoffs, the default")
    hide_empty: bool | None = option(default=None, help="Leave out conditions of takeoffs without measurements")


@attrs.frozen
class CsvOptions(Options):
    """What CSV can be told, too."""

    delimiter: str = option(default="comma", choices=tuple(DELIMITERS), help="What stands between two cells")
    sanitize: bool = option(
        default=True,
        help="Put an apostrophe before texts that a spreadsheet would run as a formula; numbers are left alone",
    )


class _Tabular(Format[Options]):
    """What the three formats share: the layouts, and which records they read."""

    packaging = "file"
    modes = LAYOUTS

    def options_for(self, options: Options, source: Source) -> Options:
        """Settle layout and record; refuse options that would change nothing."""
        options = attrs.evolve(options, layout=options.layout or _layout(options, source))
        _refuse_idle(options, source)
        if options.layout == "record":
            return attrs.evolve(options, record=_record(options.record, source))
        return _for_takeoff(options) if _is_of_takeoff(options) else options

    def packaging_for(self, options: Options) -> str:
        """A zip, where there are several files."""
        return "zip" if options.layout == "all" else self.packaging

    def extension_for(self, options: Options) -> str:
        """That of the packaging."""
        return "zip" if options.layout == "all" else self.extension

    def recognises(self, file: Path) -> bool:
        """By its name; a zip of the layout 'all' by what it holds."""
        from exporter_tabular.members import has_conditions

        return super().recognises(file) or has_conditions(file, self.extension)

    def knows_by_name(self, file: Path) -> bool:
        """All but such a zip."""
        return super().recognises(file)

    def identified_for(self, options: Options) -> tuple[str, ...]:
        """Conditions, where measurements stand beside them."""
        return ("condition",) if _is_of_takeoff(options) else ()

    def unique_for(self, options: Options) -> tuple[str, ...]:
        """Projects and pages, whose names stand beside measurements."""
        return ("project", "page") if _is_of_takeoff(options) else ()

    def reads(self, options: Options) -> frozenset[str] | None:
        """The records whose rows are written; what else they show only lends its values."""
        match options.layout:
            case "occurrences":
                return frozenset({"occurrence"})
            case "conditions":  # and what they are the totals of
                return frozenset({"condition", "measurement"})
            case "measurements":
                return frozenset({"measurement"})
            case "record" if options.record is not None:
                return frozenset({options.record})
        return None

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What is left out of a takeoff, or flagged."""
        if not _is_of_takeoff(ctx.options):
            return []
        from exporter.takeoff.rules import rules

        return rules(ctx, records)

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """The table of the record; of the occurrences and then of what belongs to them; of conditions and measurements."""
        from exporter_tabular import flat, nested, tables, takeoff

        if ctx.options.layout == "record":
            return [tables.record_table(ctx, records[ctx.options.record])]
        if ctx.options.layout != "occurrences":
            return takeoff.layout_tables(ctx, records)
        return flat.tables(ctx, records) if isinstance(self, Csv) else nested.tables(ctx, records)


def _is_of_takeoff(options: Options) -> bool:
    return _OF_FAMILY.get(options.layout or "") == "takeoff"


def _layout(options: Options, source: Source) -> str:
    """The layout by default."""
    flat = (
        source.family.name == "takeoff" and options.record is None and {"condition", "measurement"} <= source.records.keys()
    )
    return "measurements" if flat and options.headers == "fields" else "record"


def _for_takeoff(options: Options) -> Options:
    given = {name: getattr(options, name) for name in _OF_TAKEOFF}
    return attrs.evolve(options, **{name: _OF_TAKEOFF[name] if given[name] is None else given[name] for name in given})


def _refuse_idle(options: Options, source: Source) -> None:
    """Refuse a layout of another family, and options that the layout has no use for."""
    layout = options.layout
    family = _OF_FAMILY.get(layout or "", source.family.name)
    if source.family.name != family:
        raise InputError(
            f"The layout '{layout}' writes {family}; source '{source.name}' provides {source.family.name}.",
            hint="The layout 'record' writes any record of any family.",
        )
    if layout == "record":
        idle = [name for name in _OF_TAKEOFF if getattr(options, name) is not None]
        if idle:
            hint = "Leave it out." if family != "takeoff" else "Leave it out, or choose another --layout."
            raise InputError(
                f"The option '{idle[0]}' goes with the layouts of takeoffs; this is the layout 'record'.", hint=hint
            )
        return
    if options.record is not None:
        raise InputError(
            f"The option 'record' ('{options.record}') goes with the layout 'record'; this is the layout '{layout}'.",
            hint="Leave one of the two out.",
        )
    if options.headers != "fields" and (isinstance(options, CsvOptions) or layout != "occurrences"):
        raise InputError(
            f"The columns of the layout '{layout}' have names of their own; the option 'headers' ('{options.headers}') "
            "would change nothing.",
            hint="Leave it out.",
        )
    without = {
        "conditions": ("geometry",),
        "measurements": ("include_costs", "hide_empty"),
        "occurrences": tuple(_OF_TAKEOFF),
    }
    for name in without.get(layout or "", ()):
        if getattr(options, name) is not None:
            raise InputError(f"The option '{name}' would change nothing in the layout '{layout}'.", hint="Leave it out.")


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
        if ctx.options.layout != "occurrences":
            return super().exporter_rules(ctx, records)
        from exporter_tabular.flat import rules

        return rules(records)

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The one file, or those of the layout."""
        from exporter_tabular.csv_text import parts

        return parts(ctx, tables, DELIMITERS[ctx.options.delimiter])

    def exporter_check(self, file: Path, options: Any) -> Iterable[Finding]:
        """Whether a reader finds the same columns in every row."""
        from exporter_tabular.checks import check_csv
        from exporter_tabular.members import check_each

        return check_each(file, lambda each: check_csv(each, DELIMITERS[options.delimiter]))


class Json(_Tabular):
    """One JSON array with an object on each line (RFC 8259)."""

    name = "json"
    title = "JSON"
    extension = "json"
    media_type = "application/json"
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"occurrences_api_json": {"layout": "occurrences"}}

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The one file, or those of the layout."""
        from exporter_tabular.json_text import parts

        return parts(ctx, tables, array=True)

    def exporter_check(self, file: Path, options: Any) -> Iterable[Finding]:
        """Whether it is JSON."""
        from exporter_tabular.checks import check_json
        from exporter_tabular.members import check_each

        return check_each(file, check_json)


class JsonLines(_Tabular):
    """A JSON object on each line, with nothing around them (https://jsonlines.org)."""

    name = "jsonl"
    title = "JSON Lines"
    extension = "jsonl"
    media_type = "application/jsonl"

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The one file, or those of the layout."""
        from exporter_tabular.json_text import parts

        return parts(ctx, tables, array=False)

    def exporter_check(self, file: Path, options: Any) -> Iterable[Finding]:
        """Whether each line is a JSON object."""
        from exporter_tabular.checks import check_jsonl
        from exporter_tabular.members import check_each

        return check_each(file, check_jsonl)
