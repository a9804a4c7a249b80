"""exporter.toml: sources with no code.

A table or a query for each record, and for each field a column or an expression in the database's own SQL. docs/mapping.md is the
reference; `exporter map` writes a first draft.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    TableClause,
    bindparam,
    column,
    inspect,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.sql.selectable import FromClause

from exporter import configrules
from exporter.configfile import NAME, load
from exporter.configrules import ConfigRule, ConfigRules
from exporter.database import fetch, reason
from exporter.dynamic import DYNAMIC
from exporter.errors import InputError, SourceError, did_you_mean
from exporter.records import Family, RecordSchema
from exporter.records import family as family_named
from exporter.report import LEVELS
from exporter.source import FILTER_TYPES, HostFilter, RecordSource, Source, qualify

_BARE = re.compile(r'^(?P<quote>["`]?)(?P<name>[^"`()\[\]]+?)(?P=quote)$')
_SOURCE_KEYS = {"url", "family", "media", "namespace", "records", "filters", "rules"}
_RECORD_KEYS = {"table", "query", "key", "project", "columns", "dynamic", "where"}
_TABLES = {"records", "columns", "dynamic", "filters", "rules", "dataset"}
_TEXTS = {"url", "family", "media", "table", "query", "key", "project", "record", "where", "label", "type", "level"}
_FILTER_KEYS = {"type", "help", "record", "where", "label"}


def read_config(path: Path) -> dict[str, Callable[[], Source]]:
    """The sources of an exporter.toml by name; each is looked at when it is called for, so that one mistake spoils one source.

    :raises InputError: when the file cannot be read.
    """
    data = load(path)
    _known(path, "", data, {"sources"})
    return {name: partial(_source, path, name, given) for name, given in data.get("sources", {}).items()}


@attrs.frozen
class _Place:
    """Where in the file something stands, for messages."""

    path: Path
    table: str

    @property
    def origin(self) -> str:
        return f"{self.path}, [{self.table}]"

    def error(self, message: str, hint: str = "") -> InputError:
        return InputError(f"{self.origin}: {message}", hint=hint)

    def below(self, name: str) -> _Place:
        return _Place(self.path, f"{self.table}.{name}")


def _shaped(place: _Place, given: Any) -> None:
    """That it is a table, with tables and texts where they belong."""
    if not isinstance(given, Mapping):
        raise place.error(f"A table belongs here, not {given!r}.")
    for key, value in given.items():
        if key in _TABLES and not isinstance(value, Mapping):
            raise place.error(f"`{key}` is a table, not {value!r}.")
        if key in _TEXTS and not isinstance(value, str):
            raise place.error(f"`{key}` is a text, not {value!r}.")


def _known(path: Path, where: str, given: Mapping[str, Any], known: set[str]) -> None:
    _shaped(_Place(path, where or NAME), given)
    for key in given:
        if key not in known:
            raise _Place(path, where or NAME).error(f"There is no key '{key}'. {did_you_mean(key, known)}")


def _source(path: Path, name: str, given: Mapping[str, Any]) -> Source:
    place = _Place(path, f"sources.{name}")
    _shaped(place, given)
    for key in ("url", "family", "records"):
        if key not in given:
            raise place.error(f"The key '{key}' is missing.", hint="`exporter map URL` writes a draft with all of them.")
    family = family_named(given["family"])
    _known(path, place.table, given, _SOURCE_KEYS | set(family.documents))
    records = {
        record: _record(place.below(f"records.{record}"), family, record, spec) for record, spec in given["records"].items()
    }
    media = path.parent / given["media"] if "media" in given else None
    return Source(
        name=name,
        family=family,
        url=_url(place, path.parent, str(given["url"])),
        records=records,
        filters={
            n: _filter(place.below(f"filters.{n}"), spec, given["records"]) for n, spec in given.get("filters", {}).items()
        },
        documents={d: given[d] for d in family.documents if d in given},
        namespace=_namespace(place, given.get("namespace")),
        media=media,
        plugins=_rules(place, given),
        origin=str(path),
    )


def _namespace(place: _Place, given: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(given) if given is not None else None
    except (ValueError, AttributeError, TypeError):
        raise place.error(
            f"The namespace {given!r} is no UUID.", hint=f'For instance: namespace = "{uuid.uuid4()}"'
        ) from None


def _url(place: _Place, folder: Path, given: str) -> str:
    """The URL with environment variables filled in, and a SQLite path relative to the file."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise place.error(f"The environment variable {match[1]} in its url is not set.")
        return os.environ[match[1]]

    filled = re.sub(r"\$\{(\w+)\}", value, given)
    try:
        url = make_url(filled)
    except (ArgumentError, ValueError):
        raise place.error(f"'{given}' is no database URL.", hint='For instance: url = "sqlite:///traps.db"') from None
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_absolute():
        url = url.set(database=str(folder / url.database))
    return url.render_as_string(hide_password=False)


