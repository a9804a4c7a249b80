"""Names as people write them in databases: `deploymentID`, `deployment_id`, `Deployment Id` are one."""

from __future__ import annotations

import re

from exporter.records.schema import snake

_PLURALS = {
    "taxa": "taxon",
    "media": "media",
    "species": "species",
    "people": "person",
    "genera": "genus",
    "series": "series",
}


def fold(name: str) -> str:
    """A name without case, blanks and underscores."""
    return re.sub(r"[\W_]+", "", name).lower()


def words(name: str) -> list[str]:
    """The words of a name in lower case."""
    return [w for w in snake(name).split("_") if w]


def singular(word: str) -> str:
    """One of what a table is named after."""
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(ss|x|ch|sh)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def noun(table: str) -> str:
    """What a row of a table is: `app_SamplingEvents` is of `event`s."""
    return singular(words(table)[-1]) if words(table) else ""


def nouns(table: str) -> tuple[str, ...]:
    """The same with the words before it joined on, the longest first: samplingevent, event."""
    parts = words(table)
    if not parts:
        return ()
    parts[-1] = singular(parts[-1])
    return tuple("".join(parts[i:]) for i in range(len(parts)))


def without_id(name: str) -> str:
    """What a column that refers to something refers to: `determination_id` to a determination."""
    parts = words(name)
    return "_".join(parts[:-1] if len(parts) > 1 and parts[-1] in ("id", "uuid", "uid", "key", "fk") else parts)
