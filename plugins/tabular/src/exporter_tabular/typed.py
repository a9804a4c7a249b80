"""Texts as JSON values: numbers as numbers, digit by digit as they stand; booleans, nothing, objects.

Core gives every cell as text. What is not of the column's type, as SQLite allows, stays text, so that nothing is lost; so does an
integer that 64 bits do not hold, which most readers would round. NULL and an empty text both are null: core writes both the same.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import orjson

from exporter.records import Field
from exporter.report import EXAMPLES, Finding
from exporter.tables import Table

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")  # RFC 8259, section 6
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_BOOLEANS: dict[str, Any] = {"": None, "true": True, "false": False}
_ONE_LINE = {10: " ", 13: " "}


def value_of(kind: type[Any], text: str) -> Any:
    """A text as what JSON has for a type; the text itself where it is not of that type, None where it is empty."""
    if kind is bool:
        return _BOOLEANS.get(text, text)
    if not text:
        return None
    if kind is int or kind is float:
        return _number(text, whole=kind is int)
    return text


def _number(text: str, *, whole: bool) -> Any:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    if match[1] is None and match[2] is None and whole:
        number = int(text) if len(text) <= 20 else _LARGEST + 1
        return number if _SMALLEST <= number <= _LARGEST else text
    return orjson.Fragment(text) if math.isfinite(float(text)) else text


def _object(text: str) -> Any:
    """A JSON object as it stands, on one line: between its tokens a line feed is a blank. Anything else is text."""
    try:
        found = orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        return text
    return orjson.Fragment(text.translate(_ONE_LINE)) if isinstance(found, dict) else text or None


@attrs.frozen(eq=False)
class Typed:
    """Batches of a table's texts as objects, and what was found in them.

    :param without: a column that does not belong into the objects; :param objects_in: fields whose text is a JSON object.
    """

    table: Table
    without: str = ""
    objects_in: tuple[str, ...] = ("dynamic_properties",)
    odd: Counter[str] = attrs.field(factory=Counter, init=False)

    def objects(self, batch: Sequence[tuple[str, ...]]) -> Iterator[dict[str, Any]]:
        """An object for each row."""
        columns = [
            (header, self._column(header, field, texts))
            for (header, field), texts in zip(self.table.columns.items(), zip(*batch, strict=True), strict=True)
            if header != self.without
        ]
        names = [header for header, _ in columns]
        return (dict(zip(names, row, strict=True)) for row in zip(*(values for _, values in columns), strict=True))

    def _column(self, header: str, field: Field, texts: Sequence[str]) -> Sequence[Any]:
        if field.name in self.objects_in:
            return [_object(text) for text in texts]
        if field.type not in (bool, int, float):
            return [text or None for text in texts]
        values = [value_of(field.type, text) for text in texts]
        odd = sum(type(value) is str for value in values)
        if odd:
            self.odd[header] += odd
        return values

    def finding(self) -> Finding | None:
        """Cells that stayed text though their column has another type."""
        if not self.odd:
            return None
        message = (
            "Cells that are no number or boolean, or an integer beyond 64 bits, in columns of such were written as text."
        )
        count, examples = self.odd.total(), sorted(self.odd)[:EXAMPLES]
        record = self.table.record or self.table.name
        return Finding("warning", "KEPT_AS_TEXT", message, count, examples, record, self.table.name, "kept")
