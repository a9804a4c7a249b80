"""What a source may give as its media: a folder, or a function that opens a file by its name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeAlias

from exporter.errors import InputError

Media: TypeAlias = Path | Callable[[str], BinaryIO]


def as_media(given: str | os.PathLike[str] | Callable[[str], BinaryIO] | None) -> Media | None:
    """The media of a source, from what a host gives: a folder may be a text.

    :raises InputError: for anything that is neither a folder nor a function.
    """
    if isinstance(given, str | os.PathLike):
        return Path(given)
    if given is not None and not callable(given):
        raise InputError(
            f"The media of a Source are a folder or a function, not {given!r}.",
            hint="A folder is a path; a function takes a name and gives the open file.",
        )
    return given


def stays_below(folder: Path, name: str) -> bool:
    """Whether a file's name surely leads nowhere else: not upwards, and over no symbolic link."""
    path = Path(name)
    if "\0" in name or ".." in path.parts or path.is_absolute():
        return False
    return not any((folder / step).is_symlink() for step in (path, *path.parents[:-1]))
