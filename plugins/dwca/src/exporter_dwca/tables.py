"""The tables of an archive: which columns each file has, and what stands in them.

A file has the terms that the source provides for its record, and those that follow from them: dates from the beginning and end of
an event, the epithet from a binomial, the basis of record from who determined it. Column 0 is the id of the core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import Select, Text, case, cast, false, func, literal, null, select, true

from exporter.context import ExportContext
from exporter.records import Field
from exporter.selection import RecordRows
from exporter.source import KEY
from exporter.sqlitetext import bare
from exporter.tables import Table, TableQuery, Value, constant, value
from exporter.unique import DUPLICATES
from exporter_dwca.absences import Absences
from exporter_dwca.audiovisual import SIMPLE, audiovisual
from exporter_dwca.derived import epithet, event_terms
from exporter_dwca.documents import LICENSE_TEXTS
from exporter_dwca.format import RECORDS
from exporter_dwca.generalize import Generalization, generalization
from exporter_dwca.measurements import derived_queries
from exporter_dwca.relationships import with_subjects
from exporter_dwca.rules import EMAIL_HIDDEN, NAMES, is_email

ID = Field("id", str, "Identifier of the core row")
FILES = {
    "event": "event.txt",
    "occurrence": "occurrence.txt",
    "media": "multimedia.txt",
    "measurement": "extendedmeasurementorfact.txt",
    "survey": "humboldt.txt",
    "identification": "identification.txt",
    "relationship": "resourcerelationship.txt",
}
_ALWAYS_THERE = ("occurrence", "media", "measurement")
ROW_TYPES = {
    "event.txt": "http://rs.tdwg.org/dwc/terms/Event",
    "occurrence.txt": "http://rs.tdwg.org/dwc/terms/Occurrence",
    "multimedia.txt": "http://rs.gbif.org/terms/1.0/Multimedia",
    "extendedmeasurementorfact.txt": "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact",
    "humboldt.txt": "http://rs.tdwg.org/eco/terms/Event",
    "audiovisual.txt": "http://rs.tdwg.org/ac/terms/Multimedia",
    "identification.txt": "http://rs.tdwg.org/dwc/terms/Identification",
    "resourcerelationship.txt": "http://rs.tdwg.org/dwc/terms/ResourceRelationship",
}
_ALWAYS = {
    "event": ("event_id",),
    "occurrence": ("occurrence_id", "basis_of_record", "occurrence_status", "scientific_name"),
    "media": ("occurrence_id", "type", "format", "identifier"),
    "measurement": ("measurement_id", "occurrence_id", "measurement_type", "measurement_value", "measurement_unit"),
    "survey": ("target_taxonomic_scope", "is_absence_reported", "sampling_effort_value", "sampling_effort_unit"),
    "identification": ("identification_id", "occurrence_id", "identified_by", "date_identified", "scientific_name"),
    "relationship": (
        "resource_relationship_id",
        "occurrence_id",
        "resource_id",
        "related_resource_id",
        "relationship_of_resource",
    ),
}
_NOT_IN_FILE = {name: {"event_id"} for name in ("media", "measurement", "survey", "relationship")}


def tables(ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
    """The tables of the archive, the core first; each is there even where the source has no such record."""
    core = ctx.options.core
    names = dict.fromkeys([core, *_ALWAYS_THERE])
    generalized = generalization(ctx, records)
    found = [_File(ctx, records, name, core, generalized).table() for name in names]
    for extension in (e for e in RECORDS if e in ctx.options.extensions):
        file = _File(ctx, records, RECORDS[extension], core, generalized)
        found.append(file.audiovisual() if extension == "audiovisual" else file.table())
    return found


class _File:
    """One data file in the making."""

    def __init__(
        self,
        ctx: ExportContext,
        records: Mapping[str, RecordRows],
        name: str,
        core: str,
        generalized: Generalization | None,
    ) -> None:
        self._ctx = ctx
        self._records = records
        self._name = name
        self._core = core
        self._generalized = generalized
        self._row = records.get(name)
        self._schema = ctx.source.family.records[name]

    def table(self) -> Table:
        row = self._row
        queries: list[TableQuery] = []
        values: dict[str, Value] = {}
        if row is not None:
            query, values = self._own(row)
            queries.append(TableQuery(query, values, row.key))
        absent = self._absences(values)
        columns = self._columns({**values, **(absent.values if absent is not None else {})})
        queries += [absent] if absent is not None else []
        if self._name == "relationship" and row is not None:
            queries = [each for query in queries for each in with_subjects(query, row)]
        if self._name == "measurement" and self._ctx.options.derived_measurements:
            queries += derived_queries(self._ctx, self._records, self._core)
        whole = len(queries) == 1
        return Table(FILES[self._name], self._name, columns, tuple(queries), whole=whole, proven=self._is_proven())

    def _absences(self, present: Mapping[str, Value]) -> TableQuery | None:
        """What was looked for and not found, as occurrences that are absent, where that is asked for.

        :param present: the cells of the occurrences that were found.
        """
        if self._name != "occurrence" or not self._ctx.options.absences:
            return None
        found = Absences(self._ctx, self._records)
        found.note()
        event, target = found.event, found.target
        values = found.values("individualCount" in present)
        taxon = self._records.get("taxon")
        if taxon is not None and target.has("taxon_id") and taxon.has("taxon_id"):
            taxon, lent = self._lent(taxon, "taxon_id")
            values = lent | {h: v if h not in lent else _first_of(v, lent[h]) for h, v in values.items()}
            query = found.query(taxon)
        else:
            query = found.query()
        if self._core == "occurrence":
            of_event = {f.spelling: value(event, f.name) for f in event.fields} | event_terms(self._ctx, event)
            of_dataset = {h: constant(text) for h, text in _of_dataset(self._ctx).items()}
            values = of_dataset | of_event | values
            if self._generalized is not None:
                query = self._generalized.cover(query, values, event, lent=True)
        self._hide_emails(values)
        self._add_epithet(values)
        values["id"] = values[f"{self._core}ID"]
        return TableQuery(query, values)

    def audiovisual(self) -> Table:
        """The media in the terms of Audiovisual Core, with their regions of interest."""
        if self._row is None:
            return audiovisual(self._ctx, None, proven=True)
        query, values = self._own(self._row)
        return audiovisual(self._ctx, self._row, query, values, proven=self._is_proven())

    def _is_proven(self) -> bool:
        """Whether the identifiers of the core are unique, or all rows of an extension name one that is there, letter by letter."""
        if not self._ctx.checked:
            return False
        if self._name == self._core == "occurrence" and self._ctx.options.absences:
            return False  # no rule has looked at the identifiers that are made for absences
        if self._name == self._core:
            return not any(f.record == self._core and f.code in DUPLICATES for f in self._ctx.report.findings)
        written = {self._name} if self._name != "measurement" else {"measurement", "occurrence", "media"}
        field = f"{self._core}_id"
        return all(self._refers_exactly(self._records[n], field) for n in written if n in self._records)

    def _refers_exactly(self, row: RecordRows, field: str) -> bool:
        """Whether it names rows of the core letter by letter: itself, or because the occurrence it is looked up by does."""
        by = [row] if row.has(field) else []
        if self._names_either or not by:
            by += [r for r in (self._records.get("occurrence"),) if r is not None]
        return bool(by) and all(field in r.exact for r in by)

    def _columns(self, values: Mapping[str, Value]) -> dict[str, Field]:
        event = self._ctx.source.family.records["event"].fields if self._name == self._core == "occurrence" else {}
        fields = {**{f.spelling: f for f in event.values()}, **{f.spelling: f for f in self._schema.fields.values()}}
        always = [self._schema.fields[n].spelling for n in _ALWAYS[self._name]]
        wanted = [s for s in dict.fromkeys([*always, *values]) if s in fields and fields[s].term]
        if self._name == "media":
            wanted = [s for s in wanted if s in SIMPLE]
        hidden = {fields[s].spelling for s in wanted if fields[s].name in _NOT_IN_FILE.get(self._name, ())}
        return {"id": ID, **{s: fields[s] for s in wanted if s not in hidden}}

    def _own(self, row: RecordRows) -> tuple[Select[Any], dict[str, Value]]:
        query = row.select()
        values = {f.spelling: value(row, f.name) for f in row.fields}
        query = self._fill(query, values, row)
        self._derive(values, row)
        self._hide_emails(values)
        if self._generalized is not None:
            query = self._generalized.cover(query, values, row)
        query, values["id"] = self._hang(query, row)
        return query, values

    def _fill(self, query: Select[Any], values: dict[str, Value], row: RecordRows) -> Select[Any]:
        """What a parent knows and the row does not: the taxon's names, and with an occurrence core the event's terms."""
        if self._name not in ("occurrence", "identification"):
            return query
        lenders = [("taxon", "taxon_id")] if "scientificName" not in values else []
        lenders += [("event", "event_id")] if self._name == self._core == "occurrence" else []
        for lender, field in lenders:
            if lender in self._records and row.has(field) and self._records[lender].has(field):
                query = self._join(query, values, row, self._records[lender], field)
        return query

    def _join(
        self, query: Select[Any], values: dict[str, Value], row: RecordRows, lender: RecordRows, field: str
    ) -> Select[Any]:
        joined, lent = self._lent(lender, field)
        for header, each in lent.items():
            values.setdefault(header, each)
        return query.outerjoin_from(row.alias, joined.alias, joined.columns[field] == row.columns[field])

    def _lent(self, lender: RecordRows, field: str) -> tuple[RecordRows, dict[str, Value]]:
        """A record to join by a field, and the cells that it lends by header."""
        joined = self._one_for_each(lender, field)
        lent = {f.spelling: value(joined, f.name) for f in lender.fields if f.name != field}
        return joined, lent | (event_terms(self._ctx, joined) if lender.name == "event" else {})

    def _derive(self, values: dict[str, Value], row: RecordRows) -> None:
        if self._name == self._core:
            for header, text in _of_dataset(self._ctx).items():
                values.setdefault(header, constant(text))
        if self._name == "event":
            for header, each in event_terms(self._ctx, row).items():
                values.setdefault(header, each)
        if self._name in ("occurrence", "identification"):
            self._add_epithet(values)
        if self._name != "occurrence":
            return
        values.setdefault("occurrenceStatus", constant("present"))
        if "basisOfRecord" not in values and row.has("verified", "score"):
            person = row.columns["verified"] == true()
            words = case((person, literal("HumanObservation")), else_=literal("MachineObservation"))
            values["basisOfRecord"] = Value(words, text_only=True)

    def _add_epithet(self, values: dict[str, Value]) -> None:
        if "specificEpithet" not in values and "scientificName" in values:
            found = epithet(self._ctx.connection, values["scientificName"].expression)
            values["specificEpithet"] = Value(found, text_only=True)

    def _hide_emails(self, values: dict[str, Value]) -> None:
        if self._ctx.options.include_emails:
            return
        free = self._without_emails()
        for header in {self._spelling(f) for fields in NAMES.values() for f in fields if f not in free} & values.keys():
            shown = values[header].expression
            hidden = case((is_email(shown), null()), else_=shown)
            values[header] = Value(hidden, values[header].minted, values[header].text_only)

    def _without_emails(self) -> set[str]:
        """The fields in which a rule has looked at every row that is written, and found none."""
        row = self._row
        found = {f.record for f in self._ctx.report.findings if f.code == EMAIL_HIDDEN}
        if row is None or self._name in found or not self._ctx.checked:
            return set()
        if self._core == "event" and not row.filters:
            return set(NAMES[row.name])
        # a lent term is no field of the row, and a filtered event takes ancestors along that no rule has seen
        return set() if row.name == "event" else {f for f in NAMES[row.name] if row.has(f)}

    def _spelling(self, field: str) -> str:
        known = self._ctx.source.family.records
        return next((r.fields[field].spelling for r in known.values() if field in r.fields), field)

    def _hang(self, query: Select[Any], row: RecordRows) -> tuple[Select[Any], Value]:
        """The id of the core row: its own, the one that the row names, or the one of the occurrence that it names."""
        field = f"{self._core}_id"
        occurrence = self._records.get("occurrence")
        looked_up = occurrence is not None and row.has("occurrence_id") and occurrence.has(field)
        if row.has(field) and not (looked_up and self._names_either):
            return query, value(row, field)
        if occurrence is None or not looked_up:
            return query.where(false()), constant("")
        by = self._one_for_each(occurrence, "occurrence_id")
        same = by.columns["occurrence_id"] == row.columns["occurrence_id"]
        of_occurrence = value(by, field)
        if not row.has(field):
            return query.join_from(row.alias, by.alias, same), of_occurrence
        either = func.coalesce(row.columns[field], of_occurrence.expression)
        return query.outerjoin_from(row.alias, by.alias, same), attrs.evolve(of_occurrence, expression=either)

    @property
    def _names_either(self) -> bool:
        """Whether a row that names no event is one of its occurrence's."""
        return self._name == "relationship" and self._core == "event"

    def _one_for_each(self, lender: RecordRows, field: str) -> RecordRows:
        """The rows of a record that others look up by a field; one where several share it, so that none who looks is doubled."""
        rows = lender.select()
        shared = not self._ctx.checked or any(
            f.code in DUPLICATES and f.record == lender.name for f in self._ctx.report.findings
        )
        if shared or lender.name not in self._ctx.identified:  # nobody has held its identifiers to be unique
            every = rows.subquery(f"every_{lender.name}")
            postgresql = self._ctx.connection.dialect.name == "postgresql"  # has no least of two UUIDs
            mine, theirs = (cast(k, Text) if postgresql else k for k in (lender.key, every.c[KEY]))
            if self._ctx.connection.dialect.name == "sqlite":
                mine = bare(mine)  # else SQLite might go through this list for every row that looks one up
            rows = rows.where(mine.in_(select(func.min(theirs)).group_by(every.c[field])))
        return RecordRows(lender.bound, rows.subquery(f"{lender.name}_of"))


def _first_of(own: Value, lent: Value) -> Value:
    return Value(func.coalesce(own.expression, lent.expression), text_only=own.text_only and lent.text_only)


def _of_dataset(ctx: ExportContext) -> dict[str, str]:
    """What a row of the core says of its data set, where the source does not say it row by row."""
    dataset = ctx.document("dataset")
    license = LICENSE_TEXTS[dataset.license].legal_code if dataset.license else ""
    stated = {"datasetName": dataset.title, "license": license, "rightsHolder": dataset.rights_holder}
    return {header: text for header, text in stated.items() if text}
