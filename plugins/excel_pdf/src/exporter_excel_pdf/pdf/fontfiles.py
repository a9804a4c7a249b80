"""Which files of fonts there are: DejaVu Sans, which comes with matplotlib, and what the machine has for other scripts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from exporter.errors import InputError

_REGULAR, _BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
_FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("~/AppData/Local/Microsoft/Windows/Fonts",),
}
_KNOWN = (  # fonts of Chinese, Japanese and Korean, the ones with most characters first
    "notosanscjk-regular.ttc",
    "notosanscjksc-regular.otf",
    "notosanscjkjp-regular.otf",
    "notosanssc-regular.otf",
    "sourcehansans-regular.ttc",
    "sourcehansanssc-regular.otf",
    "arial unicode.ttf",
    "arialuni.ttf",
    "pingfang.ttc",
    "hiragino sans gb.ttc",
    "msyh.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "droidsansfallbackfull.ttf",
    "yugothr.ttc",
    "msgothic.ttc",
    "ipag.ttf",
    "malgun.ttf",
    "applesdgothicneo.ttc",
    "nanumgothic.ttf",
    "simsun.ttc",
    "simhei.ttf",
)


def own_fonts() -> tuple[Path, Path]:
    """DejaVu Sans and its bold, with which Latin, Greek, Cyrillic, Arabic and Hebrew are written.

    :raises InputError: when matplotlib, which they come with, is not installed.
    """
    spec = find_spec("matplotlib")  # found without importing it, which takes half a second
    if spec is None or spec.origin is None:
        raise InputError(
            "The fonts of PDF reports come with matplotlib, which is not installed.", hint="pip install matplotlib"
        )
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return folder / _REGULAR, folder / _BOLD


def machine_fonts(folders: Sequence[Path] | None = None) -> list[Path]:
    """Fonts of Chinese, Japanese and Korean that this machine has, the ones with most characters first.

    :param folders: where to look, with all folders below; those of the system by default.
    """
    found: dict[str, Path] = {}
    for folder in _folders() if folders is None else folders:
        for path in sorted(folder.rglob("*")):
            found.setdefault(path.name.casefold(), path)
    return [found[name] for name in _KNOWN if name in found]


def _folders() -> Iterator[Path]:
    names = _FOLDERS.get(sys.platform, _FOLDERS["linux"])
    if sys.platform == "win32":
        names = (*names, str(Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"))
    for name in names:
        folder = Path(name).expanduser()
        if folder.is_dir():
            yield folder
