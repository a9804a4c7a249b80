"""The numbers behind the figure, read from the tables that the archive is written from.

They are counted from the cells as the files have them, after filters, rules and whatever else changes a cell: a few columns are
read once more by the way that writes the files, segment by segment. Memory holds what the picture needs, not the rows: to group
them, SQLite would sort them all in memory.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import attrs
from sqlalchemy import union_all

from exporter.context import ExportContext
from exporter.records import Field
from exporter.tables import Table, TableQuery, Value
from exporter_dwca.figure.geography import Extent, Spot, View, view_of
from exporter_dwca.figure.tally import Tally

MOST_TAXA = 15
GRID = (240, 150)  # cells across and up: some three pixels each
_ABSENT = b"absent"
_MONTH = re.compile(
    rb"(\d{4})(?:-(0[1-9]|1[0-2])(?!\d)|(?=/|$))"
)  # how ISO 8601 begins a date; a day of the year has no month


@attrs.frozen
class Places:
    """Where the rows are.

    :param of: what the rows are: events or occurrences.
    :param all: rows that are no absences; :param rows: those with coordinates.
    :param extent: of them; None where no row has coordinates.
    :param view: the part of the world to show.
    :param spots: one for each cell of the grid that holds rows.
    """

    of: str
    all: int
    rows: int = 0
    extent: Extent | None = None
    view: View | None = None
    spots: tuple[Spot, ...] = ()


@attrs.frozen
class Times:
    """When the rows were recorded.

    :param months: rows by year and month; the month is 0 where only the year is known.
    :param undated: rows with no date that begins with a year.
    """

    of: str
    months: dict[tuple[int, int], int] = attrs.field(factory=dict)
    undated: int = 0


@attrs.frozen
class Taxa:
    """What was found.

    :param top: name, rank and rows of the most frequent names, the most frequent first.
    :param names: how many names there are; :param rows: rows that have one; :param absent: rows that say what was not there.
    """

    top: tuple[tuple[str, str, int], ...] = ()
    names: int = 0
    rows: int = 0
    absent: int = 0


@attrs.frozen
class Numbers:
    """All that the four panels need of the rows."""

    places: Places
    times: Times
    taxa: Taxa


def gather(ctx: ExportContext, tables: Sequence[Table], shape: float) -> Numbers:
    """Count all of it.

    :param shape: width by height of the map.
    """
    core = tables[0]
    occurrences = next(t for t in tables if t.record == "occurrence")
    return Numbers(_places(ctx, (core, occurrences), shape), _times(ctx, core, occurrences), _taxa(ctx, occurrences))


# --- where


def _places(ctx: ExportContext, tables: Sequence[Table], shape: float) -> Places:
    """Of the core; of the occurrences where the core has no coordinates."""
    for table in dict.fromkeys(tables):
        extent = None
        rows = located = 0
        for point, n in _points(ctx, table):
            rows += n
            if point is not None:
                located += n
                extent = Extent.at(*point) if extent is None else extent.with_point(*point)
        if extent is not None:
            view = view_of(extent, shape)
            return Places(f"{table.record}s", rows, located, extent, view, _spots(ctx, table, view))
    return Places(f"{tables[0].record}s", _written(ctx, tables[0].record))


def _points(ctx: ExportContext, table: Table) -> Iterator[tuple[tuple[float, float] | None, int]]:
    """Longitude and latitude in degrees, or None for rows that are nowhere on the Earth, and how many of a segment are there."""
    headers = ("decimalLongitude", "decimalLatitude")
    if not _has(table, *headers):
        return
    for counts in _cells(ctx, table, (*headers, "occurrenceStatus")):
        for line, n in counts.items():
            x, y, status = line.split(b"\t")
            if not _is_absent(status):
                yield _point(x, y), n


def _point(longitude: bytes, latitude: bytes) -> tuple[float, float] | None:
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        return None
    return (x, y) if -180 <= x <= 180 and -90 <= y <= 90 else None


def _spots(ctx: ExportContext, table: Table, view: View) -> tuple[Spot, ...]:
    """The rows by cells of a grid over the view, each where the middle of its rows is."""
    cells: dict[tuple[int, int], list[float]] = {}
    for point, n in _points(ctx, table):
        if point is None:
            continue
        x, y = view.turned(point[0]), point[1]
        cell = view.cell(x, y, *GRID)
        known = cells.get(cell)
        if known is None:
            cells[cell] = [x, y, x, y, n]
        else:
            known[:] = (min(known[0], x), min(known[1], y), max(known[2], x), max(known[3], y), known[4] + n)
    return tuple(sorted(Spot((w + e) / 2, (s + n) / 2, int(rows)) for w, s, e, n, rows in cells.values()))


# --- when


def _times(ctx: ExportContext, core: Table, occurrences: Table) -> Times:
    """Of the occurrences, by their own dates or those of their events; of the core where there are no occurrences."""
    if not _written(ctx, "occurrence"):
        return _by_month(ctx, core, core.queries if _has(core, "eventDate") else ())
    if _has(occurrences, "eventDate"):
        return _by_month(ctx, occurrences, occurrences.queries)
    return _by_month(ctx, occurrences, _dated(core, occurrences) if _has(core, "eventDate") else ())


def _dated(core: Table, occurrences: Table) -> Sequence[TableQuery]:
    """The occurrences with the dates of their events. Whatever order the database reads them in is right: they are counted."""
    lent = [
        q.query.with_only_columns(
            q.values["id"].expression.label("id"), q.values["eventDate"].expression.label("date"), maintain_column_froms=True
        )
        for q in core.queries
    ]
    dates = (lent[0] if len(lent) == 1 else union_all(*lent)).subquery("dates")
    told = core.queries[0].values["eventDate"]
    date = Value(dates.c.date, text_only=told.text_only, field=told.field or core.columns["eventDate"])
    return [
        TableQuery(q.query.where(q.values["id"].expression == dates.c.id), {**q.values, "eventDate": date})
        for q in occurrences.queries
    ]


def _by_month(ctx: ExportContext, table: Table, queries: Sequence[TableQuery]) -> Times:
    """Rows by month; none of them has a date where there is no query."""
    months: Counter[tuple[int, int]] = Counter()
    undated = 0
    for counts in _cells(ctx, attrs.evolve(table, queries=tuple(queries)), ("eventDate", "occurrenceStatus")):
        for line, n in counts.items():
            date, _, status = line.partition(b"\t")
            found = _MONTH.match(date)
            if _is_absent(status):
                continue
            if found is not None and int(found[1]):
                months[int(found[1]), int(found[2] or 0)] += n
            else:
                undated += n
    return Times(f"{table.record}s", dict(sorted(months.items())), undated if queries else _written(ctx, table.record))


# --- what


def _taxa(ctx: ExportContext, occurrences: Table) -> Taxa:
    if not _has(occurrences, "scientificName"):
        return Taxa()
    absent = 0
    with Tally(ctx.scratch / "names.db") as names:
        for counts in _cells(ctx, occurrences, ("scientificName", "taxonRank", "occurrenceStatus")):
            for line, n in counts.items():
                name, rank, status = line.decode().split("\t")
                if _is_absent(status.encode()):
                    absent += n
                elif name:
                    names.add(name, rank, n)
        return Taxa(names.top(MOST_TAXA), *names.totals(), absent)


def _is_absent(status: bytes) -> bool:
    """Whether a row says what was not there: it is no find."""
    return status.strip().lower() == _ABSENT


# --- cells


def _has(table: Table, *headers: str) -> bool:
    """Whether columns stand in the file."""
    return all(h in table.columns and any(h in q.values for q in table.queries) for h in headers)


def _cells(ctx: ExportContext, table: Table, headers: Sequence[str]) -> Iterator[Counter[bytes]]:
    """Some columns of a table, a segment at a time, as tab-separated lines with how often each is there.

    What is to be said of a cell was said when it was written.
    """
    columns = {h: table.columns.get(h, Field(h, str)) for h in headers}
    queries = (TableQuery(q.query, {h: q.values[h] for h in headers if h in q.values}, q.order) for q in table.queries)
    for segment in ctx.reader.aside().lines(Table("figure", table.record, columns, tuple(queries))):
        yield Counter(segment[:-1].split(b"\n"))


def _written(ctx: ExportContext, record: str) -> int:
    count = ctx.report.records.get(record)
    return count.written if count is not None else 0
