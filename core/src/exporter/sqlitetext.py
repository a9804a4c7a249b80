"""Texts and numbers in the words of SQLite, where a column may hold anything in any row: the value's own type decides.

Functions here take a column and give an expression; `exporter.cells` says what becomes of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Integer, LargeBinary, Text, and_, case, cast, func, literal, literal_column
from sqlalchemy.sql.elements import ColumnElement, UnaryExpression
from sqlalchemy.sql.operators import custom_op

_NUDGE = "1.0000000000000002"  # one step of a double: what is half in decimal is no longer below half in binary
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] "  # as a pattern of GLOB


def glob(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    """SQLite's GLOB."""
    return column.bool_op("glob")(literal(pattern))


def bare(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value of SQLite without an index, and without its column's type, which would change what it is compared with."""
    return UnaryExpression(column, operator=custom_op("+"))


def utf16(connection: Connection) -> bool:
    """Whether a SQLite database keeps its texts as UTF-16, so that their bytes are not those of the cell."""
    known: bool | None = connection.info.get("exporter.utf16")
    if known is None:
        known = connection.exec_driver_sql("pragma encoding").scalar() != "UTF-8"
        connection.info["exporter.utf16"] = known
    return known


def moment_text(connection: Connection, column: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """Texts as SQLAlchemy writes them get their T and lose a fraction of zeros.

    :param other: what stands for everything else.
    """
    usual = (octets(connection, column) == 26) & glob(column, _DAY + "?" * 15)  # a byte for each: none is NUL
    other_length = glob(column, _DAY + "*") & _without_nul(column)
    day = func.substr(column, 1, 10).concat("T")
    whole, part = (day.concat(func.substr(column, 12, *length)) for length in ((8,), ()))
    return func.iif(usual | other_length, func.iif(func.substr(column, 20) == ".000000", whole, part), other)


def time_text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What follows the date and the T in such a text."""
    whole = glob(column, _DAY + "?" * 8 + ".000000") & _without_nul(column)
    return func.iif(whole, func.substr(column, 12, 8), func.substr(column, 12))


def octets(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The bytes of a value of SQLite, which a NUL does not end."""
    return func.octet_length(column) if newest(connection) else func.length(cast(column, LargeBinary))


def newest(connection: Connection) -> bool:
    """Whether it is a SQLite that has octet_length(), and a concat_ws() that keeps empty texts: before 3.50 it left them out."""
    return bool(connection.dialect.dbapi.sqlite_version_info >= (3, 50))  # type: ignore[union-attr]


def _without_nul(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return func.instr(column, func.char(0)) == 0


def rounded(column: ColumnElement[Any], decimals: int, beyond: ColumnElement[Any]) -> ColumnElement[Any]:
    """A rounded number; a text that is one is rounded, too, where it has more decimals.

    :param beyond: what stands for a number that SQLite does not write plainly.
    """
    point = func.instr(column, ".")
    number = and_(*(~glob(column, p) for p in ("*[^0-9.+-]*", "?*[+-]*", "*.*.*")))
    longer = (point > 0) & (func.length(column) - point > decimals) & number & _without_nul(column)
    odd = case(
        {
            "real": _odd(column, decimals, beyond),
            "integer": cast(column, Text).concat(".0"),
            "text": func.iif(longer, _number(cast(column, _Real()), decimals, column), column),
        },
        value=func.typeof(column),
        else_=column,
    )
    return case(*_usual(column, decimals), else_=odd)


def _number(number: ColumnElement[Any], decimals: int, beyond: ColumnElement[Any]) -> ColumnElement[Any]:
    return case(*_usual(number, decimals), else_=_odd(number, decimals, beyond))


def _usual(column: ColumnElement[Any], decimals: int) -> list[tuple[ColumnElement[bool], ColumnElement[Any]]]:
    """Numbers that arithmetic alone rounds, as WHEN and THEN, in a third of the time of printf().

    They have at most 12 digits once they are rounded, need no exponent, and no digit after the 15th could make or undo a half.
    """
    number = bare(column)  # a column of texts would compare as text
    least, most, scale = 0 if decimals <= 4 else 0.001, 10.0 ** (11 - decimals), 10.0**decimals
    thousandths = cast(_times(column, scale * 1000), Integer).op("%", precedence=8)(literal_column("1000"))
    found = []
    for sign in (1, -1):
        plain = _between(number, sign * least, sign * most) & ~_between(thousandths, sign * 499, sign * 500)
        steps = cast(_times(column, scale).op("+", precedence=7)(literal_column(f"{sign * 0.5}")), Integer)
        found.append((plain, steps.op("/", precedence=8)(literal_column(f"{scale}"))))
    return [*found, (number == literal_column("0"), literal("0.0"))]


def _between(number: ColumnElement[Any], *ends: float) -> ColumnElement[bool]:
    low, high = sorted(ends)
    return number.between(literal_column(f"{low}"), literal_column(f"{high}"))


def _odd(column: ColumnElement[Any], decimals: int, beyond: ColumnElement[Any]) -> ColumnElement[Any]:
    """Any number with at least one digit more than it keeps, by its first 15."""
    digits = cast(func.printf("%.14e", column), _Real())
    plain = func.rtrim(func.printf(f"%.{decimals}f" if decimals else "%.0f.", _times(digits, _NUDGE)), "0")
    text = case((func.substr(plain, -1) != ".", plain), (plain == "-0.", "0.0"), else_=plain.concat("0"))
    return func.iif(func.abs(column) < literal_column(f"{10.0 ** (14 - decimals)}"), text, beyond)


def _times(number: ColumnElement[Any], factor: float | str) -> ColumnElement[Any]:
    return number.op("*", precedence=8)(literal_column(f"{factor}"))


class _Real(Text):
    """REAL as a cast target: SQLAlchemy's Float would be written FLOAT, which SQLite reads the same, and MySQL does not."""

    __visit_name__ = "REAL"
