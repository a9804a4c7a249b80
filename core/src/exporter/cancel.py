"""Stopping a run from outside: from a signal handler, another thread, or a host's own button."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from exporter.errors import Cancelled


class Cancel:
    """A request to stop. Long statements register what interrupts them, so that it works inside a statement, too."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._interrupts: list[Callable[[], object]] = []
        self._leftovers: list[Callable[[], object]] = []
        self.settled = False  # once the artifact is being published, who asks to stop comes too late

    @property
    def requested(self) -> bool:
        """Whether someone asked to stop."""
        return self._event.is_set()

    def request(self) -> None:
        """Ask to stop. Safe in a signal handler and from any thread; asking twice is asking once."""
        self._event.set()
        for interrupt in tuple(self._interrupts):
            with contextlib.suppress(Exception):  # whatever fails here, the flag is seen at the next batch
                interrupt()

    def check(self) -> None:
        """Stop here if that was asked for.

        :raises Cancelled: when it was.
        """
        if self._event.is_set():
            raise Cancelled("Stopped on request; nothing was published.")

    def abandon(self) -> None:
        """Remove what the run would leave behind, for who is about to end the process without waiting for it."""
        for remove in reversed(self._leftovers):
            remove()

    @contextlib.contextmanager
    def leaving(self, remove: Callable[[], object]) -> Iterator[None]:
        """While this is open, there is something that `abandon()` has to remove."""
        self._leftovers.append(remove)
        try:
            yield
        finally:
            self._leftovers.remove(remove)

    @contextlib.contextmanager
    def interrupting(self, interrupt: Callable[[], object]) -> Iterator[None]:
        """While this is open, a request also calls `interrupt`."""
        self._interrupts.append(interrupt)
        try:
            yield
        finally:
            self._interrupts.remove(interrupt)
