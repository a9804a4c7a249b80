"""Where images and labels of a YOLO data set lie, in a zip, a tar or a folder.

Labels are found as Ultralytics finds them: the last folder called images becomes labels, and without one they lie beside the image.
So `images/train` with `labels/train` is found as well as `train/images` with `train/labels`. Paths in data.yaml are taken for those
inside the same container, whatever stands before: `../train/images`, or a path that was right on another machine.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import attrs

from exporter.containers import Archive, Unreadable
from exporter.notes import Notes

MOST_FILES = 2_000_000  # a label file for each image
# https://github.com/ultralytics/ultralytics, IMG_FORMATS of data/utils.py
IMAGES = frozenset(
    ["avif", "bmp", "dng", "heic", "heif", "jp2", "jpeg", "jpeg2000", "jpg", "mpo", "pfm", "png", "tif", "tiff", "webp"]
)
_BESIDE = frozenset(["cache", "csv", "db", "json", "md", "npy", "txt", "yaml", "yml"])  # that lie among images and are none
_YAML = (".yaml", ".yml")
_DATA = "data.yaml"
_HEAD = 1 << 16
_KEYS = (re.compile(rb"^['\"]?train['\"]?\s*:", re.MULTILINE), re.compile(rb"^['\"]?(?:names|nc)['\"]?\s*:", re.MULTILINE))
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[/\\]")
_LIST = 64 << 20  # bytes of a list of images, at most


@attrs.define
class Tree:
    """A data set.

    :param data: the name of its data.yaml, or empty.
    :param images: the names of images by what they share with their label file: the path, without extension.
    :param labels: the names of label files by the same.
    """

    archive: Archive
    data: str
    images: dict[str, list[str]]
    labels: dict[str, str]
    _folders: set[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        keys = {posixpath.dirname(key) for key in (*self.images, *self.labels)}
        self._folders = {folder[:i] for folder in keys for i, sign in enumerate(folder + "/") if sign == "/"} | {""}

    @classmethod
    def of(cls, path: Path) -> Tree:
        """What a path holds; a data.yaml stands for the folder that it is in.

        :raises Unreadable: when it is no container.
        """
        alone = path.name if path.is_file() and path.suffix in _YAML else ""
        archive = Archive(path.parent if alone else path, in_folder=False, most=MOST_FILES)
        names = sorted(archive.names)
        images: dict[str, list[str]] = defaultdict(list)
        for name in names:
            if is_image(name):
                images[stem(name)].append(name)
        texts = (name for name in names if name.endswith(".txt") and posixpath.basename(name) != "classes.txt")
        keys = {name: _labelled(name) or stem(name) for name in texts}
        labels = {key: name for name, key in keys.items() if _labelled(name) is not None or key in images}
        return cls(archive, alone or _data(archive, names), dict(images), labels)

    def splits(self, named: dict[str, list[str]], notes: Notes) -> dict[str, list[str]]:
        """The keys of images and labels by split; what is named and not there is noted.

        :param named: what data.yaml names for each split.
        """
        found: dict[str, list[str]] = {}
        seen: dict[tuple[str, ...], str] = {}
        for split, places in named.items():
            resolved = tuple(place for given in places if (place := self._resolved(split, given, notes)) is not None)
            if resolved and seen.setdefault(resolved, split) != split:
                notes.add("SPLITS_ALIKE", f"{seen[resolved]} and {split}")
            else:
                found[split] = [key for place in resolved for key in self._keys(place, notes)]
        return found

    def unseen(self) -> Iterator[str]:
        """Files among the images that readers do not take for one."""
        folders = {posixpath.dirname(key) for key in self.images}
        for name in self.archive.names:
            folder, _, file = name.rpartition("/")
            extension = file.rpartition(".")[2].lower()
            hidden = file.startswith(".") and is_image(name)
            if folder in folders and (hidden or (not is_image(name) and extension not in _BESIDE and file[:1] != ".")):
                yield name

    def _resolved(self, split: str, given: str, notes: Notes) -> str | None:
        """The folder, or the list of images, that a path of data.yaml means."""
        if _ABSOLUTE.match(given):
            notes.add("SPLIT_ABSOLUTE", given)
        place = self._found(given, lambda name: name in self._folders or (name.endswith(".txt") and self.archive.has(name)))
        if place is None and self.images:
            notes.add("SPLIT_MISSING", f"{split}: {given}")
        return place

    def _found(self, given: str, there: Callable[[str], bool]) -> str | None:
        """What a path means inside the container: the longest end of it that is there, below data.yaml's folder or the root."""
        parts = [part for part in given.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        bases = dict.fromkeys((posixpath.dirname(self.data), ""))
        ends = ("/".join(parts[i:]) for i in range(max(1, len(parts))))
        places = (posixpath.join(base, end).rstrip("/") for end in ends for base in bases)
        return next((place for place in places if there(place)), None)

    def _keys(self, place: str, notes: Notes) -> Iterator[str]:
        if place in self._folders:
            inside = f"{place}/" if place else ""
            yield from (key for key in dict.fromkeys((*self.images, *self.labels)) if key.startswith(inside))
            return
        for line in self.archive.read(place, _LIST).decode("utf-8", "replace").split("\n"):
            if line.strip():
                key = self._found(stem(line.strip()), lambda key: key in self.images or key in self.labels)
                if key is not None:
                    yield key
                elif self.images:
                    notes.add("LISTED_MISSING", line.strip())


def stem(name: str) -> str:
    """A path without its extension, as readers take it off: what follows the last point of the file's name."""
    return posixpath.splitext(name)[0]


def is_image(name: str) -> bool:
    """Whether readers take a file for an image, by its name."""
    return posixpath.splitext(name)[1][1:].lower() in IMAGES


def recognised(path: Path) -> bool:
    """Whether a path holds a YOLO data set: data.yaml or, with labels, another YAML file with names and train."""
    try:
        if path.is_file() and path.suffix in _YAML:
            with path.open("rb") as file:
                return _tells(file.read(_HEAD))
        archive = Archive(path, in_folder=False, most=MOST_FILES)
        name = _data(archive, sorted(archive.names))
        if not name or not _tells(archive.read(name, _HEAD)):
            return False
        return posixpath.basename(name) == _DATA or any(_labelled(each) is not None for each in archive.names)
    except (OSError, Unreadable):
        return False


def _tells(head: bytes) -> bool:
    return all(key.search(head) for key in _KEYS)


def _data(archive: Archive, names: Iterable[str]) -> str:
    """data.yaml, else the one YAML file that tells of classes and splits; of several the outermost."""
    candidates = sorted((name for name in names if name.endswith(_YAML)), key=lambda name: (name.count("/"), name))
    called = [name for name in candidates if posixpath.basename(name) == _DATA]
    return next((name for name in called or candidates if called or _tells(archive.read(name, _HEAD))), "")


def _labelled(name: str) -> str | None:
    """The key of a label file in a folder called labels; None for any other file."""
    before, folder, after = f"/{name}".rpartition("/labels/")
    return stem(f"{before}/images/{after}")[1:] if folder and name.endswith(".txt") else None
