"""The packages that people make COCO files with, on the database of polygons: their export step alone.

Each holds the data set as its manual shows, built before the clock starts, with the outlines as they are (no masks of pixels),
and writes COCO JSON without images. They run in the environment of the readers (`make bench-peers`), so nothing of the exporter
is imported but the size of the images.

    python coco_writers.py datumaro|supervision DATABASE FOLDER

What is written lies in FOLDER, the seconds of the export step in FOLDER/seconds.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from polygons import HEIGHT, WIDTH


def datumaro(database: Path, folder: Path) -> Callable[[], object]:
    """Polygons in a Dataset of items, one for an image; `coco_instances`, media not saved."""
    from datumaro.components.annotation import Polygon
    from datumaro.components.dataset import Dataset
    from datumaro.components.dataset_base import DatasetItem
    from datumaro.components.media import Image

    names, paths, shapes = _read(database)
    items = [
        DatasetItem(
            id=path.removesuffix(".jpg"),
            media=Image.from_file(path=path, size=(HEIGHT, WIDTH)),
            annotations=[Polygon(ring, label=label, id=number, group=number) for number, label, _, _, ring in shapes[image]],
            attributes={"id": image},
        )
        for image, path in paths.items()
    ]
    dataset = Dataset.from_iterable(items, categories=names)
    return lambda: dataset.export(str(folder), "coco_instances", save_media=False)


def supervision(database: Path, folder: Path) -> Callable[[], object]:
    """Detections of a DetectionDataset, with boxes, areas and the outlines as its COCO reader keeps them."""
    import numpy as np
    from supervision import DetectionDataset, Detections
    from supervision.config import AREA_DATA_FIELD, COCO_RAW_SEGMENTATION

    names, paths, shapes = _read(database)
    annotations = {}
    for image, path in paths.items():
        found = shapes[image]
        rings = np.empty(len(found), dtype=object)
        rings[:] = [[ring] for *_, ring in found]
        data = {COCO_RAW_SEGMENTATION: rings, AREA_DATA_FIELD: np.array([area for *_, area, _ in found])}
        boxes, labels = np.array([box for _, _, box, _, _ in found]), np.array([label for _, label, *_ in found])
        annotations[path] = Detections(xyxy=boxes, class_id=labels, data=data)
    # One pixel stands for all of them: only the size of an image is asked for.
    blank = np.broadcast_to(np.uint8(0), (HEIGHT, WIDTH, 3))
    dataset = DetectionDataset(classes=names, images=dict.fromkeys(paths.values(), blank), annotations=annotations)
    return lambda: dataset.as_coco(annotations_path=str(folder / "annotations.json"))


Shapes = dict[int, list[tuple[int, int, list[float], float, list[float]]]]


def _read(database: Path) -> tuple[list[str], dict[int, str], Shapes]:
    """Names of the labels, paths of the images, and of each image its shapes: id, label from 0, corners, area, flat ring."""
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("select name from labels order by id")]
        paths = dict(connection.execute("select id, path from images order by id"))
        shapes: Shapes = defaultdict(list)
        for image, number, label, corners, area, ring in _rows(connection):
            shapes[image].append((number, label, corners, area, ring))
    return names, paths, shapes


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    chosen = "select image_id, id, label_id, x, y, w, h, area, polygon from annotations order by id"
    for image, number, label, x, y, width, height, area, polygon in connection.execute(chosen):
        yield image, number, label - 1, [x, y, x + width, y + height], area, json.loads(polygon)


def main() -> None:
    way, database, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    export = {"datumaro": datumaro, "supervision": supervision}[way](database, folder)
    begin = time.perf_counter()
    export()
    (folder / "seconds").write_text(f"{time.perf_counter() - begin}", encoding="utf-8")


if __name__ == "__main__":
    main()
