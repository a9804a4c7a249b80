"""Terms that follow from other fields, as SQL on the text that a cell would have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, null

from exporter import cells
from exporter.context import ExportContext
from exporter.records.biodiversity.conditions import position
from exporter.selection import RecordRows
from exporter.tables import Value

Text = ColumnElement[Any]


def _moment(ctx: ExportContext, row: RecordRows, field: str) -> Text:
    spec = row.bound.schema.fields[field]
    return cells.sql_text(ctx.connection, spec, row.columns[field], row.bound.types.get(field))


def event_terms(ctx: ExportContext, row: RecordRows) -> dict[str, Value]:
    """eventDate, eventTime, year, month and day from the beginning and the end of an event.

    A night that spans two dates has an interval for a date, and only those of year, month and day that are the same at both ends.
    What is no ISO date stands in eventDate as it is, and nothing follows from it.
    """
    if not row.has("event_start"):
        return {}
    begin = _moment(ctx, row, "event_start")
    end = func.coalesce(func.nullif(_moment(ctx, row, "event_end"), ""), begin) if row.has("event_end") else begin
    known = and_(is_iso(begin), is_iso(end))
    terms = {
        "eventDate": case((known, _interval(_day(begin), _day(end))), else_=_interval(begin, end)),
        "eventTime": _where(known, func.nullif(_interval(func.substr(begin, 12), func.substr(end, 12)), "")),
        "year": _where(known, _shared(begin, end, 1, 4)),
        "month": _where(known, _shared(begin, end, 6, 2)),
        "day": _where(known, _shared(begin, end, 9, 2)),
    }
    return {header: Value(expression, text_only=True) for header, expression in terms.items()}


def is_iso(moment: Text) -> ColumnElement[bool]:
    """Whether a text begins with a whole date, as ISO 8601 writes it."""
    dashes = and_(func.substr(moment, 5, 1) == "-", func.substr(moment, 8, 1) == "-")
    return and_(dashes, moment.not_like("% BC"), func.length(moment) >= 10, func.substr(moment, 11, 1).in_(("", "T", " ")))


def _where(known: ColumnElement[bool], text: Text) -> Text:
    return case((known, text), else_=null())


def _day(moment: Text) -> Text:
    return func.substr(moment, 1, 10)


def _interval(begin: Text, end: Text) -> Text:
    return case((begin == end, begin), else_=begin.concat("/").concat(end))


def _shared(begin: Text, end: Text, start: int, length: int) -> Text:
    """A part of the date where everything up to it is the same at both ends, without a leading zero."""
    upto = start + length - 1
    same = func.substr(begin, 1, upto) == func.substr(end, 1, upto)
    part = func.substr(begin, start, length)
    plain = part if length > 2 else case((func.substr(part, 1, 1) == "0", func.substr(part, 2)), else_=part)
    return _where(same, plain)


def epithet(connection: Connection, name: Text) -> Text:
    """The second word of a binomial; nothing for a hybrid, cf., sp., a name with its author, or a trinomial."""
    blank = position(connection, name, " ")
    first, second = func.substr(name, 1, blank - 1), func.substr(name, blank + 1)
    if connection.dialect.name == "sqlite":
        latin = and_(first.op("glob")("[A-Z]*"), first.op("not glob")("*[^A-Za-z-]*"), second.op("not glob")("*[^a-z-]*"))
    elif connection.dialect.name == "postgresql":
        latin = name.op("~")("^[A-Z][A-Za-z-]* [a-z-]+$")
    else:
        latin = name.op("regexp binary")("^[A-Z][A-Za-z-]* [a-z-]+$")
    return case((and_(blank > 1, func.length(second) > 1, latin), second), else_=null())
