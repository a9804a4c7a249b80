"""Boxes in pixels as regions of interest: fractions of the width and the height of the capture, by Audiovisual Core.

A fraction is from 0 to 1, and a rectangle lies inside its medium and is not empty (https://ac.tdwg.org/termlist/, xFrac,
widthFrac): a box that reaches outside is clipped. Fractions have 6 decimals, which
tell each of 500,000 pixels.
"""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import ColumnElement, Connection, Double, and_, case, cast, false, func, literal_column, or_

from exporter.records.conditions import number
from exporter.selection import RecordRows

BOX = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
DECIMALS = 6
_TOLERANCE: ColumnElement[Any] = literal_column(
    "0.005"
)  # pixels: boxes that were fractions once do not end on the last pixel exactly
_NUDGE: ColumnElement[Any] = literal_column(
    "0.000000001"
)  # a half of the last decimal goes up in the edge and down in the size, so that both fit

Number = ColumnElement[Any]
Condition = ColumnElement[bool]


@attrs.frozen(eq=False)
class Regions:
    """The boxes of a media record.

    :param there: rows whose box is a region.
    :param incomplete: rows that have some sides of a box, and not all.
    :param unsized: rows with a box in a capture whose width or height is not known.
    :param empty: rows with a box that has no area inside its capture.
    :param outside: rows with a region that was clipped.
    :param fractions: xFrac, yFrac, widthFrac and heightFrac, from 0 to 1.
    """

    there: Condition
    incomplete: Condition
    unsized: Condition
    empty: Condition
    outside: Condition
    fractions: tuple[Number, Number, Number, Number]


def regions(connection: Connection, media: RecordRows) -> Regions | None:
    """The regions of a media record, or None where the source gives no boxes."""
    if not media.has(*BOX):
        return None
    given = [media.columns[f].is_not(None) for f in BOX]
    known = [_real(connection, media, f) for f in ("width", "height") if media.has(f)]
    if len(known) < 2:
        none: Number = literal_column("0.0")
        box, never = and_(*given), false()
        return Regions(never, and_(or_(*given), ~box), box, never, never, (none, none, none, none))
    sized = and_(*(func.coalesce(size > literal_column("0"), False) for size in known))
    left, top, wide, high = (_real(connection, media, f) for f in BOX)
    spans = [
        _Span(begin, begin + length, size) for begin, length, size in zip((left, top), (wide, high), known, strict=True)
    ]
    whole = and_(*given, sized)
    filled = and_(*(func.coalesce(s.last > s.first, False) for s in spans))
    fractions = [*(s.first / s.size for s in spans), *((s.last - s.first) / s.size - _NUDGE for s in spans)]
    return Regions(
        there=and_(whole, filled),
        incomplete=and_(or_(*given), ~and_(*given)),
        unsized=and_(*given, ~sized),
        empty=and_(whole, ~filled),
        outside=and_(whole, filled, or_(*(s.reaches_out for s in spans))),
        fractions=tuple(cast(f, Double) for f in fractions),  # type: ignore[arg-type] # there are four
    )


@attrs.frozen(eq=False)
class _Span:
    """A box along one side of its capture, in pixels."""

    begin: Number
    end: Number
    size: Number

    @property
    def first(self) -> Number:
        return case((self.begin < literal_column("0"), literal_column("0.0")), else_=self.begin)

    @property
    def last(self) -> Number:
        return case((self.end > self.size, self.size), else_=self.end)

    @property
    def reaches_out(self) -> Condition:
        return or_(self.begin < -_TOLERANCE, self.end > self.size + _TOLERANCE)


def _real(connection: Connection, media: RecordRows, field: str) -> Number:
    return cast(number(media, field, connection), Double)
