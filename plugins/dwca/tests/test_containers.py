"""Zips, tars and folders as nobody should make them: each gets a finding, none is believed, and nothing outside is read."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

import exporter
from exporter import containers
from exporter.containers import Archive, Unreadable, zips
from exporter_dwca.format import DarwinCoreArchive

from .test_checks import EML, EVENTS, FINDS, META, PLAIN, archive, found

FILES = {"meta.xml": META.format(**PLAIN), "eml.xml": EML, "event.txt": EVENTS, "occurrence.txt": FINDS}


def tarred(path: Path, mode: str = "w", prefix: str = "", extra: Callable[[tarfile.TarFile], None] | None = None) -> Path:
    with tarfile.open(path, mode) as out:  # type: ignore[call-overload]
        for name, content in FILES.items():
            info = tarfile.TarInfo(prefix + name)
            info.size = len(content.encode())
            out.addfile(info, io.BytesIO(content.encode()))
        if extra:
            extra(out)
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    for name, content in FILES.items():
        (path / name).write_text(content, encoding="utf-8")
    return path


def message(path: Path, code: str = "DWCA_UNREADABLE") -> str:
    return next(f.message for f in exporter.check(path, "dwca") if f.code == code)


# --- every container


@pytest.mark.parametrize("prefix", ["", "./", "moths/", "./moths/"])
@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.dat"])
def test_every_container(tmp_path: Path, name: str, prefix: str) -> None:
    path = tmp_path / name
    if name == "a.zip":
        with zipfile.ZipFile(path, "w") as out:
            for each, content in FILES.items():
                out.writestr(prefix + each, content)
    else:
        tarred(path, "w:gz" if name != "a.tar" else "w", prefix)
    assert exporter.check(path, "dwca") == []
    assert exporter.check(path) == []  # and the format is found


def test_a_folder_in_a_folder(tmp_path: Path) -> None:
    folder(tmp_path / "moths")
    (tmp_path / ".hidden").mkdir()
    assert exporter.check(tmp_path) == []
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("a")
    assert set(found(tmp_path)) == {"DWCA_META_XML_NOT_FOUND"}


def test_what_macos_adds_is_no_second_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        for name, content in FILES.items():
            out.writestr(f"moths/{name}", content)
            out.writestr(f"__MACOSX/moths/._{name}", "fork")
    assert found(tmp_path / "a.zip") == {}


def test_a_format_is_found_for_what_is_broken_too(tmp_path: Path) -> None:
    whole = archive(tmp_path).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[: len(whole) // 2])
    assert [f.code for f in exporter.check(tmp_path / "a.zip")] == ["DWCA_UNREADABLE"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr("occurrence.csv", "occurrenceID,basisOfRecord\n")
    assert [f.code for f in exporter.check(tmp_path / "a.zip")] == ["DWCA_META_XML_NOT_FOUND"]
    (tmp_path / "a.tgz").write_bytes(gzip.compress(b"no tar"))
    assert [f.code for f in exporter.check(tmp_path / "a.tgz")] == ["DWCA_UNREADABLE"]
    (tmp_path / "a.parquet").write_bytes(whole[:100])
    with pytest.raises(exporter.ExporterError, match="No format knows"):
        exporter.check(tmp_path / "a.parquet")


def test_a_file_that_another_format_recognises_is_left_to_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    assert not DarwinCoreArchive().recognises(tmp_path / "a.csv")
    assert not DarwinCoreArchive().resembles(tmp_path / "a.csv")


# --- names and links


@pytest.mark.parametrize("name", ["../event.txt", "a/../../event.txt", "/etc/event.txt", "C:/event.txt", "..\\event.txt"])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_names_that_lead_out(tmp_path: Path, name: str, kind: str) -> None:
    if kind == "zip":
        path = archive(tmp_path, {name: "out"})
    else:
        path = tarred(tmp_path / "a.tar", extra=lambda out: out.addfile(tarfile.TarInfo(name)))
    codes = found(path)
    assert set(codes) == {"ARCHIVE_ENTRY_UNSAFE"}
    assert codes["ARCHIVE_ENTRY_UNSAFE"][1] == [ascii(name)[1:-1]]


def test_the_backslash_of_old_ipts_is_no_way_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        for name, content in FILES.items():
            out.writestr("\\" + name, content)
    assert found(tmp_path / "a.zip") == {}


@pytest.mark.parametrize("kind", ["SYMTYPE", "LNKTYPE", "FIFOTYPE", "CHRTYPE"])
def test_links_in_a_tar(tmp_path: Path, kind: str) -> None:
    def link(out: tarfile.TarFile) -> None:
        info = tarfile.TarInfo("more.txt")
        info.type, info.linkname = getattr(tarfile, kind), "/etc/passwd"
        out.addfile(info)

    assert found(tarred(tmp_path / "a.tar", extra=link)) == {"ARCHIVE_ENTRY_UNSAFE": (1, ["more.txt"])}


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    path = archive(tmp_path)
    info = zipfile.ZipInfo("more.txt")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as out:
        out.writestr(info, "/etc/passwd")
    assert found(path) == {"ARCHIVE_ENTRY_UNSAFE": (1, ["more.txt"])}


def test_links_in_a_folder(tmp_path: Path) -> None:
    path = folder(tmp_path / "a")
    (path / "event.txt").rename(path / "events")
    (path / "event.txt").symlink_to("events")
    assert found(path) == {}
    (tmp_path / "outside").write_text(EVENTS)
    (path / "event.txt").unlink()
    (path / "event.txt").symlink_to(tmp_path / "outside")
    assert set(found(path)) == {"ARCHIVE_ENTRY_UNSAFE", "DWCA_UNREADABLE"}
    (path / "event.txt").unlink()
    (path / "event.txt").write_text(EVENTS)
    (path / "up").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(path / "pipe")  # nobody waits for it
    assert found(path) == {"ARCHIVE_ENTRY_UNSAFE": (1, ["up"])}


@pytest.mark.parametrize("location", ["../outside", "/etc/passwd", "C:\\x", ""])
def test_a_location_outside(tmp_path: Path, location: str) -> None:
    (tmp_path / "outside").write_text("secret\n")
    path = folder(tmp_path / "a")
    meta = META.format(**PLAIN).replace("<location>event.txt<", f"<location>{location}<")
    (path / "meta.xml").write_text(meta)
    assert "outside of the archive" in message(path)


def test_metadata_outside(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(EML)
    path = folder(tmp_path / "a")
    (path / "meta.xml").write_text(META.format(**PLAIN).replace('"eml.xml"', '"../outside"'))
    assert set(found(path)) == {"EML_NOT_FOUND"}


def test_two_files_of_one_name(tmp_path: Path) -> None:
    path = archive(tmp_path)
    with zipfile.ZipFile(path, "a") as out, pytest.warns(UserWarning, match="Duplicate name"):
        out.writestr("event.txt", EVENTS)
    assert found(path) == {"ARCHIVE_ENTRY_DUPLICATE": (1, ["event.txt"])}
    assert found(tarred(tmp_path / "a.tar", extra=lambda out: out.addfile(tarfile.TarInfo("event.txt")))) == {
        "ARCHIVE_ENTRY_DUPLICATE": (1, ["event.txt"])
    }  # the second is empty: GBIF's reader takes the first, and so it is read here


# --- zips


def changed(path: Path, name: str, change: Callable[[bytearray, int, int], None]) -> Path:
    """The zip with something changed, given the places of a file's local and central header."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as whole:
        local = whole.getinfo(name).header_offset
        central = whole.start_dir
    while content[central + 46 : central + 46 + len(name)] != name.encode():
        central += 46 + sum(struct.unpack("<HHH", content[central + 28 : central + 34]))
    change(content, local, central)
    path.write_bytes(content)
    return path


