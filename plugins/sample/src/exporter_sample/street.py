"""A database of a made-up platform where people and models annotate pictures of streets: any size, always the same.

    build(Path("street.db"), images=10_000)

The pictures themselves are drawn when somebody opens them: `street_pictures.picture()`.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from exporter_sample.database import insert, new_database, run_script
from exporter_sample.street_plan import DATASETS, PROJECTS, Plan
from exporter_sample.street_rows import Rows
from exporter_sample.street_words import category_rows, label_rows, tag_rows

_IMAGES_AT_ONCE = 200


def build(path: Path, *, images: int = 60, seed: int = 7) -> None:
    """Write the database; a file that is there already is replaced once the new one is complete.

    The same arguments give the same rows, whatever the versions of Python and SQLite. Memory does not grow with the size.

    :param images: how many, from 0.
    :raises ValueError: for a negative number.
    """
    if images < 0:
        raise ValueError(f"images must be 0 or more, not {images}")
    plan = Plan(images)
    with new_database(path) as connection:
        run_script(connection, "street_schema.sql")
        _load_small(connection, plan)
        _load_images(connection, plan, seed)
        run_script(connection, "street_indexes.sql")


def _load_small(connection: sqlite3.Connection, plan: Plan) -> None:
    insert(connection, "projects", PROJECTS)
    insert(connection, "datasets", DATASETS)
    insert(connection, "tasks", (task.row for task in plan.tasks()))
    insert(connection, "jobs", (job for task in plan.tasks() for job in task.jobs()))
    insert(connection, "labels", label_rows())
    insert(connection, "tag_categories", category_rows())
    insert(connection, "tags", tag_rows())


def _load_images(connection: sqlite3.Connection, plan: Plan, seed: int) -> None:
    rows = Rows(plan, seed)
    for first in range(0, plan.images, _IMAGES_AT_ONCE):
        for number in range(first, min(first + _IMAGES_AT_ONCE, plan.images)):
            rows.image(number)
        for table, made in rows.take():
            insert(connection, table, made)
