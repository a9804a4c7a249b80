"""How the files of an artifact are listed on a terminal."""

from __future__ import annotations

import pytest

from exporter.cli.show import _show_parts
from exporter.report import Report


def part(name: str, rows: int = 0, title: str = "") -> dict[str, object]:
    return {"name": name, "rows": rows, "bytes": 1000, "title": title}


def test_few_files_are_all_listed(capsys: pytest.CaptureFixture[str]) -> None:
    _show_parts(Report(parts=[part("b.json", 3), part("metadata.json")]))
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["file", "b.json", "metadata.json"]


def test_of_many_files_the_first_are_listed_and_the_others_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    images, labels = [part(f"{n}.jpg") for n in range(5000)], [part(f"{n}.txt", 2) for n in range(30)]
    _show_parts(Report(parts=[*images, *labels]))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 9 + 6 + 1
    assert lines[1].split() == ["0.txt", "2", "1.0", "kB"]
    assert lines[-1].split() == ["5,015", "other", "files", "42", "5.0", "MB"]


def test_titles_stand_for_names_and_go_before_files_without(capsys: pytest.CaptureFixture[str]) -> None:
    inner = [part(f"xl/{n}.xml") for n in range(20)]
    _show_parts(Report(parts=[*inner, part("xl/sheet1.xml", 3, "Walls\x1b[2J"), part("xl/sheet2.xml", 0, "Summary")]))
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()[:4]] == [
        "file",
        "Walls\ufffd[2J",
        "Summary",
        "xl/0.xml",
    ]
