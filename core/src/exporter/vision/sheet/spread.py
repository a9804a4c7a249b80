"""Some of many things, evenly over their places, chosen while they go by."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")
_KEPT = 600


class Spread(Generic[T]):
    """Every so many-th of the things that were added, and the last: ever fewer of ever more, so that memory stays flat."""

    def __init__(self, kept: int = _KEPT) -> None:
        self.count = 0
        self._most = 2 * kept
        self._step = 1
        self._kept: list[T] = []
        self._last: T | None = None

    def add(self, thing: T) -> None:
        """One more."""
        if self.count % self._step == 0:
            self._kept.append(thing)
        self.count += 1
        self._last = thing
        if len(self._kept) == self._most:
            del self._kept[1::2]
            self._step *= 2

    def chosen(self, number: int) -> list[T]:
        """So many or fewer: the first, the last, and those nearest to even steps between."""
        if self.count <= number or number < 2:
            return self._kept[:number]
        apart = (self.count - 1) / (number - 1)
        places = [min(round(i * apart / self._step), len(self._kept) - 1) for i in range(number - 1)]
        assert self._last is not None
        return [*(self._kept[place] for place in places), self._last]
