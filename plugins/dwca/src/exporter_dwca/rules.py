"""Rows that an archive leaves out, and cells that it does not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, true

from exporter.context import ExportContext
from exporter.errors import InputError
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter_dwca.generalize import generalization

EMAIL_HIDDEN = "EMAIL_HIDDEN"
NAMES = {
    "occurrence": ("identified_by", "recorded_by", "rights_holder"),
    "event": ("rights_holder",),
    "media": ("creator", "rights_holder"),
    "measurement": ("measurement_determined_by",),
    "identification": ("identified_by",),
    "relationship": ("relationship_according_to",),
    "survey": ("sampling_performed_by", "identified_by"),
}


def is_email(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a text holds what looks like an e-mail address."""
    return cast(column, String).like("%_@_%._%")


def rules(ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Rule]:
    """The format's own rules, on the records that the source has."""
    core = ctx.options.core
    if core not in records:
        other = "event" if core == "occurrence" else "occurrence"
        raise InputError(
            f"An archive with {core} core needs the record '{core}', which source '{ctx.source.name}' does not provide.",
            hint=f"Map it, or take --core {other}." if other in records else "Map it.",
        )
    if core == "event" and "occurrence" in records and not records["occurrence"].has("event_id"):
        raise InputError(
            f"An archive with event core needs the event_id of each occurrence, which source '{ctx.source.name}' does not provide.",
            hint="Map it, or take --core occurrence.",
        )
    found: list[Rule] = []
    if "occurrence" in records:
        found += _occurrence_rules(records["occurrence"])
        if ctx.checked:
            found += _taxon_rules(records["occurrence"], records.get("taxon"))
    for name in ("media", "measurement"):
        if name in records:
            found.append(hangs_nowhere(records[name], core))
    generalized = generalization(ctx, records)
    if generalized is not None:
        found += generalized.rules()
    if not ctx.options.include_emails:
        found += [r for name, fields in NAMES.items() if name in records for r in _email_rules(records[name], fields)]
    return found


def _occurrence_rules(row: RecordRows) -> list[Rule]:
    found = []
    if row.has("withdrawn"):
        message = "The occurrence was withdrawn; it was left out."
        found.append(Rule("occurrence", "OCCURRENCE_WITHDRAWN", message, "info", where=row.columns["withdrawn"] == true()))
    if not row.has("basis_of_record") and not row.has("verified", "score"):
        message = (
            "No basisOfRecord is mapped, which GBIF requires: HumanObservation, MachineObservation, PreservedSpecimen, ..."
        )
        found.append(Rule("occurrence", "REQUIRED_TERM_MISSING", message, where=true(), drop=False))
    named = [row.columns[f] for f in ("scientific_name", "taxon_id") if row.has(f)]
    if named:
        nameless = or_(named[0].is_(None), cast(named[0], String) == "")
        message = "The occurrence has no determination; it was left out."
        found.append(Rule("occurrence", "DETERMINATION_MISSING", message, where=nameless))
    return found


def _taxon_rules(row: RecordRows, taxon: RecordRows | None) -> list[Rule]:
    """Occurrences that have their names from the record of taxa, which lacks them."""
    if taxon is None or row.has("scientific_name") or not (row.has("taxon_id") and taxon.has("taxon_id")):
        return []
    known = taxon.in_project().with_only_columns(taxon.columns["taxon_id"], maintain_column_froms=True)
    lost = row.columns["taxon_id"].not_in(known.where(taxon.columns["taxon_id"].is_not(None)))
    message = "The taxon that the occurrence names is not there, so it has no name; it was left out."
    return [Rule("occurrence", "TAXON_MISSING", message, where=lost)]


def hangs_nowhere(row: RecordRows, core: str) -> Rule:
    """A row that no row of the core takes; `event_id` or `occurrence_id` would say which."""
    message = f"The {row.name} belongs to no {core}, so the archive has no place for it; it was left out."
    by = next((f for f in (f"{core}_id", "occurrence_id") if row.has(f)), None)
    where = true() if by is None else row.columns[by].is_(None)
    return Rule(row.name, f"{core.upper()}_NOT_GIVEN", message, "info", where=where)


def _email_rules(row: RecordRows, fields: tuple[str, ...]) -> list[Rule]:
    message = "An e-mail address stood where a name belongs; the cell was left empty (--include-emails writes it)."
    there = [row.columns[f] for f in fields if row.has(f)]
    return [Rule(row.name, EMAIL_HIDDEN, message, where=or_(*map(is_email, there)), drop=False)] if there else []
