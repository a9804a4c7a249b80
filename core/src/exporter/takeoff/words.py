"""What a takeoff was narrowed to, in words for its readers."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.context import ExportContext
from exporter.records.takeoff.filters import Filters

_LISTS = ("conditions", "scopes", "categories", "buildings", "areas", "elevations", "pages", "sheets")
_FLAGS = {
    ("verified", True): "Verified measurements only",
    ("verified", False): "Measurements that nobody has verified only",
    ("ai_generated", True): "Measurements that a model drew only",
    ("ai_generated", False): "No measurements that a model drew",
    ("zero_quantities", False): "No measurements without quantity",
}


def narrowed_to(ctx: ExportContext) -> list[str]:
    """A sentence for each filter of the run and each option that leaves something out; none where all is written."""
    return list(dict.fromkeys(_sentences(ctx)))


def _sentences(ctx: ExportContext) -> Iterator[str]:
    filters: Filters = ctx.filters
    for name in _LISTS:
        if given := getattr(filters, name):
            yield f"{name.capitalize()}: {', '.join(given)}"
    for (name, value), words in _FLAGS.items():
        if getattr(filters, name) is value:
            yield words
    if not ctx.options.include_unverified:
        yield _FLAGS["verified", True]
    if ctx.options.hide_empty:
        yield "Conditions without measurements are hidden"
    told = ctx.report.filters_in_words
    yield from told
    for name, value in ctx.host_filters.items():
        if not any(each.startswith(f"{name}: ") for each in told):
            yield f"{name}: {value}"
