"""The conditions of both projects, and the assemblies that say what they cost, as two lists in CSV have them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import attrs

from exporter_sample.database import Row

_COSTS = ("material", "labour", "equipment", "subcontract", "other", "markup_percent")


@attrs.frozen
class Condition:
    """A condition as its line in the list has it.

    :param id: its place in the list, from 1: the host's key.
    :param project: the host's key of its project.
    :param kind: linear, area, volume or count.
    :param depth: of a volume, in inches.
    :param row: the row of the host's table `conditions`, without total and count.
    """

    id: int
    project: int
    kind: str
    unit: str
    depth: float
    row: Row


@cache
def conditions() -> dict[str, Condition]:
    """The conditions by their keys, in the order of the list: by scope, as work goes on."""
    assemblies = {row[1]: row[0] for row in assembly_rows()}
    return {line["key"]: _condition(id, line, assemblies) for id, line in enumerate(_lines("house_conditions.csv"), 1)}


def assembly_rows() -> Iterator[Row]:
    """Make the rows of the host's table `assemblies`."""
    for id, line in enumerate(_lines("house_assemblies.csv"), 1):
        yield (id, line["code"], line["name"], *(_number(line[cost]) for cost in _COSTS))


def _condition(id: int, line: dict[str, str], assemblies: dict[str, int]) -> Condition:
    about = (
        line["name"],
        line["description"] or None,
        line["scope"],
        line["category"],
        line["kind"],
        line["unit"],
        line["colour"],
    )
    sizes = (_number(line["depth"]), _number(line["thickness"]))
    where = (line["building"] or None, line["zone"] or None, line["level"] or None)
    row = (id, int(line["project"]), assemblies.get(line["assembly"]), *about, *sizes, *where)
    return Condition(id, int(line["project"]), line["kind"], line["unit"], sizes[0] or 0.0, row)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _lines(file: str) -> Iterator[dict[str, str]]:
    with files(__package__).joinpath(file).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
