"""Numbers and lengths, read as GBIF reads them (gbif/parsers: NumberParser, MeterRangeParser)."""

from __future__ import annotations

import math
import re

import attrs

_PLAIN = re.compile(r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?[dDfF]?", re.ASCII)
_COMMA = re.compile(r"-?(?:(?=[\d.]*\d)[\d.]++(?:,\d*+)?|,\d++)", re.ASCII)  # 1.234,5
_LARGE = 1e15  # has no centimetres


_LETTER = re.compile(r"[a-zA-Zµ]")
_MARKERS = re.compile(r"[a-zA-Zµ\" ]\.?")
_RANGE = re.compile(r"\d\s*-\s*\d", re.ASCII)
_UNITS = tuple(
    (re.compile(pattern, re.IGNORECASE), metres, metric)
    for pattern, metres, metric in (
        ("nm", 1852.0, False),
        ("fm|fathom", 1.8288, False),
        ("ft|'|feet", 0.3048, False),
        ('in|"', 0.0254, False),
        ("km|kilomet", 1000.0, True),
    )
)


def number(text: str) -> float | None:
    """A number with a point, or with a comma and points between thousands; None for anything else."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return float(text.rstrip("dDfF"))
    if _COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    return None


@attrs.frozen
class Length:
    """A length in metres.

    :param metres: rounded to centimetres; None where it cannot be read.
    :param lettered: whether letters stand beside the number.
    :param metric: whether it is not in feet, inches, fathoms or nautical miles.
    """

    metres: float | None = None
    lettered: bool = False
    metric: bool = True


def length(text: str) -> Length:
    """A length, be it with its unit or a range: the middle of it counts."""
    if not _LETTER.search(text):
        return Length(_centimetres(number(text)))
    unit = next(((m, metric) for pattern, m, metric in _UNITS if pattern.search(text)), (1.0, True))
    value = _middle(text) if _RANGE.search(text) else number(_MARKERS.sub("", text))
    return Length(_centimetres(value * unit[0] if value is not None else None), True, unit[1])


def _middle(text: str) -> float | None:
    ends = [number(_MARKERS.sub("", part)) for part in text.split("-", 1)]
    return sum(e for e in ends if e is not None) / 2 if None not in ends else None


def _centimetres(value: float | None) -> float | None:
    return value if value is None or abs(value) > _LARGE else math.floor(value * 100 + 0.5) / 100
