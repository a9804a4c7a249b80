"""The format `ost`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from exporter.options import option
from exporter.parts import Part
from exporter.takeoff.formats import TakeoffFormat
from exporter.takeoff.options import CostOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Receipt
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.selection import RecordRows
    from exporter.tables import Table

_KEPT = ("PAGE_MISSING", "GEOMETRY_TYPE_UNKNOWN")


@attrs.frozen
class Options(CostOptions):
    """What an export as XML can be told."""

    dialect: str = option(
        default="neutral",
        choices=("neutral", "bid"),
        help="neutral: with a schema of its own; bid: as On-Screen Takeoff's bid file, as far as that is known (experimental)",
    )


class Ost(TakeoffFormat[Options]):
    """Conditions with their items as XML: one file for a project, without namespace."""

    name = "ost"
    title = "Takeoff XML (OSTProject)"
    extension = "xml"
    media_type = "application/xml"
    packaging = "file"

    def extension_for(self, options: Options) -> str:
        """Bid files are called .ost."""
        return "ost" if options.dialect == "bid" else self.extension

    def columns(self, options: Options) -> tuple[str, ...]:
        """The fields of measurements that the dialect has. What is said of pages is read once for each page."""
        from exporter_ost import items
        from exporter_ost.bid import takeoffs

        return takeoffs.COLUMNS if options.dialect == "bid" else items.COLUMNS

    def exporter_rules(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
        """Those of all takeoffs. A bid tells by itself what it leaves out where others keep the quantity."""
        found = super().exporter_rules(ctx, records)
        return [rule for rule in found if rule.code not in _KEPT] if ctx.options.dialect == "bid" else found

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The file."""
        from exporter_ost import document as neutral
        from exporter_ost.bid import document as bid

        dialect = bid if ctx.options.dialect == "bid" else neutral
        yield Part(dialect.PART, dialect.document(ctx, tables), sound=lambda: True)

    def exporter_check(
        self, file: Path, options: Options, receipts: Mapping[str, Receipt] | None = None
    ) -> Iterable[Finding]:
        """Whether readers can load it, and whether totals and counts are those of its items."""
        from exporter_ost import checks
        from exporter_ost.bid import checks as bid
        from exporter_ost.bid.names import ROOT
        from exporter_ost.prolog import root_of

        seen = bool(receipts) and all(receipt.sound for receipt in (receipts or {}).values())
        if seen:
            return ()  # what a run writes it has counted itself
        return bid.check(file) if root_of(file) == ROOT else checks.check(file)

    def recognises(self, file: Path) -> bool:
        """Whether its root element is that of a dialect, whoever wrote it."""
        from exporter_ost.bid.names import ROOT
        from exporter_ost.prolog import root_of

        return root_of(file) in ("OSTProject", ROOT)
