from typing import ClassVar

from exporter.testing import ClassConformance


class TestImageFolder(ClassConformance):
    format = "imagefolder"
    option_values: ClassVar = {"on_conflict": "first"}
    option_context: ClassVar = {
        "on_conflict": {"classification_mode": "free_form", "class_mapping": '{"all": ["tag-0"], "some": ["tag-0"]}'},
    }
    options_without_effect: ClassVar = {
        "link": "only a function opens these images, so that they are copied; test_imagefolder.py shows what it does",
    }
