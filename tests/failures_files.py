"""Outputs that cannot be written, archives that are checked, and runs that are stopped."""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from .databases import missing
from .failures_kit import OLD, Desk, Outcome, holds, page_rows, provokes, sane

INSECTS = ("run", "--format", "dwca", "--source", "sample:insects?occurrences=30000", "--output", "out.zip", "--json")
DELAYS = (0.3, 0.6, 0.9, 1.2, 1.6, 2.2)


@provokes("disk-full")
def _(desk: Desk) -> list[Outcome]:
    if not sys.platform.startswith("linux") or os.geteuid():
        missing("only root can mount a small disk")
    disk = desk.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], capture_output=True, check=False)
    if mounted.returncode:
        missing("a small disk cannot be mounted here")
    desk.stack.callback(subprocess.run, ["umount", disk], check=True)
    output = disk / "out.zip"
    spooled = desk.exporter(*INSECTS[:-2], str(output))
    desk.traps()
    desk.sql(
        "with recursive n(i) as (select 100 union all select i + 1 from n where i < 60000) "
        "insert into finds select i, hex(randomblob(16)), 'n1', 'Noctua pronuba', 1, 1.5, 'x', null, 1 from n; "
        "pragma journal_mode = wal"
    )
    written = desk.exporter("run", "--format", "dwca", "--output", str(output))
    desk.sql("pragma journal_mode = delete")
    copied = desk.exporter("run", "--format", "dwca", "--output", str(output))
    assert list(disk.iterdir()) == []
    return [spooled, written, copied]


@provokes("output-exists")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.old()
    found = desk.run()
    assert desk.output.read_bytes() == OLD
    return found


@provokes("output-replaced")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.old()
    return desk.run("--force")


@provokes("output-kept")
def _(desk: Desk) -> Outcome:
    desk.traps("update finds set uid = 'f1' where id = 2")
    desk.old()
    found = desk.run("--force")
    assert desk.output.read_bytes() == OLD
    return found


@provokes("output-folder-missing")
def _(desk: Desk) -> Outcome:
    desk.traps()
    return desk.exporter("run", "--format", "dwca", "--output", "nowhere/out.zip")


@provokes("output-folder-is-a-file")
def _(desk: Desk) -> Outcome:
    desk.traps()
    desk.old()
    return desk.exporter("run", "--format", "dwca", "--output", "out.zip/out.zip", writes=True)


@provokes("output-is-a-folder")
def _(desk: Desk) -> Outcome:
    desk.traps()
    (desk.output / "letters").mkdir(parents=True)
    found = desk.run("--force")
    assert (desk.output / "letters").is_dir()
    return found


@provokes("report-is-a-folder")
def _(desk: Desk) -> Outcome:
    desk.traps()
    (desk.folder / "out.zip.report.json").mkdir()
    return desk.run()


@provokes("output-name-not-utf8")
def _(desk: Desk) -> Outcome:
    desk.traps()
    found = desk.exporter("run", "--format", "dwca", "--json", "--output", b"out\xff.zip")
    assert (desk.folder / os.fsdecode(b"out\xff.zip")).is_file()
    return found


# --- archives


@provokes("check-broken-archive")
def _(desk: Desk) -> Outcome:
    desk.traps()
    whole = desk.run().output
    assert whole is not None
    (desk.folder / "cut.zip").write_bytes(whole.read_bytes()[:-40])
    return desk.exporter("check", "--format", "dwca", "--json", "cut.zip")


@provokes("check-broken-zip")
def _(desk: Desk) -> Outcome:
    desk.traps()
    whole = desk.run().output
    assert whole is not None
    (desk.folder / "broken.zip").write_bytes(whole.read_bytes().replace(b"PK\x01\x02", b"PK\x00\x00"))
    return desk.exporter("check", "--json", "broken.zip")


def _mended(desk: Desk, old: bytes, new: bytes, part: str = "occurrence.txt", *, without: str = "") -> Outcome:
    """The check of an archive of which somebody has mended one file, or taken one away."""
    desk.traps()
    whole = desk.run().output
    assert whole is not None
    with zipfile.ZipFile(whole) as files, zipfile.ZipFile(desk.folder / "mended.zip", "w", zipfile.ZIP_DEFLATED) as mended:
        for name in files.namelist():
            content = files.read(name)
            if name != without:
                mended.writestr(name, content.replace(old, new) if name == part else content)
    return desk.exporter("check", "--json", "mended.zip")


def _headers(desk: Desk, change: Callable[[bytearray, int], None]) -> Outcome:
    """The check of an archive of which the directory's second entry was changed."""
    _mended(desk, b"", b"")
    path = desk.folder / "mended.zip"
    content = bytearray(path.read_bytes())
    first = content.index(b"PK\x01\x02")
    change(content, content.index(b"PK\x01\x02", first + 1))
    path.write_bytes(content)
    return desk.exporter("check", "--json", "mended.zip")


