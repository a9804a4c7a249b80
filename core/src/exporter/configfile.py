"""Finding exporter.toml and its names, without what is needed to open a source."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from exporter.errors import InputError

NAME = "exporter.toml"


def find_config(start: Path | None = None) -> Path | None:
    """The nearest exporter.toml, from a folder upward."""
    folder = (start or Path.cwd()).absolute()
    return next((p for f in (folder, *folder.parents) if (p := f / NAME).is_file()), None)


def load(path: Path) -> dict[str, Any]:
    """The file as plain data.

    :raises InputError: when it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    if re.search(r"\\(u0000|U00000000)", text):
        raise InputError(f"{path} holds a NUL character.", hint="No database reads one in a statement; remove it.")
    if not isinstance(data.get("sources", {}), dict):
        raise InputError(f"{path}: `sources` is no table.", hint="A source stands below [sources.NAME].")
    return data


def configured(path: Path) -> dict[str, str]:
    """The names of the sources with their families."""
    sources = load(path).get("sources", {})
    return {name: str(given.get("family", "?")) if isinstance(given, dict) else "?" for name, given in sources.items()}
