"""Make the database of a made-up takeoff application: python load.py DATABASE"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from exporter_sample.house import build

(database,) = map(Path, sys.argv[1:])

build(database)
with sqlite3.connect(database) as connection:
    for table in ("projects", "pages", "conditions", "assemblies", "measurements"):
        (count,) = connection.execute(f"select count(*) from {table}").fetchone()
        print(f"{table:12}{count:5}")
