"""Absences: what was looked for in an event, and of which no occurrence is known there.

An absence is a claim. So an occurrence counts as a find whether or not it is written: one that a filter or a rule leaves out, or
that was withdrawn, was there all the same. It is a find of its taxon and of all taxa above, in its event and in all events that its
event is part of. What the source itself does not show cannot count.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from exporter.context import ExportContext
from exporter.database import fetch
from exporter.records.biodiversity.conditions import RANKS
from exporter.records.conditions import position
from exporter.report import Finding
from exporter.selection import RecordRows
from exporter.tables import Value, constant, value

Condition = ColumnElement[bool]
_NAME = "scientific_name"
_WORDS = 3  # of a name, before its author: Noctua pronuba innuba


class Absences:
    """The events that are written, each with what was looked for in it."""

    def __init__(self, ctx: ExportContext, records: Mapping[str, RecordRows]) -> None:
        self._ctx = ctx
        self._records = records
        self._all_targets = records["target"]
        self.event = records["event"]
        self.target = self._targets("target_of")

    def query(self, taxon: RecordRows | None = None) -> Select[Any]:
        """The absences in the order of events and targets.

        :param taxon: what lends the names of the targets' taxa.
        """
        pairs, found = self._found(self._pairs(taxon), self._every_occurrence)
        query = self.event.select().select_from(pairs).where(~found)
        return query.order_by(self.event.key, self.target.key)

    def note(self) -> None:
        """Say in the report what became of each taxon in each event: found, absent, or neither."""
        looked_for = self._count(self._pairs(), true())
        found = self._count(*self._found(self._pairs(), self._every_occurrence))
        shown = self._count(*self._found(self._pairs(), self._written)) if found else 0
        counts = {
            "TARGETS_FOUND": (shown, "Taxa that were looked for in an event, and of which it has an occurrence.", ""),
            "ABSENCES_WRITTEN": (
                looked_for - found,
                "Taxa that were looked for in an event and not found.",
                "written as absent",
            ),
            "ABSENCES_NOT_CLAIMED": (
                found - shown,
                "Taxa that were looked for and found in an event, in occurrences that are not written: they are not absent.",
                "left out",
            ),
        }
        for code, (count, message, action) in counts.items():
            if count:
                self._ctx.report.add(
                    Finding("info", code, message, count, record="target", part="occurrence.txt", action=action)
                )

    def values(self, counted: bool) -> dict[str, Value]:
        """The cells of an absence by header.

        :param counted: whether individuals are counted.
        """
        event, target = self.event, self.target
        lent = {
            f.spelling: value(target, f.name)
            for f in target.fields
            if f.term and f.name not in ("event_id", "basis_of_record")
        }
        return {
            **lent,
            "occurrenceID": self._identifier(),
            "eventID": value(event, "event_id"),
            "basisOfRecord": self._basis(),
            "occurrenceStatus": constant("absent"),
            **({"individualCount": constant("0")} if counted else {}),
        }

    # --- what was looked for where

    def _targets(self, alias: str) -> RecordRows:
        return RecordRows(self._all_targets.bound, self._all_targets.select().subquery(alias))

    def _pairs(self, taxon: RecordRows | None = None) -> FromClause:
        """Each event with each of its targets, once."""
        sought, event, target = self._sought, self.event, self.target
        whole = event.alias.join(sought, sought.c.event_id == event.columns["event_id"])
        whole = whole.join(target.alias, self._comparable(target.key) == sought.c.key)
        if taxon is not None:
            whole = whole.outerjoin(taxon.alias, taxon.columns["taxon_id"] == target.columns["taxon_id"])
        return whole

    @cached_property
    def _sought(self) -> FromClause:
        """The first target of each event and taxon: an event may be the part of another that looks for the same."""
        target = self._targets("target_sought")
        place: ColumnElement[Any] = target.columns["event_id"]
        source: FromClause = target.alias
        if self._parts is not None and target.has("in_parts"):
            tree = self._parts.alias("parts_sought")
            about = or_(tree.c.whole == tree.c.part, target.columns["in_parts"] == true())
            source, place = source.join(tree, and_(place == tree.c.whole, about)), tree.c.part
        first = func.min(self._comparable(target.key)).label("key")
        return select(place.label("event_id"), first).select_from(source).group_by(place, _taxon(target)).subquery("sought")

    def _comparable(self, key: ColumnElement[Any]) -> ColumnElement[Any]:
        return cast(key, Text) if self._ctx.connection.dialect.name == "postgresql" else key  # has no least of two UUIDs

    @cached_property
    def _parts(self) -> Any:
        """Every event with itself and with each event that is part of it; None where events have no parts."""
        if not self.event.has("parent_event_id"):
            return None
        id = self.event.bound.subquery("event_whole").c["event_id"]
        tree = select(id.label("whole"), id.label("part")).where(id.is_not(None)).cte("event_parts", recursive=True)
        below = self.event.bound.subquery("event_part")
        further = select(tree.c.whole, below.c["event_id"]).join_from(tree, below, below.c["parent_event_id"] == tree.c.part)
        return tree.union(further.where(below.c["event_id"].is_not(None)))

    def _count(self, pairs: FromClause, condition: Condition) -> int:
        query = self.event.select().select_from(pairs).where(condition)
        query = query.with_only_columns(func.count(), maintain_column_froms=True)
        return int(fetch(self._ctx.connection, query)[0][0])

    # --- what was found

    @cached_property
    def _every_occurrence(self) -> FromClause | None:
        row = self._records.get("occurrence")
        return row.bound.subquery("occurrence_known") if row is not None else None

    @cached_property
    def _written(self) -> FromClause | None:
        row = self._records.get("occurrence")
        return row.select().subquery("occurrence_written") if row is not None else None

    def _found(self, pairs: FromClause, occurrences: FromClause | None) -> tuple[FromClause, Condition]:
        """Whether the event, or one that is part of it, has one of these occurrences of the target.

        What was found is listed once and joined: no database then looks through the occurrences for each event and target.

        :returns: the events with their targets, joined with what was found; and the condition.
        """
        if occurrences is None or "event_id" not in occurrences.c:
            return pairs, false()
        by_taxon = "taxon_id" in occurrences.c and self.target.has("taxon_id")
        lists: list[tuple[Select[Any] | CompoundSelect[Any], ColumnElement[Any]]] = []
        if by_taxon:
            lists.append((self._taxa_found(occurrences), self.target.columns["taxon_id"]))
        wanted = self._name(self.target, by_taxon=not by_taxon)
        names = self._names_found(occurrences, by_taxon=not by_taxon)
        if wanted is not None and names is not None:
            lists.append((names, wanted))
        found: list[Condition] = []
        for number, (listed, what) in enumerate(lists):
            once = listed.subquery(f"listed_{number}")
            each = select(once.c.event_id, once.c.what).distinct().subquery(f"found_{number}")
            pairs = pairs.outerjoin(each, and_(each.c.event_id == self.event.columns["event_id"], each.c.what == what))
            found.append(each.c.event_id.is_not(None))
        return pairs, or_(false(), *found)

    def _events_of(self, occurrences: FromClause, alias: str) -> tuple[FromClause, ColumnElement[Any], Condition]:
        """Occurrences with every event that they are in: its own, and those that it is part of.

        :param alias: of the tree of events; a statement holds several.
        """
        place: ColumnElement[Any] = occurrences.c["event_id"]
        if self._parts is None:
            return occurrences, place, place.is_not(None)
        tree = self._parts.alias(alias)
        told: Condition = true()
        if "occurrence_status" in occurrences.c:  # an absence in a part says nothing of the whole
            status = func.lower(cast(occurrences.c["occurrence_status"], String))
            told = or_(func.coalesce(status, "") != "absent", tree.c.whole == tree.c.part)
        return occurrences.join(tree, tree.c.part == place), tree.c.whole, told

    def _taxa_found(self, occurrences: FromClause) -> Select[Any]:
        """Events and taxa that were looked for: those of the occurrences, and all above them."""
        source, place, told = self._events_of(occurrences, "events_of_taxa")
        tree = self._below.alias("taxa_found")
        source = source.join(tree, tree.c.id == occurrences.c["taxon_id"])
        return select(place.label("event_id"), tree.c.top.label("what")).select_from(source).where(told)

    @cached_property
    def _below(self) -> Any:
        """The taxa that are looked for, with all below them."""
        sought = self._targets("target_taxa").columns["taxon_id"]
        tree = select(sought.label("top"), sought.label("id")).where(sought.is_not(None)).distinct()
        taxon = self._records.get("taxon")
        if taxon is None or not taxon.has("taxon_id", "parent_taxon_id"):
            return tree.subquery("taxa_sought")
        below = tree.cte("taxa_sought", recursive=True)
        child = taxon.bound.subquery("taxon_sought")
        descend = select(below.c.top, child.c["taxon_id"]).join_from(below, child, child.c["parent_taxon_id"] == below.c.id)
        return below.union(descend)

    def _names_found(self, occurrences: FromClause, *, by_taxon: bool) -> CompoundSelect[Any] | None:
        """Events and names that were looked for: those of the occurrences and of all taxa above them, and what these begin with."""
        source, place, told = self._events_of(occurrences, "events_of_names")
        source, names = self._with_names(source, occurrences)
        target = self._targets("target_names")
        sought = self._name(target, by_taxon=by_taxon)
        if not names or sought is None:
            return None
        wanted, event = select(sought), place.label("event_id")
        every = [*names.values(), *(_beginnings(self._ctx.connection, names[_NAME]) if _NAME in names else ())]
        texts = (cast(each, String) for each in every)
        return union_all(
            *(select(event, each.label("what")).select_from(source).where(told, each.in_(wanted)) for each in texts)
        )

    def _with_names(self, source: FromClause, occurrences: FromClause) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
        """Occurrences with their names: their own, or where they have none those of their taxa."""
        wanted = (_NAME, *RANKS)
        own: dict[str, ColumnElement[Any]] = {f: occurrences.c[f] for f in wanted if f in occurrences.c}
        taxon = self._records.get("taxon")
        if _NAME in own or taxon is None or "taxon_id" not in occurrences.c or not taxon.has("taxon_id"):
            return source, own
        lender = taxon.bound.subquery("taxon_found")
        lent = {f: lender.c[f] for f in wanted if f in lender.c}
        return source.outerjoin(lender, lender.c["taxon_id"] == occurrences.c["taxon_id"]), {**lent, **own}

    def _name(self, target: RecordRows, *, by_taxon: bool) -> ColumnElement[Any] | None:
        """A target's name: its own, or that of its taxon, which nobody needs where ids can be compared."""
        found = [target.columns[_NAME]] if target.has(_NAME) else []
        taxon = self._records.get("taxon")
        if by_taxon and taxon is not None and target.has("taxon_id") and taxon.has("taxon_id", _NAME):
            lender = taxon.bound.subquery("taxon_named")
            name = select(func.min(lender.c[_NAME])).where(lender.c["taxon_id"] == target.columns["taxon_id"])
            found.append(name.correlate(target.alias).scalar_subquery())
        return func.nullif(func.coalesce(*found, ""), "") if found else None

    # --- cells

    def _identifier(self) -> Value:
        """Made from the event and the taxon that was looked for, so that it outlives all other rows."""
        taxon = _taxon(self.target)
        event = self.event.columns["event_id"]
        if "event_id" in self.event.bound.minted:
            return Value(cast(event, String).concat(":").concat(taxon), "absence", text_only=True)
        return Value(cast(event, String).concat(":absent:").concat(func.replace(taxon, " ", "-")), text_only=True)

    def _basis(self) -> Value:
        """As the target says; else as of most occurrences that are written."""
        usual = literal(self._usual_basis())
        if not self.target.has("basis_of_record"):
            return Value(usual, text_only=True)
        given = self.target.columns["basis_of_record"]
        return Value(case((func.coalesce(given, "") != "", given), else_=usual), text_only=True)

    def _usual_basis(self) -> str:
        row = self._records.get("occurrence")
        if row is None:
            return "HumanObservation"
        if not row.has("basis_of_record"):
            return "MachineObservation" if row.has("verified", "score") else "HumanObservation"
        basis = row.columns["basis_of_record"]
        counted = row.select().with_only_columns(basis, func.count(), maintain_column_froms=True).group_by(basis)
        found = [(-int(n), str(word)) for word, n in fetch(self._ctx.connection, counted) if word]
        return min(found)[1] if found else "HumanObservation"


def _taxon(target: RecordRows) -> ColumnElement[Any]:
    """What a target is known by: the id of its taxon, or else its name."""
    given = [func.nullif(cast(target.columns[f], String), "") for f in ("taxon_id", "scientific_name") if target.has(f)]
    return func.coalesce(*given, "")


def _beginnings(connection: Connection, name: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The first word of a name, the first two, and so on, where more follow: its genus, its species, itself without the author."""
    found: list[ColumnElement[Any]] = []
    end: ColumnElement[Any] = literal(0)
    for _ in range(_WORDS):
        blank = position(connection, func.substr(name, end + 1), " ")
        end = case((blank > 0, end + blank), else_=null())
        found.append(func.substr(name, 1, end - 1))
    return found
