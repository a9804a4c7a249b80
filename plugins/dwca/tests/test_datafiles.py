"""What the full check finds in rows: held against a plain count, in flat memory, in zips of every kind."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exporter
from exporter import containers
from exporter.containers import Archive, zips
from exporter_dwca import datafiles, identifiers, keys, scan
from exporter_dwca.identifiers import Identifiers

from .test_checks import EML, EVENTS, FINDS, META, PLAIN, archive, found

# --- every finding, held against a plain count

NAMES = ("event.txt", "multimedia.txt")
IDS = st.sampled_from(["a", "A", "b", "c", "d", "e", "é", "É", "", " ", "NULL", "\\N", "longer-than-the-others"])
ROWS = st.lists(st.tuples(IDS, st.sampled_from(["", "\tx", "\tx", "\tx", "\tx\ty"])), max_size=30)
NOTHING = ("", "NULL", "\\N")


def plain_count(core: list[str], extension: list[str]) -> dict[str, tuple[int, list[str]]]:
    """The findings on rows of two columns, their identifier first, by looking at one row after the other."""
    kept: dict[str, list[str]] = {}
    ids: set[str] = set()
    for name, rows in (("event.txt", core), ("multimedia.txt", extension)):
        for number, row in enumerate(rows, 2):
            cells = row.split("\t")
            line = f"{name}:{number}"
            if len(cells) < 2:
                kept.setdefault("COLUMN_MISMATCH", []).append(line)
            if len(cells) > 2:
                kept.setdefault("COLUMN_SURPLUS", []).append(line)
            if cells[0].strip() in NOTHING:
                kept.setdefault("RECORD_REFERENTIAL_INTEGRITY_VIOLATION", []).append(line)
            elif rows is not core:
                if cells[0] not in ids:
                    kept.setdefault("EXTENSION_ROW_ORPHAN", []).append(f'{line} "{cells[0]}"')
            elif cells[0] in ids:
                kept.setdefault("RECORD_NOT_UNIQUELY_IDENTIFIED", []).append(f'{line} "{cells[0]}"')
            elif cells[0].lower() in {i.lower() for i in ids}:
                kept.setdefault("ID_DIFFERS_IN_CASE_ONLY", []).append(f'{line} "{cells[0]}"')
            ids |= {cells[0]} if rows is core else set()
    return {code: (len(lines), lines) for code, lines in kept.items()}


def check_both(folder: Path, core: list[str], extension: list[str], **layout: str) -> dict[str, tuple[int, list[str]]]:
    meta = (
        META.format(**PLAIN | layout)
        .replace('<coreid index="1"/>', '<coreid index="0"/>')
        .replace("occurrence.txt", NAMES[1])
    )
    meta = meta.replace("http://rs.tdwg.org/dwc/terms/Occurrence", "http://rs.gbif.org/terms/1.0/Multimedia")
    meta = re.sub(
        '<field index="0" .*occurrenceID"/>\n<field .*"/>', '<field index="1" term="http://purl.org/dc/terms/title"/>', meta
    )
    files: dict[str, str | bytes] = {
        n: "".join(f"{line}\n" for line in ["id\tname", *rows]) for n, rows in zip(NAMES, (core, extension), strict=True)
    }
    path = archive(folder, {"meta.xml": meta, "occurrence.txt": "", **files})
    counted: dict[str, tuple[int, list[str]]] = {}
    for finding in exporter.check(path, "dwca"):
        count, examples = counted.get(finding.code, (0, []))
        counted[finding.code] = (count + finding.count, examples + finding.examples)
    return counted


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(core=ROWS, extension=ROWS, held=st.sampled_from([1, 7, 1000]), few=st.sampled_from([0, 1000]), quoted=st.booleans())
def test_against_a_plain_count(tmp_path: Path, core: Any, extension: Any, held: int, few: int, quoted: bool) -> None:
    first, second = ([id + cells for id, cells in rows if (id + cells).strip(" ")] for rows in (core, extension))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifiers, "_HELD", held)
        patch.setattr(identifiers, "_FEW", few)
        patch.setattr(containers, "BLOCK", held * 3)
        seen = check_both(tmp_path, first, second, quote="&quot;" if quoted else "")
    expected = plain_count(first, second)
    assert {c: n for c, (n, _) in seen.items()} == {c: n for c, (n, _) in expected.items()}
    for code, (count, lines) in seen.items():
        assert set(lines) <= set(expected[code][1])
        assert lines[:5] == expected[code][1][:5] or count > 5


# --- identifiers


def test_the_first_rows_are_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core = [f"e{n % 90}\tx" for n in range(100)]
    lost = [f"{'f' if n % 3 else 'e'}{n % 80}\tx" for n in range(300)]
    expected = plain_count(core, lost)
    for held, most in ((10, 100_000), (10, 4), (100_000, 4)):
        monkeypatch.setattr(identifiers, "_HELD", held)
        monkeypatch.setattr(identifiers, "_MOST", most)
        assert check_both(tmp_path, core, lost) == {c: (n, lines[:5]) for c, (n, lines) in expected.items()}


@pytest.mark.parametrize("held", [3, 1000])
def test_identifiers_that_share_their_bits_are_not_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    for module in (identifiers, keys):
        monkeypatch.setattr(module, "hash", len, raising=False)
    monkeypatch.setattr(identifiers, "_HELD", held)
    core = [f"e{n}\tx" for n in range(10)]
    assert check_both(tmp_path, core, ["e1\tx"]) == {}
    twice = check_both(tmp_path, [*core, "e3\tx", "longer\tx", "longest\tx", "e4\tx"], ["e1\tx"])
    assert twice == {"RECORD_NOT_UNIQUELY_IDENTIFIED": (2, ['event.txt:12 "e3"', 'event.txt:15 "e4"'])}


def test_a_core_in_two_files(tmp_path: Path) -> None:
    meta = META.format(**PLAIN).replace("event.txt</location>", "event.txt</location><location>more.txt</location>")
    files: dict[str, str | bytes] = {"meta.xml": meta, "more.txt": "id\tlocality\ne3\tx\ne1\tx\ne3\tx\n"}
    files["occurrence.txt"] = FINDS + "f3\te3\nf4\te4\n"
    assert found(archive(tmp_path, files)) == {
        "RECORD_NOT_UNIQUELY_IDENTIFIED": (2, ['more.txt:3 "e1"', 'more.txt:4 "e3"']),
        "EXTENSION_ROW_ORPHAN": (1, ['occurrence.txt:5 "e4"']),
    }


def test_a_scratch_file_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers, "_HELD", 1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(exporter.ExporterError, match="scratch file"):
        found(archive(tmp_path))


class _Lines:
    """An archive of one core and one extension with so many rows, made as it is read."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def has(self, name: str) -> bool:
        return True

    def blocks(self, name: str) -> Iterator[bytes]:
        yield b"id\tx\n"
        for begin in range(0, self.rows, 500):
            yield b"".join(b"identifier-%d\tx\n" % n for n in range(begin, begin + 500))


