"""Geometry from JSON to XML, a column at a time.

What a text is apart from its numbers is its form. A program writes few of them: one for each number of corners. So a form is read
once, by `exporter.takeoff.geometry`, with numbers that can be told apart; where they come out gives the template of all texts of
that form. Other texts are read one by one, and those that cannot be read say why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate, pairwise
from operator import itemgetter

import attrs

from exporter.report import EXAMPLES
from exporter.takeoff.geometry import TYPES, Geometry, GeometryError, Point, read

_NUMBER = re.compile(
    r"([0-9](?:(?<=[1-9])[0-9]{0,30})?(?:\.[0-9]{1,30})?)"
)  # without sign and exponent, and none that is infinite
_SENTINEL = re.compile(r"(1[0-9]{5}\.5)")
_FIRST = 100_000
_HOLE = "1"  # no text between numbers has a digit
_LONGEST = 4_000  # characters of a text that has a template
_MOST = 1_000  # forms of one type that are kept
_TURNED = 5  # numbers of a rectangle with a rotation
_OPEN = "<Geometry>"
_CLOSE = "</Geometry>"


@attrs.frozen
class _Form:
    """What all texts of one form become.

    :param around: what is written around the numbers.
    :param picked: gives the numbers that are written, in order; None where these are all, as they come.
    :param is_odd: whether numbers need a closer look; None where none do.
    """

    around: list[str]
    picked: Callable[[Sequence[str]], tuple[str, ...]] | None
    is_odd: Callable[[Sequence[str]], bool] | None

    def filled(self, pieces: list[str]) -> str:
        """The XML for a text in pieces, of which every second one is a number; the empty text where they need a closer look."""
        if self.picked is not None:
            numbers = self.picked(pieces[1::2])
            pieces = [""] * (2 * len(numbers) + 1)
            pieces[1::2] = numbers
        if self.is_odd is not None and self.is_odd(pieces[1::2]):
            return ""
        pieces[::2] = self.around
        return "".join(pieces)


@attrs.frozen(eq=False)
class Shapes:
    """Geometries as they are written, and those that could not be: how many, and the first of them, by code."""

    unread: Counter[str] = attrs.field(factory=Counter)
    examples: dict[str, list[str]] = attrs.field(factory=dict)
    messages: dict[str, str] = attrs.field(factory=dict)
    _forms: dict[str, dict[str, _Form | None]] = attrs.field(factory=lambda: {kind: {} for kind in TYPES}, init=False)

    def column(self, kinds: Sequence[str], texts: Sequence[str], ids: Sequence[str]) -> list[str]:
        """The element Geometry of each row; nothing where there is none that can be read.

        :param ids: of the measurements, for examples.
        """
        split, no_forms = _NUMBER.split, dict[str, _Form | None]()
        longest = len(max(texts, key=len, default=""))
        found = []
        for kind, text, uid in zip(kinds, texts, ids, strict=True):
            pieces = split(text) if longest <= _LONGEST or len(text) <= _LONGEST else [text]
            key = _HOLE.join(pieces[::2])
            forms = self._forms.get(kind, no_forms)
            form = forms[key] if key in forms else self._form(kind, key, pieces)
            found.append((form is not None and form.filled(pieces)) or self._carefully(kind, text, uid))
        return found

    def _form(self, kind: str, key: str, pieces: Sequence[str]) -> _Form | None:
        """A form that is new; None where its texts have to be read one by one."""
        forms = self._forms.get(kind)
        if len(pieces) == 1 or forms is None or len(forms) >= _MOST:
            return None
        forms[key] = _form(kind, pieces[::2])
        return forms[key]

    def _carefully(self, kind: str, text: str, uid: str) -> str:
        try:
            return element(read(kind, text))
        except GeometryError as error:
            self.unread[error.code] += 1
            self.messages[error.code] = error.message
            examples = self.examples.setdefault(error.code, [])
            if len(examples) < EXAMPLES:
                examples.append(uid)
            return ""


def element(shape: Geometry) -> str:
    """The element Geometry of a shape."""
    return f"{_OPEN}{_inside(shape)}{_CLOSE}"


def _inside(shape: Geometry) -> str:
    (x, y), *others = shape.points
    match shape.type:
        case "line":
            ((end_x, end_y),) = others
            return f"<Start>{_pair(x, y)}</Start><End>{_pair(end_x, end_y)}</End>"
        case "point":
            return _pair(x, y)
        case "circle":
            return f"<CenterX>{x}</CenterX><CenterY>{y}</CenterY><Radius>{shape.radius}</Radius>"
        case "rectangle":
            width, height = shape.size
            turned = f"<Rotation>{shape.rotation}</Rotation>" if shape.rotation else ""
            return f"{_pair(x, y)}<Width>{width}</Width><Height>{height}</Height>{turned}"
    holes = "".join(f"<Hole>{_points(hole)}</Hole>" for hole in shape.holes)
    return f"<Points>{_points(shape.points)}</Points>" + (f"<Holes>{holes}</Holes>" if holes else "")


def _points(points: Iterable[Point]) -> str:
    return "".join(f"<Point><X>{x}</X><Y>{y}</Y></Point>" for x, y in points)


def _pair(x: float, y: float) -> str:
    return f"<X>{x}</X><Y>{y}</Y>"


def _form(kind: str, between: Sequence[str]) -> _Form | None:
    """The form of texts that are the same between their numbers; None where they have to be read one by one."""
    whole = "".join(between)
    if "\\" in whole:  # an escape may hold digits
        return None
    last = len(between) - 1
    probe = "".join(f"{piece}{_FIRST + n}.5" if n < last else piece for n, piece in enumerate(between))
    try:
        shape = read(kind, probe)
        written = element(shape)
    except GeometryError:
        return None
    pieces = _SENTINEL.split(written)
    order = [int(float(found)) - _FIRST for found in pieces[1::2]]
    if kind == "polygon" and "-" in written:  # a sign is no part of its number, which is compared
        return None
    picked = None if order == [*range(last)] else itemgetter(*order)  # of two numbers at least
    is_odd = _is_straight if len(order) == _TURNED and kind == "rectangle" else None
    if kind == "polygon":
        ends = [*accumulate((2 * len(ring) for ring in (shape.points, *shape.holes)), initial=0)]
        is_odd = partial(_is_closed, [*pairwise(ends)])
    return _Form(pieces[::2], picked, is_odd)


def _is_closed(rings: Sequence[tuple[int, int]], numbers: Sequence[str]) -> bool:
    """Whether a ring is closed by hand: a point too many.

    :param rings: where each begins and ends among the numbers.
    """
    return any(
        _are_same(numbers[begin], numbers[end - 2]) and _are_same(numbers[begin + 1], numbers[end - 1])
        for begin, end in rings
    )


def _is_straight(numbers: Sequence[str]) -> bool:
    """Whether a rectangle is not turned though it says how much."""
    return _are_same(numbers[-1], "0")


def _are_same(one: str, other: str) -> bool:
    return one == other or float(one) == float(other)
