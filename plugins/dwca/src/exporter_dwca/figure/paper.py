"""The sheet of an archive: its size, and what it takes of core's."""

from __future__ import annotations

from exporter.figures.paper import BLUE, LINE, SOFT, Type, axes, legible, save, sheet, versions

__all__ = ["BLUE", "INCHES", "LINE", "SOFT", "Type", "axes", "legible", "save", "sheet", "versions"]

INCHES = (16.0, 12.0)
