"""The checks of cells in a run and in a preview, before anything is written: answered in the snapshot.

The database counts the rows that are not surely good (`exporter_dwca.suspects`), all readers together. Where there is none, that
is all. Else the texts of those rows are read, as they will stand in the archive, and judged by the very looks that
`exporter check` takes at a file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

import attrs
from sqlalchemy import func, literal_column

from exporter import cells, slices
from exporter.context import ExportContext
from exporter.database import fetch
from exporter.report import Finding
from exporter.tables import Table, TableQuery
from exporter_dwca.archive import eml
from exporter_dwca.documents import Coverage
from exporter_dwca.eml import check_document
from exporter_dwca.flags.address import is_address
from exporter_dwca.flags.cells import Cells
from exporter_dwca.flags.lineage import Lineage
from exporter_dwca.scan import Batch, Column, Layout
from exporter_dwca.suspects import Cellar, suspicious
from exporter_dwca.tables import ROW_TYPES

_ADDRESSES = ("identifier", "accessURI", "references")
_SAMPLE = 20  # addresses that are looked at to learn what they begin with
_BEGINNINGS = 2  # of each kind: the database compares every row with them
_PLAIN_ADDRESS = re.compile(r"(https?://[a-z0-9.-]+/)(?:[A-Za-z0-9_.~/-]*/)?")
_BLANKS = dict.fromkeys([*range(0x20), 0x7F], " ")  # as they will be written


def inspect(ctx: ExportContext, tables: Sequence[Table]) -> Iterator[Finding]:
    """The findings on the cells of the data files, file by file."""
    today = ctx.clock().date()
    core = _layout(tables[0])
    for table in tables:
        whole = Cells(_layout(table), table.name, today)
        narrow = _only(ctx, table, {term for look, _ in whole.looks() for term in look.terms})
        looked = Cells(_layout(narrow), table.name, today, None if table is tables[0] else core, place="{number}")
        for query in table.queries if looked.looks() else ():
            _look(ctx, narrow, query, looked, today)
        yield from (_kept(f, table) for f in looked.findings())
    yield from (_kept(f, tables[0]) for f in _lineage(ctx, tables[0]))


def undescribed(ctx: ExportContext) -> Iterator[Finding]:
    """In a preview, what the description of the data set lacks; a run looks at the document that it has written."""
    if ctx.output is None:
        templates = [ctx.options.templates] if ctx.options.templates is not None else []
        yield from check_document(eml(ctx, Coverage(), templates), "eml.xml")


def _only(ctx: ExportContext, table: Table, terms: Collection[str]) -> Table:
    """The table with these columns, and with what identifies a row."""
    at = ctx.reader.identified_at(table)
    columns = {h: f for i, (h, f) in enumerate(table.columns.items()) if i == at or h in terms}
    return attrs.evolve(table, columns=columns)


def _kept(finding: Finding, table: Table) -> Finding:
    return attrs.evolve(finding, record=table.record, action="kept")


def _layout(table: Table) -> Layout:
    columns = tuple(Column(f.term, at) for at, f in enumerate(table.columns.values()) if f.term)
    return Layout(ROW_TYPES[table.name], (table.name,), "\t", "\n", "", "UTF-8", 1, 0, len(table.columns), columns)


def _look(ctx: ExportContext, table: Table, query: TableQuery, looked: Cells, today: dt.date) -> None:
    codes = ctx.reader.type_codes(query)
    kinds = {header: cells.kind(ctx.connection, code) for header, code in codes.items()}
    shown = {h: v for h, v in query.values.items() if not v.minted}
    cellar = Cellar(ctx.connection, shown, kinds, begun=_beginnings(ctx, query))
    suspect = suspicious(cellar, looked.looks(), today)
    mark = func.count(suspect)
    if query.order is None:
        unordered = query.query.order_by(None)
        (count,) = fetch(ctx.connection, unordered.with_only_columns(mark, maintain_column_froms=True))[0]
    else:
        (count,) = slices.counts(ctx, query.order, query.query, mark)
    if count:
        for batch in _batches(ctx, table, attrs.evolve(query, query=query.query.where(suspect == literal_column("1")))):
            looked.look(batch)


def _batches(ctx: ExportContext, table: Table, query: TableQuery) -> Iterator[Batch]:
    """The rows of a query as they will be written, each under its identifier."""
    reader = ctx.reader.aside()
    at = reader.identified_at(table)
    for texts in reader.texts(attrs.evolve(table, queries=(query,))):
        rows = [[text if text.isprintable() else text.translate(_BLANKS) for text in row] for row in texts]
        yield Batch([row[at] for row in rows], rows, len(table.columns), [])


def _beginnings(ctx: ExportContext, query: TableQuery) -> tuple[str, ...]:
    """What the first addresses begin with: folders, whose files have short names to be looked at, then hosts."""
    folders: dict[str, None] = {}
    hosts: dict[str, None] = {}
    for term in _ADDRESSES if ctx.connection.dialect.name == "sqlite" else ():
        given = query.values.get(term)
        if given is None:
            continue
        some = query.query.with_only_columns(given.expression.label("address"), maintain_column_froms=True).limit(_SAMPLE)
        for (address,) in fetch(ctx.connection, some):
            if match := _PLAIN_ADDRESS.match(str(address)):
                hosts.setdefault(match[1])
                folders.setdefault(match[0])
    good = [list(filter(is_address, begun)) for begun in (folders, hosts)]
    return tuple(dict.fromkeys(each for begun in good for each in begun[:_BEGINNINGS]))


def _lineage(ctx: ExportContext, core: Table) -> Iterator[Finding]:
    """Events that are their own ancestors: of those with a parent, the two identifiers are read."""
    if "parentEventID" not in core.columns:
        return
    pairs = _only(ctx, core, {"eventID", "parentEventID"})
    for query in (q for q in core.queries if "parentEventID" in q.values):
        parent = query.values["parentEventID"].expression
        climbing = attrs.evolve(query, query=query.query.where(parent.is_not(None)))
        lineage, seen = Lineage(_layout(pairs)), 0
        for batch in _batches(ctx, pairs, climbing):
            lineage.look(attrs.evolve(batch, numbers=range(seen, seen + len(batch.rows))), core.name)
            seen += len(batch.rows)
        for finding in lineage.findings():
            rows = {int(example.rpartition(":")[2]) for example in finding.examples}
            ids = chain.from_iterable(batch.numbers for batch in _batches(ctx, pairs, climbing))
            yield attrs.evolve(finding, examples=[str(id) for row, id in enumerate(ids) if row in rows])
