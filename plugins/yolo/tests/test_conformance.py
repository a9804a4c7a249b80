from typing import ClassVar

from exporter.testing import AnnotationConformance


class TestYolo(AnnotationConformance):
    format = "yolo"
    option_values: ClassVar = {"decimals": 2, "task": "segment"}
