"""Coordinates and datums, read as GBIF reads them (gbif/pipelines: CoordinateParseUtils; gbif/parsers: DatumParser)."""

from __future__ import annotations

import math
import re

import attrs

from exporter_dwca.flags.number import number
from exporter_dwca.flags.vocabulary import concept

_DEGREE, _MINUTE = "[°dº go]", "['m ´’′]"
_SEXAGESIMAL = r"[0-6]?\d(?:[,.]\d++)?"
_SECONDS = rf"\s*+(?:({_SEXAGESIMAL})\s*+(?:\"|''|s|´´|″)?)?\s*+"
_DMS = rf"\s*+(\d{{1,3}})\s*{_DEGREE}\s*+([0-6]?\d)\s*{_MINUTE}{_SECONDS}"
_SINGLE = (
    re.compile(_DMS, re.IGNORECASE | re.ASCII),
    re.compile(rf"\s*+(\d{{1,3}})\s*{_DEGREE}\s*+(?:({_SEXAGESIMAL})\s*{_MINUTE}?)?\s*+", re.IGNORECASE | re.ASCII),
    re.compile(r"\s*+(\d{1,3}(?:[,.]\d++)?)\s*(?:°|d|º| |g|o|)\s*+", re.IGNORECASE | re.ASCII),
)
_BOTH = re.compile(rf"{_DMS}([NSEOW])[ ,;/]?{_DMS}([NSEOW])", re.IGNORECASE | re.ASCII)
_POINT = re.compile(
    r"\s*+POINT\s*+\(\s*+(-?\d{1,3}(?:\.\d++)?)\s*[ ,;/]\s*(-?\d{1,3}(?:\.\d++)?)\s*+\)\s*+", re.IGNORECASE | re.ASCII
)
_LONGEST = 200  # characters of a coordinate
_EPSG = re.compile(r"(?:EPSG|ESPG)\s*:+\s*(\d{1,9})\s*$", re.IGNORECASE | re.ASCII)
_CODES = range(1024, 32_768)  # what EPSG gives to its own entries


@attrs.frozen
class Point:
    """Where a row lies, and what GBIF says of the texts that it took it from.

    :param degrees: latitude and longitude; None where there is no point.
    """

    degrees: tuple[float, float] | None
    codes: frozenset[str] = frozenset()


_NOWHERE = Point(None)
_INVALID = Point(None, frozenset({"COORDINATE_INVALID"}))


def of_pair(latitude: str, longitude: str) -> Point:
    """The point that two texts give, be they decimal or in degrees, minutes and seconds; none where one is missing."""
    if not latitude or not longitude:
        return _NOWHERE
    degrees = number(latitude), number(longitude)
    if None in degrees:
        degrees = _single(latitude, "NS"), _single(longitude, "EOW")
    return _held(*degrees)


def of_text(text: str) -> Point:
    """The point that a text gives as a whole: 02° 49' 52" N 131° 47' 03" E, or two numbers."""
    if not text:
        return _NOWHERE
    if len(text) > _LONGEST:
        return _INVALID
    if match := _BOTH.fullmatch(text):
        one, other = (_signed(match.groups()[at : at + 3], match.groups()[at + 3]) for at in (0, 4))
        first, second = (match[at].upper() in "NS" for at in (4, 8))
        return _INVALID if first == second else _held(one, other) if first else _held(other, one)
    for sign in ",;/ ":
        if text.count(sign) == 1 and all(text.split(sign)):
            return of_pair(*text.split(sign))
    return _INVALID


def of_footprint(text: str) -> Point:
    """The point of a footprint that is nothing more, longitude first; none where it is more."""
    match = _POINT.fullmatch(text) if len(text) <= _LONGEST else None
    point = _held(float(match[2]), float(match[1])) if match else _NOWHERE
    return point if point.degrees else _NOWHERE


def is_datum(text: str) -> bool:
    """Whether a text names a datum or a reference system: by its EPSG code, or by a name that is known."""
    if len(text) > _LONGEST:
        return False
    if match := _EPSG.search(text):
        return int(match[1]) in _CODES
    return concept("geodeticDatum", text) is not None


def _single(text: str, directions: str) -> float | None:
    text = text.strip().upper()
    if not 3 < len(text) <= _LONGEST:
        return None
    direction = "N"
    if text[0] in directions:
        direction, text = text[0], text[1:]
    elif text[-1] in directions:
        direction, text = text[-1], text[:-1]
    match = next((m for pattern in _SINGLE if (m := pattern.fullmatch(text))), None)
    return _signed(match.groups(), direction) if match else None


def _signed(parts: tuple[str | None, ...], direction: str) -> float:
    values = [number(part) or 0.0 if part else 0.0 for part in parts]
    degrees = sum(value / 60**place for place, value in enumerate(values))
    return _rounded(degrees if direction.upper() in "NEO" else -degrees)


def _rounded(degrees: float) -> float:
    """With 6 decimals."""
    return math.floor(degrees * 1e6 + 0.5) / 1e6 if abs(degrees) < 1e9 else degrees


def _held(latitude: float | None, longitude: float | None) -> Point:
    """The point, rounded to 6 decimals, turned round where only that can be meant."""
    if latitude is None or longitude is None:
        return _INVALID
    lat, lon = _rounded(latitude), _rounded(longitude)
    codes = {"COORDINATE_ROUNDED"} if (lat, lon) != (latitude, longitude) else set()
    if lat == lon == 0:
        return Point((lat, lon), frozenset(codes | {"ZERO_COORDINATE"}))
    if abs(lat) <= 90 and abs(lon) <= 180:
        return Point((lat, lon), frozenset(codes))
    if 90 < abs(lat) <= 180 and abs(lon) <= 90:
        return Point((lon, lat), frozenset(codes | {"PRESUMED_SWAPPED_COORDINATE"}))
    return Point(None, frozenset(codes | {"COORDINATE_OUT_OF_RANGE"}))
