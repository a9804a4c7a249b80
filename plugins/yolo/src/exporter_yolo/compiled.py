"""Labels as SQLite writes them with exporter-native: the same bytes as `lines.Writer` writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import attrs
from sqlalchemy import ColumnElement

from exporter.context import ExportContext
from exporter.tables import Table
from exporter.vision.compiled import known, label, served, whole
from exporter.vision.labels import Category
from exporter_yolo.format import Options

_TASKS = {"detect": "d", "segment": "s"}


@attrs.frozen(slots=True)
class Lines:
    """Labels of one image.

    :param image: its number; :param rows: how many there are; :param sound: whether it is known that nothing is wrong with them.
    """

    image: int
    text: bytes
    rows: int
    sound: bool


def line(ctx: ExportContext, table: Table, categories: Mapping[str, Category]) -> ColumnElement[Any] | None:
    """An annotation of a table as the number of its image, its label, and where it is; None where it takes Python for all of them.

    It does for turned boxes and key points, another frame, rounded numbers, and labels whose identifiers are no numbers.
    """
    options: Options = ctx.options
    (query,) = table.queries
    values = query.values
    labels = [int(uid) for uid in categories if uid.isdecimal() and str(int(uid)) == uid]
    plain = options.frame == "displayed" and options.decimals is None and len(labels) == len(categories) > 0
    task = _TASKS.get(options.task)
    if not (task and plain and served(ctx.connection) and "label_id" in values):
        return None
    named = values["label_id"].expression
    return whole([values["image"].expression, " ", known(named, labels), label(values, task)], "\n")


def by_image(block: bytes, indices: Mapping[bytes, bytes]) -> Iterator[Lines]:
    """The labels in a block of such lines, image by image.

    :param indices: of classes, by their identifier in the source.
    """
    cells = (line.split(b" ", 2) for line in block.split(b"\n")[:-1])
    for image, lines in groupby(cells, key=itemgetter(0)):
        texts = [b"%b %b\n" % (indices[named], rest) for _, named, rest in lines]
        yield Lines(int(image), b"".join(texts), len(texts), sound=True)
