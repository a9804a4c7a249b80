"""Geometry from JSON to XML, a column at a time.

What a text is apart from its numbers is its form. A program writes few of them: one for each number of corners. So a form is read
once, by `exporter.takeoff.geometry`, with numbers that can be told apart; where they come out gives the template of all texts of
that form. Other texts are read one by one, and those that cannot be read say why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

import attrs

from exporter.report import EXAMPLES
from exporter.takeoff.geometry import TYPES, Geometry, GeometryError, Point, read

_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?)")  # without exponent, and none that is infinite
_SENTINEL = re.compile(r"1[0-9]{5}\.5")
_FIRST = 100_000
_LONGEST = 4_000  # characters of a text that has a template
_MOST = 1_000  # forms of one type that are kept
_TURNED = 5  # numbers of a rectangle with a rotation
_OPEN = "<Geometry>"
_CLOSE = "</Geometry>"
_NO_FORMS: dict[str, _Form | None] = {}  # of a type that is not known


@attrs.frozen
class _Form:
    """What all texts of one form become.

    :param picked: gives the numbers that are written, in order.
    """

    template: str
    picked: Callable[[Sequence[str]], tuple[str, ...]]

    def filled(self, kind: str, given: Sequence[str]) -> str:
        """The XML with these numbers; the empty text where they need a closer look."""
        numbers = self.picked(given)
        if kind == "polygon":
            odd = _are_same(numbers[0], numbers[-2]) and _are_same(
                numbers[1], numbers[-1]
            )  # closed by hand: a point too many
        elif kind == "rectangle":
            odd = any(each[0] == "-" for each in numbers[2:]) or (len(numbers) == _TURNED and _are_same(numbers[4], "0"))
        else:
            odd = kind == "circle" and numbers[2][0] == "-"
        return "" if odd else self.template % numbers


@attrs.frozen(eq=False)
class Shapes:
    """Geometries as they are written, and those that could not be: how many, and the first of them, by code."""

    unread: Counter[str] = attrs.field(factory=Counter)
    examples: dict[str, list[str]] = attrs.field(factory=dict)
    messages: dict[str, str] = attrs.field(factory=dict)
    _forms: dict[str, dict[str, _Form | None]] = attrs.field(factory=lambda: {kind: {} for kind in TYPES}, init=False)

    def column(self, kinds: Iterable[str], texts: Iterable[str], ids: Iterable[str]) -> list[str]:
        """The element Geometry of each row; nothing where there is none that can be read.

        :param ids: of the measurements, for examples.
        """
        split = _NUMBER.split
        found = []
        for kind, text, uid in zip(kinds, texts, ids, strict=True):
            pieces = split(text) if len(text) <= _LONGEST else [text]
            key = "0".join(pieces[::2])
            forms = self._forms.get(kind, _NO_FORMS)
            form = forms[key] if key in forms else self._form(forms, kind, key, pieces)
            written = "" if form is None else form.filled(kind, pieces[1::2])
            found.append(written or self._carefully(kind, text, uid))
        return found

    def _form(self, forms: dict[str, _Form | None], kind: str, key: str, pieces: Sequence[str]) -> _Form | None:
        """A form that is new; None where its texts have to be read one by one."""
        if len(pieces) == 1 or len(forms) >= _MOST or forms is _NO_FORMS:
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
    if "\\" in whole or '"holes"' in whole:  # an escape may hold digits, and holes may be closed by hand as polygons may
        return None
    last = len(between) - 1
    probe = "".join(f"{piece}{_FIRST + n}.5" if n < last else piece for n, piece in enumerate(between))
    try:
        written = element(read(kind, probe))
    except GeometryError:
        return None
    order = [int(float(found)) - _FIRST for found in _SENTINEL.findall(written)]
    picked = tuple if order == [*range(last)] else itemgetter(*order)  # of two numbers at least
    return _Form(_SENTINEL.sub("%s", written), picked)


def _are_same(one: str, other: str) -> bool:
    return one == other or float(one) == float(other)
