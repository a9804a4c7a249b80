"""What is known of biodiversity databases: their words, what their values look like, what their tables lend each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from exporter.mapping.biodiversity import extras, lending, roles, words
from exporter.mapping.biodiversity.checks import CHECKS, RANGES, SYNONYM_CHECKS, out_of_scale
from exporter.mapping.biodiversity.texts import NO_EVENTS, TEXTS
from exporter.mapping.drafts import Line, RecordDraft, Suggestions
from exporter.mapping.fields import Fields
from exporter.mapping.guess import Making
from exporter.mapping.known import Known, Study
from exporter.mapping.look import Table
from exporter.mapping.roles import Search
from exporter.records import Field, Relation


class Biodiversity(Known):
    """The family `biodiversity`, in the words of Darwin Core and Camtrap DP."""

    tables = words.TABLES
    order = ("taxon", "occurrence", "event", "media", "identification", "measurement")
    expected = ("event", "occurrence")
    columns = words.COLUMNS
    partners = words.PARTNERS
    starts = frozenset({"event_start", "occurrence_start"})
    public_ids = words.PUBLIC_IDS
    decisive = ("determination",)
    ranges = RANGES
    checks = CHECKS
    synonym_checks = SYNONYM_CHECKS
    dynamic = True
    texts = TEXTS

    def homonym(self, field: Field, columns: Mapping[str, str]) -> str:
        """Terms of rock are everyday words where no other column is about rock."""
        lone = field.name in words.GEOLOGICAL and sum(name in words.GEOLOGICAL for name in columns.values()) < 2
        return "as a term it is about rock" if lone else ""

    def out_of_scale(self, field: Field, texts: tuple[str, ...]) -> str:
        """Sizes of boxes are in pixels."""
        return out_of_scale(field, texts)

    def sql(self, field: Field, texts: tuple[str, ...], quoted: str) -> str:
        """Ranks are written in lower case."""
        return f"lower({quoted})" if field.name == "taxon_rank" and any(t != t.lower() for t in texts) else ""

    def unfit(self, search: Search, record: str, table: Table, fields: Fields, *, named: bool) -> str:
        """A name is not enough: it takes names of taxa, dates or places, files, and links."""
        return roles.unfit(search, record, table, fields, named=named)

    def near(self, search: Search, record: str, table: Table, fields: Fields) -> bool:
        """Scientific names in a table of any name."""
        return record == "occurrence" and "scientific_name" in fields.guesses

    def enough(self, search: Search) -> bool:
        """A list of names alone is no data set of events or occurrences."""
        return not set(search.chosen) <= {"taxon"}

    def between(self, study: Study, tables: Mapping[str, Table], relation: Relation) -> list[tuple[Table, Field | None]]:
        """Media may lead from an occurrence to its event."""
        return roles.between(study, tables, relation)

    def complete(self, making: Making) -> None:
        """Names, places, people and media from other tables."""
        lending.complete(making)

    def suggestions(self, study: Study, draft: RecordDraft, drafts: Sequence[RecordDraft]) -> Suggestions:
        """Rows that are no occurrences, and fields that publishers ask for."""
        fields = {line.label for line in draft.columns}
        events = any(each.record == "event" for each in drafts)
        placed = draft.record == "event" or (draft.record == "occurrence" and not events)
        table = draft.tables[0]
        more = extras.worth_adding(study.db, table, draft.record, fields, placed=placed)
        limits = extras.conditions(study.db, table, draft.record)
        return Suggestions(conditions=list(limits), columns=[Line(*given) for given in more])

    def remarks(self, records: Collection[str]) -> Iterator[str]:
        """How an archive is built where no events were found."""
        if records and "event" not in records:
            yield NO_EVENTS


KNOWN = Biodiversity()
