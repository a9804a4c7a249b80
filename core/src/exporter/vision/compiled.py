"""What exporter-native writes of annotations: polygons of one ring and boxes that are plainly sound. All else is left to Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, func, literal, literal_column

from exporter import native
from exporter.cells import SPECIAL
from exporter.sqlitetext import glob
from exporter.tables import Value

_BOX = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
_PLAIN: Mapping[str, tuple[str, ...]] = {  # what cells hold beside NULL where nothing is to be said
    "units": ("", "pixel"),
    "keypoints": ("",),
    "attributes": ("", "{}"),
}
_NOTHING: ColumnElement[Any] = literal_column("NULL")
_ZERO: ColumnElement[Any] = literal_column("0")
_EMPTY: ColumnElement[Any] = literal_column("''")
_SIZE = ("image_width", "image_height")
_QUOTED = "*[^A-Za-z0-9 ._:+-]*"  # what has to be looked at before it may stand between quotes


def served(connection: Connection) -> bool:
    """Whether a connection has the functions."""
    return native.served(connection)


def outline(values: Mapping[str, Value], members: str, kinds: str, *, checked: bool) -> ColumnElement[Any]:
    """Members of a JSON object about a row's polygon or box, or `SPECIAL`.

    :param values: of an annotation table, by header.
    :param members: as exporter_outline() takes them; and so are `kinds`.
    :param checked: whether shapes that leave their image are Python's, to be counted.
    """
    size = [_cell(values, name) for name in _SIZE] if checked else [_NOTHING, _NOTHING]
    cells = [_cell(values, name) for name in ("geometry", *_BOX, "area")]
    written = func.exporter_outline(literal(members), literal(kinds), *cells, *size)
    return _where_plain(values, written, ("units", "keypoints", "attributes"))


def label(values: Mapping[str, Value], task: str) -> ColumnElement[Any]:
    """Where a row's polygon or box is in its image, as exporter_label() writes it, or `SPECIAL`.

    :param values: of an annotation table, by header; :param task: as exporter_label() takes it.
    """
    cells = [_cell(values, name) for name in ("geometry", *_BOX, *_SIZE)]
    return _where_plain(values, func.exporter_label(literal(task), *cells), ("units", "keypoints"))


def _where_plain(values: Mapping[str, Value], written: ColumnElement[Any], told: Iterable[str]) -> ColumnElement[Any]:
    """What is written of rows that say nothing else of a shape, `SPECIAL` of all others.

    :param told: cells that would be written, too, or change what is.
    """
    plain: list[ColumnElement[Any]]
    plain = [func.ifnull(cast(values[n].expression, String), "").in_(_PLAIN[n]) for n in told if n in values]
    plain += [func.ifnull(values[n].expression, _ZERO).in_((_ZERO, _EMPTY)) for n in ("rotation", "iscrowd") if n in values]
    if "kind" in values:
        kind = func.ifnull(cast(values["kind"].expression, String), "")
        drawn = func.ifnull(_cell(values, "geometry"), "") != ""
        plain.append(case((drawn, kind.in_(("", "polygon"))), else_=kind.in_(("", "box"))))
    return case((and_(*plain), written), else_=literal(SPECIAL)) if plain else written


def member(name: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A further member, a text; nothing where it is NULL or empty, `SPECIAL` where it could not stand between quotes as it is."""
    text = cast(value, String)
    written = literal(f',"{name}":"').concat(text).concat('"')
    odd = glob(text, _QUOTED) | (func.instr(text, func.char(0)) > 0) | func.typeof(value).not_in(("text", "integer"))
    return case((func.ifnull(text, "") == "", ""), (odd, SPECIAL), else_=written)


def known(identifier: ColumnElement[Any], numbers: Iterable[int]) -> ColumnElement[Any]:
    """A label's identifier, a whole number that is among these; `SPECIAL` for any other."""
    return case((and_(func.typeof(identifier) == "integer", identifier.in_(list(numbers))), identifier), else_=SPECIAL)


def number_member(name: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A further member, a number; nothing where it is NULL."""
    return case((value.is_(None), ""), else_=literal(f',"{name}":').concat(func.exporter_number(value)))


def whole(pieces: Iterable[str | ColumnElement[Any]], end: str) -> ColumnElement[Any]:
    """The pieces as one text and its end, which is that of a line; `SPECIAL` in place of pieces one of which is NULL."""
    text: ColumnElement[Any] = literal("")
    for piece in pieces:
        text = text.concat(literal(piece) if isinstance(piece, str) else piece)
    return func.ifnull(text, SPECIAL).concat(literal(end))


def _cell(values: Mapping[str, Value], name: str) -> ColumnElement[Any]:
    return values[name].expression if name in values else _NOTHING
