"""The pictures of a street database: JPEGs drawn by Pillow from the same scenes as its annotations.

    picture(0, seed=7)    # bytes

The same arguments give the same bytes with one version of Pillow.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO

from exporter_sample.street_brush import FINE, Brush
from exporter_sample.street_drawing import draw
from exporter_sample.street_plan import image_at
from exporter_sample.street_scene import Scene, scene

_ORIENTATION = 0x0112  # EXIF's tag
_COMMENT = b"\xff\xfe"  # the marker COM of ITU T.81, B.2.4.5
_QUALITY = 88


def picture(number: int, seed: int) -> bytes:
    """The JPEG of the image with this number, from 0. It has as many bytes as the database says.

    Where the image has an EXIF orientation, it is written into the file, and the pixels are stored turned.
    """
    found = scene(number, seed)
    return _filled(_encoded(found), found.image.size)


def opener(images: int, seed: int) -> Callable[[str], BinaryIO]:
    """A function that opens the picture with a path.

    It raises FileNotFoundError for a path that none of so many images has.
    """

    def open_picture(path: str) -> BinaryIO:
        image = image_at(path)
        if image is None or image.number >= images:
            raise FileNotFoundError(f"No image has the path '{path}'.")
        return io.BytesIO(picture(image.number, seed))

    return open_picture


def _encoded(found: Scene) -> bytes:
    from PIL import Image as Pixels
    from PIL import ImageDraw

    camera = found.image.camera
    large = Pixels.new("RGB", (camera.width * FINE, camera.height * FINE))
    draw(found, Brush(ImageDraw.Draw(large)))
    drawn = large.reduce(FINE)  # which smooths the edges
    exif = Pixels.Exif()
    if found.image.orientation == 6:
        drawn = drawn.transpose(Pixels.Transpose.ROTATE_90)
        exif[_ORIENTATION] = 6
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=_QUALITY, exif=exif.tobytes() if len(exif) else b"")
    return file.getvalue()


def _filled(jpeg: bytes, size: int) -> bytes:
    """A JPEG with comments before its image data, which readers skip, so that it has this size."""
    place = 2
    while jpeg[place] == 0xFF and 0xE0 <= jpeg[place + 1] <= 0xEF:  # JFIF and Exif want to come first
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4])
    lacking = size - len(jpeg) - len(_COMMENT) - 2
    if not 0 <= lacking <= 0xFFFF - 2:
        raise ValueError(f"a JPEG of {len(jpeg)} bytes cannot be filled up to {size} by one comment")
    comment = _COMMENT + (lacking + 2).to_bytes(2) + b" " * lacking
    return jpeg[:place] + comment + jpeg[place:]
