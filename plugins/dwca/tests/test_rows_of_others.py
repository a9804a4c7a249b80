"""Data files as nobody should write them: other encodings and line ends, quotes, NUL, lines without end, files that are empty."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

import exporter
from exporter_dwca import scan
from exporter_dwca.scan import Column, Layout, batches, known_encoding

from .test_checks import EVENTS, FINDS, META, PLAIN, archive, found

QUOTED = {"quote": "&quot;"}


def rows(text: str | bytes, **words: Any) -> list[list[str]]:
    layout: dict[str, Any] = {"delimiter": "\t", "line_end": "\n", "quote": "", "encoding": "UTF-8", "header_lines": 0}
    content = text.encode() if isinstance(text, str) else text
    blocks = iter([content[i : i + 3] for i in range(0, len(content), 3)])
    made = Layout("", ("a",), id_index=0, width=1, **layout | words)
    return [row for batch in batches(blocks, made) for row in batch.rows]


# --- line ends


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("declared", ["\\n", "\\r\\n", "\\r"])
@pytest.mark.parametrize("quote", ["", "&quot;"])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16LE"])
def test_line_ends_are_as_gbif_reads_them(tmp_path: Path, end: str, declared: str, quote: str, encoding: str) -> None:
    given = {"event.txt": EVENTS + "\ne3\tx\n  \n", "occurrence.txt": FINDS + "f3\te3"}
    files: dict[str, str | bytes] = {n: text.replace("\n", end).encode(encoding) for n, text in given.items()}
    assert found(archive(tmp_path, files, end=declared, quote=quote, encoding=encoding)) == {}
    files["occurrence.txt"] = (FINDS + "f3\te9").replace("\n", end).encode(encoding)
    path = archive(tmp_path, files, end=declared, quote=quote, encoding=encoding)
    assert found(path) == {"EXTENSION_ROW_ORPHAN": (1, ['occurrence.txt:4 "e9"'])}


@pytest.mark.parametrize("text", ["a\r\nb\rc\nd", "a\r\n\r\nb\r\rc\n\nd\r", "\r\na\nb\nc\nd\r\n"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_mixed_line_ends(text: str, quote: str) -> None:
    assert rows(text, quote=quote) == [["a"], ["b"], ["c"], ["d"]]


def test_a_blank_line_is_no_row_and_counts_as_a_line(tmp_path: Path) -> None:
    codes = found(archive(tmp_path, {"event.txt": EVENTS + "\n \n\ne1\tx\n"}))
    assert codes == {"RECORD_NOT_UNIQUELY_IDENTIFIED": (1, ['event.txt:7 "e1"'])}
    codes = found(archive(tmp_path, {"event.txt": EVENTS + "\n \n\ne1\tx\n"}, **QUOTED))
    assert codes == {"RECORD_NOT_UNIQUELY_IDENTIFIED": (1, ['event.txt:7 "e1"'])}
    assert found(archive(tmp_path, {"event.txt": EVENTS + "\t\n"})) == {
        "RECORD_REFERENTIAL_INTEGRITY_VIOLATION": (1, ["event.txt:4"])
    }


# --- quotes


def test_quoted_line_ends_and_doubled_quotes(tmp_path: Path) -> None:
    events = 'id\tlocality\ne1\t"Mea\ndow\r\n""here"""\n"e\t2"\tForest\n'
    path = archive(tmp_path, {"event.txt": events, "occurrence.txt": 'id\tevent\nf1\te1\nf2\t"e\t2"\nf3\te2\n'}, **QUOTED)
    assert found(path) == {"EXTENSION_ROW_ORPHAN": (1, ['occurrence.txt:4 "e2"'])}
    without = found(archive(tmp_path, {"event.txt": events}))
    assert {"COLUMN_MISMATCH", "COLUMN_SURPLUS"} <= set(without)


def test_several_header_lines_with_quotes_and_blanks(tmp_path: Path) -> None:
    meta = META.format(**PLAIN | QUOTED).replace('ignoreHeaderLines="1"', 'ignoreHeaderLines="3"')
    files = {"meta.xml": meta, "event.txt": '"a\nb"\n\n' + EVENTS, "occurrence.txt": "a\n\n" + FINDS}
    assert found(archive(tmp_path, dict(files))) == {}


