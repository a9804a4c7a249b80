"""The resources of a Darwin Core Data Package: the tables of an archive, parted and named as the package wants them.

dwc_dp_fields.csv lists the fields of each resource that an archive has values for: where the value stands in the archive, and what
the table schemas at rs.tdwg.org (dwc-dp 1.0_DEV) say of the field: type, term, bounds, key. A field whose column no row of the
source has is left out, as section 3.3 of the guide (https://dwc.tdwg.org/dp/) has it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import attrs
from sqlalchemy import ColumnElement, String, and_, case, cast, false, literal, not_, null, or_

from exporter.context import ExportContext
from exporter.records import Field
from exporter.report import Finding
from exporter.tables import Table, TableQuery, Value, constant

NO_PLACE = "TERM_WITHOUT_PLACE"
_KEY = Field("key", str, "The key of the row in its database; only means something inside the package")
_ORIGINS = {  # the file of an archive whose rows a resource has
    "event": "event.txt",
    "survey": "humboldt.txt",
    "occurrence": "occurrence.txt",
    "identification": "identification.txt",
    "usage-policy": "multimedia.txt",
    "media": "multimedia.txt",
    "event-media": "multimedia.txt",
    "occurrence-media": "multimedia.txt",
    "event-assertion": "extendedmeasurementorfact.txt",
    "occurrence-assertion": "extendedmeasurementorfact.txt",
    "resource-relationship": "resourcerelationship.txt",
}
_INSTEAD = {"survey": "event.txt", "identification": "occurrence.txt"}  # where the file was not asked for
_OWN = ("event", "occurrence", "media")  # one row for each row of their record
_DERIVED = ("usage-policy", "event-media", "occurrence-media")  # no record's own table
_SAMPLING = ("samplingProtocol", "sampleSizeValue", "sampleSizeUnit")  # what a package has no place for in an event
_RIGHTS = ("license", "rightsHolder")  # the same of a medium
Condition = ColumnElement[bool]


@attrs.frozen
class PackageField:
    """A field of a resource.

    :param header: the column of the archive that holds its value.
    :param type: as the table schema has it: string, integer, number, boolean.
    :param key: `primary`, or resource and field that it refers to, as `event.event_pk`.
    :param bounds: minimum and maximum; each empty where there is none.
    """

    name: str
    header: str
    type: str
    term: str
    key: str
    required: bool
    bounds: tuple[str, str]


@cache
def fields_of(resource: str) -> Mapping[str, PackageField]:
    """The fields of a resource by their names, in the order of its table schema; none for a resource of another kind."""
    with files("exporter_dwca").joinpath("dwc_dp_fields.csv").open(encoding="utf-8") as lines:
        return {
            row["field"]: PackageField(
                row["field"],
                row["header"],
                row["type"],
                row["term"],
                row["key"],
                row["required"] == "yes",
                (row["minimum"], row["maximum"]),
            )
            for row in csv.DictReader(lines)
            if row["table"] == resource
        }


def resource_of(table: Table) -> str:
    """The name of a table's resource."""
    return table.name.removesuffix(".tsv")


def resources(ctx: ExportContext, archive: Sequence[Table]) -> list[Table]:
    """The tables of the package, the events first; all but the relationships are always there.

    :param archive: the tables of an archive with event core.
    """
    by_name = {table.name: table for table in archive}
    found = []
    for resource, name in _ORIGINS.items():
        table = by_name.get(name) or by_name.get(_INSTEAD.get(resource, ""))
        if table is not None:
            found.append((table, _resource(ctx, resource, table)))
    for table in archive:
        _tell_what_has_no_place(ctx, table, [made for origin, made in found if origin is table])
    return [made for _, made in found]


def as_archive(ctx: ExportContext, table: Table, every: Sequence[Table]) -> Table:
    """The archive's file that holds the rows of a resource, with those terms that stand anywhere in the package."""
    fields = _fields(ctx, table.record)
    written = {f.spelling for t in every for f in t.columns.values()}
    headers = dict.fromkeys(h for q in table.queries for h in q.values if h in fields and fields[h].term and h in written)
    columns = {h: fields[h] for h in headers}
    return attrs.evolve(table, name=_ORIGINS[resource_of(table)], columns=columns)


