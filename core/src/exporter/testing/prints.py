"""Files as people see them on paper: what LibreOffice makes of a document, and the pages of a PDF file as pictures.

LibreOffice (`soffice`) and poppler's `pdftoppm` are programs of the machine; `absent` says which of them is not there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

PROGRAMS = ("soffice", "pdftoppm")
_LONGEST = 300  # seconds: LibreOffice takes a minute to print some hundred sheets


def absent(*programs: str) -> list[str]:
    """Those of the programs that are not installed; of all where none is named."""
    return [name for name in programs or PROGRAMS if shutil.which(name) is None]


def converted(path: Path, kind: str, folder: Path, environment: Mapping[str, str] | None = None) -> Path:
    """What LibreOffice makes of a document, as a file of that kind (`pdf`, `xlsx`) in a folder.

    :param environment: variables beside those that are there. The profile is in the folder, so that nobody's is touched.
    :raises subprocess.CalledProcessError: when it fails; :raises FileNotFoundError: when it is not installed, or wrote nothing.
    """
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    command = ["soffice", "--headless", "--norestore", profile, "--convert-to", kind, "--outdir", str(folder), str(path)]
    told = {**os.environ, **(environment or {})}
    subprocess.run(command, check=True, capture_output=True, timeout=_LONGEST, env=told)  # noqa: S603 - fixed words and paths
    made = folder / f"{path.stem}.{kind}"
    if not made.is_file():
        raise FileNotFoundError(made)
    return made


def pages(pdf: Path, folder: Path, *, first: int = 1, last: int = 0, dpi: int = 80, stem: str = "") -> list[Path]:
    """Pages of a PDF file as PNG pictures `<stem>-<number>.png` in a folder, in order; older ones of that name are removed.

    :param first, last: which pages, from 1; 0 for the last that there is. :param stem: that of the file, where none is given.
    :raises ValueError: where poppler complains of the file: broken syntax, a font that is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = stem or pdf.stem
    for old in folder.glob(f"{stem}-*.png"):
        old.unlink()
    words = ["-r", str(dpi), "-png", "-f", str(first), *(["-l", str(last)] if last else [])]
    command = ["pdftoppm", *words, str(pdf), str(folder / stem)]
    done = subprocess.run(  # noqa: S603 - fixed words and paths
        command, check=True, capture_output=True, text=True, timeout=_LONGEST
    )
    if done.stderr:
        raise ValueError(f"{pdf}: {done.stderr.strip()}")
    return sorted(folder.glob(f"{stem}-*.png"))
