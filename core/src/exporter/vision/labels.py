"""The classes of annotations: the project's labels, each with a number that no filter changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import orjson
from sqlalchemy import String, cast, not_

from exporter.context import ExportContext
from exporter.errors import InputError
from exporter.hosttypes import spelled
from exporter.records.vision.conditions import labelled
from exporter.report import EXAMPLES, Finding
from exporter.rules import Rule
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value, plain_fields, value
from exporter.vision.numbers import numbers

Rows = Mapping[str, RecordRows]
TABLE = "labels"
_FIELDS = ("label_id", "class_name", "supercategory", "colour", "keypoints", "skeleton")


@attrs.frozen
class Category:
    """A class.

    :param number: its id in the artifact, from 1; :param uid: its identifier in the source, or its name where it has no labels.
    :param keypoints: names of its key points; :param skeleton: pairs of their places, from 1, that a line joins.
    """

    number: int
    uid: str
    name: str
    supercategory: str = ""
    colour: str = ""
    keypoints: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()


def label_table(ctx: ExportContext, records: Rows) -> Table | None:
    """The project's labels, or the names of classes that its annotations have; None where there are no annotations either.

    :raises InputError: when the source has annotations, but neither labels nor names of classes.
    """
    if "label" in records:
        return _labels(ctx, records["label"])
    row = records.get("annotation")
    if row is None:
        return None
    if not row.has("class_name"):
        raise InputError(
            f"Source '{ctx.source.name}' does not say of what class its annotations are.",
            hint="Map the record 'label' and `label_id` of 'annotation', or `class_name` of 'annotation'.",
        )
    column = cast(row.columns["class_name"], String)
    query = row.in_project().where(column.is_not(None), column != "").distinct()
    return Table(TABLE, "annotation", plain_fields(["class_name"]), (TableQuery(query, {"class_name": Value(column)}),))


def _labels(ctx: ExportContext, row: RecordRows) -> Table:
    start, number = numbers(ctx, row).joined(row.alias, row.alias)
    fields = {name: row.bound.schema.fields[name] for name in _FIELDS}
    values = {name: value(row, name) for name in _FIELDS if row.has(name)}
    query = TableQuery(row.select().select_from(start), {"number": Value(number), **values}, row.key)
    return Table(TABLE, "label", {**plain_fields(["number"]), **fields}, (query,), whole=True)


def categories(ctx: ExportContext, table: Table | None) -> dict[str, Category]:
    """The classes in the order of their numbers, by what an annotation names them by: identifier, or name.

    :param table: what `label_table` gave.
    """
    if table is None:
        return {}
    rows = [cells for batch in ctx.texts(table) for cells in batch]
    if table.record == "label":
        found = [_category(ctx, cells) for cells in rows]
        return {each.uid: each for each in sorted(found, key=lambda each: each.number)}
    return {name: Category(i, name, name) for i, name in enumerate(sorted(name for (name,) in rows), 1)}


def rules(ctx: ExportContext, records: Rows) -> list[Rule]:
    """That annotations of other labels than those of the option `label_filter` are left out.

    :raises InputError: when the source has no label that is named.
    """
    wanted = ctx.options.label_filter
    if not wanted or "annotation" not in records:
        return []
    chosen = labelled(records, ctx.connection, wanted, "The option 'label_filter' names the label")
    message = "The annotation has another label than those asked for; it was left out."
    return [Rule("annotation", "LABEL_NOT_CHOSEN", message, "info", where=not_(chosen))]


def chosen(ctx: ExportContext, categories: Mapping[str, Category]) -> dict[str, Category]:
    """The classes that the option `label_filter` names, or all; by name where no label has that identifier, as in `rules`."""
    given = ctx.options.label_filter
    wanted = {*given, *(spelled(each, dashes=True) for each in given)}
    by_name = {each for each in wanted if each not in categories}
    return {uid: each for uid, each in categories.items() if not wanted or uid in wanted or each.name in by_name}


def _category(ctx: ExportContext, cells: Sequence[str]) -> Category:
    number, uid, name, supercategory, colour, keypoints, skeleton = cells
    if not name.strip():
        name = f"label {number}"
        _note(ctx, "LABEL_NAMELESS", "A label has no name; it goes by its number.", uid)
    points = _array(keypoints)
    named = points is not None and all(isinstance(point, str) for point in points)
    lines = _array(skeleton)
    drawn = lines is not None and named and all(_joins(line, len(points or ())) for line in lines)
    if not (named and drawn):
        _note(
            ctx,
            "LABEL_KEYPOINTS_UNREADABLE",
            "A label's key points or its skeleton are no such JSON; they are left out.",
            uid,
        )
    return Category(
        number=int(number),
        uid=uid,
        name=name,
        supercategory=supercategory,
        colour=colour,
        keypoints=tuple(points or ()) if named else (),
        skeleton=tuple((a, b) for a, b in lines or ()) if drawn else (),
    )


def _array(text: str) -> list[Any] | None:
    """A JSON array, empty for no text; None for anything else."""
    try:
        found = orjson.loads(text) if text else []
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, list) else None


def _joins(line: Any, points: int) -> bool:
    whole = isinstance(line, list) and len(line) == 2 and all(type(end) is int for end in line)
    return whole and all(1 <= end <= points for end in line)


def _note(ctx: ExportContext, code: str, message: str, example: str) -> None:
    ctx.report.add(Finding("warning", code, message, 1, [example][:EXAMPLES], "label", action="replaced"))
