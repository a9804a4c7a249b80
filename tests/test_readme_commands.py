"""What the READMEs of the formats of images and takeoffs tell to type works, one line after the other, in an empty folder."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"
SHOWN = re.compile(r"^ {4}(exporter (?:[^\n]*\\\n)*[^\n]*)$|`(exporter [^`]+)`", re.MULTILINE)
PLACEHOLDER = re.compile(r"\b(?:FILE|NAME)\b")


def commands(plugin: str) -> list[list[str]]:
    """The words of each command of a README, in the order in which they stand there, but for those that name no file."""
    text = (PLUGINS / plugin / "README.md").read_text(encoding="utf-8")
    lines = [block or inline for block, inline in SHOWN.findall(text)]
    found = [shlex.split(line.replace("\\\n", "")) for line in lines if not PLACEHOLDER.search(line)]
    return [words for words in found if len(words) > 2]  # `exporter check` alone is but its name


@pytest.mark.parametrize("plugin", ["coco", "yolo", "csv_manifest", "imagefolder", "excel_pdf", "ost"])
def test_every_command_works_as_it_is_written(plugin: str, tmp_path: Path) -> None:
    found = commands(plugin)
    assert [words[1] for words in found].count("run") >= 1
    assert ["exporter", "check"] in [words[:2] for words in found]
    for words in found:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}{done.stderr}"
    assert len(list(tmp_path.glob("*.report.json"))) == [words[1] for words in found].count("run")


def test_lines_that_go_on_are_one_command() -> None:
    (mapped,) = [words for words in commands("csv_manifest") if "--class-mapping" in words]
    assert mapped[-1] == "wet.zip"
