"""The units of quantities: how they are spelt, what they measure, and how large they are.

Sizes are whole numbers of tenths of a millimetre, so that conversions are exact: an inch is 25.4 mm (NIST SP 811, appendix B.6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

_INCH, _FOOT, _YARD, _MM, _CM, _M = 254, 3048, 9144, 10, 100, 10_000
KINDS = ("linear", "area", "volume", "count")  # of measurement, as conditions have it
DEFAULTS = {"linear": "LF", "area": "SF", "volume": "CY", "count": "EA"}


@attrs.frozen
class Unit:
    """A unit of quantities.

    :param name: as estimators write it, and as it is written whatever its spelling; :param kind: one of `KINDS`.
    :param size: in tenths of a millimetre, their squares or cubes; in pieces.
    """

    name: str
    kind: str
    size: int
    metric: bool = False


def _known() -> dict[str, Unit]:
    """By spelling, as `spelt` has it."""
    units = {
        Unit("IN", "linear", _INCH): ("INCH", "INCHES"),
        Unit("LF", "linear", _FOOT): ("FT", "LFT", "FOOT", "FEET", "LINFT"),
        Unit("LY", "linear", _YARD): ("YD", "YARD", "YARDS"),
        Unit("MM", "linear", _MM, True): (),
        Unit("CM", "linear", _CM, True): (),
        Unit("M", "linear", _M, True): ("LM", "METRE", "METER", "METRES", "METERS"),
        Unit("SQ IN", "area", _INCH**2): ("SI", "IN2", "IN²"),
        Unit("SF", "area", _FOOT**2): ("SQFT", "FT2", "FT²"),
        Unit("SY", "area", _YARD**2): ("SQYD", "YD2", "YD²"),
        Unit("SQ", "area", _FOOT**2 * 100): ("SQUARE", "SQUARES"),  # of roofing
        Unit("MM2", "area", _MM**2, True): ("MM²",),
        Unit("M2", "area", _M**2, True): ("M²", "SQM", "SM"),
        Unit("CF", "volume", _FOOT**3): ("CUFT", "FT3", "FT³"),
        Unit("CY", "volume", _YARD**3): ("CUYD", "YD3", "YD³"),
        Unit("MM3", "volume", _MM**3, True): ("MM³",),
        Unit("M3", "volume", _M**3, True): ("M³", "CUM", "CBM"),
        Unit("EA", "count", 1): ("EACH", "PC", "PCS", "NO", "COUNT"),
    }
    return {spelt(name): unit for unit, others in units.items() for name in (unit.name, *others)}


def spelt(text: str) -> str:
    """A unit's name in capitals, without blanks, points and slashes."""
    return re.sub(r"[ ./]", "", text).upper()


UNITS: Mapping[str, Unit] = _known()


def is_counted(text: str) -> bool:
    """Whether a unit is one of pieces, which are whole."""
    found = unit(text)
    return found is not None and found.kind == "count"


def unit(text: str) -> Unit | None:
    """The unit that a text names; None where nobody knows it."""
    return UNITS.get(spelt(text))
