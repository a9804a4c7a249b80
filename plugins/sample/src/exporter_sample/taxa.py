"""A small backbone of insects, from the kingdom down to real species that come to light in four countries."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files

import attrs

RANKS = ("KINGDOM", "PHYLUM", "CLASS", "ORDER", "FAMILY", "GENUS")
_ROOT = ("Animalia", "Arthropoda", "Insecta")


@attrs.frozen
class Taxon:
    """A taxon with its place in the backbone.

    :param lineage: the names from the kingdom down to the genus, the taxon's own included, None below its rank.
    :param epithet: the second word of a species' name.
    :param countries: ISO codes of the countries where the sample finds it; empty above species.
    """

    id: int
    parent_id: int | None
    name: str
    rank: str
    lineage: tuple[str | None, ...]
    common_name: str | None = None
    epithet: str | None = None
    countries: tuple[str, ...] = ()

    @property
    def row(self) -> tuple[int | str | None, ...]:
        """The row of the host's table `taxa`."""
        return (self.id, self.parent_id, self.name, self.rank, self.common_name, *self.lineage, self.epithet)


def backbone() -> list[Taxon]:
    """Every taxon, parents before children; ids count from 1."""
    found: dict[tuple[str, ...], Taxon] = {}
    for species in _species():
        path = (*_ROOT, species["order"], species["family"], species["genus"])
        for depth in range(1, len(path) + 1):
            if path[:depth] not in found:
                found[path[:depth]] = _above(path[:depth], found)
        name = f"{species['genus']} {species['epithet']}"
        found[*path, name] = Taxon(
            id=len(found) + 1,
            parent_id=found[path].id,
            name=name,
            rank="SPECIES",
            lineage=path,
            common_name=species["common_name"],
            epithet=species["epithet"],
            countries=tuple(species["countries"].split()),
        )
    return list(found.values())


def _above(path: tuple[str, ...], found: dict[tuple[str, ...], Taxon]) -> Taxon:
    parent = found[path[:-1]].id if len(path) > 1 else None
    lineage = (*path, *[None] * (len(RANKS) - len(path)))
    return Taxon(len(found) + 1, parent, path[-1], RANKS[len(path) - 1], lineage)


def _species() -> Iterator[dict[str, str]]:
    with files(__package__).joinpath("taxa.csv").open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
