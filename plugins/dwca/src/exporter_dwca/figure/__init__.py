"""The figure of an archive: where, when, what, and what was found, on one sheet. matplotlib is imported when it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exporter.errors import InputError

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.tables import Table


def require() -> None:
    """See that matplotlib is there.

    :raises InputError: when it is not.
    """
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise InputError(
            "A figure is drawn by matplotlib, which is not installed.", hint="pip install 'exporter-dwca[figures]'"
        )


def draw(ctx: ExportContext, tables: Sequence[Table], file: Path) -> str:
    """Draw the tables into a file.

    :returns: what is to be seen, in words.
    """
    require()
    from exporter_dwca.figure.drawing import draw_sheet

    return draw_sheet(ctx, tables, file)
