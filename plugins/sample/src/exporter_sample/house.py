"""A database of a made-up takeoff application with the drawings of a house, its garage and its site: any size, always the same.

build(Path("house.db"), measurements=10_000)
"""

from __future__ import annotations

from pathlib import Path

from exporter_sample.database import Row, insert, new_database, run_script
from exporter_sample.house_conditions import assembly_rows
from exporter_sample.house_rows import Rows

_PROJECTS: tuple[Row, ...] = (
    (
        1,
        "Garcia & O'Neill Residence",
        "House of two storeys, with garage & workshop; site work is included",
        "Peña-O'Neill Family Trust",
    ),
    (2, 'Garden shed "Lille Østersø"', "Shed of 12' × 16' on a slab", "Bjørn Åkesson"),
)


def build(path: Path, *, measurements: int = 3000, seed: int = 7) -> None:
    """Write the database; a file that is there already is replaced once the new one is complete.

    The same arguments give the same rows, whatever the versions of Python and SQLite. Memory does not grow with the size.

    :param measurements: how many, from 0. Some 3,000 are a lot; drawings of further lots follow.
    :raises ValueError: for a negative number.
    """
    if measurements < 0:
        raise ValueError(f"measurements must be 0 or more, not {measurements}")
    rows = Rows(measurements, seed)
    with new_database(path) as connection:
        run_script(connection, "house_schema.sql")
        insert(connection, "projects", _PROJECTS)
        insert(connection, "assemblies", assembly_rows())
        for pages, made in rows.lots():
            insert(connection, "pages", pages)
            insert(connection, "measurements", made)
        insert(connection, "conditions", rows.conditions())
        run_script(connection, "house_indexes.sql")
