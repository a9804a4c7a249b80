"""data.yaml as its readers take it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs
import yaml

from exporter.notes import Notes

MOST = 1 << 20  # bytes; whole data sets have a few thousand classes
_LONGEST = 1 << 17  # characters of a name or a path
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SPLITS = {"train": "train", "val": "val", "validation": "val", "test": "test"}


@attrs.define
class Data:
    """What data.yaml says.

    :param names: of the classes by index; None where it does not tell.
    :param splits: what it names for each split, as it stands there.
    :param points: how many key points a pose has, and how many numbers each; None where they are no poses.
    """

    names: list[str] | None = None
    splits: dict[str, list[str]] = attrs.field(factory=dict)
    points: tuple[int, int] | None = None


def read_data(content: bytes, notes: Notes) -> Data:
    """What the bytes of data.yaml say; what is wrong with them is noted."""
    try:
        found = _loaded(content) if len(content) <= MOST else "too long"
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        notes.add("YAML_UNREADABLE", " ".join(str(error).split()))
        return Data()
    if not isinstance(found, dict):
        notes.add("YAML_UNREADABLE", f"it is {type(found).__name__}")
        return Data()
    return Data(_names(found, notes), _splits(found, notes), _points(found, notes))


def _loaded(content: bytes) -> Any:
    """The value of a YAML text, without what makes a short text a long value or a long wait: aliases, and scalars without end.

    :raises yaml.YAMLError: as the loader does.
    """
    for event in yaml.parse(content, _LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("it has aliases")
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > _LONGEST:
            raise yaml.YAMLError(f"a value is longer than {_LONGEST:,} characters")
    return yaml.load(content, _LOADER)  # noqa: S506 - a safe one


def _splits(found: Mapping[Any, Any], notes: Notes) -> dict[str, list[str]]:
    splits: dict[str, list[str]] = {}
    for key, split in _SPLITS.items():
        given = found.get(key)
        places = given if isinstance(given, list) else [given]
        if split not in splits and any(places):
            splits[split] = [str(place) for place in places if place]
    for split in ("train", "val"):
        if split not in splits:
            notes.add("SPLIT_NOT_NAMED", split)
    return splits


def _names(found: Mapping[Any, Any], notes: Notes) -> list[str] | None:
    given, number = found.get("names"), found.get("nc")
    if given is None:
        if isinstance(number, int) and 0 <= number <= MOST:
            return [f"class {index}" for index in range(number)]
        notes.add("NAMES_MISSING")
        return None
    values = _listed(given)
    if values is None:
        notes.add("NAMES_BROKEN", type(given).__name__)
        return None
    if number is not None and number != len(values):
        notes.add("NC_DIFFERS", f"nc: {number}, and {len(values)} names")
    for value in values:
        if not isinstance(value, str):
            notes.add("NAME_NOT_TEXT", repr(value))
    names = [str(value) for value in values]
    for name, count in Counter(name.casefold() for name in names).items():
        if count > 1:
            notes.add("NAME_DUPLICATE", name, count)
    return names


def _listed(given: Any) -> list[Any] | None:
    """Names in the order of their indices."""
    if isinstance(given, list):
        return given
    if not isinstance(given, dict):
        return None
    by_index = {int(key): name for key, name in given.items() if _is_index(key)}
    whole = len(by_index) == len(given) and set(by_index) == set(range(len(by_index)))
    return [by_index[index] for index in range(len(by_index))] if whole else None


def _is_index(key: Any) -> bool:
    return (isinstance(key, int) and not isinstance(key, bool)) or (isinstance(key, str) and key.isdecimal())


def _points(found: Mapping[Any, Any], notes: Notes) -> tuple[int, int] | None:
    given = found.get("kpt_shape")
    if "kpt_shape" not in found:
        return None
    if not (isinstance(given, list) and len(given) == 2 and all(type(n) is int for n in given)):
        notes.add("KPT_SHAPE_BROKEN", repr(given))
        return None
    points, numbers = given
    if points < 1 or numbers not in (2, 3):
        notes.add("KPT_SHAPE_BROKEN", repr(given))
        return None
    if "flip_idx" in found and not _are_places(found["flip_idx"], points):
        notes.add("FLIP_IDX_BROKEN", repr(found["flip_idx"]))
    return points, numbers


def _are_places(flip: Any, points: int) -> bool:
    """Whether each place from 0 on is there once; a file may claim any number of points."""
    return isinstance(flip, list) and len(flip) == points and sorted(map(str, flip)) == sorted(map(str, range(points)))
