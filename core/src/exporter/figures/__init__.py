"""What figures of all formats share. matplotlib is imported when one is drawn."""

from __future__ import annotations

from exporter.errors import InputError


def require(distribution: str) -> None:
    """See that matplotlib is there.

    :param distribution: whose extra `figures` brings it.
    :raises InputError: when it is not.
    """
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise InputError(
            "A figure is drawn by matplotlib, which is not installed.", hint=f"pip install '{distribution}[figures]'"
        )
