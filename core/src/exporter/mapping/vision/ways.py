"""How annotation platforms point from one table to another where no single key does."""

from __future__ import annotations

import attrs

from exporter.mapping.fields import guess_fields
from exporter.mapping.known import Study
from exporter.mapping.links import Link, chains, found_in, reaches
from exporter.mapping.look import Table
from exporter.mapping.names import nouns
from exporter.mapping.vision import words
from exporter.records import Field, Relation


def between(study: Study, relation: Relation) -> list[tuple[Table, Field | None]]:
    """Tables that lead on: what annotations of any shape have in common, and the jobs that images are annotated in."""
    named: tuple[str, ...] = ()
    if relation.child == "annotation":
        named = words.ANNOTATIONS
    if relation.parent in ("image", "task") and relation.child != "task":
        named = (*named, *words.JOBS)
    return [(t, None) for t in study.db.tables.values() if not set(nouns(t.plain)).isdisjoint(named)]


def detour(study: Study, child: Table, parent: Table, relation: Relation) -> tuple[Link, ...] | None:
    """An image by its number within something, a task by what it shares with the image, a label by its name."""
    match relation.child, relation.parent:
        case (("annotation" | "image_tag"), "image"):
            by_path = _by_value(study, child, parent, relation, "path", words.PATHS)
            return (
                by_path or _by_frame(study, child, parent) or _by_common_parent(study, child, parent, words.TABLES["image"])
            )
        case "image", "task":
            return _by_common_parent(study, child, parent, words.CONTENTS)
        case "annotation", "label":
            return _by_value(study, child, parent, relation, "class_name", words.CLASSES)
        case _:
            return None


def _by_frame(study: Study, child: Table, image: Table) -> tuple[Link, ...] | None:
    """By the number of the frame in a video or a folder that both belong to."""
    own, there = (next(iter(table.named(*words.FRAMES)), None) for table in (child, image))
    if own is None or there is None or own.kind != there.kind:
        return None
    for reference in image.references:
        if not study.db.identify_together(image, reference.column, there.name):
            continue
        group = study.db.tables[reference.table]
        why, also = f"by {there.name} within {group.name}", (own.name, there.name)
        for path in chains(study.db, child, group):
            if path[-1].target == reference.target and image not in [link.table for link in path]:
                found = (*path[:-1], Link(path[-1].column, image, reference.column, why, also, alias="image"))
                if reaches(study.db, child, found):
                    return found
    return None


def _by_common_parent(study: Study, child: Table, parent: Table, named: tuple[str, ...]) -> tuple[Link, ...] | None:
    """By a third table that both name rows of, each row of the parent another one.

    :param named: what the rows of that table are.
    """
    for own in child.references:
        above = nouns(study.db.tables[own.table].plain)
        for there in parent.references if not set(above).isdisjoint(named) else ():
            if (own.table, own.target) == (there.table, there.target):
                link = found_in(study.db, child, own.column, parent, there.column)
                if link is not None:
                    return (attrs.evolve(link, alias=nouns(parent.plain)[-1]),)
    return None


def _by_value(
    study: Study, child: Table, parent: Table, relation: Relation, field: str, named: tuple[str, ...]
) -> tuple[Link, ...] | None:
    """By a name that the parent has, too, where no two of its rows have the same."""
    own = guess_fields(study, parent, study.family.record(relation.parent)).guesses.get(field)
    if own is None:
        return None
    texts = (column for column in child.named(*named) if column.kind == "text")
    found = (found_in(study.db, child, column.name, parent, own.column) for column in texts)
    return next(((link,) for link in found if link is not None), None)
