"""The format `ost`. What is heavy is imported when a hook is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from exporter.parts import Part
from exporter.takeoff.formats import TakeoffFormat
from exporter.takeoff.options import CostOptions

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.parts import Receipt
    from exporter.report import Finding
    from exporter.tables import Table


@attrs.frozen
class Options(CostOptions):
    """What an export as XML can be told."""


class Ost(TakeoffFormat[Options]):
    """Conditions with their items as XML: one file for a project, without namespace."""

    name = "ost"
    title = "Takeoff XML (OSTProject)"
    extension = "xml"
    media_type = "application/xml"
    packaging = "file"

    def columns(self, options: Options) -> tuple[str, ...]:
        """All fields of measurements. What is said of pages is read once for each page."""
        from exporter_ost.items import COLUMNS

        return COLUMNS

    def exporter_serialize(self, ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
        """The file."""
        from exporter_ost.document import PART, document

        yield Part(PART, document(ctx, tables), sound=lambda: True)

    def exporter_check(
        self, file: Path, options: Options, receipts: Mapping[str, Receipt] | None = None
    ) -> Iterable[Finding]:
        """Whether readers can load it, and whether totals and counts are those of its items."""
        from exporter_ost.checks import check

        seen = bool(receipts) and all(receipt.sound for receipt in (receipts or {}).values())
        return () if seen else check(file)  # what a run writes it has counted itself

    def recognises(self, file: Path) -> bool:
        """Whether its root element is one of ours, whoever wrote it."""
        from exporter_ost.prolog import root_of

        return root_of(file) == "OSTProject"
