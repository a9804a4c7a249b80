"""What can be wrong with an archive: each flag with its level, its rule and where the rule comes from.

GBIF's flags have GBIF's names. What only we look at has names of ours, and says so in `source`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

import attrs

from exporter.report import Level

_ORDER = (
    "of_archives",
    "dates",
    "places",
    "countries",
    "words",
    "links",
    "lineage",
    "measures",
    "surveys",
    "of_packages",
    "of_changes",
    "of_runs",
)


@attrs.frozen
class Flag:
    """One thing that can be wrong.

    :param code: GBIF's name of it, or ours.
    :param message: what a finding says; without the full stop.
    :param rule: when it is raised, exactly.
    :param source: who makes the rule: GBIF's ingestion, its validator, the Darwin Core text guide, ours and why.
    """

    code: str
    level: Level
    message: str
    rule: str
    source: str


def catalogue() -> list[tuple[str, tuple[Flag, ...]]]:
    """The flags in groups, each with its title, as the manual lists them: those of each module that has `FLAGS`."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    names.sort(key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return [((m.__doc__ or m.__name__).partition("\n")[0], m.FLAGS) for m in modules if hasattr(m, "FLAGS")]
