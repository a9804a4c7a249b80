"""A source of annotated images from plain rows, for tests of formats that read the family vision."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import column, select, table

from exporter.database import sqlite_module
from exporter.records import family
from exporter.source import RecordSource, Source

Row = Mapping[str, Any]


def annotated(rows: Mapping[str, Sequence[Row]], files: Mapping[str, bytes] | Path | None = None, **more: Any) -> Source:
    """A source with these rows, by record; a record's fields are the keys of its first row.

    :param files: what media there are, by path or in a folder; none where it is None.
    """
    known = family("vision")
    given = {known.record(name).name: list(found) for name, found in rows.items()}
    return Source(
        name="annotated",
        family=known,
        spool=lambda path: _write(path, given),
        records={name: _record(name, found[0] if found else {}) for name, found in given.items()},
        media=files if files is None or isinstance(files, Path) else _opener(files),
        origin="exporter.testing",
        **more,
    )


def _record(name: str, first: Row) -> RecordSource:
    fields = list(first) or [family("vision").record(name).key]
    columns = table(name, column("_key"), *map(column, fields)).c
    return RecordSource(select(*(columns[f] for f in fields)), key=columns["_key"])


def _write(path: Path, rows: Mapping[str, Sequence[Row]]) -> None:
    connection = sqlite_module().connect(str(path), isolation_level=None)
    try:
        connection.execute("pragma journal_mode=wal")
        for name, found in rows.items():
            fields = list(found[0]) if found else [family("vision").record(name).key]
            names = ", ".join(f'"{f}"' for f in fields)
            connection.execute(f'create table "{name}" (_key integer primary key, {names})')
            marks = ", ".join("?" * (len(fields) + 1))
            values = ([place, *(row.get(f) for f in fields)] for place, row in enumerate(found, 1))
            connection.executemany(f'insert into "{name}" values ({marks})', values)
            for field in ("image_id", "label_id", "tag_id"):
                if field in fields:
                    connection.execute(f'create index "{name}_{field}" on "{name}" ("{field}")')
    finally:
        connection.close()


def _opener(files: Mapping[str, bytes]) -> Any:
    def opened(name: str) -> BinaryIO:
        if name not in files:
            raise FileNotFoundError(name)
        return io.BytesIO(files[name])

    return opened
