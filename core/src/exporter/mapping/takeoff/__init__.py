"""What is known of takeoff applications: their words, and how their tables hang together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from exporter.mapping import values
from exporter.mapping.drafts import RecordDraft, Suggestions
from exporter.mapping.fields import Fields, lent
from exporter.mapping.guess import Making
from exporter.mapping.known import Known, Study
from exporter.mapping.links import link
from exporter.mapping.look import Table
from exporter.mapping.names import nouns
from exporter.mapping.roles import Search
from exporter.mapping.takeoff import roles, words
from exporter.mapping.takeoff.checks import CHECKS, RANGES
from exporter.mapping.takeoff.deletions import kept
from exporter.mapping.takeoff.spellings import spell
from exporter.mapping.takeoff.status import judge
from exporter.mapping.takeoff.texts import NO_PAGES, TEXTS
from exporter.records import Field, Relation
from exporter.takeoff.data import COSTS

_PRICES = frozenset({*(f"{kind}_unit_cost" for kind in COSTS), "unit_cost", "markup_percent"})


class Takeoff(Known):
    """The family `takeoff`, in the words of estimators and of the applications that they measure with."""

    tables = words.TABLES
    order = ("measurement", "condition", "page", "project")
    expected = ("condition", "measurement")
    dependent = frozenset({"page", "project"})
    columns = words.COLUMNS
    orders = words.ORDERS
    ranges = RANGES
    checks = CHECKS
    json_fields = frozenset({"geometry"})
    texts = TEXTS

    def unfit(self, search: Search, record: str, table: Table, fields: Fields, *, named: bool) -> str:
        """A name is not enough: it takes quantities or geometry, and links."""
        return roles.unfit(search, record, table, fields, named=named)

    def enough(self, search: Search) -> bool:
        """Measurements without conditions have no unit and no name."""
        return roles.enough(search)

    def between(self, study: Study, tables: Mapping[str, Table], relation: Relation) -> list[tuple[Table, Field | None]]:
        """Pages may be of documents, which are of a project."""
        if (relation.child, relation.parent) != ("page", "project"):
            return []
        return [(table, None) for table in study.db.tables.values() if {*nouns(table.plain)} & words.DOCUMENTS]

    def complete(self, making: Making) -> None:
        """Words that are spelt otherwise, what follows from a status, what is missed; and costs in a table of their own."""
        spell(making)
        if making.name == "measurement":
            judge(making)
        for field in words.NEEDED.get(making.name, ()):
            _miss(making, field)
        if making.name != "condition":
            return
        for prices in making.others(words.PRICES):
            way = link(making.study, making.table, prices)
            if way is not None:
                making.borrow(way, lent(making.study, prices, making.schema, _PRICES, words.COSTS_OF_ASSEMBLIES))

    def suggestions(self, study: Study, draft: RecordDraft, drafts: Sequence[RecordDraft]) -> Suggestions:
        """Rows that were deleted are left out."""
        return Suggestions(where=list(kept(study, draft.tables[0])))

    def remarks(self, records: Collection[str]) -> Iterator[str]:
        """What is missed without pages."""
        if records and "page" not in records:
            yield NO_PAGES


def _miss(making: Making, field: str) -> None:
    """Ask for a field of which a column bears the name and not the values."""
    column = next((c for c in making.fields.refused if making.fields.meant.get(c) == field), None)
    if field not in making.lines and column is not None:
        reason = making.fields.refused[column]
        making.need(field, values.reference(making.study.db, column), reason, column)


KNOWN = Takeoff()
