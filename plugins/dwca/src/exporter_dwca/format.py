"""The format `dwca`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.errors import InputError
from exporter.format import Format
from exporter.options import option
from exporter_dwca.sensitive import SensitiveTaxa, read_sensitive

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.source import Source
    from exporter.tables import Table

_ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
_DEEPEST = 2  # parts of the name of a meta.xml
RECORDS = {"humboldt": "survey", "audiovisual": "media", "identification": "identification", "relationship": "relationship"}


@attrs.frozen
class RowOptions:
    """Which rows are written and what of them is shown, in an archive or a package."""

    events: str | None = option(
        default=None,
        choices=("all", "with-occurrences"),
        help="Which events are written; by default all; with a filter on occurrences those of what is left, with their ancestors",
    )
    include_emails: bool = option(
        default=False, help="Write e-mail addresses, of people in the metadata and in names; else they are left out"
    )
    derived_measurements: bool = option(
        default=True, help="Write scores and boxes of detections as measurements, beside those that the source has"
    )
    absences: bool = option(
        default=False, help="Write what was looked for in an event and not found as occurrences whose status is absent"
    )
    generalize: Path | None = option(
        default=None,
        help="A CSV file of sensitive taxa with columns taxon and precision (decimals of coordinates: 0 to 3, or withhold); "
        "whatever tells their exact place is rounded or left out",
    )


@attrs.frozen
class Options(RowOptions):
    """What an archive can be told."""

    core: str = option(
        default="event",
        choices=("event", "occurrence"),
        help="What a row of the core is; with occurrence, event terms are in its rows",
    )
    extensions: tuple[str, ...] = option(
        default=(),
        choices=("humboldt", "audiovisual", "identification", "relationship"),
        help="Further files: surveys (event core only), media with regions of interest, determinations, relationships; repeatable",
    )
    templates: Path | None = option(default=None, help="A folder with eml.xml.j2 or meta.xml.j2 of your own")
    compare: Path | None = option(
        default=None,
        check=True,
        help="An archive that was made before, zip or folder: tell which identifiers were added, are gone, changed or moved",
    )
    fail_on: tuple[str, ...] = option(
        default=(),
        check=True,
        choices=("added", "gone", "changed", "moved"),
        help="With --compare: such events and occurrences are errors, so that nothing is published",
    )
    changes: Path | None = option(
        default=None, check=True, help="With --compare: a CSV file to make, with a line for every change"
    )


@attrs.frozen(kw_only=True)
class ReadOptions(Options):
    """The options once the list that one of them names was read; nobody can set what stands in it but by that file."""

    sensitive: SensitiveTaxa


class DarwinCoreArchive(Format[Options]):
    """Darwin Core Archive (http://rs.tdwg.org/dwc/text/) with event or occurrence core, and the extensions asked for."""

    name = "dwca"
    title = "Darwin Core Archive"
    family = "biodiversity"
    extension = "zip"
    media_type = "application/zip"
    modes: ClassVar[tuple[str, ...]] = ("event core", "occurrence core")
    identified: ClassVar[tuple[str, ...]] = ("event", "occurrence")
    read_options: ClassVar[type[Any]] = ReadOptions

    def reads(self, options: Options) -> frozenset[str]:
        """The records that become files; with an occurrence core, events only lend their terms."""
        events = {"event"} if options.core == "event" else set()
        asked = {RECORDS[name] for name in options.extensions} | ({"target"} if options.absences else set())
        return frozenset({"occurrence", "media", "measurement", *events, *asked})

    def options_for(self, options: Options, source: Source) -> Options:
        """With the list of sensitive taxa, read once.

        Refuses what the core has no place for, absences where nobody says what was looked for, and what cannot be compared.
        """
        if options.compare or options.fail_on or options.changes:
            from exporter_dwca.compare import refuse_unusable

            refuse_unusable(options)
        if options.core != "event" and "humboldt" in options.extensions:
            raise InputError(
                "The extension 'humboldt' tells of events, and this archive has an occurrence core.",
                hint="Take --core event, or leave the extension out.",
            )
        lacking = [name for name in ("target", "event") if name not in source.records]
        if options.absences and lacking:
            raise InputError(
                f"Absences follow from what was looked for in an event: source '{source.name}' has no record '{lacking[0]}'.",
                hint="Map it (docs/mapping.md), or leave --absences out.",
            )
        if options.generalize is None:
            return options
        listed = SensitiveTaxa(read_sensitive(options.generalize))
        read: Options = self.read_options(**attrs.asdict(options, recurse=False), sensitive=listed)
        return read

    def followed(self, options: Options, filtered: frozenset[str]) -> Mapping[str, str]:
        """Events follow the occurrences that are left, when these are filtered or that was asked for."""
        narrowed = options.events == "with-occurrences" or (options.events is None and "occurrence" in filtered)
        return {"event": "occurrence"} if narrowed else {}

    def warm(self, options: Options) -> None:
        """The templates, and what checks."""
        from exporter_dwca import archive, checks  # noqa: F401
        from exporter_dwca.documents import load

        load([options.templates] if options.templates is not None else [])

    def prepare_figure(self, options: Options) -> None:
        """What draws is an extra of its own."""
        from exporter.figures import require

        require("exporter-dwca")

    def recognises(self, file: Path) -> bool:
        """A zip, tar or folder with a meta.xml at its top or one level down."""
        from exporter.containers import Unreadable, listed

        try:
            names = [name.split("/") for name in listed(file)]
        except (Unreadable, OSError):
            return False
        return any(parts[-1] == "meta.xml" and len(parts) <= _DEEPEST for parts in names)

    def resembles(self, file: Path) -> bool:
        """A zip or tar by its name."""
        return file.name.lower().endswith(_ENDINGS)

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What GBIF could not use, or nobody should see."""
        from exporter_dwca.extensions import extension_rules
        from exporter_dwca.rules import rules

        return [*rules(ctx, records), *extension_rules(ctx, records)]

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """One table for each data file."""
        from exporter_dwca.tables import tables

        if ctx.options.compare:
            from exporter_dwca.compare import prepare

            prepare(ctx)
        return tables(ctx, records)

    def exporter_inspect(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterable[Finding]:
        """What GBIF would flag in the cells, under its own names; in a preview also in the description of the data set."""
        from exporter_dwca.inspection import inspect, undescribed

        return chain(undescribed(ctx), inspect(ctx, tables))

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """meta.xml, the data files, and eml.xml after the core."""
        from exporter_dwca.archive import parts
        from exporter_dwca.watch import watched

        return watched(parts(ctx, tables), tables) if ctx.checked else parts(ctx, tables)

    def exporter_check(self, file: Path, options: Options, receipts: Mapping[str, Receipt]) -> Iterable[Finding]:
        """What changed, and what GBIF's validator would say of the archive; rows that a receipt speaks for are not checked."""
        from exporter.clock import clock_from_environment
        from exporter_dwca.checks import check
        from exporter_dwca.compare import compare

        return chain(compare(file, options), check(file, receipts, clock_from_environment()().date()))

    def exporter_figure(self, ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
        """Where, when, what, and what was found."""
        from exporter_dwca.figure import draw

        return draw(ctx, tables, file)
