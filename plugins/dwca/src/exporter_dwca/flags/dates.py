"""Dates: of events and occurrences, of changes, of determinations, of media."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from exporter_dwca.flags import Flag
from exporter_dwca.flags.interval import split
from exporter_dwca.flags.look import (
    AUDIOVISUAL,
    BETWEEN,
    EXTENDED_MEASUREMENT,
    GBIF,
    IDENTIFICATION,
    IMAGE,
    MEASUREMENT,
    MULTIMEDIA,
    OCCURRENCE,
    OURS,
    RECORDS,
    Look,
    given,
)
from exporter_dwca.flags.moment import Moment, moment, of_ordinal, of_parts

_TEMPORAL = f"{GBIF}: TemporalInterpreter, MultiinputTemporalParser"
_FORMS = "ISO 8601, or a form that GBIF reads without doubt"

FLAGS = (
    Flag(
        "RECORDED_DATE_INVALID",
        "warning",
        "Dates that cannot be read, or that end before they begin",
        f"eventDate, or year with month and day or with startDayOfYear and endDayOfYear, is no date ({_FORMS}); "
        "5/4/2023 may be one of two days; "
        "or an interval ends before it begins.",
        f"{_TEMPORAL}, TemporalRangeParser",
    ),
    Flag(
        "RECORDED_DATE_MISMATCH",
        "warning",
        "Dates that contradict year, month and day",
        "eventDate, year, month, day and the days of the year are not the same date, or not equally exact. With "
        "an interval, year, month and day "
        "are those parts that are the same at both ends, or a day within it.",
        f"{_TEMPORAL}, TemporalRangeParser",
    ),
    Flag(
        "RECORDED_DATE_UNLIKELY",
        "warning",
        "Dates before 1500 or in the future",
        "The date is before 1500-01-01 or after tomorrow; or an interval has a time at one end only.",
        f"{_TEMPORAL}, TemporalRangeParser",
    ),
    Flag(
        "MODIFIED_DATE_INVALID",
        "warning",
        "Dates of change that cannot be read",
        f"modified is no date ({_FORMS}).",
        _TEMPORAL,
    ),
    Flag(
        "MODIFIED_DATE_UNLIKELY",
        "warning",
        "Dates of change before 1970 or in the future",
        "modified is before 1970-01-01 or after tomorrow.",
        _TEMPORAL,
    ),
    Flag(
        "IDENTIFIED_DATE_INVALID",
        "warning",
        "Dates of determination that cannot be read",
        f"dateIdentified is no date ({_FORMS}); in files of identifications, too, which GBIF keeps as they are.",
        _TEMPORAL,
    ),
    Flag(
        "IDENTIFIED_DATE_UNLIKELY",
        "warning",
        "Dates of determination before 1753 or in the future",
        "dateIdentified is before 1753-01-01, the beginning of taxonomy, or after tomorrow.",
        f"{_TEMPORAL}; tdwg/bdq 76",
    ),
    Flag(
        "MULTIMEDIA_DATE_INVALID",
        "warning",
        "Dates of media that cannot be read or be right",
        f"created, or CreateDate of an audiovisual row, is no date ({_FORMS}), or before 1500-01-01, or after tomorrow.",
        f"{GBIF}: MultimediaInterpreter, AudubonInterpreter, ImageInterpreter",
    ),
    Flag(
        "MEASUREMENT_DATE_INVALID",
        "info",
        "Dates of measurements that cannot be read",
        f"measurementDeterminedDate is no date ({_FORMS}). GBIF keeps the text and says nothing.",
        OURS,
    ),
)

_Day = tuple[int, int, int]
_RECORDED: _Day = (1500, 1, 1)
_MODIFIED: _Day = (1970, 1, 1)
_IDENTIFIED: _Day = (1753, 1, 1)


def looks(today: dt.date) -> tuple[Look, ...]:
    """The checks of dates, of which none may be after the day after `today`."""
    day = today.toordinal() + 1
    last = dt.date.fromordinal(min(day, dt.date.max.toordinal()))
    likely = partial(_is_likely, last=(last.year, last.month, last.day))
    date, time = (
        _usual_date(today),
        r"(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-7]):[0-5]\d)?)?",
    )
    parts = BETWEEN + r"(?:(?P=y)" + BETWEEN + r"0?(?P=m)" + BETWEEN + r"0?(?P=d)|" + BETWEEN * 2 + ")" + BETWEEN * 2
    alone = date.replace("?P<y>", "?:").replace("?P<m>", "?:").replace("?P<d>", "?:") + time
    return (
        Look(
            ("eventDate", "year", "month", "day", "startDayOfYear", "endDayOfYear"),
            RECORDS,
            partial(_judge_recorded, likely=partial(likely, first=_RECORDED)),
            f"(?:{date}{time}{parts}|{BETWEEN * 5})",
        ),
        Look(("modified",), RECORDS, _single("MODIFIED", partial(likely, first=_MODIFIED)), f"(?:{alone})?"),
        Look(
            ("dateIdentified",),
            frozenset({OCCURRENCE, IDENTIFICATION}),
            _single("IDENTIFIED", partial(likely, first=_IDENTIFIED)),
            f"(?:{alone})?",
        ),
        *(
            Look((term,), frozenset(rows), partial(_judge_any, code=code, likely=check), f"(?:{alone})?")
            for term, rows, code, check in (
                ("created", {MULTIMEDIA, IMAGE}, "MULTIMEDIA_DATE_INVALID", partial(likely, first=_RECORDED)),
                ("CreateDate", {AUDIOVISUAL}, "MULTIMEDIA_DATE_INVALID", partial(likely, first=_RECORDED)),
                ("measurementDeterminedDate", {MEASUREMENT, EXTENDED_MEASUREMENT}, "MEASUREMENT_DATE_INVALID", _is_any),
            )
        ),
    )


def _usual_date(today: dt.date) -> str:
    """A pattern of dates from 1970 to the end of last year, but for leap days."""
    last = max(today.year, 1970) - 1
    years = [rf"{d}\d" for d in range(197, (last + 1) // 10)] + ([f"{last // 10}[0-{last % 10}]"] if last % 10 < 9 else [])
    month = r"(?:0(?=[1-9]-))?(?P<m>[1-9]|1[0-2])"
    day = r"(?:0(?=[1-9](?!\d)))?(?P<d>1\d|2[0-8]|[1-9](?!\d)|(?:29|30)(?<!02-..)(?<!-2-..)|31(?<=(?:0[13578]|1[02])-31))"
    return f"(?P<y>{'|'.join(reversed(years)) or '(?!)'})-{month}-{day}"


def _is_likely(found: Moment, first: _Day, last: _Day) -> bool:
    return first <= _day(found) <= last


def _day(found: Moment) -> _Day:
    """The first day of what may be a month or a year."""
    return found.year, found.month or 1, found.day or 1


def _is_any(_: Moment) -> bool:
    return True


_Likely = Callable[[Moment], bool]


def _single(kind: str, likely: _Likely) -> Callable[..., tuple[str, ...]]:
    return partial(_judge_single, likely=likely, invalid=f"{kind}_DATE_INVALID", unlikely=f"{kind}_DATE_UNLIKELY")


def _judge_single(cell: str, likely: _Likely, invalid: str, unlikely: str) -> tuple[str, ...]:
    text = given(cell)
    if not text:
        return ()
    found, _ = moment(text)
    if found is None:
        return (invalid,)
    return () if likely(found) else (unlikely,)


def _judge_any(cell: str, code: str, likely: _Likely) -> tuple[str, ...]:
    return (code,) if _judge_single(cell, likely, code, code) else ()


# --- eventDate against year, month and day


def _judge_recorded(date: str, year: str, month: str, day: str, start: str, end: str, likely: _Likely) -> tuple[str, ...]:
    date, year, month, day, start, end = map(given, (date, year, month, day, start, end))
    first, last = split(date)
    issues: set[str] = set()
    if date and year:
        parts = (year, month, day)
        if _fits(first, last, parts, likely):
            _recorded(("", "", ""), first, start, likely, issues)
            _recorded(("", "", ""), last, end, likely, issues)
            return tuple(sorted(issues))
    begins = _recorded((year, month, day), first, start, likely, issues)
    ends = _recorded((year, month, day), last, end, likely, issues)
    issues |= _order(begins, ends)
    return tuple(sorted(issues))


def _fits(first: str, last: str, parts: tuple[str, str, str], likely: _Likely) -> bool:
    """Whether year, month and day lie within an interval of days, or are what is the same at both of its ends."""
    begins, ends = (_recorded(("", "", ""), text, "", likely, set()) for text in (first, last))
    ymd = _recorded(parts, "", "", likely, set())
    if begins is None or ends is None or ymd is None:
        return False
    within = all(parts) and begins.resolution == ends.resolution == 3 and _day(begins) <= _day(ymd) <= _day(ends)
    return within or ymd == _agreed(begins, ends)


def _recorded(parts: tuple[str, str, str], text: str, day_of_year: str, likely: _Likely, issues: set[str]) -> Moment | None:
    """One date from all that says it; what is wrong goes to `issues`."""
    year, month, day = parts
    by_ordinal = bool(year and day_of_year)
    by_parts = bool(month or day or (year and not by_ordinal))
    ymd = of_parts(year, month, day) if by_parts else None
    dated, others = moment(text) if text else (None, ())
    ordinal = of_ordinal(year, day_of_year) if by_ordinal else None
    if (by_parts and not ymd) or (text and not dated) or (by_ordinal and not ordinal):
        issues.add("RECORDED_DATE_INVALID")
    resolution = dated.resolution if dated else 0
    if dated is None:  # day and month of the text may be known from the others
        known = [p for p in (ymd, ordinal) if p and p.resolution == 3]
        dated = next((o for o in others for p in known if o[:3] == p[:3]), None)
    found = [m for m in (ymd, dated, ordinal) if m]
    if not all(_contains(a, b) for a in found for b in found) or (ymd and resolution and ymd.resolution != resolution):
        issues.add("RECORDED_DATE_MISMATCH")
    agreed = _agreed(*found) if found else None
    if agreed is None:
        if by_parts + bool(text) + by_ordinal > 1:
            issues.add("RECORDED_DATE_MISMATCH")
        return None
    if not likely(agreed):
        issues.add("RECORDED_DATE_UNLIKELY")
        return None
    return agreed


def _contains(one: Moment, other: Moment) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one[:3], other[:3], strict=True))


def _agreed(*found: Moment) -> Moment | None:
    """What the dates have in common, as exact as it is the same in all; None where not even the year is."""
    if len(found) == 1:
        return found[0]
    year, month, day = ({m[place] for m in found} for place in range(3))
    if len(year) > 1:
        return None
    if len(month) > 1:
        return Moment(found[0].year)
    if len(day) > 1:
        return Moment(found[0].year, found[0].month)
    clocks = {m.clock for m in found} - {None}
    if len(found) == 2 and len(clocks) > 1:
        return None
    return next((m for m in found if m.clock), found[-1])


def _order(begins: Moment | None, ends: Moment | None) -> set[str]:
    if begins is None and ends is None:
        return set()
    if begins is None or ends is None:
        return {"RECORDED_DATE_MISMATCH"}
    exact = min(begins.resolution, ends.resolution)
    if begins.resolution == ends.resolution == 3:
        if (begins.clock is None, begins.offset is None) != (ends.clock is None, ends.offset is None):
            return {"RECORDED_DATE_UNLIKELY"}
        return {"RECORDED_DATE_INVALID"} if _instant(ends) < _instant(begins) else set()
    one, other = ([part or 0 for part in m[:exact]] for m in (begins, ends))
    return {"RECORDED_DATE_INVALID"} if other < one else set()


def _instant(found: Moment) -> tuple[int, int]:
    """Whole seconds from some moment on, and the rest in nanoseconds."""
    hour, minute, second, rest = found.clock or (0, 0, 0, 0)
    days = dt.date(*_day(found)).toordinal()  # a likely date is in the calendar
    return days * 86_400 + hour * 3600 + minute * 60 + second - (found.offset or 0), rest
