"""SQL that takes something out of a JSON text, in the words of each database. What is no JSON gives NULL, but on PostgreSQL."""

from __future__ import annotations

import re

import attrs

from exporter.mapping.look import Column, Database
from exporter.mapping.values import joined, reference

Path = tuple[int | str, ...]


@attrs.frozen
class Json:
    """A column that holds JSON.

    :param bare: whether its arrays are written without brackets: `1,2,3`.
    """

    db: Database
    column: Column
    bare: bool = False

    @property
    def text(self) -> str:
        """The column as JSON text, with brackets."""
        quoted = self.db.quote(self.column.name)
        if self.bare:
            return joined(self.db, "'['", quoted, "']'")
        return f"cast({quoted} as text)" if self.column.kind == "json" and self.db.dialect == "postgresql" else quoted

    @property
    def line(self) -> str:
        """The same as exporter.toml takes it: by its plain name, where that is all."""
        return reference(self.db, self.column.name) if self.text == self.db.quote(self.column.name) else self.text

    def item(self, path: Path) -> str:
        """What stands at a place, as text."""
        if self.db.dialect == "postgresql":
            quoted = self.db.quote(self.column.name)
            text = quoted if self.column.kind == "json" else self.text if self.bare else f"nullif({quoted}, '')"
            return f"(cast({text} as jsonb) #>> '{{{','.join(map(_quoted, path))}}}')"
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{_quoted(step)}" for step in path)
        function = "json_extract" if self.db.dialect == "sqlite" else "json_value"
        return f"{function}({self.text}, '${steps}')"

    def number(self, path: Path) -> str:
        """The number that stands at a place."""
        types = {"postgresql": "double precision", "mysql": "double"}
        return f"cast({self.item(path)} as {types[self.db.dialect]})" if self.db.dialect in types else self.item(path)

    def where(self, sql: str, *conditions: str) -> str:
        """What was taken out, in rows where that can be done and these conditions hold; else NULL."""
        valid = () if self.db.dialect == "postgresql" else (f"json_valid({self.text})",)
        needed = " and ".join((*conditions, *valid))
        return f"case when {needed} then {sql} end" if needed else sql


def _quoted(step: int | str) -> str:
    return str(step) if re.fullmatch(r"\w+", str(step)) else f'"{step}"'
