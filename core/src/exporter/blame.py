"""Whose fault an exception is that somebody else's code raises."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from exporter.errors import ExporterError, PluginError, ReadAgainError


@contextlib.contextmanager
def blamed(what: str) -> Iterator[None]:
    """What goes wrong inside becomes an error that names the plugin; what is nobody's or the database's fault passes.

    :param what: who failed in what: `Plugin 'x' failed in exporter_query`.
    :raises PluginError: for any other exception.
    """
    from sqlalchemy.exc import DBAPIError

    from exporter.database import is_driver_error

    try:
        yield
    except ReadAgainError as error:
        raise PluginError(f"{what}: {error.message}", hint=error.hint) from error
    except (ExporterError, OSError, MemoryError, DBAPIError):
        raise
    except (Exception, SystemExit) as error:  # a plugin that ends the program would end it with its own exit code
        if is_driver_error(error):
            raise
        raise PluginError(f"{what}: {type(error).__name__}: {error}") from error
