"""Where rows come from: a database, with one Select for each record that it can provide.

A host app writes it in Python:

    source = Source(
        name="traps",
        family="biodiversity",
        engine=engine,                       # or url=, connection=, session=
        records={
            "event": RecordSource(
                select(Deployment.public_id.label("event_id"), Deployment.latitude.label("decimal_latitude")),
                key=Deployment.id,
                project=Deployment.project_id,
            ),
        },
        documents={"dataset": {"title": "Insects of the valley", ...}},
    )

`exporter.toml` gives the same with no code (`exporter.config`), and plugins give it by name (`exporter.sources`).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

import attrs
from sqlalchemy import ColumnElement, Connection, Engine, Select, Subquery, literal_column
from sqlalchemy.exc import SQLAlchemyError

from exporter.blame import blamed
from exporter.dynamic import DYNAMIC, json_object
from exporter.errors import InputError, PluginError, SourceError
from exporter.hosttypes import is_uuid, labelled, without_dashes
from exporter.media import Media, as_media, stays_below
from exporter.options import fields
from exporter.records import Family, Field, RecordSchema
from exporter.records import family as family_named
from exporter.regular import open_regular
from exporter.truths import check_truths

if TYPE_CHECKING:  # a host that maps classes has imported the ORM; nobody else waits for it
    from sqlalchemy.orm import InstrumentedAttribute, Session

KEY = "_key"
PROJECT = "_project"
FILTER_TYPES: dict[str, type[Any]] = {"text": str, "integer": int, "number": float, "boolean": bool}
Column: TypeAlias = "ColumnElement[Any] | InstrumentedAttribute[Any]"


@attrs.frozen
class RecordSource:
    """One record of a source.

    :param select: a Select whose columns are labelled by the record's fields or terms.
    :param key: the physical key: unique, not null, and served by an index, so that rows come in its order without a sort.
    :param project: what tells projects apart, or None where the record does not know.
    :param dynamic: columns for dynamicProperties, by the name they get there.
    :param text_columns: fields whose column holds text only, so that no number can hide in it (SQLite).
    """

    select: Select[Any]
    key: Column
    project: Column | None = None
    dynamic: Mapping[str, Column] = attrs.field(factory=dict)
    text_columns: frozenset[str] = frozenset()

    def __attrs_post_init__(self) -> None:
        for what, column in {"key": self.key, "project": self.project}.items():
            element = getattr(column, "__clause_element__", lambda: None)()
            if column is not None and not isinstance(element, ColumnElement):
                raise InputError(f"The {what} of a RecordSource is a column, such as Visit.id, not {column!r}.")


def _kind(given: str | type[Any]) -> Any:
    return FILTER_TYPES.get(given, given) if isinstance(given, str) else given


@attrs.frozen(kw_only=True)
class HostFilter:
    """A filter that the host knows and no record holds: a collection, a group of sites.

    :param record: the record it narrows.
    :param where: the condition, from the value that the user gave.
    :param type: what the value is: text, integer, number or boolean, or the class of Python's.
    :param label: the value in words, from the open connection; None for an id that does not exist.
    :param origin: where the filter was described, for messages.
    """

    record: str
    where: Callable[[Any], ColumnElement[bool]]
    help: str = ""
    type: type[Any] = attrs.field(default=str, converter=_kind)
    label: Callable[[Connection, Any], str | None] | None = None
    origin: str = ""

    def __attrs_post_init__(self) -> None:
        if not callable(self.where) or (self.label is not None and not callable(self.label)):
            raise InputError(
                "A HostFilter takes functions: where(value) gives a condition, label(connection, value) words or None.",
                hint="For instance: where=lambda value: Visit.group_id == value",
            )
        if self.type not in FILTER_TYPES.values():
            known = f"{', '.join(FILTER_TYPES)} or str, int, float, bool"
            raise InputError(f"The type of a HostFilter is {known}, not {self.type!r}.")


def _namespace(given: str | uuid.UUID | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(given) if isinstance(given, str) else given
    except ValueError:
        raise InputError(f"The namespace {given!r} is no UUID.", hint=f"For instance: {uuid.uuid4()}") from None


def _family(given: str | Family) -> Family:
    return family_named(given) if isinstance(given, str) else given


@attrs.frozen(kw_only=True, eq=False)
class Source:
    """A database as a family sees it. Give exactly one of `url`, `engine`, `connection`, `session` and `spool`.

    :param spool: for a source that is no database: writes an SQLite file at the path it gets; the file is removed after the run.
    :param records: a RecordSource by record name, or a function that makes it from an open connection.
    :param filters: the host's own filters by name.
    :param documents: plain data of the family's documents, such as `dataset`.
    :param namespace: from this and the physical key identifiers are made (urn:uuid, version 5) where the host has none.
    :param scope: conditions by record that no user can widen, on the columns of the record's own Select.
    :param media: the folder below which media are found, a Path or a text, or a function that opens one by its name, as a binary
        file; it raises FileNotFoundError for a name that it does not know.
    :param plugins: extra hooks of the host, called after all others.
    :param origin: where the source was described, for messages.
    """

    name: str
    family: Family = attrs.field(converter=_family)
    records: Mapping[str, RecordSource | Callable[[Connection], RecordSource]]
    url: str | None = None
    engine: Engine | None = None
    connection: Connection | None = None
    session: Session | None = None
    spool: Callable[[Path], None] | None = None
    filters: Mapping[str, HostFilter] = attrs.field(factory=dict)
    documents: Mapping[str, Any] = attrs.field(factory=dict)
    namespace: uuid.UUID | None = attrs.field(default=None, converter=_namespace)
    scope: Mapping[str, ColumnElement[bool]] = attrs.field(factory=dict)
    media: Media | None = attrs.field(default=None, converter=as_media)
    plugins: tuple[object, ...] = ()
    origin: str = ""

    def __attrs_post_init__(self) -> None:
        given = [n for n in ("url", "engine", "connection", "session", "spool") if getattr(self, n) is not None]
        if len(given) != 1:
            raise InputError(
                f"Source '{self.name}' needs exactly one of url, engine, connection, session, spool; it has {given}."
            )
        for name in (*self.records, *self.scope, *(f.record for f in self.filters.values())):
            self.family.record(name)
        if clash := sorted(set(self.filters) & set(fields(self.family.filters))):
            raise InputError(
                f"Source '{self.name}' has a filter '{clash[0]}' of its own, but the family has one of that name."
            )

    def document(self, name: str) -> Any:
        """A document of the family, such as `dataset`, read from the plain data that the source has.

        :raises InputError: when the data does not fit.
        """
        module, _, function = self.family.documents[name].partition(":")
        return getattr(import_module(module), function)(self.documents.get(name, {}))

    def media_path(self, name: str) -> Path | None:
        """Where the file of a medium lies; None where only a function of the host's can open it.

        :raises SourceError: when the source has no media, or the name leads out of their folder.
        """
        if self.media is None:
            raise SourceError(f"Source '{self.name}' has no media folder.", hint="Set `media` in its description.")
        if not isinstance(self.media, Path):
            return None
        if stays_below(self.media, name):
            return self.media / name
        try:
            path = (self.media / name).resolve()
        except ValueError:  # a NUL
            raise SourceError(f"The media name {name!r} is none of a file.") from None
        except (OSError, RuntimeError):  # older Pythons raise the latter
            raise SourceError(f"The media name '{name}' leads nowhere: a symbolic link leads to itself.") from None
        if not path.is_relative_to(self.media.resolve()):
            raise SourceError(f"The media name '{name}' leads out of {self.media}.")
        return path

    def open_media(self, name: str) -> BinaryIO:
        """The medium of this name, open for reading bytes.

        :raises OSError: when it cannot be opened; SourceError as `media_path` does; PluginError for a fault of the host's function.
        """
        path = self.media_path(name)
        if path is not None:
            return open_regular(path)
        assert callable(self.media)
        with blamed(f"Source '{self.name}' failed to open its medium '{name}'"):
            return self.media(name)


@attrs.frozen(eq=False)
class BoundRecord:
    """A record of a source on an open connection: its Select checked, its columns known.

    :param select: columns labelled by field name, then `_key` and, where there is one, `_project`.
    :param fields: the fields that the source provides, in the order it gave them.
    :param minted: for fields that hold a key instead of an identifier: the record whose identifier it becomes.
    :param types: the database's own type of each column, as its driver reports it, or None.
    :param uuids: fields that the host declared as UUIDs, and whether the database keeps them without dashes.
    """

    schema: RecordSchema
    select: Select[Any]
    fields: tuple[Field, ...]
    key: ColumnElement[Any]
    project: ColumnElement[Any] | None
    minted: Mapping[str, str]
    types: Mapping[str, Any]
    text_columns: frozenset[str]
    uuids: Mapping[str, bool]

    @property
    def name(self) -> str:
        """The record's name."""
        return self.schema.name

    def subquery(self, alias: str) -> Subquery:
        """The record as something to select from."""
        return self.select.subquery(alias)


