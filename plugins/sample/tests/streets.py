"""What tests ask of a street database: its rows, and the shapes that they hold, read without a word of what wrote them."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from itertools import pairwise

POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
NEWEST = "a.valid_to is null"


def drawn(db: sqlite3.Connection, where: str = "true") -> list[sqlite3.Row]:
    """Rows of annotations with what they are drawn on; names of labels as the first project has them."""
    return db.execute(
        f"""select a.*, i.width, i.height, l.name as label, l.colour, d.project_id as project from annotations a
        join images i on i.id = a.image_id join labels l on l.id = a.label_id join datasets d on d.id = i.dataset_id
        where {where} order by a.id"""
    ).fetchall()


def rings(row: sqlite3.Row) -> list[list[tuple[float, float]]]:
    """The rings of a polygon, whichever way it is written."""
    if row["shape"].startswith("["):
        given = json.loads(row["shape"])
        return [
            [(x, y) for x, y in given] if isinstance(given[0], list) else list(zip(given[::2], given[1::2], strict=True))
        ]
    return [[(float(x), float(y)) for x, y in POINT.findall(ring)] for ring in re.findall(r"\([^()]+\)", row["shape"])]


def mask(row: sqlite3.Row) -> list[tuple[int, int]]:
    """The pixels of a mask."""
    given = json.loads(row["shape"])
    assert given["size"] == [row["height"], row["width"]]
    assert sum(given["counts"]) == row["height"] * row["width"]
    found, at = [], 0
    for turn, count in enumerate(given["counts"]):
        found += [divmod(n, row["height"]) for n in range(at, at + count) if turn % 2]
        at += count
    return found


def corners(row: sqlite3.Row) -> list[tuple[float, float]]:
    x, y, w, h = (float(row[c]) for c in "xywh")
    turn = math.radians(row["angle"] or 0)
    cosine, sine = math.cos(turn), math.sin(turn)
    around = [(a * w / 2, b * h / 2) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return [(x + w / 2 + a * cosine - b * sine, y + h / 2 + a * sine + b * cosine) for a, b in around]


def points(row: sqlite3.Row) -> list[tuple[float, float]]:
    match row["shape_type"]:
        case "polygon":
            return [p for ring in rings(row) for p in ring]
        case "mask":
            return [p for x, y in mask(row) for p in ((x, y), (x + 1, y + 1))]
        case "skeleton":
            given = json.loads(row["keypoints"])
            return [*corners(row), *((x, y) for x, y, v in zip(*(given[n::3] for n in range(3)), strict=True) if v)]
        case _:
            return corners(row)


def area(ring: list[tuple[float, float]]) -> float:
    return abs(sum(a * d - b * c for (a, b), (c, d) in pairwise([*ring, ring[0]]))) / 2
