"""Dates and times, read as GBIF reads them (gbif/parsers: TextDateParser and what it calls, with ISO 8601 first)."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import NamedTuple

_LONGEST = 100  # characters of a date
_MONTHS = (  # with the abbreviations that GBIF knows, some of them Spanish or German
    ("january", "jan", "ene", "ja"),
    ("february", "feb", "f", "fe"),
    ("march", "mar"),
    ("april", "apr", "ap", "abr"),
    ("may",),
    ("june", "jun", "juni"),
    ("july", "jul", "juli"),
    ("august", "aug", "au", "ago"),
    ("september", "sep", "sept", "set", "s"),
    ("october", "oct", "o", "oc", "okt"),
    ("november", "nov", "n", "no"),
    ("december", "dec", "d", "de"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}

_TIME = r"(?:[ T](\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,9}))?)?(Z|[+−-]\d\d(?::?\d\d)?)?)?)?"
_YMD = re.compile(r"(\d{4})(?:[−.-](\d{1,2})[−.-](\d{1,2})" + _TIME + r"|(\d\d)(\d\d))", re.ASCII)
_YM = re.compile(r"(\d{4})(?:-(\d{1,2}))?", re.ASCII)
_ORDINAL = re.compile(r"(\d{4})-(\d{3})", re.ASCII)
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_EITHER = re.compile(
    r"(?:(\d{1,2})[/−-](\d{1,2})[/−-](\d{4})" + _TIME + r"|(\d\d)(\d\d)(\d{4})|(\d{1,2})[\\_](\d{1,2})[\\_](\d{4}))",
    re.ASCII,
)
_MONTH_YEAR = re.compile(r"(?:(\d{4}) ([A-Za-z]+)|([A-Za-z]+) (\d{4}))", re.ASCII)
_MAIL = re.compile(r"[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?: [A-Z]{1,5})?", re.ASCII)
_SUFFIX = re.compile(r"(?<=\d)(?:st|nd|rd|th|\.)", re.IGNORECASE | re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9.]+")
_BEGIN = re.compile(r"([12]\d{3}(?=/[P12]\d)|[12]\d{3}[^/]+)/[^/]{2,}", re.ASCII)


class Moment(NamedTuple):
    """A date, as exact as it is known.

    :param clock: hour, minute, second and nanosecond.
    :param offset: of the clock from UTC, in seconds.
    """

    year: int
    month: int | None = None
    day: int | None = None
    clock: tuple[int, int, int, int] | None = None
    offset: int | None = None

    @property
    def resolution(self) -> int:
        """1 for a year, 2 for a month, 3 for a day."""
        return 1 if self.month is None else 2 if self.day is None else 3


def moment(text: str) -> tuple[Moment | None, tuple[Moment, ...]]:
    """The date that a text says, of an interval its beginning; or None and those of which nobody knows which one is meant."""
    if len(text) > _LONGEST:
        return None, ()
    if begins := _BEGIN.fullmatch(text):
        return _numeric(begins[1])
    found, others = _numeric(text)
    return (found, others) if found else (_worded(text), others)


def of_parts(year: str, month: str, day: str) -> Moment | None:
    """The date that a year, the number or name of a month, and a day give; a part that is no number counts as not given."""
    number = _whole(month)
    y, m, d = _whole(year), _MONTH.get(month.strip().lower().rstrip(".")) if number is None else number, _whole(day)
    if y is None or not 10 <= y <= 9999 or (m is None and d is not None):
        return None
    return _dated(y, m, d)


def of_ordinal(year: str, day_of_year: str) -> Moment | None:
    """The date of a day of a year."""
    y, number = _whole(year), _whole(day_of_year)
    return _of_ordinal(y, number) if y is not None and number is not None and 10 <= y <= 9999 else None


def _whole(text: str) -> int | None:
    text = text.strip()
    if not re.fullmatch(r"[+-]?\d{1,10}(?:\.0+)?", text, re.ASCII):
        return None
    return int(text.partition(".")[0])


def _days(year: int, month: int) -> int:
    return monthrange(year or 4, month)[1]  # the calendar knows no year 0, which is a leap year


def _dated(year: int, month: int | None, day: int | None) -> Moment | None:
    if month is not None and not 1 <= month <= 12:
        return None
    if month is not None and day is not None and not 1 <= day <= _days(year, month):
        return None
    return Moment(year, month, day)


def _timed(
    date: Moment | None, hour: str | None, minute: str | None, second: str | None, part: str | None, zone: str | None
) -> Moment | None:
    if date is None or hour is None:
        return date
    clock = (int(hour), int(minute or 0), int(second or 0), int((part or "").ljust(9, "0")))
    if clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        return None
    offset = _offset(zone) if zone else None
    return date._replace(clock=clock, offset=offset) if offset is None or abs(offset) <= 64_800 else None


def _offset(zone: str) -> int:
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return seconds if zone[0] == "+" else -seconds


def _of_ordinal(year: int, number: int) -> Moment | None:
    left = number
    for month in range(1, 13):
        if 1 <= left <= _days(year, month):
            return Moment(year, month, left)
        left -= _days(year, month)
    return None


def _numeric(text: str) -> tuple[Moment | None, tuple[Moment, ...]]:
    if match := _YMD.fullmatch(text):
        year, month, day, *time = match.groups()
        *time, alone_month, alone_day = time
        date = _dated(int(year), int(month or alone_month), int(day or alone_day))
        if found := _timed(date, *time):
            return found, ()
    elif match := _YM.fullmatch(text):
        return _dated(int(match[1]), int(match[2]) if match[2] else None, None), ()
    elif match := _ORDINAL.fullmatch(text):
        return _of_ordinal(int(match[1]), int(match[2])), ()
    elif match := _SLASHED.fullmatch(text):
        year, month, day = (int(g) for g in match.groups() if g)
        return _dated(year, month, day), ()
    elif match := _DOTTED.fullmatch(text):
        first, second, year = (int(g) for g in match.groups())
        return _dated(year, second, first) or _dated(year, first, second), ()
    return _either(text)


def _either(text: str) -> tuple[Moment | None, tuple[Moment, ...]]:
    """Day before month or after it: known where only one of them can be, or both are the same."""
    match = _EITHER.fullmatch(text)
    if not match:
        return None, ()
    first, second, year, *time = match.groups()
    *time, a, b, c, d, e, f = time
    one, two, y = int(first or a or d), int(second or b or e), int(year or c or f)
    dates = {_timed(date, *time) for date in (_dated(y, two, one), _dated(y, one, two))} - {None}
    found = sorted(date for date in dates if date)
    return (found[0], ()) if len(found) == 1 else (None, tuple(found))


def _worded(text: str) -> Moment | None:
    """A date whose month is a word: 5 June 2023, June 5th, 2023, June 2023."""
    if match := _MONTH_YEAR.fullmatch(text):
        name = (match[2] or match[3]).lower()
        return Moment(int(match[1] or match[4]), _MONTH[name]) if name in _MONTH and len(name) > 2 else None
    if match := _MAIL.fullmatch(text):
        day, name, year, *clock = match.groups()
        hour, minute, second = clock
        return _timed(_dated(int(year), _MONTH.get(name.lower(), 0), int(day)), hour, minute, second, None, None)
    words = _WORD.findall(_SUFFIX.sub("", text))
    years = [w for w in words if re.fullmatch(r"\d{4}", w, re.ASCII)]
    days = [w for w in words if re.fullmatch(r"\d{1,2}", w, re.ASCII)]
    names = [w for w in words if re.fullmatch(r"[A-Za-z.]{1,10}", w)]
    if not len(years) == len(days) == len(names) == 1:
        return None
    month = _MONTH.get(names[0].lower().removesuffix("."))
    return _dated(int(years[0]), month, int(days[0])) if month else None
