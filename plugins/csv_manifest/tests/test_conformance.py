from typing import ClassVar

from exporter.testing import ClassConformance


class TestCsvManifest(ClassConformance):
    format = "csv-manifest"
    bytes_per_row = 600  # paths and splits, while the finished file is checked
    option_values: ClassVar = {"include_images": True, "frame": "stored", "multi_label": "column", "license": "CC0-1.0"}
