"""Bars of a time line: by month while they can be told apart, else by year, decade or century."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_MONTHS = 48
_MOST_BARS = 160
_LEAST_MONTHS, _LEAST_YEARS = 6, 6  # so that a single bar does not fill the picture
_MOST_LABELS = 9


@attrs.frozen
class Periods:
    """Rows by period.

    :param unit: month, year, decade or century.
    :param bars: rows by the number of the period, counted from the year 0.
    :param labels: what stands below some of the periods.
    :param vague: rows whose month is not known, where bars are months; they are in no bar.
    :param span: numbers of the first and the last period to show.
    """

    unit: str
    bars: dict[int, int]
    labels: dict[int, str]
    vague: int
    span: tuple[int, int]


def periods(months: Mapping[tuple[int, int], int]) -> Periods | None:
    """The bars of rows by year and month; None where no row has a date.

    :param months: the month is 0 where only the year is known.
    """
    if not months:
        return None
    known = {year * 12 + month - 1: n for (year, month), n in months.items() if month}
    vague = sum(n for (_, month), n in months.items() if not month)
    if known and max(known) - min(known) < _MOST_MONTHS and vague < sum(known.values()):
        span = _room(min(known), max(known), _LEAST_MONTHS)
        return Periods("month", known, _month_labels(*span), vague, span)
    years: dict[int, int] = {}
    for (year, _), n in months.items():
        years[year] = years.get(year, 0) + n
    return _by_years(years)


def _by_years(years: Mapping[int, int]) -> Periods:
    length, unit = 1, "year"
    for longer, name in ((10, "decade"), (100, "century")):
        if (max(years) - min(years)) // length >= _MOST_BARS:
            length, unit = longer, name
    bars: dict[int, int] = {}
    for year, n in years.items():
        bars[year // length] = bars.get(year // length, 0) + n
    span = _room(min(bars), max(bars), _LEAST_YEARS)
    step = _label_step(span)
    labels = {i: str(i * length) for i in range(span[0], span[1] + 1) if i % step == 0 and i >= 0}
    return Periods(unit, dict(sorted(bars.items())), labels, 0, span)


def _label_step(span: tuple[int, int]) -> int:
    number = span[1] - span[0] + 1
    return next(step for step in (1, 2, 5, 10, 20, 25, 50, 100) if number / step <= _MOST_LABELS or step == 100)


def _room(first: int, last: int, least: int) -> tuple[int, int]:
    """The span, widened to at least so many periods."""
    missing = max(0, least - (last - first + 1))
    return first - missing // 2, last + missing - missing // 2


def _month_labels(first: int, last: int) -> dict[int, str]:
    """Every month, every third or every sixth, with the year below the first label of each year."""
    number = last - first + 1
    step = 1 if number <= 12 else 3 if number <= 30 else 6
    labels = {}
    told = None
    for i in range(first, last + 1):
        year, month = divmod(i, 12)
        if month % step == 0:
            labels[i] = MONTHS[month] + (f"\n{year}" if year != told else "")
            told = year
    return labels
