"""The local folder as a store: a reader sees the whole artifact or none of it, whatever happens in between."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from exporter.errors import InputError
from exporter.zipwriter import file_chunks


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
    if output.exists() and not force:
        raise InputError(f"{output} exists.", hint="Give another --output, or --force to replace it.")
    if output.is_dir() and force and not _ours(output):
        raise InputError(f"{output} is a folder that no export made; it is not replaced.", hint="Give another --output.")
    if report_path(output).is_dir():
        raise InputError(f"{report_path(output)} is a folder, and the report belongs there.", hint="Give another --output.")
    parent = output.absolute().parent
    if not parent.is_dir():
        raise InputError(f"There is no folder {parent}.", hint="Make it first, or give another --output.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise InputError(f"The folder {parent} cannot be written to.", hint="Give another --output.")


def report_path(output: Path) -> Path:
    """Where the report of an artifact lies: beside it."""
    return output.with_name(output.name + ".report.json")


def _ours(folder: Path) -> bool:
    return report_path(folder).is_file() or not any(folder.iterdir())


def publish(file: Path, output: Path, *, force: bool) -> Artifact:
    """Move what was packaged to its place: fsync, then rename, then fsync of the folder.

    :raises InputError: when somebody has put another file there meanwhile and it must not be replaced.
    """
    with ThreadPoolExecutor(1, "exporter-sync") as beside:  # the disk writes while the bytes are hashed
        synced = beside.submit(_sync_all, file)
        size, digest = _measure(file)
        synced.result()
    if file.is_dir():
        _place_folder(file, output, force)
    elif force:
        file.replace(output)
    else:
        _place_new(file, output)
    _sync(output.absolute().parent)
    return Artifact(output, None, size, digest)


def _place_new(file: Path, output: Path) -> None:
    try:
        os.link(file, output)  # unlike a rename, this never replaces
    except OSError:
        if os.path.lexists(output):
            raise _meanwhile(output) from None
        file.rename(output)  # a file system without links
    else:
        file.unlink()


def _place_folder(folder: Path, output: Path, force: bool) -> None:
    old = folder.with_name("replaced")
    if force and output.exists():
        output.rename(old)
    try:
        folder.rename(output)
    except OSError:
        if old.exists():
            old.rename(output)
        elif output.exists():
            raise _meanwhile(output) from None
        raise
    shutil.rmtree(old, ignore_errors=True)


def _meanwhile(output: Path) -> InputError:
    return InputError(f"{output} has come into being meanwhile.", hint="Give another --output, or --force.")


def write_report(content: str, output: Path, scratch: Path) -> Path:
    """Put the report beside the artifact, in one move.

    :raises InputError: when it cannot be written; the artifact is there all the same.
    """
    draft, target = scratch / "report.json", report_path(output)
    try:
        draft.write_text(content, encoding="utf-8")
        _sync(draft)
        draft.replace(target)
    except OSError as error:
        raise InputError(
            f"{output} is whole and published, but its report could not be written: {error.strerror}."
        ) from None
    return target


def _measure(path: Path) -> tuple[int, str]:
    if not path.is_dir():
        return path.stat().st_size, _digest(path)
    lines = [f"{_digest(p)}  {p.relative_to(path).as_posix()}\n" for p in sorted(_files(path))]
    return sum(p.stat().st_size for p in _files(path)), hashlib.sha256("".join(lines).encode()).hexdigest()


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
    for each in _files(path):
        _sync(each)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
