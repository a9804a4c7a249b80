"""The format `dwca`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import attrs

from exporter.format import Format
from exporter.options import option

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.tables import Table


@attrs.frozen
class Options:
    """What an archive can be told."""

    core: str = option(
        default="event",
        choices=("event", "occurrence"),
        help="What a row of the core is; with occurrence, event terms are in its rows",
    )
    events: str | None = option(
        default=None,
        choices=("all", "with-occurrences"),
        help="Which events are written; by default all; with a filter on occurrences those of what is left, with their ancestors",
    )
    include_emails: bool = option(
        default=False, help="Write e-mail addresses, of people in eml.xml and in names; else they are left out"
    )
    derived_measurements: bool = option(
        default=True, help="Write scores and boxes of detections as measurements, beside those that the source has"
    )
    templates: Path | None = option(default=None, help="A folder with eml.xml.j2 or meta.xml.j2 of your own")


class DarwinCoreArchive(Format[Options]):
    """Darwin Core Archive (http://rs.tdwg.org/dwc/text/) with event or occurrence core, multimedia and measurements."""

    name = "dwca"
    title = "Darwin Core Archive"
    family = "biodiversity"
    extension = "zip"
    media_type = "application/zip"
    modes = ("event core", "occurrence core")
    identified: ClassVar[tuple[str, ...]] = ("event", "occurrence")

    def reads(self, options: Options) -> frozenset[str]:
        """The records that become files; with an occurrence core, events only lend their terms."""
        events = {"event"} if options.core == "event" else set()
        return frozenset({"occurrence", "media", "measurement", *events})

    def followed(self, options: Options, filtered: frozenset[str]) -> Mapping[str, str]:
        """Events follow the occurrences that are left, when these are filtered or that was asked for."""
        narrowed = options.events == "with-occurrences" or (options.events is None and "occurrence" in filtered)
        return {"event": "occurrence"} if narrowed else {}

    def warm(self, options: Options) -> None:
        """The templates, and what checks."""
        from exporter_dwca import archive, checks  # noqa: F401
        from exporter_dwca.documents import load

        load([options.templates] if options.templates is not None else [])

    def recognises(self, file: Path) -> bool:
        """A zip or a folder with a meta.xml at its top or one level down."""
        if file.is_dir():
            return (file / "meta.xml").is_file()
        import zipfile

        if not zipfile.is_zipfile(file):
            return False
        try:
            with zipfile.ZipFile(file) as archive:
                return any(name.rsplit("/", 1)[-1] == "meta.xml" for name in archive.namelist())
        except (zipfile.BadZipFile, NotImplementedError, OSError, UnicodeError):
            return False

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """What GBIF could not use, or nobody should see."""
        from exporter_dwca.rules import rules

        return rules(ctx, records)

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """One table for each data file."""
        from exporter_dwca.tables import tables

        return tables(ctx, records)

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """meta.xml, the data files, and eml.xml after the core."""
        from exporter_dwca.archive import parts
        from exporter_dwca.watch import watched

        return watched(parts(ctx, tables), tables)

    def exporter_check(self, file: Path, options: Options, receipts: Mapping[str, Receipt]) -> Iterable[Finding]:
        """What GBIF's validator would say of the archive as such; rows that a receipt speaks for are not read."""
        from exporter_dwca.checks import check

        return check(file, receipts)
