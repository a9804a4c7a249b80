"""docs/writing-a-takeoff-format.md does what it says, and shows what `exporter new-format --family takeoff` writes."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

from exporter.scaffold import render

from .machine import Machine, blocks, files_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "writing-a-takeoff-format.md"
FILES = {"src/exporter_estimate/__init__.py": "python", "pyproject.toml": "toml", "tests/test_conformance.py": "python"}


def test_the_page_shows_what_new_format_writes() -> None:
    written = render("estimate", "takeoff")
    written["pyproject.toml"] = written["pyproject.toml"].replace('readme = "README.md"\n', "")
    assert {path: written[path] for path in FILES} == files_of(PAGE, FILES)


def test_the_page_works(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    folder = machine.home / "exporter-estimate"
    for path, content in files_of(PAGE, FILES).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    (commands,) = blocks(PAGE, "sh")
    for line in commands.splitlines():
        machine.run(line)
    lines = (machine.home / "house.txt").read_text(encoding="utf-8").splitlines()
    report = json.loads((machine.home / "house.txt.report.json").read_text())
    indented = [line for line in lines if line.startswith("  ")]
    assert len(indented) == report["records"]["measurement"]["written"] == 3000
    assert len(lines) - len(indented) == report["records"]["condition"]["written"]
    floor = (machine.home / "floor.txt").read_text(encoding="utf-8").splitlines()
    assert {line.split()[0] for line in floor if line.startswith("  ")} == {"A-101"}
    assert all(": 0.00 " not in line for line in floor)


def test_what_is_called_stable_is_there() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| (`.*`) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == 9
    for module, names in rows:
        found = import_module(f"exporter.{module}")
        assert [name for name in re.findall(r"`(\w+)`", names) if not hasattr(found, name)] == []


def test_new_format_writes_a_plugin_that_works(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    printed = machine.run("exporter new-format line-items --family takeoff")
    for line in [line.strip() for line in printed.splitlines()[1:]]:
        machine.run(line)
    assert (machine.home / "house.txt").stat().st_size > 10_000
    readme = (machine.home / "exporter-line-items/README.md").read_text()
    assert "sample:house" in readme
    assert "insects" not in readme
