"""Core's packagers: a zip, a folder, a single file, or nothing at all. Every part goes through one count of its bytes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from exporter.context import ExportContext
from exporter.errors import PluginError
from exporter.parts import Part, Receipt, checked_name
from exporter.report import Finding
from exporter.zipwriter import Counted, ZipWriter, file_chunks

PACKAGINGS = ("zip", "folder", "file")


def package(ctx: ExportContext, parts: Iterable[Part], packaging: str) -> Path:
    """Write all parts below the scratch folder and note a Receipt for each.

    :raises PluginError: for a name that leaves the artifact or is taken, or a second part of a single file.
    """
    target = ctx.scratch / "artifact"
    with _writer(ctx, target, packaging) as write:
        taken: set[str] = set()
        for part in parts:
            ctx.cancel.check()
            if packaging == "file" and taken:
                raise PluginError(f"A single file takes one part; '{part.name}' is the second.")
            checked_name(part.name, taken)
            _receive(ctx, part, write)
    return target


Writer = Callable[[Part, Counted], None]


def _receive(ctx: ExportContext, part: Part, write: Writer) -> None:
    ctx.progress.begin(f"writing {part.name}", part.rows or 0)
    before = ctx.reader.rows_by_table.total()
    chunks = Counted(part.chunks if part.path is None else file_chunks(part.path))
    write(part, chunks)
    rows = part.rows if part.rows is not None else ctx.reader.rows_by_table.total() - before
    ctx.receipts.append(Receipt(part.name, rows, chunks.size, chunks.crc32, chunks.sha256.hexdigest(), part.sound()))


@contextlib.contextmanager
def _writer(ctx: ExportContext, target: Path, packaging: str) -> Iterator[Writer]:
    match packaging:
        case "zip":
            with ZipWriter(target, beside=ctx.workers > 1) as archive:
                yield lambda part, chunks: archive.add(part.name, chunks, stored=part.stored)
        case "folder":
            target.mkdir()
            yield lambda part, chunks: _place(ctx, target / part.name, part, chunks)
        case "file":
            yield lambda _, chunks: _write(target, chunks)
        case "nothing":
            yield lambda _, chunks: _drain(chunks)
        case _:
            raise PluginError(f"There is no packaging '{packaging}'. Known: {', '.join(PACKAGINGS)}.")


def _place(ctx: ExportContext, target: Path, part: Part, chunks: Counted) -> None:
    """A file of a folder; one that is linked is read all the same, for its receipt."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if part.link == "copy" or not _linked(ctx, target, part):
        _write(target, chunks)
    else:
        _drain(chunks)


def _linked(ctx: ExportContext, target: Path, part: Part) -> bool:
    """Whether a link to the part's file could be made: not to another disk, nor to what only a function can open."""
    if part.path is not None:
        try:
            (os.link if part.link == "hardlink" else os.symlink)(part.path.resolve(), target)
        except OSError:
            target.unlink(missing_ok=True)
        else:
            return True
    message = "A file could not be linked; it was copied."
    ctx.report.add(Finding("info", "LINK_COPIED", message, 1, [part.name], action="replaced"))
    return False


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(chunks)


def _drain(chunks: Iterable[bytes]) -> None:
    for _ in chunks:
        pass
