"""What is installed: formats, sources and extensions, found by entry point and imported only when asked for.

One broken plugin breaks nothing but itself. Two distributions that claim one name are an error that names both.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from exporter.entrypoints import EntryPoint, entry_points
from exporter.errors import InputError, PluginError, unknown

if TYPE_CHECKING:
    from exporter.format import Format

FORMATS = "exporter.formats"
SOURCES = "exporter.sources"
EXTENSIONS = "exporter.extensions"
SAMPLES = {  # of exporter-sample, by family
    "biodiversity": "sample:insects",
    "vision": "sample:street",
    "takeoff": "sample:house",
}


@attrs.frozen
class Installed:
    """A name that a distribution claims.

    :param error: why it cannot be used, or empty.
    """

    name: str
    distribution: str
    version: str
    plugin: Any = None
    error: str = ""


def installed(group: str) -> list[Installed]:
    """Everything in an entry-point group, imported, in name order; what is broken says why."""
    points = _points(group)
    return [_load(point, points) for point in sorted(points, key=lambda p: p.name)]


def find(group: str, kind: str, name: str) -> Any:
    """The plugin object that an entry point names.

    :raises InputError: when no distribution claims the name, or two do.
    :raises PluginError: when it cannot be imported.
    """
    points = _points(group)
    claims = [p for p in points if p.name == name]
    if not claims:
        raise unknown(kind, name, {p.name for p in points})
    found = _load(claims[0], points)
    if found.error:
        error = InputError if len(claims) > 1 else PluginError
        raise error(f"The {kind} '{name}' cannot be used: {found.error}")
    return found.plugin


def find_format(name: str) -> tuple[Format[Any], Mapping[str, Any]]:
    """The format called `name`, and the options that an alias sets.

    :raises InputError: for a name that is neither format nor alias, with the nearest named.
    :raises PluginError: when its plugin is broken.
    """
    names = {p.name for p in _points(FORMATS)}
    if name in names:
        return instance(find(FORMATS, "format", name), name), {}
    usable = [f for f in installed(FORMATS) if not f.error]
    claims = [f for f in usable if name in f.plugin.aliases]
    if len(claims) > 1:
        both = " and ".join(f"{f.name} of {f.distribution}" for f in claims)
        raise InputError(f"The alias '{name}' is claimed by {both}.", hint="Name the format itself.")
    if not claims:
        makers = [f.name for f in usable if f.plugin.extension == name.lower().lstrip(".")]
        if makers:
            raise InputError(f"There is no format '{name}'; such files are made by: {', '.join(makers)}.")
        raise unknown("format", name, {*names, *(a for f in usable for a in f.plugin.aliases)})
    return instance(claims[0].plugin, claims[0].name), claims[0].plugin.aliases[name]


def format_of_file(file: Path) -> Format[Any]:
    """The installed format that a file looks like: by `recognises`, and by `resembles` where none recognises it.

    A format that looks into files goes before one that knows its own by their names alone.

    :raises InputError: when none or several do.
    """
    usable = [instance(f.plugin, f.name) for f in installed(FORMATS) if not f.error]
    checking = [f for f in usable if hasattr(f, "exporter_check")]
    found = [f for f in checking if f.recognises(file)]
    found = [f for f in found if not f.knows_by_name(file)] or found or [f for f in checking if f.resembles(file)]
    if len(found) != 1:
        names = ", ".join(f.name for f in found or checking)
        raise InputError(
            f"{file} may be of several formats." if found else f"No format knows what {file} is.",
            hint=f"Say which with --format: {names}.",
        )
    return found[0]


def instance(found: Any, name: str) -> Format[Any]:
    """A format from what its entry point names: the class, made into an instance.

    :raises PluginError: when it is no Format, or lacks what a format needs.
    """
    from exporter.format import Format

    if not (isinstance(found, type) and issubclass(found, Format)):
        raise PluginError(f"The format '{name}' is {found!r}, not a subclass of exporter.Format.")
    missing = [a for a in ("name", "title", "extension", "exporter_query", "exporter_serialize") if not hasattr(found, a)]
    if missing:
        raise PluginError(f"The format '{name}' lacks {', '.join(missing)}.")
    return found()


@functools.cache
def _points(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of a group: every installed distribution is looked at, once in a process."""
    return tuple(entry_points(group))


def _load(point: EntryPoint, points: tuple[EntryPoint, ...]) -> Installed:
    distribution, version = point.distribution, point.version
    rivals = sorted({p.distribution for p in points if p.name == point.name})
    if len(rivals) > 1:
        return Installed(
            point.name, distribution, version, error=f"claimed by {' and '.join(rivals)}; uninstall one of them"
        )
    try:
        plugin = point.load()
        if point.group == FORMATS:
            instance(plugin, point.name)
    except PluginError as error:
        return Installed(point.name, distribution, version, error=error.message)
    except (Exception, SystemExit) as error:  # whatever a stranger's module raises on import
        return Installed(point.name, distribution, version, error=f"{type(error).__name__}: {error}")
    return Installed(point.name, distribution, version, plugin)
