"""The testing kit for authors of formats and sources: `pip install 'exporter-core[test]'`.

`FormatConformance` is the test class that every format passes, `AnnotationConformance` and `ClassConformance` the same for formats
of images, `TakeoffConformance` for those of takeoffs. `sample_source` gives a few rows of any family, friendly or hostile;
`annotated` makes a source of annotated images of rows and files that you write down.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exporter.testing.annotated import annotated
from exporter.testing.source import sample_source

if TYPE_CHECKING:
    from exporter.testing.conformance import FormatConformance
    from exporter.testing.takeoff import TakeoffConformance
    from exporter.testing.vision import AnnotationConformance, ClassConformance

__all__ = [
    "AnnotationConformance",
    "ClassConformance",
    "FormatConformance",
    "TakeoffConformance",
    "annotated",
    "sample_source",
]
_CLASSES = {
    "FormatConformance": "conformance",
    "AnnotationConformance": "vision",
    "ClassConformance": "vision",
    "TakeoffConformance": "takeoff",
}


def __getattr__(name: str) -> Any:
    if name not in _CLASSES:
        raise AttributeError(f"module 'exporter.testing' has no attribute {name!r}")
    try:
        import pytest
    except ImportError as error:
        raise ImportError(f"{name} needs pytest: pip install 'exporter-core[test]'") from error
    pytest.register_assert_rewrite("exporter.testing.conformance")
    return getattr(import_module(f"exporter.testing.{_CLASSES[name]}"), name)
