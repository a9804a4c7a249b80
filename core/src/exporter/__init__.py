"""Exporter: rows from an application's database become the files that other people's tools demand.

    import exporter

    result = exporter.run(format="dwca", source=source, output="insects.zip", filters={"verified": True})
    print(result.artifact.path, result.report.records)

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exporter.api import check, formats, preview, run, sources
    from exporter.errors import ExporterError, InputError
    from exporter.format import Format
    from exporter.options import option
    from exporter.parts import Part
    from exporter.report import Finding
    from exporter.rules import Rule
    from exporter.source import HostFilter, RecordSource, Source
    from exporter.tables import Table, provided, table

__all__ = [
    "ExporterError",
    "Finding",
    "Format",
    "HostFilter",
    "InputError",
    "Part",
    "RecordSource",
    "Rule",
    "Source",
    "Table",
    "check",
    "formats",
    "option",
    "preview",
    "provided",
    "run",
    "sources",
    "table",
]

_FROM = {
    "ExporterError": "errors",
    "Finding": "report",
    "Format": "format",
    "HostFilter": "source",
    "InputError": "errors",
    "Part": "parts",
    "RecordSource": "source",
    "Rule": "rules",
    "Source": "source",
    "Table": "tables",
    "check": "api",
    "formats": "api",
    "option": "options",
    "preview": "api",
    "provided": "tables",
    "run": "api",
    "sources": "api",
    "table": "tables",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _FROM:
        raise AttributeError(f"module 'exporter' has no attribute {name!r}")
    return getattr(import_module(f"exporter.{_FROM[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
