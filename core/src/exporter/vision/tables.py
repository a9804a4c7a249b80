"""The tables of an export of annotated images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exporter.context import ExportContext
from exporter.selection import RecordRows
from exporter.tables import Table
from exporter.vision.annotations import annotation_table
from exporter.vision.classes import tag_table
from exporter.vision.classified import Tagging, class_table
from exporter.vision.images import image_table, name_table
from exporter.vision.labels import label_table
from exporter.vision.numbers import numbers


def tables(ctx: ExportContext, records: Mapping[str, RecordRows]) -> list[Table]:
    """Images, the names of all of the project's, labels and annotations, as far as the source has them."""
    numbered = numbers(ctx, records["image"])
    labels = label_table(ctx, records)
    found = [image_table(records, numbered), name_table(records), *([labels] if labels is not None else [])]
    return [*found, annotation_table(ctx, records, numbered)] if "annotation" in records else found


def classified_tables(ctx: ExportContext, records: Mapping[str, RecordRows]) -> list[Table]:
    """Images, the names of all of the project's, its tags, and which of them images have. A preview counts the classes here."""
    numbered = numbers(ctx, records["image"])
    if ctx.output is None:
        ctx.report.classes = Tagging.of(ctx, records).counts()
    tables = (image_table(records, numbered), name_table(records), tag_table(ctx, records))
    return [*tables, class_table(ctx, records, numbered)]


def by_name(tables: Sequence[Table]) -> dict[str, Table]:
    """The tables by what they are called."""
    return {each.name: each for each in tables}