def test_the_limit_of_a_cell_is_the_processs(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    assert found(archive(tmp_path, **QUOTED)) == {}
    assert csv.field_size_limit() == before


# --- encodings


def test_byte_order_marks(tmp_path: Path) -> None:
    marked = {"event.txt": b"\xef\xbb\xbf" + EVENTS.encode()}
    findings = exporter.check(archive(tmp_path, dict(marked)), "dwca")
    assert [(f.code, f.level) for f in findings] == [("BYTE_ORDER_MARK", "info")]
    meta = META.format(**PLAIN).replace('ignoreHeaderLines="1"', "")
    bare = {"meta.xml": meta, "event.txt": marked["event.txt"][:3] + b"e1\tx\n", "occurrence.txt": "f1\te1\n"}
    findings = exporter.check(archive(tmp_path, dict(bare)), "dwca")
    assert [(f.code, f.level) for f in findings] == [("BYTE_ORDER_MARK", "warning")]


@pytest.mark.parametrize(
    ("content", "encoding", "code"),
    [
        ("utf-16", "UTF-8", "ENCODING_MISMATCH"),
        ("utf-8-sig", "ISO-8859-1", "ENCODING_MISMATCH"),
        ("utf-8-sig", "UTF-16", "ENCODING_MISMATCH"),
        ("utf-16", "UTF-16", ""),
        ("utf-16", "UTF-16LE", ""),
        ("utf-16-be", "UTF-16", ""),  # as Java reads it without a mark
    ],
)
def test_marks_of_other_encodings(tmp_path: Path, content: str, encoding: str, code: str) -> None:
    files: dict[str, str | bytes] = {"event.txt": EVENTS.encode(content), "occurrence.txt": FINDS.encode(content)}
    seen = found(archive(tmp_path, files, encoding=encoding))
    assert set(seen) == ({code} if code else set())


def test_half_a_character_at_the_end(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "event.txt": EVENTS.encode("utf-16-le") + b"e",
        "occurrence.txt": FINDS.encode("utf-16-le"),
    }
    assert set(found(archive(tmp_path, files, encoding="UTF-16LE"))) == {"COLUMN_MISMATCH"}


@pytest.mark.parametrize(
    "name", ["rot13", "zlib", "hex", "idna", "undefined", "unicode_escape", "no such", "ü", "a" * 9_999, ""]
)
def test_encodings_that_are_none(name: str) -> None:
    assert known_encoding(name) == ""


def test_nul(tmp_path: Path) -> None:
    for quote in ("", "&quot;"):
        codes = found(archive(tmp_path, {"event.txt": EVENTS + "e3\t\0\n"}, quote=quote))
        assert codes == {"TEXT_WITH_NUL": (1, ["event.txt:4"])}


# --- lines and files


@pytest.mark.parametrize(
    ("quote", "head", "text"),
    [
        ("", "", "x"),
        ("", "", "xy\t"),
        ('"', "", "x"),
        ('"', "", "xy\t"),
        ('"', '"', "x\n"),  # a quote that is never closed
        ('"', "", '"x\n"\t'),  # one row of cells of two lines
    ],
)
def test_a_hundred_megabytes_in_one_row(monkeypatch: pytest.MonkeyPatch, quote: str, head: str, text: str) -> None:
    size, scale = 0, 8 if "\n" in text else 1  # many lines take long to be traced
    monkeypatch.setattr(scan, "_MOST_IN_LINE", scan._MOST_IN_LINE // scale)
    monkeypatch.setattr(scan, "_MOST_IN_CELL", scan._MOST_IN_CELL // scale)

    def blocks() -> Any:
        nonlocal size
        yield b"id\tlocality\n" + head.encode()
        for _ in range(100 << 20 >> 16):
            size += 1 << 16
            yield (text.encode() * (1 << 16))[: (1 << 16) // len(text) * len(text)]

    layout = Layout("", ("a",), "\t", "\n", quote, "UTF-8", 1, 0, 2)
    tracemalloc.start()
    try:
        with pytest.raises(scan.Endless):
            list(batches(blocks(), layout))
        assert size < (20 << 20) / scale
        assert tracemalloc.get_traced_memory()[1] < 160_000_000 / scale
    finally:
        tracemalloc.stop()


def test_a_line_without_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_MOST_IN_LINE", 100_000)
    (finding,) = exporter.check(archive(tmp_path, {"event.txt": EVENTS + "e3\t" + "x" * 200_000 + "\n"}), "dwca")
    assert (finding.code, finding.part) == ("DWCA_UNREADABLE", "event.txt")
    assert found(archive(tmp_path, {"event.txt": EVENTS + "e3\t" + "x" * 90_000 + "\n"})) == {}


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_MOST_CELLS", 1_000)
    monkeypatch.setattr(scan, "_TEXT", 100)
    for quote in ("", '"'):
        with pytest.raises(scan.Endless, match="more than 1,000 cells"):
            rows("\t" * 1_000 + "\n", quote=quote)
        assert rows("\t" * 999 + "\n", quote=quote) == [[""] * 1_000]


def test_empty_files(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.mkdir()
    for name, text in (("meta.xml", META.format(**PLAIN)), ("event.txt", ""), ("occurrence.txt", "id\tevent\n")):
        (path / name).write_text(text)
    assert set(found(path)) == {"EML_NOT_FOUND", "DATA_FILE_EMPTY"}
    (path / "event.txt").write_text("id\tlocality\n")
    assert set(found(path)) == {"EML_NOT_FOUND"}


def test_a_file_that_cannot_be_read_says_nothing_of_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_MOST_IN_LINE", 100_000)
    files: dict[str, str | bytes] = {"event.txt": EVENTS + "x" * 200_000, "occurrence.txt": FINDS + "f3\te9\nf3\te1\n"}
    assert set(found(archive(tmp_path, files))) == {
        "DWCA_UNREADABLE",
        "OCCURRENCE_ID_DUPLICATE",
    }  # whether e9 is there, nobody knows


def test_columns_of_a_batch() -> None:
    batch = scan.Batch([1, 2], [["a", "b"], ["c"]], 2, [])
    assert batch.columns(3) == [("a", "c"), ("b", ""), ("", "")]
    assert batch.columns(1) == [("a", "c"), ("b", "")]
    layout = Layout(
        "", ("a",), ",", "\n", "", "UTF-8", 0, 0, 1, (Column("http://a/b#c", 0), Column("http://a/b/d", None, "x"))
    )
    assert layout.column("d") == Column("http://a/b/d", None, "x")
    assert layout.column("e") is None
