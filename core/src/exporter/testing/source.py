"""A source with some rows of every record of a family, made from the family's own description and always the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import column, select, table

from exporter.database import sqlite_module
from exporter.records import Family, Field, RecordSchema, Relation
from exporter.records import family as family_named
from exporter.source import RecordSource, Source
from exporter.testing.hostile import TEXTS, hostile_value
from exporter.testing.pictures import SIZE, opened

_BEGIN = dt.datetime(2024, 6, 1, 21, 30)
_TEXTS: dict[str, dict[str, str]] = {  # where a standard expects certain words; # is the row
    "biodiversity": {
        "basis_of_record": "HumanObservation",
        "country_code": "CH",
        "event_date": "2024-06-01",
        "event_time": "21:30:00Z",
        "format": "image/jpeg",
        "geodetic_datum": "EPSG:4326",
        "identified_by": "Ada Lovelace",
        "identifier": "https://example.org/#.jpg",
        "license": "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
        "occurrence_status": "present",
        "scientific_name": "Noctua pronuba",
        "taxon_rank": "species",
        "type": "StillImage",
    },
    "vision": {
        "attributes": '{"occluded": true}',
        "class_name": "class #",
        "colour": "red",
        "geometry": "[[1, 2], [5, 2], [5, 6.5], [1, 6]]",
        "keypoints": "[]",
        "kind": "polygon",
        "media_type": "image/jpeg",
        "path": "images/#.jpg",
        "skeleton": "[]",
        "split": "train",
        "units": "pixel",
    },
    "takeoff": {
        "colour": "teal",
        "geometry": '{"points": [[10, 20], [50, 20], [50, 60.5], [10, 60]]}',
        "geometry_type": "polygon",
        "measurement_type": "area",
        "scale_unit": "ft",
        "unit": "SF",
    },
}
_WHOLE: dict[str, dict[str, int]] = {"vision": {"width": SIZE[0], "height": SIZE[1], "orientation": 1, "version": 1}}
_NOTHING = {"deleted_at", "valid_to"}  # of rows that are there still
_SOUND = {"takeoff": ("unit", "measurement_type")}  # of hostile rows, too: without them none would be left to write
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

    Half of the parents have no children, and some children name no parent where none is required. Every image
    of the family vision has a file, whatever its path is.

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
        media=opened if found.name == "vision" else None,
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
        makers = [self._maker(field, place) for place, field in enumerate(self.fields)]
        for n in range(self.rows):
            yield [n + 1, *(make(n) for make in makers)]

    def _maker(self, field: Field, place: int) -> Callable[[int], Any]:
        """What makes the value of one field from the number of the row; texts are bytes."""
        if field.name == self.schema.key:
            return self._identifier(self.schema)
        for number, relation in enumerate(self.family.parents(self.schema.name)):
            if relation.field == field.name:
                return self._parent(relation, number)
        if field.name in _NOTHING:
            return lambda _: None
        if self.hostile and field.name not in _SOUND.get(self.family.name, ()):
            return lambda n: hostile_value(field.type, n + place)
        return self._friendly(field, place)

    def _identifier(self, schema: RecordSchema) -> Callable[[int], Any]:
        if schema.key and schema.fields[schema.key].type is int:
            return lambda n: n + 1
        plain = f"{schema.name}-".encode()
        if self.hostile:
            return lambda n: plain + b"%d " % n + TEXTS[n % len(TEXTS)][:100]
        return lambda n: plain + b"%d" % n

    def _parent(self, relation: Relation, number: int) -> Callable[[int], Any]:
        identifier = self._identifier(self.family.records[relation.parent])
        if relation.parent == relation.child:
            return lambda n: identifier(n // 2) if n else None
        half = -(-self.rows // 2)
        if relation.required:
            return lambda n: identifier(n % half)
        return lambda n: identifier(n % half) if (n + number) % 3 < 2 else None

    def _friendly(self, field: Field, place: int) -> Callable[[int], Any]:
        if field.type is bool:
            return lambda n: int(n % 5 == 4)
        if field.type is int:
            whole = _WHOLE.get(self.family.name, {}).get(field.name)
            return lambda n: 1 + n % 12 if whole is None else whole
        if field.type is float:
            return lambda n: round(n % 97 / 97, 3)
        if field.type is str:
            words = _TEXTS.get(self.family.name, {})
            text = words.get(field.name, f"{field.name} #" + "." * self.padding).encode()
            return lambda n: text.replace(b"#", b"%d" % n)
        begin = _BEGIN + dt.timedelta(minutes=place)
        if issubclass(field.type, dt.datetime):
            return lambda n: (begin + dt.timedelta(hours=n)).isoformat(" ").encode()
        return lambda n: (begin + dt.timedelta(hours=n)).date().isoformat().encode()


def _write(path: Path, records: Iterable[_Rows]) -> None:
    """Texts go in as bytes and become text there, so that they may hold what no Python text can."""
    connection = sqlite_module().connect(str(path), isolation_level=None)
    try:
        connection.execute("pragma journal_mode=wal")  # read in place: no private copy is needed
        connection.execute("begin")
        for each in records:
            names = ", ".join(f'"{f.name}"' for f in each.fields)
            places = ", ".join(
                f"iif(typeof(?{i}) = 'blob', cast(?{i} as text), ?{i})" for i in range(2, len(each.fields) + 2)
            )
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
