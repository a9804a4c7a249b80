"""Lists and help come at once: nothing heavy is imported for them. How long they take, `make bench` measures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"sqlalchemy", "lxml", "cattrs", "pluggy", "jinja2", "orjson", "rich", "matplotlib", "numpy"}
SLOW = {"importlib.metadata", "email", "json", "difflib", "zipfile"}  # of the standard library, as long as the rest together


def imported(folder: Path, *words: str) -> set[str]:
    """The modules that a command imports; those inside packages by their whole names."""
    code = f"from exporter.cli.main import main; main({list(words)!r})"
    command = [sys.executable, "-X", "importtime", "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(
    "words",
    [["--help"], ["formats"], ["formats", "dwca"], ["formats", "--json"], ["sources"], ["records"], ["run", "--help"]],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(words: list[str], tmp_path: Path) -> None:
    assert not imported(tmp_path, *words) & HEAVY


@pytest.mark.parametrize("words", [["--help"], ["formats"]], ids=" ".join)
def test_nothing_slow_is_imported(words: list[str], tmp_path: Path) -> None:
    assert not imported(tmp_path, *words) & SLOW


def test_the_probe_sees_imports(tmp_path: Path) -> None:
    assert {"json", "click", "exporter.registry"} <= imported(tmp_path, "formats", "--json")
