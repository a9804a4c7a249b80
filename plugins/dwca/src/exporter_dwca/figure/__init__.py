"""The figure of an archive: where, when, what, and what was found, on one sheet. matplotlib is imported when it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.tables import Table


def draw(ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
    """Draw the tables into a file.

    :returns: what is to be seen, in words.
    """
    from exporter_dwca.figure.drawing import draw_sheet

    return draw_sheet(ctx, tables, file)
