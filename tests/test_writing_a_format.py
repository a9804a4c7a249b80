"""docs/writing-a-format.md does what it says, on a machine where the plugin was never seen; so does `exporter new-format`."""

from __future__ import annotations

import json
import re
import sysconfig
from pathlib import Path

import pytest

from exporter.scaffold import render

from .machine import Machine, blocks, files_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "writing-a-format.md"
FILES = {"src/exporter_hello/__init__.py": "python", "pyproject.toml": "toml", "tests/test_conformance.py": "python"}


def page_files() -> dict[str, str]:
    """The files that the page shows, in the order in which it shows them."""
    return files_of(PAGE, FILES)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_page_shows_what_new_format_writes() -> None:
    written = render("hello")
    written["pyproject.toml"] = written["pyproject.toml"].replace('readme = "README.md"\n', "")
    assert {path: written[path] for path in FILES} == page_files()


def test_the_format_is_at_most_40_lines() -> None:
    assert len(page_files()["src/exporter_hello/__init__.py"].splitlines()) <= 40


def test_the_page_works(machine: Machine) -> None:
    folder = machine.home / "exporter-hello"
    for path, content in page_files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    (commands,) = blocks(PAGE, "sh")
    said = {line: machine.run(line) for line in commands.splitlines()}
    assert "A greeting for each row" in said["exporter formats hello"]
    assert "--greeting" in said["exporter formats hello"]
    assert lines_of(machine.home / "insects.txt", "Good evening")
    assert [p.name for p in (machine.home / "dist").iterdir()] == ["exporter_hello-0.1.0-py3-none-any.whl"]

    listed = {f["name"]: f for f in json.loads(machine.run("exporter formats --json"))}
    assert (listed["hello"]["error"], listed["hello"]["distribution"]) == ("", "exporter-hello")
    machine.run("exporter run --format hello --source sample:insects --output plain.txt")
    assert lines_of(machine.home / "plain.txt", "Hello")
    assert not list(Path(sysconfig.get_path("purelib")).glob("*exporter_hello*"))


def lines_of(file: Path, greeting: str) -> int:
    """How many greetings there are: as many as rows were written."""
    lines = file.read_text(encoding="utf-8").splitlines()
    report = json.loads(file.with_name(f"{file.name}.report.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(rf"{greeting}, \w+ \S+!", line) for line in lines)
    assert len(lines) == sum(count["written"] for count in report["records"].values())
    return len(lines)


def test_new_format_writes_a_plugin_that_works(machine: Machine) -> None:
    printed = machine.run("exporter new-format field-notes")
    for line in [line.strip() for line in printed.splitlines()[1:]]:
        machine.run(line)
    assert "field-notes" in machine.run("exporter formats")
    assert lines_of(machine.home / "insects.txt", "Hello")
