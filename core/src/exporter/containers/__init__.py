"""A container of files as it is read back: the files in a zip, a tar or a folder, each as blocks of bytes.

Nothing is unpacked, no link is followed out of a folder, and no size that an archive tells is believed but as a bound.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType

import attrs

from exporter.zipwriter import file_chunks

BLOCK = (
    1 << 16
)  # bytes in a block, at most: more than this the C library maps anew each time, which takes longer than inflating
DOCUMENT = 16 << 20  # bytes of an XML document, at most: it is held as a tree
MOST_ENTRIES = 100_000  # files in an archive: each takes memory
_DRIVE = re.compile(r"[A-Za-z]:")
_APPLE = "__MACOSX"  # where macOS puts what its file system knows; GBIF's reader leaves it out, too


class Unreadable(Exception):
    """Bytes that are no archive, or not the file that the archive says they are."""


@attrs.frozen
class Entry:
    """A file of an archive.

    :param size: bytes; of a zip what its directory says.
    :param crc32: as the zip's directory has it, else None.
    :param open: gives its bytes in blocks, from the first on.
    """

    name: str
    size: int
    crc32: int | None
    open: Callable[[], Iterator[bytes]]


@attrs.frozen
class Listing:
    """What an archive holds.

    :param unsafe: names that lead out of the archive, and links, which are left alone.
    :param folders: the folders that it tells of; those of files need not be among them.
    :param each: where files are read faster one after the other: gives the bytes of these, by name, in the archive's own order.
    """

    entries: list[Entry]
    unsafe: list[str]
    folders: list[str]
    each: Callable[[Iterable[str]], Iterator[tuple[str, Iterator[bytes]]]] | None = None


class Archive:
    """The files of an archive.

    :param in_folder: whether they may all lie in one folder of it, which their names then leave out.
    :param most: how many there may be; MOST_ENTRIES by default.
    :raises Unreadable: when it is none, or so broken that its files cannot be listed.
    """

    def __init__(self, path: Path, *, in_folder: bool = True, most: int | None = None) -> None:
        listing = _listed(path, most or MOST_ENTRIES)
        self._entries: dict[str, list[Entry]] = {}
        for entry in listing.entries:
            self._entries.setdefault(entry.name, []).append(entry)
        self.unsafe = listing.unsafe
        self._folders = listing.folders
        self._each = listing.each
        self._base = _base(self._entries) if in_folder else ""

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """There is nothing to close: each file is opened when its bytes are asked for."""

    @property
    def twice(self) -> list[str]:
        """Names that several files have: readers differ in which one they take."""
        return [name for name, entries in self._entries.items() if len(entries) > 1]

    @property
    def names(self) -> list[str]:
        """The names of the files."""
        return [name.removeprefix(self._base) for name in self._entries if name.startswith(self._base)]

    @property
    def empty(self) -> list[str]:
        """The folders that hold neither file nor link, as far as the archive tells of folders."""
        if not self._folders:
            return []
        held = {name[:i] for name in (*self._entries, *self.unsafe) for i, c in enumerate(name) if c == "/"} | {""}
        return sorted(f.removeprefix(self._base) for f in set(self._folders) - held if f.startswith(self._base))

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return self._base + name in self._entries

    def sizes(self, name: str) -> list[tuple[int, int | None]]:
        """Bytes and CRC-32 as the zip's directory has them, of every file of that name; elsewhere None for the CRC-32."""
        return [(e.size, e.crc32) for e in self._entries.get(self._base + name, [])]

    def read(self, name: str, most: int = DOCUMENT) -> bytes:
        """The first bytes of a file, or all; where it is read to its end, its CRC-32 is compared."""
        found = bytearray()
        for block in self.blocks(name):
            found += block
            if len(found) >= most:
                break
        return bytes(found[:most])

    def blocks(self, name: str) -> Iterator[bytes]:
        """All bytes of a file; of several with that name those of the last.

        :raises Unreadable: at the latest at the end, when they are not those that the archive tells of.
        """
        return self._entries[self._base + name][-1].open()

    def each(self, names: Iterable[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Many files, each with its bytes as `blocks` has them, in an order in which they are read fast.

        The bytes of one are to be had until the next is asked for.
        """
        wanted = [self._base + name for name in names]
        if self._each is None:
            return ((name.removeprefix(self._base), self._entries[name][-1].open()) for name in wanted)
        return ((name.removeprefix(self._base), blocks) for name, blocks in self._each(wanted))


def listed(path: Path, most: int | None = None) -> Iterator[str]:
    """The names of the files of an archive.

    :param most: as `Archive` has it.
    :raises Unreadable: when it is none.
    """
    return (entry.name for entry in _listed(path, most or MOST_ENTRIES).entries)


def _listed(path: Path, most: int) -> Listing:
    if path.is_dir():
        return _folder(path, most)
    from exporter.containers import tars, zips

    with path.open("rb") as file:
        head = file.read(tars.HEADER)
    if tars.is_tar(path, head):
        return tars.listed(path, most)
    return zips.listed(path, most)


def _base(names: Iterable[str]) -> str:
    """The one folder in which everything lies, as GBIF's reader takes it, else none."""
    tops = {top for name in names if not (top := name.partition("/")[0]).startswith((".", _APPLE))}
    nested = {name.partition("/")[0] for name in names if "/" in name}
    return f"{tops.pop()}/" if len(tops) == 1 and tops <= nested and "meta.xml" not in tops else ""


def safe_name(name: str) -> str:
    """The name without what means nothing; empty where it leads out of the archive.

    Old versions of the IPT wrote a backslash before each name (GBIF's reader removes it, too).
    """
    parts = name.removeprefix("\\").replace("\\", "/").split("/")
    if name.startswith("/") or ".." in parts or "\0" in name or _DRIVE.match(name):
        return ""
    return "/".join(p for p in parts if p not in ("", "."))


def _leads_below(link: Path, folder: Path) -> bool:
    try:
        return link.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):  # it leads to itself; older Pythons raise the latter
        return False


def _folder(path: Path, most: int) -> Listing:
    entries: list[Entry] = []
    unsafe: list[str] = []
    empty: list[str] = []
    inside = path.resolve()
    for place, folders, files in os.walk(path):
        if not folders and not files and Path(place) != path:
            empty.append(Path(place).relative_to(path).as_posix())
        for name in sorted([*files, *(f for f in folders if (Path(place) / f).is_symlink())]):
            file = Path(place) / name
            shown = file.relative_to(path).as_posix()
            if file.is_symlink() and not _leads_below(file, inside):
                unsafe.append(shown)
            elif file.is_file():
                entries.append(Entry(shown, file.stat().st_size, None, partial(file_chunks, file, BLOCK)))
        if len(entries) + len(empty) > most:
            raise Unreadable(f"the folder holds more than {most:,} files")
    return Listing(entries, unsafe, empty)
