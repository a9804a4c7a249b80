"""The files of a tar (POSIX.1-2001, pax; GNU's long names), packed by gzip or not.

Python's tarfile reads headers of any declared size into memory. A packed tar is inflated anew for each file that is read alone,
from its beginning to that file: nothing of it comes to lie on a disk, however large it becomes.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, cast

import attrs

from exporter import containers
from exporter.containers import Entry, Listing, Unreadable, safe_name

HEADER = 512  # bytes of a header; contents are filled up to a multiple of it
_GZIP = b"\x1f\x8b"
_MAGIC = slice(257, 262)
_REST = 1 << 20  # bytes after the last file that are read at once
_NAMES = 1 << 16  # bytes of a header that names the next file, at most
_PAX = re.compile(rb"([0-9]{1,9}) (path|size)=")
_FILES, _FOLDER, _LONG_NAME, _PAX_HEADER, _PASSED = b"0\x007", b"5", b"L", b"x", b"5gK"


@attrs.frozen
class _Header:
    name: str
    size: int
    kind: bytes


def is_tar(path: Path, head: bytes) -> bool:
    """Whether a file is a tar: by its first bytes, unpacked if need be."""
    if head[:2] != _GZIP:
        return head[_MAGIC] == b"ustar"
    try:
        with gzip.open(path) as file:
            return file.read(HEADER)[_MAGIC] == b"ustar"
    except (OSError, EOFError, zlib.error):
        return False


def listed(path: Path, most: int) -> Listing:
    """The files of a tar.

    :raises Unreadable: when it is cut off, or holds what is no file of a tar.
    """
    entries: list[Entry] = []
    unsafe: list[str] = []
    folders: list[str] = []
    places: dict[str, tuple[int, int]] = {}
    try:
        with _opened(path) as file:
            for header, begin in _headers(file):
                name = safe_name(header.name)
                if header.kind == _FOLDER:
                    folders.append(name)
                if header.kind in _PASSED:
                    continue
                if not name or header.kind not in _FILES:
                    unsafe.append(header.name)
                else:
                    entries.append(Entry(name, header.size, None, partial(_blocks, path, begin, header.size)))
                    places.setdefault(name, (begin, header.size))
                if len(entries) + len(unsafe) + len(folders) > most:
                    raise Unreadable(f"it holds more than {most:,} files")
            while file.read(_REST):  # what is packed says at its end whether it is whole
                pass
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"the tar cannot be read: {error}") from None
    entries.reverse()  # of two with one name GBIF's reader takes the first, `Archive` the last
    return Listing(entries, unsafe, folders, partial(_each, path, places))


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")


def _headers(file: IO[bytes]) -> Iterator[tuple[_Header, int]]:
    """Each header with the place where its file begins. What only names the next file is put into that one's header."""
    place = 0
    more: dict[str, bytes] = {}
    while any(block := _exactly(file, HEADER)):
        header = _header(block, more)
        place += HEADER
        if header.kind in (_LONG_NAME, _PAX_HEADER):
            if header.size > _NAMES:
                raise Unreadable("a header is longer than any name")
            more |= _names(header.kind, _exactly(file, header.size))
            place += header.size
        else:
            yield header, place
            more = {}
            place += _skip(file, header.size)
        place += _skip(file, -header.size % HEADER)


def _header(block: bytes, more: dict[str, bytes]) -> _Header:
    checked = block[:148] + b" " * 8 + block[156:]
    if _octal(block[148:156]) != sum(checked):
        raise Unreadable("a header of the tar is broken")
    kind = block[156:157]
    prefix = block[345:500].partition(b"\0")[0] if block[_MAGIC] == b"ustar" and block[262:263] == b"\0" else b""
    name = b"/".join(filter(None, (prefix, block[:100].partition(b"\0")[0])))
    size = _octal(block[124:136])
    if kind not in (_LONG_NAME, _PAX_HEADER):
        name, size = more.get("path", name), _decimal(more["size"]) if "size" in more else size
    return _Header(name.decode(errors="surrogateescape"), 0 if kind in (b"1", b"2", b"5") else size, kind)


def _octal(field: bytes) -> int:
    """A number as a tar writes it: octal digits, or, past 8 GiB, GNU's base 256."""
    try:
        value = int.from_bytes(field[1:], "big") if field[:1] == b"\x80" else int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 62:
        raise Unreadable("a header of the tar is broken")
    return value


def _decimal(digits: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,18}", digits):
        raise Unreadable("a header of the tar is broken")
    return int(digits)


def _names(kind: bytes, content: bytes) -> dict[str, bytes]:
    """What a header says of the next file: its name, and its size where that is past 8 GiB."""
    if kind == _LONG_NAME:
        return {"path": content.partition(b"\0")[0]}
    found: dict[str, bytes] = {}
    place = 0
    while length := re.match(rb"([0-9]{1,9}) ", content[place : place + 10]):
        record = content[place : place + int(length[1])]
        if named := _PAX.match(record):
            found[named[2].decode()] = record[named.end() : -1]
        place += max(1, int(length[1]))
    return found


def _exactly(file: IO[bytes], size: int) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise Unreadable("the tar is cut off")
    return content


def _skip(file: IO[bytes], size: int) -> int:
    """Go on by so many bytes, which are there."""
    if size:
        file.seek(size - 1, 1)
        _exactly(file, 1)
    return size


def _blocks(path: Path, begin: int, size: int) -> Iterator[bytes]:
    for _, blocks in _each(path, {"": (begin, size)}, [""]):
        yield from blocks


def _each(path: Path, places: Mapping[str, tuple[int, int]], names: Iterable[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The bytes of some files, in the order in which they lie there: what is packed is inflated once."""
    try:
        tape = _opened(path)
    except OSError as error:
        raise Unreadable(f"the tar cannot be read: {error}") from None
    with tape as file:
        for name in sorted(names, key=lambda name: places[name]):
            yield name, _read(file, *places[name])


def _read(file: IO[bytes], begin: int, size: int) -> Iterator[bytes]:
    try:
        file.seek(begin)
        while size and (block := file.read(min(size, containers.BLOCK))):
            size -= len(block)
            yield block
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"the tar cannot be read: {error}") from None
    if size:
        raise Unreadable("the tar is cut off")
