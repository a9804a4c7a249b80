"""Image files as small pictures, upright, one at a time; None where there is nothing to be seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from exporter.errors import Cancelled
from exporter.source import Source

Pixels = NDArray[np.uint8]
T = TypeVar("T")
_ORIENTATION = 0x0112  # EXIF 2.32 (CIPA DC-008)
_MOST_PIXELS = 1 << 26  # decoded at once: some 200 MB; JPEG is decoded to an eighth of it, or less
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def photo(source: Source, path: str, width: int, height: int) -> Pixels | None:
    """An image as people see it, scaled to this size: an array (height, width, 3)."""
    return _opened(source, path, lambda image: _scaled(image, width, height))


def size(source: Source, path: str) -> tuple[int, int] | None:
    """Width and height of an image as people see it."""
    return _opened(source, path, lambda image: _turned(image.size, _orientation(image)))


def _opened(source: Source, path: str, look: Callable[[Any], T]) -> T | None:
    if source.media is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken EXIF data and large images: the sheet shows what can be seen
            with source.open_media(path) as file:
                return _looked(file, look)
    except Cancelled:
        raise
    except Exception:  # readers of broken files raise anything
        return None


def _looked(file: BinaryIO, look: Callable[[Any], T]) -> T:
    with Image.open(file) as image:
        return look(image)


def _scaled(image: Any, width: int, height: int) -> Pixels | None:
    orientation = _orientation(image)
    wanted = _turned((width, height), orientation)
    image.draft("RGB", wanted)
    if image.width * image.height > _MOST_PIXELS:
        return None
    small = _plain(image).resize(wanted, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if orientation in _TURNS:
        small = small.transpose(_TURNS[orientation])
    return np.asarray(small)


def _plain(image: Any) -> Any:
    """In red, green and blue; what can be seen through is white, and numbers of any range are stretched."""
    if image.mode[0] in "IF":
        values = np.nan_to_num(np.asarray(image, np.float32))
        low, high = float(values.min()), float(values.max())
        image = Image.fromarray(((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        image = Image.new("RGBA", seen.size, "white")
        image.alpha_composite(seen)
    return image.convert("RGB")


def _orientation(image: Any) -> int:
    found = image.getexif().get(_ORIENTATION, 1)
    return found if found in _TURNS else 1


def _turned(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation >= 5 else size
