"""The files of an archive, in order: meta.xml, the core, the extensions, eml.xml."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import Select, func, select

from exporter.context import ExportContext
from exporter.database import fetch
from exporter.parts import Part
from exporter.records.biodiversity.dataset import TaxonCoverage
from exporter.records.biodiversity.surveys import LISTS
from exporter.records.conditions import as_number
from exporter.tables import Table
from exporter_dwca.documents import Coverage, DataField, DataFile, render_eml, render_meta
from exporter_dwca.tables import ROW_TYPES

MOST_TAXA = 200  # taxa in eml.xml: the coverage is for people
_NAMESPACE = uuid.UUID("a0a5d36c-0a46-5b0e-9f3a-2d4c6a3d0c52")  # of data sets whose source has no namespace of its own


def parts(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Part]:
    """The parts of the archive. What eml.xml says of places, days and taxa is looked up while rows are written."""
    templates = [ctx.options.templates] if ctx.options.templates is not None else []
    core, *extensions = [_data_file(t) for t in tables]
    with ctx.beside() as ask:
        coverage = ask(partial(coverage_of, tables=tables))
        yield Part("meta.xml", [render_meta(core, extensions, templates=templates)], rows=0)
        for table in tables:
            yield data(ctx, table)
        yield Part("eml.xml", [eml(ctx, coverage.result(), templates)], rows=0)


def data(ctx: ExportContext, table: Table) -> Part:
    """A data file: its columns by name, then its rows."""
    header = ("\t".join(table.columns) + "\n").encode()
    return Part(table.name, chain([header], ctx.lines(table)))


def _data_file(table: Table) -> DataFile:
    lists = LISTS if table.record == "survey" else ()
    fields = [
        DataField(i, f.term, delimited_by="|" if f.name in lists else "")
        for i, f in enumerate(table.columns.values())
        if f.term
    ]
    return DataFile(table.name, ROW_TYPES[table.name], fields)


def package_id(ctx: ExportContext) -> uuid.UUID:
    """The identifier of the data set: the same for each export of a source and project."""
    return uuid.uuid5(ctx.source.namespace or _NAMESPACE, f"{ctx.source.name}/{ctx.project or ''}")


def eml(ctx: ExportContext, coverage: Coverage, templates: Sequence[Any] = ()) -> bytes:
    """The document about the data set.

    :param coverage: what `coverage_of` found.
    """
    now = ctx.clock()
    return render_eml(
        ctx.document("dataset"),
        package_id=f"{package_id(ctx)}/v1",
        pub_date=now.date(),
        date_stamp=now,
        coverage=coverage,
        dataset_type="samplingEvent" if ctx.options.core == "event" else "occurrence",
        include_emails=ctx.options.include_emails,
        templates=templates,
    )


def coverage_of(ctx: ExportContext, tables: Sequence[Table]) -> Coverage:
    """The places, days and taxa of the rows.

    :param tables: that of the core first.
    """
    core = tables[0]
    first, last = _days(ctx, core)
    return Coverage(box=_box(ctx, core), first_day=first, last_day=last, taxa=_taxa(ctx, tables))


def _columns(table: Table, *headers: str) -> tuple[Select[Any], list[Any]] | None:
    """The table's first query with these columns alone, or None where it lacks one."""
    if not table.queries or any(h not in table.queries[0].values for h in headers):
        return None
    first = table.queries[0]
    return first.query, [first.values[h].expression for h in headers]


def _box(ctx: ExportContext, core: Table) -> tuple[float, float, float, float] | None:
    found = _columns(core, "decimalLongitude", "decimalLatitude")
    if found is None:
        return None
    query, (longitude, latitude) = found[0], [as_number(ctx.connection, c) for c in found[1]]
    valid = query.where(latitude.between(-90, 90), longitude.between(-180, 180))
    sides = (func.min(longitude), func.min(latitude), func.max(longitude), func.max(latitude))
    west, south, east, north = fetch(ctx.connection, valid.with_only_columns(*sides, maintain_column_froms=True))[0]
    return None if west is None else (float(west), float(south), float(east), float(north))


def _days(ctx: ExportContext, core: Table) -> tuple[dt.date | None, dt.date | None]:
    found = _columns(core, "eventDate")
    if found is None:
        return None, None
    query, (date,) = found
    dates = query.with_only_columns(date.label("d"), maintain_column_froms=True).distinct()
    rows = fetch(ctx.connection, dates)
    days = [d for (text,) in rows for part in str(text or "").split("/") if (d := _day(part)) is not None]
    return (min(days), max(days)) if days else (None, None)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def _taxa(ctx: ExportContext, tables: Sequence[Table]) -> tuple[TaxonCoverage, ...]:
    """The taxa of the highest useful rank: orders or families rather than thousands of species."""
    occurrences = next((t for t in tables if t.record == "occurrence"), None)
    if occurrences is None:
        return ()
    for header, rank in (("order", "order"), ("family", "family"), ("class", "class"), ("scientificName", "")):
        ranked = None if rank else _columns(occurrences, header, "taxonRank")
        found = ranked or _columns(occurrences, header)
        if found is None:
            continue
        query, columns = found
        labelled = [c.label(f"c{i}") for i, c in enumerate(columns)]
        names = query.with_only_columns(*labelled, maintain_column_froms=True).distinct().subquery("names")
        rows = fetch(ctx.connection, select(names).where(names.c.c0.is_not(None)).limit(MOST_TAXA + 1))
        if rows and len(rows) <= MOST_TAXA:
            taxa = sorted((str(r[0]), str(r[1] or "") if ranked else rank) for r in rows if str(r[0]).strip())
            return tuple(TaxonCoverage(scientific_name=n, rank=r) for n, r in taxa)
    return ()