def bind(source: Source, connection: Connection, identified: frozenset[str] = frozenset()) -> dict[str, BoundRecord]:
    """Every record of the source, checked against the open database, parents before children.

    :param identified: records whose identifiers leave the house, so that a bare key will not do.
    :raises SourceError: for a column that the database lacks.
    :raises InputError: for a label that is neither field nor term, or identifiers that nothing gives.
    """
    given = {name: _given(source, name, connection) for name in source.family.records if name in source.records}
    minting = {name for name, record in given.items() if _needs_minting(source, name, record)}
    return {name: _bind(source, connection, name, record, minting, identified) for name, record in given.items()}


def _given(source: Source, name: str, connection: Connection) -> RecordSource:
    found = source.records[name]
    if callable(found):
        with blamed(f"Source '{source.name}' failed to give its record '{name}'"):
            found = found(connection)
    if not isinstance(found, RecordSource):
        raise PluginError(f"Source '{source.name}' gave {type(found).__name__} for its record '{name}', not a RecordSource.")
    return found


def _labels(source: Source, name: str, record: RecordSource) -> dict[str, ColumnElement[Any]]:
    schema = source.family.record(name)
    found: dict[str, ColumnElement[Any]] = {}
    for label in record.select.selected_columns:
        field = schema.resolve(str(label.key)).name
        if field in found or (field == DYNAMIC and record.dynamic):
            where = f" ({source.origin})" if source.origin else ""
            raise InputError(f"Source '{source.name}'{where}, record '{name}': the field {field} is given twice.")
        found[field] = label
    return found


