"""The tables of an archive: which columns each file has, and what stands in them.

A file has the terms that the source provides for its record, and those that follow from them: dates from the beginning and end of
an event, the epithet from a binomial, the basis of record from who determined it. Column 0 is the id of the core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, Text, case, cast, false, func, literal, null, select, true

from exporter.context import ExportContext
from exporter.records import Field
from exporter.selection import RecordRows
from exporter.source import KEY
from exporter.tables import Table, TableQuery, Value, constant, value
from exporter.unique import DUPLICATES
from exporter_dwca.derived import epithet, event_terms
from exporter_dwca.documents import LICENSE_TEXTS
from exporter_dwca.measurements import derived_queries
from exporter_dwca.rules import EMAIL_HIDDEN, NAMES, is_email

ID = Field("id", str, "Identifier of the core row")
FILES = {
    "event": "event.txt",
    "occurrence": "occurrence.txt",
    "media": "multimedia.txt",
    "measurement": "extendedmeasurementorfact.txt",
}
ROW_TYPES = {
    "event.txt": "http://rs.tdwg.org/dwc/terms/Event",
    "occurrence.txt": "http://rs.tdwg.org/dwc/terms/Occurrence",
    "multimedia.txt": "http://rs.gbif.org/terms/1.0/Multimedia",
    "extendedmeasurementorfact.txt": "http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact",
}
_ALWAYS = {
    "event": ("event_id",),
    "occurrence": ("occurrence_id", "basis_of_record", "occurrence_status", "scientific_name"),
    "media": ("occurrence_id", "type", "format", "identifier"),
    "measurement": ("measurement_id", "occurrence_id", "measurement_type", "measurement_value", "measurement_unit"),
}
_NOT_IN_FILE = {"media": {"event_id"}, "measurement": {"event_id"}}


def tables(ctx: ExportContext, records: Mapping[str, RecordRows]) -> Sequence[Table]:
    """The tables of the archive, the core first; each is there even where the source has no such record."""
    core = ctx.options.core
    names = [core, *(n for n in FILES if n not in (core, "event"))]
    return [_File(ctx, records, name, core).table() for name in names]


class _File:
    """One data file in the making."""

    def __init__(self, ctx: ExportContext, records: Mapping[str, RecordRows], name: str, core: str) -> None:
        self._ctx = ctx
        self._records = records
        self._name = name
        self._core = core
        self._row = records.get(name)
        self._schema = ctx.source.family.records[name]

    def table(self) -> Table:
        row = self._row
        queries: list[TableQuery] = []
        values: dict[str, Value] = {}
        if row is not None:
            query, values = self._own(row)
            queries.append(TableQuery(query, values, row.key))
        columns = self._columns(values)
        if self._name == "measurement" and self._ctx.options.derived_measurements:
            queries += derived_queries(self._ctx, self._records, self._core)
        whole = len(queries) == 1
        return Table(FILES[self._name], self._name, columns, tuple(queries), whole=whole, proven=self._is_proven())

    def _is_proven(self) -> bool:
        """Whether the identifiers of the core are unique, or all rows of an extension name one that is there, letter by letter."""
        if self._name == self._core:
            return not any(f.record == self._core and f.code in DUPLICATES for f in self._ctx.report.findings)
        written = {self._name} if self._name != "measurement" else {"measurement", "occurrence", "media"}
        field = f"{self._core}_id"
        return all(field in self._records[n].exact for n in written if n in self._records)

    def _columns(self, values: Mapping[str, Value]) -> dict[str, Field]:
        event = self._ctx.source.family.records["event"].fields if self._name == self._core == "occurrence" else {}
        fields = {**{f.spelling: f for f in event.values()}, **{f.spelling: f for f in self._schema.fields.values()}}
        always = [self._schema.fields[n].spelling for n in _ALWAYS[self._name]]
        wanted = [s for s in dict.fromkeys([*always, *values]) if s in fields and fields[s].term]
        hidden = {fields[s].spelling for s in wanted if fields[s].name in _NOT_IN_FILE.get(self._name, ())}
        return {"id": ID, **{s: fields[s] for s in wanted if s not in hidden}}

    def _own(self, row: RecordRows) -> tuple[Select[Any], dict[str, Value]]:
        query = row.select()
        values = {f.spelling: value(row, f.name) for f in row.fields}
        query = self._fill(query, values, row)
        self._derive(values, row)
        self._hide_emails(values)
        query, values["id"] = self._hang(query, row)
        return query, values

    def _fill(self, query: Select[Any], values: dict[str, Value], row: RecordRows) -> Select[Any]:
        """What a parent knows and the row does not: the taxon's names, and with an occurrence core the event's terms."""
        if self._name != "occurrence":
            return query
        lenders = [("taxon", "taxon_id")] if "scientificName" not in values else []
        lenders += [("event", "event_id")] if self._core == "occurrence" else []
        for lender, field in lenders:
            if lender in self._records and row.has(field) and self._records[lender].has(field):
                query = self._join(query, values, row, self._records[lender], field)
        return query

    def _join(
        self, query: Select[Any], values: dict[str, Value], row: RecordRows, lender: RecordRows, field: str
    ) -> Select[Any]:
        joined = self._one_for_each(lender, field)
        lent = {f.spelling: value(joined, f.name) for f in lender.fields if f.name != field}
        if lender.name == "event":
            lent |= event_terms(self._ctx, joined)
        for header, each in lent.items():
            values.setdefault(header, each)
        return query.outerjoin_from(row.alias, joined.alias, joined.columns[field] == row.columns[field])

    def _derive(self, values: dict[str, Value], row: RecordRows) -> None:
        if self._name == self._core:
            for header, text in _of_dataset(self._ctx).items():
                values.setdefault(header, constant(text))
        if self._name == "event":
            for header, each in event_terms(self._ctx, row).items():
                values.setdefault(header, each)
        if self._name != "occurrence":
            return
        values.setdefault("occurrenceStatus", constant("present"))
        if "basisOfRecord" not in values and row.has("verified", "score"):
            person = row.columns["verified"] == true()
            words = case((person, literal("HumanObservation")), else_=literal("MachineObservation"))
            values["basisOfRecord"] = Value(words, text_only=True)
        if "specificEpithet" not in values and "scientificName" in values:
            values["specificEpithet"] = Value(
                epithet(self._ctx.connection, values["scientificName"].expression), text_only=True
            )

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
        if row is None or self._name in found:
            return set()
        if self._core == "event" and not row.filters:
            return {f for fields in NAMES.values() for f in fields}
        # a lent term is no field of the row, and a filtered event takes ancestors along that no rule has seen
        return set() if row.name == "event" else {f for f in NAMES[row.name] if row.has(f)}

    def _spelling(self, field: str) -> str:
        known = self._ctx.source.family.records
        return next((r.fields[field].spelling for r in known.values() if field in r.fields), field)

    def _hang(self, query: Select[Any], row: RecordRows) -> tuple[Select[Any], Value]:
        """The id of the core row: its own, the one that the row names, or the one of the occurrence that it names."""
        field = f"{self._core}_id"
        if row.has(field):
            return query, value(row, field)
        occurrence = self._records.get("occurrence")
        if occurrence is None or not (row.has("occurrence_id") and occurrence.has(field)):
            return query.where(false()), constant("")
        by = self._one_for_each(occurrence, "occurrence_id")
        same = by.columns["occurrence_id"] == row.columns["occurrence_id"]
        return query.join_from(row.alias, by.alias, same), value(by, field)

    def _one_for_each(self, lender: RecordRows, field: str) -> RecordRows:
        """The rows of a record that others look up by a field; one where several share it, so that none who looks is doubled."""
        rows = lender.select()
        shared = any(f.code == DUPLICATES[0] and f.record == lender.name for f in self._ctx.report.findings)
        if shared or lender.name not in self._ctx.format.identified:  # nobody has held its identifiers to be unique
            every = rows.subquery(f"every_{lender.name}")
            postgresql = self._ctx.connection.dialect.name == "postgresql"  # has no least of two UUIDs
            mine, theirs = (cast(k, Text) if postgresql else k for k in (lender.key, every.c[KEY]))
            rows = rows.where(mine.in_(select(func.min(theirs)).group_by(every.c[field])))
        return RecordRows(lender.bound, rows.subquery(f"{lender.name}_of"))


def _of_dataset(ctx: ExportContext) -> dict[str, str]:
    """What a row of the core says of its data set, where the source does not say it row by row."""
    dataset = ctx.document("dataset")
    license = LICENSE_TEXTS[dataset.license].legal_code if dataset.license else ""
    stated = {"datasetName": dataset.title, "license": license, "rightsHolder": dataset.rights_holder}
    return {header: text for header, text in stated.items() if text}