@provokes("check-no-meta-xml")
def _(desk: Desk) -> Outcome:
    return _mended(desk, b"", b"", without="meta.xml")


@provokes("check-tar-cut-off")
def _(desk: Desk) -> Outcome:
    _mended(desk, b"", b"")
    with zipfile.ZipFile(desk.folder / "mended.zip") as files, tarfile.open(desk.folder / "whole.tar.gz", "w:gz") as out:
        for name in files.namelist():
            info = tarfile.TarInfo(name)
            info.size = files.getinfo(name).file_size
            out.addfile(info, files.open(name))
    whole = (desk.folder / "whole.tar.gz").read_bytes()
    (desk.folder / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    return desk.exporter("check", "--json", "cut.tar.gz")


@provokes("check-shared-bytes")
def _(desk: Desk) -> Outcome:
    return _headers(desk, lambda content, entry: struct.pack_into("<L", content, entry + 42, 0))


@provokes("check-encrypted")
def _(desk: Desk) -> Outcome:
    return _headers(desk, lambda content, entry: struct.pack_into("<H", content, entry + 8, 1))


@provokes("check-leads-out")
def _(desk: Desk) -> Outcome:
    _mended(desk, b"", b"")
    with zipfile.ZipFile(desk.folder / "mended.zip", "a") as out:
        out.writestr("../event.txt", "out")
    found = desk.exporter("check", "--json", "mended.zip")
    assert not (desk.folder.parent / "event.txt").exists()
    return found


@provokes("check-entities")
def _(desk: Desk) -> Outcome:
    return _mended(desk, b"<eml:eml", b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><eml:eml', "eml.xml")


@provokes("check-eml-order")
def _(desk: Desk) -> Outcome:
    return _mended(desk, b"pubDate>", b"published>", "eml.xml")


@provokes("check-row-without-end")
def _(desk: Desk) -> Outcome:
    return _mended(desk, b"Biston", b"x" * (100 << 20))


@provokes("check-occurrence-twice")
def _(desk: Desk) -> Outcome:
    return _mended(desk, b"\tf2\t", b"\tf1\t")


@provokes("check-orphans")
def _(desk: Desk) -> Outcome:
    return _mended(desk, b"n3", b"n9")


@provokes("check-surplus")
def _(desk: Desk) -> Outcome:
    return _mended(desk, b"\tf4\t", b"\tf4\t\t")


@provokes("check-not-utf8")
def _(desk: Desk) -> Outcome:
    return _mended(desk, b"Biston", b"Bist\xf6n")


# --- stopping


def _at_work(desk: Desk) -> None:
    """Wait until the run has begun: before that, a signal ends the program as it ends any other."""
    until = time.monotonic() + 30
    while not list(desk.folder.glob(".exporter-*")) and time.monotonic() < until:
        time.sleep(0.01)


def _stopped(desk: Desk, id: str, *signals: int, delays: tuple[float, ...] = DELAYS) -> list[Outcome]:
    """Runs that get signals at different moments; what is done by then is done, whole."""
    stopped = []
    for delay in delays:
        with desk.start(*INSECTS) as process:
            if id != "ctrl-c":
                _at_work(desk)
            time.sleep(delay + random.random() / 10)
            for number in signals:
                process.send_signal(number)
                time.sleep(0.02)
            found = desk.ended(process, killed=signal.SIGKILL in signals)
        if found.exit == 0:
            sane(found)
            for left in desk.folder.glob("out.zip*"):
                left.unlink()
            continue
        stopped.append(found)
        holds(next(r for r in page_rows() if r.id == id), found)
        for left in desk.folder.glob(".exporter-*"):
            shutil.rmtree(left)
    return stopped


@provokes("ctrl-c")
def _(desk: Desk) -> list[Outcome]:
    return _stopped(desk, "ctrl-c", signal.SIGINT)


@provokes("ctrl-c-twice")
def _(desk: Desk) -> list[Outcome]:
    return _stopped(desk, "ctrl-c-twice", signal.SIGINT, signal.SIGINT, signal.SIGINT, delays=(0.0, 0.2, 0.5, 1.0))


@provokes("sigterm")
def _(desk: Desk) -> list[Outcome]:
    return _stopped(desk, "sigterm", signal.SIGTERM, delays=(0.0, 0.7))


@provokes("kill")
def _(desk: Desk) -> list[Outcome]:
    found = _stopped(desk, "kill", signal.SIGKILL, delays=(0.1, 0.7))
    assert not Path(desk.output).exists()
    return found


@provokes("pipe-closed")
def _(desk: Desk) -> list[Outcome]:
    desk.traps()
    found = []
    for words in ((), ("--json",)):
        with desk.start("run", "--format", "dwca", "--output", "out.zip", "--force", *words) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            errors = process.stderr.read()
            process.wait(60)
        found.append(desk.outcome(process.returncode, b"", errors, writes=True))
    return found
