"""The folders of classes: names that every file system takes for several, that stay inside, and that readers see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from exporter.vision.classes import ImageClass
from exporter.vision.names import folded, shown_component

CLASSES = "classes.json"
METADATA = "metadata.json"
_RESERVED = (CLASSES, METADATA)


def folder_names(classes: Sequence[ImageClass]) -> dict[int, str]:
    """The folder of each class, by its number. Those that would be one where case does not count have the number as a suffix."""
    plain = {each.number: shown_component(each.name) for each in classes}
    times = Counter(map(folded, (*plain.values(), *_RESERVED)))
    return {number: name if times[folded(name)] == 1 else _apart(name, number, times) for number, name in plain.items()}


def _apart(name: str, number: int, taken: Counter[str]) -> str:
    suffix = f"-{number}"
    while folded(name + suffix) in taken:
        suffix = f"-{suffix}"
    return name + suffix
