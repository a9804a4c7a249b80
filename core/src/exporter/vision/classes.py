"""The classes of images: each tag of a category, or what a mapping makes of tags.

No filter changes their numbers or their order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select, func, select

from exporter.context import ExportContext
from exporter.database import fetch
from exporter.errors import InputError
from exporter.hosttypes import with_dashes
from exporter.records.conditions import Condition, identified
from exporter.report import EXAMPLES, Finding, Level
from exporter.selection import RecordRows
from exporter.tables import Table, TableQuery, Value, plain_fields, value
from exporter.vision.numbers import numbers
from exporter.vision.options import ClassOptions

Rows = Mapping[str, RecordRows]
TABLE = "tags"
FREE_FORM = "free_form"
UNCLASSIFIED = 0  # the number of the class that no tag makes
_COLUMNS = ("number", "tag_id", "name")
_MOST_NAMES = 20
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAPPING = 'For instance: --class-mapping \'{"vehicle": ["car", "truck"], "other": ["7"]}\', or a file that holds this.'


@attrs.frozen
class Tag:
    """A tag.

    :param number: from 1, in the order of the tags' keys; :param uid: its identifier in the source.
    """

    number: int
    uid: str
    name: str


@attrs.frozen
class ImageClass:
    """A class of images.

    :param number: from 1, that of its first tag or its place in the mapping; 0 for the class of images without any.
    :param tags: what makes it; one class has none, that of images without any.
    """

    number: int
    name: str
    tags: tuple[Tag, ...]


def check_options(options: ClassOptions) -> None:
    """Refuse options of the other mode, and a mapping that is none, before anything is read.

    :raises InputError: naming the option.
    """
    free = options.classification_mode == FREE_FORM
    for name, of_free in (("category_id", False), ("class_mapping", True)):
        if getattr(options, name) is not None and of_free != free:
            mode = FREE_FORM if of_free else "categorized"
            raise InputError(
                f"The option '{name}' is for classification_mode {mode}; this is {options.classification_mode}.",
                hint="Leave it out, or give the mode, too.",
            )
    if free:
        class_mapping(options)
    otherwise = options.unclassified
    if otherwise is not None and (not otherwise.strip() or _CONTROLS.search(otherwise)):
        raise InputError("The option 'unclassified' takes the name of a class.")


# --- the mapping


def class_mapping(options: ClassOptions) -> dict[str, tuple[str, ...]]:
    """The tags of each class, by id or name, in the order of the mapping.

    :raises InputError: when there is none, or it is no such JSON.
    """
    given = options.class_mapping
    if given is None:
        raise InputError("classification_mode free_form needs the option 'class_mapping'.", hint=_MAPPING)
    text = given if given.lstrip()[:1] in ("{", "[") else _read(Path(given))
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InputError(f"The option 'class_mapping' is no JSON: {error}.", hint=_MAPPING) from None
    if not isinstance(found, dict) or not found:
        raise InputError("The option 'class_mapping' is no JSON object with classes.", hint=_MAPPING)
    return {name: _tags(name, tags) for name, tags in found.items()}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"The file of 'class_mapping' {path} is no UTF-8.", hint=_MAPPING) from None
    except (OSError, ValueError) as error:  # a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"The file of 'class_mapping' {path} cannot be read: {reason}.", hint=_MAPPING) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"The option 'class_mapping' names the class '{twice}' twice.", hint="List all its tags once.")
    return found


def _tags(name: str, tags: Any) -> tuple[str, ...]:
    if not name.strip():
        raise InputError("The option 'class_mapping' holds a class without a name.", hint=_MAPPING)
    known = isinstance(tags, list) and all(isinstance(tag, str | int) and not isinstance(tag, bool) for tag in tags)
    if not known or not tags:
        wrong = "has no tags" if tags == [] else "does not list ids or names of tags"
        raise InputError(f"The class '{name}' of the option 'class_mapping' {wrong}.", hint=_MAPPING)
    return tuple(dict.fromkeys(map(str, tags)))


# --- the tags


def of_category(ctx: ExportContext, records: Rows) -> list[Condition]:
    """The condition that a tag is of the category that makes classes; none where every tag does.

    :raises InputError: when there is no such category, or several and none was named.
    """
    tag, wanted = records["tag"], ctx.options.category_id
    if not tag.has("tag_category_id"):
        if wanted is not None:
            raise InputError(f"The option 'category_id' names '{wanted}', but tags of this source have no categories.")
        return []
    column = tag.columns["tag_category_id"]
    if wanted is not None:
        what = f"The option 'category_id' names the category '{wanted}'"
        row = records.get("tag_category", tag)
        name = "name" if "tag_category" in records else "tag_category_id"
        return [column.in_(identified(row, ctx.connection, "tag_category_id", ("tag_category_id", name), wanted, what))]
    query = tag.in_project().where(column.is_not(None)).distinct().limit(_MOST_NAMES)
    found = [each for (each,) in fetch(ctx.connection, query.with_only_columns(column, maintain_column_froms=True))]
    if len(found) > 1:
        names = ", ".join(_category_names(ctx, records, found))
        raise InputError(
            "Tags have several categories; one of them makes the classes.", hint=f"--category-id takes: {names}."
        )
    return [column.in_(found)] if found else []


def _category_names(ctx: ExportContext, records: Rows, found: Sequence[Any]) -> list[str]:
    row = records.get("tag_category")
    if row is None or not row.has("name"):
        return sorted(map(str, found))
    query = row.in_project().where(row.columns["tag_category_id"].in_(found))
    names = fetch(ctx.connection, query.with_only_columns(row.columns["name"], maintain_column_froms=True))
    return sorted(str(name) for (name,) in names)


@attrs.frozen(eq=False)
class TagRows:
    """All tags of the project, to select from.

    :param query: all of them, with their number; :param number: as a column of it; :param uid: the identifier, as it is shown.
    """

    query: Select[Any]
    tag_id: ColumnElement[Any]
    number: ColumnElement[Any]
    uid: Value
    name: Value

    @classmethod
    def of(cls, ctx: ExportContext, records: Rows) -> TagRows:
        """Those of a source; where it has no tags of their own, what images are tagged with is all that is known of them."""
        row = records.get("tag")
        if row is not None:
            start, number = numbers(ctx, row, by_identifier=False).joined(row.alias, row.alias)
            tag_id = row.columns["tag_id"]
            uid = value(row, "tag_id")
            name = value(row, "name") if row.has("name") else uid
            return cls(row.in_project().select_from(start), tag_id, number, uid, name)
        of = records["image_tag"]
        column = of.columns["tag_id"]
        each = (
            of.in_project().where(column.is_not(None)).with_only_columns(column.label("tag_id"), maintain_column_froms=True)
        )
        ids = each.distinct().subquery("tag_ids")
        place = func.row_number().over(order_by=ids.c.tag_id).label("number")
        known = select(ids.c.tag_id, place).subquery("tags")
        uid = Value(with_dashes(known.c.tag_id) if of.bound.uuids.get("tag_id") else known.c.tag_id)
        return cls(select(known), known.c.tag_id, known.c.number, uid, uid)


def tag_table(ctx: ExportContext, records: Rows) -> Table:
    """The tags of the project that may make classes, in any order: there are few, and their numbers tell it."""
    tags = TagRows.of(ctx, records)
    conditions = []
    if ctx.options.classification_mode != FREE_FORM and "tag" in records:
        conditions = of_category(ctx, records)
    values = {"number": Value(tags.number), "tag_id": tags.uid, "name": tags.name}
    query = TableQuery(tags.query.where(*conditions), values)
    return Table(TABLE, "tag", plain_fields(_COLUMNS), (query,))


# --- the classes


def image_classes(ctx: ExportContext, table: Table) -> list[ImageClass]:
    """The classes in their order, that of `unclassified` last.

    :param table: what `tag_table` gave.
    :raises InputError: when the mapping names a tag that there is none of.
    """
    found = (Tag(int(number), uid, name) for batch in ctx.texts(table) for number, uid, name in batch)
    tags = sorted(found, key=lambda each: each.number)
    if ctx.options.classification_mode == FREE_FORM:
        classes = _named(ctx, _mapped(class_mapping(ctx.options), tags))
    else:
        classes = _named(ctx, [ImageClass(each.number, each.name, (each,)) for each in tags])
    wanted = ctx.options.unclassified
    if wanted is None or any(each.name == wanted for each in classes):
        return classes
    return [*classes, ImageClass(UNCLASSIFIED, wanted, ())]


def _mapped(mapping: Mapping[str, Sequence[str]], tags: Sequence[Tag]) -> list[ImageClass]:
    """The classes of a mapping; a tag is looked for by its identifier and then, by its name, among all."""
    by_id = {each.uid: (each,) for each in tags}
    by_name: dict[str, tuple[Tag, ...]] = {}
    for each in tags:
        by_name[each.name] = (*by_name.get(each.name, ()), each)
    found = []
    for number, (name, wanted) in enumerate(mapping.items(), 1):
        known: dict[Tag, None] = {}
        for word in wanted:
            meant = by_id.get(word) or by_name.get(word)
            if meant is None:
                names = ", ".join(sorted(by_name)[:_MOST_NAMES])
                raise InputError(
                    f"The class '{name}' of the option 'class_mapping' names the tag '{word}', which this source does not have.",
                    hint=f"It has: {names}." if names else "",
                )
            known |= dict.fromkeys(meant)
        found.append(ImageClass(number, name, tuple(known)))
    return found


def _named(ctx: ExportContext, classes: Iterable[ImageClass]) -> list[ImageClass]:
    """Classes with names that files can hold; tags of one name make one class."""
    found: dict[str, ImageClass] = {}
    nameless, changed, joined = [], [], []
    for each in classes:
        name = _CONTROLS.sub(" ", each.name)
        if name != each.name:
            changed.append(each.tags[0].uid)
        if not name.strip():
            nameless.append(each.tags[0].uid)
            name = f"tag {each.number}"
        first = found.get(name)
        if first is None:
            found[name] = attrs.evolve(each, name=name)
        else:
            joined.append(name)
            found[name] = attrs.evolve(first, tags=(*first.tags, *each.tags))
    _note(ctx, "warning", "TAG_NAMELESS", "A tag has no name; its class goes by its number.", nameless)
    _note(ctx, "info", "CONTROL_CHARACTERS_REPLACED", "Control characters in names of classes became blanks.", changed)
    _note(ctx, "info", "TAGS_OF_ONE_NAME", "Several tags have one name; they make one class.", joined)
    return list(found.values())


def _note(ctx: ExportContext, level: Level, code: str, message: str, examples: Sequence[str]) -> None:
    if examples:
        ctx.report.add(Finding(level, code, message, len(examples), list(examples[:EXAMPLES]), "tag", action="replaced"))
