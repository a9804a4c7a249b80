"""The SQL of the vision filters: one implementation for preview, count, export and worker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, String, and_, case, cast, func, not_, or_, select

from exporter.errors import InputError
from exporter.records.conditions import Condition, identified, is_one_of, kept, needed, needed_number
from exporter.records.vision.filters import SPELLINGS, SPLITS, Filters
from exporter.selection import RecordRows

Rows = Mapping[str, RecordRows]
_RANGES = ("width", "height", "file_size")


def conditions(filters: Filters, rows: Rows, connection: Connection) -> dict[str, list[Condition]]:
    """The conditions of the filters that are set, by record.

    :raises InputError: when the source lacks the field that a filter needs, or what is named: a tag, a label, a task.
    """
    found = {
        "image": [
            *_tags(filters, rows, connection),
            *_belonging(filters, rows, connection),
            *_named(filters, rows, connection),
            *_ranges(filters, rows, connection),
        ],
        "annotation": [*_labels(filters, rows, connection), *_score(filters, rows, connection)],
    }
    return {name: conditions for name, conditions in found.items() if conditions}


def in_(column: Any, values: Any) -> Condition:
    """That a column has one of some values, or of those that a Select gives."""
    condition: Condition = column.in_(values)
    return condition


# --- tags


def _tags(filters: Filters, rows: Rows, connection: Connection) -> Iterator[Condition]:
    for name, mode, wanted in (
        ("tag_ids", "include_match_mode", True),
        ("excluded_tag_ids", "exclude_match_mode", False),
    ):
        tags, all_of = getattr(filters, name), getattr(filters, mode) == "AND"
        if tags:
            each = [_tagged(rows, known_tag(rows, connection, tag, name), name) for tag in tags]
            together = and_(*each) if all_of else or_(*each)
            yield together if wanted else not_(together)
        elif all_of:
            raise InputError(f"The filter '{mode}' says how to match {name}, and there are none.", hint=f"Give {name}, too.")


def known_tag(rows: Rows, connection: Connection, tag: str, filter: str) -> list[Any]:
    """The identifiers of the tags with this id or, where there is none, this name.

    :raises InputError: when the source has no such tag.
    """
    if "tag" not in rows:  # then a tag's id is all that is known
        return kept(rows["image_tag"], "tag_id", [tag]) if "image_tag" in rows else [tag]
    return identified(
        rows["tag"], connection, "tag_id", ("tag_id", "name"), tag, f"The filter '{filter}' names the tag '{tag}'"
    )


def _tagged(rows: Rows, tags: list[Any], filter: str) -> Condition:
    tag = needed(rows, "image_tag", "tag_id", filter)
    facts = rows["image_tag"].in_project().where(tag.in_(tags))
    images = facts.with_only_columns(rows["image_tag"].columns["image_id"], maintain_column_froms=True)
    return in_(rows["image"].columns["image_id"], images)


# --- what an image belongs to


def _belonging(filters: Filters, rows: Rows, connection: Connection) -> Iterator[Condition]:
    if filters.task_ids:
        needed(rows, "image", "task_id", "task_ids")
        if "task" in rows:
            known = [_task(rows["task"], connection, given) for given in filters.task_ids]
            yield rows["image"].columns["task_id"].in_([value for each in known for value in each])
        else:
            yield is_one_of(rows["image"], "task_id", filters.task_ids, connection)
    if filters.job_id is not None:
        yield _of_job(rows, filters.job_id, connection)
    if filters.splits:
        yield in_splits(rows, filters.splits)
    if filters.is_annotated is not None:
        of = needed(rows, "annotation", "image_id", "is_annotated")
        drawn = rows["annotation"].in_project().with_only_columns(of, maintain_column_froms=True).where(of.is_not(None))
        annotated = rows["image"].columns["image_id"].in_(drawn)
        yield annotated if filters.is_annotated else not_(annotated)


def _task(row: RecordRows, connection: Connection, given: str) -> list[Any]:
    return identified(
        row, connection, "task_id", ("task_id", "name"), given, f"The filter 'task_ids' names the task '{given}'"
    )


def _of_job(rows: Rows, job: str, connection: Connection) -> Condition:
    """Images of a job: their own word for it, else that of their annotations, of whatever version."""
    if "image" in rows and rows["image"].has("job_id"):
        return is_one_of(rows["image"], "job_id", [job], connection)
    needed(rows, "annotation", "job_id", "job_id")
    bound = rows["annotation"].bound
    annotation = RecordRows(bound, bound.subquery("annotation_of_job"))
    drawn = select(annotation.columns["image_id"]).where(is_one_of(annotation, "job_id", [job], connection))
    return in_(rows["image"].columns["image_id"], drawn)


def split_of(rows: Rows) -> Any | None:
    """The split of an image as the source has it: its own, else its task's; what is none of the three is none.

    :returns: train, val, test or none as a column; None where the source has no splits.
    """
    image = rows["image"]
    if image.has("split"):
        return _spelt(image.columns["split"])
    if "task" not in rows or not rows["task"].has("split") or not image.has("task_id"):
        return None
    task = rows["task"].bound.subquery("task_of")
    found = select(task.c["split"]).where(task.c["task_id"] == image.columns["task_id"]).limit(1)
    return _spelt(found.scalar_subquery())


def _spelt(split: Any) -> Any:
    word = func.lower(func.trim(cast(split, String)))
    spelt = [(word.in_([w for w, s in SPELLINGS.items() if s == name]), name) for name in SPLITS if name != "none"]
    return case(*spelt, else_="none")


def in_splits(rows: Rows, splits: Iterable[str]) -> Condition:
    """Images of these splits.

    :raises InputError: when the source has no splits.
    """
    column = split_of(rows)
    if column is None:
        raise InputError(
            "The filter 'splits' needs the field split of record 'task' or 'image', which this source does not provide.",
            hint="Map a column to it, or leave the filter out.",
        )
    return in_(column, list(splits))


# --- what an image is


def _named(filters: Filters, rows: Rows, connection: Connection) -> Iterator[Condition]:
    if filters.search is not None:
        name = _file_name(connection, needed(rows, "image", "path", "search"))
        yield func.lower(name).contains(_lower(connection, filters.search), autoescape=True)
    if filters.filepath_paths:
        path = needed(rows, "image", "path", "filepath_paths")
        yield or_(*(_exactly(connection, func.substr(path, 1, len(p)), p) for p in filters.filepath_paths))
    if filters.image_uids:
        needed(rows, "image", "image_id", "image_uids")
        yield is_one_of(rows["image"], "image_id", filters.image_uids, connection)


def _file_name(connection: Connection, path: Any) -> Any:
    """A path without its folders, whichever way its slashes lean."""
    slashes = func.replace(path, "\\", "/")
    match connection.dialect.name:
        case "sqlite":
            return func.substr(slashes, func.length(func.rtrim(slashes, func.replace(slashes, "/", ""))) + 1)
        case "postgresql":
            return func.regexp_replace(slashes, "^.*/", "")
        case _:
            return func.substring_index(slashes, "/", -1)


def _lower(connection: Connection, text: str) -> str:
    """As the database's lower() has it: SQLite's knows ASCII only."""
    if connection.dialect.name != "sqlite":
        return text.lower()
    return "".join(c.lower() if c.isascii() else c for c in text)


def _exactly(connection: Connection, column: Any, text: str) -> Condition:
    """That a text is another, letter by letter, whatever the column's collation."""
    match connection.dialect.name:
        case "sqlite":
            column = column.collate("binary")
        case "mysql" | "mariadb":
            column = func.binary(column)
    same: Condition = column == text
    return same


