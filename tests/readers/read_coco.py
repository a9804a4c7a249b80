"""What the packages that people load COCO files with make of a folder: layout `splits`, with images. Prints JSON.

Run by the environment of the readers: python read_coco.py FOLDER
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np


def own_predictions(truth: Any, kind: str) -> list[dict[str, Any]]:
    """The annotations of a file as what a perfect model would say of its images: boxes, or the masks of all shapes."""
    found = [{**each, "score": 1.0} for each in truth.dataset["annotations"] if not each["iscrowd"]]
    if kind == "bbox":
        return [{name: each[name] for name in ("image_id", "category_id", "bbox", "score")} for each in found]
    masks = [{**each, "segmentation": truth.annToRLE(each)} for each in found]
    return [{name: each[name] for name in ("image_id", "category_id", "segmentation", "score")} for each in masks]


def average_precision(coco: Any, evaluate: Any, file: Path, kind: str) -> float:
    """AP over IoU 0.50:0.95 of the ground truth as its own prediction; masks are compared pixel by pixel."""
    truth = coco(str(file))
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = evaluate(truth, truth.loadRes(own_predictions(truth, kind)), kind)
        evaluation.params.maxDets = [1, 100, 1000]
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, 2]
    return float(np.mean(precision[precision > -1]))


def pycocotools(folder: Path) -> dict[str, Any]:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    files = sorted((folder / "annotations").glob("*.json"))
    return {f"{f.stem} {kind}": average_precision(COCO, COCOeval, f, kind) for f in files for kind in ("bbox", "segm")}


def faster_coco_eval(folder: Path) -> dict[str, Any]:
    from faster_coco_eval import COCO, COCOeval_faster

    files = sorted((folder / "annotations").glob("*.json"))
    return {
        f"{f.stem} {kind}": average_precision(COCO, COCOeval_faster, f, kind) for f in files for kind in ("bbox", "segm")
    }


def datumaro(folder: Path) -> dict[str, Any]:
    from datumaro.components.dataset import Dataset

    found = Dataset.import_from(str(folder), "coco_instances")
    counts: dict[str, Any] = {}
    for item in found:
        images, annotations = counts.get(item.subset, (0, 0))
        ids = {a.id for a in item.annotations}
        counts[item.subset] = (images + 1, annotations + len(ids))
    return counts


def supervision(folder: Path) -> dict[str, Any]:
    import supervision as sv

    counts: dict[str, Any] = {}
    for file in sorted((folder / "annotations").glob("*.json")):
        split = file.stem.removeprefix("instances_")
        found = sv.DetectionDataset.from_coco(str(folder / "images" / split), str(file), force_masks=True)
        counts[split] = (len(found), sum(len(each) for each in found.annotations.values()))
    return counts


def main() -> None:
    folder = Path(sys.argv[1])
    with contextlib.redirect_stdout(sys.stderr):
        found = {read.__name__: read(folder) for read in (pycocotools, faster_coco_eval, datumaro, supervision)}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
