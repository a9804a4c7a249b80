"""Parts arrive in order and whole, however many files are read ahead of the one that is written."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exporter.cancel import Cancel
from exporter.packaging import package
from exporter.parts import Part
from exporter.progress import Progress

LARGE = 5 << 20  # more than is read ahead


def context(tmp_path: Path, workers: int) -> Any:
    scratch = tmp_path / f"scratch-{workers}"
    scratch.mkdir()
    reader = SimpleNamespace(rows_by_table=Counter())
    return SimpleNamespace(
        scratch=scratch, workers=workers, cancel=Cancel(), progress=Progress(), reader=reader, receipts=[], digests={}
    )


def contents(tmp_path: Path) -> dict[str, bytes]:
    """Small files with a large one and an empty one among them."""
    sizes = {f"photos/{i:02}.jpg": LARGE if i == 7 else 1_000 * i for i in range(20)}
    return {name: hashlib.sha256(name.encode()).digest() * (size // 32) for name, size in sizes.items()}


def parts(tmp_path: Path, wanted: dict[str, bytes]) -> Iterator[Part]:
    """Files with texts between them."""
    for i, (name, content) in enumerate(wanted.items()):
        if i % 6 == 5:
            yield Part(f"text-{i}.txt", [b"text", str(i).encode()], rows=1)
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        yield Part(name, path=file, rows=0, stored=True, ahead=True)


@pytest.mark.parametrize("packaging", ["zip", "folder"])
def test_files_read_ahead_are_the_same_as_in_turn(tmp_path: Path, packaging: str) -> None:
    wanted = contents(tmp_path)
    made, receipts = [], []
    for workers in (1, 2):
        ctx = context(tmp_path, workers)
        made.append(package(ctx, parts(tmp_path, wanted), packaging))
        receipts.append(ctx.receipts)
    assert receipts[0] == receipts[1]
    found = {r.name: r for r in receipts[0]}
    assert list(found)[4:7] == ["photos/04.jpg", "text-5.txt", "photos/05.jpg"]
    for name, content in wanted.items():
        assert (found[name].bytes, found[name].sha256) == (len(content), hashlib.sha256(content).hexdigest())
    if packaging == "zip":
        assert made[0].read_bytes() == made[1].read_bytes()
        with zipfile.ZipFile(made[1]) as archive:
            assert archive.testzip() is None
            assert {name: archive.read(name) for name in wanted} == wanted
    else:
        assert {name: (made[1] / name).read_bytes() for name in wanted} == wanted


def test_a_text_is_read_before_the_next_part_is_asked_for(tmp_path: Path) -> None:
    """Rows of a database come in turn: only files that say so are read ahead."""
    events = []

    def text(name: str) -> Iterator[bytes]:
        events.append(f"{name} begins")
        yield b"x"
        events.append(f"{name} ends")

    def given() -> Iterator[Part]:
        for name in ("a", "b"):
            events.append(f"{name} is asked for")
            yield Part(name, text(name), rows=0)

    package(context(tmp_path, 2), given(), "zip")
    assert events == [f"{name} {what}" for name in ("a", "b") for what in ("is asked for", "begins", "ends")]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_part_finds_the_receipts_of_those_before(tmp_path: Path, workers: int) -> None:
    ctx = context(tmp_path, workers)
    file = tmp_path / "rows.csv"
    file.write_bytes(b"a,b\n")

    def given() -> Iterator[Part]:
        yield Part("rows.csv", path=file, rows=0)
        yield from parts(tmp_path, {"photos/1.jpg": b"x"})
        assert "rows.csv" in [receipt.name for receipt in ctx.receipts]
        yield Part("about.json", [b"{}"], rows=0)

    package(ctx, given(), "zip")
    assert [receipt.name for receipt in ctx.receipts] == ["rows.csv", "photos/1.jpg", "about.json"]


def test_rows_are_asked_for_once_the_bytes_are_written(tmp_path: Path) -> None:
    """A format that reads rows in other portions than it writes knows better than core which part they are in."""
    ctx, lines = context(tmp_path, 1), [b"1\n", b"2\n", b"3\n"]
    read: list[bytes] = []

    def chunks() -> Iterator[bytes]:
        ctx.reader.rows_by_table["lines"] += 100
        for line in lines:
            read.append(line)
            yield line

    package(ctx, iter([Part("known", chunks(), rows=lambda: len(read)), Part("counted", chunks())]), "zip")
    assert [receipt.rows for receipt in ctx.receipts] == [3, 100]


def test_few_files_are_held_at_once(tmp_path: Path) -> None:
    asked, written = [], []

    class Told(Progress):
        def begin(self, what: str, rows: int = 0) -> None:
            written.append(what)
            assert len(asked) - len(written) <= 5

    def given() -> Iterator[Part]:
        for part in parts(tmp_path, {f"photos/{i}.jpg": b"x" for i in range(50)}):
            asked.append(part.name)
            yield part

    ctx = context(tmp_path, 2)
    ctx.progress = Told()
    package(ctx, given(), "zip")
    assert len(written) == len(asked)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_cannot_be_read_ends_the_run(tmp_path: Path, workers: int) -> None:
    def given() -> Iterator[Part]:
        for part in parts(tmp_path, {f"photos/{i}.jpg": b"x" for i in range(9)}):
            assert part.path is not None or "text" in part.name
            if part.name == "photos/6.jpg" and part.path is not None:
                part.path.unlink()
            yield part

    with pytest.raises(FileNotFoundError, match=r"6\.jpg"):
        package(context(tmp_path, workers), given(), "zip")
    assert not [t for t in threading.enumerate() if t.name.startswith("exporter-")]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_single_file_is_written_while_it_is_made(tmp_path: Path, workers: int) -> None:
    """In the thread that asked for it, since its bytes may come from that thread's connection."""
    pieces = [b"a" * 100, b"b" * 200_000, b"", b"c"] * 20
    makers = set()

    def made() -> Iterator[bytes]:
        for piece in pieces:
            makers.add(threading.get_ident())
            yield piece

    ctx = context(tmp_path, workers)
    target = package(ctx, [Part("a.txt", made(), rows=3)], "file")
    content = b"".join(pieces)
    assert target.read_bytes() == content
    assert makers == {threading.get_ident()}
    (receipt,) = ctx.receipts
    assert (receipt.bytes, receipt.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_single_file_that_cannot_be_made_ends_the_run(tmp_path: Path, workers: int) -> None:
    def broken() -> Iterator[bytes]:
        yield b"a" * 100_000
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        package(context(tmp_path, workers), [Part("a.txt", broken(), rows=0)], "file")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_single_file_that_cannot_be_written_ends_the_run(tmp_path: Path, workers: int) -> None:
    ctx = context(tmp_path, workers)
    (ctx.scratch / "artifact").mkdir()
    with pytest.raises(IsADirectoryError):
        package(ctx, [Part("a.txt", (b"a" * 100_000 for _ in range(100)), rows=0)], "file")
