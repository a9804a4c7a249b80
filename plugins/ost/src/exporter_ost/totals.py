"""Sums that lose nothing on the way."""

from __future__ import annotations


class Sums:
    """How many quantities passed, and what they come to (Neumaier 1974: as exact as if it were rounded once, or nearly).

    :ivar count: how many. :ivar amount: the sum of what they are without sign.
    """

    def __init__(self) -> None:
        self.count = 0
        self.amount = 0.0
        self._sum = 0.0
        self._lost = 0.0

    def add(self, quantity: float | None) -> None:
        """Add the quantity of one item; None where it is no finite number."""
        self.count += 1
        if quantity is None:
            return
        self.amount += abs(quantity)
        total = self._sum + quantity
        large, small = (self._sum, quantity) if abs(self._sum) >= abs(quantity) else (quantity, self._sum)
        self._lost += (large - total) + small
        self._sum = total

    @property
    def total(self) -> float:
        """Their sum."""
        return self._sum + self._lost
