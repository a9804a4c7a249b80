"""What a family knows of databases: the seam between the guesses that all families share and what is true of one alone.

Each family has a package of its name in this one, whose `KNOWN` is an instance of `Known`. Words are data; what cannot be said as
data is a method, and most do nothing unless the family overrides them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import attrs

from exporter.mapping.drafts import RecordDraft, Suggestions
from exporter.mapping.look import Column, Database, Table
from exporter.records import Family, Field, Relation

if TYPE_CHECKING:
    from exporter.mapping.fields import Fields
    from exporter.mapping.guess import Making
    from exporter.mapping.links import Link
    from exporter.mapping.roles import Search

PUBLIC_IDS = ("uuid", "uid", "guid", "publicid", "publicuuid", "globalid")
Check = Callable[
    [Column, tuple[str, ...]], str
]  # from a column and its texts to a reason why it is not the field; "" where it is


def known(family: Family) -> Known:
    """What is known of a family."""
    found: Known = import_module(f"exporter.mapping.{family.name}").KNOWN
    return found


@attrs.frozen(kw_only=True)
class Texts:
    """What a draft says that depends on the family. `{name}` stands for the source's name, `{tables}` for the tables there are.

    :param preview: the format to try a draft with.
    :param media: what the folder is that `media` names.
    :param nothing: comments for a database that holds no record.
    :param document: tables about the whole source, or empty.
    """

    preview: str
    media: str
    nothing: str
    document: str = ""


class Known(ABC):
    """What a family knows.

    :cvar tables: what the tables of a record are called, the surest name first.
    :cvar order: the records in the order in which their tables are looked for: a doubt may rest on those found before.
    :cvar shared: records that may come from one table.
    :cvar expected: records of which it is said if none is found, even where nothing comes near.
    :cvar dependent: records of which nothing is said where there is nothing that they could belong to.
    :cvar columns: by record: folded column names that stand for a field. What begins with ? needs values that prove it.
    :cvar apart: fields by record that are not guessed from one column by its name.
    :cvar partners: pairs of fields of which none goes without the other.
    :cvar starts: fields of such pairs that stand alone all the same.
    :cvar public_ids: folded names of columns that identify rows beyond the database.
    :cvar decisive: what a column refers to that counts where several refer to one table.
    :cvar projects: folded names of columns that tell projects apart.
    :cvar orders: folded names of columns of whole numbers that hold the order in which a host shows its rows.
    :cvar ranges: between what a number lies, by field.
    :cvar checks: what shows that a column is not the field, however it is named.
    :cvar synonym_checks: the same, for columns that are not named as the field.
    :cvar keys_taken: fields that hold the key of a row of a table that is no record.
    :cvar json_fields: fields that hold JSON.
    :cvar dynamic: whether columns of no field can go into dynamicProperties.
    """

    tables: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    expected: tuple[str, ...]
    shared: frozenset[str] = frozenset()
    dependent: frozenset[str] = frozenset()
    columns: Mapping[str, Mapping[str, str]]
    apart: Mapping[str, frozenset[str]] = {}
    partners: tuple[tuple[str, str], ...] = ()
    starts: frozenset[str] = frozenset()
    public_ids: tuple[str, ...] = PUBLIC_IDS
    decisive: tuple[str, ...] = ()
    projects: tuple[str, ...] = ("projectid", "projectuuid", "projectkey", "project")
    orders: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[float, float]] = {}
    checks: Mapping[str, Check] = {}
    synonym_checks: Mapping[str, Check] = {}
    keys_taken: frozenset[str] = frozenset()
    json_fields: frozenset[str] = frozenset()
    dynamic: bool = False
    texts: Texts

    # --- columns

    def homonym(self, field: Field, columns: Mapping[str, str]) -> str:
        """Why a column that is named as a field means something else.

        :param columns: the fields of the table's columns that are named as one.
        """
        return ""

    def out_of_scale(self, field: Field, texts: tuple[str, ...]) -> str:
        """Why numbers within range are still not those of the field."""
        return ""

    def sql(self, field: Field, texts: tuple[str, ...], quoted: str) -> str:
        """The SQL of a column whose spelling is not the field's; empty where it is taken as it is."""
        return ""

    # --- tables

    @abstractmethod
    def unfit(self, search: Search, record: str, table: Table, fields: Fields, *, named: bool) -> str:
        """Why a table is not the record's, in a few words; empty where it is.

        :param named: whether the table is named as one of the record's.
        """

    def near(self, search: Search, record: str, table: Table, fields: Fields) -> bool:
        """Whether it is told of a table of another name why it is not the record's."""
        return False

    @abstractmethod
    def enough(self, search: Search) -> bool:
        """Whether the tables that were found make a draft; else the database is about something else."""

    def together(self, record: str, tables: Sequence[Table]) -> list[Table]:
        """Of the tables that fit a record, the best first, those that hold its rows together: one, unless a family knows better."""
        return list(tables[:1])

    # --- links

    def between(self, study: Study, tables: Mapping[str, Table], relation: Relation) -> list[tuple[Table, Field | None]]:
        """Tables by way of which a child may lead to its parent, with the field that identifies their rows, if any does."""
        return []

    def detour(self, study: Study, child: Table, parent: Table, relation: Relation) -> tuple[Link, ...] | None:
        """A way from a child to its parent where no key leads there."""
        return None

    def identifier(self, study: Study, record: str, table: Table) -> tuple[str, str] | None:
        """The column that tells what a record's rows are about, and why, where it is not what keeps them apart."""
        return None

    # --- records

    @abstractmethod
    def complete(self, making: Making) -> None:
        """Add what does not follow from a column's name alone; refuse what is contradicted by the rest."""

    def suggestions(self, study: Study, draft: RecordDraft, drafts: Sequence[RecordDraft]) -> Suggestions:
        """What a person should think of in a record.

        :param drafts: those of all records.
        """
        return Suggestions()

    def remarks(self, records: Collection[str]) -> Iterator[str]:
        """What is said below the records."""
        yield from ()


@attrs.frozen(eq=False)
class Study:
    """A database that is held against a family."""

    db: Database
    family: Family
    known: Known

    def key(self, record: str) -> Field:
        """The field that identifies a record."""
        schema = self.family.record(record)
        return schema.fields[schema.key]

    def apart(self, record: str) -> frozenset[str]:
        """The fields of a record that identify it, refer to another, or are not guessed by their names."""
        own = {self.family.record(record).key, *(r.field for r in self.family.parents(record))}
        return frozenset(own) | self.known.apart.get(record, frozenset())
