"""Columns of words that are not spelt as the field's: a CASE in SQL puts the field's own in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from exporter.mapping.guess import Making
from exporter.mapping.look import Column, Database
from exporter.mapping.takeoff.words import KINDS_SPELT, SHAPES, SHAPES_OF_KINDS
from exporter.mapping.values import literal
from exporter.takeoff.geometry import TYPES
from exporter.takeoff.units import KINDS

_KEYS = (  # of a geometry, by which its type is known
    ("radius", "circle"),
    ("start", "line"),
    ("width", "rectangle"),
)


def spell(making: Making) -> None:
    """Say types of geometry and of measurement in the words of the fields."""
    for field, known, others in (("geometry_type", TYPES, SHAPES), ("measurement_type", KINDS, KINDS_SPELT)):
        column = making.column(field)
        if column is None or column.kind != "text":
            continue
        found = dict.fromkeys(making.study.db.values(making.table, column.name).texts)
        meant = {text: _meant(making, column, text, known, others) for text in found}
        odd = {text: word for text, word in meant.items() if word and word != text}
        unknown = [text for text, word in meant.items() if not word]
        if odd:
            said = [f"{text!r} is taken for {word}" for text, word in odd.items() if text.strip().lower() != word]
            look = f"look: {', '.join(map(repr, unknown))} is none that is known" if unknown else ""
            why = "; ".join(filter(None, (", ".join(said), look)))
            making.add(field, _case(making.study.db, column.name, odd), why)


def _meant(making: Making, column: Column, text: str, known: Iterable[str], others: Mapping[str, str]) -> str:
    """The field's word for a text; empty where nobody knows it."""
    word = text.strip().lower()
    if word in known:
        return word
    return (_shape(making, column, text) if known is TYPES else "") or others.get(word, "")


def _shape(making: Making, column: Column, text: str) -> str:
    """What the geometries beside a word show it to be."""
    geometry = making.column("geometry")
    rows = making.study.db.rows(making.table, column.name, geometry.name) if geometry is not None else []
    shown = {_shown(json) for kind, json in rows if kind == text}
    word = SHAPES_OF_KINDS.get(text.strip().lower(), "")
    if not shown:
        return word
    if shown == {"points"}:  # of a line or of an area
        return word if word != "point" else ""
    return shown.pop() if len(shown) == 1 else ""


def _shown(json: str) -> str:
    """The type of a geometry by the keys of its JSON, which may have been cut off."""
    keys = re.findall(r'"(\w+)"\s*:', json)
    if "points" in keys:
        return "points"
    found = next((kind for key, kind in _KEYS if key in keys), "")
    return found or ("point" if {"x", "y"} <= set(keys) else "")


def _case(db: Database, name: str, words: Mapping[str, str]) -> str:
    """The words in place of what is spelt otherwise; all else as it stands."""
    quoted = db.quote(name)
    text = f"cast({quoted} as text)" if db.dialect == "postgresql" else quoted  # it may be an ENUM
    cases = " ".join(f"when {literal(text)} then {literal(word)}" for text, word in words.items())
    return f"case {text} {cases} else {text} end"
