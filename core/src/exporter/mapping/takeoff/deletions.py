"""Rows that the host keeps and calls deleted: a draft leaves them out."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.mapping import values
from exporter.mapping.drafts import Where
from exporter.mapping.known import Study
from exporter.mapping.look import Column, Table

_FLAGS = {"deleted": ("isdeleted", "deleted", "isremoved", "removed"), "archived": ("isarchived", "archived")}
_MOMENTS = {
    "deleted": ("deletedat", "deletedon", "datedeleted", "deleted", "removedat", "removedon"),
    "archived": ("archivedat", "archivedon", "datearchived", "archived"),
}
_STATUS = ("status", "state", "recordstatus", "lifecycle")
_GONE = {"deleted", "removed", "archived", "trashed"}


def kept(study: Study, table: Table) -> Iterator[Where]:
    """The conditions on the rows that are written."""
    for what, flags in _FLAGS.items():
        found = _flag(study, table, flags) or _moment(study, table, _MOMENTS[what])
        if found is not None:
            column, sql = found
            yield Where(sql, f"rows that {column} says were {what} are none, and nowhere counted", column)
    yield from _status(study, table)


def _status(study: Study, table: Table) -> Iterator[Where]:
    """A status may say so among other things."""
    for column in (c for c in table.named(*_STATUS) if c.kind == "text"):
        texts = dict.fromkeys(study.db.values(table, column.name).texts)
        gone = [text for text in texts if text.strip().lower() in _GONE]
        if gone and len(gone) < len(texts):
            among = ", ".join(map(values.literal, gone))
            sql = f"({study.db.quote(column.name)} in ({among})) is not true"
            yield Where(sql, f"rows whose {column.name} is {among} are none, and nowhere counted", column.name)


def _flag(study: Study, table: Table, names: tuple[str, ...]) -> tuple[str, str] | None:
    """A column that says whether a row is deleted; NULL says no."""
    for column in table.named(*names):
        texts = study.db.values(table, column.name).texts
        if (texts or column.kind == "boolean") and not values.booleans(column, texts):
            yes = values.yes(study.db, table, column, column.name)
            return column.name, f"{yes if yes == study.db.quote(column.name) else f'({yes})'} is not true"
    return None


def _moment(study: Study, table: Table, names: tuple[str, ...]) -> tuple[str, str] | None:
    """A column that says when."""
    column = next(iter(table.named(*names)), None)
    return None if column is None else (column.name, f"{_given(study, table, column)} is null")


def _given(study: Study, table: Table, column: Column) -> str:
    quoted = study.db.quote(column.name)
    if column.kind in ("integer", "number"):  # seconds since 1970; 0 is never
        return f"nullif({quoted}, 0)"
    return f"nullif({quoted}, '')" if study.db.values(table, column.name).blank else quoted
