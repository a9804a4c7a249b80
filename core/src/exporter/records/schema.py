"""What a family of records is made of: records with fields, relations between them, filters, documents.

A family is written as attrs classes, one for each record, whose fields carry what every face needs:

    @attrs.define
    class Event(Record):
        event_id: str = column("Identifier of the event", term="dwc:eventID")

No record is ever made into an instance for a row; the classes are descriptions.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from exporter.errors import did_you_mean, unknown

_META = "exporter.column"


def column(help: str, *, term: str = "", decimals: int | None = None) -> Any:
    """A field of a record.

    :param help: one line for people.
    :param term: the standard term, as a URI or with a prefix that the family knows; empty where the standard has none.
    :param decimals: how many decimals the standard wants at most; the field is rounded to it.
    """
    return attrs.field(default=None, metadata={_META: (help, term, decimals)})


class Record:
    """Base of the record classes. It exists so that a type checker can tell them apart."""


@attrs.frozen
class Field:
    """One field of a record.

    :param name: the Python name, such as `event_id`.
    :param type: str, int, float, bool, datetime.date or datetime.datetime.
    :param term: the full URI of the standard term, or empty.
    """

    name: str
    type: type[Any]
    help: str = ""
    term: str = ""
    decimals: int | None = None

    @property
    def spelling(self) -> str:
        """The term in its own spelling, such as `eventID`; the field's name where there is no term."""
        return re.split(r"[/#]", self.term)[-1] if self.term else self.name


@attrs.frozen
class RecordSchema:
    """A record: its fields by name, those declared first, and further terms of the family's vocabulary.

    :param key: the field that identifies a row, or empty.
    """

    name: str
    help: str
    fields: Mapping[str, Field]
    key: str
    declared: int

    def resolve(self, name: str) -> Field:
        """The field with this name or term.

        :raises InputError: when it is neither, with the nearest named.
        """
        found = self.fields.get(name) or self._spellings.get(name)
        if found is None:
            near = did_you_mean(name, {**self._spellings, **self.fields})
            raise unknown("field or term", name, (), hint=f"In record '{self.name}'. {near}")
        return found

    @cached_property
    def _spellings(self) -> dict[str, Field]:
        return {f.spelling: f for f in self.fields.values()}


@attrs.frozen
class Relation:
    """A child's field points to a parent's field. A required relation makes a row without its parent an orphan."""

    child: str
    field: str
    parent: str
    parent_field: str
    required: bool = False


@attrs.frozen(kw_only=True)
class Family:
    """A field of work: its records, how they hang together, what people filter by.

    :param records: record classes by name, parents before children.
    :param filters: an attrs class made of `option()` fields; each has a builder of the same name in `conditions`.
    :param conditions: import path 'module:function' of what turns filters into conditions by record.
    :param current: import path 'module:function' of the conditions that a row is one of this moment, by record; such as which of
        its versions counts. Rows beyond it are no rows of the run at all.
    :param main: what a data set is about: where not a single row of these is left, a run says so.
    :param content: what fills the rows of these: where some of those are left and not a single row of this, a run says so, too.
    :param counted_by: record and field that classes are counted by in previews.
    :param also_counted: further counts by the values of a record's field, by what they are called.
    :param keys_identify: whether a row without identifier goes by its key: artifacts are read by themselves, not beside others.
    :param documents: one object for the whole source, such as a data set's metadata: import paths of the functions
        that read plain data into it, by name.
    """

    name: str
    title: str
    records: Mapping[str, RecordSchema]
    relations: tuple[Relation, ...]
    filters: type[Any]
    conditions: str
    current: str = ""
    main: tuple[str, ...] = ()
    content: str = ""
    counted_by: tuple[str, str] | None = None
    also_counted: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)
    keys_identify: bool = False
    documents: Mapping[str, str] = attrs.field(factory=dict)

    def record(self, name: str) -> RecordSchema:
        """The record called `name`.

        :raises InputError: when the family has none, with the nearest named.
        """
        if name not in self.records:
            raise unknown(f"{self.name} record", name, self.records)
        return self.records[name]

    def parents(self, record: str) -> tuple[Relation, ...]:
        """The relations in which `record` is the child."""
        return tuple(r for r in self.relations if r.child == record)

    def children(self, record: str) -> tuple[Relation, ...]:
        """The relations in which `record` is the parent of another record."""
        return tuple(r for r in self.relations if r.parent == record and r.child != record)


def schema(cls: type[Record], *, key: str, prefixes: Mapping[str, str], vocabulary: tuple[Field, ...] = ()) -> RecordSchema:
    """The schema of a record class, with the further terms that its vocabulary allows.

    :param prefixes: namespace URIs by the prefix that `column(term=...)` uses.
    """
    hints = typing.get_type_hints(cls)
    own = {a.name: _field(a, hints[a.name], prefixes) for a in attrs.fields(cls)}  # type: ignore[arg-type]
    terms = {f.term for f in own.values()}
    further = {f.name: f for f in vocabulary if f.term not in terms and f.name not in own}
    help = (cls.__doc__ or "").strip().splitlines()[0]
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
    return RecordSchema(name, help, {**own, **further}, key, len(own))


def _field(attribute: attrs.Attribute[Any], hint: Any, prefixes: Mapping[str, str]) -> Field:
    help, term, decimals = attribute.metadata[_META]
    kind = next(a for a in (*typing.get_args(hint), hint) if isinstance(a, type) and a is not type(None))
    prefix, _, local = term.partition(":")
    uri = prefixes[prefix] + local if prefix in prefixes else term
    return Field(attribute.name, kind, help, uri, decimals)


def snake(term: str) -> str:
    """A term as a Python name: `decimalLatitude` becomes `decimal_latitude`, `eventID` becomes `event_id`."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", term))
    name = re.sub(r"\W", "_", words).lower()
    return f"{name}_" if name in {"class", "from", "is", "in"} else name
