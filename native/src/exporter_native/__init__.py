"""SQL functions for SQLite that write Exporter's cells, compiled.

`exporter` loads them into the connections that it opens where this package is installed. Nobody else needs to call anything here.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

INTERFACE = 3
"""The functions and what they take; `exporter` takes no other than the one it knows."""


def load(connection: Any) -> bool:
    """Give a connection of a driver such as pysqlite3 the functions.

    Never call it for two SQLite libraries in one process: the functions know but one.

    :returns: whether it has them; a driver may be built without the means to load anything.
    """
    library = find_spec("exporter_native._functions")
    if library is None or library.origin is None or not hasattr(connection, "enable_load_extension"):
        return False
    connection.enable_load_extension(True)
    try:
        connection.load_extension(library.origin)
    finally:
        connection.enable_load_extension(False)
    return True
