"""Whether values are what the fields of takeoffs hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from exporter.mapping.known import Check
from exporter.mapping.values import every, is_name, is_object, is_word, most
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

CHECKS: Mapping[str, Check] = {
    "measurement_type": every(lambda text: text.lower() in KINDS, f"none of {', '.join(KINDS)}"),
    "geometry_type": every(lambda text: text.lower() in TYPES, f"none of {', '.join(TYPES)}"),
    "geometry": most(is_object, "no JSON objects"),
    "colour": every(_COLOUR.fullmatch, "no colours as #rrggbb"),
    "unit": most(lambda text: unit(text) is not None, "no units of quantities"),
    "scale_unit": every(lambda text: text.lower() in _LENGTHS, "no units of length"),
    "client": most(is_name, "no names"),
    "sheet_title": most(is_word, "no titles"),
}
