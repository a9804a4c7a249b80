"""A takeoff whose rows can be counted by hand, on any database, and what a format gets of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, create_engine, insert, select

import exporter
from exporter import Part, RecordSource, Source
from exporter.pipeline import Result
from exporter.report import Report
from exporter.takeoff.data import Takeoff
from exporter.takeoff.formats import TakeoffFormat
from exporter.takeoff.options import CostOptions

from .databases import database

DATABASES = ("sqlite", "postgresql", "mariadb")
Rows = Iterable[Mapping[str, Any]]
_META = MetaData()


def _table(name: str, texts: Sequence[str], **others: Any) -> Table:
    columns = [Column(text, String(60)) for text in texts] + [Column(other, kind) for other, kind in others.items()]
    return Table(name, _META, Column("_key", Integer, primary_key=True), *columns)


PROJECTS = _table("projects", ["project_id", "name", "client"])
PAGES = _table("pages", ["page_id", "project_id", "sheet_number"], page_number=Integer)
CONDITIONS = _table(
    "conditions",
    ["condition_id", "project_id", "name", "scope", "category", "building", "area", "elevation", "measurement_type", "unit"],
    total_quantity=Float(53),
    measurement_count=Integer,
    unit_cost=Float(53),
)
MEASUREMENTS = _table(
    "measurements",
    ["measurement_id", "condition_id", "page_id", "geometry_type", "unit"],
    geometry=Text,
    quantity=Float(53),
    is_verified=Boolean,
    is_ai_generated=Boolean,
)
Index("of_condition", MEASUREMENTS.c.condition_id, MEASUREMENTS.c._key)
_RECORDS = {"project": PROJECTS, "page": PAGES, "condition": CONDITIONS, "measurement": MEASUREMENTS}


@contextmanager
def takeoff(server: str, folder: Path, rows: Mapping[str, Rows]) -> Iterator[Source]:
    """A source of these rows by record, numbered as they come."""
    if server == "sqlite":
        (folder / "host.db").unlink(missing_ok=True)
        with filled(f"sqlite:///{folder / 'host.db'}", rows) as source:
            yield source
    else:
        with database(server) as url, filled(url, rows) as source:
            yield source


@contextmanager
def filled(url: str, rows: Mapping[str, Rows]) -> Iterator[Source]:
    engine = create_engine(url)
    _META.create_all(engine)
    with engine.begin() as connection:
        for name, table in _RECORDS.items():
            names = [column.name for column in table.columns]
            found = [{**dict.fromkeys(names), **row, "_key": n} for n, row in enumerate(rows.get(name, ()), 1)]
            if found:
                connection.execute(insert(table), found)
    records = {name: _record(table) for name, table in _RECORDS.items()}
    yield Source(name="estimators", family="takeoff", engine=engine, records=records)
    engine.dispose()


def _record(table: Table) -> RecordSource:
    fields = [column for column in table.columns if column.name != "_key"]
    return RecordSource(select(*fields), key=table.c["_key"], project=table.c.get("project_id"))


@attrs.frozen
class Written:
    """What a format got: conditions by identifier, each with its unit, total, count, and its rows."""

    conditions: dict[str, tuple[str, float, int]]
    rows: dict[str, list[list[str]]]
    result: Result

    @property
    def ids(self) -> list[str]:
        """Of the measurements, in order."""
        return [row[1] for rows in self.rows.values() for row in rows]

    @property
    def codes(self) -> dict[str, int]:
        """What the run found."""
        return {finding.code: finding.count for finding in self.result.report.findings}


class _Probe(TakeoffFormat[CostOptions]):
    """Conditions and measurements as JSON."""

    name = "probe"
    title = "What a format gets"
    extension = "json"
    packaging = "file"

    def exporter_serialize(self, ctx: Any, tables: Any) -> Iterator[Part]:
        yield Part("probe.json", self._chunks(ctx, tables))

    def _chunks(self, ctx: Any, tables: Any) -> Iterator[bytes]:
        found = Takeoff.of(ctx, tables)
        assert found.columns[:2] == ("condition_id", "measurement_id")
        made = [
            (each.condition_id, (each.unit, each.total, each.count), [row for rows in batches for row in rows])
            for each, batches in found.by_condition()
        ]
        yield json.dumps(made).encode()


def written(
    source: Source, folder: Path, *, project: str | None = None, filters: Mapping[str, Any] | None = None, **options: Any
) -> Written:
    """What an export gets."""
    result = exporter.run(
        format=_Probe(),
        source=source,
        output=folder / "probe.json",
        project=project,
        filters=filters,
        options=options,
        force=True,
    )
    made = json.loads((folder / "probe.json").read_bytes())
    return Written({uid: tuple(totals) for uid, totals, _ in made}, {uid: rows for uid, _, rows in made}, result)


def previewed(source: Source, filters: Mapping[str, Any] | None = None, **options: Any) -> dict[str, int]:
    """What a preview finds, by code."""
    return {finding.code: finding.count for finding in previewed_report(source, filters, **options).findings}


def previewed_report(source: Source, filters: Mapping[str, Any] | None = None, **options: Any) -> Report:
    """The report of a preview."""
    return exporter.preview(format=_Probe(), source=source, filters=filters, options=options).report
