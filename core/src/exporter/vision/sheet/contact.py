"""The contact sheet: some images with what is drawn on them, each with its name and its split."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from matplotlib.axes import Axes

from exporter.context import ExportContext
from exporter.figures.panel import HEAD_ROOM, Box, Panel, bar, number_of
from exporter.figures.paper import DPI, SOFT, Type, axes, legible
from exporter.source import Source
from exporter.vision.sheet import photos
from exporter.vision.sheet.colours import SPLITS
from exporter.vision.sheet.gallery import CAPTION, Place, bottom, places
from exporter.vision.sheet.shapes import Frame, draw_shapes
from exporter.vision.sheet.survey import Found, Shot
from exporter.vision.sheet.tags import draw_tags
from exporter.vision.splits import NONE

_GREY = "#e4e8ec"
_OTHERWISE = (4.0, 3.0)  # the size of an image of which nothing is known
_MARK = 8.0  # points, the side of the mark of a split
_NAME = 10.5
_LEAST_NAME, _WIDE = 40.0, 130.0  # points: a name may be so short; a place so wide has room for the split in words
_NOTHING = 60.0  # points below the head where there is no image


@attrs.frozen
class Contact:
    """A contact sheet that is laid out and not drawn yet.

    :param sizes: width and height of each image, in its pixels.
    """

    found: Found
    sizes: Sequence[tuple[float, float]]
    places: Sequence[Place]

    @property
    def width(self) -> float:
        """Of all images, in points."""
        return max((each.left + each.width for each in self.places), default=0.0)

    @property
    def height(self) -> float:
        """Of the panel, in points."""
        return HEAD_ROOM + (bottom(self.places) or _NOTHING)


def laid_out(ctx: ExportContext, found: Found, room: float) -> Contact:
    """Find a place for each image.

    :param room: the width of all, in points.
    """
    sizes = [_size(ctx.source, shot) for shot in found.shots]
    return Contact(found, sizes, [_snapped(place) for place in places([w / h for w, h in sizes], room)])


def _size(source: Source, shot: Shot) -> tuple[float, float]:
    """As the host says; else that of the file, or of what is drawn."""
    picture = shot.picture
    if picture.width and picture.height:
        return picture.width, picture.height
    known = photos.size(source, picture.path)
    if known is not None:
        return known
    far = [(s.bbox[0] + s.bbox[2], s.bbox[1] + s.bbox[3]) for _, s in shot.shapes]
    return max((x for x, _ in far), default=_OTHERWISE[0]), max((y for _, y in far), default=_OTHERWISE[1])


def _snapped(place: Place) -> Place:
    """To whole pixels of a PNG, so that no image is scaled twice."""
    return Place(*(round(n * DPI / 72) * 72 / DPI for n in attrs.astuple(place)))


def draw_contact(ctx: ExportContext, panel: Panel, contact: Contact, finer: float) -> str:
    """Draw the contact sheet and say what is to be seen.

    :param finer: pixels of images for each of a PNG.
    """
    shots = contact.found.shots
    every = _written(ctx, "image")
    panel.head("Images", _note(ctx, len(shots), every))
    if not shots:
        panel.nothing("No images")
        return "Images: none."
    for shot, size, place in zip(shots, contact.sizes, contact.places, strict=True):
        ctx.cancel.check()
        top = panel.box.top - HEAD_ROOM - place.top
        box = Box(panel.box.left + place.left, top - place.height, place.width, place.height)
        _draw_shot(ctx.source, Panel(panel.figure, panel.type, box), shot, size, finer)
    drawn = sum(len(shot.shapes) for shot in shots)
    shapes = f" with {number_of(drawn, 'shape')}" if contact.found.of == "annotation" else ""
    return f"Images: {len(shots)} of {every:,}{shapes}."


def _note(ctx: ExportContext, shown: int, every: int) -> str:
    words = [f"{shown} of {every:,}"] if shown < every else []
    if shown and ctx.source.media is None:
        words.append("the source gives no image files")
    return ", ".join(words)


def _written(ctx: ExportContext, record: str) -> int:
    count = ctx.report.records.get(record)
    return count.written if count is not None else 0


# --- one image


def _draw_shot(source: Source, panel: Panel, shot: Shot, size: tuple[float, float], finer: float) -> None:
    box = _inner(panel.box, size[0] / size[1])
    frame = Frame(box.width, box.height, *size)
    width, height = (max(1, round(n * DPI / 72 * finer)) for n in (box.width, box.height))
    pixels = photos.photo(source, shot.picture.path, width, height)
    bar(panel, panel.box.left, panel.box.bottom, panel.box.width, panel.box.height, _GREY, zorder=0)
    sheet = _axes(panel, box)
    if pixels is not None:
        sheet.imshow(pixels, extent=(0, box.width, box.height, 0), interpolation="none", aspect="auto", zorder=0)
    draw_shapes(sheet, frame, shot.shapes)
    sheet.set_xlim(0, box.width)
    sheet.set_ylim(box.height, 0)
    draw_tags(attrs.evolve(panel, box=box), frame, shot.shapes, shot.classes)
    _caption(panel, shot, missing=pixels is None and source.media is not None)


def _inner(box: Box, shape: float) -> Box:
    """The largest box of a shape in the middle of another."""
    width, height = min(box.width, box.height * shape), min(box.height, box.width / shape)
    if width > box.width - 1 and height > box.height - 1:  # but for rounding it is the same
        return box
    return Box(box.left + (box.width - width) / 2, box.bottom + (box.height - height) / 2, width, height)


def _axes(panel: Panel, box: Box) -> Axes:
    sheet = axes(panel.figure, box.left, box.bottom, box.width, box.height)
    sheet.set_axis_off()
    sheet.set_zorder(0.5)
    return sheet


def _caption(panel: Panel, shot: Shot, *, missing: bool) -> None:
    """The name to the left, the split to the right; in a narrow place the mark of the split alone."""
    box, type = panel.box, panel.type
    y = box.bottom - CAPTION + 8
    room = box.width - _split(panel, shot.picture.split, y)
    notes = ["file not readable"] if missing else []
    notes += [f"{number_of(shot.more, 'shape')} more"] if shot.more else []
    note = f"  {', '.join(notes)}" if notes else ""
    beside = room - type.width(note, _NAME)
    if beside < _LEAST_NAME:
        note, beside = "", room
    name = shortened(type, shot.picture.name, beside)
    type.put(box.left, y, name, _NAME)
    if note:
        type.put(box.left + type.width(name, _NAME), y, note, _NAME, color=SOFT)


def _split(panel: Panel, split: str, y: float) -> float:
    """Put the mark of a split, and its name where there is room, to the right; how much room that takes."""
    if split == NONE:
        return 0.0
    word = split if panel.box.width > _WIDE else ""
    taken = panel.type.width(word, _NAME) + 4 if word else 0.0
    right = panel.box.left + panel.box.width
    if word:
        panel.type.put(right, y, word, _NAME, align="right", color=SOFT)
    bar(panel, right - taken - _MARK, y - 0.4, _MARK, _MARK, SPLITS[split])
    return taken + _MARK + 8


def shortened(type: Type, text: str, room: float) -> str:
    """A text without its middle where there is no room for all of it: names of files differ at their ends."""
    text = legible(text)
    if type.width(text, _NAME) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        kept = (low + high + 1) // 2
        fits = type.width(_without_middle(text, kept), _NAME) <= room
        low, high = (kept, high) if fits else (low, kept - 1)
    return _without_middle(text, low)


def _without_middle(text: str, kept: int) -> str:
    end = kept * 2 // 3
    return f"{text[: kept - end]}…{text[len(text) - end :]}"
