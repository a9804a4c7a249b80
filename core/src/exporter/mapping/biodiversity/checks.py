"""Whether values are those of Darwin Core's terms."""

from __future__ import annotations

import re
from collections.abc import Mapping

from exporter.mapping.known import Check
from exporter.mapping.look import Column
from exporter.mapping.values import (
    every,
    few,
    is_address,
    is_media_type,
    is_name,
    is_number,
    is_object,
    is_word,
    moments,
    most,
)
from exporter.records import Field

_DCMI = {"StillImage", "MovingImage", "Sound", "Image", "Text", "PhysicalObject", "Event", "Dataset", "InteractiveResource"}
_PIXELS = ("bbox_width", "bbox_height")
_NAME = re.compile(r"(?:× ?)?([A-Z][a-zë-]+)(?: × ?| \([A-Z][a-z]+\) | )?([a-zë-]+)?(?:\s.*)?", re.DOTALL)
_LATIN = re.compile(r"\w*(us|a|um|is|i|ae|ns|ior|[aeiy]x|es|os|ops|ales|on)")
RANGES: Mapping[str, tuple[float, float]] = {
    "decimal_latitude": (-90.0, 90.0),
    "decimal_longitude": (-180.0, 180.0),
    "score": (0.0, 1.0),
    "coordinate_uncertainty_in_meters": (0.0, 20_037_509.0),
    "year": (1000.0, 2200.0),
    "month": (1.0, 12.0),
    "day": (1.0, 31.0),
    "individual_count": (0.0, 1e10),
}


def _addresses(_: Column, texts: tuple[str, ...]) -> str:
    """Some are addresses; the others are names of files that are not published."""
    if not texts or any(map(is_address, texts)):
        return ""
    return f"names of files, not addresses that others can open: {texts[0][:30]!r}"


def _scientific(_: Column, texts: tuple[str, ...]) -> str:
    """Most names are written as scientific ones and end as Latin does, some are binomials: `House sparrow` is no such name."""
    names = {t: _NAME.fullmatch(t.strip()) for t in texts}
    odd = [t for t, found in names.items() if not found or not _LATIN.fullmatch((found[2] or found[1]).lower())]
    binomials = any(found and found[2] for t, found in names.items() if t not in odd)
    many = len(odd) > len(names) * 0.3 and not few(odd, list(names))
    if names and (many or not binomials):
        return f"not scientific names: {min(odd or names)[:30]!r}"
    return ""


CHECKS: Mapping[str, Check] = {
    "scientific_name": most(is_word, "no names"),
    "order": every(is_word, "not the order of a taxon"),
    "class_": every(is_word, "not the class of a taxon"),
    "family": every(is_word, "not the family of a taxon"),
    "type": every(_DCMI.__contains__, "no type of the DCMI vocabulary"),
    "language": every(re.compile(r"[A-Za-z]{2,3}(-\w+)*").fullmatch, "no language codes"),
    "country_code": every(re.compile(r"[A-Z]{2}").fullmatch, "no ISO 3166-1 codes of two letters"),
    "dynamic_properties": every(is_object, "no JSON objects"),
}
SYNONYM_CHECKS: Mapping[str, Check] = {
    "scientific_name": _scientific,
    "specific_epithet": most(re.compile(r"[a-zë-]+").fullmatch, "no epithets"),
    "taxon_rank": every(re.compile(r"[A-Za-z]+( [A-Za-z]+)?").fullmatch, "no ranks"),
    "event_date": moments,
    "identifier": _addresses,
    "format": every(is_media_type, "no media types"),
    "locality": every(is_word, "no names"),
    "recorded_by": every(is_name, "no names"),
    "identified_by": every(is_name, "no names"),
    "creator": every(is_name, "no names"),
}


def out_of_scale(field: Field, texts: tuple[str, ...]) -> str:
    """Why the size of a box is not in pixels; empty where it is."""
    numbers = [float(t) for t in texts if is_number(t)] if field.name in _PIXELS else []
    return "shares of the picture, not pixels" if numbers and max(numbers) <= 1 else ""
