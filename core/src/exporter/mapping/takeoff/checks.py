"""Whether values are what the fields of takeoffs hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from exporter.mapping.known import Check
from exporter.mapping.takeoff.words import KINDS_SPELT, SHAPES
from exporter.mapping.values import Majority, is_name, is_object, is_word, most
from exporter.takeoff.geometry import TYPES
from exporter.takeoff.units import KINDS, unit

RANGES: Mapping[str, tuple[float, float]] = {
    "width": (1.0, 1e6),
    "height": (1.0, 1e6),
    "scale": (1e-6, 1e6),
    "page_number": (0.0, 1e6),
    "markup_percent": (-100.0, 1000.0),
}
_COLOUR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LENGTHS = {"ft", "foot", "feet", "m", "metre", "meter"}


def _is_one_of(*known: Collection[str]) -> Callable[[str], bool]:
    return lambda text: any(text.strip().lower() in each for each in known)


CHECKS: Mapping[str, Check] = {
    "measurement_type": Majority(
        _is_one_of(KINDS, KINDS_SPELT), f"none of {', '.join(KINDS)}", f"none of {', '.join(KINDS)}"
    ),
    "geometry_type": Majority(_is_one_of(TYPES, SHAPES), f"none of {', '.join(TYPES)}", "no type of geometry"),
    "geometry": Majority(is_object, "no JSON objects", "no JSON object"),
    "colour": Majority(_COLOUR.fullmatch, "no colours as #rrggbb", "no colour as #rrggbb"),
    "unit": Majority(lambda text: unit(text) is not None, "no units of quantities", "no unit"),
    "scale_unit": Majority(_is_one_of(_LENGTHS), "no units of length", "no unit of length"),
    "client": most(is_name, "no names"),
    "sheet_title": most(is_word, "no titles"),
}
