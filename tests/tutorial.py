"""A page of the manual as a test sees it: its commands, what it says they print, and the excerpts of files that it shows."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import attrs

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_MARK = "\x1d"


@attrs.frozen
class Step:
    """Commands, and the text that stands below them on the page; empty where none does."""

    commands: str
    printed: str


def steps(page: str) -> list[Step]:
    """The page's blocks of commands, in order."""
    blocks = [*((m[1], m[2]) for m in _BLOCK.finditer(page)), ("", "")]
    return [Step(text, below if kind == "text" else "") for (name, text), (kind, below) in pairwise(blocks) if name == "sh"]


def excerpts(page: str, language: str) -> list[str]:
    """The page's blocks of one language."""
    return [m[2] for m in _BLOCK.finditer(page) if m[1] == language]


def run(commands: list[str], folder: Path, **environment: str) -> list[str]:
    """What each of the commands prints on a terminal, one shell after the other seeing what came before.

    :raises AssertionError: when one of them fails.
    """
    script = "set -e\n" + "".join(f"{c}\nprintf '\\x1d'\n" for c in commands)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    terminal = {**os.environ, "PATH": path, "COLUMNS": "100", "TERM": "dumb", **environment}
    for name in ("SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR"):
        terminal.pop(name, None)
    main, side = pty.openpty()
    with subprocess.Popen(
        ["bash", "-c", script], cwd=folder, env=terminal, stdout=side, stderr=subprocess.PIPE, text=True
    ) as process:
        os.close(side)
        read = _Reading(main)
        _, errors = process.communicate(timeout=120)
        printed = read.text()
    assert process.returncode == 0, printed + errors
    return [_plain(p) for p in printed.split(_MARK)[: len(commands)]]


class _Reading:
    """Reads the other end of a terminal until it is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._chunks: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            while chunk := os.read(self._descriptor, 65536):
                self._chunks.append(chunk)
        except OSError:  # how Linux says that nobody writes any more
            pass
        finally:
            os.close(self._descriptor)

    def text(self) -> str:
        self._thread.join(10)
        return b"".join(self._chunks).decode()


def _plain(text: str) -> str:
    lines = (line.rstrip() for line in _ANSI.sub("", text).replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def steady(text: str) -> str:
    """A text without what differs from run to run, and from one compressor to the other."""
    return re.sub(r"[\d.]+ ([kM]B) in [\d.]+ s", r"N \1 in N s", text)
