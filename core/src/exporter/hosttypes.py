"""Columns of a host's own types: compared with texts as the database has them, and UUIDs in one spelling.

SQLAlchemy hands what a column is compared with to the column's type. A Uuid, an Enum or a TypeDecorator takes values of its own and
no texts, but texts are what users name identifiers by.
"""

from __future__ import annotations

import copy
import uuid
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Enum, Label, String, TypeDecorator, Uuid, case, func
from sqlalchemy.sql.operators import OperatorType, eq
from sqlalchemy.types import TypeEngine

_GROUPS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))  # of the digits of a UUID: where each begins, and how many they are


def labelled(name: str, column: ColumnElement[Any]) -> Label[Any]:
    """The column under a name, of a type that compares texts as they are and all else as the host's type does."""
    host: Any = column.type
    compared = host.coerce_compared_value(eq, "")
    if isinstance(compared, String) and not isinstance(compared, Enum) and not isinstance(host, TypeDecorator):
        return column.label(name)
    plain: Any = copy.copy(host)

    def coerce(op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        found: TypeEngine[Any] = String() if type(value) is str else host.coerce_compared_value(op, value)
        return found

    plain.coerce_compared_value = coerce
    return Label(name, column, type_=plain)


def is_uuid(column: ColumnElement[Any]) -> bool:
    """Whether the host declared the column as a UUID."""
    return isinstance(column.type, Uuid)


def without_dashes(column: ColumnElement[Any], dialect: Dialect) -> bool:
    """Whether a column's UUIDs are kept as 32 digits, for want of a type of the database's own."""
    kind = column.type
    return isinstance(kind, Uuid) and not (kind.native_uuid and dialect.supports_native_uuid)


def spelled(text: str, *, dashes: bool) -> str:
    """A UUID in small letters, with or without dashes; any other text as it is."""
    try:
        found = uuid.UUID(text)
    except ValueError:
        return text
    return str(found) if dashes else found.hex


def with_dashes(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """UUIDs that are kept as 32 digits, as everybody writes them."""
    first, *rest = (func.substr(column, begin, size) for begin, size in _GROUPS)
    text: ColumnElement[Any] = first
    for group in rest:
        text = text.concat("-").concat(group)
    return case((func.length(column) == 32, text), else_=column)
