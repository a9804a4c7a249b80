"""Shapes over an image: outlines with holes, masks, boxes, key points, each in the colour of its class.

Lines are drawn twice, a white one below, so that they are seen on dark and on light images alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from exporter.vision.geometry.shape import KEYPOINTS, Mask, Part, Ring, Shape
from exporter.vision.labels import Category
from exporter.vision.sheet.colours import colour

_LINE, _HALO = 1.7, 3.3  # points
_FILL, _MASK, _RIM, _WHITE = 0.22, 0.42, 0.95, 0.75  # opacity
_SMALLEST_DOT, _DOT = 1.8, 4.2  # points across
_DOTS = 14  # in a row that key points are as high as
_FAR = 10.0  # times the image's size: where coordinates that lead nowhere end
_NEAR = 0.25  # points between which nobody sees a difference
_VISIBLE = 2

Doubles = NDArray[np.float64]
Bounds = tuple[float, float, float, float]


@attrs.frozen
class Frame:
    """The place of an image on the sheet.

    :param width: and height, in points; :param across: and up, in pixels of the image.
    """

    width: float
    height: float
    across: float
    up: float

    def points(self, ring: Ring) -> Doubles:
        """Coordinates of the image as points from the upper left corner of its place, one row for each."""
        scale = np.array([1 / self.across, 1 / self.up])
        part = np.clip(np.asarray(ring, np.float64).reshape(-1, 2) * scale, -_FAR, _FAR)
        points: Doubles = part * (self.width, self.height)
        return points

    def bounds(self, shape: Shape) -> Bounds:
        """Left, top, right and bottom of what is seen of a shape, in points."""
        x, y, width, height = shape.bbox
        (left, top), (right, bottom) = self.points([x, y, x + width, y + height])
        clipped = np.clip([left, right], 0, self.width), np.clip([top, bottom], 0, self.height)
        return float(clipped[0][0]), float(clipped[1][0]), float(clipped[0][1]), float(clipped[1][1])


def draw_shapes(sheet: Axes, frame: Frame, shapes: Iterable[tuple[Category, Shape]]) -> None:
    """Draw shapes into axes of the size of the frame, y downwards; the smaller above the larger."""
    for category, shape in sorted(shapes, key=lambda each: -each[1].bbox[2] * each[1].bbox[3]):
        own = colour(category)
        if shape.mask is not None:
            _draw_mask(sheet, frame, shape.mask, own)
        elif shape.parts:
            _draw_outline(sheet, _outline(frame, shape.parts), own)
        elif shape.kind != KEYPOINTS:
            x, y, width, height = shape.bbox
            corners: Ring = [x, y, x + width, y, x + width, y + height, x, y + height]
            _draw_outline(sheet, _outline(frame, [(corners,)]), own)
        if shape.keypoints:
            _draw_keypoints(sheet, frame, shape.keypoints, category.skeleton, own)


# --- outlines


def _outline(frame: Frame, parts: Sequence[Part]) -> Path:
    """Outer rings one way round and holes the other: so all kinds of files leave holes empty."""
    rings = [_turned(frame.points(ring), hole=place > 0) for part in parts for place, ring in enumerate(part)]
    return Path.make_compound_path(*(Path(np.vstack([ring, ring[:1]]), closed=True) for ring in rings))


def _turned(ring: Doubles, *, hole: bool) -> Doubles:
    apart = np.abs(np.diff(ring, axis=0, prepend=ring[-1:] + 1)).max(axis=1) > _NEAR
    ring = ring[apart] if apart.sum() > 2 else ring
    x, y = ring.T
    signed = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    return ring[::-1] if (signed > 0) == hole else ring


def _draw_outline(sheet: Axes, path: Path, own: str) -> None:
    style = {"joinstyle": "round", "capstyle": "round"}
    sheet.add_patch(PathPatch(path, facecolor=own, edgecolor="none", alpha=_FILL))
    sheet.add_patch(PathPatch(path, fill=False, edgecolor="white", linewidth=_HALO, alpha=_WHITE, **style))
    sheet.add_patch(PathPatch(path, fill=False, edgecolor=own, linewidth=_LINE, **style))


# --- masks


def _draw_mask(sheet: Axes, frame: Frame, mask: Mask, own: str) -> None:
    inside = sampled(mask, 2 * round(frame.width), 2 * round(frame.height))
    rim = inside & ~_eroded(_eroded(inside))
    halo = ~inside & ~_eroded(_eroded(~inside))
    pixels = np.empty((*inside.shape, 4))
    pixels[..., :3] = np.where(halo[..., None], 1.0, to_rgb(own))
    pixels[..., 3] = np.select([halo, rim, inside], [_WHITE, _RIM, _MASK])
    sheet.imshow(pixels, extent=(0, frame.width, frame.height, 0), interpolation="nearest", aspect="auto", zorder=1)


def sampled(mask: Mask, across: int, up: int) -> NDArray[np.bool_]:
    """Whether the pixels at the middles of a grid's cells are the mask's: an array (up, across), in the memory of that alone."""
    column = ((np.arange(across) + 0.5) * mask.width / across).astype(np.int64)
    row = ((np.arange(up) + 0.5) * mask.height / up).astype(np.int64)
    ends = np.cumsum(np.asarray(mask.counts, np.int64))
    run = np.searchsorted(ends, column[None, :] * mask.height + row[:, None], side="right")
    inside: NDArray[np.bool_] = run % 2 == 1
    return inside


def _eroded(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    padded = np.pad(inside, 1, mode="edge")
    eroded: NDArray[np.bool_] = inside & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return eroded


# --- key points


def _draw_keypoints(
    sheet: Axes, frame: Frame, keypoints: Sequence[float], skeleton: Sequence[tuple[int, int]], own: str
) -> None:
    """Points that are there, hidden ones hollow, and the lines between two of them."""
    places = frame.points([n for i in range(0, len(keypoints), 3) for n in keypoints[i : i + 2]])
    seen = keypoints[2::3]
    joined = [(a - 1, b - 1) for a, b in skeleton if max(a, b) <= len(seen) and seen[a - 1] and seen[b - 1]]
    there = places[[bool(how) for how in seen]]
    dot = float(np.clip(np.ptp(there, axis=0).max(initial=0) / _DOTS, _SMALLEST_DOT, _DOT)) if len(there) > 1 else _DOT
    for line, paint, alpha in ((_HALO, "white", _WHITE), (_LINE, own, 1.0)):
        for a, b in joined:
            x, y = places[[a, b]].T
            sheet.plot(x, y, color=paint, linewidth=line * dot / _DOT, alpha=alpha, solid_capstyle="round", zorder=2)
    for (x, y), how in zip(places, seen, strict=True):
        if how:
            fill, rim = (own, "white") if how == _VISIBLE else ("white", own)
            sheet.plot(
                x, y, "o", markersize=dot, markerfacecolor=fill, markeredgecolor=rim, markeredgewidth=dot / _DOT, zorder=3
            )
