"""Identifiers that stand more than once, in eight bytes for each: what is equal there is looked up in a second reading."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

_PARTITIONS = 64  # each is sorted by itself, so that few numbers are objects at once


class Identifiers:
    """The identifiers of a file, as they pass."""

    def __init__(self) -> None:
        self._hashes = [array("q") for _ in range(_PARTITIONS)]

    def add(self, text: str) -> None:
        """Note one."""
        number = hash(text)
        self._hashes[number % _PARTITIONS].append(number)

    def suspects(self) -> set[int]:
        """What several identifiers have in common; nearly always they are the same."""
        found: set[int] = set()
        for part in self._hashes:
            ordered = sorted(part)
            found.update(one for one, other in pairwise(ordered) if one == other)
        return found


def repeated(suspects: set[int], texts: Iterable[str]) -> dict[str, int]:
    """The identifiers that stand more than once among the texts, with how often they do again."""
    counts = Counter(text for text in texts if hash(text) in suspects)
    return {text: count - 1 for text, count in counts.items() if count > 1}
