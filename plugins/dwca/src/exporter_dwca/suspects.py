"""Which rows may have something wrong in their cells, as the database sees it at once: no more than a look at each.

For each look of `exporter_dwca.flags` there is a condition that only surely good rows fulfil. All others are suspects, whose texts
the look itself then judges: what is wrong is said in one place. A condition may leave good rows to the judge, never a bad one to
the archive. A column whose values cannot be told from outside, such as those of MariaDB, is only known to be good where
it is empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import attrs
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    null,
    or_,
    true,
    type_coerce,
)

from exporter import native
from exporter.sqlitetext import bare, glob, octets
from exporter.tables import Value
from exporter_dwca.flags.look import Look
from exporter_dwca.flags.vocabulary import spellings

Condition = ColumnElement[bool]
_DATUMS = ("EPSG:4326", "WGS84", "WGS 84")
_NO_SUCH_DAY = ("02-30", "02-31", "04-31", "06-31", "09-31", "11-31")
_ENDS = {
    26: ".?????[0-9]",
    19: "",
    20: "Z",
    25: "[+-][01]?:[0-5]?",
}  # of moments, by their length; julianday() sees to the digits
_ADDRESS = "*[^a-zA-Z0-9_.~/-]*"  # what an address may hold after its host, if it has nothing to be looked at


@attrs.frozen(eq=False)
class Cellar:
    """The cells of a table's query, as the database has them.

    :param values: by header, which is a term's local name.
    :param kinds: what a column surely holds, by header (`exporter.cells.kind`); unknown on SQLite, where each value tells it.
    :param lent: terms that a row may have from its event.
    :param begun: what addresses of the table begin with, up to a slash; each is known to be good.
    """

    connection: Connection
    values: Mapping[str, Value]
    kinds: Mapping[str, str]
    lent: frozenset[str] = frozenset()
    begun: tuple[str, ...] = ()

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql` or another."""
        return self.connection.dialect.name

    def _octets(self, cell: ColumnElement[Any]) -> ColumnElement[Any]:
        return octets(self.connection, cell)

    def is_path(self, cell: ColumnElement[Any], begin: int) -> Condition:
        """That a text of SQLite holds, from a byte on, nothing that an address must be looked at for; it is ASCII before."""
        if native.served(self.connection):
            return func.exporter_is_path(cell, literal_column(f"{begin}")) == literal_column("1")
        ascii = self._octets(cell) == func.length(cell)  # and without NUL, at which SQLite's functions take a text to end
        return and_(~glob(func.substr(cell, begin), _ADDRESS), ascii)

    def cell(self, term: str) -> ColumnElement[Any] | None:
        """The value of a term, or None where the table has none."""
        return self.values[term].expression if term in self.values else None

    def text(self, term: str) -> ColumnElement[Any] | None:
        """The same, to be compared with texts, whatever type the host has declared."""
        cell = self.cell(term)
        return None if cell is None else type_coerce(cell, String)

    def empty(self, *terms: str) -> Condition:
        """That none of these has a value."""
        cells = [self.cell(t) for t in terms]
        return and_(true(), *(c.is_(None) for c in cells if c is not None))

    def is_text(self, term: str) -> bool:
        """Whether it can be compared with texts."""
        if self.dialect == "postgresql":  # its enums are texts for SQLAlchemy, and compare with their own words only
            return self.kinds.get(term) == "text"
        return self.dialect == "sqlite" or self.values[term].text_only

    def is_number(self, term: str) -> bool:
        """Whether it can be compared with numbers."""
        return self._numeric(term) is not None

    def is_moment(self, term: str) -> bool:
        """Whether it can be compared with points in time."""
        return self.dialect == "sqlite" or self.kinds.get(term) == "moment"

    def number(self, term: str, least: float, most: float) -> Condition:
        """That it is a number in this range."""
        cell = self._numeric(term)
        return false() if cell is None else cell.between(literal_column(f"{least}"), literal_column(f"{most}"))

    def zero(self, term: str) -> Condition:
        """That it may be 0 with the decimals that are written."""
        cell = self._numeric(term)
        return false() if cell is None else cell.between(literal_column("-0.000001"), literal_column("0.000001"))

    def _numeric(self, term: str) -> ColumnElement[Any] | None:
        cell = self.cell(term)
        if cell is None or self.dialect == "sqlite":
            return None if cell is None else bare(cell)
        return cell if self.kinds.get(term) == "number" else None

    def word(self, term: str, words: tuple[str, ...]) -> Condition:
        """That it is one of these texts."""
        cell = self.text(term)
        return cell.in_(words) if cell is not None and words and self.is_text(term) else false()

    def moment(self, term: str, first: dt.date, last: dt.date) -> Condition:
        """That it is a day or a point in time from one day up to another, which is not among them."""
        cell = self.text(term)
        if cell is None:
            return false()
        if native.served(self.connection):
            ends = (first, last, last - dt.timedelta(1))
            return func.exporter_is_moment(cell, *(d.isoformat() for d in ends)) == literal_column("1")
        if self.dialect == "sqlite":
            begins = ("????-??-??[ T][01]?:??:??", "????-??-??[ T]2[0-3]:??:??")
            shapes = {n: or_(*(glob(cell, begin + end) for begin in begins)) for n, end in _ENDS.items()}
            return and_(
                func.julianday(cell).between(_julian(first), _julian(last)),
                case({**shapes, 10: glob(cell, "????-??-??")}, value=self._octets(cell), else_=false()),
                or_(func.substr(cell, 9, 2) < "29", _there_is(cell)),
            )
        if self.kinds.get(term) != "moment":
            return false()
        return and_(cell >= literal_column(f"'{first}'::date"), cell < literal_column(f"'{last}'::date"))


