"""Who drew a measurement and whether somebody has verified it, where a column of words or of points in time says so."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.mapping.guess import Making
from exporter.mapping.look import Column
from exporter.mapping.values import literal

_NAMES = {  # columns of words, by field
    "is_verified": ("status", "state", "reviewstatus", "reviewstate", "approvalstatus", "verificationstatus", "review"),
    "is_ai_generated": ("source", "origin", "createdby", "createdvia", "drawnby", "generatedby", "method", "creationmethod"),
}
_WORDS = {
    "is_verified": ("approved", "verified", "reviewed", "confirmed", "accepted", "done"),
    "is_ai_generated": ("ai", "model", "machine", "ml", "auto", "automatic", "algorithm", "generated", "predicted"),
}
_MOMENTS = {"is_verified": ("verifiedat", "approvedat", "reviewedat", "confirmedat")}
_MOST = 20  # words of a status; a column that holds more is of something else


def judge(making: Making) -> None:
    """Map what is true to a condition on the words that say so."""
    for field, words in _WORDS.items():
        if field in making.lines:
            continue
        for column in _columns(making, field):
            texts = list(dict.fromkeys(making.study.db.values(making.table, column.name).texts))
            said = [text for text in texts if text.strip().lower() in words]
            if said and len(texts) <= _MOST:
                others = ", ".join(map(repr, (text for text in texts if text not in said)))
                making.add(field, _says(making, column, said), _why(said, others), column.name)
                break
        else:
            _stamp(making, field)


def _columns(making: Making, field: str) -> Iterator[Column]:
    """Columns that are named as the field and hold words, then those that may be about it."""
    refused = [making.table.columns[c] for c in making.fields.refused if making.fields.meant.get(c) == field]
    for column in (*refused, *making.table.named(*_NAMES[field])):
        if column.kind == "text" and making.takes(column.name) is None:
            yield column


def _says(making: Making, column: Column, words: list[str]) -> str:
    name = making.study.db.quote(column.name)
    if len(words) == 1:
        return f"{name} = {literal(words[0])}"
    return f"{name} in ({', '.join(map(literal, words))})"


def _why(said: list[str], others: str) -> str:
    return f"look: {', '.join(map(repr, said))} {'says' if len(said) == 1 else 'say'} yes" + (
        f", {others} no" if others else ""
    )


def _stamp(making: Making, field: str) -> None:
    """A point in time says that it happened."""
    column = next(iter(making.table.named(*_MOMENTS.get(field, ()))), None)
    if column is not None and making.takes(column.name) is None:
        making.add(field, f"{making.study.db.quote(column.name)} is not null", f"{column.name} says when", column.name)
