"""The column that says of what kind an annotation is: a box, a polygon, a mask."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from exporter.mapping.known import Study
from exporter.mapping.look import Column, Database, Table
from exporter.mapping.names import fold
from exporter.mapping.values import reference
from exporter.mapping.vision.words import KIND_WORDS, KINDS

BOXES = ("box", "rotated_box")
OUTLINES = ("polygon", "mask", "")
_MEANT = {word: kind for kind, found in KIND_WORDS.items() for word in found}


@attrs.frozen
class Kinds:
    """A column of kinds.

    :param meant: by the host's word: the family's, or empty for a word that may mean a polygon or a mask. Others are missing.
    :param words: all that were seen.
    """

    column: Column
    meant: Mapping[str, str]
    words: tuple[str, ...]

    def of(self, *kinds: str) -> list[str]:
        """The host's words that mean one of these."""
        return [word for word in self.words if self.meant.get(word) in kinds]

    def condition(self, db: Database, words: list[str]) -> str:
        """That a row is of one of these."""
        return f"{db.quote(self.column.name)} in ({', '.join(map(_text, words))})"

    def sql(self, db: Database) -> str:
        """The kind in the family's words; one that the family does not know stays as it is."""
        other = [(word, self.meant[word]) for word in self.words if self.meant.get(word, word) != word]
        if not other:
            return reference(db, self.column.name)
        name = db.quote(self.column.name)
        name = f"cast({name} as text)" if db.dialect == "postgresql" else name  # an enumeration takes no other words
        cases = " ".join(f"when {_text(word)} then {_text(kind) if kind else 'null'}" for word, kind in other)
        return f"case {name} {cases} else {name} end"

    @property
    def why(self) -> str:
        """What to say of it."""
        strange = [word for word in self.words if word not in self.meant]
        return f"{', '.join(strange)}: no kind that formats know, counted and left out" if strange else "by its values"


def kinds_of(study: Study, table: Table) -> Kinds | None:
    """The column of kinds: most of its words are known as such."""
    for name in KINDS:
        column = next((c for c in table.columns.values() if fold(c.name) == name and c.kind == "text"), None)
        words = tuple(sorted(set(study.db.values(table, column.name).texts))) if column is not None else ()
        meant = {word: _MEANT[fold(word)] for word in words if fold(word) in _MEANT}
        if column is not None and words and len(meant) * 2 >= len(words):
            return Kinds(column, meant, words)
    return None


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
