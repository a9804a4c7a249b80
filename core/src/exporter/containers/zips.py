"""The files of a zip (APPNOTE.TXT 6.3.10), of which nothing is believed.

Python's zipfile reads the directory; the files are inflated here, by a faster codec, and where no two share bytes.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from exporter import containers
from exporter.containers import Entry, Listing, Unreadable, safe_name
from exporter.zipwriter import codec

_PACKED = 1 << 16  # deflated bytes that are read at once
_HEADER = 30  # bytes of a local header before the name
_LOCAL = b"PK\x03\x04"
_END = 22  # bytes of the end of the directory, before its comment
_COMMENT = 1 << 16
_ZIP64_END = 20 + 56  # bytes of the locator and of what it points to
_ENTRY = 84  # bytes of a directory for each of its files, at most: in memory it takes some fifteen times as many
_ENCRYPTED = 0x1


def listed(path: Path, most: int) -> Listing:
    """The files of a zip, if they are no more than `most`.

    :raises Unreadable: when it is none, or two of its files share bytes.
    """
    with path.open("rb") as file:
        _check_directory(file, most)
        try:
            with zipfile.ZipFile(file) as archive:
                infos = [i for i in archive.infolist() if not i.is_dir()]
                folders = [safe_name(i.orig_filename) for i in archive.infolist() if i.is_dir()]
                _check_places(file, infos, archive.start_dir)
        except (zipfile.BadZipFile, NotImplementedError, UnicodeError, struct.error, ValueError) as error:
            raise Unreadable(str(error)) from None
    entries, unsafe = [], []
    for info in infos:
        name = safe_name(info.orig_filename)
        if not name or stat.S_ISLNK(info.external_attr >> 16):
            unsafe.append(info.orig_filename)
        else:
            entries.append(Entry(name, info.file_size, info.CRC, partial(_inflated, path, info)))
    return Listing(entries, unsafe, folders)


def _check_directory(file: BinaryIO, most: int) -> None:
    """Refuse a directory that would not fit into memory, before zipfile reads it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END - _COMMENT - _ZIP64_END))
    tail = file.read()
    place = len(tail) - _END if tail[-_END:-18] == b"PK\x05\x06" and tail[-2:] == b"\0\0" else tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END:
        raise Unreadable("it is no zip, or its end is missing" if size else "it is empty")
    entries, bytes_ = struct.unpack("<HL", tail[place + 10 : place + 16])
    zip64 = tail[max(0, place - _ZIP64_END) : place - 20]
    if zip64[:4] == b"PK\x06\x06" and len(zip64) == 56:
        entries, bytes_ = struct.unpack("<QQ", zip64[32:48])
    if entries > most or bytes_ > most * _ENTRY:
        raise Unreadable(f"its directory tells of more than {most:,} files, or is longer than theirs would be")


def _check_places(file: BinaryIO, infos: list[zipfile.ZipInfo], end: int) -> None:
    """Refuse files that share bytes: one that is packed a thousand times more into others is what a zip bomb is made of."""
    before, free = "", 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < free:
            raise Unreadable(f"{_shown(info)} and {before} share bytes")
        before, free = _shown(info), _begin(file, info) + info.compress_size
    if free > end:
        raise Unreadable(f"{before} is cut off, or reaches into the directory")


def _begin(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """Where the bytes of a file begin."""
    file.seek(info.header_offset)
    header = file.read(_HEADER)
    if header[:4] != _LOCAL or len(header) < _HEADER:
        raise Unreadable(f"{_shown(info)} is not where the directory says")
    name, extra = struct.unpack("<HH", header[-4:])
    return info.header_offset + _HEADER + int(name) + int(extra)


def _shown(info: zipfile.ZipInfo) -> str:
    return ascii(info.orig_filename)[1:-1][:100]


def _inflated(path: Path, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a file, deflated or stored: other ways no reader of exports knows."""
    module: Any = codec()[0]
    name = _shown(info)
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable(f"{name} is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable(f"{name} is packed by a method that readers do not know ({info.compress_type})")
    inflate = module.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    packed = _packed(path, info)
    size = crc = 0
    try:
        for block in _pieces(inflate, packed) if inflate is not None else packed:
            size += len(block)
            crc = module.crc32(block, crc)
            if size > info.file_size:
                break
            yield block
    except module.error as error:
        raise Unreadable(f"{name} cannot be inflated: {error}") from None
    if (inflate is not None and not inflate.eof) or (size, crc) != (info.file_size, info.CRC):
        raise Unreadable(f"{name} has another size or CRC-32 than the directory says")


def _pieces(inflate: Any, packed: Iterator[bytes]) -> Iterator[bytes]:
    for piece in packed:
        while piece and not inflate.eof:
            if block := inflate.decompress(piece, containers.BLOCK):
                yield block
            piece = inflate.unconsumed_tail
    if block := inflate.flush():
        yield block


def _packed(path: Path, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(_begin(file, info))
        left = info.compress_size
        while left and (piece := file.read(min(left, _PACKED))):
            left -= len(piece)
            yield piece