def _ranges(filters: Filters, rows: Rows, connection: Connection) -> Iterator[Condition]:
    for field in _RANGES:
        least, most = getattr(filters, f"{field}_min"), getattr(filters, f"{field}_max")
        if least is not None and most is not None and least > most:
            raise InputError(
                f"The filter '{field}_min' is {least} and '{field}_max' is {most}: nothing is as large and as small.",
                hint="Exchange the two, or leave one out.",
            )
        if least is not None:
            yield needed_number(rows, "image", field, f"{field}_min", connection) >= least
        if most is not None:
            yield needed_number(rows, "image", field, f"{field}_max", connection) <= most


# --- annotations


def _labels(filters: Filters, rows: Rows, connection: Connection) -> Iterator[Condition]:
    if filters.labels:
        yield labelled(rows, connection, filters.labels, "The filter 'labels' names the label")


def labelled(rows: Rows, connection: Connection, labels: Iterable[str], what: str) -> Condition:
    """Annotations with one of these labels, by id or name; a name may stand for several labels.

    :raises InputError: when the source has no such label; `what` begins the message.
    """
    if "label" not in rows:
        needed(rows, "annotation", "class_name", "labels")
        return is_one_of(rows["annotation"], "class_name", labels, connection)
    known: list[Any] = []
    for label in labels:
        known += identified(rows["label"], connection, "label_id", ("label_id", "class_name"), label, f"{what} '{label}'")
    return in_(needed(rows, "annotation", "label_id", "labels"), known)


def _score(filters: Filters, rows: Rows, connection: Connection) -> Iterator[Condition]:
    if filters.min_score is not None:
        score = needed_number(rows, "annotation", "score", "min_score", connection)
        yield or_(score.is_(None), score >= filters.min_score)
