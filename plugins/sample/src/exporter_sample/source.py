"""The bundled sources as `exporter.sources` gives them: made in scratch for each run, always the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exporter import HostFilter, RecordSource, Source

_TYPES: dict[str, type[Any]] = {"integer": int, "text": str}


def insects(occurrences: int = 2000, seed: int = 7) -> Source:
    """Moths and beetles at light screens, as a camera-trap platform keeps them.

    :param occurrences: how many; everything else follows from it.
    :param seed: another one gives other data of the same kind.
    """
    from exporter import Source
    from exporter_sample.insects import build
    from exporter_sample.insects_queries import DATASET, FILTERS, RECORDS

    _check_size("insects", "occurrences", occurrences)
    return Source(
        name="insects",
        family="biodiversity",
        spool=lambda path: build(path, occurrences=occurrences, seed=seed),
        records={name: _record("biodiversity", name, sql) for name, sql in RECORDS.items()},
        filters={name: _filter(**spec) for name, spec in FILTERS.items()},
        documents={"dataset": DATASET},
        origin="exporter-sample",
    )


def street(images: int = 60, seed: int = 7) -> Source:
    """Annotated pictures of streets, as an annotation platform keeps them; the pictures are drawn when they are opened.

    :param images: how many; everything else follows from it.
    :param seed: another one gives other data of the same kind.
    """
    from exporter import Source
    from exporter_sample.street import build
    from exporter_sample.street_pictures import opener
    from exporter_sample.street_queries import INTEGERS, RECORDS

    _check_size("street", "images", images)
    return Source(
        name="street",
        family="vision",
        spool=lambda path: build(path, images=images, seed=seed),
        records={name: _record("vision", name, sql, INTEGERS) for name, sql in RECORDS.items()},
        media=opener(images, seed),
        origin="exporter-sample",
    )


def house(measurements: int = 3000, seed: int = 7) -> Source:
    """The takeoff of a house with its garage and site, and that of a shed, as an estimating application keeps them.

    :param measurements: how many; everything else follows from it.
    :param seed: another one gives other data of the same kind.
    """
    from exporter import Source
    from exporter_sample.house import build
    from exporter_sample.house_queries import INTEGERS, RECORDS

    _check_size("house", "measurements", measurements)
    return Source(
        name="house",
        family="takeoff",
        spool=lambda path: build(path, measurements=measurements, seed=seed),
        records={name: _record("takeoff", name, sql, INTEGERS) for name, sql in RECORDS.items()},
        origin="exporter-sample",
    )


def _check_size(source: str, option: str, size: int) -> None:
    from exporter.errors import InputError

    if size < 0:
        raise InputError(f"The option '{option}' of source 'sample:{source}' takes 0 or more, not {size}.")


def _record(
    family: str, name: str, sql: str, integers: frozenset[str] = frozenset()
) -> Callable[[Connection], RecordSource]:
    """A record from the text of its query; which labels there are, the database says.

    :param integers: text fields for which the query gives integers.
    """

    def bind(connection: Connection) -> RecordSource:
        from sqlalchemy import column, select, text

        from exporter import RecordSource
        from exporter.records import family as family_named

        labels = list(connection.exec_driver_sql(f"select * from ({sql}) limit 0").keys())
        rows = text(sql.replace(":", r"\:")).columns(*(column(n) for n in labels)).subquery(name)
        fields = [n for n in labels if not n.startswith("_")]
        schema = family_named(family).records[name]
        return RecordSource(
            select(*(rows.c[n] for n in fields)),
            key=rows.c["_key"],
            project=rows.c["_project"] if "_project" in labels else None,
            text_columns=frozenset(n for n in fields if schema.fields[n].type is str) - integers,
        )

    return bind


def _filter(*, type: str, help: str, record: str, where: str, label: str) -> HostFilter:
    from sqlalchemy import bindparam, text

    from exporter import HostFilter
    from exporter.database import fetch

    def labelled(connection: Connection, value: Any) -> str | None:
        query: Any = text(label).bindparams(bindparam("value", value))
        rows = fetch(connection, query)
        return str(rows[0][0]) if rows else None

    def condition(value: Any) -> Any:
        return text(where).bindparams(bindparam("value", value))

    return HostFilter(record=record, help=help, type=_TYPES[type], where=condition, label=labelled)
