"""The clock of a run. SOURCE_DATE_EPOCH stops it (reproducible-builds.org), so that the same data gives the same bytes."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

from exporter.errors import InputError

Clock = Callable[[], dt.datetime]


def clock_from_environment() -> Clock:
    """The time in UTC, or the one moment that SOURCE_DATE_EPOCH gives in seconds since 1970.

    :raises InputError: when the variable holds anything else.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if not fixed:
        return lambda: dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromtimestamp(int(fixed), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise InputError(f"SOURCE_DATE_EPOCH is '{fixed}', which is not a number of seconds since 1970.") from None
    return lambda: moment
