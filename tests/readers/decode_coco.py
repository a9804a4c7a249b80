"""How well the masks that pycocotools decodes fit shapes given as WKT: IoU by annotation id. Prints JSON.

Run by the environment of the readers: python decode_coco.py FILE SHAPES
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
from typing import Any

import numpy as np
from pycocotools import mask as masks
from pycocotools.coco import COCO


def pixels(text: str, height: int, width: int) -> Any:
    """The pixels of a WKT shape: in each part those of its outer ring that are in no hole."""
    found = np.zeros((height, width), bool)
    for part in re.findall(r"\((\([^()]+\)(?:, \([^()]+\))*)\)", text):
        rings = [[float(n) for n in re.findall(r"[\d.]+", ring)] for ring in re.findall(r"\(([^()]+)\)", part)]
        outer, *holes = (masks.decode(masks.frPyObjects([ring[:-2]], height, width))[..., 0].astype(bool) for ring in rings)
        for hole in holes:
            outer = outer & ~hole
        found |= outer
    return found


def main() -> None:
    with contextlib.redirect_stdout(sys.stderr):
        coco = COCO(sys.argv[1])
    found = {}
    for number, text in json.loads(sys.argv[2]).items():
        annotation = coco.anns[int(number)]
        image = coco.imgs[annotation["image_id"]]
        wanted, decoded = pixels(text, image["height"], image["width"]), coco.annToMask(annotation).astype(bool)
        found[number] = float((wanted & decoded).sum() / (wanted | decoded).sum())
    print(json.dumps(found))


if __name__ == "__main__":
    main()
