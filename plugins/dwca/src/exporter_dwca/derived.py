"""Terms that follow from other fields, as SQL on the text that a cell would have."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import ColumnElement, Connection, String, and_, case, func, null, or_, type_coerce

from exporter import cells, native
from exporter.context import ExportContext
from exporter.selection import RecordRows
from exporter.sqlitetext import glob
from exporter.tables import Value

Text = ColumnElement[Any]


@attrs.frozen(eq=False)
class _Moment:
    """The beginning or the end of an event.

    :param text: as a cell has it.
    :param time: what follows the date and the T in it.
    :param parts: what to take the date and its parts from. On SQLite it is the column itself: a text costs several function calls,
        which SQLite would make again wherever the expression stands; on PostgreSQL a shorter way to the first characters.
    :param iso: whether it begins with a whole date, as ISO 8601 writes it.
    :param given: whether there is one.
    """

    text: Text
    time: Text
    parts: Text
    iso: ColumnElement[bool]
    given: ColumnElement[bool]

    def day(self, length: int = 10) -> Text:
        """The date, or its first characters."""
        return func.substr(self.parts, 1, length)


def _moment(ctx: ExportContext, row: RecordRows, field: str) -> _Moment:
    column = row.columns[field]
    told = (ctx.connection, row.bound.schema.fields[field], column, row.bound.types.get(field))
    text, time = cells.sql_text(*told), cells.sql_time(*told)
    typed = cells.sql_moment(ctx.connection, column, told[-1])
    if typed is not None:
        iso, parts = typed
        return _Moment(text, time, parts, iso, column.is_not(None))
    parts = type_coerce(column, String) if ctx.connection.dialect.name == "sqlite" else text
    return _Moment(text, time, parts, _is_iso(ctx.connection, text, parts), parts != "")


def _end(ctx: ExportContext, row: RecordRows, begin: _Moment) -> _Moment:
    """The end of an event; one that has none ends when it begins."""
    if not row.has("event_end"):
        return begin
    end = _moment(ctx, row, "event_end")
    parts = ("text", "time", "parts", "iso", "given")
    return _Moment(*(case((end.given, getattr(end, part)), else_=getattr(begin, part)) for part in parts))


def event_terms(ctx: ExportContext, row: RecordRows) -> dict[str, Value]:
    """eventDate, eventTime, year, month and day from the beginning and the end of an event.

    A night that spans two dates has an interval for a date, and only those of year, month and day that are the same at both ends.
    What is no ISO date stands in eventDate as it is, and nothing follows from it.
    """
    if not row.has("event_start"):
        return {}
    begin = _moment(ctx, row, "event_start")
    end = _end(ctx, row, begin)
    known = and_(begin.iso, end.iso)
    terms = {
        "eventDate": case((known, _interval(begin.day(), end.day())), else_=_interval(begin.text, end.text)),
        "eventTime": case((known, _times(begin, end)), else_=null()),
        "year": _shared(begin, end, 1, 4, known),
        "month": _shared(begin, end, 6, 2, known),
        "day": _shared(begin, end, 9, 2, known),
    }
    return {header: Value(expression, text_only=True) for header, expression in terms.items()}


def _is_iso(connection: Connection, text: Text, parts: Text) -> ColumnElement[bool]:
    """Whether a text begins with a whole date, as ISO 8601 writes it."""
    match connection.dialect.name:
        case "sqlite":  # the first pattern is what SQLAlchemy writes, and spares most texts the others
            usual, day, longer = (glob(parts, "????-??-??" + p) for p in ("[ T]??:??:??.?????[0-9]", "", "[ T]*"))
            return or_(usual, and_(or_(day, longer), text.not_like("% BC")))
        case "postgresql":
            return text.op("~")("^(?!.* BC$)....-..-..([ T]|$)")
    dashes = and_(func.substr(text, 5, 1) == "-", func.substr(text, 8, 1) == "-")
    return and_(dashes, text.not_like("% BC"), func.length(text) >= 10, func.substr(text, 11, 1).in_(("", "T", " ")))


def _interval(begin: Text, end: Text) -> Text:
    return case((begin == end, begin), else_=begin.concat("/").concat(end))


def _times(begin: _Moment, end: _Moment) -> Text:
    """As an interval. Times that differ at once need no more than that to be known as different."""
    alike = func.substr(begin.parts, 12, 8) == func.substr(end.parts, 12, 8)
    same = and_(alike, begin.time == end.time)
    return case((same, func.nullif(begin.time, "")), else_=begin.time.concat("/").concat(end.time))


def _shared(begin: _Moment, end: _Moment, start: int, length: int, known: ColumnElement[bool]) -> Text:
    """A part of the date where everything up to it is the same at both ends, without a leading zero."""
    upto = start + length - 1
    part: Text = func.substr(begin.parts, start, length)
    if length == 2:
        part = case((func.substr(begin.parts, start, 1) == "0", func.substr(begin.parts, start + 1, 1)), else_=part)
    return case((and_(begin.day(upto) == end.day(upto), known), part), else_=null())


def epithet(connection: Connection, name: Text) -> Text:
    """The second word of a binomial; nothing for a hybrid, cf., sp., a name with its author, or a trinomial."""
    if native.served(connection):
        return func.exporter_second_word(name)
    if connection.dialect.name == "sqlite":
        shape = (glob(name, "[A-Z]* ??*"), ~glob(name, "* *[^a-z-]*"), ~glob(name, "*[^A-Za-z-]* *"))
        latin = and_(*shape, func.typeof(name) == "text")  # of a blob, GLOB and substr() see different things
    else:
        matches = "~" if connection.dialect.name == "postgresql" else "regexp binary"
        latin = name.op(matches)("^[A-Z][A-Za-z-]* [a-z-]{2,}$")
    second = (
        func.split_part(name, " ", 2)
        if connection.dialect.name == "postgresql"
        else func.substr(name, func.instr(name, " ") + 1)
    )
    return case((latin, second), else_=null())
