"""Image files as readers tell them from others: by their first bytes, and by the extensions that loaders of folders go by."""

from __future__ import annotations

import re

HEAD = 32  # first bytes in which every kind shows
LOADED = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")  # torchvision.datasets.folder
EXTENSIONS = (*LOADED, ".apng", ".avif", ".dib", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".jpe", ".jxl", ".pbm", ".pnm")
_BEGINNINGS = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",  # TIFF, and what raw formats make of it
    b"MM\x00*",
    b"II+\x00",  # BigTIFF
    b"MM\x00+",
    b"\x00\x00\x00\x0cjP  \r\n\x87\n",  # JPEG 2000
    b"\xffO\xffQ",
    b"\x00\x00\x00\x0cJXL \r\n\x87\n",  # JPEG XL
    b"\xff\x0a",
    b"8BPS",  # Photoshop
    b"v/1\x01",  # OpenEXR
)
_BITMAP = re.compile(rb"BM.{4}\x00\x00\x00\x00", re.DOTALL)
_NETPBM = re.compile(rb"P[1-7]\s")
_WEBP = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)
_BOXES = re.compile(rb".{4}ftyp(?:avif|avis|heic|heix|hevc|heim|heis|mif1|msf1)", re.DOTALL)  # ISO base media: AVIF, HEIF


def is_image(head: bytes) -> bool:
    """Whether a file is an image, as far as its first bytes tell.

    :param head: `HEAD` of them, or all there are.
    """
    return head.startswith(_BEGINNINGS) or any(each.match(head) for each in (_BITMAP, _NETPBM, _WEBP, _BOXES))


def has_extension(name: str, known: tuple[str, ...] = EXTENSIONS) -> bool:
    """Whether a file's name ends as those of images do."""
    return name.lower().endswith(known)
