"""Core's packagers: a zip, a folder, a single file, or nothing at all. Every part goes through one count of its bytes."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Full, Queue

from exporter.context import ExportContext
from exporter.digests import of_folder
from exporter.errors import PluginError
from exporter.parts import Part, Receipt, checked_name
from exporter.report import Finding
from exporter.zipwriter import Counted, ZipWriter, file_chunks, gathered

PACKAGINGS = ("zip", "folder", "file")
_SMALL = 4 << 20  # bytes of a file that is read ahead
_AHEAD = 4  # so many of them at most
_HANDED = 2  # chunks of a single file that wait to be written


def package(ctx: ExportContext, parts: Iterable[Part], packaging: str) -> Path:
    """Write all parts below the scratch folder and note a Receipt for each.

    :raises PluginError: for a name that leaves the artifact or is taken, or a second part of a single file.
    """
    target = ctx.scratch / "artifact"
    with (
        _writer(ctx, target, packaging) as write,
        contextlib.closing(_counted(ctx, _checked(ctx, parts, packaging))) as found,
    ):
        for part, chunks in found:
            _receive(ctx, part, chunks, write)
    return target


Writer = Callable[[Part, Counted], None]


def _checked(ctx: ExportContext, parts: Iterable[Part], packaging: str) -> Iterator[Part]:
    taken: set[str] = set()
    for part in parts:
        ctx.cancel.check()
        if packaging == "file" and taken:
            raise PluginError(f"A single file takes one part; '{part.name}' is the second.")
        checked_name(part.name, taken)
        yield part


def _counted(ctx: ExportContext, parts: Iterable[Part]) -> Generator[tuple[Part, Counted]]:
    """Parts with their bytes. Small files that may be are read and hashed in a thread, a few ahead of the one that is written."""
    if ctx.workers == 1:
        yield from ((part, Counted(_bytes(part))) for part in parts)
        return
    ahead: deque[tuple[Part, Future[Counted]]] = deque()
    with ThreadPoolExecutor(1, "exporter-files") as pool:
        for part in parts:
            small = _is_small(part)
            if small:
                ahead.append((part, pool.submit(Counted(_bytes(part)).hold)))
            while len(ahead) > (_AHEAD if small else 0):
                begun, chunks = ahead.popleft()
                yield begun, chunks.result()
            if not small:
                yield part, Counted(_bytes(part))
        yield from ((begun, chunks.result()) for begun, chunks in ahead)


def _bytes(part: Part) -> Iterable[bytes]:
    return part.chunks if part.path is None else file_chunks(part.path)


def _is_small(part: Part) -> bool:
    """Whether a part is a file that a thread may read as a whole; one that is not there is for who writes it to tell."""
    if not part.ahead or part.path is None or part.rows is None:
        return False
    try:
        return part.path.stat().st_size <= _SMALL
    except OSError:
        return False


def _receive(ctx: ExportContext, part: Part, chunks: Counted, write: Writer) -> None:
    ctx.progress.begin(f"writing {part.title or part.name}", part.rows if isinstance(part.rows, int) else 0)
    before = ctx.reader.rows_by_table.total()
    write(part, chunks)
    rows = part.rows() if callable(part.rows) else part.rows
    if rows is None:
        rows = ctx.reader.rows_by_table.total() - before
    digest = chunks.sha256.hexdigest()
    ctx.receipts.append(Receipt(part.name, rows, chunks.size, chunks.crc32, digest, part.sound(), part.title))


@contextlib.contextmanager
def _writer(ctx: ExportContext, target: Path, packaging: str) -> Iterator[Writer]:
    match packaging:
        case "zip":
            with ZipWriter(target, beside=ctx.workers > 1) as archive:
                yield lambda part, chunks: archive.add(part.name, chunks, stored=part.stored)
            if archive.digest is not None:
                ctx.digests[target] = archive.digest
        case "folder":
            target.mkdir()
            yield lambda part, chunks: _place(ctx, target / part.name, part, chunks)
            ctx.digests[target] = of_folder(ctx.receipts)
        case "file":
            write = _write_beside if ctx.workers > 1 else _write
            yield lambda _, chunks: write(target, chunks)
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


def _write_beside(path: Path, chunks: Counted) -> None:
    """The same in a thread, hashes and all, while the next bytes are made in this one, whose connection they may need."""
    made, handed = gathered(chunks.chunks), Queue[bytes | None](_HANDED)
    chunks.chunks = iter(handed.get, None)
    with ThreadPoolExecutor(1, "exporter-file") as pool:
        written = pool.submit(_write, path, chunks)
        try:
            for chunk in made:
                _hand(handed, chunk, written)
        finally:
            _hand(handed, None, written)
        written.result()


def _hand(queue: Queue[bytes | None], chunk: bytes | None, taker: Future[None]) -> None:
    """Hand a chunk to who takes them, as long as he does: a full disk ends that."""
    while not taker.done():
        with contextlib.suppress(Full):
            queue.put(chunk, timeout=0.1)
            return


def _drain(chunks: Iterable[bytes]) -> None:
    for _ in chunks:
        pass
