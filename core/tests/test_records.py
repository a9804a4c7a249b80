"""The families: their terms, and names that people get nearly right."""

from __future__ import annotations

import pytest

from exporter.errors import InputError
from exporter.options import fields
from exporter.records import FAMILIES, family
from exporter.records.schema import snake


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_holds_together(name: str) -> None:
    found = family(name)
    for relation in found.relations:
        assert relation.field in found.records[relation.child].fields
        assert relation.parent_field in found.records[relation.parent].fields
        names = list(found.records)
        assert names.index(relation.parent) <= names.index(relation.child)
    assert all(spec.info.help for spec in fields(found.filters).values())
    for record in found.records.values():
        assert not record.key or record.key in record.fields
        assert all(f.help for f in list(record.fields.values())[: record.declared])
        spellings = [f.spelling for f in record.fields.values()]
        assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize(
    ("record", "name", "field"),
    [
        ("event", "eventID", "event_id"),
        ("event", "event_id", "event_id"),
        ("event", "habitat", "habitat"),
        ("event", "fieldNumber", "field_number"),
        ("occurrence", "class", "class_"),
        ("occurrence", "verbatimLabel", "verbatim_label"),
        ("media", "audience", "audience"),
        ("measurement", "measurementTypeID", "measurement_type_id"),
    ],
)
def test_fields_go_by_either_name(record: str, name: str, field: str) -> None:
    assert family("biodiversity").record(record).resolve(name).name == field


@pytest.mark.parametrize(
    ("record", "name", "near"),
    [
        ("event", "evntID", "eventID"),
        ("event", "decimalLattitude", "decimalLatitude"),
        ("occurrence", "scientific_nam", "scientific_name"),
    ],
)
def test_a_name_that_is_nearly_right(record: str, name: str, near: str) -> None:
    with pytest.raises(InputError) as error:
        family("biodiversity").record(record).resolve(name)
    assert f"'{near}'" in str(error.value)


def test_unknown_names() -> None:
    with pytest.raises(InputError, match="biodiversity"):
        family("biodiversty")
    with pytest.raises(InputError, match="occurrence"):
        family("biodiversity").record("occurence")


@pytest.mark.parametrize(
    ("term", "name"), [("eventID", "event_id"), ("decimalLatitude", "decimal_latitude"), ("class", "class_")]
)
def test_snake(term: str, name: str) -> None:
    assert snake(term) == name
