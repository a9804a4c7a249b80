"""Filters as a user gives them: the family's own and those that a host adds, read once for every face."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from exporter.errors import InputError, nearest
from exporter.options import fields, option, structure
from exporter.source import Source


def host_class(source: Source) -> type[Any]:
    """The source's own filters as an options class, for flags, schema and form."""
    made = {name: _field(f.type, f.help) for name, f in source.filters.items()}
    cls: type[Any] = attrs.make_class("HostFilters", made, frozen=True)
    return cls


def _field(kind: type[Any], help: str) -> Any:
    field = option(default=None, help=help)
    field.type = kind | None
    return field


def parse_filters(source: Source, given: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The family's filters as an instance, and the values of the source's own by name.

    :raises InputError: for a name that neither family nor source knows, with the nearest named, or a value that does not fit.
    """
    given = {name.replace("-", "_"): value for name, value in given.items()}
    family = fields(source.family.filters)
    for name in given:
        if name not in family and name not in source.filters:
            known = {*family, *source.filters}
            message = (
                f"There is no filter '{name}' for {source.family.name} or source '{source.name}'. {nearest(name, known)}"
            )
            raise InputError(message.rstrip(), hint=f"Known filters: {', '.join(sorted(known))}.")
    own = structure(host_class(source), {n: v for n, v in given.items() if n in source.filters}, what="filter")
    values = {n: v for n in source.filters if (v := getattr(own, n)) is not None}
    return structure(
        source.family.filters, {n: v for n, v in given.items() if n not in source.filters}, what="filter"
    ), values
