from pathlib import Path
from typing import ClassVar

from exporter.source import Source
from exporter.testing import FormatConformance
from exporter.testing.classified import classified_source


def mapping_file(folder: Path) -> str:
    path = folder / "classes.json"
    path.write_text('{"even": ["tag-0", "tag-2"], "odd": ["name 1"]}', encoding="utf-8")
    return str(path)


class TestCsvManifest(FormatConformance):
    format = "csv-manifest"
    bytes_per_row = 600  # paths and splits, while the finished file is checked
    option_values: ClassVar = {
        "include_images": True,
        "packaging": "folder",
        "split_by": "hash:0.5,0.5,0",
        "frame": "stored",
        "class_mapping": mapping_file,
        "unclassified": "nothing",
        "multi_label": "column",
        "license": "CC0-1.0",
    }
    option_context: ClassVar = {
        "class_mapping": {"classification_mode": "free_form", "class_mapping": '{"all": ["tag-0", "tag-1"]}'},
    }
    options_without_effect: ClassVar = {
        "classification_mode": "free_form goes with class_mapping alone, which changes the output",
        "category_id": "these tags have no categories, and it would be refused; test_classes.py of core shows what it does",
    }

    def source(self, rows: int = 12, *, hostile: bool = False, padding: int = 0) -> Source:
        return classified_source(rows=rows, hostile=hostile, padding=padding)
