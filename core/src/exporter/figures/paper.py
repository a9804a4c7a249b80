"""The sheet that a figure is drawn on: its type, texts that fit, and a file that is always the same. Lengths are in points.

matplotlib is used through its objects: no pyplot, no state that outlives the drawing. A style of our own takes the place of the
user's; it is set while one figure is drawn at a time, because matplotlib keeps its settings for the whole process.
"""

from __future__ import annotations

import contextlib
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

DPI = 100  # of a PNG
INK, SOFT, LINE, PAPER = "#1b1f24", "#59636e", "#d5dbe1", "#ffffff"
BLUE, PALE = "#0072b2", "#cfe3f1"
LEVELS = {
    "error": "#d55e00",
    "warning": "#e69f00",
    "info": "#56b4e9",
}  # of the palette of Okabe and Ito, safe for the colour-blind

# DejaVu Sans comes with matplotlib, so that the picture is the same everywhere; what it lacks is taken from these where they are.
_FAMILY = "DejaVu Sans"
_FURTHER = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Hiragino Sans", "Microsoft YaHei",
    "Malgun Gothic", "Noto Sans", "Noto Sans Devanagari", "Noto Sans Thai", "Arial Unicode MS",
)  # fmt: skip
_NO_GLYPH = "\u25a1"
_ONE = threading.Lock()
_STYLE = {
    "svg.hashsalt": "exporter",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
}
_CANVASES = {".png": FigureCanvasAgg, ".svg": FigureCanvasSVG, ".pdf": FigureCanvasPdf}
_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}


@contextlib.contextmanager
def sheet(width: float, height: float) -> Iterator[Figure]:
    """An empty figure in our style, while nobody else of this process draws.

    :param width: and height, in inches.
    """
    style = {**_STYLE, "font.family": list(_families())}
    with _ONE, matplotlib.style.context(style, after_reset=True):
        yield Figure(figsize=(width, height), dpi=DPI)


def save(figure: Figure, file: Path) -> None:
    """Write the figure as the suffix says: without a date, and with the same names for the same things."""
    kind = file.suffix.lower()
    canvas = _CANVASES[kind](figure)
    with file.open("wb") as stream:
        canvas.print_figure(stream, format=kind[1:], dpi=DPI, metadata=_METADATA[kind])


def versions() -> dict[str, str]:
    """What decides the bytes of a figure."""
    return {"matplotlib": matplotlib.__version__}


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    there = {font.name for font in fontManager.ttflist}
    return (_FAMILY, *(name for name in _FURTHER if name in there))


def legible(text: str) -> str:
    """A text on one line, of characters that a font has."""
    line = " ".join(text.split())
    shown = (c for c in line if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return "".join(c if c.isascii() or _has_glyph(c) else _NO_GLYPH for c in shown)


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    fonts = (get_font(findfont(FontProperties(family=name))) for name in _families())
    return any(font.get_char_index(ord(character)) for font in fonts)


class Type:
    """Texts at positions in points from the lower left corner of a figure, measured so that they stay where they have room."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        canvas: Any = FigureCanvasAgg(figure)  # matplotlib types its figures, and not its backends
        self._renderer = canvas.get_renderer()

    def width(self, text: str, size: float, **style: Any) -> float:
        """The width of a text in points."""
        font = FontProperties(size=size, **style)
        pixels: float = self._renderer.get_text_width_height_descent(text, font, False)[0]
        return pixels * 72 / DPI

    def fit(self, text: str, room: float, size: float, **style: Any) -> str:
        """As much of a text as there is room for, with an ellipsis where that is not all."""
        text = legible(text)
        if self.width(text, size, **style) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (
                (middle, high) if self.width(text[:middle].rstrip() + "…", size, **style) <= room else (low, middle - 1)
            )
        return text[:low].rstrip(" ,;:.") + "…"

    def lines(self, text: str, room: float, size: float, most: int, **style: Any) -> list[str]:
        """A text in lines, the last with an ellipsis where there would be more."""
        words = legible(text).split(" ")
        found: list[str] = []
        while words and len(found) < most - 1:
            taken = 1
            while taken < len(words) and self.width(" ".join(words[: taken + 1]), size, **style) <= room:
                taken += 1
            found.append(self.fit(" ".join(words[:taken]), room, size, **style))
            words = words[taken:]
        return [*found, self.fit(" ".join(words), room, size, **style)] if words else found

    def put(
        self, x: float, y: float, text: str, size: float, *, align: str = "left", color: str = INK, **style: Any
    ) -> None:
        """Write a text on its base line."""
        font = FontProperties(size=size, **style)
        at = (x / 72 / self._figure.get_figwidth(), y / 72 / self._figure.get_figheight())
        self._figure.text(*at, text, fontproperties=font, color=color, ha=align, va="baseline")


def axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place in points, with no frame but the lower line."""
    across, up = 72 * figure.get_figwidth(), 72 * figure.get_figheight()
    made = figure.add_axes((left / across, bottom / up, width / across, height / up))
    for side in ("top", "right", "left"):
        made.spines[side].set_visible(False)
    made.tick_params(labelsize=12, length=0, pad=6)
    return made
