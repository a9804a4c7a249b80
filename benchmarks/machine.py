"""What the figures were measured with: versions of all that decides them, and the machine in general words."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SQLITE = "from exporter.database import sqlite_module as m; print(m().sqlite_version)"


def script(name: str) -> str:
    """A console script of this environment, which need not be activated."""
    return str(Path(sys.executable).with_name(name))


def versions() -> str:
    """In one line."""
    found = [f"Python {platform.python_version()}"]
    for name in ("exporter-core", "exporter-dwca", "exporter-coco", "exporter-native", "SQLAlchemy", "pysqlite3", "isal"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    found.append(f"SQLite of the exporter {said([sys.executable, '-c', SQLITE])}")
    if shutil.which("sqlite3"):
        found.append(f"sqlite3 shell {said(['sqlite3', '--version']).split()[0]}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{', '.join(found)}; {platform.system()}, {platform.machine()}, {cores} cores."


def said(command: list[str]) -> str:
    """What a command prints, without the space around it."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
