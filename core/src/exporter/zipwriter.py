"""A zip file written in one pass, the same bytes for the same parts (APPNOTE.TXT 6.3.10).

Every chunk is deflated alone and ends in a sync flush, so that chunks may be deflated anywhere and in any order. Python's zipfile
has no way to do that, nor to put a faster codec in. Sizes stand in the local header, as strict readers want them.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import attrs

from exporter.digests import Behind, Digest
from exporter.regular import open_regular

LEVEL = 1  # isal 1 deflates 470 MB/s at a ratio of 2.9; zlib 6 gains 15 % at a tenth of the speed
CHUNK = 64 * 1024  # smaller chunks are gathered first: each one deflated alone costs some bytes
_AHEAD = 2  # chunks deflated before the first of them is written
_LIMIT = 0xFFFFFFFF
_MANY = 0xFFFF
_TIME, _DATE = 0, (1980 - 1980) << 9 | 1 << 5 | 1  # the first moment that zip knows: no clock in the bytes
_ROOM = 20  # bytes kept in every local header for sizes past 4 GiB
_PADDING = 0xD935  # the extra field that Android's zipalign pads with; readers skip it
_ZIP64 = 0x0001
_UTF8 = 1 << 11
_BYTES = [bytes((byte,)) for byte in range(256)]
_END = b"\x03\x00"  # an empty last block


def codec() -> tuple[Any, str]:
    """The module that deflates, and its name with its version for the report: isal where it is installed, else zlib."""
    try:
        from isal import __version__, isal_zlib
    except ImportError:
        return zlib, f"zlib {zlib.ZLIB_RUNTIME_VERSION}"
    return isal_zlib, f"isal {__version__}"


@attrs.define
class Counted:
    """Bytes on their way: what has passed is counted and hashed."""

    chunks: Iterable[bytes]
    size: int = 0
    crc32: int = 0
    sha256: hashlib._Hash = attrs.field(factory=hashlib.sha256)
    _held: bool = attrs.field(default=False, init=False)

    def hold(self) -> Counted:
        """Take in all of them, so that they pass later as if for the first time."""
        self.chunks, self._held = list(self), True
        return self

    def __iter__(self) -> Iterator[bytes]:
        if self._held:
            yield from self.chunks
            return
        crc32 = codec()[0].crc32
        for chunk in self.chunks:
            self.size += len(chunk)
            self.crc32 = crc32(chunk, self.crc32)
            self.sha256.update(chunk)
            yield chunk


def gathered(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of at least `CHUNK`, but for the last."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        if size == 0 and len(chunk) >= CHUNK:
            yield chunk
            continue
        held.append(chunk)
        size += len(chunk)
        if size >= CHUNK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def file_chunks(path: Path, size: int = 1 << 20) -> Iterator[bytes]:
    """The bytes of a file."""
    with open_regular(path) as file:
        while chunk := file.read(size):
            yield chunk


@attrs.frozen
class _Member:
    name: bytes
    offset: int
    method: int
    crc: int
    packed: int
    size: int

    def header(self) -> bytes:
        large = max(self.packed, self.size) >= _LIMIT
        sizes = (_LIMIT, _LIMIT) if large else (self.packed, self.size)
        extra = struct.pack("<HHQQ", _ZIP64, 16, self.size, self.packed) if large else _pad()
        return self._start(b"PK\x03\x04", b"", 45 if large else 20, sizes) + self.name + extra

    def entry(self) -> bytes:
        """The member's line in the central directory."""
        values = [v for v in (self.size, self.packed, self.offset) if v >= _LIMIT]
        extra = struct.pack(f"<HH{len(values)}Q", _ZIP64, 8 * len(values), *values) if values else b""
        version = 45 if values else 20
        sizes = (min(self.packed, _LIMIT), min(self.size, _LIMIT))
        start = self._start(b"PK\x01\x02", struct.pack("<H", 3 << 8 | version), version, sizes, len(extra))
        attributes = struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, min(self.offset, _LIMIT))
        return start + attributes + self.name + extra

    def _start(self, sign: bytes, made_by: bytes, version: int, sizes: tuple[int, int], extra: int = _ROOM) -> bytes:
        fixed = struct.pack("<HHHHHIII", version, _UTF8, self.method, _TIME, _DATE, self.crc, *sizes)
        return sign + made_by + fixed + struct.pack("<HH", len(self.name), extra)


