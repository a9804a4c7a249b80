"""The columns of manifest.csv and metadata.csv, once for their headers, their rows and what croissant.json says of them."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from exporter.vision.classified import Classified
from exporter.vision.splits import NONE

MANIFEST = "manifest.csv"
METADATA = "metadata.csv"
IMAGES = "images/"
HEADER = ("image_path", "class_name", "split")  # of the manifest


@attrs.frozen
class Column:
    """A column.

    :param data_type: as Croissant names it; :param cell: its text, from an image and the text that names its class or classes.
    """

    name: str
    description: str
    data_type: str
    cell: Callable[[Classified, str], str]


def _path(found: Classified, _: str) -> str:
    return IMAGES + found.picture.name


def _class_name(_: Classified, classes: str) -> str:
    return classes


def _split(found: Classified, _: str) -> str:
    return "" if found.picture.split == NONE else found.picture.split


def _width(found: Classified, _: str) -> str:
    return "" if found.picture.width is None else str(found.picture.width)


def _height(found: Classified, _: str) -> str:
    return "" if found.picture.height is None else str(found.picture.height)


def _image_id(found: Classified, _: str) -> str:
    return found.picture.uid


_SPLIT = Column("split", "train, val or test; empty for an image of no split", "sc:Text", _split)
_TEXT = "sc:Text"
COLUMNS = {
    MANIFEST: (
        Column("image_path", "Path of the image, from the folder of the manifest", _TEXT, _path),
        Column("class_name", "Class of the image", _TEXT, _class_name),
        _SPLIT,
    ),
    METADATA: (
        Column("file_name", "Path of the image, from the folder of the file", _TEXT, _path),
        Column("class_name", "Classes of the image, joined by |", _TEXT, _class_name),
        _SPLIT,
        Column("width", "Width in pixels", "sc:Integer", _width),
        Column("height", "Height in pixels", "sc:Integer", _height),
        Column("image_id", "Identifier of the image in the source", _TEXT, _image_id),
    ),
}


def joined(found: Classified) -> str:
    """The classes of an image as one text: joined by |, with a backslash before each | and backslash of a name."""
    return "|".join(each.name.replace("\\", "\\\\").replace("|", "\\|") for each in found.classes)