def _there_is(cell: ColumnElement[Any]) -> Condition:
    """That a day from the 29th on is one of its month, in years that are no centuries."""
    day, year = func.substr(cell, 6, 5), cast(func.substr(cell, 1, 4), Integer)
    leap = and_(year.op("%", precedence=8)(literal_column("4")) == literal_column("0"), func.substr(cell, 3, 2) != "00")
    return and_(day.not_in(_NO_SUCH_DAY), or_(day != "02-29", leap))


def _julian(day: dt.date) -> ColumnElement[Any]:
    """Its beginning as SQLite's julianday() has it."""
    return literal_column(f"{day.toordinal() + 1721424.5}")


def suspicious(cellar: Cellar, looks: list[tuple[Look, frozenset[str]]], today: dt.date) -> ColumnElement[Any]:
    """1 for rows that are not surely good, else NULL.

    It is a CASE, so that SQLite leaves a row at the first condition that decides.
    """
    goods = [_good(attrs.evolve(cellar, lent=lent), look, today) for look, lent in looks]
    return case((and_(true(), *goods), null()), else_=literal_column("1"))


def _good(cellar: Cellar, look: Look, today: dt.date) -> Condition:
    known = _KNOWN.get(look.terms[0])
    nothing = cellar.empty(*(look.needed or look.terms)) if _may_be_empty(look) else false()
    return or_(nothing, known(cellar, today)) if known is not None else nothing


def _may_be_empty(look: Look) -> bool:
    return not look.judge(*("" for _ in look.terms))


# --- what is surely good, by the first term of a look


def _place(cellar: Cellar, _: dt.date) -> Condition:
    latitude, longitude = (cellar.cell(f"decimal{each}") for each in ("Latitude", "Longitude"))
    if latitude is None or longitude is None:
        return false()
    datum = (
        true()
        if "geodeticDatum" in cellar.lent and cellar.cell("geodeticDatum") is None
        else cellar.word("geodeticDatum", _DATUMS)
    )
    zero = [~cellar.zero(f"decimal{each}") for each in ("Latitude", "Longitude")]
    here = [cellar.number("decimalLatitude", -90, 90), cellar.number("decimalLongitude", -180, 180)]
    return and_(*here, or_(*zero), datum)


def _recorded(cellar: Cellar, today: dt.date) -> Condition:
    """Of an event's date that follows from its beginning and end, these are looked at; year, month and day follow, too."""
    date = cellar.cell("eventDate")
    own = getattr(date, "table", None) is not None
    first = dt.date(1500, 1, 2)
    if own or "event_start" not in cellar.values:
        others = cellar.empty("year", "month", "day", "startDayOfYear", "endDayOfYear")
        return and_(cellar.moment("eventDate", first, today), others) if own else false()
    if any(getattr(cellar.cell(part), "table", None) is not None for part in ("year", "month", "day")):
        return false()
    begin, end = cellar.cell("event_start"), cellar.cell("event_end")
    others = cellar.empty("startDayOfYear", "endDayOfYear")
    begun = and_(cellar.moment("event_start", first, today), others)
    if end is None:
        return begun
    assert begin is not None
    if not (cellar.is_moment("event_start") and cellar.is_moment("event_end")):  # PostgreSQL compares no text with a date
        return and_(begun, end.is_(None))
    ordered = end >= begin
    if cellar.dialect == "sqlite":  # texts compare like the moments that they are where they are written alike
        ordered = and_(ordered, func.length(end) == func.length(begin), *(func.instr(e, "+") == 0 for e in (begin, end)))
    return and_(begun, or_(end.is_(None), and_(cellar.moment("event_end", first, today), ordered)))


