"""The numbers that bid files have for kinds, units, calculations and colours."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from exporter.takeoff.geometry import Geometry
from exporter.takeoff.units import KINDS, UNITS, unit

LINEAR, AREA, COUNT = 0, 1, 2
TYPES: Mapping[str, int] = {"linear": LINEAR, "area": AREA, "count": COUNT}
_OF_SHAPES = {"line": LINEAR, "polyline": LINEAR, "point": COUNT, "polygon": AREA, "rectangle": AREA, "circle": AREA}
_CALCULATED = {LINEAR: 1, AREA: 11, COUNT: 23}
_VOLUMES = {LINEAR: 20, AREA: 21, COUNT: 20}
_UNITS = {
    "EA": 0, "IN": 1, "LF": 2, "LY": 3, "SQ IN": 4, "SF": 5, "SY": 6, "SQ": 7, "CF": 8, "CY": 9,
    "MM": 11, "MM2": 12, "M": 13, "M2": 14, "MM3": 15, "M3": 16,
}  # fmt: skip
_INSTEAD = {"CM": "M"}  # of a unit without a number


@attrs.frozen
class Measure:
    """The unit of a condition's amounts.

    :param code: its number; None where it has none. :param factor: by which an amount of the condition is multiplied.
    """

    code: int | None
    factor: float = 1.0


def measure(text: str) -> Measure:
    """That of a unit as the source spells it."""
    found = unit(text)
    if found is None:
        return Measure(None)
    name = _INSTEAD.get(found.name, found.name)
    return Measure(_UNITS[name], found.size / UNITS[name].size)


def kind_of(measurement_type: str, unit_text: str) -> str:
    """What a condition measures, by its type or else its unit; the empty text where neither says."""
    given = measurement_type.strip().lower()
    found = unit(unit_text)
    return given if given in KINDS else found.kind if found is not None else ""


def type_of(kind: str, shape: Geometry) -> int:
    """The type of a condition of a kind of which this is the first shape: of a volume that of the shape."""
    return TYPES.get(kind, _OF_SHAPES[shape.type])


def calculation(kind: str, code: int) -> int:
    """What is calculated of a condition of a type."""
    return (_VOLUMES if kind == "volume" else _CALCULATED)[code]


def colour_number(colour: str) -> int:
    """A colour #rrggbb as R + G * 256 + B * 65536."""
    return int(colour[1:3], 16) + int(colour[3:5], 16) * 256 + int(colour[5:7], 16) * 65536