def test_memory_is_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_HELD", 2_000), ("_FEW", 1_000), ("_PARTITIONS", 64)):
        monkeypatch.setattr(identifiers, name, value)
    monkeypatch.setattr(scan, "_TEXT", 10_000)
    core, extension = (scan.Layout("", (n,), "\t", "\n", "", "UTF-8", 1, 0, 2) for n in ("a", "b"))

    def peak(rows: int) -> int:
        tracemalloc.start()
        try:
            lines: Any = _Lines(rows)
            assert list(datafiles.check_rows(lines, core, [extension])) == []
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)
    assert peak(40_000) - peak(10_000) < 300_000  # as a set they would take some 3,000,000


def test_one_identifier_in_every_row_is_flat_too() -> None:
    ids = Identifiers()
    ids.add([b"a"] * 1000)
    counts, bits, complete = identifiers.repeated([ids])
    assert (counts, bits, complete) == ([999], {hash(b"a")}, True)
    other = Identifiers()
    other.add([b"b"] * 10)
    assert identifiers.missing(ids, [other]) == (1000, {hash(b"a")})
    assert identifiers.missing(ids, [other, ids]) == (0, set())


# --- columns and letters


def test_columns_that_meta_xml_does_not_map(tmp_path: Path) -> None:
    with_header = "id\tlocality\tmore\ne1\tMeadow\tx\ne2\tForest\n"
    assert found(archive(tmp_path, {"event.txt": with_header})) == {}
    codes = found(archive(tmp_path, {"event.txt": with_header + "e3\tx\ty\tz\n"}))
    assert codes == {"COLUMN_SURPLUS": (1, ["event.txt:4"])}
    meta = META.format(**PLAIN).replace('ignoreHeaderLines="1"', "")
    headless = {"meta.xml": meta, "event.txt": "e1\tx\ty\ne2\tx\ty\ty\n", "occurrence.txt": "f1\te1\n"}
    assert found(archive(tmp_path, dict(headless))) == {"COLUMN_SURPLUS": (1, ["event.txt:2"])}


