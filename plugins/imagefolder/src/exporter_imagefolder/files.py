"""Where the images of an image folder lie: in a zip, a tar or a folder, by split and class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from sys import intern
from typing import Any

import attrs
import orjson

from exporter.containers import Archive, Unreadable
from exporter.records.vision.filters import SPELLINGS
from exporter.vision.audit import MOST_FILES
from exporter.vision.kinds import has_extension
from exporter.vision.splits import NONE
from exporter_imagefolder.folders import CLASSES, METADATA

_OTHERS = (
    ".json",
    ".jsonl",
    ".yaml",
    ".yml",
    ".csv",
    ".tsv",
    ".xml",
    ".txt",
    ".parquet",
)  # that tell of images in other formats
_BESIDE = ("readme.txt", "license.txt", "license", "readme.md")
_LINK = -1  # the size of what was not looked into


@attrs.frozen(slots=True)
class File:
    """A file of a tree; `size` is below 0 for a link that leads out of it.

    :param split: as its folder has it, empty where there are none; :param of: the folder of its class, empty where there is none.
    """

    name: str
    split: str
    of: str
    size: int
    crc32: int | None

    @property
    def is_link(self) -> bool:
        """Whether it is a link, and its bytes are not here."""
        return self.size == _LINK

    @property
    def is_document(self) -> bool:
        """Whether it is a text or table, which no loader takes for an image."""
        return self.name.lower().endswith(_OTHERS)


@attrs.frozen
class Contents:
    """The files of a tree that are an image's by their name or lie in the folder of a class.

    :param empty: split and folder of classes that hold nothing at all.
    :param ours: whether classes.json says that an export of ours made it; :param listed: then the folders of all classes.
    :param foreign: files that belong to other formats.
    """

    files: list[File]
    empty: list[tuple[str, str]]
    by_split: bool
    ours: bool
    listed: list[str]
    foreign: list[str]
    archive: Archive

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file.

        :raises Unreadable: when they are not those that the container tells of.
        """
        return self.archive.blocks(name)


def contents(path: Path) -> Contents:
    """What a path holds.

    :raises Unreadable: when it is no container.
    """
    archive = Archive(path, in_folder=False, most=MOST_FILES)
    links = archive.unsafe if path.is_dir() else []
    seen = [name for name in (*archive.names, *links) if not _hidden(name)]
    base = _base(seen)
    ours = _ours(archive, base)
    inside = [name for name in seen if name.startswith(base)]
    by_split = bool(ours["by_split"]) if ours else _is_split(_below(name, base) for name in inside)
    files = []
    for name in inside:
        parts = _below(name, base)
        if _counts(parts, by_split):
            size = archive.sizes(name)[-1] if archive.has(name) else (_LINK, None)
            split, of = _place(parts[:-1], by_split)
            files.append(File(name, intern(split), intern(of), *size))
    return Contents(
        files=files,
        empty=[_place(parts, by_split) for parts in _empty(archive, base) if len(parts) == 1 + by_split],
        by_split=by_split,
        ours=ours is not None,
        listed=[each["folder"] for each in ours["classes"]] if ours else [],
        foreign=[name for name in seen if _is_foreign(name, base, ours is not None)],
        archive=archive,
    )


def recognised(path: Path) -> bool:
    """Whether a path is an image folder: ours by classes.json, or one of others with nothing but images in folders of classes."""
    try:
        inside = contents(path)
    except (OSError, Unreadable):
        return False
    if inside.foreign:
        return False
    return inside.ours or (bool(inside.files) and all(each.of for each in inside.files))


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _base(names: Sequence[str]) -> str:
    """The one folder in which all folders of classes or splits lie; empty where they lie at the top."""
    base = ""
    while True:
        below = [name.removeprefix(base) for name in names if has_extension(name)]
        tops = {name.partition("/")[0] for name in below}
        if len(tops) != 1 or min(name.count("/") for name in below) < 2 or _word(next(iter(tops))):
            return base
        base += f"{tops.pop()}/"


def _word(folder: str) -> str:
    """The split that a folder stands for; empty for none."""
    return NONE if folder == NONE else SPELLINGS.get(folder.lower(), "")


def _below(name: str, base: str) -> list[str]:
    return name.removeprefix(base).split("/")


def _is_split(below: Iterable[Sequence[str]]) -> bool:
    tops = {parts[0] for parts in below if len(parts) > 1 and has_extension(parts[-1])}
    return bool(tops) and all(map(_word, tops))


def _counts(parts: Sequence[str], by_split: bool) -> bool:
    return len(parts) > 1 + by_split or has_extension(parts[-1])


def _place(parts: Sequence[str], by_split: bool) -> tuple[str, str]:
    """Split and class of a folder."""
    split = (_word(parts[0]) or parts[0]) if by_split and parts else ""
    return split, parts[by_split] if len(parts) > by_split else ""


def _is_foreign(name: str, base: str, ours: bool) -> bool:
    top = name.removeprefix(base)
    beside = top.lower() in _BESIDE or (ours and top in (CLASSES, METADATA))
    return not beside and name.lower().endswith(_OTHERS)


def _empty(archive: Archive, base: str) -> Iterator[list[str]]:
    for name in archive.empty:
        if name.startswith(base) and not _hidden(name):
            yield _below(name, base)


def _ours(archive: Archive, base: str) -> dict[str, Any] | None:
    """classes.json, where it is ours."""
    if not archive.has(base + CLASSES):
        return None
    try:
        found = orjson.loads(archive.read(base + CLASSES))
    except orjson.JSONDecodeError:
        return None
    classes = found.get("classes") if isinstance(found, dict) else None
    known = isinstance(classes, list) and all(isinstance(c, dict) and isinstance(c.get("folder"), str) for c in classes)
    return found if known and "by_split" in found else None
