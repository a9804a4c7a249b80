"""Conditions in the order of their groups, whatever order the source has them in: what comes early waits in a file in scratch."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from typing import IO

import attrs

from exporter.takeoff.data import Condition, Row, Takeoff


@attrs.define(eq=False)
class Regrouped:
    """The conditions of a takeoff with their measurements, in another order than the source's.

    Memory grows with conditions alone; where the order is the source's, nothing is kept in the file.

    :param order: all conditions, in the order in which they are asked for.
    """

    takeoff: Takeoff
    order: Sequence[Condition]
    _file: IO[bytes]
    _kept: dict[int, list[int]] = attrs.field(factory=dict, init=False)  # where batches begin, by the condition's number

    def __iter__(self) -> Iterator[tuple[Condition, Iterator[list[Row]]]]:
        """Each condition with its batches, which are read before the next is asked for."""
        wanted = iter(self.order)
        due = next(wanted, None)
        for condition, batches in self.takeoff.by_condition():
            if condition is not due:
                self._kept[condition.number] = [self._keep(rows) for rows in batches]
                continue
            yield condition, batches
            due = next(wanted, None)
            while due is not None and due.number in self._kept:
                yield due, self._read(self._kept.pop(due.number))
                due = next(wanted, None)

    def _keep(self, rows: list[Row]) -> int:
        at = self._file.seek(0, 2)
        marshal.dump(rows, self._file)
        return at

    def _read(self, places: Sequence[int]) -> Iterator[list[Row]]:
        for place in places:
            self._file.seek(place)
            yield marshal.load(self._file)  # noqa: S302 - of this run's own scratch
