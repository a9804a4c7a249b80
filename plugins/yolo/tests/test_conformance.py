import io
from typing import ClassVar

import attrs

from exporter.source import Source
from exporter.testing import FormatConformance
from exporter.testing.source import sample_source

JPEG = b"\xff\xd8\xff\xe0 not looked into \xff\xd9"


class TestYolo(FormatConformance):
    format = "yolo"
    bytes_per_row = 1000  # a third of the rows here are labels, which are kept
    option_values: ClassVar = {
        "include_images": True,
        "packaging": "folder",
        "split_by": "hash:0.5,0.5,0",
        "frame": "stored",
        "label_filter": ("class 1",),
        "only_annotated": True,
        "decimals": 2,
        "task": "segment",
    }

    def source(self, rows: int = 12, *, hostile: bool = False, padding: int = 0) -> Source:
        found = sample_source("vision", rows=rows, hostile=hostile, padding=padding)
        return attrs.evolve(found, media=lambda name: io.BytesIO(JPEG + name.encode("utf-8", "replace")))
