"""Checks of any file, ours or not."""

from __future__ import annotations

from pathlib import Path

import pytest

import exporter
from exporter_tabular import checks

GOOD = [
    ("a.csv", b"a,b\r\n1,2\r\n"),
    ("a.csv", b"a,b\n1,2"),
    ("a.csv", b'a,b\r\n"x,\r\n""y""",2\r\n\r\n'),
    ("a.csv", b"\xef\xbb\xbfa;b\r\n1;2,5\r\n"),
    ("a.csv", b"a\tb\r\n1\t2\r\n"),
    ("a.csv", b'"a,b",c\r\n1,2\r\n'),
    ("a.csv", b'a\r\n""\r\n'),
    ("a.csv", b"a\r\n" + b"x" * 300_000 + b"\r\n"),
    ("a.json", b"[\n]\n"),
    ("a.json", b"[]"),
    ("a.json", b'[\n{"a":1},\n{"a":[]}\n]\n'),
    ("a.json", b'{\n "a": 1\n}'),
    ("a.json", b'[\n  {\n    "a": 1\n  }\n]\n'),
    ("a.jsonl", b""),
    ("a.jsonl", b'{"a":1}\n{"b":18446744073709551616}\n'),
    ("a.jsonl", b'{"a":1}'),
]
BAD = [
    ("a.csv", b"", "CSV_HEADER_MISSING", 1, ["a.csv:1"]),
    ("a.csv", b"\r\n1,2\r\n", "CSV_HEADER_MISSING", 1, ["a.csv:1"]),
    ("a.csv", b"a,b,a\r\n1,2,3\r\n", "CSV_HEADER_NOT_UNIQUE", 1, ["a.csv:1"]),
    ("a.csv", b"a,b\r\n1\r\n1,2\r\n1,2,3\r\n", "CSV_COLUMN_MISMATCH", 2, ["a.csv:2", "a.csv:4"]),
    ("a.csv", b'a,b\r\n"x\r\ny",2\r\n1\r\n', "CSV_COLUMN_MISMATCH", 1, ["a.csv:4"]),
    ("a.csv", b"a,b\r\n1,\xff\r\n", "CSV_NOT_UTF8", 1, ["a.csv:2"]),
    ("a.csv", b"a,\xff\r\n1,2\r\n", "CSV_NOT_UTF8", 1, ["a.csv:1"]),
    ("a.csv", b'a,b\r\n1,2\r\n1,"2\r\n', "CSV_QUOTE_NOT_CLOSED", 1, ["a.csv:3"]),
    ("a.csv", b'"a,b\r\n1,2\r\n', "CSV_QUOTE_NOT_CLOSED", 1, ["a.csv:1"]),
    ("a.json", b"", "JSON_INVALID", 1, ["a.json:1"]),
    ("a.json", b'{\n "a": NaN\n}', "JSON_INVALID", 1, ["a.json:2"]),
    ("a.json", b'[\n{"a":1},\n{"a":\n]\n', "JSON_INVALID", 1, ["a.json:3"]),
    ("a.json", b'[\n{"a":1}\n{"a":2}\n]\n', "JSON_INVALID", 1, ["a.json:3"]),
    ("a.json", b'[\n{"a":1},\n]\n', "JSON_INVALID", 1, ["a.json:3"]),
    ("a.json", b'[\n{"a":1}\n', "JSON_INVALID", 1, ["a.json:2"]),
    ("a.json", b"[\n]\n[\n", "JSON_INVALID", 2, ["a.json:3", "a.json:3"]),
    ("a.json", b'["\xff"]', "JSON_INVALID", 1, ["a.json:1"]),
    ("a.jsonl", b'{"a":1}\n[1]\n{"a"\n{"a":"\xff"}\n\n', "JSON_INVALID", 4, [f"a.jsonl:{n}" for n in (2, 3, 4, 5)]),
]


@pytest.mark.parametrize(("name", "content"), GOOD)
def test_good(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert exporter.check(tmp_path / name) == []


@pytest.mark.parametrize(("name", "content", "code", "count", "examples"), BAD)
def test_bad(tmp_path: Path, name: str, content: bytes, code: str, count: int, examples: list[str]) -> None:
    (tmp_path / name).write_bytes(content)
    (found,) = exporter.check(tmp_path / name)
    assert (found.level, found.code, found.count, found.examples) == ("error", code, count, examples)


def test_what_is_too_large_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MOST_WHOLE", 10)
    monkeypatch.setattr(checks, "MOST_IN_ROW", 10)
    (tmp_path / "a.json").write_bytes(b'{"a": "0123456789"}')
    (found,) = exporter.check(tmp_path / "a.json")
    assert (found.level, found.code) == ("info", "JSON_NOT_CHECKED")
    (tmp_path / "b.json").write_bytes(b'[\n{"a": "0123456789"}\n]\n')
    assert exporter.check(tmp_path / "b.json") == []
    (tmp_path / "a.csv").write_bytes(b'a\r\n"0123456789\r\n0123456789"\r\n')
    (found,) = exporter.check(tmp_path / "a.csv")
    assert found.code == "CSV_QUOTE_NOT_CLOSED"
