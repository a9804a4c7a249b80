"""Sizes and SHA-256 of what a run has packaged: taken while it is written, so that publishing need not read it again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import attrs

from exporter.parts import Receipt

_STEP = 4 << 20  # bytes that are hashed at once
_CHUNK = 1 << 20


@attrs.frozen
class Digest:
    """What was written to a file or folder.

    :param bytes: its size; for a folder the sum of its files.
    :param sha256: of the file; for a folder of the sorted lines `digest  name`.
    :param modified: when a file was last written to, in nanoseconds; what was touched later is another file.
    """

    bytes: int
    sha256: str
    modified: int | None = None

    def is_of(self, path: Path) -> bool:
        """Whether it is still that of the file or folder."""
        if self.modified is None:
            return path.is_dir()
        found = path.stat()
        return (found.st_size, found.st_mtime_ns) == (self.bytes, self.modified)


def of_folder(receipts: Iterable[Receipt]) -> Digest:
    """The digest of a folder that holds these parts and nothing else."""
    found = sorted(receipts, key=lambda receipt: PurePosixPath(receipt.name))
    return Digest(sum(r.bytes for r in found), folded((r.sha256, r.name) for r in found))


def folded(files: Iterable[tuple[str, str]]) -> str:
    """The SHA-256 of a folder: of a line for each of its files.

    :param files: digest and name of each, in the order of the names.
    """
    return hashlib.sha256("".join(f"{digest}  {name}\n" for digest, name in files).encode()).hexdigest()


class Behind:
    """Hashes a file in a thread while it is written; a context manager.

    :param path: the file, which is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb", buffering=0)  # what is read beyond the end that was asked for may change
        self._sha256 = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1, "exporter-digest")
        self._begun = 0
        self._taken: list[Future[None]] = []

    def __enter__(self) -> Behind:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._file.close()

    def lags(self, end: int) -> bool:
        """Whether so much has been written that some of it should be hashed."""
        return end - self._begun >= _STEP

    def settle(self, end: int) -> None:
        """Hash up to here, sooner or later: all before has been given to the system, and will not change."""
        self._taken.append(self._pool.submit(self._take, end - self._begun))
        self._begun = end

    def digest(self, end: int) -> Digest:
        """That of the whole file, which ends here and is closed.

        :raises OSError: when it could not be read.
        """
        self.settle(end)
        for taken in self._taken:
            taken.result()
        return Digest(end, self._sha256.hexdigest(), self._path.stat().st_mtime_ns)

    def _take(self, size: int) -> None:
        while size > 0:
            chunk = self._file.read(min(size, _CHUNK))
            if not chunk:
                raise OSError(f"{self._path} is shorter than what was written to it")
            self._sha256.update(chunk)
            size -= len(chunk)
