"""In which of the ways that annotation tools know a text writes down a shape."""

from __future__ import annotations

import json
import re
from typing import Any

import attrs

from exporter.mapping.look import CUT
from exporter.mapping.vision.jsonsql import Path

NOTHING = "nothing"
FLAT = "flat"  # [x, y, x, y, ...]
BARE = "bare"  # the same without brackets
PAIRS = "pairs"  # [[x, y], ...], also as objects
TRIPLES = "triples"  # [[x, y, v], ...]
RINGS = "rings"  # anything nested more deeply
GEOJSON = "geojson"
WKT = "wkt"
MASK = "mask"  # {"size": [height, width], "counts": ...}
OBJECT = "object"
OTHER = "other"

_FLOAT = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_BARE = re.compile(rf"\s*{_FLOAT.pattern}(?:\s*,\s*{_FLOAT.pattern})+\s*")
_WKT = re.compile(r"\s*(?:MULTI)?POLYGON\s*\(", re.IGNORECASE)
_ARRAY = re.compile(r"[\[\]\s\d.,eE+-]+")
SEVERAL = "several shapes in one text, and a row is one shape"
_UNKNOWN = "no box, outline or mask in a known way"


@attrs.frozen
class Form:
    """A text, as far as it was looked at.

    :param numbers: its numbers, in order.
    :param whole: whether it was seen to its end.
    :param value: what it says as JSON, where it was.
    :param why: why it is no shape, where it is of no known way.
    """

    kind: str
    numbers: tuple[float, ...] = ()
    whole: bool = True
    value: Any = None
    why: str = ""

    @property
    def four(self) -> bool:
        """Whether it is four numbers: a box, or two of its corners."""
        return self.whole and self.kind in (FLAT, BARE, PAIRS) and len(self.numbers) == 4

    @property
    def places(self) -> tuple[Path, Path, Path, Path]:
        """Where the four numbers stand."""
        if self.kind != PAIRS:
            return (0,), (1,), (2,), (3,)
        x, y = ("x", "y") if isinstance(self.value[0], dict) else (0, 1)
        return (0, x), (0, y), (1, x), (1, y)

    @property
    def outline(self) -> bool:
        """Whether it can be an outline or a mask."""
        enough = not self.whole or (len(self.numbers) >= 6 and len(self.numbers) % 2 == 0)
        return self.kind in (GEOJSON, WKT, MASK, RINGS) or (self.kind in (FLAT, BARE, PAIRS) and enough)

    @property
    def keypoints(self) -> bool:
        """Whether it can be x, y and visibility of key points."""
        seen = set(self.numbers[2::3])
        whole = not self.whole or len(self.numbers) % 3 == 0
        return self.kind in (FLAT, TRIPLES) and len(self.numbers) >= 3 and whole and seen <= {0.0, 1.0, 2.0}


def form_of(text: str) -> Form:
    """How a text writes down a shape. One that is longer than what was looked at is known by its beginning."""
    if _WKT.match(text):
        return Form(WKT, _numbers(text), len(text) < CUT)
    if _BARE.fullmatch(text.rstrip(", ") if len(text) >= CUT else text):
        return Form(BARE, _numbers(text), len(text) < CUT)
    if len(text) >= CUT:
        return _beginning(text)
    try:
        return _form(json.loads(text), text)
    except (ValueError, RecursionError):
        return Form(OTHER, why=f"{_UNKNOWN}: {text[:30]!r}")


def _numbers(text: str) -> tuple[float, ...]:
    """The numbers of a text; the last of one that was cut off may lack digits."""
    found = [float(n) for n in _FLOAT.findall(text)]
    return tuple(found[:-1] if len(text) >= CUT else found)


def _form(value: Any, text: str) -> Form:
    if value is None or value in ([], {}):
        return Form(NOTHING)
    if isinstance(value, dict):
        return _object(value, text)
    if not isinstance(value, list):
        return Form(OTHER, why=f"{_UNKNOWN}: {text[:30]!r}")
    if all(isinstance(each, dict) for each in value):
        return _objects(value)
    kind = _array_kind(value) if _all_numbers(value) else OTHER
    return Form(kind, _numbers(text), value=value, why=_UNKNOWN if kind == OTHER else "")


def _object(value: dict[str, Any], text: str) -> Form:
    if "counts" in value:
        return Form(MASK) if "size" in value else Form(OTHER, why="run lengths without the size of the mask")
    if value.get("type") in ("Polygon", "MultiPolygon", "Feature"):
        return Form(GEOJSON, _numbers(text))
    return Form(OBJECT, value=value, why=_UNKNOWN)


def _objects(value: list[dict[str, Any]]) -> Form:
    """Points as objects; where they have a name or a visibility, they are key points in a way that nothing reads."""
    if not all(_is_number(p.get("x")) and _is_number(p.get("y")) for p in value):
        return Form(OTHER, why=SEVERAL)
    if any({"width", "height"} & set(p) for p in value):
        return Form(OTHER, why=SEVERAL)
    if any({"v", "visibility", "visible", "name"} & set(p) for p in value):
        return Form(OTHER, why="points as objects, where x, y and visibility in one array are wanted")
    return Form(PAIRS, tuple(float(p[axis]) for p in value for axis in ("x", "y")), value=value)


def _array_kind(value: list[Any]) -> str:
    if not isinstance(value[0], list):
        return FLAT
    if isinstance(value[0][0], list):
        return RINGS
    lengths = {len(each) for each in value}
    return {2: PAIRS, 3: TRIPLES}.get(lengths.pop(), RINGS) if len(lengths) == 1 else RINGS


def _all_numbers(value: Any) -> bool:
    """Whether nested arrays hold numbers, none is empty, and all elements of one are of a kind."""
    if not isinstance(value, list):
        return _is_number(value)
    kinds = {isinstance(each, list) for each in value}
    return len(kinds) == 1 and all(map(_all_numbers, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _beginning(text: str) -> Form:
    """What a text begins with that was cut off."""
    start = text.lstrip()
    if _ARRAY.fullmatch(start):
        array = re.sub(r"\s", "", start)
        depth = len(array) - len(array.lstrip("["))
        first = _FLOAT.findall(start[: start.index("]")]) if "]" in start else []
        kind = FLAT if depth == 1 else {2: PAIRS, 3: TRIPLES}.get(len(first), RINGS) if depth == 2 else RINGS
        return Form(kind, _numbers(text), whole=False)
    if start.startswith("{"):
        return _beginning_of_object(start)
    if start.startswith("["):
        return _beginning_of_objects(start)
    return Form(OTHER, why=_UNKNOWN)


def _beginning_of_object(start: str) -> Form:
    if re.search(r'"counts"\s*:', start):
        return Form(MASK, whole=False)
    if re.search(r'"type"\s*:\s*"(Polygon|MultiPolygon|Feature)"', start):
        return Form(GEOJSON, _numbers(start), whole=False)
    return Form(OTHER, why=_UNKNOWN)


def _beginning_of_objects(start: str) -> Form:
    """The form of an array by its first object."""
    try:
        value, _ = json.JSONDecoder().raw_decode(start, start.index("{"))
    except ValueError:
        return Form(OTHER, why=SEVERAL if "{" in start else _UNKNOWN)
    return attrs.evolve(_objects([value]), whole=False)
