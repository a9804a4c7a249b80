import io
from pathlib import Path
from typing import ClassVar

import attrs

from exporter.source import Source
from exporter.testing import FormatConformance
from exporter.testing.source import sample_source

JPEG = b"\xff\xd8\xff\xe0 not looked into \xff\xd9"


def split_file(folder: Path) -> Path:
    path = folder / "splits.csv"
    path.write_text("image_id,split\nimage-1,test\nimage-2,val\nimage-3,none\n", encoding="utf-8")
    return path


class TestCoco(FormatConformance):
    format = "coco"
    bytes_per_row = 1000  # a third of the rows here are labels, which are kept
    option_values: ClassVar = {
        "include_images": True,
        "packaging": "folder",
        "split_by": "hash:0.5,0.5,0",
        "frame": "stored",
        "export_mode": "detection",
        "layout": "splits",
        "include_bbox_from_segmentation": False,
        "include_bbox_alongside_segmentation": False,
        "convert_bbox_to_segmentation": False,
        "label_filter": ("class 1",),
        "only_annotated": True,
        "decimals": 0,
    }
    option_context: ClassVar = {
        "include_bbox_from_segmentation": {"export_mode": "detection"},
        "split_by": {"layout": "splits"},
    }

    def source(self, rows: int = 12, *, hostile: bool = False, padding: int = 0) -> Source:
        found = sample_source("vision", rows=rows, hostile=hostile, padding=padding)
        return attrs.evolve(found, media=lambda name: io.BytesIO(JPEG + name.encode("utf-8", "replace")))
