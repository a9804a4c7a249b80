"""Names of files and folders that every file system takes, and that stay inside the artifact.

A name is kept as it is where Linux, macOS and Windows all take it. Else what one of them refuses is replaced; the rules for Windows
are those of "Naming Files, Paths, and Namespaces" in Microsoft's documentation of the Win32 API.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence

import attrs

MOST_BYTES = 255  # of one component, on ext4, APFS and NTFS alike
_ROOM = 24  # bytes kept for what tells names apart that would be one
_REFUSED = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:"/\\|?*]')
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])\s*(?:\.|$)", re.IGNORECASE
)
_HIDDEN = re.compile(r"^[._\s]+")
_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]+://|[A-Za-z]:(?=[/\\]))")
_WORD = "[A-Za-z0-9_][A-Za-z0-9_-]{0,99}+"
_PLAIN = re.compile(
    rf"(?:(?:{_WORD}/){{0,20}}+{_WORD}(?:\.[A-Za-z0-9]{{1,5}})?+\n)*+"
)  # paths, each with the end of its line
_MAYBE_DEVICE = re.compile(r"[/\n](?:con|prn|aux|nul|com[0-9]|lpt[0-9])[./\n]")  # of such lines in lower case


def safe_component(text: str, otherwise: str = "_") -> str:
    """A text as the name of one file or folder.

    :param otherwise: the name where nothing of the text is left.
    """
    name = _REFUSED.sub("_", unicodedata.normalize("NFC", text)).strip()
    kept = name.rstrip(". ")
    name = kept + "_" * bool(kept and len(kept) < len(name))
    if not name or set(name) <= {".", " "}:
        return otherwise
    if _DEVICE.match(name):
        name = f"_{name}"
    return _shortened(name)


def shown_component(text: str, otherwise: str = "_") -> str:
    """The same, and no name that readers pass over: those that begin with a point or two underscores are hidden to many."""
    name = safe_component(text, otherwise)
    return safe_component(_HIDDEN.sub("", name), otherwise) if name.startswith((".", "__")) else name


def base_name(path: str) -> str:
    """The last component of a host's path, as a name that readers see."""
    return shown_component(safe_path(path).rpartition("/")[2])


def _shortened(name: str) -> str:
    """At most so many bytes as leave room for a suffix; what is cut off lives on as a digest."""
    encoded = name.encode()
    if len(encoded) <= MOST_BYTES - _ROOM:
        return name
    stem, extension = split_extension(name)
    mark = f"~{hashlib.sha256(encoded).hexdigest()[:8]}{extension}"
    room = MOST_BYTES - _ROOM - len(mark.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + mark


def split_extension(name: str) -> tuple[str, str]:
    """What stands before the last point and the rest; a name that begins with its only point, or ends in much, has no extension."""
    stem, point, extension = name.rpartition(".")
    if not stem or stem.endswith("/") or "/" in extension or len(extension.encode()) > 10:
        return name, ""
    return stem, point + extension


def safe_path(text: str) -> str:
    """A host's path as a relative one with forward slashes: no drive, no scheme, no way upwards, every component safe."""
    if _are_plain((text,)):
        return text
    parts = re.split(r"[/\\]+", _SCHEME.sub("", text))
    return "/".join(safe_component(p) for p in parts if p.strip() not in ("", ".", "..")) or "_"


def _are_plain(paths: Sequence[str]) -> bool:
    """Whether each path is surely its own safe one, as most are; all are looked at at once."""
    lines = "\n".join(("", *paths, ""))
    if lines.count("\n") != len(paths) + 1 or not _PLAIN.fullmatch(lines, 1):
        return False
    return _MAYBE_DEVICE.search(lines.lower()) is None


def folded(name: str) -> str:
    """What two names share that a file system may take for one."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def suffixed(name: str, suffix: str) -> str:
    """The name with a suffix before its extension."""
    stem, extension = split_extension(name)
    return f"{stem}{suffix}{extension}"


def _itself(name: str) -> str:
    return name


@attrs.frozen
class Naming:
    """How a format names images.

    :param safe: of a host's path its name; :param apart: of a name what no two images of a project may share.
    """

    safe: Callable[[str], str] = safe_path
    apart: Callable[[str], str] = _itself

    def together(self, paths: Sequence[str]) -> Sequence[str]:
        """The names of many paths."""
        if self.safe is safe_path and _are_plain(paths):
            return paths
        return [self.safe(path) for path in paths]

    def shared(self, name: str) -> str:
        """What two names share that are one to the format, or that a file system may take for one."""
        return folded(self.apart(name))

    def all_shared(self, names: Sequence[str]) -> Sequence[str]:
        """The same of many names at once; none of them holds the end of a line."""
        lines = "\n".join(names)
        if self.apart is _itself and lines.isascii():
            return lines.lower().split("\n") if names else names
        return [self.shared(name) for name in names]


PATHS = Naming()
