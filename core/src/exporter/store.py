"""The local folder as a store: a reader sees the whole artifact or none of it, whatever happens in between."""

from __future__ import annotations

import ctypes
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import attrs

from exporter.digests import Digest, folded
from exporter.errors import InputError
from exporter.zipwriter import file_chunks

_ABSOLUTE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
_AT_ONCE = 8  # files of a folder that are on their way to the disk
_SOME = 1_000  # that wait for it


@attrs.frozen
class Artifact:
    """A published file or folder, with the report that belongs to it.

    :param bytes: its size; for a folder the sum of its files.
    :param sha256: of the file; for a folder of the sorted lines `digest  name`.
    """

    path: Path
    report: Path | None
    bytes: int
    sha256: str


def refuse_existing(output: Path, *, force: bool) -> None:
    """Say at the start that the output is there already.

    :raises InputError: when it is and must not be replaced, or its folder cannot be written to.
    """
    if str(output) == "-":
        raise InputError("An artifact is published as a whole, not printed: '-' is no output.", hint="Give a file's name.")
    _refuse_there(output, "--output", force=force)
    if output.is_dir() and force and not _ours(output):
        raise InputError(f"{output} is a folder that no export made; it is not replaced.", hint="Give another --output.")
    if report_path(output).is_dir():
        raise InputError(f"{report_path(output)} is a folder, and the report belongs there.", hint="Give another --output.")
    _refuse_parent(output, "--output")


def refuse_figure(figure: Path, *, force: bool) -> None:
    """Say at the start that a figure cannot go to its place.

    :raises InputError: as `refuse_existing` does.
    """
    if figure.is_dir():
        raise InputError(f"{figure} is a folder; a figure is a file.", hint="Give another --figure.")
    _refuse_there(figure, "--figure", force=force)
    _refuse_parent(figure, "--figure")


def _refuse_there(path: Path, flag: str, *, force: bool) -> None:
    if path.exists() and not force:
        raise InputError(f"{path} exists.", hint=f"Give another {flag}, or --force to replace it.")


def _refuse_parent(path: Path, flag: str) -> None:
    parent = path.absolute().parent
    if not parent.is_dir():
        raise InputError(f"There is no folder {parent}.", hint=f"Make it first, or give another {flag}.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise InputError(f"The folder {parent} cannot be written to.", hint=f"Give another {flag}.")


def report_path(output: Path) -> Path:
    """Where the report of an artifact lies: beside it."""
    return output.with_name(output.name + ".report.json")


def page_path(output: Path) -> Path:
    """Where the page about a run lies: beside its artifact."""
    return output.with_name(output.name + ".report.html")


def _ours(folder: Path) -> bool:
    return report_path(folder).is_file() or not any(folder.iterdir())


def publish(file: Path, output: Path, *, force: bool, known: Digest | None = None) -> Artifact:
    """Move what was packaged to its place: fsync, then rename, then fsync of the folder.

    :param known: its digest, where it was taken while the file was written.
    :raises InputError: when somebody has put another file there meanwhile and it must not be replaced.
    """
    with ThreadPoolExecutor(1, "exporter-sync") as beside:  # the disk writes while the bytes are hashed
        synced = beside.submit(_sync_all, file)
        found = known if known is not None and known.is_of(file) else _measure(file)
        synced.result()
    if file.is_dir() or (force and output.is_dir()):  # a rename replaces a file by a file alone
        _place_after_moving(file, output, force)
    elif force:
        file.replace(output)
    else:
        _place_new(file, output)
    _sync(output.absolute().parent)
    return Artifact(output, None, found.bytes, found.sha256)


def _place_new(file: Path, output: Path) -> None:
    try:
        os.link(file, output)  # unlike a rename, this never replaces
    except OSError:
        if os.path.lexists(output):
            raise _meanwhile(output) from None
        file.rename(output)  # a file system without links
    else:
        file.unlink()


def _place_after_moving(made: Path, output: Path, force: bool) -> None:
    """Put a file or folder in its place, and what was there into the scratch folder; in one step where there is one."""
    old = made.with_name("replaced")
    if force and output.exists():
        if _exchanged(made, output):
            made.rename(old)
            shutil.rmtree(old, ignore_errors=True)
            return
        output.rename(old)
    try:
        made.rename(output)
    except OSError:
        if old.exists():
            old.rename(output)
        elif output.exists():
            raise _meanwhile(output) from None
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two files or folders have changed places in one step; only Linux has a call for it (renameat2(2), since 3.15)."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    names = (os.fsencode(path.absolute()) for path in (one, other))
    return bool(call(_ABSOLUTE, next(names), _ABSOLUTE, next(names), _EXCHANGE) == 0)


def _meanwhile(output: Path) -> InputError:
    return InputError(f"{output} has come into being meanwhile.", hint="Give another --output, or --force.")


def write_report(content: str, output: Path, scratch: Path) -> Path:
    """Put the report beside the artifact, in one move.

    :raises InputError: when it cannot be written; the artifact is there all the same.
    """
    return _write_beside(content, report_path(output), output, scratch, "report")


def write_page(content: str, output: Path, scratch: Path) -> Path:
    """Put the page beside the artifact, as `write_report` does."""
    return _write_beside(content, page_path(output), output, scratch, "page")


def _write_beside(content: str, target: Path, output: Path, scratch: Path, what: str) -> Path:
    draft = scratch / what
    try:
        draft.write_text(content, encoding="utf-8")
        _sync(draft)
        draft.replace(target)
    except OSError as error:
        raise InputError(
            f"{output} is whole and published, but its {what} could not be written: {error.strerror}."
        ) from None
    return target


def draft_beside(target: Path) -> Path:
    """A name for a file that will become `target` by a rename."""
    return target.with_name(f".exporter-{secrets.token_hex(6)}")


def copy_whole(file: Path, draft: Path) -> None:
    """Copy a file, maybe to another disk, and see that it has arrived there."""
    shutil.copyfile(file, draft)
    _sync(draft)


def place(draft: Path, target: Path, *, force: bool) -> None:
    """Put a file in its place, in one move.

    :raises InputError: when somebody has put another file there meanwhile and it must not be replaced.
    """
    if force:
        draft.replace(target)
    else:
        _place_new(draft, target)
    _sync(target.absolute().parent)


def _measure(path: Path) -> Digest:
    if not path.is_dir():
        return Digest(path.stat().st_size, _digest(path))
    files = sorted(_files(path))
    found = folded((_digest(p), p.relative_to(path).as_posix()) for p in files)
    return Digest(sum(p.stat().st_size for p in files), found)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (p for p in path.rglob("*") if p.is_file())
    else:
        yield path


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in file_chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _sync_all(path: Path) -> None:
    """Files, and the folders in which their names stand."""
    found = (p for p in path.rglob("*") if p.is_dir() or p.is_file()) if path.is_dir() else iter((path,))
    with ThreadPoolExecutor(_AT_ONCE, "exporter-sync") as pool:  # the disk takes many as quickly as one
        while some := list(islice(found, _SOME)):
            list(pool.map(_sync, some))
    if path.is_dir():
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
