"""Image files for tests: small JPEGs that every reader opens, other bytes for each name."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import BinaryIO

SIZE = (64, 48)  # of each, in pixels
_BEGINNING = 20  # bytes before the first table: the start of the image and its JFIF header
_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAKBueIx4ZKCMgoy0qqC+8P//8Nzc8P//////////////////////////////////////////////////////////wAAL"
    "CAAwAEABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAAAAMC/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAAPwDQmKCYoJigmAoJigmKCYoAmKCYoJigmP/Z"
)


def picture(name: str) -> bytes:
    """A JPEG of 64 x 48 pixels, whose comment is a digest of the name."""
    comment = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    return _JPEG[:_BEGINNING] + segment + _JPEG[_BEGINNING:]


def opened(name: str) -> BinaryIO:
    """The same as a file: the media of a source, whatever paths its images have."""
    return io.BytesIO(picture(name))