def test_two_entries_with_the_same_bytes(tmp_path: Path) -> None:
    def point(content: bytearray, local: int, central: int) -> None:
        struct.pack_into("<L", content, central + 42, 0)  # where meta.xml begins

    assert "share bytes" in message(changed(archive(tmp_path), "event.txt", point))


def test_a_bomb_of_files_that_hold_each_other(tmp_path: Path) -> None:
    """Local headers, quoted by a stored block before them, so that each file is deflated into those before it (Fifield, 2019)."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(b"x" * 1_000_000) + kernel.flush()
    crc, size = zlib.crc32(b"x" * 1_000_000), 1_000_000
    second = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), size, 1, 0) + b"b"
    quote = b"\0" + struct.pack("<HH", len(second), len(second) ^ 0xFFFF)
    first_size = len(quote) + len(second) + len(packed)
    first_crc = zlib.crc32(second + b"x" * 1_000_000)
    first = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, first_crc, first_size, size + len(second), 8, 0)
    body = first + b"meta.xml" + quote + second + packed
    central = b""
    for name, place, crc32, small, large in (
        (b"meta.xml", 0, first_crc, first_size, size + len(second)),
        (b"b", len(first) + 8 + len(quote), crc, len(packed), size),
    ):
        central += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc32, small, large, len(name), 0, 0, 0, 0, 0, place
        )
        central += name
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(central), len(body), 0)
    path = tmp_path / "a.zip"
    path.write_bytes(body + central + end)
    with zipfile.ZipFile(path) as bomb:
        assert len(bomb.read("meta.xml")) == size + len(second)  # Python's reader takes it
    assert "share bytes" in message(path)


def test_more_bytes_than_declared(tmp_path: Path) -> None:
    path = archive(tmp_path, {"event.txt": EVENTS + "e3\tx\n" * 300_000})

    def less(content: bytearray, local: int, central: int) -> None:
        struct.pack_into("<L", content, central + 24, 100)

    with Archive(changed(path, "event.txt", less)) as files:
        blocks = files.blocks("event.txt")
        with pytest.raises(Unreadable, match="another size"):
            next(blocks)  # nothing beyond what was declared


def test_a_document_that_grows(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in FILES.items():
            with out.open(name, "w") as file:
                file.write(content.encode())
                if name == "eml.xml":
                    for _ in range(64):
                        file.write(b" " * (1 << 20))
    tracemalloc.start()
    try:
        assert "larger than" in message(path, "EML_GBIF_SCHEMA")
        assert tracemalloc.get_traced_memory()[1] < 4 * containers.DOCUMENT
    finally:
        tracemalloc.stop()


def test_text_that_repeats_itself_is_no_bomb(tmp_path: Path) -> None:
    rows = EVENTS + "".join(f"x{n}\t{'a' * 5_000}\n" for n in range(4_000))
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in {**FILES, "event.txt": rows}.items():
            out.writestr(name, content)
    assert path.stat().st_size * 100 < len(rows)
    assert found(path) == {}


@pytest.mark.parametrize("method", [9, 12, 14, 93, 98])
def test_packed_by_another_method(tmp_path: Path, method: int) -> None:
    def other(content: bytearray, local: int, central: int) -> None:
        for place in (local + 8, central + 10):
            struct.pack_into("<H", content, place, method)

    assert f"({method})" in message(changed(archive(tmp_path), "event.txt", other))


def test_bzip2_is_no_way_that_is_read(tmp_path: Path) -> None:
    assert bz2.compress(b"")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as out:
        for name, content in FILES.items():
            out.writestr(name, content)
    assert "do not know (12)" in message(path)


def test_an_encrypted_file(tmp_path: Path) -> None:
    def encrypt(content: bytearray, local: int, central: int) -> None:
        content[local + 6] |= 1
        content[central + 8] |= 1

    assert "encrypted" in message(changed(archive(tmp_path), "event.txt", encrypt))


def test_a_file_that_is_elsewhere(tmp_path: Path) -> None:
    def move(content: bytearray, local: int, central: int) -> None:
        struct.pack_into("<L", content, central + 42, local + 3)

    assert "is not where" in message(changed(archive(tmp_path), "event.txt", move)) or "share bytes" in message(
        tmp_path / "a.zip"
    )


def test_a_wrong_crc(tmp_path: Path) -> None:
    def flip(content: bytearray, local: int, central: int) -> None:
        content[central + 16] ^= 1

    findings = exporter.check(changed(archive(tmp_path), "event.txt", flip), "dwca")
    assert [(f.code, f.part) for f in findings] == [("DWCA_UNREADABLE", "event.txt")]
    assert "CRC-32" in findings[0].message


def test_a_directory_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MOST_ENTRIES", 3)
    assert "more than 3 files" in message(archive(tmp_path))
    monkeypatch.setattr(containers, "MOST_ENTRIES", 4)
    assert found(archive(tmp_path)) == {}
    monkeypatch.setattr(zips, "_ENTRY", 1)
    assert "files" in message(archive(tmp_path))


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x05\x06", b"\0" * 5_000, b"PK\x05\x06" + b"\0" * 18, b"\x1f\x8b" + b"\0" * 600]
)
def test_no_archive_at_all(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    code = "DWCA_META_XML_NOT_FOUND" if content == b"PK\x05\x06" + b"\0" * 18 else "DWCA_UNREADABLE"
    assert set(found(tmp_path / "a.zip")) == {code}


def test_bytes_flipped_anywhere(tmp_path: Path) -> None:
    whole = archive(tmp_path).read_bytes()
    for place in range(0, len(whole), 3):
        (tmp_path / "a.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        found(tmp_path / "a.zip")  # a verdict, whatever it is


# --- tars


def test_a_tar_cut_off_anywhere(tmp_path: Path) -> None:
    whole = tarred(tmp_path / "a.tar").read_bytes()
    end = len(whole.rstrip(b"\0"))
    for size in range(300, end - 1, 97):
        for name, content in (("a.tar", whole[:size]), ("a.tgz", gzip.compress(whole)[: -1 - size % 700])):
            (tmp_path / name).write_bytes(content)
            assert "DWCA_UNREADABLE" in found(tmp_path / name), (name, size)


def test_headers_that_lie(tmp_path: Path) -> None:
    whole = tarred(tmp_path / "a.tar").read_bytes()
    for change in (b"7" * 11 + b"\0", b"\x80" + b"\xff" * 11, b"zzzzzzzzzzz\0", b"\xff" * 12):
        header = bytearray(whole[:512])
        header[124:136] = change
        header[148:156] = b"%06o\0 " % sum(header[:148] + b" " * 8 + header[156:])
        (tmp_path / "a.tar").write_bytes(bytes(header) + whole[512:])
        assert set(found(tmp_path / "a.tar")) == {"DWCA_UNREADABLE"}
    (tmp_path / "a.tar").write_bytes(whole[:10] + b"x" + whole[11:])
    assert "header of the tar is broken" in message(tmp_path / "a.tar")


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_in_a_tar(tmp_path: Path, form: int) -> None:
    name = f"{'deep/' * 30}{'n' * 150}.txt"
    path = tmp_path / "a.tar"
    meta = META.format(**PLAIN).replace("event.txt", name)
    with tarfile.open(path, "w", format=form) as out:
        for each, content in {**FILES, "meta.xml": meta, name: EVENTS}.items():
            info = tarfile.TarInfo(each)
            info.size = len(content.encode())
            out.addfile(info, io.BytesIO(content.encode()))
    assert found(path) == {}


def test_a_name_without_end_takes_no_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
    (tmp_path / "a.tgz").write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT)))
    assert "longer than any name" in message(tmp_path / "a.tgz")


def test_too_many_files_in_a_tar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MOST_ENTRIES", 3)
    assert "more than 3 files" in message(tarred(tmp_path / "a.tar"))
    assert "more than 3 files" in message(folder(tmp_path / "a"))
