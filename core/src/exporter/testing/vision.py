"""What formats of images keep: the kit with rows and values for the options that they share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from exporter.source import Source
from exporter.testing.classified import classified_source
from exporter.testing.conformance import FormatConformance


def mapping_file(folder: Path) -> str:
    """A file of the option `class_mapping`, for the tags of `classified_source`."""
    path = folder / "classes.json"
    path.write_text('{"even": ["tag-0", "tag-2"], "odd": ["name 1"]}', encoding="utf-8")
    return str(path)


class AnnotationConformance(FormatConformance):
    """For an `AnnotationFormat`: the options of `AnnotationOptions` have their values here, for the rows of the kit.

    The images of these rows have files: JPEGs of 64 x 48 pixels. Their labels are called `class 0`, `class 1` and so on.

        class TestVoc(AnnotationConformance):
            format = "voc"
    """

    bytes_per_row = 1000  # a third of the rows here are labels, which are kept
    option_values: ClassVar[Mapping[str, Any]] = {
        "include_images": True,
        "packaging": "folder",
        "split_by": "hash:0.5,0.5,0",
        "frame": "stored",
        "label_filter": ("class 1",),
        "only_annotated": True,
        "decimals": 0,
    }


class ClassConformance(FormatConformance):
    """For a `ClassFormat`: the options of `SplitOptions` and `ClassOptions` have their values here, for `classified_source`."""

    option_values: ClassVar[Mapping[str, Any]] = {
        "packaging": "folder",
        "split_by": "hash:0.5,0.5,0",
        "class_mapping": mapping_file,
        "unclassified": "nothing",
    }
    option_context: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "class_mapping": {"classification_mode": "free_form", "class_mapping": '{"all": ["tag-0", "tag-1"]}'},
    }
    options_without_effect: ClassVar[Mapping[str, str]] = {
        "classification_mode": "free_form goes with class_mapping alone, which changes the output",
        "category_id": "these tags have no categories, and it would be refused; test_classes.py of csv-manifest shows what it does",
    }

    def source(self, rows: int = 12, *, hostile: bool = False, padding: int = 0) -> Source:
        """Images with tags that make classes."""
        return classified_source(rows=rows, hostile=hostile, padding=padding)
