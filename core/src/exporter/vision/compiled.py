"""What exporter-native writes of annotations: polygons of one ring that are plainly sound, in JSON. All else is left to Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, func, literal, literal_column

from exporter import native
from exporter.cells import SPECIAL
from exporter.sqlitetext import glob
from exporter.tables import Value

_BOX = ("bbox_x", "bbox_y", "bbox_width", "bbox_height", "area")
_PLAIN: Mapping[str, tuple[str, ...]] = {  # what cells hold beside NULL where nothing is to be said
    "kind": ("", "polygon"),
    "units": ("", "pixel"),
    "keypoints": ("",),
    "attributes": ("", "{}"),
}
_NOTHING: ColumnElement[Any] = literal_column("NULL")
_ZERO: ColumnElement[Any] = literal_column("0")
_EMPTY: ColumnElement[Any] = literal_column("''")
_QUOTED = "*[^A-Za-z0-9 ._:+-]*"  # what has to be looked at before it may stand between quotes


def served(connection: Connection) -> bool:
    """Whether a connection has the functions."""
    return native.served(connection)


def outline(values: Mapping[str, Value], members: str, *, checked: bool) -> ColumnElement[Any]:
    """Members of a JSON object about a row's polygon, or `SPECIAL`.

    :param values: of an annotation table, by header.
    :param members: as exporter_outline() takes them.
    :param checked: whether polygons that leave their image are Python's, to be counted.
    """
    cells = [_cell(values, name) for name in ("geometry", *_BOX)]
    size = [_cell(values, name) for name in ("image_width", "image_height")] if checked else [_NOTHING, _NOTHING]
    written = func.exporter_outline(literal(members), *cells, *size)
    plain = [func.ifnull(cast(values[n].expression, String), "").in_(words) for n, words in _PLAIN.items() if n in values]
    plain += [func.ifnull(values[n].expression, _ZERO).in_((_ZERO, _EMPTY)) for n in ("rotation", "iscrowd") if n in values]
    return case((and_(*plain), written), else_=literal(SPECIAL)) if plain else written


def member(name: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A further member, a text; nothing where it is NULL or empty, `SPECIAL` where it could not stand between quotes as it is."""
    text = cast(value, String)
    written = literal(f',"{name}":"').concat(text).concat('"')
    return case((func.ifnull(text, "") == "", ""), (glob(text, _QUOTED), SPECIAL), else_=written)


def number_member(name: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A further member, a number; nothing where it is NULL."""
    return case((value.is_(None), ""), else_=literal(f',"{name}":').concat(func.exporter_number(value)))


def whole(pieces: Iterable[str | ColumnElement[Any]]) -> ColumnElement[Any]:
    """The pieces as one text; `SPECIAL` where one of them is NULL."""
    text: ColumnElement[Any] = literal("")
    for piece in pieces:
        text = text.concat(literal(piece) if isinstance(piece, str) else piece)
    return func.ifnull(text, SPECIAL)


def _cell(values: Mapping[str, Value], name: str) -> ColumnElement[Any]:
    return values[name].expression if name in values else _NOTHING
