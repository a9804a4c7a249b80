"""Pages of the manual that write plugins, tried on a machine where the plugin was never seen."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of code of a page that are in a language."""
    return [text for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def files_of(page: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The files that a page shows.

    :param files: their paths with their languages, in the order in which it shows those of one language.
    """
    code = {language: iter(blocks(page, language)) for language in files.values()}
    return {path: next(code[language]) for path, language in files.items()}


class Machine:
    """An environment that sees ours, and into which plugins are installed; ours is not touched."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        venv.create(folder / "venv", symlinks=True)
        self.python = str(folder / "venv" / "bin" / "python")
        site = next((folder / "venv").glob("lib/python*/site-packages"))
        ours = sysconfig.get_path("purelib")
        (site / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")

    def run(self, command: str) -> str:
        """A line as a reader would type it; pip takes nothing from the network."""
        program, *words = shlex.split(command)
        start = {
            "pip": [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--python", self.python],
            "exporter": [self.python, "-m", "exporter"],
            "pytest": [self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        }[program]
        if program == "pip":
            words = [
                words[0],
                "--no-index",
                "--no-build-isolation",
                *([] if "--no-deps" in words else ["--no-deps"]),
                *words[1:],
            ]
        done = subprocess.run(
            [*start, *words], cwd=self.home, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHONPATH", "PIP_", "COV_"))}
        return {**kept, "SOURCE_DATE_EPOCH": "1717277400"}
