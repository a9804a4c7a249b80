"""datumaro and supervision read what the format `yolo` writes: the same images, classes and shapes."""

from __future__ import annotations

import io
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image
from sqlalchemy import column, create_engine, select, table

import exporter
from exporter import RecordSource, Source
from exporter.vision.geometry.outline import turned_corners

from .reading import read

NAMES = ("no", "1.0", "person: standing", "\U0001f98b")
IMAGES = [  # path, width, height, split
    ("north/0001.jpg", 97, 61, "train"),
    ("south/0001.png", 64, 48, "train"),
    ("images/0002.jpg", 31, 203, "val"),
    ("empty.jpg", 50, 50, "val"),
    ("a.jpg", 120, 80, "test"),
    ("a.png", 80, 120, "test"),
]
STEMS = ("north_0001", "south_0001", "images_0002", "empty", "a-5", "a-6")
DONUT = [[[10, 10], [30, 10], [30, 30], [10, 30]], [[15, 15], [25, 15], [25, 25], [15, 25]]]
FIELDS = {
    "label": ("label_id", "class_name", "keypoints"),
    "image": ("image_id", "path", "width", "height", "split"),
    "annotation": (
        *("annotation_id", "image_id", "label_id", "bbox_x", "bbox_y", "bbox_width", "bbox_height"),
        *("rotation", "geometry", "keypoints"),
    ),
}


def annotations() -> Iterator[tuple[int, int, list[float]]]:
    """Image, label and box, in pixels: some as small as they come, none of them on a whole number."""
    random_ = random.Random(5)
    for number, (path, width, height, _) in enumerate(IMAGES, 1):
        for place in range(0 if path == "empty.jpg" else 12):
            share = random_.uniform(0.1, 0.7) if place else 1e-5
            box = [random_.random() * (1 - share) * side for side in (width, height)]
            yield number, place % len(NAMES) + 1, [*box, share * width, share * height]


def source(folder: Path, *, geometry: str | None = None, rotation: float | None = None) -> Source:
    """The images, each with its boxes.

    :param geometry: of all annotations but the first of each image.
    """
    rows = {
        "label": [(n, name, '["left", "right"]') for n, name in enumerate(NAMES, 1)],
        "image": [(n, *image) for n, image in enumerate(IMAGES, 1)],
        "annotation": [
            (n, image, label, *((None,) * 4 if geometry else box), rotation, geometry, f"[{box[0]}, {box[1]}, 2, 0, 0, 0]")
            for n, (image, label, box) in enumerate(annotations(), 1)
        ],
    }
    connection = sqlite3.connect(folder / "host.db")
    for name, found in rows.items():
        connection.execute(f"create table {name} (_key integer primary key, {', '.join(FIELDS[name])})")
        places = ", ".join("?" * len(FIELDS[name]))
        connection.executemany(f"insert into {name} ({', '.join(FIELDS[name])}) values ({places})", found)
    connection.commit()
    connection.close()
    return Source(
        name="host",
        family="vision",
        engine=create_engine(f"sqlite:///{folder / 'host.db'}"),
        records={name: _record(name) for name in rows},
        media=_picture,
    )


def _record(name: str) -> RecordSource:
    columns = table(name, column("_key"), *map(column, FIELDS[name])).c
    return RecordSource(select(*(columns[field] for field in FIELDS[name])), key=columns["_key"])


def _picture(path: str) -> io.BytesIO:
    (size,) = ((width, height) for name, width, height, _ in IMAGES if name == path)
    file = io.BytesIO()
    Image.new("RGB", size, (len(path), 90, 90)).save(file, "PNG" if path.endswith("png") else "JPEG")
    return io.BytesIO(file.getvalue())


def exported(made: Source, folder: Path, task: str) -> Path:
    options = {"task": task, "include_images": True, "packaging": "folder"}
    exporter.run(format="yolo", source=made, output=folder / "out", options=options)
    return folder / "out"


def wanted() -> list[list[Any]]:
    """Split, image, class and box of all annotations."""
    found = []
    for image, label, box in annotations():
        found.append([IMAGES[image - 1][3], STEMS[image - 1], NAMES[label - 1], *box])
    return sorted(found, key=lambda row: row[:2])


def rows(found: dict[str, dict[str, list[list[Any]]]]) -> list[list[Any]]:
    """The same of what a reader found, which has every image."""
    images = [(split, stem) for split, each in found.items() for stem in each]
    assert sorted(images) == sorted((image[3], stem) for stem, image in zip(STEMS, IMAGES, strict=True))
    return [[split, stem, *row] for split, stem in sorted(images) for row in found[split][stem]]


def same(found: list[list[Any]], expected: list[list[Any]], pixels: float) -> None:
    """The same classes of the same images, and numbers that differ by no more."""
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    for row, other in zip(found, expected, strict=True):
        assert row[3:] == pytest.approx(other[3:], abs=pixels)


def test_boxes_are_read_as_they_were(tmp_path: Path) -> None:
    found = read("read_yolo.py", exported(source(tmp_path), tmp_path, "detect"), "detect")
    same(rows(found["datumaro"]), wanted(), 0.0101)  # it rounds both corners to hundredths of a pixel
    same(rows(found["supervision"]), wanted(), 1e-6 * 31)  # of the smallest side; it reads numbers of 32 bits


def test_the_boxes_of_poses_are_read_as_they_were(tmp_path: Path) -> None:
    found = read("read_yolo.py", exported(source(tmp_path), tmp_path, "pose"), "pose")
    same(rows(found["supervision"]), wanted(), 1e-6 * 31)


def test_corners_of_oriented_boxes_are_read_as_they_were(tmp_path: Path) -> None:
    found = rows(read("read_yolo.py", exported(source(tmp_path, rotation=40.0), tmp_path, "obb"), "obb")["supervision"])
    sizes = {stem: image[1:3] for stem, image in zip(STEMS, IMAGES, strict=True)}
    pairs = [
        (row, [*other[:3], *turned_corners(tuple(other[3:]), 40.0)]) for row, other in zip(found, wanted(), strict=True)
    ]
    inside = [pair for pair in pairs if all(0 <= n <= sizes[pair[1][1]][i % 2] for i, n in enumerate(pair[1][3:]))]
    assert len(inside) > 10
    same([row for row, _ in inside], [other for _, other in inside], 1e-6 * 203)


def test_a_donut_has_its_hole_in_the_masks_that_are_read(tmp_path: Path) -> None:
    made = source(tmp_path, geometry=orjson.dumps([DONUT]).decode())
    found = rows(read("read_yolo.py", exported(made, tmp_path, "segment"), "segment")["supervision"])
    assert [row[:3] for row in found] == [row[:3] for row in wanted()]
    for *_, left, top, width, height, pixels in found:
        assert [left, top, width, height] == pytest.approx([10, 10, 20, 20], abs=1e-4)
        assert 300 <= pixels <= 21 * 21 - 9 * 9 + 5  # it counts pixels on the boundary, and the bridge
