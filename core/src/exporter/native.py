"""The compiled functions of exporter-native, where it is installed: SQLite writes the same cells in less time.

They are loaded into connections that we open ourselves, never into those of a host. Whoever makes an expression asks `served()`,
and has another in SQLite's own words for where they are not.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

INTERFACE = 3  # of the functions that are known here
MOST_CELLS = 100  # of a line: older SQLites take no more than 127 arguments


def load(driver: Any) -> None:
    """Give a driver's new connection the functions, if they are there.

    Whatever the driver raises where this machine cannot load them.
    """
    try:
        import exporter_native
    except ImportError:
        return
    if exporter_native.INTERFACE == INTERFACE:
        exporter_native.load(driver)


def served(connection: Connection) -> bool:
    """Whether a connection has them."""
    if connection.dialect.name != "sqlite":
        return False
    known: bool | None = connection.info.get("exporter.native")
    if known is None:
        known = any(row[0] == "exporter_line" for row in connection.exec_driver_sql("pragma function_list"))
        connection.info["exporter.native"] = known
    return known
