"""The figure of an export of annotated images: a contact sheet, classes by split, what was found.

matplotlib and Pillow are imported when it is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporter.context import ExportContext
    from exporter.tables import Table
    from exporter.vision.annotations import Drawn
    from exporter.vision.geometry.shape import Shape

    Shown = Callable[[Drawn], Shape | None]
    Classified = Callable[[ExportContext, Sequence[Table]], Iterator[tuple[int, str, Sequence[str]]]]


def draw(
    ctx: ExportContext,
    tables: Sequence[Table],
    file: Path,
    *,
    shown: Shown | None = None,
    classified: Classified | None = None,
) -> str:
    """Draw the sheet of the tables that `vision.tables` gave into a file.

    :param shown: the shape that the format writes of an annotation, or None where it writes none of it; by default as it is.
    :param classified: for formats that write classes of images and no shapes: number, split and names of the classes of each
        image to write, in the order of the images.
    :returns: what is to be seen, in words.
    """
    from exporter.vision.sheet.drawing import draw_sheet
    from exporter.vision.sheet.survey import of_annotations, of_images

    survey = of_images(classified) if classified is not None else of_annotations(shown)
    return draw_sheet(ctx, tables, file, survey)
