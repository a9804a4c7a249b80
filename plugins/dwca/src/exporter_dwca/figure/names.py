"""Scientific names in type: the Latin of a genus and what is below it in italics, all else upright."""

from __future__ import annotations

import re
from itertools import groupby, pairwise

# The codes of nomenclature recommend italics for genera and below; for higher ranks they leave it, and zoology prints them upright.
_ITALIC_RANKS = re.compile(
    "(sub)?(genus|section|series|species|variety|form)|infraspecies|infraspecificname|(species)?aggregate"
)
_HIGHER = re.compile(
    ".*(idae|inae|oidea|aceae|oideae|ales|ptera|formes|phyta|mycetes|mycota|opsida|phyceae|viridae|virales)"
)
_GENUS = re.compile(r"[×]?[A-ZÀ-Þ][a-zà-ÿ-]+")
_SUBGENUS = re.compile(r"\([A-Z][a-z-]+\)")
_EPITHET = re.compile(r"[×]?[a-zà-ÿ-]{2,}…?")
_RANK_MARKS = frozenset(["subsp.", "ssp.", "var.", "subvar.", "f.", "fo.", "forma", "ab."])
_ABBREVIATED = frozenset(("sp", "spp", "ssp", "subsp", "cf", "aff", "nr", "agg", "var", "ex", "et", "in", "and"))
_PARTICLES = frozenset(("de", "da", "do", "du", "des", "der", "den", "del", "von", "van", "la", "le"))  # of authors


def pieces(name: str, rank: str = "") -> list[tuple[str, bool]]:
    """A name in pieces, each with whether it is set in italics; joined by blanks they are the name."""
    words = name.split()
    if not words or not _is_latin(words, rank):
        return [(" ".join(words), False)] if words else []
    marked = [(words[0], True)]
    for before, word in pairwise(words):
        authored = any(not italic and w.lstrip("(")[:1].isupper() for w, italic in marked) and before not in _RANK_MARKS
        marked.append((word, _is_italic(word, first=len(marked) == 1, authored=authored, rest=len(words) > 2)))
    return [(" ".join(w for w, _ in run), italic) for italic, run in groupby(marked, key=lambda each: each[1])]


def _is_latin(words: list[str], rank: str) -> bool:
    known = re.sub(r"[\W_]", "", rank.casefold())
    if known and not _ITALIC_RANKS.fullmatch(known):
        return False
    higher = not known and len(words) == 1 and _HIGHER.fullmatch(words[0])
    return bool(_GENUS.fullmatch(words[0])) and not higher


def _is_italic(word: str, *, first: bool, authored: bool, rest: bool) -> bool:
    if authored:
        return False
    if first and rest and _SUBGENUS.fullmatch(word):
        return True
    return bool(_EPITHET.fullmatch(word)) and word not in _ABBREVIATED | _PARTICLES
