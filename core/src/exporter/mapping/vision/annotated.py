"""What is guessed of annotations beyond the names of their columns: shapes, versions, deletions, and what they contradict."""

from __future__ import annotations

from exporter.mapping import values
from exporter.mapping.fields import guess_fields, lent
from exporter.mapping.guess import Making
from exporter.mapping.known import Study
from exporter.mapping.links import Link, link
from exporter.mapping.look import Column, Table
from exporter.mapping.names import nouns
from exporter.mapping.vision import words
from exporter.mapping.vision.roles import image_link
from exporter.mapping.vision.shapes import shapes_of

_LENT = frozenset(
    {"class_name", "score", "iscrowd", "source", "attributes", "version", "job_id", "valid_from", "valid_to", "deleted_at"}
)
_NEVER = "1970-01-01 00:00:00"  # when something was deleted of which nobody knows when: before anything is asked for


def versioned_id(study: Study, table: Table) -> tuple[str, str] | None:
    """The column that all versions of an annotation have in common: together with the version it is unique, alone it is not."""
    version = guess_fields(study, table, study.family.record("annotation"), words.SHAPE_FIELDS).guesses.get("version")
    if version is None:
        return None
    own = ("annotationid", *(f"{n}id" for n in nouns(table.plain)), *words.VERSIONED_IDS)
    for column in table.named(*own):
        together = study.db.identify_together(table, column.name, version.column)
        if together and not study.db.identifies(table, column.name):
            return column.name, f"the same in all versions: with {version.column} it is unique"
    return None


def complete(making: Making) -> None:
    """Add shapes, versions and deletions; refuse what the rest contradicts."""
    _draw(making)
    _inherit(making)
    _name(making)
    _begin(making)
    if "deleted_at" not in making.lines:
        _delete(making, making.table)
    if "rotation" in making.lines and "bbox_x" not in making.lines:
        making.refuse("rotation", "nothing gives a box that it could turn")
    if "area" in making.lines and "units" in making.lines:
        making.refuse("area", "coordinates are shares of the image, and areas are in pixels")


def _draw(making: Making) -> None:
    shapes = shapes_of(making.study, making.table, image_link(making.study, making.table, making.roles.first.get("image")))
    for line, columns in shapes.lines(making.study.db):
        making.add(line.label, line.sql, line.why, *columns)
    for column, reason in shapes.refused.items():
        making.fields.refused.setdefault(column, reason)


def _inherit(making: Making) -> None:
    """Take along what annotations of any shape have in common, where that is kept in a table of its own."""
    for head in making.others(words.ANNOTATIONS):
        way = link(making.study, making.table, head)
        if way is not None:
            synonyms = words.COLUMNS["annotation"]
            making.borrow(way, lent(making.study, head, making.schema, _LENT, synonyms))
            if "deleted_at" not in making.lines:
                _delete(making, head, way)


def _name(making: Making) -> None:
    """Of what class they are: labels go before names."""
    if {"label_id", "class_name"} <= making.lines.keys():
        making.refuse("class_name", "label_id says of what class it is")
    if "class_name" not in making.lines and "label_id" not in making.lines and "label" not in making.roles.tables:
        making.need("class_name", "'object'", "of what class they are: nothing here tells it")


def _begin(making: Making) -> None:
    """Rows that are versions begin when they are created."""
    versions = "valid_to" in making.lines or versioned_id(making.study, making.table) is not None
    column = moment(making.study, making.table, words.CREATED)
    if versions and "valid_from" not in making.lines and column is not None:
        sql = values.reference(making.study.db, column.name)
        making.add("valid_from", sql, "each row is a version, and this is when it came to be", column.name)


def _delete(making: Making, table: Table, way: Link | None = None) -> None:
    """When it was deleted, from a column that says whether it was.

    :param way: to the table, where it is not the record's own.
    """
    deleted = flag(making.study, table)
    if deleted is None:
        return
    db = making.study.db

    def name(column: Column) -> str:
        return column.name if way is None else making.query.pick(making.query.join(way), column.name)

    never = f"'{_NEVER}'" if db.dialect == "sqlite" else f"timestamp '{_NEVER}'"
    when = moment(making.study, table, (*words.DELETED_AT, *words.CHANGED))
    then = f"coalesce({db.quote(name(when))}, {never})" if when is not None else never
    why = f"{when.name}, where {deleted.name}" if when is not None else f"{deleted.name}; no column says when"
    columns = [c.name for c in (deleted, when) if c is not None] if way is None else [way.column]
    making.add("deleted_at", f"case when {values.yes(db, table, deleted, name(deleted))} then {then} end", why, *columns)


def flag(study: Study, table: Table) -> Column | None:
    """The column that says whether a row is deleted."""
    for column in table.named(*words.DELETED):
        texts = study.db.values(table, column.name).texts
        if (texts or column.kind == "boolean") and not values.booleans(column, texts):
            return column
    return None


def moment(study: Study, table: Table, names: tuple[str, ...]) -> Column | None:
    """A column of points in time."""
    for column in table.named(*names):
        texts = study.db.values(table, column.name).texts
        if (texts or column.kind == "moment") and not values.moments(column, texts):
            return column
    return None
