"""Whether values are what the fields of annotated images hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from exporter.mapping.known import Check
from exporter.mapping.look import CUT
from exporter.mapping.values import every, is_media_type, is_name, is_number, is_object, is_word, most
from exporter.mapping.vision.words import SPLITS
from exporter.records import Field
from exporter.records.vision.filters import SPELLINGS

RANGES: Mapping[str, tuple[float, float]] = {
    "width": (1.0, 1e6),
    "height": (1.0, 1e6),
    "file_size": (0.0, 1e13),
    "orientation": (1.0, 8.0),
    "rotation": (-360.0, 360.0),
    "score": (0.0, 1.0),
    "area": (0.0, 1e12),
    "version": (0.0, 1e9),
}
_FILE = re.compile(
    r"[^\n\r\t]+\.(jpe?g|png|bmp|gif|tiff?|webp|heic|heif|avif|jp2|dng|exr|pgm|ppm|svs|ndpi|dcm)", re.IGNORECASE
)
_KEY = re.compile(r"[^\s/\\]+([/\\][^\s/\\]+)+")
_COLOUR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def is_file(text: str) -> bool:
    """Whether a text names an image file: by its ending, before what an address may ask for, or as a path without one."""
    name = text.partition("?")[0] if "://" in text else text
    return _FILE.fullmatch(name) is not None or _KEY.fullmatch(name) is not None


def _split(text: str) -> bool:
    return text.strip().lower() in SPELLINGS or text.strip().lower() in SPLITS


def _json(fits: Callable[[Any], bool]) -> Callable[[str], bool]:
    """Whether a text is JSON that fits; one that was cut off is believed."""

    def check(text: str) -> bool:
        try:
            return len(text) >= CUT or fits(json.loads(text))
        except ValueError:
            return False

    return check


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _pairs(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, list) and len(each) == 2 for each in value)


CHECKS: Mapping[str, Check] = {
    "path": most(is_file, "no names of image files"),
    "split": every(_split, "no splits"),
    "colour": every(_COLOUR.fullmatch, "no colours as #rrggbb"),
    "media_type": every(is_media_type, "no media types"),
    "class_name": most(is_word, "no names"),
    "source": every(is_name, "no names"),
    "attributes": most(is_object, "no JSON objects"),
    "keypoints": every(_json(_texts), "no JSON array of names"),
    "skeleton": every(_json(_pairs), "no JSON array of pairs"),
}


def out_of_scale(field: Field, texts: tuple[str, ...]) -> str:
    """Why numbers are in another unit than the field's."""
    numbers = [float(t) for t in texts if is_number(t)]
    if field.name == "rotation" and _radians(numbers):
        return "they could be radians, and degrees are wanted"
    if field.name in ("width", "height", "area") and numbers and 0 < max(numbers) <= 1:
        return "shares of the image, not pixels"
    return ""


def _radians(numbers: list[float]) -> bool:
    """Whether all are within a turn of 2 pi, and some are no whole or half degrees."""
    return bool(numbers) and max(map(abs, numbers)) <= 2 * math.pi and any((n * 2) % 1 for n in numbers)
