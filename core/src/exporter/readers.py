"""Who reads: the connection of the run, or several connections to the same moment with a thread each.

A reader gets data and nothing else: a statement and the keys between which to read.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exporter.moment import Snapshot

_MOMENT = 0.005  # seconds between two looks at what still runs
T = TypeVar("T")
R = TypeVar("R")


@attrs.frozen(eq=False)
class Readers:
    """The connections that a run reads with at once.

    :param connections: each at the same moment. Where there is but one, it is that of the run itself.
    """

    connections: tuple[Connection, ...]
    _free: SimpleQueue[Connection] = attrs.field(factory=SimpleQueue, init=False)
    _busy: set[Connection] = attrs.field(factory=set, init=False)
    _pools: set[ThreadPoolExecutor] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        for connection in self.connections:
            self._free.put(connection)

    @classmethod
    def of(cls, opened: Snapshot) -> Readers:
        """Those of a moment: its further connections, or else its own."""
        return cls(opened.readers or (opened.connection,))

    @property
    def way(self) -> str:
        """How a table was read, for the report."""
        many = len(self.connections)
        return "joined by the database" if many == 1 else f"joined by the database, {many} readers"

    @contextlib.contextmanager
    def beside(self) -> Iterator[Callable[[Callable[[Connection], R]], Future[R]]]:
        """A way to ask something in a thread with a connection of its own; where there is none, it is asked at once."""
        if len(self.connections) == 1:
            yield self._at_once
            return
        with self._pool("exporter-beside") as pool:
            yield lambda ask: pool.submit(self._with_a_free_one, ask)

    def in_order(self, read: Callable[[Any, T], R], tasks: Iterable[T]) -> Generator[R]:
        """What `read` gives for a driver's connection and each task, in their order; a few are read ahead of who takes them."""
        if len(self.connections) == 1:
            for task in tasks:
                yield read(_driver(self.connections[0]), task)
            return
        ahead: deque[Future[R]] = deque()
        with self._pool("exporter-reader") as pool:
            for task in tasks:
                ahead.append(
                    pool.submit(self._with_a_free_one, lambda connection, task=task: read(_driver(connection), task))
                )
                if len(ahead) > len(self.connections):
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def close(self) -> None:
        """End all that still runs, before the connections go: a generator may hold it that nobody has closed."""
        for pool in tuple(self._pools):
            pool.shutdown(wait=False, cancel_futures=True)
        while self._busy:
            for connection in tuple(self._busy):
                _driver(connection).interrupt()
            time.sleep(_MOMENT)
        for pool in tuple(self._pools):
            pool.shutdown()

    @contextlib.contextmanager
    def _pool(self, name: str) -> Iterator[ThreadPoolExecutor]:
        pool = ThreadPoolExecutor(len(self.connections), name)
        self._pools.add(pool)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
            self._pools.discard(pool)

    def _at_once(self, ask: Callable[[Connection], R]) -> Future[R]:
        answered: Future[R] = Future()
        answered.set_result(ask(self.connections[0]))
        return answered

    def _with_a_free_one(self, ask: Callable[[Connection], R]) -> R:
        connection = self._free.get()
        self._busy.add(connection)
        try:
            return ask(connection)
        finally:
            self._busy.discard(connection)
            self._free.put(connection)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
