"""A made-up database of polygons on images, for the benchmarks of annotation exports: any size, always the same.

.venv/bin/python benchmarks/polygons.py FILE POLYGONS
"""

from __future__ import annotations

import json
import math
import random
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

CLASSES = 80
PER_IMAGE = 10
POINTS = 12
WIDTH, HEIGHT = 1920, 1080
SOURCES = ("stored", "computed")  # whether box and area are taken from their columns
_BOX = 'bbox_x = "x", bbox_y = "y", bbox_width = "w", bbox_height = "h", area = "area", '
_CONFIG = """\
[sources.{name}]
url = "sqlite:///polygons.db"
family = "vision"

[sources.{name}.records.label]
table = "labels"
columns = {{ label_id = "id", class_name = "name" }}

[sources.{name}.records.image]
table = "images"
columns = {{ image_id = "id", path = "path", width = "width", height = "height" }}

[sources.{name}.records.annotation]
table = "annotations"
columns = {{ annotation_id = "id", image_id = "image_id", label_id = "label_id", {box}geometry = "polygon" }}
"""


def polygons(build: Path, count: int) -> Path:
    """The folder with the database and its exporter.toml; made where it is not there yet."""
    folder = build / f"{count}-polygons"
    if not (folder / "exporter.toml").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "polygons.db", count)
        found = [_CONFIG.format(name=name, box=_BOX if name == "stored" else "") for name in SOURCES]
        (folder / "exporter.toml").write_text("\n".join(found), encoding="utf-8")
    return folder


def images_of(count: int) -> int:
    """How many images so many polygons are on."""
    return max(1, count // PER_IMAGE)


def _write(path: Path, count: int) -> None:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = off")
    connection.execute("begin")
    connection.execute("create table labels (id integer primary key, name text not null)")
    connection.execute("create table images (id integer primary key, path text not null, width integer, height integer)")
    connection.execute(
        "create table annotations (id integer primary key, image_id integer not null, label_id integer not null, "
        "x real, y real, w real, h real, area real, polygon text not null)"
    )
    connection.executemany("insert into labels values (?, ?)", ((i, f"class {i}") for i in range(1, CLASSES + 1)))
    paths = ((i, f"camera-{i % 50:02}/{i:07}.jpg", WIDTH, HEIGHT) for i in range(1, images_of(count) + 1))
    connection.executemany("insert into images values (?, ?, ?, ?)", paths)
    connection.executemany("insert into annotations values (?, ?, ?, ?, ?, ?, ?, ?, ?)", _rows(count))
    connection.execute("create index annotations_image_id on annotations (image_id)")
    connection.execute("commit")
    connection.execute("pragma journal_mode = wal")
    connection.close()


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(5)
    turns = [(math.cos(2 * math.pi * i / POINTS), math.sin(2 * math.pi * i / POINTS)) for i in range(POINTS)]
    for number in range(count):
        x, y = chance.uniform(120, WIDTH - 120), chance.uniform(120, HEIGHT - 120)
        sizes = [chance.uniform(20, 100) for _ in turns]
        xs = [round(x + r * cos, 2) for r, (cos, _) in zip(sizes, turns, strict=True)]
        ys = [round(y + r * sin, 2) for r, (_, sin) in zip(sizes, turns, strict=True)]
        ring = [n for point in zip(xs, ys, strict=True) for n in point]
        image, label = number // PER_IMAGE % images_of(count) + 1, chance.randint(1, CLASSES)
        box = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        yield number + 1, image, label, *box, shoelace(ring), json.dumps(ring)


def shoelace(ring: list[float]) -> float:
    """The area of a flat ring."""
    xs, ys = ring[::2], ring[1::2]
    return abs(sum(a * d - c * b for a, b, c, d in zip(xs, ys, [*xs[1:], xs[0]], [*ys[1:], ys[0]], strict=True))) / 2


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]))
