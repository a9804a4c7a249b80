"""The order in which the characters of a line are shown (Unicode Standard Annex 9): runs of one direction, from left to right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from bidi import algorithm

_ISOLATES = str.maketrans(
    "\u2066\u2067\u2068\u2069", "\u202a\u202b\u202a\u202c"
)  # as embeddings, which are what is known there
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_UNSEEN = str.maketrans("", "", "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e")


def is_right_to_left(text: str) -> bool:
    """Whether a paragraph begins at the right: by its first letter (rules P2 and P3)."""
    return bool(algorithm.get_base_level(text))


def runs(text: str, *, rtl: bool) -> Iterator[tuple[str, bool]]:
    """The runs of one line as they are seen, each with its text in the order of reading, and whether that goes leftwards.

    :param rtl: whether its paragraph does. Marks that only direct are left out.
    """
    text = text.translate(_ISOLATES)
    found = [(level, "".join(text[i] for i, _ in group)) for level, group in groupby(_levels(text, rtl), itemgetter(1))]
    highest = max((level for level, _ in found), default=0)
    for least in range(highest, 0, -1):  # rule L2
        found = list(_reversed_from(found, least))
    for level, part in found:
        if shown := part.translate(_UNSEEN):
            yield shown, level % 2 == 1


def _levels(text: str, rtl: bool) -> Iterator[tuple[int, int]]:
    """Each character by its place, and how deep it lies; one that has no direction of its own lies as deep as that before it."""
    storage = algorithm.get_empty_storage()
    storage |= {"base_level": int(rtl), "base_dir": "LR"[rtl]}
    algorithm.get_embedding_levels(text, storage)
    placed: list[dict[str, Any]] = [each | {"place": place} for place, each in enumerate(storage["chars"])]
    storage["chars"] = placed
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _resolve_brackets(placed, "LR"[rtl])
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    known = {each["place"]: each["level"] for each in storage["chars"]}
    level = int(rtl)
    ends = len(text.rstrip())  # blanks at the end of a line lie as deep as the paragraph (rule L1)
    for place in range(len(text)):
        level = known.get(place, level) if place < ends else int(rtl)
        yield place, level


def _resolve_brackets(characters: Sequence[dict[str, Any]], base: str) -> None:
    """Let both brackets of a pair go with what they enclose, or with what they stand in (rule N0, which the algorithm lacks)."""
    opened: list[int] = []
    for place, each in enumerate(characters):
        if each["type"] == "ON" and each["ch"] in _BRACKETS:
            opened.append(place)
        elif each["type"] == "ON" and opened and each["ch"] == _BRACKETS[characters[opened[-1]]["ch"]]:
            begin = opened.pop()
            inside = {_strong(other) for other in characters[begin + 1 : place]} - {""}
            if inside:
                before = next(filter(None, map(_strong, reversed(characters[:begin]))), base)
                direction = base if base in inside or before == base else before
                characters[begin]["type"] = each["type"] = direction


def _strong(character: dict[str, Any]) -> str:
    """The direction of a character; numbers count as going leftwards here."""
    return "R" if character["type"] in ("AN", "EN") else character["type"] if character["type"] in ("L", "R") else ""


def _reversed_from(runs: list[tuple[int, str]], least: int) -> Iterator[tuple[int, str]]:
    """The runs with each sequence that lies so deep in reverse."""
    for deep, group in groupby(runs, lambda run: run[0] >= least):
        part = list(group)
        yield from reversed(part) if deep else part
