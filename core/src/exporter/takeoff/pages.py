"""What is measured on each page for each condition, added up while the measurements pass."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import neg

import attrs

from exporter.takeoff.data import Condition, Page, Row, Takeoff, number_of

_NO_PAGE = Page()


@attrs.frozen
class OnPage:
    """What is measured on a page for a condition, in its unit. A page that nobody knows is one without names."""

    page: Page
    condition: Condition
    count: int
    total: float


@attrs.define(eq=False)
class PageTotals:
    """Sums by page and condition; exact, whatever the order. Memory grows with their pairs alone.

    The takeoff's columns must have `page_id` and `quantity`.
    """

    takeoff: Takeoff
    _found: dict[tuple[str, int], list[float]] = attrs.field(factory=dict, init=False)
    _counts: dict[tuple[str, int], int] = attrs.field(factory=dict, init=False)

    def add(self, condition: Condition, rows: Sequence[Row]) -> None:
        """Add measurements of a condition."""
        page, quantity = map(self.takeoff.columns.index, ("page_id", "quantity"))
        self.add_quantities(condition, [row[page] for row in rows], [number_of(row[quantity]) or 0.0 for row in rows])

    def add_quantities(self, condition: Condition, pages: Sequence[str], quantities: Sequence[float]) -> None:
        """Add the quantities of measurements of a condition, with the page of each."""
        by_page: dict[str, list[float]] = {}
        for page, quantity in zip(pages, quantities, strict=True):
            by_page.setdefault(page, []).append(quantity)
        for page, found in by_page.items():
            key = page, condition.number
            self._counts[key] = self._counts.get(key, 0) + len(found)
            self._found[key] = _together(chain(self._found.get(key, ()), found))

    def __iter__(self) -> Iterator[OnPage]:
        """Pages in the order of the source, then what is on none; on each the conditions in theirs."""
        pages = {page.page_id: (place, page) for place, page in reversed([*enumerate(self.takeoff.pages)])}
        last = len(self.takeoff.pages), _NO_PAGE
        for uid, number in sorted(self._counts, key=lambda key: (pages.get(key[0], last)[0], key[1])):
            condition = self.takeoff.conditions[number - 1]
            total = math.fsum(self._found[uid, number])
            yield OnPage(pages.get(uid, last)[1], condition, self._counts[uid, number], total)


def _together(numbers: Iterable[float]) -> list[float]:
    """A few numbers whose sum is exactly that of many: the sum as a double, what that lacks, and so on."""
    given, found = list(numbers), list[float]()
    while rest := math.fsum(chain(given, map(neg, found))):
        found.append(rest)
    return found
