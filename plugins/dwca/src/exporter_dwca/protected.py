"""Which occurrences are of a sensitive taxon: by the taxon record and all that is below, by rank, and by the name itself.

Every row of the project counts, whatever filters and rules leave out: another archive may hold what this one does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select

from exporter.context import ExportContext
from exporter.database import fetch
from exporter.errors import InputError
from exporter.records.biodiversity.conditions import RANKS, below
from exporter.report import Finding
from exporter.selection import RecordRows
from exporter_dwca.sensitive import Sensitive, covering

TAXON_UNKNOWN = "SENSITIVE_TAXON_UNKNOWN"
_NAMES = ("scientific_name", "accepted_name_usage", "original_name_usage", "verbatim_identification")
_WORDS = (*RANKS, "superfamily", "subfamily", "tribe", "subtribe", "subgenus")
_IDS = ("taxon_id", "accepted_name_usage_id", "scientific_name_id", "taxon_concept_id")
Condition = ColumnElement[bool]
Texts = dict[int, set[str]]  # what a column holds of the rules of each precision


def protected(ctx: ExportContext, records: Mapping[str, RecordRows], rules: Sequence[Sensitive]) -> dict[int, Condition]:
    """By precision: the condition on the rows of occurrences that rules cover. Rules that cover nothing are a finding.

    The distinct names of the data are looked at one by one, in Python: authors, marks of doubt and letters of any alphabet are
    beyond what databases compare alike.

    :raises InputError: where the source has no names of occurrences.
    """
    occurrence = records.get("occurrence")
    taxon = records.get("taxon") if occurrence is not None and occurrence.has("taxon_id") else None
    if occurrence is None or not (any(occurrence.has(f) for f in (*_NAMES, *_WORDS, *_IDS))):
        raise InputError(
            f"--generalize needs the taxa of occurrences, which source '{ctx.source.name}' does not provide.",
            hint="Map scientific_name or taxon_id, or leave the option out.",
        )
    search = _Search(ctx, rules)
    own = search.conditions(occurrence)
    above = search.conditions(taxon) if taxon is not None and taxon.has("taxon_id") else {}
    search.note_unknown()
    found: dict[int, Condition] = {}
    for digits in sorted({r.digits for r in rules}):
        parts = own.get(digits, [])
        if taxon is not None and above.get(digits):
            tree = below(taxon, or_(*above[digits]), f"sensitive_{digits + 1}")
            parts = [*parts, occurrence.columns["taxon_id"].in_(select(tree.c.id))]
        if parts:
            found[digits] = or_(*parts)
    return found


class _Search:
    """One look at all names of the data."""

    def __init__(self, ctx: ExportContext, rules: Sequence[Sensitive]) -> None:
        self._ctx = ctx
        self._rules = rules
        self._by_name = {name: rule for rule in rules for name in rule.names}
        self._met: set[str] = set()

    def conditions(self, row: RecordRows) -> dict[int, list[Condition]]:
        """The conditions of each precision on the rows of a record."""
        found: dict[int, list[Condition]] = {}
        for column in _columns(row):
            for digits, texts in self._texts(row, column).items():
                found.setdefault(digits, []).append(column.in_(sorted(texts)))
        return found

    def _texts(self, row: RecordRows, column: ColumnElement[Any]) -> Texts:
        distinct = row.in_project().with_only_columns(column.label("text"), maintain_column_froms=True).distinct()
        found: Texts = {}
        for (text,) in fetch(self._ctx.connection, distinct):
            for rule in self._covering(text or ""):
                if "\ufffd" in text:
                    raise InputError(
                        f"The name '{text}' is no UTF-8, so that --generalize cannot protect it.", hint="Mend it."
                    )
                found.setdefault(rule.digits, set()).add(text)
        return found

    def _covering(self, text: str) -> Iterable[Sensitive]:
        found = [self._by_name[name] for name in covering(text) if name in self._by_name]
        self._met.update(rule.taxon for rule in found)
        return found

    def note_unknown(self) -> None:
        """Say which rules cover nothing: they may be misspelt."""
        lost = [r.taxon for r in self._rules if r.taxon not in self._met]
        if lost:
            message = "The list of sensitive taxa names what no taxon or occurrence has as name, rank or id: is it misspelt?"
            self._ctx.report.add(Finding("warning", TAXON_UNKNOWN, message, len(lost), lost, action="kept"))


def _columns(row: RecordRows) -> list[ColumnElement[Any]]:
    """The columns that name a taxon, as texts; genus and epithet as one name."""
    found: list[ColumnElement[Any]] = [cast(row.columns[f], String) for f in (*_NAMES, *_WORDS, *_IDS) if row.has(f)]
    if row.has("genus", "specific_epithet"):
        genus, epithet = (func.trim(cast(row.columns[f], String)) for f in ("genus", "specific_epithet"))
        found.append(genus.concat(" ").concat(epithet))
    return found
