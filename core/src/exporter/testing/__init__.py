"""The testing kit for authors of formats and sources: `pip install 'exporter-core[test]'`.

`FormatConformance` is the test class that every format passes; `sample_source` gives a few rows of any family, friendly or hostile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exporter.testing.source import sample_source

if TYPE_CHECKING:
    from exporter.testing.conformance import FormatConformance

__all__ = ["FormatConformance", "sample_source"]


def __getattr__(name: str) -> Any:
    if name != "FormatConformance":
        raise AttributeError(f"module 'exporter.testing' has no attribute {name!r}")
    try:
        import pytest
    except ImportError as error:
        raise ImportError("FormatConformance needs pytest: pip install 'exporter-core[test]'") from error
    pytest.register_assert_rewrite("exporter.testing.conformance")
    from exporter.testing.conformance import FormatConformance

    return FormatConformance
