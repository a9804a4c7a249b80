"""The format `dwc-dp`: the rows of an archive as a Darwin Core Data Package. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from exporter.options import option
from exporter_dwca.format import DarwinCoreArchive, RowOptions
from exporter_dwca.sensitive import SensitiveTaxa

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Part, Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.tables import Table


@attrs.frozen
class PackageOptions(RowOptions):
    """What a package can be told; the rest of what an archive can be told stands fast."""

    extensions: tuple[str, ...] = option(
        default=(),
        choices=("humboldt", "identification", "relationship"),
        help="What further records of the source are written: surveys, determinations, relationships; repeatable",
    )
    packaging: str = option(
        default="zip",
        choices=("zip", "folder"),
        help="A zip, or a folder with the files, which is all that the standard knows",
    )
    core: ClassVar[str] = "event"
    templates: ClassVar[None] = None
    compare: ClassVar[None] = None
    fail_on: ClassVar[tuple[str, ...]] = ()
    changes: ClassVar[None] = None


@attrs.frozen(kw_only=True)
class ReadPackageOptions(PackageOptions):
    """The options once the list that one of them names was read."""

    sensitive: SensitiveTaxa


class DarwinCoreDataPackage(DarwinCoreArchive):
    """Darwin Core Data Package (https://dwc.tdwg.org/dp/), guide of 2026-05-26, tables of 1.0_DEV. Experimental, as these are."""

    name = "dwc-dp"
    title = "Darwin Core Data Package, experimental"
    modes = ()
    aliases: ClassVar[Mapping[str, Mapping[str, Any]]] = {"dwcdp": {}}
    Options: ClassVar[type[Any]] = PackageOptions
    read_options: ClassVar[type[Any]] = ReadPackageOptions

    def warm(self, options: Any) -> None:
        """The template of eml.xml, and what checks."""
        from exporter_dwca import datapackage, package_checks  # noqa: F401
        from exporter_dwca.documents import load

        load([])

    def recognises(self, file: Path) -> bool:
        """A zip, tar or folder with a datapackage.json of this profile, and no archive."""
        from exporter_dwca.package_checks import is_package

        return not super().recognises(file) and is_package(file)

    def resembles(self, file: Path) -> bool:
        """Never: a zip that nobody can read is more likely an archive."""
        return False

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """Those of an archive, but for the terms that an archive requires and a package has no field for."""
        return [rule for rule in super().exporter_rules(ctx, records) if rule.code != "REQUIRED_TERM_MISSING"]

    def exporter_query(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
        """One table for each resource, from the tables of an archive."""
        from exporter_dwca.resources import resources
        from exporter_dwca.tables import tables

        return resources(ctx, tables(ctx, records))

    def exporter_inspect(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterable[Finding]:
        """What GBIF would flag in the cells of an archive with the same rows."""
        from exporter_dwca.inspection import inspect
        from exporter_dwca.resources import as_archive

        seen = [as_archive(ctx, table, tables) for table in tables if table.record]
        parts = {view.record: table.name for view, table in zip(seen, (t for t in tables if t.record), strict=True)}
        return (attrs.evolve(f, part=parts.get(f.record, f.part)) for f in inspect(ctx, seen))

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The resources, eml.xml after the events, and at last datapackage.json, which tells their sizes and digests."""
        from exporter_dwca.datapackage import parts

        return parts(ctx, tables)

    def exporter_check(self, file: Path, options: Any, receipts: Mapping[str, Receipt]) -> Iterable[Finding]:
        """Whether the package is what its datapackage.json says; the cells of one that a run has just written were looked at."""
        from exporter.clock import clock_from_environment
        from exporter_dwca.package_checks import check

        return check(file, receipts, clock_from_environment()().date())
