"""Words that are known: `vocabularies.csv` has our own lists of what GBIF's vocabularies and parsers know.

Codes of countries are those of ISO 3166-1 (Kosovo's is the usual one); their names are English, native and some others.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib.resources import files

_USUAL = 8  # words of a concept that the database is asked about; few, because it compares each row with them
_SIGNS = "♀♂⚥"
_SUPERSCRIPTS = str.maketrans("²³", "23")


def normal(text: str) -> str:
    """The letters, digits and signs of sex in a text, without accents and in capitals."""
    text = unicodedata.normalize("NFKD", text.translate(_SUPERSCRIPTS))
    return "".join(c for c in text if c.isalnum() or c in _SIGNS).upper()


@cache
def _labels(vocabulary: str) -> tuple[tuple[str, str], ...]:
    """The words of a vocabulary as they are written, each with its concept."""
    found = []
    with files(__package__).joinpath("vocabularies.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["vocabulary"] == vocabulary:
                words = [row["concept"]] if vocabulary == "country" else []
                found += [(word, row["concept"]) for word in (*words, *row["labels"].split("|"))]
    return tuple(found)


@cache
def concepts(vocabulary: str) -> dict[str, str]:
    """The concept of each word of a vocabulary, the words as `normal` makes them."""
    return {normal(word): concept for word, concept in _labels(vocabulary)}


def concept(vocabulary: str, text: str) -> str | None:
    """The concept that a text names, or None."""
    return concepts(vocabulary).get(normal(text))


def spellings(term: str) -> tuple[str, ...]:
    """The first words of each concept of a term's vocabulary, as they are usually written; others may name the same."""
    if term == "countryCode":
        return tuple(sorted({code for _, code in _labels("country")}))
    first: dict[str, list[str]] = {}
    for word, concept in _labels(term):
        first.setdefault(concept, []).append(word)
    return tuple(word for words in first.values() for word in words[:_USUAL])