def _needs_minting(source: Source, name: str, record: RecordSource) -> bool:
    key = source.family.record(name).key
    return bool(key) and key not in _labels(source, name, record)


def _bind(
    source: Source, connection: Connection, name: str, record: RecordSource, minting: set[str], identified: frozenset[str]
) -> BoundRecord:
    schema = source.family.record(name)
    columns: dict[str, ColumnElement[Any]] = {}
    if name in minting:
        columns[schema.key] = labelled(schema.key, _element(record.key))
    columns |= {field: labelled(field, _unlabelled(c)) for field, c in _labels(source, name, record).items()}
    if record.dynamic:
        if DYNAMIC not in schema.fields:
            raise InputError(
                f"Source '{source.name}', record '{name}': its columns for {DYNAMIC} have no place there.",
                hint=f"The family {source.family.name} has no such field; leave them out.",
            )
        elements = {label: _element(column) for label, column in record.dynamic.items()}
        columns[DYNAMIC] = json_object(connection, elements).label(DYNAMIC)
    minted = _minted(source, name, columns, minting, identified)
    key = _element(record.key)
    query = record.select.with_only_columns(*columns.values(), labelled(KEY, key), maintain_column_froms=True)
    project = _element(record.project) if record.project is not None else None
    if project is not None:
        query = query.add_columns(labelled(PROJECT, project))
    if name in source.scope:
        query = query.where(source.scope[name])
    types = _describe(source, connection, name, query)
    check_truths(connection, schema, query, columns, types)
    texts = record.text_columns | {f for f, c in columns.items() if _declared_text(c)}
    apart = {KEY: key} if project is None else {KEY: key, PROJECT: project}
    uuids = {f: without_dashes(c, connection.dialect) for f, c in {**columns, **apart}.items() if is_uuid(c)}
    found = tuple(schema.fields[f] for f in columns)
    return BoundRecord(schema, query, found, key, project, minted, types, texts, uuids)


