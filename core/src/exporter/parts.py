"""What a format hands over, and what core knows of it once it is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import attrs

from exporter.errors import PluginError

Link = Literal["copy", "hardlink", "symlink"]


def _unseen() -> bool:
    return False


@attrs.frozen
class Part:
    """One file of an artifact.

    :param name: its path inside the artifact, with forward slashes.
    :param chunks: its bytes; each chunk of 64 KiB or more is deflated alone. Core reads them all before it asks for the next part.
    :param path: instead of chunks: a file that holds the bytes.
    :param title: what people call it, where its name says nothing to them: the terminal shows it instead.
    :param rows: rows in it, or asked for them once the bytes are written; by default core counts what the reader gave meanwhile.
    :param stored: whether the bytes are compressed already, so that a zip stores them as they are.
    :param link: how a folder takes in the file at `path`; where a link cannot be made, it is copied and counted.
    :param ahead: whether core may ask for the next parts before this one is written, and read the file at `path` meanwhile: for
        files, such as images, whose receipts no later part takes.
    :param sound: asked once the bytes are written: whether the format saw, as they passed, that nothing is wrong with the rows.
    """

    name: str
    chunks: Iterable[bytes] = ()
    path: Path | None = None
    title: str = ""
    rows: int | Callable[[], int] | None = None
    stored: bool = False
    link: Link = "copy"
    ahead: bool = False
    sound: Callable[[], bool] = _unseen


@attrs.frozen
class Receipt:
    """What core knows of a part once it is written.

    :param title: what people call it; empty where its name will do.
    :param bytes: size before compression.
    :param crc32: of the bytes, as zip and unzip print it.
    :param sha256: of the bytes, as hexadecimal digits.
    :param sound: what the part said of its rows: if it is true, a check need not read them again.
    """

    name: str
    rows: int
    bytes: int
    crc32: int
    sha256: str
    sound: bool = False
    title: str = ""


def checked_name(name: str, taken: set[str]) -> str:
    """The name, if it stays inside the artifact and no part has it, also where case does not count.

    :raises PluginError: for a name that is absolute, climbs, is empty, holds a backslash or control character, or is taken.
    """
    pieces = name.split("/")
    bad = not name or "\\" in name or ":" in pieces[0] or any(p in ("", ".", "..") for p in pieces)
    if bad or any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
        raise PluginError(f"The part name {name!r} does not stay inside the artifact.")
    folded = unicodedata.normalize("NFC", name).casefold()
    if folded in taken:
        raise PluginError(f"Two parts have the name {name!r} (names that differ in case only count as one).")
    taken.add(folded)
    return name
