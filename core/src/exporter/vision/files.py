"""What the file of an image says of itself: how large it is as people see it, and whether it has to be turned for that."""

from __future__ import annotations

from typing import BinaryIO

import attrs

from exporter.source import Source

_ON_ITS_SIDE = frozenset({5, 6, 7, 8})  # of EXIF's orientations, those whose width is the height of what is seen


@attrs.frozen(slots=True)
class FileSize:
    """Width and height in pixels, as people see the image.

    :param turned: whether the file has them the other way round, and an EXIF orientation that says so.
    """

    width: int
    height: int
    turned: bool

    @property
    def seen(self) -> tuple[int, int]:
        """Width and height, as people see the image."""
        return self.width, self.height

    @property
    def stored(self) -> tuple[int, int]:
        """Width and height, as the file has them."""
        return (self.height, self.width) if self.turned else self.seen


def opened(source: Source, path: str, *, sized: bool) -> FileSize | None:
    """The size of an image of a source; None where it is of a kind that nobody knows.

    :param sized: whether that is asked for; if not, the file is only looked for.
    :raises OSError: when the file is not there, cannot be read or is empty; SourceError as `Source.open_media` does.
    """
    with source.open_media(path) as file:
        if not file.read(1):
            raise OSError(f"{path} is empty")
        return size_of(file) if sized and file.seekable() else None


def size_of(file: BinaryIO) -> FileSize | None:
    """The size of the image in a file, which can be gone back and forth in; None where that cannot be told."""
    import imagesize

    file.seek(0)
    try:
        found = imagesize.get_info(file, dpi=False, colors=False, channels=False)
    except Exception:  # of a broken file it raises anything
        return None
    if found.width <= 0 or found.height <= 0:
        return None
    return FileSize(int(found.width), int(found.height), found.rotation in _ON_ITS_SIDE)