def _minted(
    source: Source, name: str, columns: Mapping[str, Any], minting: set[str], identified: frozenset[str]
) -> dict[str, str]:
    pairs = {r.field: r.parent for r in source.family.parents(name) if r.parent in minting and r.field in columns}
    if name in minting:
        pairs[source.family.record(name).key] = name
    if source.namespace is not None:
        return pairs
    lacking = sorted(identified.intersection(pairs.values()))
    if lacking and not source.family.keys_identify:
        key = source.family.record(lacking[0]).key
        raise InputError(
            f"Source '{source.name}' gives record '{lacking[0]}' no {key}, and has no namespace to make identifiers from.",
            hint=f'Map a column to {key}, or keep this line in its description for ever: namespace = "{uuid.uuid4()}"',
        )
    return {}


def _element(column: Column) -> ColumnElement[Any]:
    element: ColumnElement[Any] = column if isinstance(column, ColumnElement) else column.__clause_element__()
    return _unlabelled(element)


def _unlabelled(column: ColumnElement[Any]) -> ColumnElement[Any]:
    element = getattr(column, "element", None)
    return element if column.__visit_name__ == "label" and element is not None else column


def _declared_text(column: ColumnElement[Any]) -> bool:
    """Whether it is a bare column declared as text: SQLite then turns every number into text on the way in."""
    from sqlalchemy import Column as TableColumn
    from sqlalchemy import String

    bare = _unlabelled(column)
    return isinstance(bare, TableColumn) and isinstance(bare.type, String)


def _describe(source: Source, connection: Connection, name: str, query: Select[Any]) -> dict[str, Any]:
    """The driver's types of the columns, by label, from a run of the query that fetches nothing."""
    try:
        with connection.execute(query.limit(0)) as result:
            description = result.cursor.description if result.cursor is not None else ()
            return {column[0]: column[1] for column in description or ()}
    except SQLAlchemyError as error:
        raise mapping_error(source, connection, name, query, error) from None


def mapping_error(
    source: Source, connection: Connection, name: str, query: Select[Any], error: SQLAlchemyError
) -> SourceError:
    """The error for a record whose Select the database refuses, with the columns that there are."""
    from exporter.database import reason

    where = f" ({source.origin})" if source.origin else ""
    message = f"Source '{source.name}'{where}, record '{name}': the database refuses its query: {reason(error)}"
    return SourceError(message, hint=columns_there(connection, query))


def columns_there(connection: Connection, query: Select[Any]) -> str:
    """A hint that names the columns of a query's tables."""
    from exporter.database import columns_of

    tables = {f for f in query.get_final_froms() if getattr(f, "name", None)}
    columns = {t.name: columns_of(connection, t.name) or list(t.c.keys()) for t in tables}  # type: ignore[attr-defined]
    known = [f"{name}: {', '.join(names)}" for name, names in columns.items() if names]
    return "Columns there are: " + "; ".join(sorted(known)) if known else ""


_TAUTOLOGY = re.compile(r"(?P<left>\b\w+\.)(?P<name>\w+)(?P<equals>\s*=\s*)(?P=name)\b(?!\s*[.(])")
_YTOLOTUAT = re.compile(r"(?<![.\w])(?P<name>\w+)(?P<equals>\s*=\s*)(?P<right>\w+\.)(?P=name)\b")


def qualify(condition: str, table: str) -> str:
    """A condition in which `c.id = id` means what its author meant: the bare name is the record's own column.

    SQL would look for the bare name in the inner query first and find `c.id` again, which is always true.
    """
    done = _TAUTOLOGY.sub(lambda m: f"{m['left']}{m['name']}{m['equals']}{table}.{m['name']}", condition)
    return _YTOLOTUAT.sub(lambda m: f"{table}.{m['name']}{m['equals']}{m['right']}{m['name']}", done)


def expression(sql: str) -> ColumnElement[Any]:
    """An expression in the database's own SQL, taken as it is."""
    return literal_column(sql)
