"""Make the database of a made-up annotation platform, and its pictures: python load.py DATABASE FOLDER"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from exporter_sample.street import build
from exporter_sample.street_pictures import opener

database, folder = map(Path, sys.argv[1:])
IMAGES, SEED = 60, 7

build(database, images=IMAGES, seed=SEED)
opened = opener(IMAGES, SEED)
with sqlite3.connect(database) as connection:
    for table in ("projects", "tasks", "images", "labels", "tags", "annotations"):
        (count,) = connection.execute(f"select count(*) from {table}").fetchone()
        print(f"{table:12}{count:5}")
    for (path,) in connection.execute("select path from images"):
        picture = folder / path
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(opened(path).read())