def _pad() -> bytes:
    return struct.pack("<HH", _PADDING, _ROOM - 4) + bytes(_ROOM - 4)


def _never_before(chunk: bytes) -> bytes | None:
    """A byte that nowhere in a chunk stands before its first two: as the dictionary of a deflater it is never referred to.

    isal (to 2.32 at least) has one hash of a stream's first bytes made of an address in memory, so that once in some thousand
    streams another match is found; with a dictionary it begins elsewhere. None for a chunk that has all 256 there.
    """
    begin = chunk[:2]
    return next((each for each in _BYTES if each not in chunk or each + begin not in chunk), None)


class ZipWriter:
    """A zip file being written; a context manager that writes the directory at the end, unless something was raised.

    :param beside: whether chunks are deflated in a thread, a few ahead of what is written, so that whoever makes the next one
        need not wait, and the file is hashed in another; the file is the same.
    :ivar digest: of the whole file, once it is closed; None where nothing was done beside.
    """

    def __init__(self, path: Path, level: int = LEVEL, *, beside: bool = True) -> None:
        self._file: BinaryIO = path.open("wb")
        self._members: list[_Member] = []
        self._end = 0  # of what has been written
        self._codec, self.codec = codec()
        self._level = level
        self._deflater = ThreadPoolExecutor(1, "exporter-deflate") if beside else None
        self._behind = Behind(path) if beside else None
        self.digest: Digest | None = None

    def __enter__(self) -> ZipWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._deflater is not None:
            self._deflater.shutdown(cancel_futures=True)
        with self._behind or contextlib.nullcontext():
            try:
                if kind is None:
                    self._directory()
                end = self._file.tell()
            finally:
                self._file.close()
            if kind is None and self._behind is not None:
                self.digest = self._behind.digest(end)

    def add(self, name: str, chunks: Counted, *, stored: bool = False) -> None:
        """Write one member. Chunks are read, deflated and forgotten in order, a few at a time."""
        encoded, method = name.encode(), 0 if stored else 8
        packed = iter(chunks) if stored else chain(self._packed(gathered(chunks)), (_END,))
        first = b""
        while len(first) < CHUNK and (piece := next(packed, b"")):
            first += piece
        if len(first) < CHUNK:  # it is all there is: its sizes are known before anything is written
            member = _Member(encoded, self._end, method, chunks.crc32, len(first), chunks.size)
            self._file.write(member.header() + first)
        else:
            self._file.write(bytes(30) + encoded + _pad())
            begin = self._file.tell()
            self._file.writelines(chain((first,), packed))
            size = self._file.tell() - begin
            member = _Member(encoded, self._end, method, chunks.crc32, size, chunks.size)
            self._file.seek(self._end)
            self._file.write(member.header())
            self._file.seek(begin + size)
        self._end += len(member.header()) + member.packed
        self._members.append(member)
        if self._behind is not None and self._behind.lags(self._end):
            self._file.flush()
            self._behind.settle(self._end)

    def _packed(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        if self._deflater is None:
            yield from map(self._deflated, chunks)
            return
        ahead: deque[Future[bytes]] = deque()
        for chunk in chunks:
            if len(chunk) < CHUNK and not ahead:  # a small file: to hand it over takes longer
                yield self._deflated(chunk)
                continue
            ahead.append(self._deflater.submit(self._deflated, chunk))
            if len(ahead) > _AHEAD:
                yield ahead.popleft().result()
        yield from (packed.result() for packed in ahead)

    def _deflated(self, chunk: bytes) -> bytes:
        before = _never_before(chunk)
        if before is None:
            deflate: Any = zlib.compressobj(self._level, zlib.DEFLATED, -15)
        else:
            deflate = self._codec.compressobj(self._level, zlib.DEFLATED, -15, zdict=before)
        packed: bytes = deflate.compress(chunk) + deflate.flush(zlib.Z_SYNC_FLUSH)
        return packed

    def _directory(self) -> None:
        begin = self._file.tell()
        for member in self._members:
            self._file.write(member.entry())
        end = self._file.tell()
        count, size = len(self._members), end - begin
        if count >= _MANY or size >= _LIMIT or begin >= _LIMIT:
            self._file.write(
                struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, begin)
            )
            self._file.write(struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1))
        few = min(count, _MANY)
        self._file.write(struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, few, few, min(size, _LIMIT), min(begin, _LIMIT), 0))
