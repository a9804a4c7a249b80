"""Image files for tests, figures of small sources, and what is to be seen in a figure."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from PIL import Image

import exporter
from exporter.pipeline import Result

SEA = (40, 80, 160)  # what images are filled with
LOOKS = Path(__file__).parents[3] / "build" / "looks"


def file(
    width: int = 100, height: int = 80, colour: Any = SEA, *, kind: str = "PNG", mode: str = "RGB", **more: Any
) -> bytes:
    """An image of one colour."""
    stream = io.BytesIO()
    Image.new(mode, (width, height), colour).save(stream, kind, **more)
    return stream.getvalue()


def turned(width: int, height: int, orientation: int) -> bytes:
    """An image whose upper half, as people see it, is red; `width` and `height` are of the file's pixels."""
    image = Image.new("RGB", (height, width), SEA)
    image.paste((255, 0, 0), (0, 0, height, width // 2))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    image.transpose(Image.Transpose.ROTATE_90).save(stream, "JPEG", quality=95, exif=exif)
    return stream.getvalue()


def figure(folder: Path, of: Any, name: str = "o.png", *, page: bool = False, **more: Any) -> Path:
    """The figure of an export."""
    drawn(folder, of, name, page=page, **more)
    return folder / name


def drawn(folder: Path, of: Any, name: str = "o.png", **more: Any) -> Result:
    """An export with a figure."""
    more = {"keep_going": True, "force": True, **more}
    return exporter.run(format="coco", source=of, output=folder / "o.zip", figure=folder / name, **more)


def words(folder: Path, of: Any, **more: Any) -> list[str]:
    """The texts of a figure, as its SVG names them."""
    text = figure(folder, of, "o.svg", **more).read_text(encoding="utf-8")
    return [each.replace("&gt;", ">").replace("&lt;", "<") for each in re.findall(r"<!-- (.*?) -->", text, re.DOTALL)]


def told(folder: Path, of: Any, **more: Any) -> str:
    """The figure in words."""
    drawn(folder, of, page=True, **more)
    (found,) = re.findall(r'alt="(.*?)"', (folder / "o.zip.report.html").read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def pixels(file: Path) -> Any:
    """The picture as an array (height, width, 3)."""
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")).astype(int)


@attrs.frozen
class Shown:
    """The one image of a contact sheet, found by its colour: a part of the figure.

    :param part: array (height, width, 3); :param width: and height of the image itself, in its pixels.
    """

    part: Any
    width: int
    height: int

    @classmethod
    def of(cls, file: Path, colour: tuple[int, int, int] = SEA, width: int = 100, height: int = 80) -> Shown:
        whole = pixels(file)
        like = np.abs(whole - colour).max(axis=2) < 6
        rows, columns = (np.flatnonzero(like.sum(axis=axis) > 0.15 * like.sum(axis=axis).max()) for axis in (1, 0))
        return cls(whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], width, height)

    def at(self, x: float, y: float) -> tuple[int, int, int]:
        """The colour at a place, in pixels of the image."""
        up, across, _ = self.part.shape
        red, green, blue = self.part[int(y * up / self.height), int(x * across / self.width)]
        return int(red), int(green), int(blue)

    def near(self, x: float, y: float, colour: tuple[int, int, int]) -> bool:
        """Whether some pixel within one of the image's has this colour, or almost."""
        up, across, _ = self.part.shape
        row, column = y * up / self.height, x * across / self.width
        reach = across / self.width
        cut = self.part[
            max(0, int(row - reach)) : int(row + reach) + 1, max(0, int(column - reach)) : int(column + reach) + 1
        ]
        return bool((np.abs(cut - colour).max(axis=2) < 40).any())


def mask(height: int, width: int, top: int, left: int, bottom: int, right: int) -> str:
    """A rectangle of pixels as run lengths."""
    inside = np.zeros((height, width), bool)
    inside[top:bottom, left:right] = True
    flat = inside.ravel(order="F")
    ends = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff([0, *ends.tolist(), flat.size]).tolist()
    return json.dumps({"size": [height, width], "counts": counts})
