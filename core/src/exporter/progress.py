"""How far a run is. Core counts rows; whoever shows them registers as a listener."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs


@attrs.define
class Progress:
    """A count of rows read, of a total that is known after the rows were counted.

    :param listener: called with this object at most ten times a second, and at each stage.
    """

    listener: Callable[[Progress], None] | None = None
    stage: str = ""
    total: int = 0
    done: int = 0
    started: float = attrs.field(factory=time.monotonic)
    born: float = attrs.field(factory=time.monotonic)
    _told: float = 0.0

    def begin(self, stage: str, total: int = 0) -> None:
        """A new stage; rows are counted from zero."""
        self.stage, self.total, self.done, self.started = stage, total, 0, time.monotonic()
        self._tell()

    def advance(self, rows: int) -> None:
        """So many rows more."""
        self.done += rows
        if self.listener is not None and time.monotonic() - self._told > 0.1:
            self._tell()

    @property
    def rate(self) -> float:
        """Rows a second in this stage."""
        return self.done / max(time.monotonic() - self.started, 1e-6)

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end of this stage at this rate, or None where the total is not known."""
        return (self.total - self.done) / self.rate if self.total > self.done > 0 else None

    def _tell(self) -> None:
        if self.listener is not None:
            self._told = time.monotonic()
            self.listener(self)
