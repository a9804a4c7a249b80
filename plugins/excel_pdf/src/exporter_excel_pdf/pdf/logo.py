"""The logo on the first page, as an image of the file (ISO 32000-1, section 8.9)."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from exporter.errors import InputError
from exporter_excel_pdf.pdf.objects import Objects, Ref, refer

_FORMATS = ("PNG", "JPEG")
_MOST = 900  # pixels on a side: 300 for an inch where it is printed as large as it may be


def read(path: Path) -> Image.Image:
    """The picture, with or without transparency, as small as print needs it.

    :raises InputError: when it cannot be read as PNG or JPEG.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as opened:
                opened.thumbnail((_MOST, _MOST))
                is_clear = opened.has_transparency_data
                return opened.convert("RGBA" if is_clear else "RGB")
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise InputError(f"The logo {path} cannot be read: {error}.", hint="Name a PNG or JPEG file.") from None


def embed(objects: Objects, picture: Image.Image) -> Ref:
    """Write the picture, and what is clear of it as a mask."""
    entries = _entries(picture, "DeviceRGB")
    if picture.mode == "RGBA":
        alpha = picture.getchannel("A")
        entries["SMask"] = refer(objects.stream(alpha.tobytes(), _entries(alpha, "DeviceGray")))
    return objects.stream(picture.convert("RGB").tobytes(), entries)


def _entries(picture: Image.Image, space: str) -> dict[str, object]:
    size = {"Width": picture.width, "Height": picture.height, "BitsPerComponent": 8, "ColorSpace": f"/{space}"}
    return {"Type": "/XObject", "Subtype": "/Image", **size}
