"""What the packages that people load YOLO data sets with make of a folder that has images. Prints JSON.

Run by the environment of the readers: python read_yolo.py FOLDER TASK

Boxes are x, y, width and height in pixels, with the class's name, by split and image.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

Found = dict[str, dict[str, list[list[Any]]]]


def datumaro(folder: Path) -> Found:
    """Boxes alone: of other tasks it has no reader."""
    from datumaro.components.annotation import AnnotationType
    from datumaro.components.dataset import Dataset

    found: Found = {}
    data = Dataset.import_from(str(folder), "yolo")
    names = [label.name for label in data.categories()[AnnotationType.label]]
    for item in data:
        boxes = [[names[a.label], *a.get_bbox()] for a in item.annotations]
        found.setdefault(item.subset, {})[item.id] = boxes
    return found


def supervision(folder: Path, task: str) -> Found:
    """Boxes; of oriented boxes their corners, and of outlines the pixels of their masks."""
    import supervision as sv

    found: Found = {}
    for images in sorted((folder / "images").iterdir()):
        labels, data = folder / "labels" / images.name, folder / "data.yaml"
        read = sv.DetectionDataset.from_yolo(str(images), str(labels), str(data), is_obb=task == "obb")
        found[images.name] = {Path(path).stem: _rows(each, read.classes, task) for path, each in read.annotations.items()}
    return found


def _rows(detections: Any, names: list[str], task: str) -> list[list[Any]]:
    rows = []
    for place, (left, top, right, bottom) in enumerate(detections.xyxy.tolist()):
        row = [names[detections.class_id[place]], left, top, right - left, bottom - top]
        if task == "obb":
            row = [row[0], *detections.data["xyxyxyxy"][place].ravel().tolist()]
        if task == "segment":
            row.append(int(detections.mask[place].sum()))
        rows.append(row)
    return rows


def main() -> None:
    folder, task = Path(sys.argv[1]), sys.argv[2]
    with contextlib.redirect_stdout(sys.stderr):
        found = {"supervision": supervision(folder, task)}
        if task == "detect":
            found["datumaro"] = datumaro(folder)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
