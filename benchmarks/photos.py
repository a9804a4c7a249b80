"""A made-up folder of JPEGs with a database that names them, for the benchmarks of exports with images: always the same.

.venv/bin/python benchmarks/photos.py FOLDER IMAGES
"""

from __future__ import annotations

import io
import random
import sqlite3
import sys
from pathlib import Path

WIDTH, HEIGHT = 640, 480
SCENES = 20  # what is seen on the pictures; each file has a comment of its own, so that no two are the same bytes
PER_FOLDER = 500
_CONFIG = """\
[sources.photos]
url = "sqlite:///photos.db"
family = "vision"
media = "photos"

[sources.photos.records.label]
table = "labels"
columns = { label_id = "id", class_name = "name" }

[sources.photos.records.image]
table = "images"
columns = { image_id = "id", path = "path", width = "width", height = "height" }

[sources.photos.records.annotation]
table = "annotations"

[sources.photos.records.annotation.columns]
annotation_id = "id"
image_id = "image_id"
label_id = "label_id"
bbox_x = "x"
bbox_y = "y"
bbox_width = "w"
bbox_height = "h"
"""


def photos(build: Path, count: int) -> Path:
    """The folder with the database, the folder of JPEGs and its exporter.toml; made where it is not there yet."""
    folder = build / f"{count}-photos"
    if not (folder / "exporter.toml").exists():
        _write(folder, count)
        (folder / "exporter.toml").write_text(_CONFIG, encoding="utf-8")
    return folder


def _write(folder: Path, count: int) -> None:
    scenes = [_scene(seed) for seed in range(SCENES)]
    paths = [f"{i // PER_FOLDER:02}/{i:06}.jpg" for i in range(1, count + 1)]
    for i, path in enumerate(paths, 1):
        file = folder / "photos" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_with_comment(scenes[i % SCENES], f"photo {i}"))
    database = folder / "photos.db"
    database.unlink(missing_ok=True)
    connection = sqlite3.connect(database)
    connection.execute("create table labels (id integer primary key, name text not null)")
    connection.execute("create table images (id integer primary key, path text not null, width integer, height integer)")
    connection.execute(
        "create table annotations (id integer primary key, image_id integer not null references images, "
        "label_id integer not null references labels, x real, y real, w real, h real)"
    )
    connection.execute("create index annotations_image_id on annotations (image_id)")
    connection.execute("insert into labels values (1, 'stone')")
    connection.executemany("insert into images values (?, ?, ?, ?)", ((i, p, WIDTH, HEIGHT) for i, p in enumerate(paths, 1)))
    connection.executemany(
        "insert into annotations values (?, ?, 1, 10, 20, 30, 40)", ((i, i) for i in range(1, len(paths) + 1))
    )
    connection.commit()
    connection.close()


def _scene(seed: int) -> bytes:
    """A JPEG of some 100 kB, as a camera with a small sensor makes it."""
    from PIL import Image

    chance = random.Random(seed)
    rough = Image.frombytes("RGB", (WIDTH // 4, HEIGHT // 4), chance.randbytes(WIDTH * HEIGHT // 16 * 3))
    file = io.BytesIO()
    rough.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    return file.getvalue()


def _with_comment(jpeg: bytes, words: str) -> bytes:
    """The same picture with a comment right after its first marker."""
    comment = words.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


if __name__ == "__main__":
    photos(Path(sys.argv[1]), int(sys.argv[2]))