# --- records


def _record(place: _Place, family: Family, name: str, spec: Mapping[str, Any]) -> Callable[[Connection], RecordSource]:
    schema = family.record(name)
    _known(place.path, place.table, spec, _RECORD_KEYS)
    if ("table" in spec) == ("query" in spec):
        raise place.error("It needs either `table` or `query`.")
    for label in spec.get("columns", {}):
        try:
            schema.resolve(label)
        except InputError as error:
            dynamic = f"\nTo put the column into dynamicProperties, name it in [{place.table}.dynamic]."
            raise place.error(error.message, hint=error.hint + (dynamic if DYNAMIC in schema.fields else "")) from None
    return partial(_bound_record, place, name, schema, spec)


def _bound_record(
    place: _Place, name: str, schema: RecordSchema, spec: Mapping[str, Any], connection: Connection
) -> RecordSource:
    origin, columns = _origin(place, name, spec, connection)
    resolve = partial(_column, place, origin, columns)
    found = {label: resolve(str(sql)) for label, sql in spec.get("columns", {}).items()}
    query = select(*(c.label(label) for label, c in found.items())).select_from(origin)
    if "where" in spec:
        query = query.where(text(_condition(spec["where"])))
    key = spec.get("key")
    return RecordSource(
        query,
        key=_key(connection, resolve, str(key)) if key is not None else _own_key(place, connection, origin, spec),
        project=resolve(str(spec["project"])) if "project" in spec else None,
        dynamic={label: resolve(str(sql)) for label, sql in spec.get("dynamic", {}).items()},
        text_columns=_texts(connection, schema, origin, found),
    )


def _texts(
    connection: Connection, schema: RecordSchema, origin: FromClause, found: Mapping[str, ColumnElement[Any]]
) -> frozenset[str]:
    """The fields on columns that SQLite keeps as text, whatever is put in (datatype3.html, section 3.1)."""
    inspector = inspect(connection)
    if connection.dialect.name != "sqlite" or not isinstance(origin, TableClause):
        return frozenset()
    if origin.name not in inspector.get_table_names(schema=origin.schema):
        return frozenset()
    columns = inspector.get_columns(origin.name, schema=origin.schema)
    texts = {c["name"] for c in columns if isinstance(c["type"], String)}
    return frozenset(
        schema.resolve(label).name for label, c in found.items() if getattr(c, "table", None) is origin and c.name in texts
    )


def _origin(place: _Place, name: str, spec: Mapping[str, Any], connection: Connection) -> tuple[FromClause, list[str]]:
    if "query" in spec:
        query = text(_escaped(str(spec["query"])) + "\n")  # it may end in a comment
        columns = _columns_of_query(place, connection, str(spec["query"]))
        return query.columns(*[column(c) for c in columns]).subquery(name), columns
    schema, _, plain = str(spec["table"]).rpartition(".")
    try:
        columns = [c["name"] for c in inspect(connection).get_columns(plain, schema=schema or None)]
    except SQLAlchemyError:
        inspector = inspect(connection)
        known = [*inspector.get_table_names(schema=schema or None), *inspector.get_view_names(schema=schema or None)]
        raise place.error(f"There is no table '{spec['table']}'. {did_you_mean(plain, known)}") from None
    return table(plain, *[column(c) for c in columns], schema=schema or None), columns


def _columns_of_query(place: _Place, connection: Connection, query: str) -> list[str]:
    try:
        wrapped = f"select * from ({query.strip().rstrip(';')}\n) q limit 0"
        result = connection.exec_driver_sql(wrapped, execution_options={"no_parameters": True})
        return list(result.keys())
    except SQLAlchemyError as error:
        raise SourceError(f"{place.origin}: the database refuses the query: {reason(error)}") from None


def _escaped(sql: str) -> str:
    """SQL in which no colon is taken for a parameter."""
    return re.sub(r"(?<!:):(?=\w)", r"\\:", sql.strip().rstrip(";"))


def _column(place: _Place, origin: FromClause, columns: list[str], sql: str) -> ColumnElement[Any]:
    """A column by its name, in whatever case the database keeps it, or else an expression as it stands."""
    bare = _BARE.match(sql.strip())
    if bare is None or re.search(r"[-+*/|<>=']|\s(?:as|is|and|or|collate)\s", bare["name"], re.IGNORECASE):
        return literal_column(sql)
    name = bare["name"]
    folded = {c.lower(): c for c in columns}
    known = name if name in columns else folded.get(name.lower())
    if known is not None:
        return origin.c[known]
    if not re.fullmatch(r"\w+", name) and not bare["quote"]:
        return literal_column(sql)
    if re.fullmatch(r"\d+|null|true|false|current_date|current_timestamp", name, re.IGNORECASE):
        return literal_column(sql)
    raise SourceError(
        f"{place.origin}: there is no column '{name}'. {did_you_mean(name, columns)}",
        hint=f"Columns there are: {', '.join(columns)}.",
    )


