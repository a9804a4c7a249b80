"""A COCO annotation as SQLite writes it with exporter-native: the same bytes as `document.Annotator` writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal

from exporter.context import ExportContext
from exporter.tables import Table
from exporter.vision.compiled import known, member, number_member, outline, served, whole
from exporter.vision.labels import Category
from exporter_coco.format import Options

SEPARATOR = ",\n"


def line(ctx: ExportContext, table: Table, categories: Mapping[str, Category]) -> ColumnElement[Any] | None:
    """An annotation of a table as JSON with what stands before the next one; None where it takes Python for all of them.

    It does for another frame, rounded numbers, and categories whose ids are not the identifiers of labels.
    """
    options: Options = ctx.options
    (query,) = table.queries
    values = query.values
    labels = [c.number for c in categories.values() if c.uid == str(c.number)]
    plain = options.frame == "displayed" and options.decimals is None and len(labels) == len(categories) > 0
    members, kinds = _members(options)
    if not (plain and served(ctx.connection) and "label_id" in values):
        return None
    number, label = values["number"].expression, values["label_id"].expression
    pieces: list[str | ColumnElement[Any]] = [
        '{"id":',
        number,
        ',"image_id":',
        values["image"].expression,
        ',"category_id":',
    ]
    pieces += [known(label, labels), ",", outline(values, members, kinds, checked=ctx.checked)]
    if "score" in values:
        pieces.append(number_member("score", values["score"].expression))
    if "source" in values:
        pieces.append(_wrapped(member("source", values["source"].expression)))
    if "annotation_id" in values:
        uid = values["annotation_id"].expression
        pieces.append(case((cast(uid, String) == cast(number, String), ""), else_=member("uid", uid)))
    return whole([*pieces, "}"], SEPARATOR)


def _members(options: Options) -> tuple[str, str]:
    """The members and the kinds of shapes, as exporter_outline() takes them."""
    if options.export_mode == "detection":
        return "bdc", "pb" if options.include_bbox_from_segmentation else "b"
    members = "bacs" if options.include_bbox_alongside_segmentation else "acs"
    return members, "pb" if options.convert_bbox_to_segmentation else "p"


def _wrapped(source: ColumnElement[Any]) -> ColumnElement[Any]:
    """The source as the one attribute that an annotation has; the member begins with a comma, nothing and `SPECIAL` do not."""
    inside = literal(',"attributes":{').concat(func.substr(source, 2)).concat("}")
    return case((func.length(source) > 1, inside), else_=source)
