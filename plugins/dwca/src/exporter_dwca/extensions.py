"""The rules of the extensions that are asked for: what GBIF would flag, and what an extension has no place for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select, true

from exporter.context import ExportContext
from exporter.report import Finding
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter_dwca.format import RECORDS
from exporter_dwca.regions import regions
from exporter_dwca.rules import hangs_nowhere


def extension_rules(ctx: ExportContext, records: Mapping[str, RecordRows]) -> Iterator[Rule]:
    """The rules of what is asked for; where the source lacks the record of an extension, its file stays empty, which is said."""
    for extension in sorted(set(ctx.options.extensions)):
        name = RECORDS[extension]
        if name in records:
            yield from _RULES[extension](ctx, records[name])
        else:
            message = f"The source has no record '{name}', so the file of the extension '{extension}' has no rows."
            ctx.report.add(Finding("warning", "EXTENSION_EMPTY", message, examples=[extension], record=name))
    if ctx.options.absences:
        yield _nameless(records["target"], records.get("taxon"))
        if not records["target"].has("event_id"):
            yield hangs_nowhere(records["target"], "event")


def _survey(_ctx: ExportContext, row: RecordRows) -> Iterator[Rule]:
    if not row.has("event_id"):
        yield hangs_nowhere(row, "event")


def _identification(_ctx: ExportContext, row: RecordRows) -> Iterator[Rule]:
    if not row.has("occurrence_id"):
        yield hangs_nowhere(row, "occurrence")
    if row.has("withdrawn"):
        message = "The determination was withdrawn; it was left out."
        yield Rule(row.name, "IDENTIFICATION_WITHDRAWN", message, "info", where=row.columns["withdrawn"] == true())


def _relationship(ctx: ExportContext, row: RecordRows) -> Iterator[Rule]:
    about = ("event_id", "occurrence_id") if ctx.options.core == "event" else ("occurrence_id",)
    nothing = and_(true(), *(row.columns[f].is_(None) for f in about if row.has(f)))
    yield attrs.evolve(hangs_nowhere(row, ctx.options.core), where=nothing)
    field = "related_resource_id"
    where = _blank(row.columns[field]) if row.has(field) else true()
    message = "The relationship names no relatedResourceID, which GBIF requires."
    yield Rule(row.name, "REQUIRED_TERM_MISSING", message, where=where, drop=False)


def _audiovisual(ctx: ExportContext, row: RecordRows) -> Iterator[Rule]:
    found = regions(ctx.connection, row)
    if found is None:
        return
    kinds = {
        "REGION_INCOMPLETE": ("The box lacks one of its four sides; no region was written.", found.incomplete),
        "REGION_SIZE_UNKNOWN": (
            "The width and height of the capture are not known, so the box cannot be given in fractions; no region was written.",
            found.unsized,
        ),
        "REGION_EMPTY": ("No part of the box lies inside the capture; no region was written.", found.empty),
        "REGION_CLIPPED": ("The box reaches outside the capture; the region is the part that lies inside.", found.outside),
    }
    yield from (Rule(row.name, code, message, where=where, drop=False) for code, (message, where) in kinds.items())


def _nameless(target: RecordRows, taxon: RecordRows | None) -> Rule:
    """A target that names no taxon, or one whose name nobody knows."""
    message = "The target names no taxon, or one without a name; no absence follows from it."
    conditions = [_blank(target.columns["scientific_name"])] if target.has("scientific_name") else []
    if taxon is not None and target.has("taxon_id") and taxon.has("taxon_id", "scientific_name"):
        named = taxon.bound.subquery("taxon_named")
        known = func.coalesce(target.columns["taxon_id"].in_(_ids(named)), False)
        conditions.append(~known)
    return Rule(target.name, "TARGET_WITHOUT_NAME", message, where=and_(true(), *conditions))


def _ids(named: Any) -> Any:
    return select(named.c["taxon_id"]).where(named.c["scientific_name"].is_not(None), named.c["taxon_id"].is_not(None))


def _blank(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(column.is_(None), cast(column, String) == "")


_RULES = {
    "humboldt": _survey,
    "audiovisual": _audiovisual,
    "identification": _identification,
    "relationship": _relationship,
}