def _resource(ctx: ExportContext, resource: str, origin: Table) -> Table:
    asked = origin.name == _ORIGINS[resource]
    queries = tuple(_query(resource, query, asked) for query in origin.queries)
    fields = _fields(ctx, origin.record)
    there = {h for q in queries for h in q.values}
    columns = {
        f.name: fields.get(f.header) or Field(f.header, str)
        for f in fields_of(resource).values()
        if f.header in there or f.key or f.required
    }
    queries = tuple(_named(resource, q, columns) for q in queries)
    record = origin.record if asked and resource not in _DERIVED else ""
    return Table(f"{resource}.tsv", record, columns, queries, whole=origin.whole and resource in _OWN)


def _fields(ctx: ExportContext, record: str) -> dict[str, Field]:
    return {f.spelling: f for f in ctx.source.family.records[record].fields.values()} | {"key": _KEY}


def _named(resource: str, query: TableQuery, columns: Mapping[str, Field]) -> TableQuery:
    """The same rows with the values under the names of the package, too."""
    known = fields_of(resource)
    named = {name: query.values[known[name].header] for name in columns if known[name].header in query.values}
    return attrs.evolve(query, values={**query.values, **named})


def _query(resource: str, query: TableQuery, asked: bool) -> TableQuery:
    """The rows that a resource has of a query, with what the package wants beside the columns of an archive."""
    values = {**query.values, **_further(resource, query, asked)}
    where = _condition(resource, query.values, asked)
    return attrs.evolve(query, query=query.query if where is None else query.query.where(where), values=values)


def _further(resource: str, query: TableQuery, asked: bool) -> dict[str, Value]:
    key = {} if query.order is None else {"key": Value(query.order, field=_KEY)}
    values = query.values
    if resource == "event":
        return {"eventCategory": constant("survey")}
    if resource == "occurrence":
        return {**_quantity(values), "occurrenceStatus": _status(values)}
    if resource == "media":
        policy = case((_given(values, *_RIGHTS), query.order), else_=null())
        return {**key, "usagePolicy_fk": Value(policy, field=_KEY)}
    if asked:
        return key
    own = values["eventID" if resource == "survey" else "occurrenceID"]
    return {"key": own} if resource == "survey" else {"key": own, "isAcceptedIdentification": constant("true")}


def _quantity(values: Mapping[str, Value]) -> dict[str, Value]:
    """A count of individuals as a quantity, which is the only way that a package has to tell it."""
    counted = values.get("individualCount")
    if counted is None or "organismQuantity" in values:
        return {}
    kind = case((counted.expression.is_not(None), literal("individuals")), else_=null())
    return {
        "organismQuantity": attrs.evolve(counted, field=Field("individual_count", int)),
        "organismQuantityType": Value(kind, text_only=True),
    }


def _status(values: Mapping[str, Value]) -> Value:
    """The status, which a package requires; where a row has none, what GBIF takes it for: absent where none were counted."""
    stated = values["occurrenceStatus"].expression
    cases: list[Any] = [(_given(values, "occurrenceStatus"), stated)]
    if "individualCount" in values:
        cases.append((cast(values["individualCount"].expression, String) == "0", literal("absent")))
    return attrs.evolve(values["occurrenceStatus"], expression=case(*cases, else_=literal("present")))


def _condition(resource: str, values: Mapping[str, Value], asked: bool) -> Condition | None:
    if resource.startswith("occurrence-"):
        return _given(values, "occurrenceID")
    if resource.startswith("event-"):
        return not_(_given(values, "occurrenceID"))
    if resource == "usage-policy":
        return _given(values, *_RIGHTS)
    return None if asked or resource != "survey" else _given(values, *_SAMPLING)


def _given(values: Mapping[str, Value], *headers: str) -> Condition:
    """Whether any of these has a value: neither NULL nor empty."""
    there = [values[h].expression for h in headers if h in values]
    return or_(false(), *(and_(e.is_not(None), cast(e, String) != "") for e in there))


def _tell_what_has_no_place(ctx: ExportContext, table: Table, made: Sequence[Table]) -> None:
    """Add the finding on terms that the archive has and the package has not.

    :param made: the resources that were made of the table.
    """
    taken = {fields_of(resource_of(t))[name].header for t in made for name in t.columns} | {"id", "eventID"}
    if "organismQuantity" not in table.columns:
        taken.add("individualCount")
    lost = [h for h in table.columns if h not in taken and any(h in q.values for q in table.queries)]
    if lost:
        message = f"A package has no field for these terms of the {table.record}, which were left out: {', '.join(lost)}."
        ctx.report.add(Finding("info", NO_PLACE, message, len(lost), record=table.record, action="left out"))
