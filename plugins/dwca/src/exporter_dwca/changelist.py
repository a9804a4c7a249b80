"""Every change between two archives as a line of CSV (RFC 4180, UTF-8): in the order of the rows, whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import heapq
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

import attrs

from exporter.errors import InputError
from exporter_dwca.differences import Change, order
from exporter_dwca.partitions import Partitions

HEADER = ("file", "id", "of", "what", "columns", "from", "to")
_FIRST_LINE = (",".join(HEADER) + "\r\n").encode()

Line = Callable[[Change], Sequence[str]]
_Ordered = tuple[tuple[int, int], Any]  # what a change is sorted by, and the change


def refuse_place(path: Path, other: Path) -> None:
    """Say at the start that the list cannot be written there.

    :param other: a file of the run, which it must not replace. A list that was written before may be replaced, any other file not.
    :raises InputError: when it cannot.
    """
    parent = path.absolute().parent
    if path.absolute() == other.absolute() or (path.exists() and other.exists() and path.samefile(other)):
        raise InputError(f"The list of changes cannot take the place of {other}.", hint="Give another --changes.")
    if path.is_dir() or not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise InputError(f"The list of changes cannot be written to {path}.", hint="Name a file in a folder that is there.")
    if path.exists() and not _ours(path):
        raise InputError(f"{path} exists, and is no list of changes.", hint="Give another --changes, or remove it.")


def _ours(path: Path) -> bool:
    if not path.is_file():  # a pipe or a device would be waited for
        return False
    with path.open("rb") as file:
        return file.read(len(_FIRST_LINE)) == _FIRST_LINE


@attrs.frozen
class ChangeList:
    """The list while it is made: a scratch file without a name, or nothing where nobody wants one."""

    file: TextIOWrapper | None

    @classmethod
    @contextlib.contextmanager
    def writing(cls, path: Path | None) -> Iterator[ChangeList]:
        """A list that is put in its place at the end of the block, unless something was raised.

        :raises InputError: when there is no room for it.
        """
        if path is None:
            yield cls(None)
            return
        try:
            with (
                tempfile.TemporaryFile() as scratch,
                TextIOWrapper(scratch, encoding="utf-8", newline="", errors="backslashreplace") as text,
            ):
                csv.writer(text).writerow(HEADER)
                yield cls(text)
                text.flush()
                _publish(scratch, path)
        except OSError as error:
            hint = "Make room, or name another folder in TMPDIR."
            raise InputError(f"The list of changes cannot be written to {path}: {error.strerror}.", hint=hint) from None

    @contextlib.contextmanager
    def of_one_kind(self, line: Line) -> Iterator[Callable[[Sequence[Change]], None]]:
        """A function that takes changes in any order; their lines are written at the end of the block, in the order of the rows."""
        if self.file is None:
            yield lambda _: None
            return
        kept: Partitions[_Ordered] = Partitions()
        number = 0

        def add(changes: Sequence[Change]) -> None:
            nonlocal number
            for change in changes:
                kept.add(number, (order(change), tuple(change)), 300)
            number += 1

        yield add
        writer = csv.writer(self.file)
        for _, change in heapq.merge(*(kept.partition(n) for n in range(number))):
            writer.writerow(line(Change(*change)))


def _publish(file: BinaryIO, path: Path) -> None:
    file.seek(0)
    draft = path.with_name(f".exporter-{secrets.token_hex(6)}")
    try:
        with draft.open("wb") as out:
            shutil.copyfileobj(file, out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