def _key(connection: Connection, resolve: Callable[[str], ColumnElement[Any]], name: str) -> ColumnElement[Any]:
    """The key as it was named; SQLite's own row number is in no list of columns."""
    own = connection.dialect.name == "sqlite" and name.lower() in ("rowid", "oid", "_rowid_")
    return literal_column(name) if own else resolve(name)


def _own_key(place: _Place, connection: Connection, origin: FromClause, spec: Mapping[str, Any]) -> ColumnElement[Any]:
    """The primary key of the table, when it is one column; else SQLite's own row number."""
    if "table" in spec:
        schema, _, plain = str(spec["table"]).rpartition(".")
        primary = inspect(connection).get_pk_constraint(plain, schema=schema or None)["constrained_columns"]
        if len(primary) == 1:
            return origin.c[primary[0]]
        is_view = plain in inspect(connection).get_view_names(schema=schema or None)
        if connection.dialect.name == "sqlite" and not primary and not is_view:
            return literal_column("rowid")
    raise place.error(
        "It needs a `key`: a column that is unique, never NULL, and served by an index.",
        hint=f"Columns there are: {', '.join(origin.c.keys())}.",
    )


def _condition(sql: Any) -> str:
    """A condition that others can be joined to: without parentheses an `or` in it would swallow them."""
    return f"({_escaped(str(sql))})"


# --- rules and filters


def _rules(place: _Place, given: Mapping[str, Any]) -> tuple[ConfigRules, ...]:
    found = [
        _rule(place.below(f"rules.{code}"), code, spec, given["records"]) for code, spec in given.get("rules", {}).items()
    ]
    return (ConfigRules(tuple(found)),) if found else ()


def _rule(place: _Place, code: str, spec: Mapping[str, Any], records: Mapping[str, Any]) -> ConfigRule:
    _known(place.path, place.table, spec, configrules.KEYS)
    alias = _alias(place, spec, records)
    level = spec.get("level", "warning")
    if level not in LEVELS:
        raise place.error(f"There is no level '{level}'. {did_you_mean(str(level), LEVELS)}")
    keep = bool(spec.get("keep", False))
    message = spec.get(
        "message", f"The {spec['record']} was {'flagged' if keep else 'left out'} by a rule of exporter.toml."
    )
    where = _condition(qualify(str(spec["where"]), alias))
    return ConfigRule(code, spec["record"], where, str(message), level, keep, place.origin)


def _alias(place: _Place, spec: Mapping[str, Any], records: Mapping[str, Any]) -> str:
    """What the record's own columns can be qualified with in the `where` of a rule or a filter."""
    for key in ("record", "where"):
        if key not in spec:
            raise place.error(f"The key '{key}' is missing.")
    record = records.get(spec["record"])
    if record is None:
        near = did_you_mean(str(spec["record"]), records)
        raise place.error(f"It is about record '{spec['record']}', which the source does not have. {near}")
    return str(record["table"]).rpartition(".")[2] if "table" in record else str(spec["record"])


def _filter(place: _Place, spec: Mapping[str, Any], records: Mapping[str, Any]) -> HostFilter:
    _known(place.path, place.table, spec, _FILTER_KEYS)
    alias = _alias(place, spec, records)
    kind = FILTER_TYPES.get(spec.get("type", "text"))
    if kind is None:
        raise place.error(f"There is no type '{spec['type']}'. {did_you_mean(str(spec['type']), FILTER_TYPES)}")
    if not re.search(r"(?<!:):value\b", spec["where"]):
        raise place.error("Its `where` does not use :value.")
    where = f"({_with_value(qualify(str(spec['where']), alias))})"
    label = _with_value(str(spec["label"])) if "label" in spec else None
    return HostFilter(
        record=spec["record"],
        help=str(spec.get("help", "")),
        type=kind,
        where=lambda value: text(where).bindparams(bindparam("value", value)),  # type: ignore[return-value,arg-type]
        label=None if label is None else partial(_labelled, label),
        origin=place.origin,
    )


def _with_value(sql: str) -> str:
    """SQL in which `:value` alone is a parameter, also before a PostgreSQL cast."""
    escaped = re.sub(r"(?<!:):(?=\w)(?!value\b)", r"\\:", sql.strip().rstrip(";"))
    return re.sub(r"(?<!:):value(?=::)", "(:value)", escaped)


def _labelled(sql: str, connection: Connection, value: Any) -> str | None:
    query: Any = text(sql).bindparams(bindparam("value", value))
    rows = fetch(connection, query)
    return str(rows[0][0]) if rows else None
