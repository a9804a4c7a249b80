from typing import ClassVar

from exporter.testing import AnnotationConformance


class TestCoco(AnnotationConformance):
    format = "coco"
    option_values: ClassVar = {
        "export_mode": "detection",
        "layout": "splits",
        "include_bbox_from_segmentation": False,
        "include_bbox_alongside_segmentation": False,
        "convert_bbox_to_segmentation": False,
    }
    option_context: ClassVar = {
        "include_bbox_from_segmentation": {"export_mode": "detection"},
        "split_by": {"layout": "splits"},
    }
