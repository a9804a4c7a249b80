"""SQLite's library in a process that is ours alone."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from importlib.machinery import PathFinder

_MEMSTATUS = 9  # SQLITE_CONFIG_MEMSTATUS (https://sqlite.org/c3ref/c_config_covering_index_scan.html)


def unmeter() -> None:
    """Let pysqlite3's library not count the bytes that it holds: nobody asks, and all threads wait for one lock to count.

    With two readers an export takes a sixth less time. It is of use before the library begins, and in a process of whose
    other parts none would ask: so the command line calls it, and nobody else does.
    """
    if "pysqlite3" in sys.modules:
        return
    package = PathFinder.find_spec("pysqlite3")
    library = PathFinder.find_spec("_sqlite3", package.submodule_search_locations) if package is not None else None
    if library is not None and library.origin is not None:
        with contextlib.suppress(OSError, AttributeError):  # another build may keep the function to itself
            ctypes.CDLL(library.origin).sqlite3_config(_MEMSTATUS, 0)
