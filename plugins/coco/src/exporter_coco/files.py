"""Where COCO files lie: alone, or with their images in a zip, a tar or a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import attrs

from exporter.containers import Archive, Unreadable
from exporter.records.vision.filters import SPELLINGS
from exporter.vision.audit import MOST_FILES
from exporter.zipwriter import file_chunks

_HEADER = 1 << 18  # JPEG's frame comes after its metadata, a thumbnail among them
_HEAD = 1 << 16  # bytes in which a file of others shows one of its keys
_KEY = re.compile(rb'\{\s*"(?:info|licenses|images|annotations|categories)"\s*:')
_NAMED = re.compile(
    r"(?:^|/)(?:annotations\.json|(?:instances|person_keypoints)_(?P<set>\w+?)\d*\.json|_annotations\.coco\.json)$"
)
_METADATA = "metadata.json"


@attrs.frozen
class Document:
    """A COCO file.

    :param split: as its name or its folder says, or empty.
    :param images: the folder in which its images lie in the same container, with a slash at its end.
    """

    name: str
    split: str
    images: str


@attrs.frozen
class Contents:
    """The COCO files of a path, and the other files beside them by name: size and, in a zip, CRC-32.

    :param archive: what they lie in; None for a COCO file alone.
    """

    documents: list[Document]
    others: dict[str, tuple[int, int | None]]
    archive: Archive | None
    _path: Path

    def blocks(self, document: Document) -> Iterator[bytes]:
        """The bytes of a COCO file.

        :raises Unreadable: when they are not those that the container tells of.
        """
        if self.archive is None:
            return file_chunks(self._path)
        return self.archive.blocks(document.name)

    def other(self, name: str) -> Iterator[bytes]:
        """The bytes of a file beside them."""
        assert self.archive is not None
        return self.archive.blocks(name)

    def begins(self, name: str) -> bytes:
        """The first bytes of another file: as many as tell how large an image is; none where they cannot be read."""
        try:
            return self.archive.read(name, _HEADER) if self.archive is not None else b""
        except (Unreadable, OSError):
            return b""


def contents(path: Path) -> Contents:
    """What a path holds.

    :raises Unreadable: when it is neither JSON nor a container.
    """
    if not path.is_dir() and begins(path)[:1] in (b"{", b"["):
        return Contents([Document(path.name, "", "")], {}, None, path)
    archive = Archive(path, in_folder=False, most=MOST_FILES)
    found = [_document(name, match) for name in sorted(archive.names) if (match := _NAMED.search(name))]
    names = {each.name for each in found}
    others = {n: archive.sizes(n)[-1] for n in archive.names if n not in names and not n.endswith((".json", "README.txt"))}
    return Contents(found, others, archive, path)


def recognised(path: Path) -> bool:
    """Whether a path holds a COCO file."""
    try:
        if path.is_dir() or begins(path)[:1] not in (b"{", b"["):
            return bool(contents(path).documents)
        return _KEY.match(begins(path)) is not None
    except (OSError, Unreadable):
        return False


def begins(path: Path) -> bytes:
    """The first bytes of a file, without blanks and a byte order mark."""
    with path.open("rb") as file:
        return file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()


def _document(name: str, match: re.Match[str]) -> Document:
    folder = name[: match.start()] + "/" if match.start() else ""
    if name.endswith("_annotations.coco.json"):
        split = folder.rstrip("/").rpartition("/")[2]
        return Document(name, SPELLINGS.get(split.lower(), split), folder)
    if match["set"]:
        root = folder.removesuffix("annotations/")
        return Document(name, match["set"], f"{root}images/{match['set']}/")
    return Document(name, "", f"{folder}images/")
