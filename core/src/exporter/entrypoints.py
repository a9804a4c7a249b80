"""Entry points of installed distributions, read from the lists that installers write (PyPA: Entry points specification).

`importlib.metadata` gives the same, and costs a quarter of what listing the formats may take: it loads the standard library's
mail and network modules. It is asked only where something else than a folder provides distributions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple


class EntryPoint(NamedTuple):
    """A name that a distribution claims in a group, and the object that it stands for, as `module:object`."""

    name: str
    value: str
    group: str
    distribution: str
    version: str

    def load(self) -> Any:
        """The object, imported; whatever its module raises on import comes through."""
        module, _, path = self.value.partition("[")[0].partition(":")
        return reduce(getattr, filter(None, path.strip().split(".")), import_module(module.strip()))


def entry_points(group: str) -> list[EntryPoint]:
    """The entry points of a group. Of a distribution that is there twice, the first on the path counts."""
    if not _only_folders():
        return _from_metadata(group)
    return [point for folder in _metadata_folders() for point in _listed(folder, group)]


def _only_folders() -> bool:
    """Whether nothing but folders provides distributions: no zip on the path, no finder of its own kind."""
    finders = [f for f in sys.meta_path if hasattr(f, "find_distributions")]
    return len(finders) == 1 and not any(Path(p).is_file() for p in sys.path)


def _metadata_folders() -> Iterator[Path]:
    seen = set()
    for place in map(Path, sys.path):
        for folder in place.iterdir() if place.is_dir() else ():
            distribution = folder.name.partition("-")[0].lower().replace(".", "_")
            if folder.suffix in (".dist-info", ".egg-info") and distribution not in seen:
                seen.add(distribution)
                yield folder


def _listed(folder: Path, group: str) -> Iterator[EntryPoint]:
    text = _read(folder / "entry_points.txt")
    if f"[{group}]" not in text:
        return
    about = _read(folder / "METADATA") or _read(folder / "PKG-INFO")
    section = ""
    for line in map(str.strip, text.splitlines()):
        name, equals, value = line.partition("=")
        if line.startswith("["):
            section = line[1:-1].strip()
        elif section == group and equals and not line.startswith("#"):
            yield EntryPoint(name.strip(), value.strip(), group, _header(about, "Name"), _header(about, "Version"))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""


def _header(about: str, key: str) -> str:
    return next((line.partition(":")[2].strip() for line in about.splitlines() if line.startswith(f"{key}:")), "?")


def _from_metadata(group: str) -> list[EntryPoint]:
    from importlib import metadata

    points = [(p, p.dist) for p in metadata.entry_points(group=group)]
    return [EntryPoint(p.name, p.value, group, *((d.name, d.version) if d else ("?", "?"))) for p, d in points]
