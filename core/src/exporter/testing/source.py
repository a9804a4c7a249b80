"""A source with some rows of every record of a family, made from the family's own description and always the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import column, select, table

from exporter.database import sqlite_module
from exporter.records import Family, Field, RecordSchema, Relation
from exporter.records import family as family_named
from exporter.source import RecordSource, Source
from exporter.testing.hostile import TEXTS, hostile_value

_BEGIN = dt.datetime(2024, 6, 1, 21, 30)
_TEXTS = {  # where a standard expects certain words; {n} is the row
    "basis_of_record": "HumanObservation",
    "country_code": "CH",
    "event_date": "2024-06-01",
    "event_time": "21:30:00Z",
    "format": "image/jpeg",
    "geodetic_datum": "EPSG:4326",
    "identified_by": "Ada Lovelace",
    "identifier": "https://example.org/{n}.jpg",
    "license": "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
    "occurrence_status": "present",
    "scientific_name": "Noctua pronuba",
    "taxon_rank": "species",
    "type": "StillImage",
}
_DOCUMENTS: dict[str, dict[str, Any]] = {
    "biodiversity": {
        "dataset": {
            "title": "Moths of a garden",
            "abstract": "Moths that came to a light screen in a garden, night after night.",
            "license": "CC0-1.0",
            "creators": [{"organization": "Museum of the garden", "email": "museum@example.org"}],
        }
    }
}


def sample_source(family: str | Family, *, rows: int = 12, hostile: bool = False, padding: int = 0) -> Source:
    """A source of any family, with every field that its records declare.

    Half of the parents have no children, and some children name no parent where none is required.

    :param rows: how many rows each record has.
    :param hostile: fill texts, numbers, dates and identifiers with what breaks formats.
    :param padding: so many characters more in each free text.
    """
    found = family_named(family) if isinstance(family, str) else family
    made = [_Rows(found, schema, rows, hostile, padding) for schema in found.records.values()]
    return Source(
        name="sample",
        family=found,
        spool=lambda path: _write(path, made),
        records={each.schema.name: each.source() for each in made},
        documents=_documents(found.name, hostile=hostile),
        origin="exporter.testing",
    )


@attrs.frozen
class _Rows:
    """The rows of one record."""

    family: Family
    schema: RecordSchema
    rows: int
    hostile: bool
    padding: int

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(self.schema.fields.values())[: self.schema.declared]

    @property
    def name(self) -> str:
        return f"sample_{self.schema.name}"

    def source(self) -> RecordSource:
        columns = table(self.name, column("_key"), *(column(f.name) for f in self.fields)).c
        return RecordSource(select(*(columns[f.name] for f in self.fields)), key=columns["_key"])

    def values(self) -> Iterator[list[Any]]:
        relations = {r.field: (i, r) for i, r in reversed(list(enumerate(self.family.parents(self.schema.name))))}
        for n in range(self.rows):
            yield [n + 1, *(_bytes(self._value(f, i, n, relations.get(f.name))) for i, f in enumerate(self.fields))]

    def _value(self, field: Field, place: int, n: int, relation: tuple[int, Relation] | None) -> Any:
        if field.name == self.schema.key:
            return self._identifier(self.schema, n)
        if relation is not None:
            return self._parent(n, *relation)
        if self.hostile:
            return hostile_value(field.type, n + place)
        return self._friendly(field, place, n)

    def _identifier(self, schema: RecordSchema, n: int) -> Any:
        if schema.key and schema.fields[schema.key].type is int:
            return n + 1
        plain = f"{schema.name}-{n}".encode()
        return plain + b" " + TEXTS[n % len(TEXTS)][:100] if self.hostile else plain

    def _parent(self, n: int, place: int, relation: Relation) -> Any:
        if relation.parent == relation.child:
            return self._identifier(self.schema, n // 2) if n else None
        if not relation.required and (n + place) % 3 == 2:
            return None
        return self._identifier(self.family.records[relation.parent], n % -(-self.rows // 2))

    def _friendly(self, field: Field, place: int, n: int) -> Any:
        if field.type is bool:
            return int(n % 5 == 4)
        if field.type is int:
            return 1 + n % 12
        if field.type is float:
            return round((n % 97) / 97, 3)
        if field.type is str:
            return _TEXTS.get(field.name, f"{field.name} {{n}} " + "." * self.padding).replace("{n}", str(n)).rstrip()
        moment = _BEGIN + dt.timedelta(hours=n, minutes=place)
        return moment.isoformat(" ") if issubclass(field.type, dt.datetime) else moment.date().isoformat()


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _write(path: Path, records: Iterable[_Rows]) -> None:
    """Texts go in as bytes and become text there, so that they may hold what no Python text can."""
    connection = sqlite_module().connect(str(path), isolation_level=None)
    try:
        connection.execute("pragma journal_mode=wal")  # read in place: no private copy is needed
        connection.execute("begin")
        for each in records:
            names = ", ".join(f'"{f.name}"' for f in each.fields)
            places = ", ".join(f"iif(typeof(?{i}) = 'blob', cast(?{i} as text), ?{i})" for i in range(2, len(each.fields) + 2))
            connection.execute(f"create table {each.name} (_key integer primary key, {names})")
            connection.executemany(f"insert into {each.name} values (?1, {places})", each.values())
            for relation in (*each.family.parents(each.schema.name), *each.family.children(each.schema.name)):
                field = relation.field if relation.child == each.schema.name else relation.parent_field
                connection.execute(f'create index if not exists {each.name}_{field} on {each.name} ("{field}")')
        connection.execute("commit")
    finally:
        connection.close()


def _documents(family: str, *, hostile: bool) -> Mapping[str, Any]:
    documents = _DOCUMENTS.get(family, {})
    return _spoilt(documents, " ".join(t.decode("utf-8", "surrogateescape") for t in TEXTS[:16])) if hostile else documents


def _spoilt(value: Any, text: str) -> Any:
    """The same document with the hostile texts behind each of its titles and names."""
    if isinstance(value, list):
        return [_spoilt(v, text) for v in value]
    if isinstance(value, Mapping):
        return {k: v if k in ("license", "email") else _spoilt(v, text) for k, v in value.items()}
    return f"{value} {text}" if isinstance(value, str) else value