@pytest.mark.parametrize("end", ["\\n", "\\r\\n"])
def test_bytes_that_are_no_utf8(tmp_path: Path, end: str) -> None:
    rows = EVENTS.encode() + "e3\tZürich\n".encode() + b"e4\tZ\xfcrich\n" + b"e\xff\tx\ne\xfe\t\xed\xa0\x80\n"
    finds = FINDS.encode() + b"f3\te\xff\nf4\te\xfd\n"
    given = {"event.txt": rows, "occurrence.txt": finds}
    if end != "\\n":
        given = {n: content.replace(b"\n", b"\r\n") for n, content in given.items()}
    findings = exporter.check(archive(tmp_path, dict(given), end=end), "dwca")
    assert [(f.level, f.code, f.count, f.examples) for f in findings] == [
        ("warning", "TEXT_NOT_UTF8", 3, ["event.txt:5", "event.txt:6", "event.txt:7"]),
        ("warning", "TEXT_NOT_UTF8", 2, ["occurrence.txt:4", "occurrence.txt:5"]),
        ("error", "EXTENSION_ROW_ORPHAN", 1, [r'occurrence.txt:5 "e\udcfd"']),
    ]
    latin = {n: content.replace(b"\xff", b"\xe9") for n, content in given.items()}
    assert set(found(archive(tmp_path, dict(latin), end=end, encoding="ISO-8859-1"))) == {"EXTENSION_ROW_ORPHAN"}


def test_rows_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_MOST_IN_LINE", 200_000)
    monkeypatch.setattr(scan, "_MOST_IN_CELL", 100_000)
    long = EVENTS + "e3\t" + "x" * 300_000
    for quote, text in (("", long), ("&quot;", long), ("&quot;", EVENTS + 'e3\t"' + "x\n" * 100_000)):
        (finding,) = exporter.check(archive(tmp_path, {"event.txt": text}, quote=quote), "dwca")
        assert finding.code == "DWCA_UNREADABLE"
        assert "event.txt, " in finding.message


# --- the zip


def packed(path: Path, method: int = zipfile.ZIP_DEFLATED, events: str = EVENTS) -> Path:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, content in (
            ("meta.xml", META.format(**PLAIN)),
            ("eml.xml", EML),
            ("event.txt", events),
            ("occurrence.txt", FINDS),
        ):
            out.writestr(name, content)
    return path


@pytest.mark.parametrize("module", ["the codec of the run", "zlib"])
@pytest.mark.parametrize("method", ["ZIP_STORED", "ZIP_DEFLATED"])
def test_every_way_of_packing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, module: str) -> None:
    if module == "zlib":
        monkeypatch.setattr(zips, "codec", lambda: (zlib, "zlib"))
    events = EVENTS + "".join(f"n{n}\t{n * 7919 % 104729:x}\n" for n in range(50_000)) + "e1\tagain\n"
    path = packed(tmp_path / "a.zip", getattr(zipfile, method), events)
    assert found(path) == {"RECORD_NOT_UNIQUELY_IDENTIFIED": (1, ['event.txt:50004 "e1"'])}
    with Archive(path) as files:
        assert b"".join(files.blocks("event.txt")) == events.encode()
        assert b"".join(files.blocks("occurrence.txt")) == FINDS.encode()


@pytest.mark.parametrize("module", ["the codec of the run", "zlib"])
def test_a_flipped_bit_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    if module == "zlib":
        monkeypatch.setattr(zips, "codec", lambda: (zlib, "zlib"))
    path = packed(tmp_path / "a.zip", events=EVENTS + "".join(f"n{n}\t{n * 7919 % 104729:x}\n" for n in range(2_000)))
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("event.txt")
    codes: Counter[str] = Counter()
    for place in range(info.header_offset + 30 + len("event.txt"), info.header_offset + info.compress_size, 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        codes.update(found(path).keys() & {"DWCA_UNREADABLE"})
    assert codes["DWCA_UNREADABLE"] == len(range(info.header_offset + 39, info.header_offset + info.compress_size, 97))


@pytest.mark.parametrize("field", ["CRC", "file_size", "compress_size"])
@pytest.mark.parametrize("change", [-1, 1])
def test_a_directory_that_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str, change: int) -> None:
    path = packed(tmp_path / "a.zip")
    opened = zipfile.ZipFile.__init__

    def lying(self: zipfile.ZipFile, *words: Any, **more: Any) -> None:
        opened(self, *words, **more)
        info = self.getinfo("event.txt")
        setattr(info, field, getattr(info, field) + change)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", lying)
    if (field, change) != ("compress_size", 1):  # one byte too many is none of the file's
        assert "DWCA_UNREADABLE" in found(path)
