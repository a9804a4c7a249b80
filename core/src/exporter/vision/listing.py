"""The images of an export, listed in scratch while rows are read: their files come after whatever names them.

Memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import attrs
import orjson

from exporter.context import ExportContext
from exporter.parts import Link, Part
from exporter.vision.images import Picture, picture_part


class Listing:
    """Images in the order in which they are added.

    :param path: the file that keeps them; without one nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    @classmethod
    def of(cls, ctx: ExportContext, *, wanted: bool = True) -> Listing:
        """The listing of a run.

        :param wanted: whether anybody will read it.
        """
        return cls(ctx.scratch / "pictures" if wanted else None)

    def __enter__(self) -> Listing:
        self._file = self._path.open("wb") if self._path is not None else None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, picture: Picture, *names: str) -> None:
        """Keep an image, with the names that its file has in the artifact."""
        if self._file is not None:
            self._file.write(orjson.dumps((attrs.astuple(picture), *names)) + b"\n")

    def read(self, *, without: Collection[int] = ()) -> Iterator[Picture]:
        """The images that were added, once that is over.

        :param without: numbers of images that have been left out since.
        """
        return (picture for picture, _ in self._lines() if picture.number not in without)

    def parts(self, ctx: ExportContext, *, link: Link = "copy", without: Collection[int] = ()) -> Iterator[Part]:
        """Their files, under each of the names that they were added with."""
        for picture, names in self._lines():
            if picture.number not in without:
                for name in names:
                    yield picture_part(ctx, picture, name, link=link)

    def _lines(self) -> Iterator[tuple[Picture, list[Any]]]:
        if self._path is None:
            return
        with self._path.open("rb") as file:
            for line in file:
                cells, *names = orjson.loads(line)
                yield Picture(*cells), names


def placeholder(words: str) -> Part:
    """What keeps the folder images/ where no image is written; readers look for it.

    :param words: what belongs there.
    """
    return Part("images/README.txt", [f"The images are not in this export; {words}\n".encode()], rows=0)
