"""Who reads: the connection of the run, or several connections to the same moment with a thread each.

A reader gets data and nothing else: a statement and the keys between which to read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

if TYPE_CHECKING:
    from exporter.moment import Snapshot

T = TypeVar("T")
R = TypeVar("R")


@attrs.frozen(eq=False)
class Readers:
    """The driver's connections that a run reads with at once.

    :param connections: each at the same moment. Where there is but one, it is that of the run itself.
    """

    connections: tuple[Any, ...]
    _free: SimpleQueue[Any] = attrs.field(factory=SimpleQueue, init=False)

    def __attrs_post_init__(self) -> None:
        for connection in self.connections:
            self._free.put(connection)

    @classmethod
    def of(cls, opened: Snapshot) -> Readers:
        """Those of a moment: its further connections, or else its own."""
        return cls(opened.readers or (opened.connection.connection.driver_connection,))

    @property
    def way(self) -> str:
        """How a table was read, for the report."""
        many = len(self.connections)
        return "joined by the database" if many == 1 else f"joined by the database, {many} readers"

    def in_order(self, read: Callable[[Any, T], R], tasks: Iterable[T]) -> Generator[R]:
        """What `read` gives for a connection and each of the tasks, in their order; a few are read ahead of who takes them."""
        if len(self.connections) == 1:
            for task in tasks:
                yield read(self.connections[0], task)
            return
        ahead: deque[Future[R]] = deque()
        pool = ThreadPoolExecutor(len(self.connections), "exporter-reader")
        try:
            for task in tasks:
                ahead.append(pool.submit(self._with_a_free_one, read, task))
                if len(ahead) > len(self.connections):
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _with_a_free_one(self, read: Callable[[Any, T], R], task: T) -> R:
        connection = self._free.get()
        try:
            return read(connection, task)
        finally:
            self._free.put(connection)