def _since(term: str, first: dt.date) -> Callable[[Cellar, dt.date], Condition]:
    return lambda cellar, today: cellar.moment(term, first, today)


def _status(cellar: Cellar, _: dt.date) -> Condition:
    """Counts of what is there, and no count where something is absent."""
    present = cellar.word("occurrenceStatus", ("present",))
    count = cellar.cell("individualCount")
    if count is None:
        return cellar.word("occurrenceStatus", ("present", "absent"))
    if not cellar.is_number("individualCount"):
        return and_(present, count.is_(None))
    whole = func.typeof(count) == "integer" if cellar.dialect == "sqlite" else func.floor(count) == count
    return and_(present, or_(count.is_(None), and_(cellar.number("individualCount", 1, 9_999_999_999), whole)))


def _words(term: str) -> Callable[[Cellar, dt.date], Condition]:
    return lambda cellar, _: cellar.word(term, spellings(term))


def _country(cellar: Cellar, _: dt.date) -> Condition:
    return and_(cellar.empty("country"), cellar.word("countryCode", spellings("countryCode")))


def _address(cellar: Cellar, _: dt.date, term: str) -> Condition:
    cell = cellar.text(term)
    if cell is None or cellar.dialect != "sqlite":
        return false()
    known = (and_(cell.between(b, b[:-1] + "0"), cellar.is_path(cell, len(b))) for b in cellar.begun)  # "0" follows "/"
    return or_(false(), *known)


def _range(cellar: Cellar, _: dt.date, name: str, most: float) -> Condition:
    """One end alone, and neither below 0 nor so small that its text has an exponent."""
    low, high = (f"{end}{name}InMeters" for end in ("minimum", "maximum"))
    found = [
        (or_(cellar.number(one, 1, most), cellar.number(one, 0, 0)), other) for one, other in ((low, high), (high, low))
    ]
    return or_(*(and_(plain, cellar.empty(other)) for plain, other in found))


def _measured(cellar: Cellar, _: dt.date) -> Condition:
    kind = cellar.text("measurementType")
    if kind is None or cellar.dialect not in ("sqlite", "postgresql") or not cellar.is_text("measurementType"):
        return false()
    first = (func.unicode if cellar.dialect == "sqlite" else func.ascii)(kind)
    shown = [first.between(literal_column("33"), literal_column("126")), func.substr(kind, 1, 1) != "\\"]
    text = [func.typeof(kind) == "text"] if cellar.dialect == "sqlite" else []
    return and_(*text, *shown, func.lower(func.substr(kind, 1, 4)) != "null")


_KNOWN: dict[str, Callable[[Cellar, dt.date], Condition]] = {
    "decimalLatitude": _place,
    "eventDate": _recorded,
    "modified": _since("modified", dt.date(1970, 1, 2)),
    "dateIdentified": _since("dateIdentified", dt.date(1753, 1, 2)),
    "created": _since("created", dt.date(1500, 1, 2)),
    "CreateDate": _since("CreateDate", dt.date(1500, 1, 2)),
    "measurementDeterminedDate": _since("measurementDeterminedDate", dt.date(1500, 1, 2)),
    "individualCount": _status,
    "basisOfRecord": _words("basisOfRecord"),
    "sex": _words("sex"),
    "lifeStage": _words("lifeStage"),
    "continent": _words("continent"),
    "country": _country,
    "references": partial(_address, term="references"),
    "identifier": partial(_address, term="identifier"),
    "accessURI": partial(_address, term="accessURI"),
    "coordinateUncertaintyInMeters": lambda cellar, _: cellar.number("coordinateUncertaintyInMeters", 1, 20_000_000),
    "coordinatePrecision": lambda cellar, _: cellar.number("coordinatePrecision", 0.0001, 1),
    "minimumElevationInMeters": partial(_range, name="Elevation", most=17_000),
    "minimumDepthInMeters": partial(_range, name="Depth", most=11_000),
    "measurementType": _measured,
}
