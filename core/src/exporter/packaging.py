"""Core's packagers: a zip, a folder, a single file, or nothing at all. Every part goes through one count of its bytes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from exporter.context import ExportContext
from exporter.errors import PluginError
from exporter.parts import Part, Receipt, checked_name
from exporter.zipwriter import Counted, ZipWriter, file_chunks

PACKAGINGS = ("zip", "folder", "file")


def package(ctx: ExportContext, parts: Iterable[Part], packaging: str) -> Path:
    """Write all parts below the scratch folder and note a Receipt for each.

    :raises PluginError: for a name that leaves the artifact or is taken, or a second part of a single file.
    """
    target = ctx.scratch / "artifact"
    with _writer(target, packaging, ctx.workers) as write:
        taken: set[str] = set()
        for part in parts:
            ctx.cancel.check()
            if packaging == "file" and taken:
                raise PluginError(f"A single file takes one part; '{part.name}' is the second.")
            _receive(ctx, part, checked_name(part.name, taken), write)
    return target


Writer = Callable[[str, Counted, bool], None]


def _receive(ctx: ExportContext, part: Part, name: str, write: Writer) -> None:
    ctx.progress.begin(f"writing {name}", part.rows or 0)
    before = ctx.reader.rows_by_table.total()
    chunks = Counted(part.chunks if part.path is None else file_chunks(part.path))
    write(name, chunks, part.stored)
    rows = part.rows if part.rows is not None else ctx.reader.rows_by_table.total() - before
    ctx.receipts.append(Receipt(name, rows, chunks.size, chunks.crc32, chunks.sha256.hexdigest(), part.sound()))


@contextlib.contextmanager
def _writer(target: Path, packaging: str, workers: int) -> Iterator[Writer]:
    match packaging:
        case "zip":
            with ZipWriter(target, beside=workers > 1) as archive:
                yield lambda name, chunks, stored: archive.add(name, chunks, stored=stored)
        case "folder":
            target.mkdir()
            yield lambda name, chunks, _stored: _write(target / name, chunks)
        case "file":
            yield lambda _name, chunks, _stored: _write(target, chunks)
        case "nothing":
            yield lambda _name, chunks, _stored: _drain(chunks)
        case _:
            raise PluginError(f"There is no packaging '{packaging}'. Known: {', '.join(PACKAGINGS)}.")


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(chunks)


def _drain(chunks: Iterable[bytes]) -> None:
    for _ in chunks:
        pass
